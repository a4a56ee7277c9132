"""The utilization rows: every figure per pool, currency and window, for terminals and pages.

Figures are defined in `pipelines/metrics/*.sql` and nowhere else. This module turns a question
into marks, runs the metric files over one serving database, and turns their answer into rows.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.lanes import Lanes, cuts_of, lanes_of
from pipelines.metrics.catalog import (
    FAMILIES,
    FIGURES,
    FROM_FIGURES,
    KEPT,
    PREPARATIONS,
    Query,
    load_catalog,
    load_query,
    preparations_of,
    tables_read,
    yielded_columns,
)
from pipelines.metrics.marks import Marks, are_hours, build_marks
from pipelines.sqlfiles import sql_text
from pipelines.windows import Window, format_instant, rolling_window

BALANCE_MAX_AGE = timedelta(hours=24)
RESERVED_BASES = ("available", "visible")

# The copy it warns of costs a tenth of what the advised relation costs in planning a query twice.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)

_IDENTITY = ("pool_id", "currency", "window", "window_start", "window_end", "as_of")

_PARSED: dict[str, Sequence[duckdb.Statement]] = {}
"""The statements by their text; a statement is copied where it is run, so questions share them."""


class UnknownBasisError(ValueError):
    """The balance to compare reserved notional with is not one of `RESERVED_BASES`."""


def warm() -> None:
    """Read and parse every metric file, as the first question would otherwise have to."""
    with duckdb.connect() as connection:
        for name in ("macros", *(set(FAMILIES) - set(KEPT))):
            _parsed(connection, load_query(name).sql)
        for name in (*PREPARATIONS, *KEPT):
            _parsed(connection, _keeping(name))
        for name in ("band_usage", "limit_usage"):
            _parsed(connection, _asked_of(name, ()).sql)
    load_catalog()


def windows_table(  # noqa: PLR0913 - one question, and what may be known of it before
    connection: duckdb.DuckDBPyConnection,
    windows: Sequence[Window],
    *,
    as_of: datetime,
    pools: Sequence[str] | None = None,
    basis: str = "available",
    balance_max_age: timedelta = BALANCE_MAX_AGE,
    families: Sequence[str] = FAMILIES,
    parts: Sequence[str] = (),
    lanes: Lanes | None = None,
) -> pa.Table:
    """Return one row per pool, currency and window, in that order, with every figure.

    `connection` is open on one partner's serving database; a cursor of its own is used. `as_of`
    is aware: events at or after it do not exist, and windows that start at or after it are left
    out. `pools` None means every pool. Money is DECIMAL with 8 places, ratios and minutes
    DECIMAL(38, 6), times aware UTC; the basis of `reserved_utilization` stands in the schema's
    metadata. `families`, where fewer are asked for, are in the order of the catalogue and hold
    those that they read; only their figures are answered. `parts` are columns that a family yields
    beside its figures, such as a ratio's numerator. `lanes` are those of the build as of `as_of`,
    where they have been read before. Raises UnknownBasisError, and UnalignedInstantError where a
    bound lies inside a stored bucket.
    """
    if basis not in RESERVED_BASES:
        raise UnknownBasisError(f"no basis {basis!r}; choose one of {', '.join(RESERVED_BASES)}")
    as_of = as_of.astimezone(UTC)
    parameters = {
        "as_of": as_of.replace(tzinfo=None),
        "basis": basis,
        "balance_max_age": balance_max_age,
    }
    with connection.cursor() as cursor:
        for statement in _parsed(cursor, load_query("macros").sql):
            cursor.execute(statement)
        lanes = lanes or lanes_of(cursor, as_of)
        cursor.register("numbered_lanes", lanes.asked(pools))
        if lanes.limit_steps is not None:
            cursor.register("limit_steps", lanes.limit_steps)
        marks = build_marks(windows, as_of=as_of, zones=lanes.zones, cuts=lanes.cuts)
        prepared = [
            name
            for name in preparations_of(tuple(families))
            if name != "limit_steps" or lanes.limit_steps is None
        ]
        figures = _figures(cursor, prepared, marks, parameters, families, tuple(parts))
    names = [*_IDENTITY, *(name for name in FIGURES if name in figures), *parts]
    answer = _in_utc(pa.table({name: figures[name] for name in names}))
    return answer.replace_schema_metadata({"reserved_utilization_basis": basis})


def read_hours(cursor: duckdb.DuckDBPyConnection, instants: Sequence[datetime]) -> bool:
    """Turn `cursor` to the buckets by the hour, a quarter of the rows, where they tell the same.

    They do where each of the aware `instants` is a whole hour or a cut, and a build holds them.
    Returns whether they are read from now on.
    """
    return are_hours(instants, cuts_of(cursor)) and _reads_hours(cursor)


def now_table(
    connection: duckdb.DuckDBPyConnection,
    *,
    at: datetime,
    pools: Sequence[str] | None = None,
    basis: str = "available",
    balance_max_age: timedelta = BALANCE_MAX_AGE,
) -> pa.Table:
    """Return the rolling row of each pool and currency at the aware instant `at`.

    Flows carry their window in their name (`quotes_1h`, `settled_notional_24h`); stocks are as of
    `at`. Types and errors as for `windows_table`.
    """
    rolling = windows_table(
        connection,
        [rolling_window("1h", at), rolling_window("24h", at)],
        as_of=at,
        pools=pools,
        basis=basis,
        balance_max_age=balance_max_age,
    )
    with connection.cursor() as cursor:
        cursor.register("rolling", rolling)
        answer = _in_utc(_run(cursor, load_query("now"), {}))
    return answer.replace_schema_metadata(rolling.schema.metadata)


def rows(table: pa.Table, *, partner_id: str, environment: str) -> Iterator[dict[str, object]]:
    """Yield the rows of `table` as JSON values, each beginning with its partner and environment.

    Money has at least 2 decimals and no further trailing zeros, ratios and minutes have 6, times
    are RFC 3339 in UTC, counts and ages are ints, missing is None, reasons are an object.
    """
    writers = [_writer(field.type) for field in table.schema]
    names = table.schema.names
    for batch in table.to_batches(max_chunksize=4096):
        columns = [
            [None if value is None else write(value) for value in column.to_pylist()]
            for write, column in zip(writers, batch.columns, strict=True)
        ]
        for values in zip(*columns, strict=True):
            yield {
                "partner_id": partner_id,
                "environment": environment,
                **dict(zip(names, values, strict=True)),
            }


def _figures(
    cursor: duckdb.DuckDBPyConnection,
    prepared: Sequence[str],
    marks: Marks,
    parameters: Mapping[str, object],
    families: Sequence[str],
    parts: Sequence[str],
) -> dict[str, pa.ChunkedArray]:
    bound = {
        **parameters,
        "first_mark": marks.first,
        "last_mark": marks.last,
        "last_segment": marks.count,
        "window_count": marks.window_count,
    }
    read = {"windows"}.union(*map(tables_read, (*prepared, *families)))
    for name, table in marks.tables.items():
        if name in read:
            cursor.register(name, table)
    by_hour = marks.are_hours and _reads_hours(cursor)
    cursor.register("slots", marks.slots(by_hour=by_hour))
    for name in prepared:
        _keep(cursor, name, bound)
    figures = _in_row_order(cursor.table("grid").to_arrow_table())
    is_registered = False
    for place, family in enumerate(families):
        if family in FROM_FIGURES and not is_registered:
            cursor.register("figures", pa.table(figures))
            is_registered = True
        if _is_read(family, families[place + 1 :]):
            _keep(cursor, family, bound)
            answer = cursor.table(family).to_arrow_table()
        else:
            answer = _run(cursor, _asked_of(family, parts), bound)
        figures |= (
            _maps(figures["row_no"], answer) if family == "reasons" else _in_row_order(answer)
        )
    return figures


def _is_read(family: str, later: Sequence[str]) -> bool:
    """Whether the whole answer of a family is wanted: as a table, or with its parts."""
    return family in KEPT and any(
        one in FROM_FIGURES or family in tables_read(one) for one in later
    )


@cache
def _asked_of(family: str, parts: tuple[str, ...]) -> Query:
    """The query of a family, without the parts beside its figures that nobody asked for."""
    query = load_query(family)
    kept = [
        name
        for name in yielded_columns(query.sql)
        if name == "row_no" or name in FIGURES or name in parts
    ]
    if family == "reasons" or len(kept) == len(yielded_columns(query.sql)):
        return query
    text = load_query("only").sql.format(columns=", ".join(kept), query=query.sql)
    return Query(text, query.parameters)


def _keep(cursor: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, object]) -> None:
    """Keep the answer of `<name>.sql` as the cursor's own temporary table `name`.

    Running a parsed statement and reading its table costs less than a relation with parameters,
    which is planned once to learn its columns and once more to run.
    """
    query = load_query(name)
    used = {parameter: parameters[parameter] for parameter in query.parameters}
    (statement,) = _parsed(cursor, _keeping(name))
    cursor.execute(statement, used)


@cache
def _keeping(name: str) -> str:
    """The statement that keeps the answer of `<name>.sql` as the temporary table `name`."""
    return f"{load_query('keep').sql} {name} as {load_query(name).sql}"


def _in_row_order(answer: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Return the columns of `answer` by name, by ascending row number; most come in that order."""
    row_nos = answer.column("row_no").to_numpy()
    if (row_nos[1:] < row_nos[:-1]).any():
        answer = answer.sort_by("row_no")
    return dict(zip(answer.schema.names, answer.columns, strict=True))


