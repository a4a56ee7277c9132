"""Keep a home in order: what came, what was set aside, is it all there, and make it anew."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.batch_log import BatchLog, Counts
from pipelines.contracts import judge
from pipelines.dump import table_digests
from pipelines.errors import HomeLockedError, NothingPublishedError, PipelineError
from pipelines.facts import Facts, forget_set_aside, open_engine, set_aside
from pipelines.failpoints import reach
from pipelines.findings.notifying import deliveries
from pipelines.loading import Arrival
from pipelines.places import Place, places, unassigned
from pipelines.publish import read_pointer
from pipelines.screening.staging import add_judged, empty_screened
from pipelines.serving import is_outdated, opened
from pipelines.settings import Settings
from pipelines.settling import derive_tables, settle
from pipelines.sqlfiles import sql_text

Row = dict[str, Any]
REPLAYED_FROM = "quarantine"


def status_rows(place: Place, *, at: datetime) -> Iterator[Row]:
    """What has arrived for a partner: a row for each kind and source, load, and reason set aside.

    Ages are whole seconds before the aware `at`. Answered from the published build, so that a
    writer at work does not matter.
    """
    scope = {"environment": place.environment, "partner_id": place.partner_id}
    try:
        with opened(place) as build:
            waiting = BatchLog(place.log).size > _published_bytes(place)
            yield {
                "row": "build",
                **scope,
                "build_id": build.build_id,
                "watermark": build.watermark,
                "latest": build.latest,
                "unpublished_batches": waiting,
            }
            for row, file in (
                ("source", "status_sources.sql"),
                ("load", "status_loads.sql"),
                ("set_aside", "status_set_aside.sql"),
                ("dropped_field", "status_dropped.sql"),
                ("check", "status_checks.sql"),
            ):
                for found in _rows(build.connection, file):
                    yield _aged({"row": row, **scope, **found}, at)
    except NothingPublishedError:
        yield {"row": "build", **scope, "build_id": None}
    yield from _undelivered(place)


def _undelivered(place: Place) -> Iterator[Row]:
    """How many notices and review packs have not arrived, by what comes of them next."""
    scope = {"environment": place.environment, "partner_id": place.partner_id}
    held = [one for one in deliveries(place) if one.state != "sent"]
    for state in sorted({one.state for one in held}):
        ended = [one.at for one in held if one.state == state]
        count = {"deliveries": len(ended), "newest_at": max(ended)}
        yield {"row": "undelivered", **scope, "state": state, **count}


def _published_bytes(place: Place) -> int:
    pointer = read_pointer(place)
    return int(pointer.get("log_bytes", 0)) if pointer else 0


def _aged(row: Row, at: datetime) -> Row:
    newest = row.get("newest_event_at")
    if isinstance(newest, datetime):
        age = at - newest.replace(tzinfo=at.tzinfo)
        row["age_s"] = age // timedelta(seconds=1)
    return row


def unassigned_row(settings: Settings) -> Iterator[Row]:
    """What was offered without a partner that could be told, where there was any."""
    place = unassigned(settings.home)
    total = sum((record.counts for record, _ in BatchLog(place.log).read()), Counts())
    if total.offered:
        scope = {"environment": place.environment, "partner_id": place.partner_id}
        yield {"row": "unassigned", **scope, **asdict(total)}


def quarantine_rows(settings: Settings, place: Place) -> list[Row]:
    """Everything set aside and not resolved, with the line it stood on and what to do."""
    if not place.facts.exists():
        return []
    connection = open_engine(settings)
    try:
        connection.execute(sql_text("attach_read_only.sql"), {"file": str(place.facts)})
        return list(_rows(connection, "quarantine_entries.sql"))
    except duckdb.IOException as error:
        raise HomeLockedError(
            f"{place.home}: a writer holds the facts of {place.partner_id}; try again"
        ) from error
    finally:
        connection.close()


def replay_quarantine(settings: Settings, place: Place, *, at: datetime) -> Counts:
    """Judge again what was set aside and kept whole, and load what is right by now.

    A record of which something was withheld stays: what was not kept cannot be loaded.
    """
    connection = open_engine(settings)
    facts = Facts(connection, place, settings)
    facts.open()
    try:
        counts = sum(_replayed(facts, settings, at), Counts())
        if counts.offered:
            facts.derive(settle)
    finally:
        facts.close()
        connection.close()
    return counts


def _replayed(facts: Facts, settings: Settings, at: datetime) -> Iterator[Counts]:
    by_kind: dict[str, tuple[list[str], list[Row]]] = {}
    for entry in _rows(facts.connection, "quarantine_entries.sql"):
        whole = entry["rule"] != "conflict" and entry["withheld"] == "{}"
        if entry["disposition"] != "quarantined" or not whole:
            continue
        verdict = judge(entry["kind"], json.loads(entry["fields"]), codes=settings.codes)
        if verdict.record is not None:
            ids, records = by_kind.setdefault(entry["kind"], ([], []))
            ids.append(entry["entry_id"])
            records.append(verdict.record)
    for kind, (ids, records) in sorted(by_kind.items()):
        empty_screened(facts.connection, kind)
        add_judged(facts.connection, kind, range(1, len(records) + 1), records)
        yield facts.load(Arrival(kind, REPLAYED_FROM, at, [], {}, resolves=tuple(ids)))


@dataclass(frozen=True, slots=True)
class Check:
    """One thing verified: what it should be and what it is."""

    name: str
    expected: str
    found: str

    @property
    def holds(self) -> bool:
        """Whether it is as it should be."""
        return self.expected == self.found

    def row(self) -> Row:
        """The check as a row."""
        return {"check": self.name, "expected": self.expected, "found": self.found}


def verify_place(settings: Settings, place: Place) -> Iterator[Check]:
    """Load landing again beside the warehouse, and compare every table, count and sum.

    Raises LandingDamagedError when landing itself is not what was written.
    """
    with tempfile.TemporaryDirectory(dir=place.root, prefix=".verify-") as folder:
        fresh = _digests(settings, place, Path(folder) / "facts.duckdb")
    held = _digests(settings, place, place.facts, as_is=True)
    for table in sorted({*fresh, *held}):
        expected, found = fresh.get(table, (0, "")), held.get(table, (0, ""))
        yield Check(f"{table} rows", str(expected[0]), str(found[0]))
        yield Check(f"{table} content", expected[1], found[1])
    yield from _verify_build(settings, place)


def _digests(
    settings: Settings, place: Place, file: Path, *, as_is: bool = False
) -> dict[str, tuple[int, str]]:
    connection = open_engine(settings)
    try:
        if as_is:
            connection.execute(sql_text("attach_read_only.sql"), {"file": str(file)})
        else:
            facts = Facts(connection, place, settings, file=file)
            facts.open()
            derive_tables(facts, is_trial=True)
        return table_digests(connection)
    except duckdb.IOException as error:
        raise PipelineError(
            f"{file}: the warehouse does not open; run `utilization rebuild`"
        ) from error
    finally:
        connection.close()


def _verify_build(settings: Settings, place: Place) -> Iterator[Check]:
    """Compare the published build's sums with the warehouse's; splitting a bucket changes none."""
    connection = open_engine(settings)
    try:
        connection.execute(sql_text("attach_read_only.sql"), {"file": str(place.facts)})
        wanted = _sums(connection, "facts")
    finally:
        connection.close()
    with opened(place) as build:
        served = _sums(build.connection, "main")
    for name, expected in wanted.items():
        yield Check(f"published {name}", expected, served[name])


def _sums(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, str]:
    (row,) = _rows_of(connection, sql_text("verify_sums.sql").format(catalog=schema))
    return {name: str(value) for name, value in row.items()}


def renew_builds(settings: Settings) -> list[str]:
    """Publish again what another version of the product published; returns the new builds' ids.

    The caller holds the home's lock. The facts are brought up to date where they need it.
    """
    renewed = []
    for place in places(settings.home):
        if is_outdated(place):
            connection = open_engine(settings)
            facts = Facts(connection, place, settings)
            facts.open()
            try:
                renewed.append(facts.derive(settle))
            finally:
                facts.close()
                connection.close()
    return renewed


def rebuild_place(settings: Settings, place: Place) -> str:
    """Make the warehouse anew from landing and publish it; returns the build's id.

    Killed on the way, the next writer goes on where this one was.
    """
    set_aside(place.facts)
    reach("rebuild_begun")
    connection = open_engine(settings)
    facts = Facts(connection, place, settings)
    facts.open()
    try:
        build_id = settle(facts, anew=True)
        forget_set_aside(place.facts)
    finally:
        facts.close()
        connection.close()
    return build_id


def _rows(connection: duckdb.DuckDBPyConnection, file: str) -> Iterator[Row]:
    return _rows_of(connection, sql_text(file))


def _rows_of(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        for values in cursor.fetchall():
            yield dict(zip(names, values, strict=True))
