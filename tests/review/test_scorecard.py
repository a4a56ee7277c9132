"""A review's figures are those of the metric layer and of the books, span by span.

Goal: counts, peaks, stocks and exceptions of a review equal the utilization rows and the
exceptions asked for directly; tickets are as of each span's end; states hold since the week that
the weeks themselves say. Method: one build of the sample is asked both ways; a small world of
tickets is asked at several instants.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.books.ageing import reserved_trades_table
from pipelines.books.exceptions import exceptions_table
from pipelines.outline import read_outline
from pipelines.review.peaks import USAGES
from pipelines.review.readings import Cases, read_cases
from pipelines.review.scorecard import Asked, Review, read_review
from pipelines.review.spans import TREND_WEEKS, review_windows
from pipelines.review.states import ESCALATIONS, Bounds
from pipelines.review.terms import limit_history, read_terms
from pipelines.serving import Build, opened
from pipelines.utilization import windows_table
from pipelines.windows import Window, calendar_windows
from tests.warehouse import ingest_world, place_of


@pytest.fixture(scope="module")
def review(build: Build) -> Review:
    return reviewed(build, "lp_lumen_core")


def reviewed(build: Build, program: str) -> Review:
    as_of = build.watermark
    assert as_of is not None
    terms = read_terms(build.connection, as_of)[program][-1]
    first = read_outline(build, as_of).first_event
    assert first is not None
    window = review_windows("weekly", terms.time_zone, first, as_of)[-1]
    asked = Asked(
        window, terms.time_zone, terms.approved_pools, first, as_of, Bounds(), has_tickets=True
    )
    return read_review(build.connection, asked)


def rows(build: Build, review: Review, windows: list[Window]) -> list[dict[str, Any]]:
    table = windows_table(
        build.connection, windows, as_of=review.asked.as_of, pools=review.asked.pools
    )
    return table.to_pylist(maps_as_pydicts="strict")


def test_counts_are_those_of_the_utilization_rows(build: Build, review: Review) -> None:
    minute = 60_000_000
    for reading in (review.current, review.before):
        found = rows(build, review, [reading.window])
        assert len(found) == len(reading.pools) > 1
        for row in found:
            counts = reading.pools[row["pool_id"]]
            for name in ("quote_requests", "unavailable_quotes", "limit_errors"):
                assert counts[name] == row[name]
            assert counts["unavailable_us"] == row["unavailable_minutes"] * minute
            assert counts["available_us"] == row["availability_minutes"] * minute
            left = counts["left_trades"]
            assert left
            assert round(counts["settled_trades"] / left, 6) == float(row["settle_rate"])
    total = review.current.share(["failed_trades", "released_trades"], "left_trades")
    assert total.part == review.current.total("left_trades") - review.current.total(
        "settled_trades"
    )


def test_peaks_are_the_highest_of_the_hours_and_the_stock_is_that_of_the_end(
    build: Build, review: Review
) -> None:
    window = review.current.window
    found = rows(build, review, calendar_windows("1h", window.start, window.end, "UTC"))
    for figure in USAGES:
        for pool in review.asked.pools:
            used = [row[figure] for row in found if row["pool_id"] == pool and row[figure]]
            told = [
                one.usage
                for one in review.current.peaks
                if (one.figure, one.pool_id) == (figure, pool)
            ]
            assert told == ([max(used)] if used else [])
    assert [one.usage for one in review.current.peaks] == sorted(
        (one.usage for one in review.current.peaks), reverse=True
    )
    (closing,) = {row["window_end"] for row in found if row["window_end"] == window.end}
    ages = [row["oldest_reserved_age_s"] for row in found if row["window_end"] == closing]
    assert review.current.stock.oldest_age_s == max(age for age in ages if age is not None)


@pytest.mark.parametrize(
    ("program", "left_out"), [("lp_lumen_core", set()), ("lp_lumen_latam", {"EUR"})]
)
def test_exceptions_are_those_of_the_pools_and_of_their_currencies_where_of_none(
    build: Build, program: str, left_out: set[str]
) -> None:
    review = reviewed(build, program)
    pools = review.asked.pools
    currencies = {pool.partition("-")[0] for pool in pools}

    def concerned(as_of: datetime) -> list[dict[str, Any]]:
        found = exceptions_table(build.connection, as_of=as_of, states=["open"]).to_pylist()
        shared = [row for row in found if row["pool_id"] is None]
        assert {row["currency"] for row in shared} - {*currencies, None} == left_out
        mine = [row for row in shared if row["currency"] in {*currencies, None}]
        return [*mine, *(row for row in found if row["pool_id"] in pools)]

    held = concerned(review.current.window.end)
    assert review.current.cases.exceptions_of("open_at_end") == len(held)
    assert review.now_open.exceptions_of("open_at_end") == len(concerned(review.asked.as_of))
    assert review.current.cases.exceptions is not None
    for by_currency in review.current.cases.exceptions:
        amounts = [
            abs(row["amount"])
            for row in held
            if row["currency"] == by_currency["currency"] and row["amount"] is not None
        ]
        assert by_currency["value_at_risk"] == (sum(amounts) if amounts else None)


def test_trades_over_the_age_are_those_listed(build: Build, review: Review) -> None:
    assert review.over is not None
    number, notional = review.over
    listed = reserved_trades_table(
        build.connection, as_of=review.asked.as_of, over=timedelta(hours=1)
    ).to_pylist()
    ended = review.current.window.end - timedelta(hours=1)
    still = [row for row in listed if row["created_at"] < ended]
    assert number >= sum(row["pool_id"] in review.asked.pools for row in still)
    assert bool(number) == bool(notional)


def test_unknown_weeks_are_gaps_and_known_ones_are_judged(review: Review) -> None:
    first = review.asked.first_event
    for item in review.items:
        assert len(item.weeks) == TREND_WEEKS
        for week in item.weeks:
            if week.window.start < first:
                assert (week.height, week.verdict.state) == (None, "unknown")
        known = [week for week in item.weeks if week.height is not None]
        assert known
        assert known[-1].window == item.weeks[-1].window


def test_a_state_holds_since_the_first_week_of_its_row(review: Review) -> None:
    for item in review.items:
        states = [week.verdict.state for week in item.weeks]
        if item.since is None:
            assert item.verdict.state == "unknown" or states[-1] != item.verdict.state
            continue
        row = states[-item.since.weeks :]
        assert set(row) == {item.verdict.state}
        assert item.since.start == item.weeks[-item.since.weeks].window.start
        earlier = states[: -item.since.weeks]
        assert not earlier or earlier[-1] != item.verdict.state
        assert item.since.is_at_least == (set(earlier) <= {"unknown"})


def test_changes_are_plain_differences_beyond_chance(review: Review) -> None:
    strengths = [change.strength for change in review.changes]
    assert strengths == sorted(strengths, reverse=True)
    for change in review.changes:
        assert change.current == review.current.pools[change.pool_id][change.figure]
        assert change.before == review.before.pools[change.pool_id][change.figure]
        assert change.current + change.before >= 30
        assert change.difference**2 > 3.84 * (change.current + change.before)


def test_the_limits_of_a_program_are_those_of_its_pools_and_currencies(build: Build) -> None:
    assert build.watermark is not None
    history = limit_history(build.connection, ["BRL-USDT"], build.watermark).to_pylist()
    assert {row["currency"] for row in history} == {"BRL"}
    assert {row["pool_id"] for row in history} == {"BRL-USDT", None}
    nothing_yet = datetime(2001, 1, 1, tzinfo=UTC)
    assert limit_history(build.connection, ["BRL-USDT"], nothing_yet).num_rows == 0


# --- tickets as of an instant ---

OPENED = datetime(2026, 6, 10, 9, tzinfo=UTC)


def ticket(number: int, hours: float, severity: str, closed: float | None, **more: Any) -> Any:
    """One update of a ticket, so many hours after it was opened."""
    return {
        "partner_id": "acme",
        "environment": "production",
        "ticket_id": f"k{number}",
        "ticket_type": "escalation",
        "severity": severity,
        "opened_at": OPENED.isoformat(),
        "closed_at": None if closed is None else (OPENED + timedelta(hours=closed)).isoformat(),
        "updated_at": (OPENED + timedelta(hours=hours)).isoformat(),
        **more,
    }


@pytest.fixture(scope="module")
def tickets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home: Path = tmp_path_factory.mktemp("tickets") / "home"
    ingest_world(
        home,
        {
            "tickets": [
                ticket(1, 0, "S3", None),
                ticket(1, 5, "S1", None),
                ticket(1, 9, "S1", 9),
                ticket(2, 20, "S2", 2),
                ticket(3, 0, "S4", None, pool_id="pool-b"),
                ticket(4, 0, "S4", 1, ticket_type="complaint"),
                ticket(4, 6, "S4", None, ticket_type="complaint"),
            ]
        },
    )
    return home


def cases(home: Path, hours: float, pools: list[str]) -> Cases:
    end = OPENED + timedelta(hours=hours)
    window = Window(OPENED - timedelta(hours=1), end, "1h")
    with opened(place_of(home)) as build:
        (found,) = read_cases(build.connection, [window], pools=pools, as_of=end)
    return found


@pytest.mark.parametrize(
    ("hours", "severities"),
    [
        (1, {"S3": 1, "S2": 1}),
        (2, {"S3": 1, "S2": 1}),
        (2.25, {"S3": 1}),
        (5, {"S3": 1}),
        (5.25, {"S1": 1}),
        (9, {"S1": 1}),
        (9.25, {}),
        (30, {}),
    ],
)
def test_a_ticket_is_as_its_newest_update_before_the_instant_says(
    tickets: Path, hours: float, severities: dict[str, int]
) -> None:
    found = cases(tickets, hours, ["pool-a"])
    still_open = {
        name: found.tickets_of(ESCALATIONS, "open_at_end", [name])
        for name in ("S1", "S2", "S3", "S4")
    }
    assert {name: number for name, number in still_open.items() if number} == severities


def test_a_ticket_of_another_pool_is_left_out_and_one_of_none_is_not(tickets: Path) -> None:
    assert cases(tickets, 1, ["pool-a"]).tickets_of(ESCALATIONS, "opened") == 2
    assert cases(tickets, 1, ["pool-b"]).tickets_of(ESCALATIONS, "opened") == 3


def test_a_ticket_opened_again_is_open(tickets: Path) -> None:
    open_at = [
        cases(tickets, hours, []).tickets_of(("complaint",), "open_at_end") for hours in (1, 3, 7)
    ]
    assert open_at == [1, 0, 1]


def test_a_ticket_opened_at_the_instant_is_not_yet_there(tickets: Path) -> None:
    assert cases(tickets, 0, ["pool-a"]).tickets == ()