def _maps(row_nos: pa.ChunkedArray, reasons: pa.Table) -> dict[str, pa.Array]:
    """Return a map of reasons for each of `row_nos`, from one row for each of its reasons."""
    # Both are in row order, so the entries of a row end where those of a later row begin.
    ends = np.searchsorted(reasons.column("row_no").to_numpy(), row_nos.to_numpy(), side="right")
    maps = pa.MapArray.from_arrays(
        pa.array(np.concatenate(([0], ends)), type=pa.int32()),
        reasons.column("unavailable_reasons").combine_chunks(),
        reasons.column("quotes").combine_chunks(),
    )
    return {"unavailable_reasons": maps}


def _run(
    cursor: duckdb.DuckDBPyConnection, query: Query, parameters: Mapping[str, object]
) -> pa.Table:
    used = {name: parameters[name] for name in query.parameters}
    (statement,) = _parsed(cursor, query.sql)
    return cursor.execute(statement, used).to_arrow_table()


def _parsed(cursor: duckdb.DuckDBPyConnection, sql: str) -> Sequence[duckdb.Statement]:
    """Return the statements of one of the metric files, each parsed once for every question."""
    if sql not in _PARSED:
        _PARSED[sql] = cursor.extract_statements(sql)
    return _PARSED[sql]


def _reads_hours(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Turn the cursor to the buckets by the hour; False where a build holds none."""
    try:
        cursor.execute(sql_text("read_hours.sql"))
    except duckdb.CatalogException:
        return False
    return True


def _in_utc(table: pa.Table) -> pa.Table:
    instant = pa.timestamp("us", tz="UTC")
    schema = pa.schema(
        field.with_type(instant) if pa.types.is_timestamp(field.type) else field
        for field in table.schema
    )
    return table.cast(schema)


def _writer(kind: pa.DataType) -> Callable[[Any], object]:
    if pa.types.is_decimal(kind):
        return _money if kind.scale == 8 else _fixed
    if pa.types.is_timestamp(kind):
        return format_instant
    if pa.types.is_map(kind):
        return dict
    return _as_is


def _money(amount: Decimal) -> str:
    whole, _, fraction = f"{amount:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"


def _fixed(number: Decimal) -> str:
    return f"{number:f}"


def _as_is(value: object) -> object:
    return value
