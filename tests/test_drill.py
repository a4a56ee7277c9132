"""What a count is made of: as many events, of the same reasons and amounts, as the buckets say.

Goal: for any lane, window and as-of, the ids listed are exactly those that the metric layer
counted there, so that figure, hour, reason and ids never disagree. Method: random worlds are loaded
piece by piece; the events read from the facts are held against `windows_table` of a build that is
exact as of the same instant, for hours and days of a zone whose hours begin at half past.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from pipelines.asof import build_as_of
from pipelines.books.ageing import reserved_ageing_table
from pipelines.drill.counts import FLOWS, counted_events, counts_table
from pipelines.drill.events import (
    FROM_BUILD,
    FROM_FACTS,
    Asked,
    find_events,
    read_events,
    read_reserved,
    reserved_events,
)
from pipelines.errors import UsageError
from pipelines.reading import reading
from pipelines.utilization import windows_table
from pipelines.windows import Window, calendar_windows
from tests.mischief import contradicted, of_owner, scattered
from tests.oracle import random_world
from tests.warehouse import ingest, ingest_world, place_of, settings_of

ZONE = "Asia/Kolkata"
VOLUMES = {"failed": "failed_volume", "released": "released_volume", "returned": "returned_volume"}
Row = dict[str, Any]


@pytest.fixture(scope="module", params=range(2))
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that loaded a random world in pieces."""
    folder, random = tmp_path_factory.mktemp("drill"), Random(request.param)
    world = contradicted(of_owner(random_world(request.param, 120)), random)
    for load in scattered(folder / "parts", world, random):
        ingest(folder / "home", load)
    return folder / "home"


def moments(home: Path) -> list[datetime]:
    """The newest event, an instant inside a bucket, and a whole hour."""
    with build_as_of(settings_of(home), place_of(home), None) as build:
        assert build.latest is not None
        newest = build.latest + timedelta(microseconds=1)
    earlier = newest - timedelta(hours=31, minutes=7, seconds=3)
    return [newest, earlier, earlier.replace(minute=0, second=0, microsecond=0)]


def asked_windows(as_of: datetime, random: Random) -> list[Window]:
    """Days up to after `as_of`, and some of their hours."""
    start = as_of - timedelta(days=4)
    days = calendar_windows("day", start, as_of, ZONE)
    hours = [one for one in calendar_windows("1h", start, as_of, ZONE) if one.start < as_of]
    return [*days, *sorted(random.sample(hours, 6), key=lambda one: one.start), hours[-1]]


def events_of(
    facts: duckdb.DuckDBPyConnection, build: duckdb.DuckDBPyConnection, asked: Asked, home: Path
) -> list[Row]:
    source = build if asked.name in FROM_BUILD else facts
    rows: list[Row] = find_events(source, asked, settings_of(home).limit_error_codes).to_pylist()
    return rows


def test_events_are_as_many_as_the_buckets_count_in_every_lane_window_and_as_of(home: Path) -> None:
    random, seen = Random(7), Counter[str]()
    for as_of in moments(home):
        windows = asked_windows(as_of, random)
        with (
            build_as_of(settings_of(home), place_of(home), as_of) as build,
            reading(settings_of(home), place_of(home), 5, instead="") as facts,
        ):
            for name in FLOWS:
                counted = counts_table(build.connection, name, windows, as_of=as_of).to_pylist()
                assert counted
                for row in counted:
                    window = Window(row["window_start"], row["window_end"], "asked")
                    asked = Asked(name, row["pool_id"], row["currency"], window, as_of)
                    found = events_of(facts, build.connection, asked, home)
                    if row["events"] is not None:
                        assert len(found) == row["events"], asked
                    assert all(window.start <= one["event_at"] < window.end for one in found)
                    assert all(one["event_at"] < as_of for one in found)
                    seen[name] += len(found)
    assert set(seen) == set(FLOWS)
    assert sum(seen.values()) > 50


def test_reasons_and_amounts_are_those_of_the_metric_layer(home: Path) -> None:
    seen = 0
    for as_of in moments(home):
        windows = calendar_windows("day", as_of - timedelta(days=4), as_of, ZONE)
        with (
            build_as_of(settings_of(home), place_of(home), as_of) as build,
            reading(settings_of(home), place_of(home), 5, instead="") as facts,
        ):
            rows = windows_table(build.connection, windows, as_of=as_of).to_pylist(
                maps_as_pydicts="strict"
            )
            for row in rows:
                window = Window(row["window_start"], row["window_end"], "day")
                lane = (row["pool_id"], row["currency"], window, as_of)
                unavailable = find_events(facts, Asked("unavailable_quotes", *lane)).to_pylist()
                assert Counter(one["reason"] for one in unavailable) == row["unavailable_reasons"]
                ended = find_events(facts, Asked("undelivered_trades", *lane)).to_pylist()
                for reason, volume in VOLUMES.items():
                    amounts = [one["amount"] for one in ended if one["reason"] == reason]
                    assert sum(amounts, Decimal(0)) == row[volume]
                seen += len(unavailable) + len(ended)
    assert seen


def test_a_count_is_the_figure_of_its_name(home: Path) -> None:
    (as_of, *_) = moments(home)
    windows = calendar_windows("day", as_of - timedelta(days=6), as_of, ZONE)
    with build_as_of(settings_of(home), place_of(home), as_of) as build:
        rows = windows_table(build.connection, windows, as_of=as_of).to_pylist()
        for name in FLOWS:
            if name in rows[0]:
                counted = counts_table(build.connection, name, windows, as_of=as_of)
                assert counted.column("events").to_pylist() == [row[name] for row in rows]
        with pytest.raises(UsageError):
            counts_table(build.connection, "settled_volume", windows, as_of=as_of)


