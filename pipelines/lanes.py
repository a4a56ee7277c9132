"""The lanes of a build as of one instant: what every question as of then begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.metrics.catalog import load_query


@dataclass(frozen=True, eq=False)
class Lanes:
    """Read once, it may stand in every question to the same build as of the same instant."""

    as_of: datetime
    """Aware UTC."""

    table: pa.Table
    """pool_id, currency, time_zone, is_asked, lane_no, zone_no: every lane, and all are asked."""

    zones: Mapping[int, str]
    """The zones in which daily bands reset, by number."""

    cuts: Sequence[datetime]
    """Naive UTC: where the build's buckets are split."""

    limit_steps: pa.Table | None = None
    """The limit of each lane from each instant it changed, as `limit_steps.sql` yields it."""

    def asked(self, pools: Sequence[str] | None) -> pa.Table:
        """Return the table with the lanes of `pools` asked, None meaning all."""
        if pools is None:
            return self.table
        is_asked = pc.is_in(self.table.column("pool_id"), pa.array(list(pools), pa.string()))
        place = self.table.schema.get_field_index("is_asked")
        return self.table.set_column(place, "is_asked", is_asked)

    @property
    def zone_of(self) -> dict[str, str]:
        """The zone of each pool."""
        names = ("pool_id", "time_zone")
        return dict(zip(*(self.table.column(name).to_pylist() for name in names), strict=True))


def read_lanes(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> Lanes:
    """Return the lanes of an open build as of the aware `as_of`, with their limits."""
    with connection.cursor() as cursor:
        lanes = lanes_of(cursor, as_of)
        cursor.register("numbered_lanes", lanes.table)
        steps = cursor.execute(load_query("limit_steps").sql).to_arrow_table()
    return Lanes(lanes.as_of, lanes.table, lanes.zones, lanes.cuts, steps)


def lanes_of(cursor: duckdb.DuckDBPyConnection, as_of: datetime) -> Lanes:
    """Return the same without limits, which a question may not need."""
    as_of = as_of.astimezone(UTC)
    asked = {"as_of": as_of.replace(tzinfo=None), "pools": None}
    table: pa.Table = cursor.execute(load_query("reported_lanes").sql, asked).to_arrow_table()
    names = table.column("time_zone").to_pylist()
    numbers = {zone: number for number, zone in enumerate(sorted(set(names)), start=1)}
    table = table.append_column("lane_no", pa.array(range(1, len(names) + 1), pa.int64()))
    table = table.append_column("zone_no", pa.array([numbers[name] for name in names], pa.int64()))
    return Lanes(as_of, table, {number: zone for zone, number in numbers.items()}, cuts_of(cursor))


def cuts_of(cursor: duckdb.DuckDBPyConnection) -> list[datetime]:
    """Return the naive UTC instants at which the build's buckets are split."""
    found: list[datetime] = [cut for (cut,) in cursor.execute(load_query("cuts").sql).fetchall()]
    return found
