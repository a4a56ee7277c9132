"""What is published of a forecast's truth is what its forecasts were.

Goal: coverage, loss, skill, bias and the number of forecasts, of the rung in use on each date, and
nothing before there is enough to judge. Method: a made-up life, scored by the product and again by
hand from the projections that would have been shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from pipelines.forecast.accuracy import accuracy
from pipelines.forecast.ladder import FOLDS, ORIGINS
from pipelines.forecast.pace import paces
from tests.forecast.lives import SETTINGS, START, Life, a_life, at_hour

DAYS = 45
ZONE = "UTC"


@pytest.fixture(scope="module")
def life() -> Iterator[Life]:
    lived = a_life(DAYS, zone=ZONE)
    lived.snapshot(at_hour(DAYS - 1, 3), "5000")
    yield lived
    lived.connection.close()


def test_coverage_and_bias_are_those_of_the_projections_shown(life: Life) -> None:
    as_of = at_hour(DAYS - 1, 12)
    found = {one.measure: one for one in accuracy(life.connection, as_of=as_of, settings=SETTINGS)}
    band = found["daily_band"]
    assert band.state == "scored"
    assert band.scored_from is not None
    assert band.scored_to == START + timedelta(days=DAYS - 1)
    days = (band.scored_to - band.scored_from).days
    asked = [
        band.scored_from + timedelta(days=day, hours=hour)
        for day in range(days)
        for hour in ORIGINS
    ]
    ends = [band.scored_from + timedelta(days=day + 1) for day in range(days)]
    shown = paces(life.connection, asked, settings=SETTINGS)
    used = {
        one.window_start: one.used for (one,) in paces(life.connection, ends, settings=SETTINGS)
    }
    inside, missed, rest = [], Decimal(0), Decimal(0)
    for (one,) in shown:
        end = used[one.window_start]
        if one.projected_low is None or one.projected_high is None or one.projected_mid is None:
            assert one.reason == "early"
            continue
        inside.append(one.projected_low <= end <= one.projected_high)
        missed += one.projected_mid - end
        rest += end - one.used
    assert band.folds == len(inside) <= 4 * FOLDS
    assert band.coverage_80 is not None
    assert band.bias is not None
    assert abs(float(band.coverage_80) - sum(inside) / len(inside)) < 1e-6
    assert abs(float(band.bias) - float(missed / rest)) < 1e-4


def test_skill_is_the_loss_against_the_naive_forecast(life: Life) -> None:
    for one in accuracy(life.connection, as_of=at_hour(DAYS, 0), settings=SETTINGS):
        assert one.pinball is not None
        assert one.pinball_naive is not None
        assert one.skill is not None
        assert abs(one.skill - (1 - one.pinball / one.pinball_naive)) < Decimal("0.001")
        assert one.rung in {1, 2, 3}


def test_little_history_is_not_scored() -> None:
    life = a_life(18, zone=ZONE)
    life.snapshot(at_hour(17, 3), "5000")
    found = accuracy(life.connection, as_of=at_hour(17, 12), settings=SETTINGS)
    assert {(one.state, one.coverage_80, one.folds) for one in found} == {
        ("short_history", None, 0)
    }


def test_later_records_change_no_score(life: Life) -> None:
    longer = a_life(DAYS + 10, zone=ZONE)
    longer.snapshot(at_hour(DAYS - 1, 3), "5000")
    as_of = at_hour(DAYS - 1, 12)
    assert accuracy(longer.connection, as_of=as_of, settings=SETTINGS) == accuracy(
        life.connection, as_of=as_of, settings=SETTINGS
    )
