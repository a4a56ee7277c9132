"""The funnel of firm quotes: accepted, rejected, expired or open as of an instant.

Goal: a quote is in exactly one of the four, by what had happened before `as_of`, and the four
always add up to the firm quotes. Method: single quotes by hand, then random ones at any `as_of`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.windows import Window, format_instant
from tests.metrics.conftest import Serving, window

HOUR = ("2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z")
OUTCOMES = ("accepted_quotes", "rejected_quotes", "expired_quotes", "open_quotes")
START = datetime(2026, 6, 10, 10, tzinfo=UTC)
QUARTERS = st.integers(0, 20).map(lambda n: format_instant(START + n * timedelta(minutes=15)))


def outcome(row: dict[str, object]) -> str:
    (found,) = (name for name in OUTCOMES if row[name])
    return found


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-06-10T10:30:00Z", "open_quotes"),
        ("2026-06-10T10:45:00Z", "open_quotes"),
        ("2026-06-10T11:00:00Z", "expired_quotes"),
        ("2026-06-10T11:15:00Z", "rejected_quotes"),
        ("2026-06-10T11:30:00Z", "accepted_quotes"),
    ],
)
def test_acceptance_goes_before_rejection_and_rejection_before_expiry(
    serving: Serving, as_of: str, expected: str
) -> None:
    serving.firm(
        "2026-06-10T10:20:00Z",
        expires="2026-06-10T10:45:00Z",
        rejected="2026-06-10T11:00:00Z",
        accepted="2026-06-10T11:15:00Z",
    )

    assert outcome(serving.one(*HOUR, as_of=as_of)) == expected


def test_an_acceptance_after_the_window_counts_for_the_window_of_the_request(
    serving: Serving,
) -> None:
    serving.firm("2026-06-10T10:59:00Z", accepted="2026-06-10T13:00:00Z", quotes=3)

    row = serving.one(*HOUR)

    assert row["accepted_quotes"] == 3
    assert row["accepted_quote_rate"] == "1.000000"


def test_a_cut_inside_a_bucket_divides_what_happened_before_and_after_it() -> None:
    serving = Serving("2026-06-10T10:20:30Z", "2026-06-09T10:20:30Z")
    serving.firm("2026-06-10T10:16:00Z", accepted="2026-06-10T10:20:29Z")
    serving.firm("2026-06-10T10:17:00Z", accepted="2026-06-10T10:20:30Z")
    serving.firm("2026-06-10T10:20:30Z", accepted="2026-06-10T10:21:00Z")

    row = serving.one(*HOUR, as_of="2026-06-10T10:20:30Z")

    assert row["firm_quotes"] == 2
    assert [row[name] for name in OUTCOMES] == [1, 0, 0, 1]


@given(
    quotes=st.lists(
        st.tuples(QUARTERS, *(st.none() | QUARTERS for _ in range(3)), st.integers(1, 9)),
        max_size=12,
    ),
    as_of=QUARTERS,
)
@settings(max_examples=25)
def test_the_four_outcomes_add_up_to_the_firm_quotes_at_any_instant(
    quotes: list[tuple[str, str | None, str | None, str | None, int]], as_of: str
) -> None:
    serving = Serving()
    serving.lane("EUR-USDT", "EUR")
    for at, accepted, rejected, expires, count in quotes:
        serving.firm(at, accepted=accepted, rejected=rejected, expires=expires, quotes=count)

    for row in serving.ask(*_hours(), as_of=as_of):
        assert sum(row[name] for name in OUTCOMES) == row["firm_quotes"]
    serving.connection.close()


def _hours() -> list[Window]:
    starts = [START + n * timedelta(hours=1) for n in range(3)]
    return [
        window(format_instant(start), format_instant(start + timedelta(hours=1)))
        for start in starts
    ]
