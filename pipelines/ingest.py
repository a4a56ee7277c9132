"""Ingest files: screen, land, load, then refresh the buckets and publish what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.batch_log import Counts
from pipelines.checks.identities import Failure, failed_checks
from pipelines.contracts import MODELS
from pipelines.facts import Facts, open_engine
from pipelines.failpoints import reach
from pipelines.landing import require_space
from pipelines.loading import Arrival
from pipelines.places import Place, unassigned
from pipelines.quarantine import entry_of
from pipelines.screening.parts import WHOLE_FILE, screened_parts
from pipelines.screening.screen import SetAside, Sink
from pipelines.serving import opened
from pipelines.settings import Settings
from pipelines.settling import settle
from pipelines.sources.discovery import Misnamed, SourceFile, discover, shown_name
from pipelines.sqlfiles import sql_text

Owner = tuple[str, str]
"""Environment and partner."""


@dataclass(slots=True)
class Report:
    """What one ingestion came to."""

    counts: dict[tuple[str, str, str], Counts] = field(default_factory=lambda: defaultdict(Counts))
    """(kind, environment, partner) -> counts; unassigned records stand under `unassigned`, `-`."""

    faults: list[str] = field(default_factory=list)
    """One line for each of the first records that were not loaded."""

    more_faults: int = 0
    misnamed: list[Misnamed] = field(default_factory=list)
    refused_files: dict[Path, str] = field(default_factory=dict)
    """Files that could not be read to their end, and why; what came before that is loaded."""

    dropped: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Undeclared fields by `kind.name`: records that carried each."""

    published: dict[Owner, str] = field(default_factory=dict)
    failures: dict[Owner, list[Failure]] = field(default_factory=dict)
    """Checks of severity `error` that do not hold in what is published."""

    @property
    def is_clean(self) -> bool:
        """Whether everything offered was loaded or known already."""
        total = sum(self.counts.values(), Counts())
        return not (total.quarantined or total.refused or self.misnamed)

    def fault_lines(self) -> Iterator[str]:
        """One line for each record and file not loaded, and for each undeclared field dropped."""
        for name, records in sorted(self.dropped.items()):
            yield f"{name}: not a field; dropped from {records} record(s)"
        for misnamed in self.misnamed:
            yield f"{shown_name(misnamed.path)}: not loaded: {misnamed.reason}"
        yield from self.faults
        for (environment, partner_id), failures in sorted(self.failures.items()):
            for failure in failures:
                yield f"{environment}/{partner_id}: {failure.line}"
        if self.more_faults:
            yield f"and {self.more_faults} more; see `utilization quarantine list`"


@dataclass(slots=True)
class Progress:
    """What a door shows while this works: bytes read, and the file in hand."""

    read: Callable[[int], None] = lambda _: None
    file: Callable[[SourceFile], None] = lambda _: None
    step: Callable[[str], None] = lambda _: None


MOST_FAULTS = 1000


