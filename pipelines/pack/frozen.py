"""Frozen reviews: a folder of files for each, written once and never again.

    reviews/<program>/<period>/manifest.json   what it says of itself
                              report.html ...  the pack in each format
                              frozen.json      who froze it and when, and the manifest's digest

The folder appears whole, by one rename, or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipelines.errors import LandingDamagedError, PipelineError
from pipelines.places import Place, remove_folder, sync_folder
from pipelines.windows import format_instant, parse_instant

MANIFEST = "manifest.json"
SEAL = "frozen.json"
_READ_ONLY = 0o444
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Frozen:
    """One frozen review."""

    program_id: str
    period: str
    folder: Path
    author: str
    at: datetime
    sha256: str
    """Of its manifest, which holds the digests of its files."""

    manifest: Mapping[str, Any]


def freeze(
    place: Place,
    program_id: str,
    period: str,
    files: Mapping[str, bytes],
    *,
    author: str,
    at: datetime,
) -> Frozen:
    """Store `files`, among them `manifest.json`, for good; PipelineError where one is there."""
    folder = _folder(place, program_id, period)
    if folder.exists():
        raise PipelineError(f"{folder}: this review is frozen; it cannot be frozen anew")
    pending = folder.with_name(f".{folder.name}.pending")
    remove_folder(pending)
    pending.mkdir(parents=True)
    seal = {
        "program_id": program_id,
        "period": period,
        "author": author,
        "at": format_instant(at),
        "sha256": hashlib.sha256(files[MANIFEST]).hexdigest(),
    }
    for name, data in {**files, SEAL: _sealed(seal)}.items():
        _write(pending / name, data)
    sync_folder(pending)
    pending.rename(folder)
    for changed in (folder.parent, folder.parent.parent, place.root):
        sync_folder(changed)
    return read_frozen_folder(folder)


def read_frozen(place: Place, program_id: str, period: str) -> Frozen | None:
    """Return a frozen review, or None; LandingDamagedError where it is not as it was frozen."""
    folder = _folder(place, program_id, period)
    return read_frozen_folder(folder) if folder.exists() else None


def all_frozen(place: Place) -> Iterator[Frozen]:
    """Yield every frozen review of a partner, by program and period."""
    for seal in sorted((place.root / "reviews").glob(f"*/*/{SEAL}")):
        if not seal.parent.name.startswith("."):
            yield read_frozen_folder(seal.parent)


def read_frozen_folder(folder: Path) -> Frozen:
    """Return the frozen review in `folder`, every file of it checked against its digest."""
    try:
        sealed = (folder / SEAL).read_bytes()
        seal = json.loads(sealed)
        manifest = json.loads((folder / MANIFEST).read_bytes())
        told = {name: entry["sha256"] for name, entry in manifest["files"].items()}
        told[MANIFEST] = seal["sha256"]
        is_whole = sealed == _sealed(seal) and all(
            _digest(folder / name) == sha256 for name, sha256 in told.items()
        )
        named = (seal["program_id"], seal["period"], folder, seal["author"])
        found = Frozen(*named, parse_instant(seal["at"]), seal["sha256"], manifest)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise LandingDamagedError(f"{folder}: a file is gone or unreadable; restore it") from error
    if not is_whole:
        raise LandingDamagedError(f"{folder}: not as it was frozen; restore it from a backup")
    return found


def _folder(place: Place, program_id: str, period: str) -> Path:
    return place.root / "reviews" / _safe(program_id) / _safe(period)


def _safe(name: str) -> str:
    """A file name that only this id has: ids may hold slashes, and be longer than a name may."""
    quoted = quote(name, safe="")
    if quoted.startswith("."):
        quoted = f"%2E{quoted[1:]}"
    if len(quoted) <= _LONGEST_NAME:
        return quoted
    return f"{quoted[:_LONGEST_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _sealed(seal: Mapping[str, str]) -> bytes:
    """The seal as a file, with the digest of what it says."""
    said = {name: value for name, value in seal.items() if name != "seal"}
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return json.dumps({**said, "seal": digest}, indent=2, sort_keys=True).encode() + b"\n"


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _READ_ONLY)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
