"""Builders the tests of the warehouse share: records to files, files to a home, a home to answers.

Nothing here knows what a figure means; it writes what it is given and reads what was published.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import Phase

from pipelines.dump import canonical_dump
from pipelines.facts import open_engine
from pipelines.ingest import Ingestion, Report
from pipelines.places import Place
from pipelines.serving import opened
from pipelines.settings import Settings
from pipelines.sqlfiles import sql_text
from pipelines.utilization import windows_table
from pipelines.windows import Window, calendar_windows, rolling_window

Record = Mapping[str, object]
World = Mapping[str, Sequence[Record]]
LANDED_AT = datetime(2026, 12, 1, tzinfo=UTC)
FORMS = ("jsonl", "jsonl.gz", "csv", "parquet")
OWNER = ("production", "acme")
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""For properties of whole homes: an example takes seconds, so a failure is not made smaller."""


def settings_of(home: Path, **choices: Any) -> Settings:
    """Settings of a test's home: one thread, because worlds are small."""
    return Settings(home=home, **{"threads": 1, **choices})


def place_of(home: Path, owner: tuple[str, str] = OWNER) -> Place:
    """Where one owner's things lie."""
    return Place(home, *owner)


def write_records(path: Path, records: Sequence[Record]) -> Path:
    """Write records in the form that the file's name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name.endswith(".parquet"):
        pq.write_table(_table(records), path)
    elif path.name.endswith(".csv"):
        path.write_text(_csv(records), encoding="utf-8")
    else:
        data = "".join(json.dumps(record) + "\n" for record in records).encode()
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def write_world(folder: Path, world: World) -> list[Path]:
    """Write each kind of a world as one JSONL file."""
    return [
        write_records(folder / f"{kind}.jsonl", records)
        for kind, records in world.items()
        if records
    ]


def ingest(home: Path, paths: Iterable[Path], **choices: Any) -> Report:
    """Run one ingestion; its counts must add up whatever was in the files."""
    report = Ingestion(settings_of(home, **choices), at=LANDED_AT).run(paths)
    assert all(counts.adds_up for counts in report.counts.values())
    return report


def ingest_world(home: Path, world: World, **choices: Any) -> Report:
    """Write a world beside its home and ingest it."""
    return ingest(home, write_world(home.with_name(home.name + "-files"), world), **choices)


def dump_of(home: Path, owner: tuple[str, str] = OWNER) -> list[str]:
    """The canonical dump of one owner's facts as they are on disk."""
    with closing(open_engine(settings_of(home))) as connection:
        file = {"file": str(place_of(home, owner).facts)}
        connection.execute(sql_text("attach_read_only.sql"), file)
        return list(canonical_dump(connection))


def answer(connection: Any, windows: Sequence[Window], as_of: datetime) -> list[dict[str, Any]]:
    """The rows of these windows as Python values; reasons as a dict."""
    table = windows_table(connection, windows, as_of=as_of)
    return [
        {**row, "unavailable_reasons": dict(row["unavailable_reasons"])}
        for row in table.to_pylist()
    ]


def figures_of(home: Path, owner: tuple[str, str] = OWNER) -> list[dict[str, Any]]:
    """The rows of the published days, hours and rolling windows up to the watermark."""
    with opened(place_of(home, owner)) as build:
        if build.watermark is None:
            return []
        start = build.watermark - timedelta(days=3)
        windows = [
            *calendar_windows("day", start, build.watermark, "Asia/Kolkata"),
            *calendar_windows("1h", start, build.watermark, "Asia/Kolkata"),
            *(rolling_window(name, build.watermark) for name in ("24h", "30d")),
        ]
        return answer(build.connection, windows, build.watermark)


def counts_of(report: Report, owner: tuple[str, str] = OWNER) -> dict[str, int]:
    """What became of one owner's records of every kind together."""
    totals = dict.fromkeys(("offered", "loaded", "duplicate", "quarantined", "refused"), 0)
    for (_, *found), counts in report.counts.items():
        if tuple(found) == owner:
            for name in totals:
                totals[name] += getattr(counts, name)
    return totals


def _names(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(name for record in records for name in record))


def _csv(records: Sequence[Record]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _names(records))
    writer.writeheader()
    for record in records:
        writer.writerow({name: _cell(value) for name, value in record.items()})
    return text.getvalue()


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _table(records: Sequence[Record]) -> pa.Table:
    columns: dict[str, pa.Array] = {}
    for name in _names(records):
        values = [record.get(name) for record in records]
        known = next((value for value in values if value is not None), None)
        kind = _arrow(known)
        columns[name] = pa.array(values, kind)
    return pa.table(columns)


def _arrow(value: object) -> pa.DataType:
    if isinstance(value, bool):
        return pa.bool_()
    if isinstance(value, int):
        return pa.int32()
    if isinstance(value, list):
        return pa.list_(pa.string())
    return pa.string()
