"""The SQL of the review, as files beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def query(name: str) -> str:
    """The text of `pipelines/review/<name>.sql`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
