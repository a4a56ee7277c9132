"""Findings about where a limit and a balance are heading, from forecasts made at a few instants.

A limit's forecast fires when each one made in the last half hour of its day says so: one alone may
be chance (`pace_alert`). A runway is cautious in itself, and fires at once. What a forecast does
not say, because it is suppressed, is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipelines.findings.catalogue import PACE, TOP_UP
from pipelines.findings.finding import Finding
from pipelines.findings.inputs import Input
from pipelines.findings.judging import failed
from pipelines.findings.pace_alert import PERSISTENCE, SURE, pace_phases
from pipelines.findings.rules import Severity
from pipelines.findings.states import State
from pipelines.forecast.pace import paces
from pipelines.forecast.runway import runway
from pipelines.forecast.shapes import Action, Pace, Runway
from pipelines.settings import Settings
from pipelines.windows import QUARTER_HOUR

LOOKS = tuple(back * QUARTER_HOUR for back in range(PERSISTENCE // QUARTER_HOUR, -1, -1))
"""How long before the instant asked about forecasts are made."""

ADVICE: Mapping[Action, Severity | None] = {
    "top_up_now": "critical",
    "top_up_did_not_close_gap": "critical",
    "review_top_up_before_daily_peak": "warning",
    "no_action": None,
}
"""Actions of a runway and how pressing each is; those that are not here are no advice."""


@dataclass(frozen=True, slots=True)
class Forecasts:
    """What was forecast as of one aware instant."""

    as_of: datetime
    paces: Sequence[Pace]
    runways: Sequence[Runway]


def read_forecast_findings(
    connection: duckdb.DuckDBPyConnection, settings: Settings, at: datetime
) -> list[Finding]:
    """Return what the forecasts of the half hour up to `at`, a whole quarter hour, say.

    Where forecasts cannot be made, their rule is an error and no other is.
    """
    instants = [at - before for before in LOOKS]
    found: list[Finding] = []
    try:
        every = paces(connection, instants, settings=settings)
        looks = [Forecasts(one, of, ()) for one, of in zip(instants, every, strict=True)]
        found += forecast_findings(looks)
    except Exception as error:  # what cannot be forecast is no reason to hide what can
        found.append(failed(PACE, at, type(error).__name__))
    try:
        runways = runway(connection, as_of=at, settings=settings, with_demand=False)
        found += forecast_findings([Forecasts(at, (), runways)])
    except Exception as error:  # the same
        found.append(failed(TOP_UP, at, type(error).__name__))
    return found


def forecast_findings(looks: Sequence[Forecasts]) -> list[Finding]:
    """Return what the forecasts at these ascending instants say, as of the last of them.

    A limit needs more than one to fire.
    """
    if not looks:
        return []
    last = looks[-1]
    bands = [pace for pace in last.paces if pace.limit_type == "daily_band"]
    found = [_pace_finding(pace, looks) for pace in bands if pace.limit is not None]
    return found + [_runway_finding(one) for one in last.runways]


def _pace_finding(pace: Pace, looks: Sequence[Forecasts]) -> Finding:
    told = [
        one
        for look in looks
        for one in look.paces
        if band_of(one) == band_of(pace) and one.window_start == pace.window_start
    ]
    last = pace_phases([chance_of(one) for one in told])[-1]
    severity: Severity = "critical" if chance_of(pace) >= SURE else "warning"
    values = {
        "daily_band_usage": pace.usage,
        "projected_usage": pace.projected_usage,
        "probability_of_reaching": pace.probability_of_reaching,
    }
    moments = {"reaches_at": pace.reaches_at, "reaches_early_at": pace.reaches_early_at}
    return Finding(
        PACE.name,
        last.state,
        severity,
        pace.pool_id,
        None if pace.pool_id is not None else pace.currency,
        pace.window_start,
        pace.window_end,
        None if last.state == "ok" else told[last.since].as_of,
        "plan_for_limit" if last.state in ("firing", "pending") else None,
        tuple(
            Input(name, pace.window_start, pace.as_of, value=value)
            for name, value in values.items()
        ),
        moments=_known(moments),
    )


def band_of(pace: Pace) -> tuple[str, str | None, str]:
    """What tells one limit from another."""
    return pace.limit_type, pace.pool_id, pace.currency


def chance_of(pace: Pace) -> float:
    """The chance that a band is reached before it resets; NaN where nothing is projected."""
    chance = pace.probability_of_reaching
    return float("nan") if pace.state != "projected" or chance is None else float(chance)


def _runway_finding(last: Runway) -> Finding:
    severity = ADVICE.get(last.action)
    state: State = "no_data" if last.action not in ADVICE else "firing" if severity else "ok"
    values = {
        "balance_available": last.available,
        "balance_needed": last.need,
        "top_up_at_least": last.amount_low,
        "top_up_at_most": last.amount_high,
    }
    moments = {"send_by": last.send_by, "runs_out_p90_at": last.runs_out_p90_at}
    return Finding(
        TOP_UP.name,
        state,
        severity or "warning",
        None,
        last.currency,
        last.as_of,
        last.as_of,
        None if state == "ok" else last.as_of,
        last.action if state == "firing" else None,
        tuple(Input(name, None, last.as_of, value=value) for name, value in values.items()),
        moments=_known(moments),
    )


def _known(moments: Mapping[str, datetime | None]) -> tuple[tuple[str, datetime], ...]:
    return tuple((name, moment) for name, moment in moments.items() if moment is not None)
