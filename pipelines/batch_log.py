"""The batch log: one checksummed line for each landed batch, appended and synced.

A batch is landed when its line is whole in the log. What a crash leaves of an unfinished line is
cut off by the next writer. Reading on from a known position costs what is new, not the history.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.checked_lines import body_of, checked_line
from pipelines.errors import LandingDamagedError
from pipelines.places import sync_folder


@dataclass(frozen=True, slots=True)
class Segment:
    """One immutable file of accepted records of one day."""

    path: str
    """Below the landing folder."""

    rows: int
    bytes: int
    sha256: str

    @property
    def day(self) -> date:
        """The UTC day of the records' event times."""
        return date.fromisoformat(Path(self.path).parent.name.removeprefix("day="))


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records offered; the four others always add up to it."""

    offered: int = 0
    loaded: int = 0
    duplicate: int = 0
    quarantined: int = 0
    refused: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Add count by count."""
        mine, theirs = asdict(self), asdict(other)
        return Counts(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def adds_up(self) -> bool:
        """Whether every record offered is accounted for."""
        return self.offered == self.loaded + self.duplicate + self.quarantined + self.refused


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """All that is known of one batch of one kind for one partner."""

    sequence: int
    kind: str
    source: str
    landed_at: str
    """RFC 3339, given by the door."""

    counts: Counts
    segments: tuple[Segment, ...] = ()
    newest_event_at: str | None = None
    """Newest event time among the records landed, RFC 3339."""

    quarantine: str | None = None
    """Name of the file of what was set aside, below the quarantine folder."""

    dropped: dict[str, int] = field(default_factory=dict)
    """Undeclared fields by name: how many records carried each."""

    resolves: tuple[str, ...] = ()
    """Quarantine entries that this batch loaded."""

    @property
    def name(self) -> str:
        """The batch's name in file names; sorts in the order of landing."""
        return batch_name(self.sequence, self.kind)


def batch_name(sequence: int, kind: str) -> str:
    """The name of the batch with this number, in file names."""
    return f"{sequence:010d}-{kind}"


class BatchLog:
    """The log of one partner's landing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def size(self) -> int:
        """Bytes in the log, whole lines or not."""
        return self.path.stat().st_size if self.path.exists() else 0

    def read(self, start: int = 0) -> Iterator[tuple[BatchRecord, int]]:
        """Yield (batch, position after it) from `start` on; an unfinished last line is no batch.

        Raises LandingDamagedError for a line that is whole but not as it was written.
        """
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(start)
            position = start
            for line in file:
                if not line.endswith(b"\n"):
                    return
                yield self._parse(line, position), position + len(line)
                position += len(line)

    def append(self, record: BatchRecord, position: int) -> int:
        """Write one line at `position`, the end of the last whole one, and return the new end."""
        body = json.dumps(asdict(record), sort_keys=True, separators=(",", ":")).encode()
        line = checked_line(body)
        is_new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            os.ftruncate(handle, position)
            os.pwrite(handle, line, position)
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            sync_folder(self.path.parent)
        return position + len(line)

    def _parse(self, line: bytes, position: int) -> BatchRecord:
        body = body_of(line)
        if body is None:
            raise LandingDamagedError(
                f"{self.path}: the entry at byte {position} is damaged; restore the file from a"
                " backup, then run `utilization rebuild`"
            )
        entry: dict[str, Any] = json.loads(body)
        entry["counts"] = Counts(**entry["counts"])
        entry["segments"] = tuple(Segment(**segment) for segment in entry["segments"])
        entry["resolves"] = tuple(entry["resolves"])
        return BatchRecord(**entry)
