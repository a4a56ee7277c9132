"""The whole story of an id, as the core tells it.

Goal: whichever id is asked for, the same records come, all of them and no others; what is missing
is named and nothing else is; a weak link is never taken for one by id; nothing after the instant
asked about, and nothing of another partner, is ever part of it. Method: small worlds go through the
ordinary ingestion and are asked for; exceptions and weak links are put where a reconciliation puts
them. Places of ids are searched sorted and unsorted.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from pipelines.errors import NothingPublishedError, UnknownIdError
from pipelines.facts import open_engine
from pipelines.sqlfiles import sql_text
from pipelines.whereabouts import find_places, sort_places
from tests.stories import (
    AS_OF,
    IDS,
    TRADE_CALL,
    at,
    entry,
    failed_call,
    lacks,
    load,
    order,
    others,
    put,
    quote,
    story,
    together,
    told,
    trade,
    webhook,
    whole,
)
from tests.warehouse import OWNER, ingest_world, place_of, settings_of

ROOT = Path(__file__).resolve().parent.parent
WHOLE = [
    ("quotes", "2026-06-01T10:00:00+00:00", "req-1"),
    ("trades", "2026-06-01T10:01:00+00:00", "reserved"),
    ("ledger", "2026-06-01T10:01:00+00:00", "entry-debit-1"),
    ("orders", "2026-06-01T10:01:00+00:00", "done"),
    ("errors", "2026-06-01T10:02:00+00:00", "req-failed-1"),
    ("trades", "2026-06-01T10:05:00+00:00", "settled"),
    ("webhooks", "2026-06-01T10:05:00+00:00", "event-settled-1"),
    ("tickets", "2026-06-02T09:00:00+00:00", "ticket-1"),
    ("trades", "2026-06-03T12:00:00+00:00", "returned"),
    ("ledger", "2026-06-03T12:00:00+00:00", "entry-refund-1"),
]
"""The story of the first order, written out from its records."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return load(tmp_path_factory.mktemp("evidence") / "home", whole(), others())


@pytest.fixture
def changeable(home: Path, tmp_path: Path) -> Path:
    shutil.copytree(home, tmp_path / "home")
    return tmp_path / "home"


# --- one story, whichever id is asked for ---


@pytest.mark.parametrize(("role", "asked"), IDS.items())
def test_every_id_of_an_order_tells_the_same_story(home: Path, role: str, asked: str) -> None:
    found = story(home, asked)
    assert told(found) == WHOLE
    assert found.found_as == (role,)
    assert (found.state, found.missing, found.is_truncated) == ("returned", (), False)


@pytest.mark.parametrize("asked", [TRADE_CALL, "req-failed-1", "entry-refund-1"])
def test_the_ids_of_its_calls_and_other_entries_tell_it_too(home: Path, asked: str) -> None:
    assert told(story(home, asked)) == WHOLE


def test_the_story_does_not_depend_on_the_order_of_arrival(home: Path, tmp_path: Path) -> None:
    records = [(kind, record) for kind, rows in whole().items() for record in rows]
    Random(5).shuffle(records)
    for first in range(0, len(records), 4):
        some = [{kind: [record]} for kind, record in records[first : first + 4]]
        ingest_world(tmp_path / "home", together(*some))
    load(tmp_path / "home", others(), whole())
    assert story(tmp_path / "home", "trade-1") == story(home, "trade-1")


