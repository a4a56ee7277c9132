"""What must hold of any records however they arrive: loading is a set union, every figure is a pure
function of the set, counts add up, and no partner's records touch another's.

Random worlds are told twice, contradicted, split into files of every form and loaded in any order;
the canonical dump and the published figures must not notice.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mischief import contradicted, of_owner, scattered
from tests.oracle import random_world
from tests.warehouse import (
    OWNER,
    UNSHRUNK,
    Record,
    counts_of,
    dump_of,
    figures_of,
    ingest,
    ingest_world,
    place_of,
    write_records,
    write_world,
)

START = datetime(2026, 6, 15, 10, tzinfo=UTC)
SEEDS = st.integers(0, 2**32 - 1)


@contextmanager
def folder() -> Iterator[Path]:
    """A fresh folder for one example; hypothesis does not renew `tmp_path`."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def at(minutes: float) -> str:
    """A time so many minutes after the examples' start."""
    return (START + timedelta(minutes=minutes)).isoformat()


def landed_files(home: Path) -> set[Path]:
    return set(home.rglob("*.parquet"))


@given(seed=SEEDS)
@settings(max_examples=3, phases=UNSHRUNK)
def test_order_split_form_and_repetition_change_neither_dump_nor_figures(seed: int) -> None:
    random = Random(seed)
    world = contradicted(of_owner(random_world(seed, 60)), random)
    with folder() as tmp:
        ingest_world(tmp / "whole", world)
        for load in scattered(tmp / "parts", world, random):
            ingest(tmp / "split", load, batch_rows=random.choice((1, 7, 1_000_000)))
        assert dump_of(tmp / "split") == dump_of(tmp / "whole")
        assert figures_of(tmp / "split") == figures_of(tmp / "whole")


@given(seed=SEEDS)
@settings(max_examples=3, phases=UNSHRUNK)
def test_a_file_seen_before_is_all_duplicates_and_nothing_lands_again(seed: int) -> None:
    world = contradicted(of_owner(random_world(seed, 40)), Random(seed))
    with folder() as tmp:
        first = counts_of(ingest_world(tmp / "home", world))
        dump, files = dump_of(tmp / "home"), landed_files(tmp / "home")
        again = counts_of(ingest_world(tmp / "home", world))
        assert first["offered"] == sum(len(records) for records in world.values())
        assert again["offered"] == again["duplicate"] == first["offered"]
        assert dump_of(tmp / "home") == dump
        assert landed_files(tmp / "home") == files


def test_a_second_partner_changes_nothing_of_the_first(tmp_path: Path) -> None:
    world, home = random_world(11, 90), tmp_path / "home"
    ingest_world(home, of_owner(world))
    dump, figures = dump_of(home), figures_of(home)
    pointer = (place_of(home).serving / "current.json").read_bytes()
    others = {
        kind: [each for each in records if (each["environment"], each["partner_id"]) != OWNER]
        for kind, records in world.items()
    }
    ingest(home, write_world(tmp_path / "others", others))
    assert dump_of(home, ("sandbox", "acme"))
    assert dump_of(home, ("production", "bolt-pay"))
    assert dump_of(home) == dump
    assert figures_of(home) == figures
    assert (place_of(home).serving / "current.json").read_bytes() == pointer


def quote(number: int, **fields: object) -> Record:
    """A firm quote of 100 EUR."""
    return {
        "partner_id": "acme",
        "environment": "production",
        "request_id": f"r-{number}",
        "pool_id": "pool-a",
        "side": "on_ramp",
        "quote_type": "firm",
        "quote_id": f"q-{number}",
        "fiat_currency": "EUR",
        "fiat_amount": "100",
        "available": True,
        "requested_at": at(0),
        "expires_at": at(30),
        "rejected_at": None,
        **fields,
    }


def observation(number: int, status: str, minutes: float, **fields: object) -> Record:
    """An observation of a trade of 100 EUR."""
    return {
        "partner_id": "acme",
        "environment": "production",
        "transact_id": f"t-{number}",
        "quote_id": f"q-{number}",
        "pool_id": "pool-a",
        "side": "on_ramp",
        "fiat_currency": "EUR",
        "fiat_amount": "100",
        "status": status,
        "status_at": at(minutes),
        "created_at": at(0),
        **fields,
    }


def in_every_order(home: Path, kind: str, tellings: Sequence[Mapping[str, object]]) -> None:
    """Tell `tellings` of 120 things, of each in another order, in five loads."""
    key = "request_id" if kind == "quotes" else "transact_id"
    orders = list(permutations(range(5)))
    for step in range(5):
        records = [
            {**tellings[order[step]], key: f"x-{number}"} for number, order in enumerate(orders)
        ]
        file = home.with_name(f"{home.name}-files") / f"{kind}-{step}.jsonl"
        ingest(home, [write_records(file, records)])


