"""A story on paper: one JSON object, text, and a page in one file.

Goal: what leaves is exact, says no more than the records declare, and cannot be made to run or to
fetch anything, whatever the ids look like; each state has words that a user may read. Method:
stories of small worlds, some with ids written to break out of HTML, JSON or a terminal, are
rendered in every form and read back with a parser.
"""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pipelines.contracts import MODELS, field_table
from pipelines.story import Story
from pipelines.support import FAILED_CALLS
from reports import story_words
from reports.evidence import headline, story_json, summary
from reports.evidence_page import story_page
from reports.evidence_text import write_text
from tests.canaries import CANARY
from tests.stories import (
    entry,
    failed_call,
    load,
    order,
    put,
    quote,
    story,
    ticket,
    trade,
    webhook,
    whole,
)

HOSTILE = "</script><script>alert('1')</script>&amp;\"[bold]{0}%s"
VOID = {"meta", "br"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return load(tmp_path_factory.mktemp("pages") / "home", whole())


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A story in which every id and label is written to break out."""
    ids = {"quote_id": f"q{HOSTILE}", "transact_id": f"t{HOSTILE}"}
    world: dict[str, Any] = {
        "quotes": [quote(request_id=f"r{HOSTILE}", quote_id=ids["quote_id"], network=HOSTILE)],
        "trades": [trade("settled", "1 10:05", **ids, partner_reference=f"o{HOSTILE}")],
        "orders": [order(partner_reference=f"o{HOSTILE}", status=HOSTILE, **ids)],
        "webhooks": [webhook("settled", "1 10:05", event_id=HOSTILE, transact_id=f"t{HOSTILE}")],
        "tickets": [ticket(ticket_id=HOSTILE, transact_id=f"t{HOSTILE}")],
        "errors": [failed_call(quote_id=ids["quote_id"])],
        "ledger": [entry("buy_debit", "-100.00", "1 10:01", ref=ids["quote_id"], source=HOSTILE)],
    }
    return story(load(tmp_path_factory.mktemp("hostile") / "home", world), f"t{HOSTILE}")


def text_of(found: Story) -> str:
    file = io.StringIO()
    write_text(found, file)
    return file.getvalue()


class Page(HTMLParser):
    """Tags, attributes and text of a page; fails on what is not closed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href")]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data


# --- JSON ---


def test_json_is_one_object_on_one_line_with_exact_money_and_times_in_utc(home: Path) -> None:
    line = story_json(story(home, "trade-1"))
    assert "\n" not in line
    row = json.loads(line, parse_float=lambda text: pytest.fail(f"a float: {text}"))
    names = (
        "partner_id environment as_of id found_as state title wording quotes trades records"
        " exceptions differences missing support_packet not_followed is_truncated later_records"
    )
    assert list(row) == names.split()
    assert (row["as_of"], row["id"], row["found_as"]) == (
        "2026-06-09T00:00:00Z",
        "trade-1",
        ["trade"],
    )
    assert row["records"][0]["rate"] == "1.0731"
    assert [r["delta"] for r in row["records"] if r["kind"] == "ledger"] == ["-100.00", "100.00"]
    assert row["records"][0]["requested_at"] == "2026-06-01T10:00:00Z"
    assert row["trades"][0]["refunded"] == "durable"


def test_the_support_packet_is_that_of_the_public_docs(home: Path) -> None:
    assert json.loads(story_json(story(home, "trade-1")))["support_packet"] == {
        "environment": "production",
        "endpoint": "POST /pools/EUR-USDT/transact",
        "partner_reference": "order-1",
        "pool_id": "EUR-USDT",
        "quote_id": "quote-1",
        "transact_id": "trade-1",
        "side": "on_ramp",
        "amount": "100.00",
        "currency": "EUR",
        "network": "tron",
        "status": "returned",
        "request_id": "req-call-1",
        "timestamps": {
            "requested_at": "2026-06-01T10:00:00Z",
            "expires_at": "2026-06-01T10:15:00Z",
            "created_at": "2026-06-01T10:01:00Z",
            "status_at": "2026-06-03T12:00:00Z",
            "failed_at": "2026-06-01T10:02:00Z",
        },
    }


def test_a_record_shows_its_declared_fields_and_no_others(home: Path) -> None:
    own = {"kind", "at", "match", "marks"}
    for record in json.loads(story_json(story(home, "trade-1")))["records"]:
        declared = {spec.name for spec in field_table(record["kind"])}
        assert record.keys() - own <= declared
        assert declared - record.keys() == {"partner_id", "environment"}


def test_a_weak_link_and_a_missing_debit_are_told_in_every_form(tmp_path: Path) -> None:
    world = whole()
    world["ledger"][0]["ref"] = "erased"
    world["webhooks"] = []
    found_home = load(tmp_path / "home", world, {"webhooks": [webhook("failed", "1 10:00", 50)]})
    put(found_home, "weak_links", [{"entry_id": "entry-debit-1", "transact_id": "trade-1"}])
    found = story(found_home, "trade-1")
    row = json.loads(story_json(found))
    assert {r["entry_id"]: r["match"] for r in row["records"] if r["kind"] == "ledger"} == {
        "entry-debit-1": "weak",
        "entry-refund-1": "durable",
    }
    assert [item["says"] for item in row["missing"]] == [story_words.MISSING["webhook"]]
    for shown in (text_of(found), Page(story_page(found)).text):
        assert story_words.WEAK in shown
        assert "debited by amount and time alone (weak)" in shown
        assert f"trade-1: {story_words.MISSING['webhook']} Webhook records have reached" in shown


# --- text ---


def test_text_that_goes_to_no_terminal_is_plain(home: Path) -> None:
    shown = text_of(story(home, "trade-1"))
    assert shown.startswith("trade trade-1\nproduction/acme, as of 2026-06-09 00:00:00.000 UTC\n")
    assert "\x1b" not in shown
    assert not [line for line in shown.splitlines() if line != line.rstrip()]
    assert (
        "2026-06-01 10:05:00.000  Webhook      pool.transaction.settled attempt 1 delivered"
        in shown
    )


# --- whatever ids look like ---


def test_a_page_takes_nothing_of_a_record_for_markup(hostile: Story) -> None:
    page = Page(story_page(hostile))
    assert "script" not in page.tags
    assert page.text.count(f"t{HOSTILE}") > 5
    assert page.addresses == []


def test_a_page_fetches_nothing(home: Path) -> None:
    source = story_page(story(home, "trade-1"))
    assert "default-src 'none'" in source
    assert not re.search(r"https?:|//|@import|url\(", source)
    assert {"prefers-color-scheme: dark", "@media print"} <= set(
        re.findall(r"prefers-color-scheme: dark|@media print", source)
    )


def test_json_and_text_repeat_hostile_ids_exactly(hostile: Story) -> None:
    row = json.loads(story_json(hostile))
    assert row["id"] == row["support_packet"]["transact_id"] == f"t{HOSTILE}"
    assert f"trade t{HOSTILE}\n" in text_of(hostile)


def test_what_was_refused_for_a_private_field_is_in_no_form(tmp_path: Path) -> None:
    world = whole()
    leaking = order(1, partner_reference="order-1b", treasury_note=CANARY)
    world["orders"].append(leaking)
    world["webhooks"][0]["undeclared"] = CANARY
    found = story(load(tmp_path / "home", world), "trade-1")
    for shown in (story_json(found), text_of(found), story_page(found)):
        assert CANARY not in shown
        assert "order-1b" not in shown


# --- words ---


def test_every_state_has_a_name_and_words_for_a_user() -> None:
    outcomes = "accepted rejected expired open indicative unavailable errored"
    statuses = "reserved settled failed released returned"
    calls = [*FAILED_CALLS.values(), "call_failed"]
    for state in [*outcomes.split(), *statuses.split(), *calls, "paid_in", "recorded"]:
        title, sentence = story_words.state(state)
        assert title
        assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("world", "asked", "sentence"),
    [
        (
            {"quotes": [quote(available=False, quote_id=None, unavailable_reason="pool_dry")]},
            "req-1",
            "This route is unavailable right now.",
        ),
        ({"quotes": [quote()]}, "req-1", "Refresh for a new price."),
        (
            {"errors": [failed_call(http_status=402, error_code="insufficient_balance")]},
            "req-failed-1",
            "Top up your balance before transacting.",
        ),
        (
            {"trades": [trade("reserved", "1 10:01")]},
            "trade-1",
            "Settlement is pending. Contact support with the trade id.",
        ),
    ],
)
def test_the_words_are_those_agreed_for_the_state(
    tmp_path: Path, world: Any, asked: str, sentence: str
) -> None:
    assert headline(story(load(tmp_path / "home", world), asked))[1] == sentence


def test_every_kind_that_can_be_in_a_story_has_a_summary(home: Path) -> None:
    found = story(home, "trade-1")
    assert {record.kind for record in found.records} == set(story_words.STORY_KINDS)
    assert set(story_words.STORY_KINDS) < set(MODELS)
    assert [summary(record) for record in found.records] == [
        "firm 100.00 EUR",
        "reserved 100.00 EUR",
        "buy_debit -100.00 EUR",
        "done",
        "transact 409 conflict",
        "settled 100.00 EUR",
        "pool.transaction.settled attempt 1 delivered",
        "escalation S2 ticket-1",
        "returned 100.00 EUR",
        "buy_refund 100.00 EUR",
    ]
