"""How the width of a printed table is shared out: by weight, but that figures and words stay whole.

Every format sets a table by the same parts of its width.
"""

from __future__ import annotations

from collections.abc import Sequence

from reports.pack.blocks import FIGURE, Cell, Column, Table

_CHARACTERS = 108
"""About as many fit a line of a table on A4."""

_GAP = 2
_LONGEST_FIGURE, _LONGEST_WORD = 18, 22
"""What is longer is a sentence or an id, and may be broken."""


def widths(table: Table) -> list[float]:
    """Return each column's part of the width; they add up to 1.

    What a column lacks to hold its longest figure or word is taken from the others by their weight.
    Where all of them lack room, each has its part of what they need.
    """
    needs = [
        _need(column, [row[number] for row in table.rows])
        for number, column in enumerate(table.columns)
    ]
    given: dict[int, float] = {}
    while len(given) < len(needs):
        free = {
            number: one.weight for number, one in enumerate(table.columns) if number not in given
        }
        unit = max(_CHARACTERS - sum(given.values()), 0) / sum(free.values())
        short = {number: needs[number] for number in free if free[number] * unit < needs[number]}
        given |= short or {number: weight * unit for number, weight in free.items()}
    return [given[number] / sum(given.values()) for number in range(len(needs))]


def _need(column: Column, cells: Sequence[Cell]) -> float:
    """The characters that a column cannot do without."""
    lengths = [_longest_word(column.title), _longest_word(column.under)]
    for cell in cells:
        is_whole = column.kind == FIGURE and len(cell.text) <= _LONGEST_FIGURE
        lengths += [len(cell.text) if is_whole else _longest_word(cell.text)]
        lengths += [_longest_word(cell.under)]
    return min(max(lengths), _LONGEST_WORD) + _GAP


def _longest_word(text: str) -> int:
    return max(map(len, text.split(" ")))
