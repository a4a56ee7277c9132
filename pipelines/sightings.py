"""When exceptions were first seen open and seen closed: an append-only file beside the batch log.

Records say what is wrong, not when somebody could first have known; that is kept here, so that a
warehouse made anew from landing still tells it. One line each time one of the two times changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.checked_lines import body_of, checked_line
from pipelines.places import sync_folder

FILE = "exceptions.jsonl"


def read_sightings(landing: Path) -> Iterator[str]:
    """Yield the sightings in the order they were made; a line that a crash cut off is none."""
    path = landing / FILE
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            body = body_of(line)
            if body is not None:
                yield body.decode()


def append_sightings(landing: Path, sightings: Sequence[str]) -> None:
    """Have the sightings on disk before going on."""
    if not sightings:
        return
    path = landing / FILE
    is_new = not path.exists()
    landing.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        if not _ends_whole(path):
            file.write(b"\n")
        file.writelines(checked_line(sighting.encode()) for sighting in sightings)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync_folder(landing)


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return True
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"
