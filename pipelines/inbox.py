"""Folders that record files are put into: what is whole is loaded once and then moved aside.

A file is moved to `taken/YYYY-MM-DD/` of its inbox after its batches are acknowledged and
published. A process that ends before that leaves it where it is: it is loaded again, which changes
nothing. A file that cannot be read stays, and is looked at again when it has changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipelines.contracts import MODELS
from pipelines.failpoints import reach
from pipelines.ingest import Ingestion, Report
from pipelines.settings import Settings
from pipelines.sources.discovery import Misnamed, SourceFile, discover, shown_name

TAKEN = "taken"
Mark = tuple[int, int, int]
"""Inode, size and time of change of the content: what tells that a file is the one it was."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One file that is whole and has not been loaded from here."""

    inbox: Path
    file: SourceFile
    mark: Mark


@dataclass(slots=True)
class Look:
    """What lies in the inboxes."""

    ready: list[Offered] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """One line for each file and folder that cannot be read, where no earlier look said so."""


@dataclass(slots=True)
class Load:
    """What one load of files came to."""

    report: Report
    taken: int = 0
    faults: list[str] = field(default_factory=list)
    """One line for each file that stays."""


class Inboxes:
    """The inboxes of a deployment, with what stayed in them at the looks before."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._left: dict[Path, Mark] = {}
        self._unreachable: set[Path] = set()

    def look(self, at: datetime) -> Look:
        """Return what is ready at the aware `at`; the cost is that of listing the folders."""
        found = Look()
        for inbox in self._settings.inboxes:
            if not (inbox.is_dir() and os.access(inbox, os.R_OK | os.X_OK)):
                if inbox not in self._unreachable:
                    found.faults.append(
                        f"{inbox}: no such folder to read; make it, or correct `inbox`"
                    )
                self._unreachable.add(inbox)
                continue
            self._unreachable.discard(inbox)
            files, misnamed = discover([inbox], MODELS, passing_over=[inbox / TAKEN])
            found.ready += self._ready(inbox, files, at)
            found.faults += self._misnamed(misnamed, at)
        return found

    @property
    def are_whole(self) -> bool:
        """Whether the last look reached every folder."""
        return not self._unreachable

    def load(
        self, ready: Sequence[Offered], at: datetime, is_ended: Callable[[], bool] = lambda: False
    ) -> Load:
        """Load the files, publish, and move them aside; hold the home's lock around it.

        Between two files `is_ended` may say that the rest waits. Raises as `Ingestion`: then
        nothing is moved.
        """
        ingestion = Ingestion(self._settings, at=at)
        read: list[Offered] = []
        try:
            for one in ready:
                if is_ended():
                    break
                if _mark(one.file.path) == one.mark:  # else another process was quicker
                    ingestion.take(one.file)
                    read.append(one)
            ingestion.finish()
        finally:
            ingestion.close()
        reach("inbox_loaded")
        done = Load(ingestion.report)
        for one in read:
            fault = self._settle(one, ingestion.report, at)
            if fault is None:
                done.taken += 1
            else:
                self._left[one.file.path] = one.mark
                done.faults.append(f"{one.file.source}: {fault}")
        return done

    def _ready(self, inbox: Path, files: Sequence[SourceFile], at: datetime) -> Iterator[Offered]:
        for file in files:
            mark = self._new(file.path, at)
            if mark is not None:
                yield Offered(inbox, file, mark)

    def _misnamed(self, misnamed: Sequence[Misnamed], at: datetime) -> Iterator[str]:
        for one in misnamed:
            mark = self._new(one.path, at)
            if mark is not None:
                self._left[one.path] = mark
                yield f"{shown_name(one.path)}: not loaded: {one.reason}"

    def _new(self, path: Path, at: datetime) -> Mark | None:
        """The mark of a file that was left alone for long enough, and did not stay before."""
        try:
            status = path.stat()
        except OSError:
            return None
        # The time of the last change of anything: a copy that keeps the times of its original
        # has an old time of content while it is still being written.
        changed = datetime.fromtimestamp(status.st_ctime, UTC)
        if at - changed < self._settings.inbox_quiet:
            return None
        mark = (status.st_ino, status.st_size, status.st_mtime_ns)
        return None if self._left.get(path) == mark else mark

    @staticmethod
    def _settle(one: Offered, report: Report, at: datetime) -> str | None:
        """Move a file aside; None when that is done, else why it stays."""
        path = one.file.path
        if path in report.refused_files:
            return f"stays in the inbox: {report.refused_files[path]}"
        target = _free(one.inbox / TAKEN / f"{at:%Y-%m-%d}" / path.relative_to(one.inbox))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
            if _mark(target) != one.mark:
                # Another was put in its place meanwhile: that one has yet to be read.
                target.rename(path)
                return "was replaced while it was read; the new one is next"
        except OSError as error:
            return f"loaded, but cannot be moved to {TAKEN}/ ({error.strerror})"
        return None


def _mark(path: Path) -> Mark | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _free(path: Path) -> Path:
    """The path, or where a file of that name lies already, the first free one after it."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free
