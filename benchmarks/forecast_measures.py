"""Forecasts as benchmarks: what simulated partner-months say of bands, alerts and top-ups."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks.forecasting import FIXED_SHARE, HOURS, Months, alerts_of, months_of, scores_of
from benchmarks.funding import Followed, equal_threshold, follow_advice
from benchmarks.measures import Outcome
from benchmarks.once import LANDED_AT
from benchmarks.records import Stretch, write
from benchmarks.simulation import pools
from pipelines.forecast.pace import pace
from pipelines.forecast.runway import runway
from pipelines.ingest import Ingestion
from pipelines.places import places
from pipelines.serving import opened
from pipelines.settings import Settings

MONTHS = 400
SEED = 2026
CALLS = 5


def forecast_coverage(_folder: Path, scale: float) -> Outcome:
    """How far the share of outcomes inside the 80 % band is from 80 %, and where."""
    scores = scores_of(_months(scale))
    by_hour = [f"{hour}:00 {scores.coverage(scores.hour == hour):.1%}" for hour in HOURS]
    told = (
        f"{scores.coverage():.1%} inside, of {len(scores.hour):,} forecasts of"
        f" {_count(scale)} months; {', '.join(by_hour)};"
        f" sparse pools {scores.coverage(scores.is_sparse):.1%},"
        f" busy {scores.coverage(~scores.is_sparse):.1%}"
    )
    return Outcome(abs(scores.coverage() - 0.8) * 100, " pts", 5, None, told)


def forecast_skill(_folder: Path, scale: float) -> Outcome:
    """By how much the pinball loss is below that of the seasonal naive forecast."""
    scores = scores_of(_months(scale))
    sparse, busy = (scores.skill(chosen) for chosen in (scores.is_sparse, ~scores.is_sparse))
    told = f"sparse pools {sparse:.1%}, busy {busy:.1%}"
    return Outcome(scores.skill() * 100, " %", 10, None, told, is_least=True)


def forecast_alerts(_folder: Path, scale: float) -> Outcome:
    """How much earlier the rule's pace alert comes than a fixed notice that is as often false."""
    alerts = alerts_of(_months(scale))
    pace, fixed, equal = alerts.pace, alerts.fixed, alerts.equal
    told = (
        f"{pace.lead_minutes:.0f} min before the band, on {alerts.days_reached} days, with"
        f" {pace.false_alarms} false alarms, too late {pace.missed} times; a notice at"
        f" {alerts.equal_share:.1%} of it {equal.lead_minutes:.0f} min, {equal.false_alarms},"
        f" {equal.missed}; at {FIXED_SHARE:.0%} {fixed.lead_minutes:.0f} min,"
        f" {fixed.false_alarms}, {fixed.missed}"
    )
    return Outcome(alerts.earlier_minutes, " min", 60, None, told, is_least=True)


def forecast_top_ups(_folder: Path, scale: float) -> Outcome:
    """The share of months in which a balance ran out although the advice was followed."""
    advice, fixed = _top_ups(scale)
    told = (
        f"{advice.idle_days:.2f} mean days idle; a fixed threshold with {fixed.idle_days:.2f} ran"
        f" out in {fixed.ran_out.mean():.1%}"
    )
    return Outcome(float(advice.ran_out.mean()) * 100, " %", 2, None, told)


def forecast_top_ups_fixed(_folder: Path, scale: float) -> Outcome:
    """In how many times as many months a fixed threshold of equal idle cash ran out."""
    advice, fixed = _top_ups(scale)
    ran_out = int(fixed.ran_out.sum()), int(advice.ran_out.sum())
    told = f"{ran_out[0]} against {ran_out[1]} of {_count(scale)} months"
    return Outcome(ran_out[0] / max(ran_out[1], 1), "x", 3, None, told, is_least=True)


def forecast_speed(folder: Path, scale: float) -> Outcome:
    """Processor time of pace and runway after a year of 12 pools."""
    year = Stretch(max(round(1_000_000 * scale), 10_000), 365)
    kinds = ("trades", "limits", "balances", "programs", "book_ledger")
    files = [write(kind, year, folder / f"{kind.removeprefix('book_')}.parquet") for kind in kinds]
    settings = Settings(home=folder / "home")
    Ingestion(settings, at=LANDED_AT).run(files)
    (place,) = places(settings.home)
    took = []
    with opened(place) as build:
        assert build.watermark is not None
        for _ in range(CALLS):
            used = time.process_time()
            rows = pace(build.connection, as_of=build.watermark, settings=settings)
            middle = time.process_time()
            balances = runway(build.connection, as_of=build.watermark, settings=settings)
            took.append((time.process_time() - used, middle - used))
    best, of_pace = min(took)
    told = (
        f"{len(rows)} limits {of_pace * 1000:.0f} ms, {len(balances)} balances"
        f" {(best - of_pace) * 1000:.0f} ms; first call {took[0][0] * 1000:.0f} ms"
    )
    return Outcome(best * 1000, " ms", 500, None, told)


FORECASTS: dict[str, Callable[[Path, float], Outcome]] = {
    measure.__name__: measure
    for measure in (
        forecast_coverage,
        forecast_skill,
        forecast_alerts,
        forecast_top_ups,
        forecast_top_ups_fixed,
        forecast_speed,
    )
}


def _count(scale: float) -> int:
    return max(round(MONTHS * scale), 8)


@cache
def _months(scale: float) -> Months:
    return months_of(pools(_count(scale), SEED))


@cache
def _top_ups(scale: float) -> tuple[Followed, Followed]:
    advice = follow_advice(_months(scale))
    return advice, equal_threshold(_months(scale), advice)
