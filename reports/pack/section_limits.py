"""How limits were used, and which were in force."""

from __future__ import annotations

import pyarrow as pa

from pipelines.windows import calendar_windows
from reports import charts_growth
from reports.band import BandDay, BandDays
from reports.pack import words
from reports.pack.blocks import Block, Chart, Heading, Paragraph, Section, Table
from reports.pack.drawing import HALF
from reports.pack.telling import Telling
from reports.pack.typed import Shown, printed
from reports.review_pools import LIMIT_TITLES

_MONEY, _RATIO = pa.decimal128(38, 8), pa.decimal128(38, 6)
_INSTANT = pa.timestamp("us", tz="UTC")
_PEAKS = ("daily_band_usage", "velocity_24h_usage", "max_order_usage")
_USE = pa.schema(
    [
        ("pool_id", pa.string()),
        ("currency", pa.string()),
        ("approved_band", _MONEY),
        ("quoted_volume", _MONEY),
        ("settled_volume", _MONEY),
        ("quote_utilization", _RATIO),
        ("execution_utilization", _RATIO),
        *((f"{name}_peak", _RATIO) for name in _PEAKS),
        *((f"{name}_peak_at", _INSTANT) for name in _PEAKS),
    ]
)
_BAND_HEIGHT = 120


def limits(told: Telling) -> Section:
    """Each pool's use of its limits, the days of its band, and the limits' history."""
    blocks: list[Block] = [
        Paragraph(words.LIMITS_ARE, "note"),
        _use(told),
        Heading("The daily band, day by day"),
        Paragraph(words.BAND_DRAWN, "note"),
        *_bands(told),
        Heading("Limits and their history"),
        _history(told),
    ]
    return Section("limits", words.SECTIONS["limits"], blocks)


def _use(told: Telling) -> Table:
    peaks = {
        (peak.pool_id, peak.currency, peak.figure): peak
        for peak in told.figures.review.current.peaks
    }
    lines = []
    for row in told.rows:
        line = {name: row[name] for name in _USE.names if name in row}
        for name in _PEAKS:
            peak = peaks.get((row["pool_id"], row["currency"], name))
            line[f"{name}_peak"] = peak and peak.usage
            line[f"{name}_peak_at"] = peak and peak.at
        lines.append(line)
    shown = [
        Shown("pool_id", "Pool", weight=1.3),
        Shown("currency", "In", weight=0.6),
        Shown("approved_band", "Band", "money", "of the period", 1.4),
        Shown("quote_utilization", "Quoted", "percent", "of the band"),
        Shown("execution_utilization", "Settled", "percent", "of the band"),
        Shown("daily_band_usage_peak", "Day's band", "percent", "peak"),
        Shown("daily_band_usage_peak_at", "When", "short", weight=1.2),
        Shown("velocity_24h_usage_peak", "Velocity", "percent", "24 h, peak"),
        Shown("max_order_usage_peak", "Order", "percent", "largest"),
    ]
    data = pa.Table.from_pylist(lines, _USE)
    return printed("limit_use", "Use of each pool's limits", shown, data, zone=told.zone)


def _bands(told: Telling) -> list[Block]:
    blocks: list[Block] = []
    days = calendar_windows("day", told.period.window.start, told.period.window.end, told.zone)
    for lane, name in told.names.items():
        rows = told.days_of(lane)
        if not any(row["daily_band_limit"] is not None for row in rows):
            blocks.append(Paragraph(words.not_banded(name), "note"))
            continue
        last = BandDay(rows[-1:], days[-1], told.period, told.zone)
        found = BandDays(rows, days, told.period, told.zone, last)
        blocks.append(
            Chart(
                f"band_{name}",
                f"{name}: used of the daily band, {lane[1] or words.NO_CURRENCY}",
                found.changes or "The band was not changed in the period.",
                {**charts_growth.days(), "height": _BAND_HEIGHT},
                found.table,
                HALF,
            )
        )
    return blocks


def _history(told: Telling) -> Table:
    shown = [
        Shown("pool_id", "Pool", weight=1.3, words={None: "All pools"}),
        Shown("currency", "In", weight=0.6),
        Shown("limit_name", "Limit", weight=1.2, words=LIMIT_TITLES),
        Shown("value", "Value", "money", weight=1.2),
        Shown("effective_from", "From", "moment", weight=1.3),
        Shown("effective_to", "To", "moment", weight=1.3),
    ]
    return printed(
        "limit_history",
        "Every limit of these pools, with when it was in force",
        shown,
        told.figures.limits,
        zone=told.zone,
        empty=words.LIMIT_HISTORY_EMPTY,
    )
