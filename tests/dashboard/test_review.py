"""Program review shows a complete period of the program, as the core answers it.

Goal: the seven items stand with the core's states and figures, in the program's own zone; the
address says which review, the arrows move by one, and what cannot be reviewed is said. Method: the
real app is run by Streamlit's test driver on a home made by the ordinary ingestion, and the page's
tables are compared with a review read directly.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.outline import read_outline
from pipelines.places import Place
from pipelines.review.scorecard import Asked, Review, read_review
from pipelines.review.spans import review_windows
from pipelines.review.states import Bounds
from pipelines.review.terms import read_terms
from pipelines.serving import opened
from reports import format as text
from reports.review_words import (
    ITEMS,
    NO_POOL_OF_PROGRAM,
    NOT_COMPARED,
    NOT_SUCH_A_REVIEW,
    REASONS,
    STATES,
    rules,
)
from tests.dashboard.reading import Open, headings, table, words

PAGE = "review"


def read(home: Path, program: str, cadence: str, place: int = -1) -> Review:
    with opened(Place(home, "production", "lumen-wallet")) as build:
        as_of = build.watermark
        assert as_of is not None
        terms = read_terms(build.connection, as_of)[program][-1]
        first = read_outline(build, as_of).first_event
        assert first is not None
        window = review_windows(cadence, terms.time_zone, first, as_of)[place]
        asked = Asked(
            window, terms.time_zone, terms.approved_pools, first, as_of, Bounds(), has_tickets=True
        )
        return read_review(build.connection, asked)


PANELS = [
    "Scorecard",
    "What changed",
    "Each pool",
    "What there was to look at in the period",
    "The review pack",
    "Notes",
    "Decisions",
    "How true forecasts have been",
    "Terms of the program",
    "Limits and their history",
]


def test_the_page_has_all_its_panels_and_none_fails(open_page: Open) -> None:
    page = open_page(cadence="weekly")
    assert headings(page) == PANELS
    assert not page.error
    assert "Last 7 complete days" not in words(page)


@pytest.mark.parametrize("program", ["lp_lumen_core", "lp_lumen_latam"])
def test_the_scorecard_is_the_review_of_the_core(home: Path, open_page: Open, program: str) -> None:
    shown = table(open_page(program=program, cadence="weekly"), "Scorecard")
    review = read(home, program, "weekly")
    said = rules(Bounds())
    assert [row["Item"] for row in shown] == [title for title, _ in ITEMS.values()]
    for row, item in zip(shown, review.items, strict=True):
        assert row["State"] == STATES[item.verdict.state]
        assert row["State: hover"] == said[item.name]
        if item.name != "reserved_age":
            assert row["State: small"] == REASONS[item.verdict.reason]
        assert row["This period"] != ""
        assert row["Span before"] != ""


def test_figures_stand_with_their_counts(home: Path, open_page: Open) -> None:
    page = open_page(program="lp_lumen_core", cadence="weekly")
    rows = {row["Item"]: row for row in table(page, "Scorecard")}
    now = read(home, "lp_lumen_core", "weekly").current
    unavailable = now.share(["unavailable_quotes"], "quote_requests")
    assert rows["Availability"]["This period"] == text.percent(unavailable.value)
    counted = f"{unavailable.part} of {text.count(unavailable.whole)} requests"
    assert counted in rows["Availability"]["This period: small"]
    assert rows["Limits"]["This period"] == text.percent(now.peaks[0].usage)
    ended = now.share(["failed_trades", "released_trades"], "left_trades")
    counted = f"{ended.part} of {ended.whole} that left reserved"
    assert counted in rows["Failed trades"]["This period: small"]
    opened_tickets = now.cases.tickets_of(("complaint",), "opened")
    assert rows["Complaints"]["This period"] == f"{opened_tickets} opened"
    arising = now.cases.exceptions_of("arising")
    assert rows["Ledger exceptions"]["This period"] == f"{arising} arising"


def test_each_pool_of_the_program_has_its_row(home: Path, open_page: Open) -> None:
    page = open_page(program="lp_lumen_core", cadence="weekly")
    review = read(home, "lp_lumen_core", "weekly")
    shown = table(page, "Each pool")
    assert [row["Pool"] for row in shown] == list(review.asked.pools)
    for row in shown:
        counts = review.current.pools[row["Pool"]]
        assert row["Requests"] == text.count(counts["quote_requests"])
        assert row["Left reserved"] == text.count(counts["left_trades"])


def test_the_cadence_is_the_programs_until_another_is_chosen(open_page: Open) -> None:
    page = open_page(program="lp_lumen_latam")
    assert page.get("button_group")[0].value == "weekly"
    assert "Week of" in words(page)


def test_the_arrows_move_by_one_review_and_back(open_page: Open) -> None:
    page = open_page(program="lp_lumen_latam")
    last = next(line for line in words(page).splitlines() if "Week of" in line)
    assert page.button(key="review-Next review").disabled
    page.button(key="review-Previous review").click().run()
    assert "review" in page.query_params
    earlier = next(line for line in words(page).splitlines() if "Week of" in line)
    assert earlier != last
    page.button(key="review-Next review").click().run()
    assert "review" not in page.query_params
    assert last in words(page)


def test_a_period_the_records_only_half_reach_is_compared_with_nothing(open_page: Open) -> None:
    page = open_page(program="lp_lumen_latam")
    while not page.button(key="review-Previous review").disabled:
        page.button(key="review-Previous review").click().run()
    assert NOT_COMPARED in words(page)
    rows = table(page, "Scorecard")
    assert {row["Span before"] for row in rows} == {text.UNKNOWN}


def test_a_review_that_does_not_exist_is_named_and_the_last_one_shown(open_page: Open) -> None:
    page = open_page(program="lp_lumen_latam", review="2019-01-01")
    assert NOT_SUCH_A_REVIEW in words(page)
    assert headings(page) == PANELS


def test_no_complete_period_is_said_and_weeks_are_offered(open_page: Open) -> None:
    page = open_page(program="lp_lumen_latam", cadence="quarterly")
    assert headings(page)[0] == "No complete quarter yet"
    next(one for one in page.button if one.label == "Show weeks").click().run()
    assert page.query_params["cadence"] == "weekly"
    assert headings(page) == PANELS


def test_pools_chosen_in_the_side_bar_narrow_the_review(open_page: Open) -> None:
    page = open_page(pool=["EUR-USDT"], cadence="weekly")
    assert [row["Pool"] for row in table(page, "Each pool")] == ["EUR-USDT"]
    assert {row["Pool"] for row in table(page, "Limits and their history")} == {
        "EUR-USDT",
        "All EUR pools",
    }


def test_a_filter_that_leaves_no_pool_of_the_program_is_said(open_page: Open) -> None:
    page = open_page(pool=["BRL-USDT"], cadence="weekly")
    assert headings(page) == [NO_POOL_OF_PROGRAM[0]]


def test_a_bound_of_the_partners_own_stands_in_its_rule(
    home: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml = home / "utilization.toml"
    toml.write_text('failed_trade_bound = "0.000001"\n', encoding="utf-8")
    try:
        rows = table(open_page(program="lp_lumen_core", cadence="weekly"), "Scorecard")
    finally:
        toml.unlink()
    failed = next(row for row in rows if row["Item"] == "Failed trades")
    assert failed["State"] == STATES["look"]
    assert "above your own bound of" in failed["State: hover"]
