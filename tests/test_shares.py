"""Shares of counts, and the interval that says how far a share of few can be trusted.

Goal: a share is exact to the last printed decimal and null over nothing, and the interval is
Wilson's. Method: bounds published for known cases, and the equation whose roots the bounds are.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipelines.shares import share, wilson


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (1, 3, "0.333333"),
        (2, 3, "0.666667"),
        (1, 2_000_000, "0.000000"),
        (3, 2_000_000, "0.000002"),
    ],
)
def test_a_share_is_rounded_half_to_even_at_six_decimals(part: int, whole: int, shown: str) -> None:
    assert share(part, whole) == Decimal(shown)


def test_nothing_is_a_share_of_nothing() -> None:
    assert share(0, 0) is None
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (3, 142, "0.0072", "0.0603"),
        (1, 4, "0.0456", "0.6994"),
        (0, 10, "0", "0.2775"),
        (10, 10, "0.7225", "1"),
    ],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: str, high: str) -> None:
    found = wilson(part, whole)
    assert found is not None
    assert abs(found[0] - Decimal(low)) < Decimal("0.0001")
    assert abs(found[1] - Decimal(high)) < Decimal("0.0001")


@given(some.integers(1, 5000).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))))
def test_each_bound_lies_a_normal_quantile_away_from_the_share(pair: tuple[int, int]) -> None:
    part, whole = pair
    found = wilson(part, whole)
    assert found is not None
    low, high = found
    assert 0 <= low <= Decimal(part) / whole <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            away = abs(part / whole - float(bound))
            error = (float(bound) * (1 - float(bound)) / whole) ** 0.5
            assert away == pytest.approx(1.959963984540054 * error, abs=1e-4)