class Ingestion:
    """One run of the writer over a home; hold the home's lock around it."""

    def __init__(
        self,
        settings: Settings,
        *,
        at: datetime,
        partner: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        """`at` is the time of landing. With `partner`, records of any other are refused."""
        self._settings = settings
        self._at = at
        self._partner = partner
        self._progress = progress or Progress()
        self._connection = open_engine(settings)
        self._open: Facts | None = None
        self._touched: dict[Owner, Place] = {}
        self.report = Report()

    def run(self, paths: Iterable[Path]) -> Report:
        """Ingest every record file under `paths`, then refresh and publish the partners touched."""
        files, misnamed = discover(paths, MODELS)
        self.report.misnamed.extend(misnamed)
        for file in files:
            self.take(file)
        self.finish()
        return self.report

    def take(self, file: SourceFile) -> None:
        """Land and load one file; nothing is published before `finish`."""
        require_space(unassigned(self._settings.home), self._settings.min_free_bytes)
        self._progress.file(file)
        self._ingest(file)

    def finish(self) -> None:
        """Refresh buckets and publish for every partner touched, and close."""
        for owner, place in sorted(self._touched.items()):
            self._progress.step(f"publishing {place.environment}/{place.partner_id}")
            self.report.published[owner] = self._facts(place).derive(settle)
            with opened(place) as build:
                self.report.failures[owner] = failed_checks(build.connection)
        if self._open is not None:
            self._open.close()
            self._open = None
        self.close()

    def close(self) -> None:
        """Let go of the databases as they are; the next writer goes on from the batch log."""
        self._connection.close()

    def _ingest(self, file: SourceFile) -> None:
        aside: dict[Owner, list[dict[str, Any]]] = defaultdict(list)

        def set_aside(found: SetAside) -> None:
            if found.rule == WHOLE_FILE:
                self.report.refused_files[file.path] = found.reason
            record = self._own(found)
            owner = self._owner_of(record)
            aside[owner].append(entry_of(record, kind=file.kind, source=file.source))
            self._tell(file, record)

        sink = Sink(set_aside, self._progress.read)
        self._connection.execute(sql_text("entry_counts.sql"))
        for _ in screened_parts(self._connection, file, self._settings, sink):
            self._load_part(file, aside, sink)

    def _load_part(
        self, file: SourceFile, aside: dict[Owner, list[dict[str, Any]]], sink: Sink
    ) -> None:
        """Land and load the part in `screened`, partner by partner."""
        reach("screened")
        if file.kind == "ledger":
            self._connection.execute(sql_text("entry_ids.sql"))
        owners: set[Owner] = set()
        present: set[Owner] = set()
        for environment, partner_id, _ in self._rows_by_owner():
            present.add((environment, partner_id))
            if self._partner in (None, partner_id):
                owners.add((environment, partner_id))
        if self._partner is not None:
            self._refuse_foreign(file, self._partner, aside)
        dropped = dict(sink.dropped)
        sink.dropped.clear()
        for name, records in dropped.items():
            self.report.dropped[f"{file.kind}.{name}"] += records
        for owner in sorted({*owners, *aside}):
            arrival = Arrival(
                file.kind,
                file.source,
                self._at,
                aside.pop(owner, []),
                dropped,
                is_shared=present != {owner},
            )
            self._load(owner, arrival)
            dropped = {}

    def _load(self, owner: Owner, arrival: Arrival) -> None:
        place = Place(self._settings.home, *owner)
        facts = self._facts(place)
        key = (arrival.kind, *owner)
        self.report.counts[key] = self.report.counts[key] + facts.load(arrival)
        if place.is_assigned:
            self._touched[owner] = place

    def _rows_by_owner(self) -> list[tuple[str, str, int]]:
        rows: list[tuple[str, str, int]] = self._connection.execute(
            sql_text("owners.sql")
        ).fetchall()
        return rows

    def _refuse_foreign(
        self, file: SourceFile, partner: str, aside: dict[Owner, list[dict[str, Any]]]
    ) -> None:
        """Refuse the good records of every other partner; nothing of them is kept."""
        numbers = self._connection.execute(
            sql_text("foreign_lines.sql"), {"partner_id": partner}
        ).fetchall()
        for (number,) in numbers:
            record = _foreign(number)
            aside[self._owner_of(record)].append(
                entry_of(record, kind=file.kind, source=file.source)
            )
            self._tell(file, record)

    def _own(self, record: SetAside) -> SetAside:
        """The record as it may be kept: of another partner than the one asked for, nothing is."""
        if self._partner is None or record.partner_id in (None, self._partner):
            return record
        return _foreign(record.line_number)

    def _owner_of(self, record: SetAside) -> Owner:
        if record.partner_id is None or record.environment is None:
            place = unassigned(self._settings.home)
            return place.environment, place.partner_id
        return record.environment, record.partner_id

    def _facts(self, place: Place) -> Facts:
        """The partner's facts, open; one partner is open at a time."""
        if self._open is not None and self._open.place == place:
            return self._open
        if self._open is not None:
            self._open.close()
        facts = Facts(self._connection, place, self._settings)
        facts.open()
        self._open = facts
        return facts

    def _tell(self, file: SourceFile, record: SetAside) -> None:
        if len(self.report.faults) >= MOST_FAULTS:
            self.report.more_faults += 1
            return
        where = f"{file.source}:{record.line_number}" if record.line_number else file.source
        self.report.faults.append(f"{where}: {record.disposition}: {record.reason}")


def _foreign(line_number: int) -> SetAside:
    reason = "is of another partner than --partner; ingest it on its own"
    return SetAside(line_number, "refused", "partner", reason)
