"""Where one partner's things lie in a home, and how bytes get there for good.

In `<home>/<environment>/<partner>/`:

    landing/<kind>/day=YYYY-MM-DD/<batch>.parquet   accepted records
    landing/batches.jsonl                           the batch log
    quarantine/<batch>.jsonl                        what was set aside
    facts.duckdb                                    cache of landing
    serving/<build>.duckdb, current.json            what readers open
    reviews/                                        notes, decisions and frozen reviews

Records whose partner cannot be told lie under `<home>/unassigned/-/`, in the same shape.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENTS = ("production", "sandbox")
UNASSIGNED = ("unassigned", "-")


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one partner in one environment."""

    home: Path
    environment: str
    partner_id: str

    @property
    def root(self) -> Path:
        """The folder itself."""
        return self.home / self.environment / self.partner_id

    @property
    def landing(self) -> Path:
        """Accepted records, for good."""
        return self.root / "landing"

    @property
    def log(self) -> Path:
        """One line a batch; what it does not name was never landed."""
        return self.landing / "batches.jsonl"

    @property
    def pending(self) -> Path:
        """Segments being written."""
        return self.landing / ".pending"

    @property
    def quarantine(self) -> Path:
        """What was set aside, and why."""
        return self.root / "quarantine"

    @property
    def facts(self) -> Path:
        """The warehouse, rebuilt from landing whenever it is not whole."""
        return self.root / "facts.duckdb"

    @property
    def serving(self) -> Path:
        """Published builds."""
        return self.root / "serving"

    @property
    def is_assigned(self) -> bool:
        """Whether this is a partner's place and not that of unassigned records."""
        return (self.environment, self.partner_id) != UNASSIGNED


def unassigned(home: Path) -> Place:
    """The place of records whose partner cannot be told."""
    return Place(home, *UNASSIGNED)


def places(home: Path) -> list[Place]:
    """Every partner's place in `home`, by environment and partner."""
    return list(_places(home))


def _places(home: Path) -> Iterator[Place]:
    for environment in ENVIRONMENTS:
        folder = home / environment
        if folder.is_dir():
            for partner in sorted(path for path in folder.iterdir() if path.is_dir()):
                yield Place(home, environment, partner.name)


def write_durably(path: Path, data: bytes) -> None:
    """Replace `path` by `data`: a reader sees the old bytes or the new, also after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f".{path.name}.tmp")
    with waiting.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Have the bytes of `path` on disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Have the names in `path` on disk before going on."""
    sync_file(path)


def remove_folder(path: Path) -> None:
    """Remove a folder of unfinished work, if it is there."""
    shutil.rmtree(path, ignore_errors=True)
