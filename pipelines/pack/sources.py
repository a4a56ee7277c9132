"""Which landed batches a pack rests on: those that brought a record from before its instant."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.batch_log import BatchLog, BatchRecord, Counts, Segment
from pipelines.kindtables import kind_table
from pipelines.places import Place


@dataclass(frozen=True, slots=True)
class Source:
    """One batch, or what of it lies before an instant. `landed_at` is RFC 3339, days are UTC."""

    batch: str
    sequence: int
    kind: str
    source: str
    landed_at: str
    rows: int
    first_day: date
    last_day: date
    sha256: str
    """Of the digests of its segments, in their order."""

    days: tuple[tuple[date, int], ...]
    """Each day with its records, in order."""

    paths: tuple[str, ...]
    """Of its segments, below the landing folder."""


@dataclass(frozen=True)
class Lineage:
    """What the log says of the time before an instant."""

    sources: tuple[Source, ...]
    """In the order of landing."""

    offered: dict[str, Counts]
    """By kind, what was offered up to the last of the sources."""


def read_lineage(place: Place, before: datetime, *, through: int | None = None) -> Lineage:
    """Return the batches with a record whose event time lies before the aware `before`.

    `through` leaves out batches landed after that number, as a build may not hold them yet. Only
    the segments of the day of `before` are opened, for the times they begin with.
    """
    batches = [
        batch
        for batch, _ in BatchLog(place.log).read()
        if through is None or batch.sequence <= through
    ]
    sources = tuple(
        source for batch in batches if (source := _source(place, batch, before)) is not None
    )
    last = sources[-1].sequence if sources else 0
    offered: dict[str, Counts] = {}
    for batch in batches:
        if batch.sequence <= last:
            offered[batch.kind] = offered.get(batch.kind, Counts()) + batch.counts
    return Lineage(sources, dict(sorted(offered.items())))


def later_sources(known: Iterable[str], now: Sequence[Source]) -> list[Source]:
    """Return those of `now` whose batch is not among the names `known`."""
    names = set(known)
    return [source for source in now if source.batch not in names]


def earliest_records(
    place: Place, source: Source, before: datetime, most: int = 10
) -> list[dict[str, Any]]:
    """Return the earliest records of a batch from before the aware `before`: key and event time."""
    stored = kind_table(source.kind)
    names = list(dict.fromkeys((*stored.key, stored.event_time)))
    found: list[dict[str, Any]] = []
    for path in source.paths:
        rows = pq.read_table(place.landing / path, columns=names, partitioning=None).to_pylist()
        timed = [{**row, stored.event_time: _naive(row[stored.event_time])} for row in rows]
        found += [row for row in timed if row[stored.event_time] < _naive(before)]
        found = sorted(found, key=lambda row: (row[stored.event_time], str(row)))[:most]
    return found


def _source(place: Place, batch: BatchRecord, before: datetime) -> Source | None:
    segments = [one for one in batch.segments if _begins(place, batch.kind, one, before)]
    if not segments:
        return None
    days: dict[date, int] = {}
    for segment in segments:
        days[segment.day] = days.get(segment.day, 0) + segment.rows
    told = hashlib.sha256("".join(one.sha256 for one in segments).encode())
    return Source(
        batch=batch.name,
        sequence=batch.sequence,
        kind=batch.kind,
        source=batch.source,
        landed_at=batch.landed_at,
        rows=sum(days.values()),
        first_day=min(days),
        last_day=max(days),
        sha256=told.hexdigest(),
        days=tuple(sorted(days.items())),
        paths=tuple(one.path for one in segments),
    )


def _begins(place: Place, kind: str, segment: Segment, before: datetime) -> bool:
    """Whether a segment holds a record from before the instant."""
    day = before.astimezone(UTC).date()
    if segment.day != day:
        return segment.day < day
    first = _first_event(place, kind, segment)
    return first is None or first < before.astimezone(UTC).replace(tzinfo=None)


def _first_event(place: Place, kind: str, segment: Segment) -> datetime | None:
    """The earliest event time in a segment, naive UTC; None where its file does not say."""
    file = pq.ParquetFile(place.landing / segment.path)
    place_of = file.schema_arrow.get_field_index(kind_table(kind).event_time)
    if place_of < 0:
        return None
    firsts = []
    for group in range(file.metadata.num_row_groups):
        told = file.metadata.row_group(group).column(place_of).statistics
        if told is None or not told.has_min_max:
            return None
        firsts.append(_naive(told.min))
    return min(firsts, default=None)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


SOURCES = pa.schema(
    [
        ("kind", pa.string()),
        ("source", pa.string()),
        ("records", pa.int64()),
        ("first_day", pa.date32()),
        ("last_day", pa.date32()),
        ("sha256", pa.string()),
    ]
)


def sources_table(sources: Sequence[Source]) -> pa.Table:
    """Return the sources as rows of `SOURCES`, by kind and days, in whatever order they landed."""
    rows = [
        {**{name: getattr(one, name, None) for name in SOURCES.names}, "records": one.rows}
        for one in sources
    ]
    by = [(name, "ascending") for name in ("kind", "first_day", "last_day", "source", "sha256")]
    return pa.Table.from_pylist(rows, SOURCES).sort_by(by)
