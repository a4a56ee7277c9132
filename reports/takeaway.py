"""What people take away: a table with all it rests on, as CSV, Parquet or XLSX; a chart as picture.

Each file says of itself whose figures it holds, of which period and moment, by which definitions,
how many rows there are, and a hash of them, so that a figure found later can be traced.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.metrics.catalog import load_catalog
from pipelines.periods import Period
from pipelines.utilization import rows as figure_rows
from pipelines.windows import format_instant
from reports.export import csv_text, json_line
from reports.wording import IS_NOT

DIGITS = 15
"""Decimal digits that a spreadsheet's number holds exactly; a longer amount is written as text."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where figures come from: whose, which view of them, and which build answered."""

    partner_id: str
    environment: str
    page: str
    period: Period
    pools: tuple[str, ...]
    compared: Period | None
    basis: str
    build_id: str
    definitions: str


def about(origin: Origin, name: str, table: pa.Table) -> dict[str, Any]:
    """What the file says of itself; `sha256` is of its rows as JSON lines."""
    period, compared = origin.period, origin.compared
    lines = "".join(f"{json_line(row)}\n" for row in _rows(origin, table))
    told: dict[str, Any] = {
        "table": name,
        "page": origin.page,
        "partner_id": origin.partner_id,
        "environment": origin.environment,
        "period": period.preset,
        "period_start": format_instant(period.window.start),
        "period_end": format_instant(period.window.end),
        "period_is_open": period.is_open,
        "time_zone": period.zone,
        "times_are": "UTC; columns named at or time of a chart follow time_zone",
        "as_of": format_instant(period.as_of),
        "pools": list(origin.pools),
        "reserved_compared_with": f"{origin.basis} balance",
        "build_id": origin.build_id,
        "definitions_version": origin.definitions,
        "rows": table.num_rows,
        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
        "columns": _definitions(table.schema.names),
        "is_not": IS_NOT,
    }
    if compared is not None:
        told["compared_start"] = format_instant(compared.window.start)
        told["compared_end"] = format_instant(compared.window.end)
    return told


def as_csv(origin: Origin, name: str, table: pa.Table) -> bytes:
    """CSV, UTF-8: first what it is about, each line after a `#`, then the header and all rows."""
    told = about(origin, name, table)
    head = "".join(f"# {key}: {_line(value)}\r\n" for key, value in told.items())
    names = ("partner_id", "environment", *table.schema.names)
    return (head + csv_text(_rows(origin, table), names)).encode()


def as_parquet(origin: Origin, name: str, table: pa.Table) -> bytes:
    """Parquet with the table's own types; what it is about is JSON in its metadata, `about`."""
    told = {"about": json.dumps(about(origin, name, table))}
    file = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(told), file)
    return file.getvalue()


def as_xlsx(origin: Origin, tables: Mapping[str, pa.Table]) -> bytes:
    """A workbook: one sheet a table with typed cells, and before them what each is about."""
    import xlsxwriter

    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        # The same figures give the same bytes whenever they are taken.
        book.set_properties({"created": origin.period.as_of.replace(tzinfo=None)})
        bold = book.add_format({"bold": True})
        money = book.add_format({"num_format": "#,##0.00######"})
        share = book.add_format({"num_format": "0.000000"})
        sheet = book.add_worksheet("About")
        line = 0
        for name, table in tables.items():
            for key, value in about(origin, name, table).items():
                sheet.write_string(line, 0, key, bold)
                sheet.write_string(line, 1, _line(value))
                line += 1
            line += 1
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 100)
        for name, table in tables.items():
            _fill(book.add_worksheet(name[:31]), table, bold, money, share)
    return file.getvalue()


def _fill(sheet: Any, table: pa.Table, bold: Any, money: Any, share: Any) -> None:
    for place, column in enumerate(table.schema):
        sheet.write_string(0, place, column.name, bold)
        sheet.set_column(place, place, max(len(column.name), 12))
        form = share if pa.types.is_decimal(column.type) and column.type.scale == 6 else money
        for line, value in enumerate(table.column(place).to_pylist(), start=1):
            _write(sheet, line, place, value, form)
    sheet.freeze_panes(1, 0)
    if table.num_columns:
        sheet.autofilter(0, 0, max(table.num_rows, 1), table.num_columns - 1)


def _write(sheet: Any, line: int, place: int, value: Any, form: Any) -> None:
    """One cell by its type; what is not known stays empty."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, Decimal):
        if len(value.normalize().as_tuple().digits) <= DIGITS:
            sheet.write_number(line, place, float(value), form)
        else:
            sheet.write_string(line, place, f"{value:f}")
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, _text(value))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return format_instant(value) if value.tzinfo else value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, default=str)
    return str(value)


def _line(value: Any) -> str:
    """A value of the head as one line without a comma, so that it stays one cell."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.replace("\r", " ").replace("\n", " ").replace(",", ";")


def _rows(origin: Origin, table: pa.Table) -> Any:
    return figure_rows(table, partner_id=origin.partner_id, environment=origin.environment)


def _definitions(names: Sequence[str]) -> dict[str, str]:
    """The definition of each column that is a figure of the catalogue."""
    catalog = load_catalog()
    return {
        name: f"{catalog[name].formula} [{catalog[name].unit}]; null: {catalog[name].null_rule};"
        f" is not {catalog[name].is_not}"
        for name in names
        if name in catalog
    }