def test_places_of_ids_are_found_sorted_and_unsorted(changeable: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(sql_text("attach.sql"), {"file": str(place_of(changeable).facts)})
        before = find_places(connection, list(IDS.values()))
        sort_places(connection, at_least=1)
        assert connection.execute(sql_text("count_new_id_places.sql")).fetchone() == (0,)
        assert find_places(connection, list(IDS.values())) == before
        connection.execute("detach facts")
    assert {(where.id, where.kind) for where in before} >= {
        ("req-1", "quotes"),
        ("quote-1", "ledger"),
        ("order-1", "orders"),
        ("event-settled-1", "webhooks"),
    }
    assert told(story(changeable, "trade-1")) == WHOLE
    ingest_world(changeable, {"webhooks": [webhook("settled", "1 10:06", attempt=2)]})
    assert len(story(changeable, "trade-1").records) == len(WHOLE) + 1


def test_places_are_sorted_only_once_there_are_enough(changeable: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(sql_text("attach.sql"), {"file": str(place_of(changeable).facts)})
        before = connection.execute(sql_text("count_new_id_places.sql")).fetchone()
        sort_places(connection)
        assert connection.execute(sql_text("count_new_id_places.sql")).fetchone() == before


def test_an_id_that_is_several_things_brings_the_stories_of_all(tmp_path: Path) -> None:
    world = whole()
    world["orders"].append(order(7, partner_reference="quote-1", quote_id=None, transact_id=None))
    found = story(load(tmp_path / "home", world), "quote-1")
    assert found.found_as == ("quote", "order")
    assert len(found.records) == len(WHOLE) + 1


def test_an_id_of_another_kind_with_the_same_text_is_not_taken_for_it(tmp_path: Path) -> None:
    """Order 77 of the partner and request 77 of the API have nothing to do with each other."""
    world = {
        "quotes": [quote(request_id="77", quote_id="q-a")],
        "orders": [order(partner_reference="77", quote_id=None, transact_id=None)],
        "trades": [trade("reserved", "1 10:01", quote_id="q-a", partner_reference=None)],
    }
    found = story(load(tmp_path / "home", world), "trade-1")
    assert {record.kind for record in found.records} == {"quotes", "trades"}


# --- as of an instant ---


def test_what_comes_at_the_instant_or_later_does_not_exist_and_is_counted(home: Path) -> None:
    found = story(home, "trade-1", datetime(2026, 6, 1, 10, 5, tzinfo=UTC))
    assert told(found) == WHOLE[:5]
    assert (found.state, found.later_records) == ("reserved", 5)
    assert found.trades[0].refunded is None
    assert [(q.quote_id, q.outcome) for q in found.quotes] == [("quote-1", "accepted")]
    assert lacks(found) == set()


@pytest.mark.parametrize(
    ("moment", "status"),
    [("1 10:01", None), ("1 10:06", "settled"), ("3 12:00", "settled"), ("3 12:01", "returned")],
)
def test_the_state_is_that_of_the_instant(home: Path, moment: str, status: str | None) -> None:
    found = story(home, "quote-1", datetime.fromisoformat(at(moment)))
    assert [t.status for t in found.trades] == ([status] if status else [])


def test_the_watermark_is_the_instant_where_none_is_given(home: Path) -> None:
    assert story(home, "trade-1", None).as_of == datetime(2026, 6, 8, tzinfo=UTC)


def test_an_id_that_only_comes_later_says_so(home: Path) -> None:
    with pytest.raises(UnknownIdError) as raised:
        story(home, "entry-debit-1", datetime(2026, 6, 1, tzinfo=UTC))
    assert str(raised.value) == (
        "production/acme: no record carries this id before 2026-06-01T00:00:00Z, but later ones do;"
        " ask with --as-of 2026-06-01T10:01:00.000001Z"
    )


# --- what became of quotes ---


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "expired"),
        ({"expires_at": None}, "open"),
        ({"expires_at": at("9 00:00")}, "open"),
        ({"rejected_at": at("1 10:03")}, "rejected"),
        ({"quote_type": "indicative", "quote_id": None, "expires_at": None}, "indicative"),
        ({"available": False, "quote_id": None, "unavailable_reason": "pool_dry"}, "unavailable"),
        ({"available": False, "quote_id": None, "http_status": 500}, "errored"),
    ],
)
def test_a_quote_without_a_trade_has_an_outcome(
    tmp_path: Path, fields: dict[str, Any], state: str
) -> None:
    found = story(load(tmp_path / "home", {"quotes": [quote(**fields)]}), "req-1")
    assert (found.state, [q.outcome for q in found.quotes]) == (state, [state])
    assert found.support_packet["endpoint"] == "POST /pools/EUR-USDT/quote"


