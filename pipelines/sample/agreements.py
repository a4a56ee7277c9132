"""What was agreed: the programs and the operator's limits, with the days they hold from."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipelines.sample.books import balance_target, expected_day
from pipelines.sample.limits import raised_band
from pipelines.sample.partners import Lane, Pool, limits_of, round_figure
from pipelines.sample.stories import STORIES, Calendar

Row = dict[str, object]

_LIMIT_FIELDS = (
    "partner_id",
    "environment",
    "program_id",
    "pool_id",
    "limit_name",
    "value",
    "currency",
    "effective_from",
    "effective_to",
)
_LEAD_DAYS = 60  # programs run for two months before the sample begins


def money(cents: int) -> str:
    """Cents as the decimal string of the contract."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def instant(at_ms: int, zone: str = "UTC") -> str:
    """Milliseconds since 1970 as RFC 3339, in the offset of a zone."""
    at = datetime.fromtimestamp(at_ms // 1_000, UTC).replace(microsecond=at_ms % 1_000 * 1_000)
    text = at.astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _start(calendar: Calendar, zone: str, days_later: int = -_LEAD_DAYS) -> str:
    day = calendar.first + timedelta(days=days_later)
    local = datetime.combine(day, time(), ZoneInfo(zone))
    return instant(round(local.timestamp() * 1_000), zone)


def _pool_limits(lane: Lane, calendar: Calendar, pool: Pool) -> list[Row]:
    limits, since = limits_of(lane, pool), _start(calendar, pool.time_zone)
    row: Row = {"pool_id": pool.pool_id, "currency": pool.fiat, "effective_from": since}
    rows: list[Row] = [
        {**row, "limit_name": "max_order", "value": money(limits.max_order)},
        {**row, "limit_name": "min_order", "value": money(pool.min_order)},
    ]
    band: Row = {**row, "limit_name": "daily_band", "value": money(limits.daily_band)}
    if pool.pool_id == STORIES["band_raised"].pool_id and calendar.fits("band_raised"):
        raised_at = instant(calendar.span("band_raised")[0], pool.time_zone)
        raised: Row = {**band, "value": money(raised_band(lane, pool)), "effective_from": raised_at}
        return [*rows, {**band, "effective_to": raised_at}, raised]
    return [*rows, band]


def _currency_limits(lane: Lane, calendar: Calendar, currency: str) -> list[Row]:
    pools = [pool for pool in lane.pools if pool.fiat == currency]
    bands = sum(limits_of(lane, pool).daily_band for pool in pools)
    target = balance_target(lane, currency)
    values = {
        "velocity_24h": round_figure(1.1 * bands),
        "balance_floor": round_figure(min(0.8 * expected_day(lane, currency), target / 3)),
        "balance_target": target,
        "first_order_limit": 5 * pools[0].min_order,
    }
    since = _start(calendar, pools[0].time_zone)
    return [
        {"limit_name": name, "value": money(cents), "currency": currency, "effective_from": since}
        for name, cents in values.items()
    ]


def limit_lines(lane: Lane, calendar: Calendar) -> tuple[str, int]:
    """All limits as CSV with a header, and how many there are."""
    rows = [row for pool in lane.pools for row in _pool_limits(lane, calendar, pool)]
    for currency in lane.currencies:
        rows += _currency_limits(lane, calendar, currency)
    program = {pool.pool_id: p.program_id for p in lane.programs for pool in p.pools}
    out = io.StringIO()
    writer = csv.DictWriter(out, _LIMIT_FIELDS, lineterminator="\n")
    writer.writeheader()
    who = {"partner_id": lane.partner_id, "environment": lane.environment}
    for row in rows:
        writer.writerow({**who, "program_id": program.get(str(row.get("pool_id")), ""), **row})
    return out.getvalue(), len(rows)


def program_rows(lane: Lane, calendar: Calendar) -> list[Row]:
    """Every version of every program; the pilot of the first one grows with its raised band."""
    rows: list[Row] = []
    for program in lane.programs:
        row: Row = {
            "partner_id": lane.partner_id,
            "environment": lane.environment,
            "program_id": program.program_id,
            "effective_from": _start(calendar, program.time_zone),
            "product": program.product,
            "program_type": "fiat_stablecoin",
            "approved_pools": [pool.pool_id for pool in program.pools],
            "funding_model": "prefunded",
            "support_sla_label": "business hours",
            "phase": "pilot" if lane.environment == "production" else "sandbox",
            "time_zone": program.time_zone,
            "review_cadence": "weekly",
            "funding_ready": True,
            "webhooks_ready": True,
            "monitoring_ready": lane.environment == "production",
            "support_ready": lane.environment == "production",
            "first_order_limit": money(5 * program.pools[0].min_order),
        }
        rows.append(row)
        if calendar.fits("band_raised") and program is lane.programs[0]:
            since = instant(calendar.span("band_raised")[0], program.time_zone)
            grown = {"effective_from": since, "phase": "expansion", "review_cadence": "monthly"}
            rows.append({**row, **grown})
    return rows


def json_lines(rows: list[Row]) -> list[bytes]:
    """Rows as compact JSON lines."""
    return [(json.dumps(row, separators=(",", ":")) + "\n").encode("ascii") for row in rows]
