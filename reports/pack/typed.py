"""A typed table as it is printed: each column by its kind, figures set by their decimal mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from reports import format as text
from reports.pack import words
from reports.pack.blocks import FIGURE, TEXT, Cell, Column, Table

Row = Mapping[str, Any]
_LEFT = ("text", "local_day")
_MARK = "."
_WIDE, _NARROW = "\N{FIGURE SPACE}", "\N{PUNCTUATION SPACE}"


@dataclass(frozen=True)
class Shown:
    """A column of the data that is printed: its heading, and how its values become text.

    `kind` is `text`, `count`, `money`, `percent`, `duration`, `moment`, `short`, `day` or
    `local_day`; `under` names a
    column whose value stands, smaller, under it.
    """

    name: str
    title: str
    kind: str = "text"
    head: str = ""
    weight: float = 1.0
    words: Mapping[Any, str] | None = None
    """What a value is called, where it is a name."""


def printed(
    name: str,
    caption: str,
    shown: Sequence[Shown],
    data: pa.Table,
    *,
    zone: str,
    empty: str = "",
    note: str = "",
    most: int | None = None,
) -> Table:
    """Return `data` as a table of which these columns, and at most `most` rows, are printed."""
    rows = data.to_pylist()
    total = len(rows)
    rows = rows if most is None else rows[:most]
    cells = [_column(one, rows, zone) for one in shown]
    note = f"{cut_words(len(rows), total)} {note}".strip()
    columns = [
        Column(one.title, one.head, TEXT if one.kind in _LEFT else FIGURE, one.weight)
        for one in shown
    ]
    return Table(name, caption, columns, list(zip(*cells, strict=True)), data, empty, note)


def cut_words(shown: int, total: int) -> str:
    """That only the first rows are printed, and where all are; empty where all are printed."""
    if shown == total:
        return ""
    return f"The first {text.count(shown)} of {text.count(total)} rows. {words.ALL_ROWS}"


def _column(shown: Shown, rows: Sequence[Row], zone: str) -> list[Cell]:
    texts = [_text(shown, row, zone) for row in rows]
    if shown.kind in ("count", "money", "percent"):
        texts = [with_minus(one) for one in texts]
    if shown.kind in ("count", "money"):
        texts = aligned(texts)
    return [Cell(text) for text in texts]


def _text(shown: Shown, row: Row, zone: str) -> str:
    value = row[shown.name]
    if shown.kind == "money":
        return text.money(value, row.get("currency"))
    if shown.kind == "text":
        if shown.words is not None:
            return shown.words.get(value, text.UNKNOWN if value is None else str(value))
        return text.UNKNOWN if value is None else str(value)
    return _WRITERS[shown.kind](value, zone)


_WRITERS: Mapping[str, Callable[[Any, str], str]] = {
    "count": lambda value, _: text.count(value),
    "signed": lambda value, _: text.UNKNOWN if value is None else text.signed(value),
    "percent": lambda value, _: text.percent(value),
    "minutes": lambda value, _: text.minutes(value),
    "duration": lambda value, _: text.duration(value),
    "moment": text.moment,
    "short": lambda value, zone: text.UNKNOWN if value is None else text.short_moment(value, zone),
    "local_day": text.local_day,
    "day": lambda value, _: text.UNKNOWN if value is None else text.day(value),
}


def with_minus(figure: str) -> str:
    """The figure with a true minus sign, which is as wide as a digit."""
    return f"\N{MINUS SIGN}{figure[1:]}" if figure.startswith("-") else figure


def aligned(texts: Sequence[str]) -> list[str]:
    """Pad figures so that, set to the right, their decimal marks stand under each other.

    With digits of one width a figure space is as wide as a digit, a punctuation space as the mark.
    """
    places = [_places(one) for one in texts]
    most = max(places, default=0)
    return [one + _pad(most, mine) for one, mine in zip(texts, places, strict=True)]


def _places(figure: str) -> int:
    whole, mark, fraction = figure.rpartition(_MARK)
    return len(fraction) if mark and whole else 0


def _pad(most: int, mine: int) -> str:
    if most == mine:
        return ""
    return (_NARROW if mine == 0 else "") + _WIDE * (most - mine)
