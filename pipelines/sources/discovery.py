"""Which files under the given paths are records, and of which kind: decided by name alone."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.contracts.private import secret_in
from pipelines.errors import UsageError

Format = Literal["json", "csv", "parquet"]
Compression = Literal["gz", "zst"]

NAME = re.compile(
    r"(?P<kind>[a-z]+)(?:[-_.].*)?\.(?P<ending>jsonl|ndjson|csv|parquet)(?:\.(?P<packed>gz|zst))?"
)
FORMATS: dict[str, Format] = {"jsonl": "json", "ndjson": "json", "csv": "csv", "parquet": "parquet"}
NAME_RULE = "<kind>[-_.anything].{jsonl,ndjson,csv,parquet}[.gz|.zst]"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of records of one kind."""

    path: Path
    kind: str
    format: Format
    compression: Compression | None

    @property
    def source(self) -> str:
        """The name recorded as the origin of its rows."""
        return shown_name(self.path)


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A file that cannot be told to hold any kind of record."""

    path: Path
    reason: str


def shown_name(path: Path) -> str:
    """A file's name as messages and records may hold it: 128 printable ASCII characters at most."""
    return re.sub(r"[^!-~]", "_", path.name)[:128]


def discover(
    paths: Iterable[Path], kinds: Collection[str], *, passing_over: Collection[Path] = ()
) -> tuple[list[SourceFile], list[Misnamed]]:
    """Return the record files under `paths` in a stable order, and those misnamed.

    Folders are searched wholly, but those in `passing_over` are not even entered; hidden files and
    files of other endings in them are passed over.
    Raises UsageError for a path that does not exist.
    """
    found: dict[Path, SourceFile] = {}
    misnamed: list[Misnamed] = []
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder; name one that exists")
        named_outright = not path.is_dir()
        for file in [path] if named_outright else _files_below(path, passing_over):
            answer = _classify(file, kinds, named_outright=named_outright)
            if isinstance(answer, SourceFile):
                found[file.resolve()] = answer
            elif answer is not None:
                misnamed.append(answer)
    return list(found.values()), misnamed


def _files_below(folder: Path, passing_over: Collection[Path]) -> list[Path]:
    found = []
    for place, folders, names in os.walk(folder):
        inside = Path(place)
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and inside / name not in passing_over
        ]
        found += [inside / name for name in names if not name.startswith(".")]
    return sorted(file for file in found if file.is_file())


def _classify(
    file: Path, kinds: Collection[str], *, named_outright: bool
) -> SourceFile | Misnamed | None:
    match = NAME.fullmatch(file.name)
    secret = secret_in(file.name)
    if match is not None and secret is not None:
        # The name would stand in every row and message; the folder's says enough.
        return Misnamed(file.parent, f"a file's name there holds a secret ({secret}); rename it")
    if match is None:
        return Misnamed(file, f"the name is not {NAME_RULE}") if named_outright else None
    if match["kind"] not in kinds:
        return Misnamed(
            file, f"the name begins with no kind of record; use one of {', '.join(sorted(kinds))}"
        )
    form = FORMATS[match["ending"]]
    packed: Compression | None = match["packed"]  # type: ignore[assignment]
    if form == "parquet" and packed is not None:
        return Misnamed(file, "Parquet compresses by itself; send it without .gz or .zst")
    return SourceFile(file, match["kind"], form, packed)
