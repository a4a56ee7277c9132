"""What began to fire in the period, how often it was told, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from reports import format as text
from reports.findings_words import ACTIONS, RULES, SEVERITIES
from reports.pack import words
from reports.pack.blocks import Paragraph, Section
from reports.pack.telling import Telling
from reports.pack.typed import Shown, printed

MOST_FINDINGS = 40
"""Rows that are printed at most; every episode is in the bundle and the workbook."""

_INSTANT = pa.timestamp("us", tz="UTC")
_FINDINGS = pa.schema(
    [
        *((name, pa.string()) for name in ("rule", "severity", "pool_id", "currency")),
        *((name, _INSTANT) for name in ("since", "fired_at", "recovered_at")),
        *((name, pa.string()) for name in ("state", "action")),
    ]
)
_PRINTED = pa.schema(
    [
        *((name, pa.string()) for name in ("rule", "severity", "about", "over", "action")),
        ("told", pa.int64()),
        ("fired_at", _INSTANT),
    ]
)
_MILDEST_FIRST = tuple(SEVERITIES)
_STILL_FIRING = "still firing"
_EVERYTHING = "all records"
_NO_BREAK = str.maketrans({" ": "\N{NO-BREAK SPACE}"})

Line = Mapping[str, Any]


def findings(told: Telling) -> Section:
    """Each finding of a pool or balance in a row; behind it, every episode."""
    lines = [
        {
            **{name: getattr(one.fired, name) for name in _FINDINGS.names[:7]},
            "state": "firing" if one.fired.recovered_at is None else "over",
            "action": one.action,
        }
        for one in told.figures.advised.episodes
    ]
    shown = [
        Shown("rule", "Finding", weight=2.3, words={name: RULES[name].title for name in RULES}),
        Shown("about", "About", weight=1.0),
        Shown("told", "Told", "count", "times", 0.6),
        Shown("severity", "Severity", "text", "at most", 0.75, SEVERITIES),
        Shown("fired_at", "First told", "short", weight=1.05),
        Shown("over", "Over", weight=1.05),
        Shown("action", "What the partner may do", weight=2.4, words={**ACTIONS, None: ""}),
    ]
    table = printed(
        "findings",
        f"Findings, as of {text.moment(told.figures.scope.as_of, told.zone)}",
        shown,
        pa.Table.from_pylist(_rows(lines, told.zone), _PRINTED),
        zone=told.zone,
        empty=words.FINDINGS_EMPTY,
        most=MOST_FINDINGS,
        note=words.EPISODES if lines else "",
    )
    table = replace(table, data=pa.Table.from_pylist(lines, _FINDINGS))
    return Section(
        "findings",
        words.SECTIONS["findings"],
        [Paragraph(words.FINDINGS_ARE, "note"), table],
    )


def _rows(lines: Sequence[Line], zone: str) -> list[dict[str, Any]]:
    """The episodes by rule and by what they are about; first what still fires."""
    groups: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        named = line["pool_id"] or line["currency"] or ""
        groups.setdefault((line["rule"], named), []).append(line)
    rows = [_row(group, zone) for group in groups.values()]
    return sorted(rows, key=lambda row: row["over"] != _STILL_FIRING)


def _row(group: Sequence[Line], zone: str) -> dict[str, Any]:
    first = group[0]
    about = first["pool_id"] or (
        f"{first['currency']} balance" if first["currency"] else _EVERYTHING
    )
    ends = [line["recovered_at"] for line in group]
    over = _STILL_FIRING if None in ends else text.short_moment(max(ends), zone)
    return {
        "rule": first["rule"],
        "severity": max((line["severity"] for line in group), key=_MILDEST_FIRST.index),
        "about": about,
        "over": over.translate(_NO_BREAK) if over != _STILL_FIRING else over,
        "action": next((line["action"] for line in reversed(group) if line["action"]), None),
        "told": len(group),
        "fired_at": first["fired_at"],
    }
