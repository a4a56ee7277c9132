"""What was told to whom, and what was snoozed: one append-only file in the partner's folder.

`notices.jsonl` has a checksummed line for each step. Before a notice is sent its intent is on disk,
with its words; afterwards what came of it. A line that a crash cut off is none.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pipelines.checked_lines import body_of, checked_line
from pipelines.errors import HomeLockedError
from pipelines.places import Place, sync_folder
from pipelines.windows import format_instant, parse_instant

FILE = "notices.jsonl"
LOCK = ".notices.lock"
RETRY_SECONDS = 0.05
Event = Literal["intent", "sent", "failed", "given_up", "snooze", "unsnooze"]
NoticeKind = Literal["firing", "reminder", "recovered", "report"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One step. Instants are aware UTC; fields that an event has not are None."""

    event: Event
    at: datetime
    rule: str
    pool_id: str | None = None
    currency: str | None = None
    notice_id: str | None = None
    recipient: str | None = None
    kind: NoticeKind | None = None
    severity: str | None = None
    since: datetime | None = None
    title: str | None = None
    body: str | None = None
    fault: str | None = None
    """Why a delivery failed."""

    until: datetime | None = None
    reason: str | None = None
    author: str | None = None
    program_id: str | None = None
    """With `period`, the review whose pack a `report` carries."""

    period: str | None = None

    @property
    def subject(self) -> tuple[str, str | None, str | None]:
        """What it is about: rule, pool and currency."""
        return self.rule, self.pool_id, self.currency


_INSTANTS = ("at", "since", "until")


def journal_of(place: Place) -> Path:
    """The journal of a partner."""
    return place.root / FILE


@contextmanager
def telling(place: Place, wait_seconds: float) -> Iterator[None]:
    """Hold the journal of `place`: only one process tells at a time.

    Raises HomeLockedError when another holds it for the whole wait. The writer of records is not
    kept waiting.
    """
    handle = os.open(place.root / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        for tries in range(max(int(wait_seconds / RETRY_SECONDS), 0), -1, -1):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if tries == 0:
                    raise HomeLockedError(
                        f"{place.root}: another process is sending notices; wait for it, or raise"
                        " --wait"
                    ) from error
                time.sleep(RETRY_SECONDS)
        yield
    finally:
        os.close(handle)


def read_journal(place: Place) -> list[Entry]:
    """Every step in the order in which it was taken."""
    path = journal_of(place)
    if not path.exists():
        return []
    with path.open("rb") as file:
        bodies = [body_of(line) for line in file]
    return [_entry(json.loads(body)) for body in bodies if body is not None]


def append(place: Place, entries: Sequence[Entry]) -> None:
    """Have the entries on disk before going on."""
    path = journal_of(place)
    is_new = not path.exists()
    with path.open("ab") as file:
        if not is_new and not _ends_whole(path):
            file.write(b"\n")
        file.writelines(checked_line(_line(entry)) for entry in entries)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync_folder(path.parent)


def _line(entry: Entry) -> bytes:
    told = {
        name: format_instant(value) if name in _INSTANTS else value
        for name, value in asdict(entry).items()
        if value is not None
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def _entry(told: dict[str, Any]) -> Entry:
    for name in _INSTANTS:
        if name in told:
            told[name] = parse_instant(told[name])
    return Entry(**told)


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"
