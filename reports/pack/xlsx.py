"""The pack as a workbook: what it is about, then a sheet of typed cells for every table."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from reports.pack.blocks import About, Table
from reports.pack.document import Pack
from reports.takeaway import DIGITS

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd hh:mm:ss",
}
_LONGEST_NAME = 31
_WIDEST, _NARROWEST = 48, 11


def workbook(pack: Pack, facts: Mapping[str, str]) -> bytes:
    """Return the workbook; `facts` stand on its first sheet, after what the pack is about."""
    import xlsxwriter

    file = io.BytesIO()
    as_of = pack.figures.scope.as_of
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        # The same figures give the same bytes whenever they are taken.
        book.set_properties(
            {"title": _title(pack.about), "created": as_of.astimezone(UTC).replace(tzinfo=None)}
        )
        forms = {name: book.add_format(form) for name, form in _FORMS.items()}
        captions = {
            block.name: block.caption
            for section in pack.sections
            for block in section.blocks
            if isinstance(block, Table)
        }
        about = _sheet(book, "about", pack.about)
        for name, table in pack.tables.items():
            sheet = _sheet(book, name, pack.about)
            _fill(sheet, table, forms)
        _about(about, pack, captions, facts, forms)
    return file.getvalue()


_FORMS: Mapping[str, dict[str, Any]] = {
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"},
    "bold": {"bold": True},
    "text": {"text_wrap": True, "valign": "top"},
    "count": {"num_format": "#,##0"},
    "money": {"num_format": "#,##0.00######"},
    "share": {"num_format": "0.0000%"},
    "number": {"num_format": "#,##0.0#####"},
    "time": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "day": {"num_format": "yyyy-mm-dd"},
}
_SHARES = (
    *("_utilization", "_rate", "_usage", "_usage_peak", "_share"),
    *("share_of_change", "coverage_80", "skill", "bias"),
)
"""What the names of columns of shares end with."""


def _title(about: About) -> str:
    return f"{about.title}: {about.program}, {about.period}"


def _sheet(book: Any, name: str, about: About) -> Any:
    sheet = book.add_worksheet(name[:_LONGEST_NAME])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    partial = f" - {about.partial}" if about.partial else ""
    sheet.set_header(f"&L{_plain_header(_title(about))}&R{_plain_header(f'{name}{partial}')}")
    sheet.set_footer(f"&LAs of {_plain_header(about.as_of)}&RPage &P of &N")
    return sheet


def _plain_header(text: str) -> str:
    return text.replace("&", "&&")[:100]


def _about(
    sheet: Any,
    pack: Pack,
    captions: Mapping[str, str],
    facts: Mapping[str, str],
    forms: Mapping[str, Any],
) -> None:
    about = pack.about
    told = [*about.facts, *facts.items()]
    if about.partial:
        told.insert(0, ("Partial", about.partial))
    line = 0
    sheet.write_string(line, 0, _title(about), forms["bold"])
    for name, value in told:
        line += 1
        sheet.write_string(line, 0, name, forms["bold"])
        sheet.write_string(line, 1, value, forms["text"])
    line += 2
    for place, title in enumerate(("Sheet", "What it holds", "Rows")):
        sheet.write_string(line, place, title, forms["head"])
    for name, table in pack.tables.items():
        line += 1
        sheet.write_url(line, 0, f"internal:'{name[:_LONGEST_NAME]}'!A1", string=name)
        sheet.write_string(line, 1, captions.get(name, ""))
        sheet.write_number(line, 2, table.num_rows, forms["count"])
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)


def _fill(sheet: Any, table: pa.Table, forms: Mapping[str, Any]) -> None:
    for place, field in enumerate(table.schema):
        name = field.name
        is_time = pa.types.is_timestamp(field.type)
        sheet.write_string(0, place, f"{name} (UTC)" if is_time else name, forms["head"])
        form, widest = _form(field), len(name) + 2
        for line, value in enumerate(table.column(place).to_pylist(), start=1):
            _write(sheet, line, place, value, forms[form])
            widest = max(widest, len(str(value)) if form == "text" else 0)
        sheet.set_column(place, place, 19 if is_time else min(max(widest, _NARROWEST), _WIDEST))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    if table.num_columns:
        sheet.autofilter(0, 0, max(table.num_rows, 1), table.num_columns - 1)


def _form(field: pa.Field) -> str:
    kind = field.type
    if pa.types.is_timestamp(kind):
        return "time"
    if pa.types.is_date(kind):
        return "day"
    if pa.types.is_integer(kind):
        return "count"
    if pa.types.is_decimal(kind):
        if kind.scale == 6:
            return "share" if field.name.endswith(_SHARES) else "number"
        return "money"
    return "text"


def _write(sheet: Any, line: int, place: int, value: Any, form: Any) -> None:
    """One cell by its type; what is not known stays empty, what a double cannot hold is text."""
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, datetime):
        naive = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(line, place, naive, form)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, form)
    elif isinstance(value, Decimal):
        if len(value.normalize().as_tuple().digits) <= DIGITS:
            sheet.write_number(line, place, float(value), form)
        else:
            sheet.write_string(line, place, f"{value:f}")
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value, form)
    else:
        text = json.dumps(value, default=str) if isinstance(value, list | dict) else str(value)
        sheet.write_string(line, place, text, form)
