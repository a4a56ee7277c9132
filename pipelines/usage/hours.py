"""Hour by hour: when in the week a program is used and refused, and how full its limits became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from pipelines.books.queries import in_utc
from pipelines.lanes import Lanes
from pipelines.metrics.catalog import load_query
from pipelines.usage.queries import query
from pipelines.utilization import windows_table
from pipelines.windows import Window, load_zone

_FAMILIES = ("demand", "execution", "band", "band_usage", "limit_usage", "errors")
_PARTS = ("limit_errored_quotes",)


@dataclass(frozen=True, eq=False)
class HourlyUsage:
    """What hours add up to. Times are aware UTC."""

    by_week: pa.Table
    """pool_id, currency (both null for all pools together), weekday (1 is Monday), clock_hour
    (0 to 23), hours (how many such hours there were), quote_requests, limit_errors,
    settled_volume, approved_band, execution_utilization; an hour of the week without a counted
    hour has no row."""

    peaks: pa.Table
    """pool_id, currency, limit_name, peak_usage, peak_at: at the end of an hour of the period."""


def hourly_usage(
    connection: duckdb.DuckDBPyConnection,
    hours: Sequence[Window],
    *,
    period: Window,
    zone: str,
    as_of: datetime,
    known_from: datetime | None,
    pools: Sequence[str],
    lanes: Lanes | None = None,
) -> HourlyUsage:
    """Return what the calendar `hours` of `zone` add up to; see `HourlyUsage`.

    The week counts the hours that ended by `as_of` and after `known_from`, the first record; the
    peaks are of the hours that begin in `period`. Definitions stand in the two SQL files.
    """
    rows = windows_table(
        connection,
        hours,
        as_of=as_of,
        pools=pools,
        families=_FAMILIES,
        parts=_PARTS,
        lanes=lanes,
    )
    with connection.cursor() as cursor:
        for statement in cursor.extract_statements(load_query("macros").sql):
            cursor.execute(statement)
        cursor.register("hour_rows", _naive(rows))
        cursor.register("hour_places", _naive(_places(hours, period, zone, as_of, known_from)))
        return HourlyUsage(
            *(
                in_utc(cursor.execute(query(name)).to_arrow_table())
                for name in ("hours_of_week", "limit_peaks")
            )
        )


def _places(
    hours: Sequence[Window],
    period: Window,
    zone: str,
    as_of: datetime,
    known_from: datetime | None,
) -> pa.Table:
    here = load_zone(zone)
    local = [hour.start.astimezone(here) for hour in hours]
    return pa.table(
        {
            "window_start": pa.array([hour.start for hour in hours], pa.timestamp("us", tz="UTC")),
            "weekday": pa.array([at.isoweekday() for at in local], pa.int64()),
            "clock_hour": pa.array([at.hour for at in local], pa.int64()),
            "is_counted": [
                hour.end <= as_of and known_from is not None and hour.end > known_from
                for hour in hours
            ],
            "is_in_period": [period.start <= hour.start < period.end for hour in hours],
        }
    )


def _naive(table: pa.Table) -> pa.Table:
    """Times as the engine compares them fastest: naive UTC."""
    schema = pa.schema(
        field.with_type(pa.timestamp("us")) if pa.types.is_timestamp(field.type) else field
        for field in table.schema
    )
    return table.cast(schema)