@pytest.mark.parametrize(
    ("fields", "state", "endpoint"),
    [
        ({"http_status": 402}, "balance_insufficient", "POST /pools/EUR-USDT/transact"),
        ({"http_status": 409}, "transact_conflict", "POST /pools/EUR-USDT/transact"),
        ({"http_status": 429}, "limited", "POST /pools/EUR-USDT/transact"),
        ({"http_status": 500}, "call_failed", "POST /pools/EUR-USDT/transact"),
        ({"operation": "reject"}, "call_failed", "POST /pools/quotes/quote-1/reject"),
        ({"operation": "discovery"}, "call_failed", "GET /pools"),
        ({"operation": "read"}, "call_failed", None),
    ],
)
def test_a_failed_call_tells_what_failed(
    tmp_path: Path, fields: dict[str, Any], state: str, endpoint: str | None
) -> None:
    world = {"quotes": [quote()], "errors": [failed_call(**fields)]}
    found = story(load(tmp_path / "home", world), "req-failed-1")
    assert (found.state, found.support_packet["endpoint"]) == (state, endpoint)
    assert [record.kind for record in found.records] == ["quotes", "errors"]


# --- what is missing ---


def without(kind: str, number: int) -> dict[str, Any]:
    world: dict[str, Any] = whole()
    del world[kind][number]
    return world


@pytest.mark.parametrize(
    ("kind", "number", "what"),
    [
        ("quotes", 0, {"quote_record"}),
        ("trades", 0, {"reserved_observation"}),
        ("ledger", 0, {"debit"}),
        ("ledger", 1, {"refund"}),
        ("orders", 0, {"order"}),
        ("webhooks", 0, {"webhook"}),
        ("trades", 2, set()),
        ("tickets", 0, set()),
        ("errors", 0, set()),
    ],
)
def test_each_missing_record_is_named_and_nothing_else(
    tmp_path: Path, kind: str, number: int, what: set[str]
) -> None:
    home = load(tmp_path / "home", without(kind, number), others(2))
    assert lacks(story(home, "trade-1")) == what


@pytest.mark.parametrize("status", ["failed", "released"])
def test_what_was_not_delivered_wants_its_money_back(tmp_path: Path, status: str) -> None:
    world = {
        "quotes": [quote()],
        "trades": [trade("reserved", "1 10:01"), trade(status, "1 10:05")],
        "ledger": [entry("buy_debit", "-100.00", "1 10:01")],
        "webhooks": [webhook(status, "1 10:05")],
    }
    assert lacks(story(load(tmp_path / "home", world), "trade-1")) == {"refund"}


def test_a_webhook_of_another_end_is_not_the_one_that_is_missing(tmp_path: Path) -> None:
    world = whole() | {"webhooks": [webhook("failed", "1 10:05")]}
    assert lacks(story(load(tmp_path / "home", world), "trade-1")) == {"webhook"}


def test_a_webhook_that_never_arrived_is_told_from_one_that_was_never_sent(tmp_path: Path) -> None:
    attempts = [webhook("settled", "1 10:05", attempt=n, outcome="failed") for n in (1, 2)]
    world = whole() | {"webhooks": attempts}
    assert lacks(story(load(tmp_path / "home", world), "trade-1")) == {"webhook_delivery"}


def test_a_reserved_trade_and_a_returned_one_lack_no_webhook_of_that_state(tmp_path: Path) -> None:
    world = {
        "quotes": [quote()],
        "trades": [trade("reserved", "1 10:01")],
        "ledger": [entry("buy_debit", "-100.00", "1 10:01")],
    }
    found = story(load(tmp_path / "home", world, {"webhooks": [webhook("failed", "2 10:00", 5)]}),
                  "trade-1")  # fmt: skip
    assert lacks(found) == set()
    assert found.trades[0].is_overdue


def test_a_kind_that_never_arrived_is_not_missed(tmp_path: Path) -> None:
    world = {"trades": [trade("settled", "1 10:05", partner_reference=None)]}
    ingest_world(tmp_path / "home", world)
    assert lacks(story(tmp_path / "home", "trade-1")) == {"reserved_observation"}


def test_a_trade_that_others_name_and_that_never_came_is_missing(tmp_path: Path) -> None:
    home = load(tmp_path / "home", {"webhooks": [webhook("settled", "1 10:05")]}, others(1))
    found = story(home, "event-settled-1")
    assert [(item.what, item.id) for item in found.missing] == [("trade_record", "trade-1")]
    assert found.support_packet["transact_id"] == "trade-1"


