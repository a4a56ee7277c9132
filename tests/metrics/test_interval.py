"""The interval of a share over few events is Wilson's.

Goal: the bounds agree with published values and stay inside [0, 1], also for none and for all.
Method: worked examples, and the defining equation solved the other way round.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.metrics.interval import wilson

Z = Decimal("1.959963984540054")


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(3, 142, "0.007", "0.060"), (1, 4, "0.046", "0.699"), (0, 10, "0.000", "0.278")],
)
def test_known_intervals(part: int, whole: int, low: str, high: str) -> None:
    assert tuple(round(bound, 3) for bound in wilson(part, whole)) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize("whole", [1, 2, 7, 29])
def test_each_bound_is_a_share_from_which_the_one_seen_is_just_as_far_as_allowed(
    whole: int,
) -> None:
    for part in range(whole + 1):
        low, high = wilson(part, whole)
        assert 0 <= low <= Decimal(part) / whole <= high <= 1
        for bound in {low, high} - {Decimal(0), Decimal(1)}:
            away = (Decimal(part) / whole - bound) ** 2
            allowed = Z * Z * bound * (1 - bound) / whole
            assert abs(away - allowed) < Decimal("1e-20")


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (2, 1), (-1, 5)])
def test_what_is_no_share_has_no_interval(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        wilson(part, whole)
