"""The pack as PDF: a Typst source made of the same blocks, set by the library, without a browser.

Text from records enters the source only inside string literals, so nothing in it is markup. Fonts
are those that come with the product; the document is dated as of its instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.pack import words
from reports.pack.blocks import (
    FIGURE,
    About,
    Bars,
    Block,
    Cell,
    Chart,
    Checklist,
    Column,
    Heading,
    Paragraph,
    Section,
    Signatures,
    Table,
    in_rows,
    runs,
)
from reports.pack.drawing import FONTS, svg
from reports.pack.widths import widths

if TYPE_CHECKING:
    import typst

STYLE = Path(__file__).parent.parent / "static" / "pack.typ"
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": " ", "\t": " "})


def pdf(about: About, sections: Sequence[Section], at: datetime) -> bytes:
    """Return the document as PDF, dated `at`."""
    return bytes(_compile(source(about, sections, at), at, "pdf"))


def pages(about: About, sections: Sequence[Section], at: datetime, ppi: float) -> list[bytes]:
    """Return each page as a picture (PNG), to look at."""
    drawn = _compile(source(about, sections, at), at, "png", ppi)
    return list(drawn) if isinstance(drawn, list) else [drawn]


def _compile(text: str, at: datetime, form: Any, ppi: float | None = None) -> Any:
    import typst

    compiler = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)
    return compiler.compile(
        text.encode(), format=form, ppi=ppi, timestamp=at.replace(microsecond=0)
    )


@cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)]
    )


def source(about: About, sections: Sequence[Section], at: datetime) -> str:
    """Return the Typst source of the document."""
    contents = [
        f"({_text(f'{number}  {one.title}')}, {_text(one.name)})"
        for number, one in enumerate(sections, start=1)
    ]
    facts = [f"({_text(name)}, {_text(value)})" for name, value in about.facts]
    named = {
        "title": about.title,
        "program": about.program,
        "period": about.period,
        "span": about.span,
        "as-of": about.as_of,
        "partner": about.partner,
        "versions": about.versions,
        "partial": about.partial,
    }
    given = ", ".join(f"{name}: {_text(value)}" for name, value in named.items())
    date = (
        f"datetime(year: {at.year}, month: {at.month}, day: {at.day}, hour: {at.hour},"
        f" minute: {at.minute}, second: {at.second})"
    )
    opening = (
        f"#show: pack.with({given}, date: {date}, facts: {_array(facts)},"
        f" contents: {_array(contents)})"
    )
    body = "\n".join(line for one in sections for line in _section(one))
    return f"{STYLE.read_text(encoding='utf-8')}\n{opening}\n{body}\n"


def _text(words_: str) -> str:
    """A string literal of Typst."""
    return f'"{words_.translate(_ESCAPES)}"'


def _array(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _section(section: Section) -> Iterator[str]:
    yield f"#[#heading(level: 1, {_text(section.title)}) #label({_text(section.name)})]"
    for block in in_rows(section.blocks):
        if isinstance(block, Sequence):
            drawn = ", ".join(map(_chart, block))
            yield f"#grid(columns: (1fr, 1fr), column-gutter: 14pt, row-gutter: 8pt, {drawn})"
        else:
            yield f"#{_WRITERS[type(block)](block)}"


def _content(text: str) -> str:
    """Content, with what is stressed in it as strong."""
    parts = [f"strong({_text(part)})" if strong else _text(part) for part, strong in runs(text)]
    return f"[{''.join(f'#{part}' for part in parts)}]"


def _heading(block: Heading) -> str:
    return f"heading(level: 2, numbering: none, {_text(block.text)})"


def _paragraph(block: Paragraph) -> str:
    content = _content(block.text)
    if block.kind == "note":
        return f"note({content}, sticky: true)"
    return f"framed({content})" if block.kind == "warning" else f"block(width: 88%, {content})"


def _table(block: Table) -> str:
    note = f" #note({_text(block.note)})" if block.note else ""
    if not block.rows:
        said = _content(f"**{block.caption}.** {block.empty}")
        return f"[#note({said}){note}]"
    columns = _array([f"{part:.4f}fr" for part in widths(block)])
    aligns = _array(
        ["right + top" if one.kind == FIGURE else "left + top" for one in block.columns]
    )
    head = _array([_head(column) for column in block.columns])
    rows = _array([_row(block.columns, row) for row in block.rows])
    return f"[#grid-of({_text(block.caption)}, {columns}, {aligns}, {head}, {rows}){note}]"


def _head(column: Column) -> str:
    under = _text(column.under) if column.under else "none"
    return f"cell({_text(column.title)}, {under}, none)"


def _row(columns: Sequence[Column], row: Sequence[Cell]) -> str:
    return _array(
        [
            _cell(column, cell, is_first=number == 0)
            for number, (column, cell) in enumerate(zip(columns, row, strict=True))
        ]
    )


def _cell(column: Column, cell: Cell, *, is_first: bool) -> str:
    body = f"strong({_text(cell.text)})" if is_first else _text(cell.text)
    if column.kind == FIGURE:
        body = f'text(number-width: "tabular", {body})'
    under = _text(cell.under) if cell.under else "none"
    return f"cell({body}, {under}, {_bars(cell.bars) if cell.bars else 'none'})"


def _bars(bars: Bars) -> str:
    highest = max((bar for bar in bars if bar is not None), default=0) or 1
    heights = ["none" if bar is None else f"{bar / highest:.4f}" for bar in bars]
    return f"bars({_array(heights)})"


def _chart(block: Chart) -> str:
    alt = _text(f"{block.caption}. {block.words}")
    drawn = f'image(bytes({_text(svg(block))}), format: "svg", width: 100%, alt: {alt})'
    return f"figure-of({_text(block.caption)}, {_content(block.words)}, {drawn})"


def _checklist(block: Checklist) -> str:
    rows = [_check(one.mark, one.title, one.said) for one in block.checks]
    return f"checks-of({_text(block.caption)}, {_array(rows)})"


def _check(mark: str, title: str, said: str) -> str:
    marked = _text(f"{words.MARKS[mark]} {words.MARK_WORDS[mark]}")
    shown = _text(title)
    if mark == "missing":
        marked, shown = f"strong({marked})", f"strong({shown})"
    return f"({marked}, {shown}, text(fill: soft, {_text(said)}))"


def _signatures(block: Signatures) -> str:
    fields, roles = (_array([_text(one) for one in part]) for part in (block.fields, block.roles))
    return f"signatures-of({fields}, {roles})"


_WRITERS: Mapping[type[Block], Callable[[Any], str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Table: _table,
    Chart: _chart,
    Checklist: _checklist,
    Signatures: _signatures,
}
