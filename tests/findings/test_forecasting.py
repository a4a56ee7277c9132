"""Findings of forecasts: a limit that is on the way to be reached, a balance that needs money.

Goal: a limit fires when every look of the half hour says so, with its severity by its chance; a
runway fires with its own action; what is suppressed is not known; a forecast that fails is an error
of its own. Method: forecasts by hand, and the sample's evening on which a band binds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pipelines.findings.asking import findings_of
from pipelines.findings.catalogue import PACE, TOP_UP
from pipelines.findings.finding import Finding
from pipelines.findings.forecasting import (
    LOOKS,
    Forecasts,
    forecast_findings,
    read_forecast_findings,
)
from pipelines.forecast.shapes import ACTIONS, Pace, Runway
from pipelines.serving import Build
from pipelines.settings import Settings
from tests.findings.worlds import Month

AT = datetime(2026, 6, 11, 18, tzinfo=UTC)
PLAIN = Pace(
    pool_id="EUR-USDT",
    currency="EUR",
    limit_type="daily_band",
    pools=("EUR-USDT",),
    window_start=AT - timedelta(hours=20),
    window_end=AT + timedelta(hours=4),
    as_of=AT,
    time_zone="Europe/Berlin",
    limit=Decimal(1000),
    used=Decimal(700),
    usage=Decimal("0.7"),
    headroom=Decimal(300),
    state="projected",
    projected_usage=Decimal("1.05"),
    probability_of_reaching=Decimal("0.6"),
    reaches_at=AT + timedelta(hours=2),
)


def looks(*chances: str | None) -> list[Forecasts]:
    """One look for each chance; None is a forecast that is suppressed."""
    found = []
    for before, chance in zip(LOOKS[-len(chances) :], chances, strict=True):
        pace = replace(PLAIN, as_of=AT - before, probability_of_reaching=_decimal(chance))
        if chance is None:
            pace = replace(pace, state="suppressed", reason="early")
        found.append(Forecasts(AT - before, (pace,), ()))
    return found


def _decimal(chance: str | None) -> Decimal | None:
    return None if chance is None else Decimal(chance)


def only(found: Sequence[Finding]) -> Finding:
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("chances", "state", "severity"),
    [
        (("0.5", "0.5", "0.5"), "firing", "warning"),
        (("0.5", "0.95", "0.9"), "firing", "critical"),
        (("0.49", "0.5", "0.5"), "pending", "warning"),
        (("0.9", "0.9", "0.49"), "ok", "warning"),
        ((None, "0.9", "0.9"), "pending", "critical"),
        (("0.9", "0.9", None), "no_data", "warning"),
        (("0.9",), "pending", "critical"),
    ],
)
def test_a_limit_fires_when_every_look_says_so(
    chances: tuple[str | None, ...], state: str, severity: str
) -> None:
    found = only(forecast_findings(looks(*chances)))
    assert (found.rule, found.state, found.severity) == (PACE.name, state, severity)
    assert found.action == ("plan_for_limit" if state in ("firing", "pending") else None)


def test_a_limit_shows_its_use_chance_and_times() -> None:
    found = only(forecast_findings(looks("0.6", "0.6", "0.6")))
    assert found.since == AT - LOOKS[0]
    assert found.figures["probability_of_reaching"] == (
        "0.6 [2026-06-10T22:00:00Z, 2026-06-11T18:00:00Z)"
    )
    assert found.figures["reaches_at"] == "2026-06-11T20:00:00Z"


def test_a_rolling_cap_and_a_pool_without_a_band_are_no_findings() -> None:
    cap = replace(PLAIN, limit_type="velocity_24h", state="current")
    nothing = replace(PLAIN, limit=None)
    assert forecast_findings([Forecasts(AT, (cap, nothing), ())]) == []
    assert forecast_findings([]) == []


@pytest.mark.parametrize("action", ACTIONS)
def test_a_balance_says_what_its_runway_advises(action: str) -> None:
    runway = Runway(currency="EUR", as_of=AT, state="projected", action=action)  # type: ignore[arg-type]
    found = only(forecast_findings([Forecasts(AT, (), (runway,))]))
    expected = {
        "top_up_now": ("firing", "critical"),
        "top_up_did_not_close_gap": ("firing", "critical"),
        "review_top_up_before_daily_peak": ("firing", "warning"),
        "no_action": ("ok", "warning"),
        "not_enough_history": ("no_data", "warning"),
        "stale_balance_no_advice": ("no_data", "warning"),
    }[action]
    assert (found.rule, found.currency) == (TOP_UP.name, "EUR")
    assert (found.state, found.severity) == expected
    assert found.action == (action if expected[0] == "firing" else None)


def test_the_evening_on_which_a_band_binds_is_told_before_it_does(told: Build) -> None:
    evening = [
        datetime(2026, 6, 11, 12, tzinfo=UTC) + number * timedelta(minutes=30)
        for number in range(14)
    ]
    states = [_pace_of(told, at, "EUR-USDT") for at in evening]
    first = evening[states.index("firing")]
    errors = [
        one.state
        for one in findings_of(told, Settings(), first)
        if (one.rule, one.pool_id) == ("limit_errors_rising", "EUR-USDT")
    ]
    assert errors in (["ok"], ["pending"])
    assert _pace_of(told, datetime(2026, 6, 10, 12, tzinfo=UTC), "EUR-USDT") == "ok"


def _pace_of(build: Build, at: datetime, pool: str) -> str:
    return only(
        [
            one
            for one in read_forecast_findings(build.connection, Settings(), at)
            if (one.rule, one.pool_id) == (PACE.name, pool)
        ]
    ).state


def test_a_forecast_that_fails_is_an_error_of_its_own() -> None:
    month = Month()
    month.connection.execute("drop table limits")
    found = read_forecast_findings(month.connection, Settings(), AT)
    assert [(one.rule, one.state) for one in found] == [
        (PACE.name, "error"),
        (TOP_UP.name, "error"),
    ]


def test_forecasts_of_stale_records_are_no_data(told: Build) -> None:
    assert told.watermark is not None
    late = findings_of(told, Settings(), told.watermark + timedelta(hours=3))
    states = {one.state for one in late if one.rule in (PACE.name, TOP_UP.name)}
    assert states == {"no_data"}
