"""Fill the screen's statement for one kind as one file spells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pipelines.contracts.base import LaterThan
from pipelines.contracts.records import MODELS, field_table
from pipelines.screening.columns import Column, Form, sql_type

FOLDER = Path(__file__).parent


@cache
def sql_file(name: str) -> str:
    """The text of one of this package's SQL files."""
    return (FOLDER / name).read_text(encoding="utf-8")


def columns_of(kind: str, forms: Mapping[str, Form]) -> list[Column]:
    """The fields of `kind` in the forms they come in; a field without one does not come."""
    return [Column(field, forms.get(field.name, "absent")) for field in field_table(kind)]


def screened_columns(kind: str) -> list[tuple[str, str]]:
    """Name and type of each column of the table the screen fills."""
    fields = [(field.name, sql_type(field.shape)) for field in field_table(kind)]
    return [
        ("line_number", "bigint"),
        ("clean", "boolean"),
        ("line", "varchar"),
        ("dropped", "uinteger"),
        *fields,
    ]


def lines_statement(kind: str, spellings: Mapping[str, str], undeclared: Sequence[str]) -> str:
    """The screen for JSON lines whose fields are spelled as given, and other members besides.

    The members' paths are bound in the order of `spellings`, then of `undeclared`.
    """
    columns = columns_of(kind, dict.fromkeys(spellings, "json"))
    extras = [f"extra_{n}" for n in range(len(undeclared))]
    raws = [f"raw_{field}" for field in spellings] + extras
    # A member takes its name's bytes, two quotes, a colon and a comma besides its value.
    sizes = [len(name) + 4 for name in (*spellings.values(), *undeclared)]
    checks = _checks(kind, columns) + [f"is_scalar({raw})" for raw in extras]
    flags = [f"(is_member({raw}) << {n})" for n, raw in enumerate(extras)]
    return sql_file("screen_lines.sql").format(
        members=", ".join(f"members[{n}]::varchar as {raw}" for n, raw in enumerate(raws, start=1)),
        member_bytes=" + ".join(
            f"member_bytes({raw}, {size})" for raw, size in zip(raws, sizes, strict=True)
        ),
        texts=", ".join(["''", *(c.raw for c in columns if _may_hold_spaces(c)), *extras]),
        values=_values(columns),
        checks=" and ".join(checks),
        dropped=" + ".join(flags) or "0",
        names=_names(columns),
    )


def cells_statement(kind: str, forms: Mapping[str, Form]) -> str:
    """The screen for cells, each known column in the form the file has it in."""
    columns = columns_of(kind, forms)
    present = [column for column in columns if column.form != "absent"]
    texts = [column.raw for column in present if column.form == "text"]
    return sql_file("screen_cells.sql").format(
        members=", ".join(f'"{column.field.name}" as {column.raw}' for column in present),
        values=_values(columns),
        texts=", ".join(texts) or "''",
        checks=" and ".join(_checks(kind, columns)),
        names=_names(columns),
    )


def _may_hold_spaces(column: Column) -> bool:
    return column.form == "json" and column.field.shape.tag == "label"


def _checks(kind: str, columns: Sequence[Column]) -> list[str]:
    checks = [check for column in columns for check in column.checks()]
    for rule in MODELS[kind].rules:
        if isinstance(rule, LaterThan):
            checks.append(f"later_than({rule.field}, {rule.start})")
        else:
            checks.append(f"null_while_true({rule.field}, {rule.flag})")
    return checks


def _values(columns: Sequence[Column]) -> str:
    return ", ".join(f"{column.value} as {column.field.name}" for column in columns)


def _names(columns: Sequence[Column]) -> str:
    return ", ".join(column.field.name for column in columns)
