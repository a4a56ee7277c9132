"""A span judged in one pass says at each instant what asking at that instant says.

Goal: the chance of reaching a band is the same wherever it is a half or more, and under a half
where it is not; a balance is advised the same. Method: made-up lives across the days on which the
clocks move and across two stretches of history, with bands that change or are shared, floors that
are set or not, credits that were too small and money on its way; every instant asked alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from pipelines.forecast.advice_courses import advice_courses
from pipelines.forecast.band_courses import BandKey, band_courses
from pipelines.forecast.coverage import anchor
from pipelines.forecast.pace import paces
from pipelines.forecast.runway import runway
from pipelines.forecast.shapes import Action
from pipelines.settings import PlannedTopUp, Settings
from pipelines.windows import QUARTER_HOUR, format_instant
from tests.forecast.lives import SETTINGS, Life, a_life, at_hour, instants
from tests.metrics.conftest import POOL

OTHER = "EUR-USDC"
LIKELY = 0.5
NO_ADVICE = ("not_enough_history", "stale_balance_no_advice")


def told_alone(life: Life, asked: Sequence[datetime]) -> dict[BandKey, dict[datetime, float]]:
    """The chance of each band at each instant, NaN where it is not told."""
    found: dict[BandKey, dict[datetime, float]] = {}
    for at in asked:
        (answers,) = paces(life.connection, [at], settings=SETTINGS)
        for one in answers:
            if one.limit_type == "daily_band" and one.limit is not None:
                chance = one.probability_of_reaching if one.state == "projected" else None
                told = float("nan") if chance is None else float(chance)
                found.setdefault((one.pool_id, one.currency), {})[at] = told
    return found


def bands_that_change() -> Life:
    life = Life(band=None)
    life.limit("daily_band", "1800", pool=POOL, end=format_instant(at_hour(27, 22)))
    life.limit("daily_band", "1300", pool=POOL, start=format_instant(at_hour(27, 22)))
    life.days(0, 28)
    life.landed(28)  # a day without use: what the day before used is not its own
    life.days(29, 33)
    life.reaches(at_hour(33, 0))
    return life


def bands_that_are_shared() -> Life:
    life = Life(band=None, zone="America/Santiago")
    life.limit("daily_band", "1400", pool=POOL, end=format_instant(at_hour(33, 3)))
    life.limit("daily_band", "3100")
    for pool in (POOL, OTHER):
        life.days(0, 37, pool=pool)
    life.reaches(at_hour(37, 0))
    return life


@pytest.mark.parametrize(
    ("live", "first", "days"),
    [
        (bands_that_change, at_hour(13, 22), 3),
        (bands_that_change, at_hour(25, 21), 5),
        (bands_that_are_shared, at_hour(31, 3), 4),
    ],
    ids=["the first days with enough history", "a band that changes", "a band that is shared"],
)
def test_a_band_is_told_as_at_each_instant(
    live: Callable[[], Life], first: datetime, days: int
) -> None:
    life = live()
    asked = instants(first, QUARTER_HOUR, days * 96)
    courses = band_courses(life.connection, asked)
    alone = told_alone(life, asked[::5])
    assert courses.keys() == alone.keys()
    for key, told in alone.items():
        expected = np.array([told.get(at, np.nan) for at in asked[::5]])
        found = courses[key].chances[::5]
        assert np.array_equal(np.isnan(found), np.isnan(expected))
        is_likely = expected >= LIKELY
        assert np.array_equal(found >= LIKELY, is_likely)
        assert np.array_equal(found[is_likely], expected[is_likely])
    every = np.concatenate([list(told.values()) for told in alone.values()])
    assert (every >= LIKELY).any()
    assert (every < LIKELY).any()


def test_the_days_of_a_course_are_those_of_its_zone() -> None:
    life = bands_that_change()
    asked = instants(at_hour(26, 21), QUARTER_HOUR, 2 * 96)
    (course,) = band_courses(life.connection, asked).values()
    before = [
        (at - timedelta(microseconds=1)).astimezone(ZoneInfo("Europe/Berlin")) for at in asked
    ]
    assert course.days.tolist() == [at.toordinal() for at in before]


def balances(*, floor: str | None, has_ledger: bool = True) -> Life:
    """A balance that falls for days, is filled too little, then enough, and falls again."""
    life = a_life(45)
    if floor is not None:
        life.limit("balance_floor", floor)
        life.limit("balance_floor", "1", pool=POOL)
    if not has_ledger:
        life.connection.execute("delete from ledger_buckets")
    for hours in range(0, 45 * 24, 6):
        at = at_hour(0, hours)
        held = 14_000 - 1_100 * (at_hour(0, hours) - at_hour(0, 0)).days % 14_000
        life.snapshot(at, str(max(held, 300)))
    if has_ledger:
        life.entry(at_hour(36, 9), "payin_credit", Decimal(300))
        life.entry(at_hour(40, 10.25), "payin_credit", Decimal(30_000))
    return life


def advised_alone(
    life: Life, asked: Sequence[datetime], settings: Settings
) -> dict[datetime, Action]:
    found = {}
    for at in asked:
        (one,) = runway(life.connection, as_of=at, settings=settings, with_demand=False)
        if one.action not in NO_ADVICE:
            found[at] = one.action
    return found


@pytest.mark.parametrize(
    ("floor", "has_ledger", "assumed"),
    [
        (None, True, {}),
        ("1500", True, {}),
        ("1500", False, {"funding_lead_time": timedelta(hours=4)}),
        (
            "2500",
            True,
            {
                "planned_top_ups": (
                    PlannedTopUp(at=at_hour(34, 9), amount=Decimal(4000), currency="EUR"),
                )
            },
        ),
    ],
    ids=["no floor is set", "a floor is set", "no ledger and quick money", "money on its way"],
)
def test_a_balance_is_advised_as_at_each_instant(
    floor: str | None, has_ledger: bool, assumed: dict[str, Any]
) -> None:
    life = balances(floor=floor, has_ledger=has_ledger)
    settings = SETTINGS.model_copy(update=assumed)
    asked = instants(at_hour(13, 22), timedelta(hours=11, minutes=15), 64)
    assert len({anchor(at) for at in asked}) > 1
    courses = advice_courses(life.connection, settings, asked)
    alone = advised_alone(life, asked, settings)
    assert courses == {"EUR": alone}
    assert len(Counter(alone.values())) >= 3
