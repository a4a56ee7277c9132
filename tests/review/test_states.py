"""The state of an item says what holds by its rule, and never more than the data.

Goal: few events, nothing to compare with and records that did not arrive give an unknown state;
a bound of the partner's own goes before a comparison; use of a limit is never judged. Method:
readings made by hand are judged, one edge of a rule at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.review.intervals import Share
from pipelines.review.peaks import Peak, Stock
from pipelines.review.readings import Cases, Reading
from pipelines.review.states import ITEMS, Bounds, Judged, Verdict, judge, judge_share
from pipelines.windows import Window

START = datetime(2026, 6, 1, tzinfo=UTC)
DAY_S = 86_400
COUNTS = (
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


def reading(
    usage: str | None = None,
    age_s: int | None = None,
    tickets: Mapping[tuple[str, str], int] | None = None,
    exceptions: tuple[int, int | None] | None = (0, None),
    **counts: int,
) -> Reading:
    """A reading of one pool; `tickets` are open ones by type and severity."""
    peaks = [Peak("daily_band_usage", "p", "EUR", Decimal(usage), START)] if usage else []
    by_severity = [
        {"ticket_type": kind, "severity": severity, "open_at_end": number, "opened": number}
        for (kind, severity), number in (tickets or {}).items()
    ]
    found: list[dict[str, Any]] | None = None
    if exceptions is not None:
        still_open, oldest = exceptions
        found = [{"arising": 1, "open_at_end": still_open, "oldest_open_age_s": oldest}]
    return Reading(
        Window(START, START + timedelta(days=7), "week"),
        True,
        {"p": {**dict.fromkeys(COUNTS, 0), **counts}},
        peaks,
        Stock(int(age_s is not None), age_s),
        Cases(by_severity, found),
    )


def state(item: str, now: Reading, before: Reading | None = None, **bounds: Any) -> str:
    return judge(item, Judged(now, before, Bounds(**bounds), has_tickets=True)).state


@pytest.mark.parametrize(
    ("now", "before", "bound", "verdict"),
    [
        ((0, 0), (1, 100), None, ("unknown", "nothing")),
        ((9, 29), (1, 1000), None, ("unknown", "few")),
        ((9, 29), (1, 1000), "0.01", ("unknown", "few")),
        ((9, 100), None, None, ("unknown", "no_before")),
        ((9, 100), (0, 29), None, ("unknown", "few_before")),
        ((9, 100), None, "0.10", ("steady", "below_bound")),
        ((10, 100), None, "0.10", ("steady", "below_bound")),
        ((11, 100), None, "0.10", ("look", "above_bound")),
        ((5, 1000), (5, 1000), None, ("steady", "within")),
        ((9, 1000), (5, 1000), None, ("steady", "within")),
        ((150, 1000), (100, 1000), None, ("watch", "higher")),
        ((200, 1000), (100, 1000), None, ("look", "twice")),
        ((199, 1000), (100, 1000), None, ("watch", "higher")),
        ((50, 1000), (100, 1000), None, ("steady", "lower")),
        ((40, 35), (1, 1000), None, ("unknown", "few")),
    ],
)
def test_a_share_is_judged_against_its_bound_and_the_span_before(
    now: tuple[int, int],
    before: tuple[int, int] | None,
    bound: str | None,
    verdict: tuple[str, str],
) -> None:
    earlier = Share(*before) if before else None
    found = judge_share(Share(*now), earlier, Decimal(bound) if bound else None)
    assert found == Verdict(*verdict)


def test_use_of_a_limit_is_not_judged_below_it() -> None:
    quiet = reading(quote_requests=1000, limit_errors=5)
    for usage in ("0.010000", "0.999999"):
        assert state("limits", replace(quiet, peaks=reading(usage).peaks), quiet) == "steady"
    assert state("limits", replace(quiet, peaks=reading("1.000000").peaks), quiet) == "watch"


def test_limit_errors_that_rise_go_before_a_limit_that_was_reached() -> None:
    before = reading(quote_requests=1000, limit_errors=5)
    now = reading("1.200000", quote_requests=1000, limit_errors=50)
    assert state("limits", now, before) == "look"
    assert state("limits", now, before, limit_errors=Decimal("0.01")) == "look"


def test_unavailable_minutes_are_judged_against_a_bound_only() -> None:
    now = reading(quote_requests=1000, available_us=60_000_000, unavailable_us=540_000_000)
    before = reading(quote_requests=1000, available_us=600_000_000)
    assert state("availability", now, before) == "steady"
    assert state("availability", now, before, unavailable=Decimal("0.5")) == "look"


def test_returned_trades_are_judged_beside_those_that_never_settled() -> None:
    before = reading(left_trades=1000, settled_trades=1000)
    calm = {"left_trades": 1000, "settled_trades": 1000}
    assert state("failed_trades", reading(**calm, returned_trades=30), before) == "look"
    assert state("failed_trades", reading(**calm, released_trades=30), before) == "look"
    assert state("failed_trades", reading(**calm), before) == "steady"


@pytest.mark.parametrize(
    ("age_s", "most_s", "expected"),
    [
        (3600, 3600, "steady"),
        (3601, 3600, "watch"),
        (DAY_S, 3600, "watch"),
        (DAY_S + 1, 3600, "look"),
        (2 * DAY_S, 2 * DAY_S, "steady"),
        (2 * DAY_S + 1, 2 * DAY_S, "look"),
    ],
)
def test_reserved_age_is_judged_by_the_age_the_partner_set(
    age_s: int, most_s: int, expected: str
) -> None:
    assert state("reserved_age", reading(age_s=age_s), reserved_age=timedelta(seconds=most_s)) == (
        expected
    )


def test_nothing_reserved_is_steady_only_where_trades_are_known() -> None:
    assert state("reserved_age", reading()) == "unknown"
    assert state("reserved_age", reading(left_trades=3)) == "steady"


@pytest.mark.parametrize(
    ("tickets", "escalations", "complaints"),
    [
        ({}, "steady", "steady"),
        ({("escalation", "S3"): 1}, "watch", "steady"),
        ({("incident", "S2"): 1}, "look", "steady"),
        ({("complaint", "S4"): 2}, "steady", "watch"),
        ({("complaint", "S1"): 1, ("escalation", "S4"): 1}, "watch", "look"),
        ({("escalation", "S1"): 0}, "steady", "steady"),
    ],
)
def test_open_tickets_are_judged_by_their_severity(
    tickets: Mapping[tuple[str, str], int], escalations: str, complaints: str
) -> None:
    now = reading(tickets=tickets)
    assert (state("escalations", now), state("complaints", now)) == (escalations, complaints)


def test_tickets_that_never_arrived_are_not_none() -> None:
    judged = Judged(reading(), None, Bounds(), has_tickets=False)
    assert judge("complaints", judged) == Verdict("unknown", "not_ingested")


@pytest.mark.parametrize(
    ("exceptions", "expected"),
    [
        (None, "unknown"),
        ((0, None), "steady"),
        ((2, 7 * DAY_S), "watch"),
        ((2, 7 * DAY_S + 1), "look"),
    ],
)
def test_open_exceptions_are_judged_by_their_age(
    exceptions: tuple[int, int | None] | None, expected: str
) -> None:
    assert state("ledger_exceptions", reading(exceptions=exceptions)) == expected


def test_a_reading_of_nothing_claims_nothing() -> None:
    judged = Judged(reading(exceptions=None), None, Bounds(), has_tickets=False)
    assert {judge(item, judged).state for item in ITEMS} == {"unknown"}
