"""What pages ask about findings, pace, runway and accuracy, remembered per build.

What was kept beside the build answers at once for its watermark and the settings it was made with;
any other moment is worked out, each part by itself.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from dashboard.remembering import remembered
from dashboard.store import Bounds, Key, opened
from pipelines.advice import Advice, kept_advice
from pipelines.books.balances import balance_history_table
from pipelines.findings.asking import ask_findings, findings_of, replay_of
from pipelines.findings.catalogue import RULES
from pipelines.findings.finding import Finding
from pipelines.findings.replaying import Fired
from pipelines.forecast.accuracy import accuracy
from pipelines.forecast.curves import Curve, curves
from pipelines.forecast.pace import pace
from pipelines.forecast.runway import runway
from pipelines.forecast.shapes import Accuracy, Pace, Runway, WhatIf
from pipelines.places import Place
from pipelines.settings import Settings
from pipelines.windows import parse_instant, rolling_window
from reports.findings_cards import Looked
from reports.found import Found
from reports.pace import is_band
from reports.pace_picture import picture as band_picture
from reports.runway import coming
from reports.runway_picture import picture as balance_picture

WAIT_SECONDS = 2.0
"""How long to wait for a load that holds the records."""

MOST_DRAWN = 300
"""Snapshots of one balance in its picture."""

Band = tuple[str | None, str]
"""The pool of a daily band, None where all pools of the currency share it, and the currency."""

Assumed = tuple[str, str, str, str]
"""Lead time in hours, service level, growth and a planned amount, as text; empty where as set."""


@remembered(16)
def kept(key: Key, as_of: str, settings: Settings) -> Advice | None:
    """The advice kept beside a build, where it is of this instant and these settings."""
    home, environment, partner_id, build_file = key
    file = Place(Path(home), environment, partner_id).serving.joinpath(build_file)
    advice = kept_advice(file, settings)
    return advice if advice is not None and advice.as_of == parse_instant(as_of) else None


@remembered(16)
def findings(key: Key, as_of: str, settings: Settings) -> Looked:
    """What every rule says, the most pressing first."""
    moment, known = parse_instant(as_of), kept(key, as_of, settings)
    if known is not None:
        return Looked(known.findings, moment)
    return Looked(tuple(findings_of(opened(key), settings, moment)), moment)


@remembered(16)
def firing_with_ids(key: Key, as_of: str, settings: Settings) -> tuple[Finding, ...]:
    """What fires, with the ids of its records; HomeLockedError while records are loaded."""
    home, environment, partner_id, _ = key
    place = Place(Path(home), environment, partner_id)
    told = ask_findings(settings, place, parse_instant(as_of), wait_seconds=WAIT_SECONDS)
    return tuple(one for one in told.findings if one.state == "firing")


@remembered(16)
def paces(key: Key, as_of: str, settings: Settings) -> tuple[Pace, ...]:
    """How each limit stands, and where the day of each daily band is heading, by the hour."""
    known = kept(key, as_of, settings)
    if known is not None:
        return known.paces
    moment, connection = parse_instant(as_of), opened(key).connection
    return tuple(pace(connection, as_of=moment, settings=settings, with_path=True))


@remembered(16)
def filling(key: Key, as_of: str, settings: Settings) -> tuple[Curve, ...]:
    """How each daily band filled up through its day."""
    known = kept(key, as_of, settings)
    if known is not None:
        return known.curves
    found = paces(key, as_of, settings)
    return curves(opened(key).connection, found, as_of=parse_instant(as_of))


@remembered(32)
def pace_picture(key: Key, as_of: str, settings: Settings, band: Band) -> pa.Table:
    """The picture of one daily band through its day."""
    found = paces(key, as_of, settings)
    (one,) = [one for one in found if is_band(one) and (one.pool_id, one.currency) == band]
    drawn = {(curve.pool_id, curve.currency): curve for curve in filling(key, as_of, settings)}
    return band_picture(one, drawn[band])


@remembered(16)
def runways(key: Key, as_of: str, settings: Settings) -> tuple[Runway, ...]:
    """How long each balance lasts, and what may be done about it."""
    known = kept(key, as_of, settings)
    if known is not None:
        return known.runways
    return tuple(runway(opened(key).connection, as_of=parse_instant(as_of), settings=settings))


@remembered(32)
def runway_if(
    key: Key, as_of: str, settings: Settings, currency: str, assumed: Assumed
) -> Runway | None:
    """The same for one balance under other assumptions; None where it has no record."""
    lead_h, level, growth_share, amount = assumed
    what_if = WhatIf(
        lead_time=timedelta(hours=int(lead_h)) if lead_h else None,
        service_level=Decimal(level) if level else None,
        growth=Decimal(growth_share or 0),
        planned_top_up=Decimal(amount) if amount else None,
    )
    found = runway(
        opened(key).connection,
        as_of=parse_instant(as_of),
        settings=settings,
        what_if=what_if,
        currencies=(currency,),
    )
    return found[0] if found else None


@remembered(16)
def balances_before(key: Key, as_of: str, balance_max_age_s: float) -> Found:
    """The balance snapshots of the seven days before an instant, thinned for a picture."""
    moment = parse_instant(as_of)
    return Found(
        balance_history_table(
            opened(key).connection,
            rolling_window("7d", moment),
            as_of=moment,
            balance_max_age=timedelta(seconds=balance_max_age_s),
            most=MOST_DRAWN,
        )
    )


@remembered(32)
def runway_picture(
    key: Key, as_of: str, settings: Settings, currency: str, assumed: Assumed, zone: str
) -> pa.Table:
    """The picture of one balance, as it is set or under other assumptions."""
    (one,) = [one for one in runways(key, as_of, settings) if one.currency == currency]
    if any(assumed):
        one = runway_if(key, as_of, settings, currency, assumed) or one
    before = balances_before(key, as_of, settings.balance_max_age.total_seconds())
    return balance_picture(one, before.rows, coming(one, settings, assumed[-1]), zone)


@remembered(16)
def accuracies(key: Key, as_of: str, settings: Settings) -> tuple[Accuracy, ...]:
    """How true the forecasts of each band and balance have been."""
    known = kept(key, as_of, settings)
    if known is not None:
        return known.accuracies
    return tuple(accuracy(opened(key).connection, as_of=parse_instant(as_of), settings=settings))


@remembered(16)
def fired(key: Key, settings: Settings, window: Bounds) -> tuple[Fired, ...]:
    """Every episode that began to fire in a window, in order.

    Without the rules that read forecasts: judging these again for a month takes most of a minute.
    """
    start, end, _ = window
    span = parse_instant(start), parse_instant(end)
    return tuple(replay_of(opened(key), settings, *span, rules=RULES))
