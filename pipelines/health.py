"""What a build's figures rest on: what came, was set aside, changed later, or is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from pipelines.books.queries import in_utc
from pipelines.serving import Build
from pipelines.sqlfiles import sql_text

SPORADIC = ("errors", "tickets")
"""Kinds that come when something happens: a day without one is quiet, not a gap."""


@dataclass(frozen=True, eq=False)
class Health:
    """The state of one build's data. Times are aware UTC."""

    loads: pa.Table
    """The newest loads, newest first: sequence, kind, source, landed_at and the five counts."""

    set_aside: pa.Table
    """kind, disposition, rule, records; what has been resolved is left out."""

    dropped: pa.Table
    """kind, name, records: fields no contract knows, dropped."""

    restated: pa.Table
    """day, kind, landed_at, records: at most the newest thousand."""

    checks: pa.Table
    """check_name, severity, faults, says, examples, action; those that fail first."""


def read_health(build: Build) -> Health:
    """Return the state of the data of `build`; a cursor of its own is used."""
    files = ("all_loads", "status_set_aside", "status_dropped", "restated_days", "status_checks")
    with build.connection.cursor() as cursor:
        return Health(*(_table(cursor, file) for file in files))


def coverage_table(connection: duckdb.DuckDBPyConnection, first: date, last: date) -> pa.Table:
    """Return each kind's records of each UTC day from `first` to `last`, both included.

    kind, day, records, late_records (both null where there are none), most_records (of one day of
    the kind here), state: `records`, `gap`, `quiet` or `outside`. Agreements (limits, programs)
    have no days to be missing.
    """
    parameters = {"first": first, "last": last, "sporadic": list(SPORADIC)}
    with connection.cursor() as cursor:
        return cursor.execute(sql_text("coverage.sql"), parameters).to_arrow_table()


def _table(cursor: duckdb.DuckDBPyConnection, file: str) -> pa.Table:
    return in_utc(cursor.execute(sql_text(f"{file}.sql")).to_arrow_table())
