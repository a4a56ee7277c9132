"""Split a serving file's buckets at a few instants, so that an as-of inside a bucket is exact.

Stored buckets stay whole quarters of an hour; only the serving copy is split, from the facts,
where a row's path touches a quarter that holds a cut. Splitting an additive row changes no other
answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb

from pipelines.building import MODELS_OF, WHOLE, labels_of, prepare_models
from pipelines.hours import coarsen, mark_cut_hours
from pipelines.settings import Settings
from pipelines.sqlfiles import model_text, sql_text

SPLIT = {
    group: [table for table in tables if table not in WHOLE] for group, tables in MODELS_OF.items()
}
SPANS = tuple(timedelta(hours=hours) for hours in (1, 24, 7 * 24, 30 * 24))
DAY = timedelta(hours=24)


def cuts_for(as_of: datetime) -> list[datetime]:
    """Where buckets must be split so that rolling windows ending at `as_of` are exact.

    That is `as_of` itself, the start of each rolling window and of the one before it for
    comparison, and 24 hours before each of these, for the velocity limit. All naive UTC.
    """
    ends = [as_of, *(as_of - span for span in SPANS), *(as_of - 2 * span for span in SPANS)]
    return sorted({moment for end in ends for moment in (end, end - DAY)})


def refine(
    connection: duckdb.DuckDBPyConnection, settings: Settings, cuts: Sequence[datetime]
) -> None:
    """Split the buckets of the attached `serving` at `cuts`, undoing earlier splits first."""
    prepare_models(connection, settings, label="label_cut")
    connection.execute(sql_text("set_cuts.sql"), {"cuts": list(cuts)})
    mark_cut_hours(connection)
    restore(connection)
    connection.execute(sql_text("cut_quarters.sql"))
    for group, tables in SPLIT.items():
        for table in tables:
            _refine_table(connection, group, table)
    coarsen(connection)
    connection.execute(sql_text("lanes.sql"))
    prepare_models(connection, settings)


def restore(connection: duckdb.DuckDBPyConnection) -> None:
    """Put whole buckets back where `serving` holds split ones."""
    for (table,) in connection.execute(sql_text("refined_tables.sql")).fetchall():
        for file in ("remove_refined.sql", "restore_refined.sql"):
            connection.execute(sql_text(file).format(table=table))
    connection.execute(sql_text("forget_refined.sql"))


def _refine_table(connection: duckdb.DuckDBPyConnection, group: str, table: str) -> None:
    touches = " or ".join(f"is_cut({label})" for label in labels_of(table))
    connection.execute(sql_text("affected.sql").format(table=table, touches=touches))
    if connection.execute(sql_text("is_affected.sql")).fetchall() == [(False,)]:
        return
    connection.execute(sql_text("affected_days.sql"))
    scope = "scope_availability.sql" if group == "availability" else f"refine_{group}.sql"
    connection.execute(sql_text(scope))
    connection.execute(sql_text("refined_rows.sql").format(model=model_text(table)))
    connection.execute(sql_text("remove_buckets.sql").format(table=table))
    connection.execute(sql_text("add_buckets.sql").format(table=table), {"model": table})
