"""What a reader needs to know around the figures: programs, lanes, limits, sources, first event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.metrics.catalog import load_query
from pipelines.questions import default_zone
from pipelines.serving import Build
from pipelines.sqlfiles import sql_text


@dataclass(frozen=True, slots=True)
class Program:
    """One program in force."""

    program_id: str
    product: str
    phase: str
    time_zone: str
    pools: tuple[str, ...]
    """Its approved pools."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in force; `is_shared` where it holds for all pools of the currency together."""

    pool_id: str
    currency: str
    name: str
    value: Decimal
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Arrived:
    """One kind of record: newest event (aware UTC), when it was landed, records, sources."""

    kind: str
    newest_event_at: datetime | None
    landed_at: datetime | None
    records: int
    sources: int


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The surroundings of one build's figures as of one instant; compared by identity."""

    programs: tuple[Program, ...]
    zone: str
    """The zone that all programs share, else UTC."""

    pools: tuple[str, ...]
    """Every pool, in the order of the utilization rows."""

    limits: tuple[Limit, ...]
    arrived: tuple[Arrived, ...]
    sources: pa.Table
    """kind, source, newest_event_at, landed_at, records; times are naive UTC."""

    first_event: datetime | None
    """Aware UTC start of the first quarter of an hour with a quote or a trade."""

    exact: frozenset[datetime]
    """Aware instants inside a stored bucket that this build can be asked about."""


def read_outline(build: Build, as_of: datetime) -> Outline:
    """Return the outline of `build` as of the aware `as_of`; it uses a cursor of its own."""
    moment = {"as_of": as_of.astimezone(UTC).replace(tzinfo=None)}
    with build.connection.cursor() as cursor:
        return Outline(
            programs=tuple(
                Program(program_id, product, phase, time_zone, tuple(pools))
                for program_id, product, phase, time_zone, pools in _rows(
                    cursor, sql_text("outline_programs.sql"), moment
                )
            ),
            zone=default_zone(build, as_of),
            pools=tuple(pool for (pool,) in _rows(cursor, sql_text("outline_pools.sql"), moment)),
            limits=tuple(
                Limit(*row) for row in _rows(cursor, sql_text("outline_limits.sql"), moment)
            ),
            arrived=tuple(
                Arrived(kind, _aware(newest), _aware(landed), records, sources)
                for kind, newest, landed, records, sources in _rows(
                    cursor, sql_text("outline_kinds.sql")
                )
            ),
            sources=cursor.execute(sql_text("outline_sources.sql")).to_arrow_table(),
            first_event=_first_event(cursor),
            exact=frozenset(
                at.replace(tzinfo=UTC) for (at,) in _rows(cursor, load_query("cuts").sql)
            ),
        )


def read_first_event(build: Build) -> datetime | None:
    """Return the `first_event` of the outline alone; it is the same as of every instant."""
    with build.connection.cursor() as cursor:
        return _first_event(cursor)


def _first_event(cursor: duckdb.DuckDBPyConnection) -> datetime | None:
    ((first,),) = _rows(cursor, sql_text("outline_first.sql"))
    return _aware(first)


def _rows(
    cursor: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, datetime] | None = None
) -> list[tuple[Any, ...]]:
    return cursor.execute(query, parameters or {}).fetchall()


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None else None