def test_reserved_trades_are_the_same_from_facts_and_build_and_as_many_as_by_age(
    home: Path,
) -> None:
    settings, place, hour = settings_of(home), place_of(home), timedelta(hours=1)
    (newest, *_) = moments(home)
    with build_as_of(settings, place, newest) as build:
        listed = reserved_events(build.connection, as_of=newest, over=hour)
        read = read_reserved(settings, place, as_of=newest, over=hour, wait_seconds=5)
        assert listed.equals(read)
        ages = reserved_ageing_table(build.connection, as_of=newest, bounds=[hour]).to_pylist()
        aged = sum(row["reserved_count"] for row in ages if row["over_s"])
        assert listed.num_rows == aged
        with pytest.raises(UsageError):
            reserved_events(build.connection, as_of=newest - timedelta(days=400), over=hour)
    times = listed.column("event_at").to_pylist()
    assert times == sorted(times, reverse=True)
    assert times
    days = calendar_windows("day", times[-1], newest, ZONE)
    assert sum(counted_events(listed, days).column("events").to_pylist()) == listed.num_rows
    assert counted_events(listed, []).num_rows == 0
    assert all(one["reason"] for one in listed.to_pylist())


AT = datetime(2026, 6, 15, 10, 20, tzinfo=UTC)


def text_of(minutes: float) -> str:
    return (AT + timedelta(minutes=minutes)).isoformat()


def quote(name: str, **fields: object) -> dict[str, object]:
    return {
        "partner_id": "acme",
        "environment": "production",
        "request_id": f"rq_{name}",
        "pool_id": "EUR-USDT",
        "side": "on_ramp",
        "quote_type": "firm",
        "quote_id": f"qt_{name}",
        "fiat_currency": "EUR",
        "fiat_amount": "10.00",
        "available": True,
        "requested_at": text_of(0),
        "expires_at": text_of(1),
        **fields,
    }


def trade(quote_name: str, **fields: object) -> dict[str, object]:
    return {
        "partner_id": "acme",
        "environment": "production",
        "transact_id": f"tr_{quote_name}",
        "quote_id": f"qt_{quote_name}",
        "pool_id": "EUR-USDT",
        "side": "on_ramp",
        "fiat_currency": "EUR",
        "fiat_amount": "10.00",
        "status": "reserved",
        "status_at": text_of(0.5),
        "created_at": text_of(0.5),
        **fields,
    }


FAILED: dict[str, object] = {"available": False, "quote_id": None, "expires_at": None}


def refused(name: str, **fields: object) -> dict[str, object]:
    return {
        "partner_id": "acme",
        "environment": "production",
        "request_id": f"er_{name}",
        "operation": "transact",
        "pool_id": "EUR-USDT",
        "http_status": 429,
        "occurred_at": text_of(2),
        **fields,
    }


WORLD = {
    "quotes": [
        quote("gone"),
        quote("taken"),
        quote("taken_later"),
        quote("rejected", rejected_at=text_of(0.5)),
        quote("rejected_later", rejected_at=text_of(300)),
        quote("long", expires_at=text_of(300)),
        quote("elsewhere", pool_id="GBP-USDT", fiat_currency="GBP"),
        quote("dry", **FAILED),
        quote("limit", **FAILED, http_status=429, error_code="limit_exceeded"),
        quote("bare", **FAILED, http_status=503),
    ],
    "trades": [
        trade("taken"),
        trade("taken_later", status_at=text_of(240), created_at=text_of(240)),
    ],
    "errors": [
        refused("limit"),
        refused("balance", http_status=402),
        refused("read", operation="read"),
        refused("poolless", pool_id=None),
        refused("late", occurred_at=text_of(400)),
    ],
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("small") / "home"
    ingest_world(home, WORLD)
    return home


def ids(home: Path, name: str, minutes: float = 100, pool: str = "EUR-USDT") -> list[str]:
    window = Window(AT.replace(minute=0), AT.replace(minute=0) + timedelta(hours=1), "1h")
    asked = Asked(name, pool, "EUR", window, AT + timedelta(minutes=minutes))
    table = read_events(settings_of(home), place_of(home), asked, wait_seconds=5)
    rows: Sequence[Row] = table.to_pylist()
    return [f"{row['request_id']} {row['reason']}" for row in rows]


@pytest.mark.parametrize(
    ("name", "minutes", "expected"),
    [
        (
            "expired_quotes",
            100,
            ["rq_gone expired", "rq_rejected_later expired", "rq_taken_later expired"],
        ),
        ("expired_quotes", 250, ["rq_gone expired", "rq_rejected_later expired"]),
        ("expired_quotes", 500, ["rq_gone expired", "rq_long expired"]),
        ("expired_quotes", 1, []),
        ("unavailable_quotes", 100, ["rq_dry other"]),
        ("errored_quotes", 100, ["rq_bare http_503", "rq_limit limit_exceeded"]),
        ("limit_errors", 100, ["er_limit transact_429", "rq_limit limit_exceeded"]),
        ("limit_errors", 1, ["rq_limit limit_exceeded"]),
    ],
)
def test_an_event_counts_as_far_as_it_had_happened(
    small: Path, name: str, minutes: float, expected: list[str]
) -> None:
    assert ids(small, name, minutes) == expected


@pytest.mark.parametrize("name", FROM_FACTS)
def test_a_pool_is_a_value_and_never_part_of_a_statement(small: Path, name: str) -> None:
    assert ids(small, name, pool="x' or true --") == []


def test_what_has_no_events_is_refused(small: Path) -> None:
    with pytest.raises(UsageError):
        ids(small, "../sql/engine")
