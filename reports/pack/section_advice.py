"""What was found and became of it, how long balances last, and how true forecasts were."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from reports import accuracy, runway, tables
from reports import advice_words as advice
from reports import format as text
from reports.findings_words import ACTIONS, RULES, SEVERITIES
from reports.pack import words
from reports.pack.blocks import FIGURE, TEXT, Block, Cell, Column, Paragraph, Section, Table
from reports.pack.telling import Telling
from reports.pack.typed import Shown, printed

MOST_FINDINGS = 50
_INSTANT = pa.timestamp("us", tz="UTC")
_FINDINGS = pa.schema(
    [
        *((name, pa.string()) for name in ("rule", "severity", "pool_id", "currency")),
        *((name, _INSTANT) for name in ("since", "fired_at", "recovered_at")),
        *((name, pa.string()) for name in ("state", "action")),
    ]
)
_STATES = {"over": "Over", "firing": "Still firing"}


def findings(told: Telling) -> Section:
    """What began to fire in the period, when, whether it is over, and what may be done."""
    episodes = told.figures.advised.episodes
    lines = [
        {
            **{name: getattr(one.fired, name) for name in _FINDINGS.names[:7]},
            "state": "firing" if one.fired.recovered_at is None else "over",
            "action": one.action,
        }
        for one in episodes
    ]
    shown = [
        Shown("rule", "Finding", weight=1.8, words={name: RULES[name].title for name in RULES}),
        Shown("severity", "Severity", weight=0.7, words=SEVERITIES),
        Shown("pool_id", "Pool", weight=1.0),
        Shown("currency", "In", weight=0.5),
        Shown("fired_at", "Told from", "short", weight=1.0),
        Shown("recovered_at", "Over", "short", weight=1.0),
        Shown("state", "Then", weight=0.8, words=_STATES),
        Shown("action", "What the partner may do", weight=2.2, words=ACTIONS),
    ]
    table = printed(
        "findings",
        f"Findings, as of {text.moment(told.figures.scope.as_of, told.zone)}",
        shown,
        pa.Table.from_pylist(lines, _FINDINGS),
        zone=told.zone,
        empty=words.FINDINGS_EMPTY,
        most=MOST_FINDINGS,
    )
    blocks: list[Block] = [Paragraph(words.FINDINGS_ARE, "note"), table]
    return Section("findings", words.SECTIONS["findings"], blocks)


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
        ),
        Paragraph(words.SCORED_ARE, "note"),
        _said(
            "forecast_accuracy",
            f"Forecasts of {text.span(told.figures.scope.window, zone)}",
            accuracy.COLUMNS,
            [accuracy.row(one, zone) for one in scored],
            accuracy.file(scored),
            words.SCORED_EMPTY,
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
) -> Table:
    """A table of the screen as one of the document."""
    heads = [Column(one.title, one.under, TEXT if one.is_text else FIGURE) for one in columns]
    cells = [[Cell(cell.text, cell.under) for cell in row] for row in rows]
    return Table(name, caption, heads, cells, data, empty, note)
