"""The SQL of the questions about the books, as files beside them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def query(name: str) -> str:
    """The text of `pipelines/books/<name>.sql`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
