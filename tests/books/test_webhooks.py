"""Which ends of trades the partner was told of, how soon, and of which it was never told.

Goal: the health of webhooks in any window and as of any instant is what the attempts say, a missing
one is named, and one that is merely on its way, or announces what is never announced, is not.
Method: random small books of trades and attempts, read by the product and in plain Python, told in
any order; and single cases by hand.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipelines.asof import build_as_of
from pipelines.books.webhooks import missing_webhooks_table, webhook_health_table
from pipelines.serving import opened
from pipelines.windows import Window, calendar_windows
from tests.books.ledgers import OWNER, START, Book, Record, at, instant, observation
from tests.mischief import scattered
from tests.warehouse import dump_of, ingest, ingest_world, place_of, settings_of

Row = dict[str, Any]
ENDS = ("settled", "failed", "released")
LATENESS = timedelta(minutes=15)
END = START + timedelta(days=4)
DELAYS = (1, 2, 5, 15, 60, 300, 900, 3600, 21600, 86400)


def attempt(
    number: int,
    count: int,
    minutes: float,
    outcome: str = "delivered",
    *,
    status: str = "settled",
    received_s: float | None = 0.2,
) -> Record:
    """One delivery attempt of the event that a trade reached an end."""
    is_received = outcome == "delivered" and received_s is not None
    return {
        **OWNER,
        "event_id": f"ev-{number}-{status}",
        "attempt": count,
        "event_type": f"pool.transaction.{status}",
        "transact_id": f"t-{number}",
        "outcome": outcome,
        "occurred_at": at(minutes),
        "received_at": at(minutes + (received_s or 0) / 60) if is_received else None,
    }


def random_attempts(random: Random, trades: int = 50) -> Book:
    """Trades over three days and the attempts to tell of their ends, some of which never came."""
    book: Book = {"trades": [], "webhooks": []}
    for number in range(trades):
        created = random.randrange(3 * 24 * 60)
        ended, status = created + random.randrange(400), random.choice(ENDS)
        book["trades"].append(observation(number, "reserved", created, created))
        book["trades"].append(observation(number, status, ended, created))
        if status == "settled" and random.random() < 0.2:
            book["trades"].append(observation(number, "returned", ended + 500, created))
        if random.random() < 0.15:
            continue
        minutes: float = ended
        for count in range(1, random.choice((2, 2, 2, 4, 6))):
            minutes += random.choice((0.1, 1, 7, 30, 700))
            outcome = random.choice(
                ("delivered", "delivered", "failed", "dead_lettered", "bad_signature")
            )
            delay = random.choice((None, 0.2, 1, 40, 4000, 90_000))
            book["webhooks"].append(
                attempt(number, count, minutes, outcome, status=status, received_s=delay)
            )
    return book


def health_of(home: Path, windows: list[Window], as_of: datetime) -> list[Row]:
    """The published health of a home, also as of an instant inside a stored bucket."""
    with build_as_of(settings_of(home), place_of(home), as_of) as build:
        table = webhook_health_table(build.connection, windows, as_of=as_of, lateness=LATENESS)
        return table.to_pylist()


def missing_of(home: Path, as_of: datetime, **choices: Any) -> list[str]:
    """The ids of the trades whose webhook is missing."""
    with opened(place_of(home)) as build:
        table = missing_webhooks_table(build.connection, as_of=as_of, lateness=LATENESS, **choices)
        found: list[str] = table["transact_id"].to_pylist()
        return found


def read_missing(book: Book, as_of: datetime) -> list[tuple[datetime, str, str]]:
    """Ends of trades without a delivery, from raw records: when, which trade, which end."""
    told = {
        (row["transact_id"], row["event_type"].rpartition(".")[2])
        for row in book["webhooks"]
        if row["outcome"] == "delivered" and instant(row["occurred_at"]) < as_of
    }
    first = min(instant(row["occurred_at"]) for row in book["webhooks"]).date()
    return sorted(
        (instant(row["status_at"]), row["transact_id"], row["status"])
        for row in book["trades"]
        if row["status"] in ENDS
        and instant(row["status_at"]) + LATENESS < as_of
        and instant(row["status_at"]).date() >= first
        and (row["transact_id"], row["status"]) not in told
    )


def read_health(book: Book, window: Window, as_of: datetime, status: str) -> Row:
    """The health of one type in one window, from raw records."""
    closes_at = min(window.end, as_of)
    events: dict[str, list[Record]] = defaultdict(list)
    outcomes: dict[str, int] = defaultdict(int)
    for row in book["webhooks"]:
        if row["event_type"].endswith(status):
            if window.start <= instant(row["occurred_at"]) < closes_at:
                outcomes[row["outcome"]] += 1
            events[row["event_id"]].append(row)
    delays, counts = [], {"events": 0, "delivered_events": 0, "duplicated_events": 0}
    for rows in events.values():
        first = min(instant(row["occurred_at"]) for row in rows)
        if not window.start <= first < closes_at:
            continue
        mine = sorted(
            (instant(row["occurred_at"]), row["received_at"])
            for row in rows
            if row["outcome"] == "delivered" and instant(row["occurred_at"]) < as_of
        )
        counts["events"] += 1
        counts["delivered_events"] += len(mine) > 0
        counts["duplicated_events"] += len(mine) > 1
        if mine and mine[0][1] is not None:
            delays.append((instant(mine[0][1]) - first).total_seconds())
    longest = -int(-max(delays) // 1) if delays else None
    missing = [
        1
        for moment, _, end in read_missing(book, as_of)
        if end == status and window.start <= moment < closes_at
    ]
    return {
        "attempts": sum(outcomes.values()),
        **{name: outcomes[name] for name in ("delivered", "failed", "dead_lettered")},
        "bad_signature": outcomes["bad_signature"],
        **counts,
        "missing_events": len(missing),
        "delay_p50_within_s": _within(delays, 0.5, longest),
        "delay_p95_within_s": _within(delays, 0.95, longest),
        "longest_delay_s": longest,
    }


def _within(delays: list[float], share: float, longest: int | None) -> int | None:
    for bound in DELAYS:
        if delays and sum(delay <= bound for delay in delays) >= Decimal(str(share)) * len(delays):
            return bound
    return longest


@pytest.mark.parametrize("seed", range(4))
def test_health_is_what_the_attempts_say_in_any_window_as_of_any_instant(
    seed: int, tmp_path: Path
) -> None:
    random = Random(seed)
    book = random_attempts(random)
    home = tmp_path / "home"
    ingest_world(home, book)
    for as_of in (END, START + timedelta(seconds=random.randrange(100_000, 300_000))):
        windows = calendar_windows("day", START, END, "Europe/Berlin")
        windows += calendar_windows("month", START, END, "UTC")
        found = health_of(home, windows, as_of)
        for row in found:
            window = Window(row["window_start"], row["window_end"], row["window"])
            if row["attempts"] is None:
                assert window.end <= min(instant(each["occurred_at"]) for each in book["webhooks"])
                continue
            wanted = read_health(book, window, as_of, row["event_type"].rpartition(".")[2])
            assert {name: row[name] for name in wanted} == wanted
        assert len(found) == 3 * sum(window.start < as_of for window in windows)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_missing_is_named_the_oldest_first_as_of_any_instant(
    seed: int, tmp_path: Path
) -> None:
    random = Random(seed)
    book = random_attempts(random)
    ingest_world(tmp_path / "home", book)
    for _ in range(5):
        as_of = START + timedelta(seconds=random.randrange(400_000))
        wanted = [transact_id for _, transact_id, _ in read_missing(book, as_of)]
        assert missing_of(tmp_path / "home", as_of) == wanted
    assert missing_of(tmp_path / "home", END, most=2) == [
        transact_id for _, transact_id, _ in read_missing(book, END)[:2]
    ]


@pytest.mark.parametrize("seed", range(4))
def test_told_in_any_order_and_in_parts_the_answer_is_the_same(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    book = random_attempts(random)
    book["webhooks"].append({**book["webhooks"][3], "occurred_at": at(-5000)})
    book["webhooks"].append({**book["webhooks"][5], "outcome": "bad_signature"})
    ingest_world(tmp_path / "once", book)
    for load in scattered(tmp_path / "parts", book, random):
        ingest(tmp_path / "home", load)
    assert dump_of(tmp_path / "home") == dump_of(tmp_path / "once")


def ended(number: int, status: str, minutes: float = 60) -> list[Record]:
    """A trade that reached an end."""
    return [observation(number, "reserved", 0, 0), observation(number, status, minutes, 0)]


def test_a_webhook_may_be_on_its_way_and_is_missing_only_after_the_allowance(
    tmp_path: Path,
) -> None:
    book = {"trades": ended(1, "settled"), "webhooks": [attempt(1, 1, 90), attempt(9, 1, 1)]}
    ingest_world(tmp_path / "home", book)
    instants = [instant(at(minutes)) for minutes in (70, 75, 75.001, 90, 90.001)]
    assert [missing_of(tmp_path / "home", each) for each in instants] == [
        [], [], ["t-1"], ["t-1"], [],
    ]  # fmt: skip


def test_a_returned_trade_is_asked_for_its_settlement_alone(tmp_path: Path) -> None:
    trades = [
        *ended(1, "settled"),
        observation(1, "returned", 100, 0),
        *ended(2, "settled"),
        observation(2, "returned", 100, 0),
    ]
    ingest_world(tmp_path / "home", {"trades": trades, "webhooks": [attempt(1, 1, 61)]})
    assert missing_of(tmp_path / "home", END) == ["t-2"]


def test_a_delivery_of_another_type_or_that_failed_is_none(tmp_path: Path) -> None:
    trades = [*ended(1, "failed"), *ended(2, "settled")]
    webhooks = [attempt(1, 1, 61), attempt(2, 1, 61, "failed"), attempt(2, 2, 99, "dead_lettered")]
    ingest_world(tmp_path / "home", {"trades": trades, "webhooks": webhooks})
    assert missing_of(tmp_path / "home", END) == ["t-1", "t-2"]


def test_without_any_attempt_known_nothing_is_known_and_nothing_is_missing(
    tmp_path: Path,
) -> None:
    windows = calendar_windows("day", START, START + timedelta(days=2), "UTC")
    home = tmp_path / "home"
    ingest_world(home, {"trades": [*ended(1, "settled"), *ended(2, "settled", 3000)]})
    assert missing_of(home, END) == []
    assert {row["missing_events"] for row in health_of(home, windows, END)} == {None}
    ingest_world(home, {"webhooks": [attempt(3, 1, 1500)]})
    first, second = (row for row in health_of(home, windows, END) if "settled" in row["event_type"])
    assert (first["attempts"], second["attempts"]) == (None, 1)
    assert missing_of(home, END) == ["t-2"]
    ingest_world(home, {"webhooks": [attempt(4, 1, 10)]})
    assert missing_of(home, END) == ["t-1", "t-2"]
