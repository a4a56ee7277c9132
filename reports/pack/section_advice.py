"""What was found and became of it, how long balances last, and how true forecasts were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from reports import accuracy, runway, tables
from reports import advice_words as advice
from reports import format as text
from reports.findings_words import ACTIONS, RULES, SEVERITIES
from reports.pack import words
from reports.pack.blocks import FIGURE, TEXT, Block, Cell, Column, Paragraph, Section, Table
from reports.pack.telling import Telling
from reports.pack.typed import Shown, printed

MOST_FINDINGS = 40
_INSTANT = pa.timestamp("us", tz="UTC")
_FINDINGS = pa.schema(
    [
        *((name, pa.string()) for name in ("rule", "severity", "pool_id", "currency")),
        *((name, _INSTANT) for name in ("since", "fired_at", "recovered_at")),
        *((name, pa.string()) for name in ("state", "action")),
    ]
)
_PRINTED = pa.schema([*_FINDINGS, ("about", pa.string()), ("over", pa.string())])
_STILL_FIRING = "still firing"
_EVERYTHING = "all records"
_RUNWAY_WEIGHTS = (0.9, 1.1, 1.1, 1.05, 1.3, 2.0, 1.35)
_ACCURACY_WEIGHTS = (1.3, 0.9, 1.15, 1.05, 1.2, 1.4, 1.85)


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
        Shown("rule", "Finding", weight=2.1, words={name: RULES[name].title for name in RULES}),
        Shown("severity", "Severity", weight=0.75, words=SEVERITIES),
        Shown("about", "About", weight=1.0),
        Shown("fired_at", "Told from", "short", weight=1.05),
        Shown("over", "Over", weight=1.05),
        Shown("action", "What the partner may do", weight=2.4, words={**ACTIONS, None: ""}),
    ]
    said = [{**line, **_said_of(line, told.zone)} for line in lines]
    still_first = sorted(said, key=lambda line: line["state"] != "firing")
    table = printed(
        "findings",
        f"Findings, as of {text.moment(told.figures.scope.as_of, told.zone)}",
        shown,
        pa.Table.from_pylist(still_first, _PRINTED),
        zone=told.zone,
        empty=words.FINDINGS_EMPTY,
        most=MOST_FINDINGS,
    )
    table = replace(table, data=pa.Table.from_pylist(lines, _FINDINGS))
    blocks: list[Block] = [Paragraph(words.FINDINGS_ARE, "note")]
    if lines:
        blocks.append(_by_rule(lines, told.zone))
    return Section("findings", words.SECTIONS["findings"], [*blocks, table])


def _by_rule(lines: Sequence[Mapping[str, Any]], zone: str) -> Table:
    """Each rule that fired, by how often."""
    counts: dict[str, dict[str, int]] = {}
    for line in lines:
        one = counts.setdefault(line["rule"], {"told": 0, "critical": 0, "over": 0, "firing": 0})
        one["told"] += 1
        one["critical"] += line["severity"] == "critical"
        one[line["state"]] += 1
    names = ("told", "critical", "over", "firing")
    often = sorted(counts.items(), key=lambda one: (-one[1]["told"], one[0]))
    shown = [
        Shown("rule", "Finding", weight=3, words={name: RULES[name].title for name in RULES}),
        Shown("told", "Told", "count"),
        Shown("critical", "Critical", "count", "of them"),
        Shown("over", "Over", "count", "by now"),
        Shown("firing", "Still firing", "count"),
    ]
    schema = pa.schema([("rule", pa.string()), *((name, pa.int64()) for name in names)])
    data = pa.Table.from_pylist([{"rule": rule, **one} for rule, one in often], schema)
    return printed("finding_counts", words.FINDINGS_BY_RULE, shown, data, zone=zone)


def _said_of(line: Mapping[str, Any], zone: str) -> dict[str, str]:
    """What a finding is about, and when it was over."""
    about = line["pool_id"] or (f"{line['currency']} balance" if line["currency"] else _EVERYTHING)
    over = line["recovered_at"]
    return {
        "about": about,
        "over": _STILL_FIRING if over is None else text.short_moment(over, zone),
    }


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
