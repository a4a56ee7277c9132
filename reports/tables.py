"""Tables as HTML that a screen reader, a phone and a printer can read.

Every value is escaped here. A hover explains a figure or says why it is unknown; the same words
stand in the cell for those who cannot hover, through its accessible description.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from reports.wording import definition


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, the window or unit under it, and its definition on hover."""

    title: str
    under: str = ""
    hover: str = ""
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in words, a smaller line under it, what a hover says, and small bars beside it."""

    text: str
    under: str = ""
    hover: str = ""
    is_muted: bool = False
    bars: Sequence[Decimal | int | None] = ()
    bars_title: str = ""
    meter: Meter | None = None
    is_flagged: bool = False
    """Drawn as one to look at; its words must say so too."""

    link: str = ""
    """Where its text leads."""


@dataclass(frozen=True, slots=True)
class Meter:
    """A bar from 0 to `full`, with a mark at `mark` (the limit), one at `peak`, one at `floor`."""

    value: Decimal
    full: Decimal
    peak: Decimal | None = None
    mark: Decimal = Decimal(1)
    floor: Decimal | None = None


def defined(figure: str, title: str, under: str = "") -> Column:
    """The column of a figure of the catalogue, with its definition on hover."""
    return Column(title, under, definition(figure))


def table(caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> str:
    """Return a table whose first column names the row; on a narrow page each row is a card."""
    head = "".join(_heading(column) for column in columns)
    body = "".join(
        f"<tr>{''.join(_cell(c, cell, first=n == 0) for n, (c, cell) in enumerate(pairs))}</tr>"
        for pairs in (list(zip(columns, row, strict=True)) for row in rows)
    )
    return (
        f'<table class="pu"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _heading(column: Column) -> str:
    kind = ' class="pu-text"' if column.is_text else ""
    title = f' title="{escape(column.hover)}"' if column.hover else ""
    under = f'<span class="pu-under">{escape(column.under)}</span>' if column.under else ""
    name = escape(column.title)
    shown = f'<span class="pu-defined"{title}>{name}</span>' if column.hover else name
    return f'<th scope="col"{kind}>{shown}{under}</th>'


def _cell(column: Column, cell: Cell, *, first: bool) -> str:
    tag, scope = ("th", ' scope="row"') if first else ("td", "")
    label = f"{column.title}, {column.under}" if column.under else column.title
    kinds = [
        *(["pu-text"] if column.is_text else []),
        *(["pu-muted"] if cell.is_muted else []),
        *(["pu-flagged"] if cell.is_flagged else []),
    ]
    kind = f' class="{" ".join(kinds)}"' if kinds else ""
    title = f' title="{escape(cell.hover)}"' if cell.hover else ""
    under = f'<span class="pu-under">{escape(cell.under)}</span>' if cell.under else ""
    return (
        f'<{tag}{scope}{kind} data-label="{escape(label)}"{title}>'
        f"{_figure(cell)}{under}"
        f"{_bars(cell)}{_meter(cell.meter)}</{tag}>"
    )


def _figure(cell: Cell) -> str:
    if not cell.link:
        return f'<span class="pu-figure">{escape(cell.text)}</span>'
    return f'<a class="pu-figure" href="{escape(cell.link)}">{escape(cell.text)}</a>'


def _bars(cell: Cell) -> str:
    """Bars as high as their values; a missing value leaves a gap, 0 a line."""
    if not cell.bars:
        return ""
    highest = max((bar for bar in cell.bars if bar is not None), default=0) or 1
    bars = "".join(
        '<i class="pu-gap"></i>'
        if bar is None
        else f'<i style="height:{_share(bar, highest)}%"></i>'
        for bar in cell.bars
    )
    named = escape(cell.bars_title)
    return f'<span class="pu-bars" role="img" aria-label="{named}" title="{named}">{bars}</span>'


def _meter(meter: Meter | None) -> str:
    if meter is None:
        return ""
    over = " pu-over" if meter.value > meter.mark else ""
    peak = (
        f'<i class="pu-peak" style="left:{_share(meter.peak, meter.full)}%"></i>'
        if meter.peak is not None
        else ""
    )
    floor = (
        f'<i class="pu-floor" style="left:{_share(meter.floor, meter.full)}%"></i>'
        if meter.floor is not None
        else ""
    )
    width = _share(max(meter.value, Decimal(0)), meter.full)
    return (
        '<span class="pu-meter" aria-hidden="true">'
        f'<i class="pu-fill{over}" style="width:{width}%"></i>{peak}{floor}'
        f'<i class="pu-mark" style="left:{_share(meter.mark, meter.full)}%"></i></span>'
    )


def _share(part: Decimal | int, whole: Decimal | int) -> str:
    return f"{Decimal(100) * part / whole:.2f}"
