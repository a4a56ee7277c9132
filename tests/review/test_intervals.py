"""Two shares differ only where chance would not explain it.

Goal: shares whose 95 % intervals touch do not differ, and few events never do. Method: pairs of
shares around the edges; the intervals themselves are held in `tests/test_shares.py`.
"""

from __future__ import annotations

from decimal import Decimal

from pipelines.review.intervals import FEW, Share


def test_shares_differ_only_where_their_intervals_do_not_touch() -> None:
    assert Share(60, 1000).is_above(Share(20, 1000))
    assert not Share(30, 1000).is_above(Share(20, 1000))
    assert not Share(20, 1000).is_above(Share(60, 1000))


def test_few_events_never_differ() -> None:
    assert not Share(FEW - 1, FEW - 1).is_above(Share(0, 1000))
    assert not Share(FEW, FEW).is_above(Share(0, FEW - 1))
    assert Share(FEW, FEW).is_above(Share(0, FEW))


def test_a_part_larger_than_its_whole_is_not_judged() -> None:
    assert Share(40, 35).is_few
    assert Share(40, 35).value == Decimal("1.142857")
    assert Share(0, 0).value is None
