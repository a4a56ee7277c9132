"""Files of made-up records in any number, made by the engine itself so that they are quick."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

SQL = Path(__file__).parent / "sql"
FIRST_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - the engine's own times are UTC without saying so

BUSY = {
    "programs": "programs",
    "limits": "busy_limits",
    "quotes": "busy_quotes",
    "trades": "busy_trades",
    "ledger": "busy_ledger",
    "orders": "busy_orders",
    "webhooks": "busy_webhooks",
    "balances": "busy_balances",
    "availability": "availability",
    "errors": "busy_errors",
    "tickets": "busy_tickets",
}
"""Kinds of records, and their statements, of a program whose every page has something to show."""

MADE_OF = {
    "busy_quotes": "quotes",
    "busy_trades": "busy_deals",
    "busy_orders": "busy_deals",
    "busy_webhooks": "busy_deals",
    "busy_entries": "busy_deals",
    "busy_ledger": "busy_entries",
    "busy_balances": "busy_entries",
}


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
    return _copied(query, stretch, file)


def write_busy(kind: str, stretch: Stretch, file: Path) -> Path:
    """Write the records of `kind` of a program that fills every page, which tie out almost all."""
    return _copied(_made_of(BUSY[kind]), stretch, file)


def _made_of(name: str) -> str:
    """A statement with the one it is made from in its place."""
    base = MADE_OF.get(name)
    return statement(name).format(query=_made_of(base)) if base else statement(name)


def _copied(query: str, stretch: Stretch, file: Path) -> Path:
    used = {name: value for name, value in stretch.parameters.items() if f"${name}" in query}
    form = "parquet" if file.suffix == ".parquet" else "json"
    with duckdb.connect() as connection:
        connection.execute(
            statement(f"copy_{form}").format(query=query), {**used, "file": str(file)}
        )
    return file