def all_at_once(home: Path, kind: str, tellings: Sequence[Mapping[str, object]]) -> None:
    """Tell `tellings` of 120 things in one file."""
    key = "request_id" if kind == "quotes" else "transact_id"
    records = [{**telling, key: f"x-{number}"} for number in range(120) for telling in tellings]
    ingest_world(home, {kind: records})


LATER = (at(5), at(9))
TRADES = {
    "every status in turn": [
        observation(0, "reserved", 0),
        observation(0, "settled", 10),
        observation(0, "returned", 20),
        observation(0, "failed", 30),
        observation(0, "released", 40),
    ],
    "the return before the settlement and two ends at once": [
        observation(0, "returned", 5),
        observation(0, "settled", 10),
        observation(0, "failed", 10),
        observation(0, "released", 10),
        observation(0, "reserved", 10),
    ],
    "an end before the creation": [
        observation(0, "released", -20),
        observation(0, "settled", 10, created_at=at(-5)),
        observation(0, "returned", 20),
        observation(0, "failed", 30),
        observation(0, "reserved", 40),
    ],
    "two amounts": [
        observation(0, "reserved", 0),
        observation(0, "settled", 10, fiat_amount="101"),
        observation(0, "returned", 20, fiat_amount="101"),
        observation(0, "failed", 30, crypto_amount="1"),
        observation(0, "released", 40, crypto_amount="2"),
    ],
    "one status told twice otherwise": [
        observation(0, "reserved", 0),
        observation(0, "settled", 10),
        observation(0, "settled", 11),
        observation(0, "settled", 12, pool_id="pool-b"),
        observation(0, "returned", 20),
    ],
}


@pytest.mark.parametrize("story", TRADES)
def test_five_observations_of_a_trade_fold_alike_in_all_120_orders(
    story: str, tmp_path: Path
) -> None:
    in_every_order(tmp_path / "orders", "trades", TRADES[story])
    all_at_once(tmp_path / "once", "trades", TRADES[story])
    dump = dump_of(tmp_path / "orders")
    assert dump == dump_of(tmp_path / "once")
    assert sum(line.startswith("trade_state\t") for line in dump) == 120


QUOTES = {
    "rejected later, at two times": [
        quote(0),
        quote(0, rejected_at=LATER[0]),
        quote(0, rejected_at=LATER[1]),
        quote(0, source="api"),
        quote(0, rejected_at=LATER[0], source="api"),
    ],
    "two contents, each rejected later": [
        quote(0),
        quote(0, rejected_at=LATER[0]),
        quote(0, fiat_amount="101"),
        quote(0, fiat_amount="101", rejected_at=LATER[0]),
        quote(0, fiat_amount="101", rejected_at=LATER[1]),
    ],
    "three contents": [
        quote(0),
        quote(0, fiat_amount="101", rejected_at=LATER[0]),
        quote(0, fiat_amount="101"),
        quote(0, fiat_amount="102"),
        quote(0, fiat_amount="102", rejected_at=LATER[1]),
    ],
}


@pytest.mark.parametrize("story", QUOTES)
def test_five_tellings_of_a_quote_come_to_the_same_in_all_120_orders(
    story: str, tmp_path: Path
) -> None:
    in_every_order(tmp_path / "orders", "quotes", QUOTES[story])
    all_at_once(tmp_path / "once", "quotes", QUOTES[story])
    dump = dump_of(tmp_path / "orders")
    assert dump == dump_of(tmp_path / "once")
    assert sum(line.startswith("quotes\t") for line in dump) == 120


def test_a_quote_rejected_later_is_loaded_and_keeps_the_earliest_time(tmp_path: Path) -> None:
    home = tmp_path / "home"
    stories = ([quote(1)], [quote(1, rejected_at=LATER[1])], [quote(1, rejected_at=LATER[0])])
    counts = [counts_of(ingest_world(home, {"quotes": story})) for story in stories]
    assert [each["loaded"] for each in counts] == [1, 1, 0]
    assert counts[2]["quarantined"] == 1
    (line,) = [line for line in dump_of(home) if line.startswith("quotes\t")]
    assert "2026-06-15 10:05:00" in line
    assert counts_of(ingest_world(home, {"quotes": [quote(1)]}))["duplicate"] == 1


