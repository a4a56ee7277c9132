"""Write rows for other programs: one JSON object a line, CSV safe for spreadsheets, or Parquet."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from pipelines.windows import format_instant

Format = Literal["json", "csv", "parquet"]
FORMATS: tuple[Format, ...] = ("json", "csv", "parquet")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def json_line(row: Mapping[str, Any]) -> str:
    """One row as one line of JSON, its fields in their order; missing is null."""
    return json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=True)


def write_rows(
    rows: Iterable[Mapping[str, Any]],
    form: Format,
    out: Path | None,
    *,
    names: Sequence[str] | None = None,
) -> None:
    """Write `rows` to `out` or standard output.

    `names` are the columns of CSV; without them rows may differ in their names, and every name of
    any row is a column. `parquet` needs `out`: a ValueError says so.
    """
    if form == "parquet":
        if out is None:
            raise ValueError("Parquet goes to a file; name it with --out")
        _write_parquet(list(rows), out)
        return
    text = _csv_lines(rows, names) if form == "csv" else (json_line(row) + "\n" for row in rows)
    if out is None:
        sys.stdout.writelines(text)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        file.writelines(text)


def csv_text(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> str:
    """The rows as CSV with these columns, safe for spreadsheets."""
    return "".join(_csv_lines(rows, names))


def write_table(
    table: pa.Table, partner_id: str, environment: str, form: Format, out: Path | None
) -> None:
    """Write a table of figures: as rows of decimal strings, or with its own types as Parquet."""
    if form == "parquet" and out is not None:
        import pyarrow.parquet as pq

        columns = {
            "partner_id": pa.repeat(pa.scalar(partner_id), table.num_rows),
            "environment": pa.repeat(pa.scalar(environment), table.num_rows),
        }
        whole = pa.table({**columns, **dict(zip(table.schema.names, table.columns, strict=True))})
        pq.write_table(whole.replace_schema_metadata(table.schema.metadata), out)
        return
    from pipelines.utilization import rows as figure_rows

    names = ("partner_id", "environment", *table.schema.names)
    rows = figure_rows(table, partner_id=partner_id, environment=environment)
    write_rows(rows, form, out, names=names)


def _csv_lines(rows: Iterable[Mapping[str, Any]], names: Sequence[str] | None) -> Iterator[str]:
    if names is None:
        rows = list(rows)
        names = _all_names(rows)
    if names:
        yield _csv_line(names)
    for row in rows:
        yield _csv_line([_cell(row.get(name)) for name in names])


def _all_names(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every name of any row, each where it first comes."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, str):
        return _disarmed(plain)
    return json.dumps(plain)


def _disarmed(text: str) -> str:
    """A text that no spreadsheet takes for a formula; a negative number stays one."""
    if text.startswith(FORMULA_STARTS) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    return text.replace("-", "", 1).replace(".", "", 1).isdigit()


def _write_parquet(rows: Sequence[Mapping[str, Any]], out: Path) -> None:
    import pyarrow.parquet as pq

    names = _all_names(rows)
    columns = {name: [_flat(row.get(name)) for row in rows] for name in names}
    pq.write_table(pa.table(columns), out)


def _flat(value: Any) -> Any:
    plain = _plain(value)
    return json.dumps(plain) if isinstance(plain, dict | list) else plain


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_instant(value if value.tzinfo else _in_utc(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


def _in_utc(value: datetime) -> datetime:
    """The warehouse's own times are UTC without saying so."""
    return value.replace(tzinfo=UTC)
