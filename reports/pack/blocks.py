"""What a document is made of, whatever it is written as: blocks of text, tables, charts, lists.

A block holds words that are ready to print and, for tables and charts, the typed table behind
them, which is what files take away. Nothing here knows HTML, Typst or a spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pyarrow as pa

from reports.charts import Spec

TEXT, FIGURE = "text", "figure"
Bars = Sequence[Decimal | int | None]


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Words; `**` stands around what is stressed. A `note` is set smaller, a `warning` framed."""

    text: str
    kind: str = "plain"


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, a smaller line under it, and small bars beside it."""

    text: str
    under: str = ""
    bars: Bars = ()
    bars_title: str = ""


@dataclass(frozen=True)
class Column:
    """A column as it is printed: its heading, a smaller line under it, how it is set, its weight.

    A `figure` stands to the right, by its decimal mark; `weight` is its part of the width.
    """

    title: str
    under: str = ""
    kind: str = TEXT
    weight: float = 1.0


@dataclass(frozen=True)
class Table:
    """A table: what is printed, and under `data` every row of it with its types."""

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    data: pa.Table
    empty: str = ""
    """What is said where there is no row."""

    note: str = ""


@dataclass(frozen=True, eq=False)
class Chart:
    """A chart: its specification and data, its caption, and what it shows in a sentence."""

    name: str
    caption: str
    words: str
    spec: Spec
    data: pa.Table
    width: int = 0
    """In pixels; 0 for the whole width."""


@dataclass(frozen=True)
class Check:
    """One line of a checklist. `mark` is `met`, `missing` or `unknown`."""

    mark: str
    title: str
    said: str


@dataclass(frozen=True)
class Checklist:
    """Evidence, and whether it is there."""

    name: str
    caption: str
    checks: Sequence[Check]


@dataclass(frozen=True)
class Signatures:
    """Lines to sign on."""

    roles: Sequence[str]
    fields: Sequence[str]


Block = Heading | Paragraph | Table | Chart | Checklist | Signatures


@dataclass(frozen=True)
class Section:
    """A part of the document with its heading."""

    name: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class About:
    """What stands on every page: whose document it is, of which period, as of when."""

    title: str
    program: str
    period: str
    span: str
    as_of: str
    partner: str
    versions: str
    partial: str = ""
    """What is said on every page where the period is still open; empty where it is over."""

    facts: Sequence[tuple[str, str]] = ()
    """What the first page tells beside the title."""


def in_rows(blocks: Sequence[Block]) -> Iterator[Block | Sequence[Chart]]:
    """Yield the blocks in turn; charts of less than the whole width that follow each other as one.

    Such charts stand side by side, and one that is alone is given the whole width.
    """
    row: list[Chart] = []
    for block in blocks:
        if isinstance(block, Chart) and block.width:
            row.append(block)
            continue
        yield from _row(row)
        row = []
        yield block
    yield from _row(row)


def _row(charts: list[Chart]) -> Iterator[Chart | Sequence[Chart]]:
    if len(charts) == 1:
        yield replace(charts[0], width=0)
    elif charts:
        yield charts


_STRESS = re.compile(r"\*\*(.+?)\*\*")


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text, each with whether it is stressed."""
    for number, part in enumerate(_STRESS.split(text)):
        if part:
            yield part, bool(number % 2)


def tables_of(sections: Sequence[Section]) -> dict[str, pa.Table]:
    """The typed table behind each table of the document, by name, in its order."""
    return {
        block.name: block.data
        for section in sections
        for block in section.blocks
        if isinstance(block, Table)
    }


def charts_of(sections: Sequence[Section]) -> list[Chart]:
    """The charts of the document as they are printed, in its order."""
    return [
        chart
        for section in sections
        for block in in_rows(section.blocks)
        for chart in (block if isinstance(block, Sequence) else [block])
        if isinstance(chart, Chart)
    ]