def test_of_two_contents_under_one_key_the_other_is_a_conflict_with_both_hashes(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    assert counts_of(ingest_world(home, {"quotes": [quote(1)]}))["loaded"] == 1
    told = counts_of(ingest_world(home, {"quotes": [quote(1, fiat_amount="101")]}))
    assert (told["loaded"], told["quarantined"]) == (0, 1)
    dump = dump_of(home)
    assert sum(line.startswith("quotes\t") for line in dump) == 1
    assert len(conflicts_in(dump)) == 1


def conflicts_in(dump: list[str]) -> list[list[str]]:
    """Kind, key, hash, later field and hash of the one kept, of every conflict in a dump."""
    return [json.loads(line.partition("\t")[2]) for line in dump if line.startswith("conflicts\t")]


def test_the_smaller_content_hash_stays_and_that_is_either_content(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_world(home, {"quotes": [quote(number) for number in range(40)]})
    ingest_world(home, {"quotes": [quote(number, fiat_amount="101") for number in range(40)]})
    dump = dump_of(home)
    found = conflicts_in(dump)
    assert len(found) == 40
    assert all(kept < other for _, _, other, _, kept in found)
    stayed = [line for line in dump if line.startswith("quotes\t")]
    assert 0 < sum('"101.00000000"' in line for line in stayed) < 40


def test_the_content_of_a_trade_and_not_its_time_decides_which_observation_is_right(
    tmp_path: Path,
) -> None:
    observations = [
        observation(number, status, minutes, fiat_amount=amount)
        for number in range(40)
        for status, minutes, amount in (("reserved", 0, "100"), ("settled", 10, "101"))
    ]
    told = counts_of(ingest_world(tmp_path / "home", {"trades": observations}))
    assert (told["loaded"], told["quarantined"]) == (40, 40)
    states = [line for line in dump_of(tmp_path / "home") if line.startswith("trade_state\t")]
    assert len(states) == 40
    settled = [line for line in states if '"101.00000000"' in line]
    assert 0 < len(settled) < 40
    assert all(line.endswith('"settled"]') for line in settled)
    assert sum(line.endswith('"reserved"]') for line in states) == 40 - len(settled)


def ledger_entry(**fields: object) -> Record:
    """A ledger entry whose source has no ids of its own."""
    return {
        "partner_id": "acme",
        "environment": "production",
        "currency": "EUR",
        "delta": "-100",
        "reason": "buy_debit",
        "ref": "q-1",
        "created_at": at(0),
        **fields,
    }


def test_identical_ledger_entries_of_one_file_are_counted_whatever_the_batches(
    tmp_path: Path,
) -> None:
    rows = 20_000
    records = [ledger_entry(ref=f"q-{number % 9_000}") for number in range(rows)]
    file = write_records(tmp_path / "ledger.csv", records)
    first = counts_of(ingest(tmp_path / "one", [file]))
    ingest(tmp_path / "many", [file], batch_rows=1)
    assert first["loaded"] == rows
    assert dump_of(tmp_path / "many") == dump_of(tmp_path / "one")
    assert counts_of(ingest(tmp_path / "many", [file], batch_rows=1))["duplicate"] == rows


COUNTS = (
    "quote_requests",
    "firm_quotes",
    "unavailable_quotes",
    "accepted_quotes",
    "rejected_quotes",
    "expired_quotes",
    "open_quotes",
    "failed_quote_attempts",
    "trades_created",
    "transact_conflicts",
    "limit_errors",
    "balance_errors",
    "accepted_volume",
    "settled_volume",
    "failed_volume",
    "released_volume",
    "returned_volume",
    "net_settled_volume",
)
"""Figures that a union of windows has as a sum."""

RATIOS = {
    "failure_utilization": ("failed_quote_attempts", "quote_requests"),
    "unavailable_rate": ("unavailable_quotes", "quote_requests"),
    "accepted_quote_rate": ("accepted_quotes", "firm_quotes"),
    "quote_conversion_rate": ("accepted_quotes", "quote_requests"),
}


def quotient(top: Any, bottom: Any) -> Decimal | None:
    """The printed quotient: six places, half to even."""
    with localcontext() as context:
        context.prec = 80
        places = Decimal("0.000001")
        return (Decimal(top) / bottom).quantize(places, ROUND_HALF_EVEN) if bottom else None


@pytest.mark.parametrize("seed", [3, 14, 15])
def test_a_union_of_windows_has_the_sums_and_their_ratio_and_every_funnel_adds_up(
    seed: int, tmp_path: Path
) -> None:
    ingest_world(tmp_path / "home", of_owner(random_world(seed, 120)))
    rows = figures_of(tmp_path / "home")
    assert sum(row["quote_requests"] for row in rows) > 30
    days = [row for row in rows if row["window"] == "day"]
    for row in rows:
        states = ("firm", "indicative", "unavailable", "errored")
        assert row["quote_requests"] == sum(row[f"{state}_quotes"] for state in states)
        outcomes = ("accepted", "rejected", "expired", "open")
        assert row["firm_quotes"] == sum(row[f"{outcome}_quotes"] for outcome in outcomes)
        assert row["unavailable_quotes"] == sum(row["unavailable_reasons"].values())
    for day in days:
        parts = [row for row in rows if row["window"] == "1h" and is_within(row, day)]
        sums = {name: sum(row[name] for row in parts) for name in COUNTS}
        assert {name: day[name] for name in COUNTS} == sums
        for name, (top, bottom) in RATIOS.items():
            assert day[name] == quotient(sums[top], sums[bottom])


def is_within(row: Mapping[str, Any], day: Mapping[str, Any]) -> bool:
    """Whether a window of the same lane lies in the day."""
    same = all(row[name] == day[name] for name in ("pool_id", "currency"))
    return same and bool(day["window_start"] <= row["window_start"] < day["window_end"])