def test_a_debit_of_no_trade_is_told_and_a_pay_in_is_not(tmp_path: Path) -> None:
    home = load(tmp_path / "home", {"ledger": [entry("buy_debit", "-100.00", "1 10:01")]})
    found = story(home, "quote-1")
    assert (found.found_as, found.state) == (("ledger_reference",), "recorded")
    assert lacks(found) == {"trade_of_entry"}
    paid_in = story(home, "transfer-1", datetime(2026, 6, 9, tzinfo=UTC))
    assert (paid_in.state, lacks(paid_in)) == ("paid_in", set())
    assert paid_in.support_packet["amount"] == Decimal(5000)


@pytest.mark.parametrize(
    "fields",
    [
        {"ref": "trade-1"},
        {"ref": "order-1"},
        {"ref": "whatever", "transact_id": "trade-1"},
    ],
)
def test_a_debit_belongs_by_any_durable_id(tmp_path: Path, fields: dict[str, str]) -> None:
    world = whole()
    world["ledger"][0] |= fields
    found = story(load(tmp_path / "home", world), "trade-1")
    assert (found.trades[0].debited, lacks(found)) == ("durable", set())


def test_an_entry_that_names_another_trade_is_no_debit_of_this_one(tmp_path: Path) -> None:
    world = whole()
    world["ledger"][0] |= {"transact_id": "trade-2"}
    found = story(load(tmp_path / "home", world), "trade-1")
    assert found.trades[0].debited is None
    assert lacks(found) == {"debit", "trade_record"}


# --- weak links, exceptions, versions set aside ---


def test_a_weak_link_is_labelled_and_never_counts_as_one_by_id(tmp_path: Path) -> None:
    world = whole()
    world["ledger"][0] |= {"ref": "erased"}
    home = load(tmp_path / "home", world)
    found = story(home, "trade-1")
    weak = [r for r in found.records if r.match == "weak"]
    assert [record.fields["entry_id"] for record in weak] == ["entry-debit-1"]
    assert (found.trades[0].debited, lacks(found)) == ("weak", set())
    back = story(home, "entry-debit-1")
    assert {r.kind for r in back.records if r.match == "weak"} == {"trades"}
    assert (back.state, back.trades) == ("recorded", ())


EXCEPTION = {
    "exception_id": "x1",
    "kind": "trade_without_debit",
    "match": "durable",
    "pool_id": "EUR-USDT",
    "currency": "EUR",
    "amount": Decimal("100.00"),
    "event_at": datetime(2026, 6, 1, 10, 1),  # noqa: DTZ001 - as the warehouse keeps it
    "opens_at": datetime(2026, 6, 1, 10, 16),  # noqa: DTZ001
    "closes_at": None,
    "first_seen_at": datetime(2026, 6, 2),  # noqa: DTZ001
    "resolved_at": None,
    "is_current": True,
    "transact_id": "trade-1",
    "candidates": [],
}


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "open"),
        ({"opens_at": datetime(2026, 6, 9)}, "pending"),  # noqa: DTZ001
        ({"closes_at": datetime(2026, 6, 8)}, "resolved"),  # noqa: DTZ001
        ({"closes_at": datetime(2026, 6, 9)}, "open"),  # noqa: DTZ001
        ({"is_current": False}, "resolved"),
        ({"event_at": datetime(2026, 6, 9)}, None),  # noqa: DTZ001
        ({"transact_id": "trade-2"}, None),
        ({"transact_id": None, "entry_id": "entry-debit-1"}, "open"),
        ({"transact_id": None, "quote_id": "quote-1"}, "open"),
        ({"transact_id": None, "partner_reference": "order-1"}, "open"),
        ({"transact_id": None, "candidates": ["entry-debit-1"]}, "open"),
    ],
)
def test_the_exceptions_of_its_ids_are_told_as_of_the_instant(
    changeable: Path, fields: dict[str, Any], state: str | None
) -> None:
    put(changeable, "exceptions", [EXCEPTION | {"resolved_at": datetime(2026, 6, 8)} | fields])  # noqa: DTZ001
    found = story(changeable, "trade-1").exceptions
    assert [row["state"] for row in found] == ([state] if state else [])
    for row in found:
        assert (row["resolved_at"] is None) == (state != "resolved")
    if state == "open":
        assert found[0]["age_s"] == 7 * 86_400 + 13 * 3_600 + 59 * 60


