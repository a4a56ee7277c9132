"""How old the data are, and what has arrived of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipelines.outline import Arrived, Outline
from reports import format as text
from reports.tables import Cell, Column, table
from reports.wording import KINDS, freshness


def freshness_table(outline: Outline, required: Sequence[str], now: datetime, zone: str) -> str:
    """What has arrived of each kind, and how old its newest event is."""
    columns = [
        Column("Records", "", is_text=True),
        Column("Newest event", "", is_text=True),
        Column("Age"),
        Column("Kept"),
        Column("Files", "or other sources"),
    ]
    order = {kind: number for number, kind in enumerate(KINDS)}
    known = sorted(outline.arrived, key=lambda one: order.get(one.kind, len(order)))
    rows = [_freshness_row(one, one.kind in required, now, zone) for one in known]
    return table("What has arrived", columns, rows)


def _freshness_row(one: Arrived, is_required: bool, now: datetime, zone: str) -> list[Cell]:
    return [
        Cell(KINDS.get(one.kind, one.kind), "bounds this page's time" if is_required else ""),
        Cell(text.moment(one.newest_event_at, zone)),
        Cell(text.age(one.newest_event_at, now)),
        Cell(text.count(one.records)),
        Cell(text.count(one.sources)),
    ]


def oldest_required(outline: Outline, required: Sequence[str]) -> str:
    """The kind that holds the page's time back, in words; empty when none has arrived."""
    held = [one for one in outline.arrived if one.kind in required and one.newest_event_at]
    if not held:
        return ""
    kind = min(held, key=lambda one: str(one.newest_event_at)).kind
    return KINDS.get(kind, kind).lower()


def badge_words(reached: datetime, now: datetime, oldest: str, zone: str) -> tuple[str, str]:
    """The state (a key of `FRESHNESS`) of data that reach `reached`, and the sentence beside it."""
    since = f"data to {text.moment(reached, zone)} ({text.offset(reached, zone)})"
    behind = f"; {oldest} are the oldest required source" if oldest else ""
    return freshness(reached, now), f"{since}, {text.age(reached, now)}{behind}"
