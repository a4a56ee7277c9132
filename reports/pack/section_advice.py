"""How long balances last, and how true the forecasts of the period were."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from reports import accuracy, runway, tables
from reports import advice_words as advice
from reports import format as text
from reports.pack import words
from reports.pack.blocks import FIGURE, TEXT, Block, Cell, Column, Paragraph, Section, Table
from reports.pack.telling import Telling

_RUNWAY_WEIGHTS = (0.9, 1.1, 1.1, 1.05, 1.3, 2.0, 1.35)
_ACCURACY_WEIGHTS = (1.3, 0.9, 1.15, 1.05, 1.2, 1.4, 1.85)


def outlook(told: Telling) -> Section:
    """How long each balance lasts, and how true the forecasts of the period were."""
    advised, zone = told.figures.advised, told.zone
    runways = runway.of_currencies(advised.runways, None)
    scored = tuple(advised.accuracies)
    blocks: list[Block] = [
        Paragraph(words.OUTLOOK_ARE, "note"),
        _said(
            "runway",
            f"{advice.RUNWAY_TITLE}, as of {text.moment(told.figures.scope.as_of, zone)}",
            runway.COLUMNS,
            [runway.row(one, zone, is_stale=False) for one in runways],
            runway.file(runways),
            words.RUNWAY_EMPTY,
            advice.AMOUNT_RULE,
            weights=_RUNWAY_WEIGHTS,
        ),
        Paragraph(words.SCORED_ARE, "note"),
        _said(
            "forecast_accuracy",
            f"Forecasts of {text.span(told.figures.scope.window, zone)}",
            accuracy.COLUMNS,
            [accuracy.row(one, zone) for one in scored],
            accuracy.file(scored),
            words.SCORED_EMPTY,
            weights=_ACCURACY_WEIGHTS,
        ),
    ]
    return Section("outlook", words.SECTIONS["outlook"], blocks)


def _said(
    name: str,
    caption: str,
    columns: Sequence[tables.Column],
    rows: Sequence[Sequence[tables.Cell]],
    data: pa.Table,
    empty: str,
    note: str = "",
    *,
    weights: Sequence[float],
) -> Table:
    """A table of the screen as one of the document."""
    heads = [
        Column(one.title, one.under, TEXT if one.is_text else FIGURE, weight)
        for one, weight in zip(columns, weights, strict=True)
    ]
    cells = [[Cell(cell.text, cell.under) for cell in row] for row in rows]
    return Table(name, caption, heads, cells, data, empty, note)