def test_a_version_that_was_set_aside_is_told_by_what_it_says_differently(tmp_path: Path) -> None:
    world = whole()
    world["quotes"].append(quote(fiat_amount="101.50", network="ethereum"))
    found = story(load(tmp_path / "home", world), "req-1")
    (difference,) = found.differences
    assert set(difference.fields) == {"fiat_amount", "network"}
    assert set(difference.fields["fiat_amount"]) == {Decimal(100), Decimal("101.5")}


def test_observations_that_do_not_fit_are_marked(tmp_path: Path) -> None:
    world = whole()
    world["trades"].append(trade("failed", "4 10:00"))
    found = story(load(tmp_path / "home", world), "trade-1")
    marked = {r.fields["status"]: r.marks for r in found.records if r.kind == "trades"}
    assert marked["failed"] == ("illegal_transition",)
    assert marked["settled"] == ()
    assert found.state == "returned"


# --- bounds, locks, other partners ---


def test_a_placeholder_that_many_share_is_not_followed(tmp_path: Path) -> None:
    world = whole()
    crowd = [trade("reserved", "1 10:01", n, partner_reference="n/a") for n in range(200, 300)]
    world["trades"] = [record | {"partner_reference": "n/a"} for record in world["trades"]] + crowd
    home = load(tmp_path / "home", world)
    found = story(home, "trade-1")
    assert {r.fields["transact_id"] for r in found.records if r.kind == "trades"} == {"trade-1"}
    assert [(one.role, one.id, one.kind) for one in found.not_followed] == [
        ("order", "n/a", "trades")
    ]
    assert found.not_followed[0].records >= 103
    asked = story(home, "n/a")
    assert asked.is_truncated is False
    assert len({r.fields["transact_id"] for r in asked.records if r.kind == "trades"}) == 101


def test_an_id_of_thousands_is_cut_and_says_so(tmp_path: Path) -> None:
    payins = [
        entry("payin_credit", "1.00", "1 10:01", n, ref="shared") for n in range(1_000, 3_000)
    ]
    found = story(load(tmp_path / "home", {"ledger": payins}), "shared")
    assert (len(found.records), found.is_truncated, found.missing) == (200, True, ())


def test_a_trade_with_very_many_deliveries_keeps_its_story(tmp_path: Path) -> None:
    world = whole()
    world["webhooks"] = [webhook("settled", "1 10:05", attempt=n) for n in range(1, 400)]
    found = story(load(tmp_path / "home", world), "trade-1")
    kinds = [record.kind for record in found.records]
    assert (kinds.count("webhooks"), kinds.count("ledger")) == (200, 2)
    assert found.is_truncated


def test_an_unknown_id_is_refused_in_words_that_do_not_repeat_it(home: Path) -> None:
    with pytest.raises(UnknownIdError) as raised:
        story(home, "zqNobody")
    assert str(raised.value) == (
        "production/acme: no record carries this id; check it, and --partner and --environment"
    )


def test_an_id_of_another_partner_or_environment_is_unknown(tmp_path: Path) -> None:
    home = load(tmp_path / "home", whole())
    foreign = {
        kind: [record | {"partner_id": "birch"} for record in records]
        for kind, records in others(1).items()
    }
    ingest_world(home, foreign)
    assert told(story(home, "trade-100", AS_OF, ("production", "birch")))
    with pytest.raises(UnknownIdError):
        story(home, "trade-100", owner=OWNER)
    with pytest.raises(UnknownIdError):
        story(home, "trade-1", owner=("production", "birch"))


def test_a_writer_at_work_is_waited_for_and_then_named(changeable: Path) -> None:
    """The engine locks between processes, so the reader is one of its own."""
    command = [sys.executable, "cli.py", "--home", str(changeable), "--wait", "0s", "evidence"]
    with open_engine(settings_of(changeable)) as writer:
        writer.execute(sql_text("attach.sql"), {"file": str(place_of(changeable).facts)})
        done = subprocess.run([*command, "trade-1"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        f"utilization: {changeable}: a writer holds the facts of acme; try again, or raise --wait\n"
    )


def test_a_place_without_facts_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingPublishedError, match="run `utilization rebuild`"):
        story(tmp_path, "trade-1")
