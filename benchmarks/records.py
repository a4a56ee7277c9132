"""Files of made-up records in any number, made by the engine itself so that they are quick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

SQL = Path(__file__).parent / "sql"
FIRST_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - the engine's own times are UTC without saying so


@dataclass(frozen=True, slots=True)
class Stretch:
    """Records spread evenly over a time, with ids counted from `first`."""

    rows: int
    days: float
    start: datetime = FIRST_DAY
    first: int = 0

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=self.days)

    @property
    def parameters(self) -> dict[str, object]:
        return {
            "rows": self.rows,
            "first": self.first,
            "start": self.start,
            "seconds": self.days * 86_400,
        }


def statement(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def write(kind: str, stretch: Stretch, file: Path, *, opaque: bool = False) -> Path:
    """Write one file of records of `kind`; its name says whether as JSON Lines or Parquet.

    With `opaque`, ids are digests, so that their order says nothing of when they were made.
    """
    query = statement(kind)
    if opaque:
        query = statement(f"opaque_{kind}").format(query=query)
    used = {name: value for name, value in stretch.parameters.items() if f"${name}" in query}
    form = "parquet" if file.suffix == ".parquet" else "json"
    with duckdb.connect() as connection:
        connection.execute(
            statement(f"copy_{form}").format(query=query), {**used, "file": str(file)}
        )
    return file
