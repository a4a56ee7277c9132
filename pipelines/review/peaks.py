"""How full limits were at the end of each hour of a span, and what was reserved at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.utilization import windows_table
from pipelines.windows import Window, calendar_windows

USAGES = ("daily_band_usage", "velocity_24h_usage", "max_order_usage")
FAMILIES = ("execution", "reserved", "band_usage", "limit_usage")
_INSTANT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Peak:
    """The fullest that a limit of one pool was."""

    figure: str
    pool_id: str
    currency: str
    usage: Decimal
    at: datetime
    """Aware UTC end of the first hour at which it was so full."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What was reserved at one instant: how many trades, and how long the oldest had been."""

    trades: int
    oldest_age_s: int | None
    pool_id: str | None = None
    """The pool of the oldest."""


def peaks_and_stocks(
    connection: duckdb.DuckDBPyConnection,
    windows: Sequence[Window],
    *,
    pools: Sequence[str],
    as_of: datetime,
) -> list[tuple[list[Peak], Stock]]:
    """Return for each window its limits' peaks, the fullest first, and its closing stock.

    Each hour is judged against the limits in force as it ends. Hours are those of UTC, which every
    window begins and ends with or a quarter of an hour beside: the first and last may be cut.
    """
    if not windows:
        return []
    hours = _hours(windows)
    table = windows_table(connection, hours, as_of=as_of, pools=pools, families=FAMILIES)
    return [_measured(table, window) for window in windows]


def _hours(windows: Sequence[Window]) -> list[Window]:
    start = min(window.start for window in windows)
    end = max(window.end for window in windows)
    bounds = {hour.end for hour in calendar_windows("1h", start, end, "UTC")}
    bounds |= {at for window in windows for at in (window.start, window.end)}
    kept = sorted(bound for bound in bounds if start <= bound <= end)
    return [Window(a, b, "1h") for a, b in pairwise(kept)]


def _measured(table: pa.Table, window: Window) -> tuple[list[Peak], Stock]:
    ends = table.column("window_end")
    inside = pc.and_(
        pc.greater(ends, pa.scalar(window.start, _INSTANT)),
        pc.less_equal(ends, pa.scalar(window.end, _INSTANT)),
    )
    hours = table.filter(inside)
    peaks = [peak for figure in USAGES for peak in _peaks(hours, figure)]
    closing = hours.filter(pc.equal(hours.column("window_end"), pa.scalar(window.end, _INSTANT)))
    return sorted(peaks, key=lambda peak: -peak.usage), _stock(closing)


def _peaks(hours: pa.Table, figure: str) -> list[Peak]:
    used = hours.select(["pool_id", "currency", "window_end", figure])
    used = used.filter(pc.is_valid(used.column(figure)))
    lanes = used.group_by(["pool_id", "currency"]).aggregate([(figure, "max")]).to_pylist()
    found = []
    for lane in lanes:
        usage = lane[f"{figure}_max"]
        here = pc.and_(
            pc.and_(
                pc.equal(used.column("pool_id"), lane["pool_id"]),
                pc.equal(used.column("currency"), lane["currency"]),
            ),
            pc.equal(used.column(figure), pa.scalar(usage, used.schema.field(figure).type)),
        )
        at = pc.min(used.column("window_end").filter(here)).as_py()
        found.append(Peak(figure, lane["pool_id"], lane["currency"], usage, at))
    return found


def _stock(closing: pa.Table) -> Stock:
    rows = closing.select(["pool_id", "reserved_count", "oldest_reserved_age_s"]).to_pylist()
    held = [row for row in rows if row["oldest_reserved_age_s"] is not None]
    trades = sum(row["reserved_count"] for row in rows)
    if not held:
        return Stock(trades, None)
    oldest = max(held, key=lambda row: int(row["oldest_reserved_age_s"]))
    return Stock(trades, oldest["oldest_reserved_age_s"], oldest["pool_id"])
