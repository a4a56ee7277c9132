"""What a home comes to, apart from how it came to it, and whether it is whole."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipelines.batch_log import BatchLog
from pipelines.dump import canonical_dump
from pipelines.facts import open_engine
from pipelines.landing import check_segment
from pipelines.places import Place, places, unassigned
from pipelines.settings import Settings
from pipelines.sqlfiles import sql_text


@dataclass(frozen=True)
class Remains:
    """The warehouse of every place of a home, and what stands in quarantine there."""

    dump: tuple[str, ...]
    set_aside: tuple[str, ...]


def remains_of(home: Path) -> Remains:
    """Read a home that no one writes to."""
    dump: list[str] = []
    set_aside: list[str] = []
    for place in every_place(home):
        with closing(open_engine(Settings(home=home, threads=1))) as connection:
            connection.execute(sql_text("attach_read_only.sql"), {"file": str(place.facts)})
            owner = f"{place.environment}/{place.partner_id}"
            dump += [f"{owner} {line}" for line in canonical_dump(connection)]
            entries = connection.sql("select * exclude (sequence) from facts.quarantine").fetchall()
            set_aside += [f"{owner} {entry}" for entry in entries]
    return Remains(tuple(dump), tuple(sorted(set_aside)))


def every_place(home: Path) -> list[Place]:
    """The partners' places and that of unassigned records."""
    return [place for place in (*places(home), unassigned(home)) if place.facts.exists()]


def assert_whole(home: Path) -> None:
    """Nothing unfinished is left, and landing is just what the logs name, byte for byte."""
    for place in every_place(home):
        named = [record for record, _ in BatchLog(place.log).read()]
        assert [record.sequence for record in named] == list(range(1, len(named) + 1))
        segments = [segment for record in named for segment in record.segments]
        for segment in segments:
            check_segment(place, segment)
        found = {str(path.relative_to(place.landing)) for path in place.landing.rglob("*.parquet")}
        assert found == {segment.path for segment in segments}
        assert not list(place.pending.iterdir() if place.pending.exists() else ())
        quarantine = {path.name for path in place.quarantine.glob("*")}
        assert quarantine == {record.quarantine for record in named if record.quarantine}
        assert all(record.counts.adds_up for record in named)


def assert_readable(home: Path) -> None:
    """Whatever was interrupted: logs hold whole lines and a torn end at most, pointers a file."""
    for place in places(home):
        for record, _ in BatchLog(place.log).read():
            for segment in record.segments:
                check_segment(place, segment)
        pointer = place.serving / "current.json"
        if pointer.exists():
            assert (place.serving / json.loads(pointer.read_bytes())["file"]).exists()


def logged(home: Path) -> dict[str, list[str]]:
    """The batches that each log names, as they stand there."""
    return {
        str(place.root): [str(record) for record, _ in BatchLog(place.log).read()]
        for place in (*places(home), unassigned(home))
    }
