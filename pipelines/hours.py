"""Keep a second copy of the serving buckets, by the hour, for questions that ask of whole hours.

It is made from the quarter hours beside it, where they changed, and split at the same cuts: a label
is the later of the hour and the last cut before. So it answers any bound that is a whole hour or a
cut, from about a quarter of the rows.
"""

from __future__ import annotations

import duckdb

from pipelines.building import BY_HOUR, labels_of
from pipelines.sqlfiles import model_text, sql_text

CATALOG = "serving.hours"
BOTH = ("serving", CATALOG)


def mark_replaced(connection: duckdb.DuckDBPyConnection, table: str, *, everything: bool) -> None:
    """Mark the rows of `table` on the days in `wanted_days`, or all of them."""
    file = "stale_all.sql" if everything else "stale_days.sql"
    connection.execute(sql_text(file).format(table=table))


def mark_cut_hours(connection: duckdb.DuckDBPyConnection) -> None:
    """Mark the rows of the attached `serving` that the new or the former cuts divide."""
    connection.execute(sql_text("cut_hours.sql"))
    for table in BY_HOUR:
        touches = " or ".join(f"is_in_cut_hour({label})" for label in labels_of(table))
        connection.execute(sql_text("stale_cuts.sql").format(table=table, touches=touches))


def coarsen(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the marked rows again from the quarter hours, divided at the variable `cuts`."""
    connection.execute(model_text("hours/macros"))
    for (table,) in connection.execute(sql_text("stale_tables.sql")).fetchall():
        connection.execute(sql_text("wanted_hours.sql"), {"model": table})
        connection.execute(sql_text("remove_hours.sql").format(table=table))
        model = model_text(f"hours/{table}")
        connection.execute(sql_text("add_hours.sql").format(table=table, model=model))
    _add_up_flows(connection)
    connection.execute(sql_text("clear_stale_hours.sql"))


def _add_up_flows(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `trade_buckets` again from the paths of trades, for the days whose paths changed."""
    connection.execute(sql_text("flow_days.sql"))
    for catalog in BOTH:
        model = model_text("flows/trade_buckets").format(catalog=catalog)
        connection.execute(sql_text("remove_flows.sql").format(catalog=catalog))
        connection.execute(sql_text("add_flows.sql").format(catalog=catalog, model=model))
