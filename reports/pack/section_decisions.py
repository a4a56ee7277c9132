"""The launch plan's evidence, the decisions, and the lines to sign on."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from pipelines.pack.launch import MET, PHASES, counted, next_phase
from reports import review_words
from reports.pack import words
from reports.pack.blocks import (
    Block,
    Check,
    Checklist,
    Heading,
    Paragraph,
    Section,
    Signatures,
    Table,
)
from reports.pack.launch_words import TITLES, conclusion, said
from reports.pack.telling import Telling
from reports.pack.typed import Shown, printed

_INSTANT = pa.timestamp("us", tz="UTC")


def launch(told: Telling) -> Section:
    """Each phase's evidence as a checklist, the recorded phase and the one after it first."""
    phase = told.figures.scope.terms.phase
    ahead = next_phase(phase)
    blocks: list[Block] = [
        Paragraph(words.LAUNCH_IS, "note"),
        Paragraph(f"The program is recorded as being in **{review_words.PHASES[phase]}**."),
    ]
    for name in dict.fromkeys((phase, ahead)):
        evidence = [one for one in told.figures.evidence if one.phase == name]
        lacking = [one for one in evidence if one.state != MET]
        blocks.append(Paragraph(conclusion(name, counted(evidence, name), lacking)))
    blocks += [_evidence(told), _pools(told)]
    blocks += [_checklist(told, name) for name in PHASES]
    return Section("launch", words.SECTIONS["launch"], blocks)


def _checklist(told: Telling, phase: str) -> Checklist:
    checks = [
        Check(one.state, TITLES[one.name], said(one, told.zone))
        for one in told.figures.evidence
        if one.phase == phase
    ]
    title = f"{review_words.PHASES[phase]}: {words.PHASE_GOALS[phase][0].lower()}"
    return Checklist(f"phase_{phase}", f"{title}{words.PHASE_GOALS[phase][1:]}", checks)


def _evidence(told: Telling) -> Table:
    """How much of each phase's evidence is there; behind it, every piece."""
    pieces = [
        {
            "phase": one.phase,
            "evidence": one.name,
            "title": TITLES[one.name],
            "state": one.state,
            "says": said(one, told.zone),
        }
        for one in told.figures.evidence
    ]
    shown = [
        Shown("phase", "Phase", weight=1.5, words=review_words.PHASES),
        Shown("there", "There", "count"),
        Shown("missing", "Missing", "count"),
        Shown("unknown", "Unknown", "count"),
    ]
    lines = []
    for phase in PHASES:
        counts = counted(told.figures.evidence, phase)
        line = {"phase": phase, "there": counts[MET]}
        lines.append({**line, "missing": counts["missing"], "unknown": counts["unknown"]})
    summary = printed(
        "launch",
        "Evidence of each phase",
        shown,
        pa.Table.from_pylist(lines),
        zone=told.zone,
    )
    return replace(summary, data=pa.Table.from_pylist(pieces))


_POOLS = {
    "failures_low": ("failed", "Unsettled", "left_trades", "of those that left"),
    "unavailable_low": ("unavailable", "Unavailable", "requests", "of requests"),
    "limit_errors_low": ("limit_errors", "Limit errors", "requests", "of requests"),
}


def _pools(told: Telling) -> Table:
    """What each approved pool's records say to expanding it."""
    lines: list[dict[str, object]] = []
    for one in told.figures.pools:
        line: dict[str, object] = {"pool_id": one.pool_id, "evidence": one.state}
        for name, (part, _, whole, _) in _POOLS.items():
            share = one.shares[name]
            line |= {part: share.part, whole: share.whole, f"{part}_share": share.value}
        lines.append({**line, "old_exceptions": one.old_exceptions})
    counts = [name for part, _, whole, _ in _POOLS.values() for name in (part, whole)]
    schema = pa.schema(
        [
            ("pool_id", pa.string()),
            ("evidence", pa.string()),
            *((name, pa.int64()) for name in dict.fromkeys(counts)),
            *((f"{part}_share", pa.decimal128(38, 6)) for part, *_ in _POOLS.values()),
            ("old_exceptions", pa.int64()),
        ]
    )
    shown = [
        Shown("pool_id", "Pool", weight=1.4),
        Shown("evidence", "Evidence", weight=1.1, words=_MARKED),
        *(
            Shown(f"{part}_share", title, "percent", head)
            for part, title, _, head in _POOLS.values()
        ),
        Shown("left_trades", "Left reserved", "count"),
        Shown("requests", "Requests", "count"),
        Shown("old_exceptions", "Exceptions", "count", "open over 7 days"),
    ]
    data = pa.Table.from_pylist(lines, schema)
    return printed("launch_pools", words.POOLS_EVIDENCE, shown, data, zone=told.zone)


_MARKED = {mark: f"{words.MARKS[mark]} {words.MARK_WORDS[mark]}" for mark in words.MARKS}
_DECISIONS = pa.schema(
    [
        ("decision_id", pa.string()),
        ("made_in", pa.string()),
        ("decision", pa.string()),
        ("owner", pa.string()),
        ("due", pa.date32()),
        ("state", pa.string()),
        ("outcome", pa.string()),
        ("closed_in", pa.string()),
        ("author", pa.string()),
        ("at", _INSTANT),
    ]
)


def decisions(told: Telling) -> Section:
    """What was decided, by whom, until when; then the lines to sign on."""
    blocks: list[Block] = [
        Paragraph(words.DECISIONS_ARE, "note"),
        _decisions(told),
        Heading(words.SIGN_OFF),
        Signatures(words.SIGNERS, words.SIGN_FIELDS),
    ]
    return Section("decisions", words.SECTIONS["decisions"], blocks)


def _decisions(told: Telling) -> Table:
    lines = [
        {
            "decision_id": one.decision_id,
            "made_in": one.period,
            "decision": one.text,
            "owner": one.owner,
            "due": one.due,
            "state": "open" if one.closed_in is None else "closed",
            "outcome": one.outcome,
            "closed_in": one.closed_in,
            "author": one.author,
            "at": one.at,
        }
        for one in told.figures.decisions
    ]
    shown = [
        Shown("decision_id", "No.", weight=0.5),
        Shown("decision", "Decision", weight=3),
        Shown("owner", "Owner", weight=1),
        Shown("due", "Due", "day", weight=1.2),
        Shown("made_in", "Made in", weight=1.05),
        Shown("state", "State", weight=0.7),
        Shown("outcome", "Outcome", weight=1.8),
    ]
    data = pa.Table.from_pylist(lines, _DECISIONS)
    return printed(
        "decisions", "Decisions", shown, data, zone=told.zone, empty=words.DECISIONS_EMPTY
    )
