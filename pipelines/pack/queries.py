"""The SQL of this package, as files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def query(name: str) -> str:
    """The text of `pipelines/pack/<name>.sql`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
