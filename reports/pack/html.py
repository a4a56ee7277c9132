"""The pack as one HTML file: nothing is fetched or run, everything from a record is escaped."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

from reports.pack import words
from reports.pack.blocks import (
    FIGURE,
    About,
    Bars,
    Block,
    Cell,
    Chart,
    Check,
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
from reports.pack.drawing import FONT, FONTS, inline, svg
from reports.pack.widths import widths

STYLE = Path(__file__).parent.parent / "static" / "pack.css"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
_FACES = {"Inter-Regular.ttf": 400, "Inter-SemiBold.ttf": 600}
_POOL = re.compile(r"\b[A-Z0-9]{2,8}-[A-Z0-9]{2,8}\b")
_SHORT = 10
"""Rows of a table that is kept on one printed page."""

_BARS_WIDTH, _BARS_HEIGHT = 78, 22


def page(about: About, sections: Sequence[Section]) -> str:
    """Return the whole page."""
    title = f"{about.title}: {about.program}, {about.period}"
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>\n{_fonts()}{STYLE.read_text(encoding='utf-8')}{_margins(about)}</style>",
            "</head>\n<body>",
            *_title(about),
            _contents(sections),
            "<main>",
            *(_section(number, one) for number, one in enumerate(sections, start=1)),
            "</main>",
            f"<footer>{escape(_footer(about))}</footer>",
            "</body>\n</html>\n",
        ]
    )


def _fonts() -> str:
    faces = []
    for name, weight in _FACES.items():
        data = base64.b64encode((FONTS / name).read_bytes()).decode()
        faces.append(
            f'@font-face{{font-family:"{FONT}";font-weight:{weight};'
            f'src:url(data:font/ttf;base64,{data}) format("truetype")}}\n'
        )
    return "".join(faces)


def _margins(about: About) -> str:
    """What stands in the margins of each printed page."""
    head = f"{about.title}: {about.program}"
    right = f"{about.period} \N{MIDDLE DOT} as of {about.as_of}"
    foot = " \N{MIDDLE DOT} ".join(part for part in (about.partner, about.partial) if part)
    boxes = {
        "top-left": _css(head),
        "top-right": _css(right),
        "bottom-left": _css(foot),
        "bottom-right": '"Page " counter(page) " of " counter(pages)',
    }
    ruled = "".join(f"@{place}{{content:{text}}}" for place, text in boxes.items())
    return f"@page{{{ruled}}}\n"


def _css(text: str) -> str:
    r"""A CSS string; a character that could end it, or the style, stands as its number."""
    return (
        '"'
        + "".join(
            one if one.isalnum() or one in " .,:()-+/" else f"\\{ord(one):x} " for one in text
        )
        + '"'
    )


def _footer(about: About) -> str:
    return " \N{MIDDLE DOT} ".join((about.partner, f"as of {about.as_of}", about.versions))


def _title(about: About) -> Iterator[str]:
    yield "<header>"
    yield f'<p class="kind">{escape(about.title)}</p>'
    yield f"<h1>{escape(about.program)}</h1>"
    yield f'<p class="period">{escape(about.period)}<span>{escape(about.span)}</span></p>'
    if about.partial:
        yield f'<p class="partial">{escape(about.partial)}</p>'
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{_held(value)}</dd></div>" for name, value in about.facts
    )
    yield f"<dl>{facts}</dl>\n</header>"
    if about.partial:
        yield f'<p class="ribbon" aria-hidden="true">{escape(about.partial)}</p>'


def _contents(sections: Sequence[Section]) -> str:
    items = "".join(
        f'<li><a href="#{escape(one.name)}">{escape(one.title)}</a></li>' for one in sections
    )
    return f'<nav aria-label="Contents"><ol>{items}</ol></nav>'


def _section(number: int, section: Section) -> str:
    body = "\n".join(_blocks(section.blocks))
    return (
        f'<section id="{escape(section.name)}">\n<h2><span>{number}</span>'
        f"{escape(section.title)}</h2>\n{body}\n</section>"
    )


def _blocks(blocks: Sequence[Block]) -> Iterator[str]:
    for block in in_rows(blocks):
        if isinstance(block, Sequence):
            yield f'<div class="pair">{"".join(map(_chart, block))}</div>'
        else:
            yield _WRITERS[type(block)](block)


def marked(text: str) -> str:
    """The text with what is stressed in it as strong."""
    return "".join(
        f"<strong>{escape(part)}</strong>" if is_strong else escape(part)
        for part, is_strong in runs(text)
    )


def _heading(block: Heading) -> str:
    return f"<h3>{escape(block.text)}</h3>"


def _paragraph(block: Paragraph) -> str:
    return f'<p class="{block.kind}">{marked(block.text)}</p>'


def _table(block: Table) -> str:
    caption = f"<caption>{escape(block.caption)}</caption>"
    if not block.rows:
        note = f'<p class="note">{escape(block.note)}</p>' if block.note else ""
        said = f"<strong>{escape(block.caption)}.</strong> {escape(block.empty)}"
        return f'<p class="empty">{said}</p>{note}'
    columns = "".join(f'<col style="width:{100 * part:.2f}%">' for part in widths(block))
    short = " short" if len(block.rows) <= _SHORT else ""
    head = "".join(_head(column) for column in block.columns)
    rows = "\n".join(_row(block.columns, row) for row in block.rows)
    note = f'<p class="note">{escape(block.note)}</p>' if block.note else ""
    return (
        f'<div class="scroll{short}"><table id="table-{escape(block.name)}">{caption}'
        f"<colgroup>{columns}</colgroup>"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>{note}"
    )


def _head(column: Column) -> str:
    under = f"<small>{escape(column.under)}</small>" if column.under else ""
    return f'<th scope="col"{_kind(column)}>{escape(column.title)}{under}</th>'


def _kind(column: Column) -> str:
    return ' class="figure"' if column.kind == FIGURE else ""


def _row(columns: Sequence[Column], row: Sequence[Cell]) -> str:
    cells = [
        _cell(column, cell, "th" if number == 0 else "td")
        for number, (column, cell) in enumerate(zip(columns, row, strict=True))
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(column: Column, cell: Cell, tag: str) -> str:
    scope = ' scope="row"' if tag == "th" else ""
    under = f"<small>{_held(cell.under)}</small>" if cell.under else ""
    bars = _bars(cell.bars, cell.bars_title) if cell.bars else ""
    return f"<{tag}{scope}{_kind(column)}>{bars}{_held(cell.text)}{under}</{tag}>"


def _held(text: str) -> str:
    """The text with the id of a pool kept on one line."""
    return _POOL.sub(r'<span class="id">\g<0></span>', escape(text))


def _bars(bars: Bars, title: str) -> str:
    """A bar for each value, nothing where it is not known, a line where it is 0."""
    highest = max((bar for bar in bars if bar is not None), default=0) or 1
    step = Decimal(_BARS_WIDTH) / max(len(bars), 1)
    drawn = "".join(
        f'<rect x="{number * step:.1f}" y="{_BARS_HEIGHT - height:.1f}" width="{step - 2:.1f}"'
        f' height="{height:.1f}"/>'
        for number, bar in enumerate(bars)
        if bar is not None
        for height in (max(Decimal(bar) * _BARS_HEIGHT / highest, Decimal(1)),)
    )
    return (
        f'<svg class="bars" viewBox="0 0 {_BARS_WIDTH} {_BARS_HEIGHT + 1}" role="img"'
        f' aria-label="{escape(title)}"><path d="M0 {_BARS_HEIGHT}.5H{_BARS_WIDTH}"/>{drawn}</svg>'
    )


def _chart(block: Chart) -> str:
    said = f"{block.caption}. {block.words}"
    kind = "" if block.width else _WHOLE
    return (
        f"<figure{kind}><figcaption><strong>{escape(block.caption)}</strong>"
        f" <span>{marked(block.words)}</span></figcaption>{inline(svg(block), said)}</figure>"
    )


_WHOLE = ' class="whole"'


def _checklist(block: Checklist) -> str:
    items = "\n".join(_check(one) for one in block.checks)
    return f'<h4>{escape(block.caption)}</h4>\n<ul class="checks">\n{items}\n</ul>'


def _check(check: Check) -> str:
    mark, word = words.MARKS[check.mark], words.MARK_WORDS[check.mark]
    return (
        f'<li class="{check.mark}"><span class="mark">{mark} {word}</span>'
        f"<span>{escape(check.title)}</span><small>{escape(check.said)}</small></li>"
    )


def _signatures(block: Signatures) -> str:
    head = "".join(f'<th scope="col">{escape(field)}</th>' for field in block.fields)
    rows = "".join(
        f'<tr><th scope="row">{escape(role)}</th>{"<td></td>" * len(block.fields)}</tr>'
        for role in block.roles
    )
    return (
        f'<div class="scroll short"><table class="signatures"><thead><tr><th></th>{head}</tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Table: _table,
    Chart: _chart,
    Checklist: _checklist,
    Signatures: _signatures,
}
