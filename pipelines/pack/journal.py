"""Notes and decisions of reviews: an append-only file of checked lines in the partner's folder.

Nothing is ever changed in it: a decision is closed by a later line. What a review said at any time
is answered from as many lines as there were then, so a frozen pack can be made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.checked_lines import body_of, checked_line
from pipelines.contracts.private import secret_in
from pipelines.errors import LandingDamagedError, UsageError
from pipelines.places import Place, sync_folder
from pipelines.windows import format_instant, parse_instant

FILE = "journal.jsonl"
MOST_CHARACTERS = 2000
_TIMES = ("at", "closed_at", "period_end", "closed_end")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted on an item of one review."""

    program_id: str
    period: str
    period_end: datetime
    item: str
    text: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided in one review, and in which one it was closed, if in any."""

    decision_id: str
    program_id: str
    period: str
    period_end: datetime
    text: str
    owner: str
    due: date | None
    author: str
    at: datetime
    closed_in: str | None = None
    closed_end: datetime | None = None
    outcome: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Journal:
    """The journal up to some line."""

    notes: tuple[Note, ...]
    decisions: tuple[Decision, ...]
    entries: int
    sha256: str
    """Of those lines."""

    def notes_of(self, program_id: str, period: str) -> list[Note]:
        """The notes of one review, in the order they were made."""
        return [n for n in self.notes if (n.program_id, n.period) == (program_id, period)]

    def decisions_for(self, program_id: str, period_end: datetime) -> list[Decision]:
        """The decisions that the review of the period ending then has before it.

        Those made in it or an earlier one, but for those that an earlier one closed; one that only
        a later review closed is open here.
        """
        found = []
        for one in self.decisions:
            if one.program_id != program_id or one.period_end > period_end:
                continue
            if one.closed_end is None or one.closed_end > period_end:
                found.append(_reopened(one))
            elif one.closed_end == period_end:
                found.append(one)
        return found


def journal_file(place: Place) -> Path:
    """Where the journal of a partner's reviews lies."""
    return place.root / "reviews" / FILE


def read_journal(place: Place, entries: int | None = None) -> Journal:
    """Return the journal up to its first `entries` lines, all of them for None.

    Raises LandingDamagedError for a line that is not as it was written, and UsageError where there
    are fewer lines than asked for.
    """
    path = journal_file(place)
    lines = list(_lines(path))
    if entries is not None:
        if len(lines) < entries:
            raise UsageError(f"{path}: holds {len(lines)} of the {entries} lines asked for")
        lines = lines[:entries]
    told = hashlib.sha256(b"\n".join(lines)).hexdigest()
    notes: list[Note] = []
    decisions: dict[str, Decision] = {}
    for line in lines:
        entry: dict[str, Any] = json.loads(line)
        entry = {name: _read(name, value) for name, value in entry.items()}
        kind = entry.pop("entry")
        if kind == "note":
            notes.append(Note(**entry))
        elif kind == "decision":
            decisions[entry["decision_id"]] = Decision(**entry)
        else:
            known = decisions[entry.pop("decision_id")]
            decisions[known.decision_id] = replace(known, **entry)
    return Journal(tuple(notes), tuple(decisions.values()), len(lines), told)


def add_note(place: Place, note: Note) -> None:
    """Have a note on disk before going on; UsageError for a text that cannot stand in a pack."""
    text = _checked_text(note.text, "the note")
    _append(place, {"entry": "note", **_told(replace(note, text=text))})


def add_decision(place: Place, decision: Decision) -> Decision:
    """Have a decision on disk before going on, and return it with the id it was given."""
    number = len(read_journal(place).decisions) + 1
    given = replace(
        decision,
        decision_id=f"D{number}",
        text=_checked_text(decision.text, "the decision"),
        owner=_checked_text(decision.owner, "the owner"),
    )
    told = {name: value for name, value in _told(given).items() if not name.startswith("closed")}
    told.pop("outcome")
    _append(place, {"entry": "decision", **told})
    return given


def close_decision(
    place: Place,
    decision_id: str,
    *,
    program_id: str,
    period: str,
    period_end: datetime,
    outcome: str,
    author: str,
    at: datetime,
) -> Decision:
    """Close an open decision in one review; UsageError where there is no such open decision."""
    known = {one.decision_id: one for one in read_journal(place).decisions}
    found = known.get(decision_id)
    if found is None or found.program_id != program_id:
        raise UsageError(f"no decision {decision_id!r} of {program_id}; see `review list`")
    if found.closed_end is not None:
        raise UsageError(f"{decision_id} was closed in the review of {found.closed_in}")
    if period_end < found.period_end:
        raise UsageError(
            f"{decision_id} was made in the review of {found.period}; close it in that or a later"
        )
    change: dict[str, Any] = {
        "closed_in": period,
        "closed_end": format_instant(period_end),
        "outcome": _checked_text(outcome, "the outcome"),
        "closed_by": author,
        "closed_at": format_instant(at),
    }
    _append(place, {"entry": "closing", "decision_id": decision_id, **change})
    return {one.decision_id: one for one in read_journal(place).decisions}[decision_id]


def _lines(path: Path) -> Iterator[bytes]:
    """The bodies of the lines; what a crash left of an unfinished last one is none."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return
            body = body_of(line)
            if body is None:
                raise LandingDamagedError(
                    f"{path}: line {number} is damaged; restore the file from a backup"
                )
            yield body


def _append(place: Place, entry: dict[str, Any]) -> None:
    path = journal_file(place)
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = sum(len(checked_line(line)) for line in _lines(path))
    body = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        os.ftruncate(handle, whole)
        os.pwrite(handle, checked_line(body), whole)
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)
    sync_folder(path.parent.parent)


def _checked_text(text: str, what: str) -> str:
    """The text as one line; UsageError where a pack could not print it, or should not."""
    line = " ".join(text.split())
    if not line:
        raise UsageError(f"{what} is empty; say something")
    if len(line) > MOST_CHARACTERS:
        raise UsageError(f"{what} is longer than {MOST_CHARACTERS} characters; shorten it")
    if _UNPRINTABLE.search(line):
        raise UsageError(f"{what} holds a control character; write plain text")
    if secret_in(line) is not None:
        raise UsageError(f"{what} holds what looks like a key or a secret; leave it out")
    return line


def _told(entry: Note | Decision) -> dict[str, Any]:
    return {name: _plain(getattr(entry, name)) for name in entry.__dataclass_fields__}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return format_instant(value)
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "due":
        return date.fromisoformat(value)
    return parse_instant(value) if name in _TIMES else value


def _reopened(decision: Decision) -> Decision:
    return replace(
        decision, closed_in=None, closed_end=None, outcome=None, closed_by=None, closed_at=None
    )


def open_decisions(decisions: Sequence[Decision], today: date) -> tuple[int, int]:
    """Return how many are open, and how many of these were due before `today`."""
    still = [one for one in decisions if one.closed_in is None]
    return len(still), sum(one.due is not None and one.due < today for one in still)
