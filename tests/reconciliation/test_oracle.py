"""The product's answer against a plain reading of the rules, on random awkward books that arrive in
several loads, so that most stories are compared again when a record of theirs comes late."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts import open_engine
from pipelines.serving import opened
from pipelines.sqlfiles import sql_text
from pipelines.utilization import windows_table
from pipelines.windows import calendar_windows
from tests.reconciliation.oracle import Break, breaks, counted, known_from, state
from tests.reconciliation.sides import Books, Lost, read_books
from tests.reconciliation.stories import exceptions_table
from tests.reconciliation.worlds import EDGES, MIDNIGHT, in_loads, random_books
from tests.warehouse import UNSHRUNK, Record, ingest_world, place_of, settings_of

SEEDS = st.integers(0, 2**32 - 1)
Told = tuple[object, ...]
END = MIDNIGHT + timedelta(days=3)
COMPARED = (
    "kind",
    "match",
    "pool_id",
    "currency",
    "amount",
    "event_at",
    "transact_id",
    "entry_id",
    "partner_reference",
)


def told_by_product(home: Path, as_of: datetime) -> tuple[Counter[Told], Counter[Told]]:
    """What is said as of a time; beside it, what was seen once and was explained away since."""
    with opened(place_of(home)) as build:
        rows = exceptions_table(build.connection, as_of=as_of).to_pylist()
    seen = [row for row in rows if row["state"] == "resolved" and row["resolved_at"]]
    return Counter(map(_told, rows)), Counter(map(_told, seen))


def _told(row: Record) -> Told:
    candidates = row["candidates"]
    assert isinstance(candidates, list)
    return (row["state"], *map(_spelled, map(row.get, COMPARED)), tuple(candidates))


def told_by_oracle(books: Books, found: list[Break], as_of: datetime) -> Counter[Told]:
    return Counter(
        (said, *(_spelled(getattr(each, name)) for name in COMPARED), each.candidates)
        for each in found
        if (said := state(each, as_of, books.lateness))
    )


def kept_books(home: Path, world: dict[str, list[Record]]) -> Books:
    """The world without what lost to another record, as the product decided by content."""
    with closing(open_engine(settings_of(home))) as connection:
        connection.execute(sql_text("attach_read_only.sql"), {"file": str(place_of(home).facts)})
        tables = {
            kind: connection.table(f"facts.{kind}").to_arrow_table().to_pylist() for kind in world
        }
        flags = connection.table("facts.trade_flags").to_arrow_table().to_pylist()
    disputed = {(row["transact_id"], row["status"]) for row in flags if row["flag"] == "conflict"}
    kept: dict[str, list[Record]] = {}
    lost: list[Lost] = []
    for kind, records in world.items():
        held = {_content(kind, row) for row in tables[kind]}
        seen = set()
        for record in records:
            content = _content(kind, record)
            if content in seen:
                continue
            seen.add(content)
            key = (record.get("transact_id"), record.get("status"))
            if content in held and not (kind == "trades" and key in disputed):
                kept.setdefault(kind, []).append(record)
            else:
                lost.append(Lost(kind, record))
    return read_books(kept, lost, tradeless=settings_of(home).tradeless_order_statuses)


NAMES = {
    "trades": (
        "transact_id",
        "status",
        "fiat_amount",
        "quote_id",
        "status_at",
        "created_at",
        "partner_reference",
    ),
    "ledger": ("entry_id", "delta", "ref", "created_at"),
    "orders": ("partner_reference", "quote_id", "status", "created_at"),
    "quotes": ("request_id", "quote_id", "fiat_amount"),
}
"""The key of each kind and what is contradicted."""


def _spelled(value: object) -> object:
    return f"{value:.8f}" if isinstance(value, Decimal) else str(value)


def _content(kind: str, record: Record) -> Told:
    return tuple(_plain(name, record.get(name)) for name in NAMES[kind])


def _plain(name: str, value: Any) -> object:
    if name in ("fiat_amount", "delta"):
        return f"{float(value):.8f}"
    if name.endswith("_at"):
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.replace(tzinfo=UTC)
    return value


def as_ofs(found: list[Break], random: Random) -> Iterator[datetime]:
    """The end of it all, and instants at and beside what happens."""
    yield END
    for _ in range(12):
        each = random.choice(found)
        edge = random.choice((each.event_at, each.closed_at or each.event_at))
        beside = random.choice((-1, 0, 0, 1)) * timedelta(microseconds=1)
        yield edge + random.choice(EDGES) + beside


def windows_of(home: Path, as_of: datetime) -> list[Record]:
    """The rows of the hours and days of a world."""
    span = (MIDNIGHT - timedelta(days=2), as_of, "UTC")
    with opened(place_of(home)) as build:
        windows = [*calendar_windows("1h", *span), *calendar_windows("day", *span)]
        return windows_table(build.connection, windows, as_of=as_of).to_pylist()


def counted_by_oracle(books: Books, found: list[Break], row: Record, as_of: datetime) -> int | None:
    """What `ledger_exceptions` is in the window of a row."""
    start, end = row["window_start"], row["window_end"]
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    first_day = known_from(books)
    if first_day is None or min(end, as_of) <= first_day:
        return None
    lane = (str(row["pool_id"]), str(row["currency"]))
    times = counted(found, as_of, books.lateness, lane)
    return sum(start <= each < min(end, as_of) for each in times)


@given(seed=SEEDS)
@settings(max_examples=5, phases=UNSHRUNK)
def test_the_product_finds_what_a_plain_reading_finds(seed: int) -> None:
    random = Random(seed)
    world = random_books(seed, 60)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        for load in in_loads(world, random, late=3):
            ingest_world(home, load)
        books = kept_books(home, world)
        found = breaks(books)
        for as_of in as_ofs(found, random):
            told, seen = told_by_product(home, as_of)
            expected = told_by_oracle(books, found, as_of)
            assert not expected - told
            assert not told - expected - seen
        for end in (END, MIDNIGHT + random.randrange(1, 100) * timedelta(minutes=15)):
            for row in windows_of(home, end):
                assert row["ledger_exceptions"] == counted_by_oracle(books, found, row, end)
