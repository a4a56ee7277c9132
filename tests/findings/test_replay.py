"""A replay of forecasts, and of records that ended, says what asking instant by instant says.

Goal: each episode covers just the instants at which the finding fires, with the severity it first
had and the one it rose to; a day's band is over with its day; a span sees nothing of its end.
Method: the committed sample as it is told, asked at every quarter of an hour of the evening a band
binds, and at every look of the first days with advice on a balance.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.errors import UsageError
from pipelines.findings.asking import findings_of, replay_of
from pipelines.findings.catalogue import PACE, STALE, TOP_UP
from pipelines.findings.finding import Finding
from pipelines.findings.forecast_replay import RUNWAY_STEP
from pipelines.findings.forecasting import (
    Forecasts,
    forecast_findings,
    read_forecast_findings,
)
from pipelines.findings.pace_alert import PERSISTENCE, alert_place
from pipelines.findings.replaying import Fired
from pipelines.forecast.runway import runway
from pipelines.serving import Build
from pipelines.settings import Settings
from pipelines.windows import QUARTER_HOUR

BINDS = datetime(2026, 6, 11, tzinfo=UTC)
"""The day of UTC whose evening binds a band."""

RUNS_LOW = datetime(2026, 6, 22, tzinfo=UTC)
"""The day after which a balance runs low."""

NONE = float("nan")


def told_at(episodes: Iterable[Fired], at: datetime) -> dict[tuple[str | None, str | None], str]:
    """The severity last told of each pool or currency that still fires at an instant."""
    return {
        (one.pool_id, one.currency): one.severity
        for one in episodes
        if one.fired_at <= at and (one.recovered_at is None or one.recovered_at > at)
    }


def firing(found: Iterable[Finding]) -> dict[tuple[str | None, str | None], str]:
    return {(one.pool_id, one.currency): one.severity for one in found if one.state == "firing"}


def test_a_limit_fires_in_a_replay_when_it_fires_at_the_instant(told: Build) -> None:
    start, end = BINDS + timedelta(hours=15), BINDS + timedelta(hours=23)
    episodes = replay_of(told, Settings(), start, end, [PACE.name])
    worst: set[str] = set()
    asked = start
    while asked < end:
        found = read_forecast_findings(told.connection, Settings(), asked)
        now = firing(one for one in found if one.rule == PACE.name)
        replayed = told_at(episodes, asked)
        assert replayed.keys() == now.keys(), asked
        assert all(replayed[one] == "critical" for one in now if now[one] == "critical")
        worst |= set(now.values())
        asked += QUARTER_HOUR
    assert "critical" in worst
    assert episodes[0].since == episodes[0].fired_at - PERSISTENCE


def test_a_band_is_over_when_its_day_is(told: Build) -> None:
    days = BINDS, BINDS + timedelta(days=3)
    found = replay_of(told, Settings(), *days, [PACE.name])
    evening = [one for one in found if one.pool_id == "EUR-USDT"]
    assert evening
    midnight = datetime(2026, 6, 11, 22, tzinfo=UTC)  # of Berlin
    assert all(one.recovered_at is not None for one in evening)
    first = [one.recovered_at for one in evening if one.fired_at < midnight]
    assert max(at for at in first if at) <= midnight + QUARTER_HOUR


def test_a_balance_fires_in_a_replay_as_each_runway_advises(told: Build) -> None:
    start, end = RUNS_LOW, RUNS_LOW + timedelta(days=5)
    episodes = replay_of(told, Settings(), start, end, [TOP_UP.name])
    assert {one.severity for one in episodes} == {"warning", "critical"}
    asked = start
    while asked < end:
        runways = runway(told.connection, as_of=asked, settings=Settings())
        now = firing(forecast_findings([Forecasts(asked, (), runways)]))
        replayed = told_at(episodes, asked)
        assert replayed.keys() == now.keys(), asked
        assert all(replayed[one] == "critical" for one in now if now[one] == "critical")
        asked += RUNWAY_STEP


@pytest.mark.parametrize(
    ("chances", "place"),
    [
        ((0.5, 0.5, 0.5), 2),
        ((0.5, 0.49, 0.5, 0.5, 0.6), 4),
        ((NONE, 0.9, 0.9, 0.9), 3),
        ((0.9, NONE, 0.9, 0.9), None),
        ((0.9, 0.9), None),
    ],
)
def test_an_alert_is_sent_when_it_has_been_likely_for_half_an_hour(
    chances: tuple[float, ...], place: int | None
) -> None:
    assert alert_place(chances) == place


def test_records_that_ended_fire_once_and_are_not_over(told: Build) -> None:
    assert told.watermark is not None
    settings = Settings()
    until = told.watermark + timedelta(hours=6)
    (one,) = replay_of(told, settings, told.watermark, until, [STALE.name])
    before, at = (
        next(
            finding for finding in findings_of(told, settings, moment) if finding.rule == STALE.name
        )
        for moment in (one.fired_at - QUARTER_HOUR, one.fired_at)
    )
    assert (before.state, at.state) == ("ok", "firing")
    assert (one.since, one.recovered_at) == (at.since, None)
    assert not replay_of(told, settings, told.watermark, one.fired_at, [STALE.name])


def test_the_end_of_a_span_changes_nothing_before_it(told: Build) -> None:
    long = replay_of(told, Settings(), BINDS, BINDS + timedelta(days=2), [PACE.name])
    assert long
    short = replay_of(told, Settings(), BINDS, BINDS + timedelta(hours=20), [PACE.name])
    seen = [one for one in long if one.fired_at < BINDS + timedelta(hours=20)]
    assert [(one.fired_at, one.severity, one.pool_id) for one in seen] == [
        (one.fired_at, one.severity, one.pool_id) for one in short
    ]


def test_an_empty_span_is_refused(told: Build) -> None:
    with pytest.raises(UsageError, match="start before its end"):
        replay_of(told, Settings(), BINDS, BINDS)
