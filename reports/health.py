"""Data health: how far records reach, what was loaded, set aside, changed later, or is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from pipelines.health import Health
from pipelines.outline import Arrived, Outline
from pipelines.periods import Period, local_dates
from pipelines.windows import last_instant
from reports import format as text
from reports.tables import Cell, Column, table
from reports.wording import KINDS

Row = Mapping[str, Any]
MOST_DAYS = 120
"""Days of the coverage chart; with eleven kinds that stays under 1,500 marks."""

LOADS_SHOWN = 12
GAP, QUIET = "no records between two days with some", "none that day"
_COUNTS = ("offered", "loaded", "duplicate", "quarantined", "refused")
_A_DAY = timedelta(days=1)


def reach_table(
    outline: Outline, required: Sequence[str], watermark: datetime, now: datetime, zone: str
) -> str:
    """Each kind's newest event, its age, and by how much it is ahead of the page's time."""
    columns = [
        Column("Records", "", is_text=True),
        Column("Newest event", "", is_text=True),
        Column("Age"),
        Column("Ahead", "of the page's time"),
        Column("Last landed", "", is_text=True),
        Column("Kept"),
        Column("Sources"),
    ]
    arrived = {one.kind: one for one in outline.arrived}
    rows = [
        _reach_row(kind, arrived.get(kind), kind in required, watermark, now, zone)
        for kind in KINDS
        if kind in arrived or kind in required
    ]
    return table("How far records reach", columns, rows)


def _reach_row(
    kind: str,
    one: Arrived | None,
    is_required: bool,
    watermark: datetime,
    now: datetime,
    zone: str,
) -> list[Cell]:
    under = "required" if is_required else ""
    if one is None:
        missing = Cell("None has arrived", "", "Required by the settings, and not ingested.")
        return [Cell(KINDS[kind], under), missing, *[Cell(text.UNKNOWN)] * 5]
    ahead = Cell(text.UNKNOWN)
    if one.newest_event_at is not None and kind not in ("limits", "programs"):
        ahead = _ahead(one.newest_event_at, watermark, is_required)
    return [
        Cell(KINDS[kind], under),
        Cell(text.moment(one.newest_event_at, zone)),
        Cell(text.age(one.newest_event_at, now)),
        ahead,
        Cell(text.moment(one.landed_at, zone)),
        Cell(text.count(one.records)),
        Cell(text.count(one.sources)),
    ]


def _ahead(newest: datetime, watermark: datetime, is_required: bool) -> Cell:
    if newest < watermark:
        return Cell(f"{_length(watermark - newest)} behind")
    if newest == watermark and is_required:
        return Cell(
            "holds it", "", "The oldest required kind: its newest event is the page's time."
        )
    return Cell(_length(newest - watermark))


def _length(length: timedelta) -> str:
    return text.duration(length // timedelta(seconds=1))


def loads_table(health: Health, zone: str) -> str:
    """The newest loads: where from, when, and what became of the records offered."""
    columns = [
        Column("Load", "", is_text=True),
        Column("Source", "", is_text=True),
        Column("Landed", "", is_text=True),
        *(Column(name.capitalize()) for name in _COUNTS),
    ]
    rows = [
        [
            Cell(KINDS.get(row["kind"], row["kind"]), f"number {text.count(row['sequence'])}"),
            Cell(row["source"]),
            Cell(text.moment(row["landed_at"], zone)),
            *(Cell(text.count(row[name])) for name in _COUNTS),
        ]
        for row in health.loads.slice(0, LOADS_SHOWN).to_pylist()
    ]
    return table("The newest loads", columns, rows)


def set_aside_table(health: Health) -> str:
    """What was not loaded, by kind and reason."""
    columns = [
        Column("Records of", "", is_text=True),
        Column("What became of them", "", is_text=True),
        Column("Reason", "", is_text=True),
        Column("Records"),
    ]
    rows = [
        [
            Cell(KINDS.get(row["kind"], row["kind"])),
            Cell(row["disposition"].capitalize(), DISPOSITIONS.get(row["disposition"], "")),
            Cell(REASONS.get(row["rule"], row["rule"].replace("_", " ")), row["rule"]),
            Cell(text.count(row["records"])),
        ]
        for row in health.set_aside.to_pylist()
    ]
    return table("Set aside", columns, rows)


REASONS = {
    "boolean": "Neither true nor false",
    "conflict": "Contradicts a record kept before",
    "currency": "Not a currency code",
    "enum": "A value outside the known ones",
    "foreign": "Of another partner",
    "id": "Not an id",
    "illegal_transition": "Cannot follow the trade's earlier states",
    "instant": "A time without an offset, or no time",
    "integer": "Not a whole number in range",
    "later_than": "An end before its start",
    "missing": "A needed field is missing",
    "money": "Not an exact decimal amount",
    "null_while_true": "A value that its record rules out",
    "private": "Carries something private",
    "rate": "Not an exact rate",
    "spellings_differ": "Two spellings of a field with two values",
    "too_long": "A line too long",
    "unreadable": "Not a readable record",
    "zone": "Not a time zone",
}
"""Rules of the contract in plain words; another rule stands by its own name."""

DISPOSITIONS = {
    "quarantined": "kept to look at and, once right, to load again",
    "refused": "no value of them was kept",
}


def dropped_table(health: Health) -> str:
    """Fields that no contract knows: their names, never their values."""
    columns = [
        Column("Field", "", is_text=True),
        Column("In records of", "", is_text=True),
        Column("Records"),
    ]
    rows = [
        [
            Cell(row["name"]),
            Cell(KINDS.get(row["kind"], row["kind"])),
            Cell(text.count(row["records"])),
        ]
        for row in health.dropped.to_pylist()
    ]
    return table("Fields dropped", columns, rows)


def restated_table(health: Health, zone: str) -> str:
    """The days that changed after they had been published as complete."""
    columns = [
        Column("Day", "UTC", is_text=True),
        Column("Late records of", "", is_text=True),
        Column("Records"),
        Column("Landed", "", is_text=True),
    ]
    rows = [
        [
            Cell(text.day(row["day"])),
            Cell(KINDS.get(row["kind"], row["kind"])),
            Cell(text.count(row["records"])),
            Cell(text.moment(row["landed_at"], zone)),
        ]
        for row in health.restated.slice(0, LOADS_SHOWN).to_pylist()
    ]
    return table("Restated days", columns, rows)


def checks_table(health: Health) -> str:
    """Each identity: whether it holds, and where it does not."""
    columns = [
        Column("Check", "", is_text=True),
        Column("State", "", is_text=True),
        Column("What it says", "", is_text=True),
        Column("What to do", "where it fails", is_text=True),
    ]
    rows = [
        [
            Cell(row["check_name"].replace("_", " ").capitalize(), row["severity"]),
            Cell(*_check_words(row)),
            Cell(row["says"]),
            Cell(row["action"] if row["faults"] else ""),
        ]
        for row in health.checks.to_pylist()
    ]
    return table("Checks", columns, rows)


def _check_words(row: Row) -> tuple[str, str]:
    if not row["faults"]:
        return "\N{CHECK MARK} Holds", ""
    places = "1 place" if row["faults"] == 1 else f"{text.count(row['faults'])} places"
    return f"\N{BLACK UP-POINTING TRIANGLE} Fails in {places}", row["examples"] or ""


def checks_words(health: Health) -> str:
    """How many checks hold, in a sentence."""
    faults = health.checks.column("faults").to_pylist()
    failing = sum(bool(number) for number in faults)
    if not failing:
        return f"All {len(faults)} hold."
    return f"{failing} of {len(faults)} {'does' if failing == 1 else 'do'} not hold."


def covered_days(period: Period) -> tuple[date, date]:
    """The UTC days of the coverage chart: those of the period, at most the last `MOST_DAYS`."""
    first, last = local_dates([period.window.start, last_instant(period.window)], "UTC")
    return max(first, last - (MOST_DAYS - 1) * _A_DAY), last


def coverage_marks(coverage: pa.Table) -> pa.Table:
    """The marks of the coverage chart: kind, day, what is read, and how the mark is drawn.

    `share` is a day's part of the kind's busiest day here; `mark` is `records`, `gap` or `quiet`.
    What lies before a kind's first day or after its last has no mark.
    """
    marks = [
        {
            "kind": KINDS.get(row["kind"], row["kind"]),
            "day": row["day"],
            "shown": _day_words(row),
            "share": None if row["records"] is None else row["records"] / row["most_records"],
            "mark": row["state"],
        }
        for row in coverage.to_pylist()
        if row["state"] != "outside"
    ]
    return pa.Table.from_pylist(
        marks,
        pa.schema(
            {
                "kind": pa.string(),
                "day": pa.date32(),
                "shown": pa.string(),
                "share": pa.float64(),
                "mark": pa.string(),
            }
        ),
    )


def _day_words(row: Row) -> str:
    if row["state"] == "gap":
        return GAP
    if row["records"] is None:
        return QUIET
    late = f", {text.count(row['late_records'])} of them late" if row["late_records"] else ""
    records = "record" if row["records"] == 1 else "records"
    return f"{text.count(row['records'])} {records}{late}"


def gap_words(coverage: pa.Table) -> list[str]:
    """Each kind's gaps as spans of days, one sentence a kind."""
    gaps: dict[str, list[date]] = {}
    for row in coverage.to_pylist():
        if row["state"] == "gap":
            gaps.setdefault(row["kind"], []).append(row["day"])
    return [
        f"**{KINDS.get(kind, kind)}**: none on {', '.join(map(_run_words, _runs(days)))}"
        for kind, days in gaps.items()
    ]


def _runs(days: Sequence[date]) -> list[tuple[date, date]]:
    runs: list[tuple[date, date]] = []
    for one in days:
        if runs and runs[-1][1] + _A_DAY == one:
            runs[-1] = (runs[-1][0], one)
        else:
            runs.append((one, one))
    return runs


def _run_words(run: tuple[date, date]) -> str:
    first, last = run
    return text.day(first) if first == last else f"{text.day(first)} to {text.day(last)}"
