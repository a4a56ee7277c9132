"""Durable landing: accepted records as immutable Parquet, before anything else knows of them.

Written under a temporary name, synced, renamed, the folder synced; then the batch log names them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.batch_log import Segment, batch_name
from pipelines.errors import LandingDamagedError, PipelineError
from pipelines.failpoints import reach
from pipelines.kindtables import KindTable
from pipelines.places import Place, remove_folder, sync_file, sync_folder, write_durably
from pipelines.sqlfiles import sql_text

ROW_GROUP_ROWS = 122_880
WRITERS = 2
"""Days written at once: one row group keeps one core busy."""


def land(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    table: KindTable,
    name: str,
    rows_by_day: Mapping[date, int],
) -> tuple[Segment, ...]:
    """Write the rows of view `to_land` as segments of batch `name`, one a day, and return them."""
    pending = place.pending / name
    remove_folder(pending)
    pending.mkdir(parents=True)
    folder = place.landing / table.kind
    targets = {day: folder / f"day={day}" / f"{name}.parquet" for day in rows_by_day}
    statement = sql_text("land.sql").format(event_time=table.event_time)
    intent = {"targets": [str(target.relative_to(place.landing)) for target in targets.values()]}
    write_durably(pending / "intent.json", json.dumps(intent).encode())
    with ThreadPoolExecutor(WRITERS) as pool:
        written = list(
            pool.map(lambda day: _write_day(connection, statement, pending, day), targets)
        )
    reach("segments_written")
    segments = tuple(
        _move(place, file, targets[day], rows)
        for file, (day, rows) in zip(written, rows_by_day.items(), strict=True)
    )
    for changed in {target.parent for target in targets.values()} | {folder, place.landing}:
        sync_folder(changed)
    reach("segments_renamed")
    return segments


def _write_day(
    connection: duckdb.DuckDBPyConnection, statement: str, pending: Path, day: date
) -> Path:
    file = pending / f"{day}.parquet"
    with connection.cursor() as cursor:
        cursor.execute(statement, {"day": day, "file": str(file), "row_group": ROW_GROUP_ROWS})
    sync_file(file)
    return file


def _move(place: Place, written: Path, target: Path, rows: int) -> Segment:
    target.parent.mkdir(parents=True, exist_ok=True)
    size, digest = written.stat().st_size, sha256_of(written)
    written.replace(target)
    return Segment(str(target.relative_to(place.landing)), rows, size, digest)


def finish(place: Place, name: str) -> None:
    """Forget the unfinished state of a batch that the log now names."""
    remove_folder(place.pending / name)


def clear_unfinished(place: Place, next_sequence: int) -> None:
    """Remove what a batch that never reached the log left behind."""
    for folder in place.pending.iterdir() if place.pending.is_dir() else ():
        intent = folder / "intent.json"
        is_landed = int(folder.name.partition("-")[0]) < next_sequence
        if intent.exists() and not is_landed:
            for target in json.loads(intent.read_bytes())["targets"]:
                (place.landing / target).unlink(missing_ok=True)
        remove_folder(folder)
    # One writer has one batch in hand, so only the next one's number can be unfinished.
    unfinished = batch_name(next_sequence, "*")
    for pattern in (f"{unfinished}.jsonl", f".{unfinished}.jsonl.tmp"):
        for file in place.quarantine.glob(pattern):
            file.unlink()


def sha256_of(path: Path) -> str:
    """The digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_segment(place: Place, segment: Segment) -> Path:
    """Return the path of a segment whose bytes are those that were landed.

    Raises LandingDamagedError otherwise: nothing else can tell what the records were.
    """
    path = place.landing / segment.path
    if not path.exists():
        raise LandingDamagedError(f"{path}: a landed segment is gone; restore it from a backup")
    if path.stat().st_size != segment.bytes or sha256_of(path) != segment.sha256:
        raise LandingDamagedError(f"{path}: a landed segment is damaged; restore it from a backup")
    return path


def write_quarantine(place: Place, name: str, entries: list[dict[str, Any]]) -> str:
    """Keep what was set aside from batch `name`; returns the file's name."""
    lines = [json.dumps(entry, sort_keys=True, separators=(",", ":")) for entry in entries]
    file = f"{name}.jsonl"
    write_durably(place.quarantine / file, ("\n".join(lines) + "\n").encode())
    reach("quarantine_written")
    return file


def read_quarantine(place: Place, file: str) -> list[dict[str, Any]]:
    """What was set aside from one batch."""
    path = place.quarantine / file
    if not path.exists():
        raise LandingDamagedError(f"{path}: a quarantine file is gone; restore it from a backup")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def require_space(place: Place, floor_bytes: int) -> None:
    """Refuse to begin a batch when the disk is nearly full, before anything meets its end."""
    root = place.home
    while not root.exists():
        root = root.parent
    stats = os.statvfs(root)
    free = stats.f_bavail * stats.f_frsize
    if free < floor_bytes:
        raise PipelineError(
            f"{place.home}: {free} bytes free is less than {floor_bytes}; make room and run again"
        )
