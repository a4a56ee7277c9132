"""The core's SQL, as files beside it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def sql_text(name: str) -> str:
    """The text of `pipelines/sql/<name>`."""
    return (FOLDER / "sql" / name).read_text(encoding="utf-8")


@cache
def model_text(name: str) -> str:
    """The text of `pipelines/models/<name>.sql`."""
    return (FOLDER / "models" / f"{name}.sql").read_text(encoding="utf-8")


def _digest(*folders: str) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted((FOLDER / folder).glob("*.sql")):
            digest.update(f"{folder}/{file.name}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


@cache
def models_version() -> str:
    """A short digest of the SQL of what is stored: other SQL, and all of it is made anew."""
    return _digest("models", "models/reconciliation")


@cache
def definitions_version() -> str:
    """A short digest of all SQL that decides a figure."""
    return _digest(
        "models",
        "models/flows",
        "models/hours",
        "models/reconciliation",
        "metrics",
        "books",
        "checks",
    )
