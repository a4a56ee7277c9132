"""A review in words: few events are greyed with their interval, and history is not hidden.

Goal: what is too few is shown as such, an amount never crosses a currency, terms and limits tell
what changed and when. Method: readings, terms and limits made by hand are written as tables.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from pipelines.review.changes import Change
from pipelines.review.intervals import FEW
from pipelines.review.peaks import Peak, Stock
from pipelines.review.readings import Cases, Reading
from pipelines.review.scorecard import Asked, Item, Review, Since, Week
from pipelines.review.states import Bounds, Verdict
from pipelines.review.terms import Terms
from pipelines.windows import Window
from reports import format as text
from reports.review import items_file, rules_table, scorecard_table, weeks_table
from reports.review_pools import changes_table, limits_table, pools_table, terms_table
from reports.review_words import ITEMS, REASONS, STATES, rules

START = datetime(2026, 6, 1, tzinfo=UTC)
WEEK = Window(START, START + timedelta(days=7), "week")
BEFORE = Window(START - timedelta(days=7), START, "week")


def reading(window: Window, *, is_whole: bool = True, **counts: int) -> Reading:
    names = (
        "quote_requests",
        "unavailable_quotes",
        "limit_errors",
        "left_trades",
        "settled_trades",
        "failed_trades",
        "released_trades",
        "returned_trades",
        "available_us",
        "unavailable_us",
    )
    exceptions: list[dict[str, Any]] = [
        {
            "currency": code,
            "arising": 1,
            "open_at_end": 1,
            "oldest_open_age_s": 90,
            "value_at_risk": Decimal(amount) if amount else None,
            "open_without_amount": 0 if amount else 1,
        }
        for code, amount in (("EUR", "10.5"), ("GBP", "3"), (None, None))
    ]
    peaks = [Peak("daily_band_usage", "p", "EUR", Decimal("1.25"), START + timedelta(hours=5))]
    pools = {"p": {**dict.fromkeys(names, 0), **counts}}
    return Reading(window, is_whole, pools, peaks, Stock(0, None), Cases([], exceptions))


def review(now: Reading, before: Reading, *changes: Change) -> Review:
    asked = Asked(WEEK, "UTC", ("p",), START, WEEK.end, Bounds(), has_tickets=False)
    verdict = Verdict("unknown", "few")
    weeks = [Week(BEFORE, None, verdict), Week(WEEK, 3, verdict)]
    items = [Item(name, verdict, weeks, None) for name in ITEMS]
    items[0] = Item("limits", Verdict("watch", "reached"), weeks, Since(START, 4, is_at_least=True))
    over = (2, {"EUR": Decimal(7), "GBP": Decimal(8)})
    return Review(asked, now, before, [before, now], items, over, None, changes, Cases([], []))


def test_a_share_of_few_is_greyed_and_stands_with_its_interval() -> None:
    few = reading(WEEK, quote_requests=4, unavailable_quotes=1)
    html = scorecard_table(review(few, reading(BEFORE, is_whole=False)))
    assert "1 of 4 requests" in html
    assert f"95 % interval {text.percent(Decimal('0.045587'))} to" in html
    assert "pu-muted" in html
    enough = reading(WEEK, quote_requests=FEW, unavailable_quotes=1)
    html = scorecard_table(review(enough, reading(BEFORE, is_whole=False)))
    assert "95 % interval" not in html


def test_amounts_at_risk_stand_each_in_its_currency() -> None:
    html = scorecard_table(review(reading(WEEK), reading(BEFORE)))
    assert "at risk 10.50 EUR, 3.00 GBP · 1 without an amount" in html
    assert "3 arising" in html


def test_a_state_tells_its_rule_its_reason_and_since_when() -> None:
    html = scorecard_table(review(reading(WEEK), reading(BEFORE)))
    assert STATES["watch"] in html
    assert "week of 1 Jun 2026" in html
    assert "4 weeks in a row or longer" in html
    assert "An unknown state has no beginning." in html


def test_a_span_that_is_not_known_whole_is_a_dash_and_not_a_nought() -> None:
    html = scorecard_table(review(reading(WEEK), reading(BEFORE, is_whole=False)))
    assert html.count("not known whole") == len(ITEMS)


def test_what_never_arrived_is_told_from_none() -> None:
    rows = items_file(review(reading(WEEK), reading(BEFORE))).to_pylist()
    complaints = next(row for row in rows if row["item"] == "Complaints")
    assert complaints["this_period"] == text.UNKNOWN


def test_the_weeks_as_a_table_keep_unknown_and_nought_apart() -> None:
    weeks = weeks_table(review(reading(WEEK), reading(BEFORE))).to_pylist()
    assert [week["Complaints"] for week in weeks] == [text.UNKNOWN, "3"]


def test_every_item_has_a_rule_and_every_reason_its_words() -> None:
    html = rules_table(review(reading(WEEK), reading(BEFORE)))
    assert all(title in html for title, _ in ITEMS.values())
    said = rules(Bounds(failed_trades=Decimal("0.05")))
    assert "your own bound of 5.0" in said["failed_trades"]
    assert "which is not set" in said["availability"]
    assert not [words for words in REASONS.values() if not words]


def test_changes_are_signed_and_stand_between_both_counts() -> None:
    change = Change("p", "limit_errors", 6, 172)
    html = changes_table(review(reading(WEEK), reading(BEFORE), change))
    assert ">\N{MINUS SIGN}166<" in html
    assert ">6<" in html
    assert ">172<" in html


def test_a_use_above_the_limit_is_shown_as_it_is() -> None:
    html = pools_table(review(reading(WEEK), reading(BEFORE)))
    assert text.percent(Decimal("1.25")) in html
    assert "1 Jun 05:00" in html


def terms(day: int, **changed: Any) -> Terms:
    given: dict[str, Any] = {
        "program_id": "lp",
        "effective_from": START + timedelta(days=day),
        "product": "top-ups",
        "program_type": None,
        "approved_pools": ("a", "b"),
        "funding_model": None,
        "support_sla_label": None,
        "phase": "pilot",
        "time_zone": "UTC",
        "review_cadence": "weekly",
        "funding_ready": True,
        "webhooks_ready": True,
        "monitoring_ready": True,
        "support_ready": True,
        "first_order_limit": Decimal("50"),
    }
    return Terms(**{**given, **changed})


def test_terms_tell_what_changed_the_newest_first() -> None:
    later = terms(
        9,
        phase="expansion",
        approved_pools=("b", "c"),
        review_cadence="monthly",
        support_ready=False,
    )
    html = terms_table([terms(0), later])
    assert html.index("10 Jun 2026") < html.index("1 Jun 2026")
    assert "was Production pilot" in html
    assert "was week" in html
    assert "+ c, \N{MINUS SIGN} a" in html
    assert "not recorded as ready: support" in html


@pytest.mark.parametrize(
    ("second_from", "second_to", "said"),
    [
        (9, None, ">20.00<|since 10 Jun 2026; 10.00 until 10 Jun 2026"),
        (9, 12, ">none in force<|20.00 until 13 Jun 2026; 10.00 until 10 Jun 2026"),
        (9, 40, ">20.00<|since 10 Jun 2026; 10.00 until 10 Jun 2026"),
    ],
)
def test_limits_stand_with_their_history(
    second_from: int, second_to: int | None, said: str
) -> None:
    def row(value: str, start: int, end: int | None) -> dict[str, Any]:
        return {
            "pool_id": None,
            "currency": "EUR",
            "limit_name": "daily_band",
            "value": Decimal(value),
            "effective_from": START + timedelta(days=start),
            "effective_to": None if end is None else START + timedelta(days=end),
        }

    history = pa.Table.from_pylist([row("10", 0, second_from), row("20", second_from, second_to)])
    html = limits_table(history, "UTC", START + timedelta(days=30))
    assert "All EUR pools" in html
    for words in said.split("|"):
        assert words in html
