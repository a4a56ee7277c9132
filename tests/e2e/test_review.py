"""Program review and Data health in a real browser.

Goal: what stands on the screen is what the core answers, in a light and in a dark page, by the
clocks of two viewers; the arrows and the address lead to the same review. Method: a real Chromium
opens the dashboard, follows the link to the page and reads the tables and the marks' labels.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipelines.health import coverage_table
from pipelines.places import Place
from pipelines.serving import opened
from reports import format as text
from reports.wording import KINDS
from tests.dashboard.test_review import read
from tests.e2e.conftest import OpenPage, settle

pytestmark = pytest.mark.e2e

COVERAGE = "Records of each kind on each day; a cross where a day in between has none"


def follow(page: Page, title: str) -> Page:
    page.get_by_role("link", name=title).click()
    settle(page)
    return page


@pytest.mark.parametrize(
    ("zone", "scheme"), [("America/New_York", "light"), ("Asia/Kolkata", "dark")]
)
def test_the_scorecard_on_the_screen_is_the_cores(
    open_page: OpenPage, home: Path, zone: str, scheme: str
) -> None:
    address = "/?program=lp_lumen_core&cadence=weekly&tz=browser"
    page = follow(open_page(address, zone=zone, scheme=scheme), "Program review")
    review = read(home, "lp_lumen_core", "weekly")
    card = page.locator("table.pu", has_text="In this state since")
    share = review.current.share(["unavailable_quotes"], "quote_requests")
    row = card.get_by_role("row").filter(has_text="Availability")
    expect(row).to_contain_text(text.percent(share.value))
    expect(row).to_contain_text(f"{text.count(share.part)} of {text.count(share.whole)} requests")
    start = text.local_day(review.current.window.start, "Europe/Berlin")
    expect(page.get_by_text(f"Week of {start}:")).to_be_visible()


def test_the_arrow_back_and_the_browsers_own_lead_to_the_same_reviews(
    open_page: OpenPage, home: Path
) -> None:
    page = follow(open_page("/?program=lp_lumen_latam"), "Program review")
    zone = "America/Sao_Paulo"
    reviews = [read(home, "lp_lumen_latam", "weekly", place) for place in (-1, -2)]
    last, earlier = (
        f"Week of {text.local_day(one.current.window.start, zone)}:" for one in reviews
    )
    expect(page.get_by_text(last)).to_be_visible()
    page.get_by_role("button", name="Previous review").click()
    expect(page.get_by_text(earlier)).to_be_visible()
    expect(page).to_have_url(re.compile(r"review=\d{4}-\d\d-\d\d"))
    settle(page)
    page.go_back()
    expect(page.get_by_text(last)).to_be_visible()


def test_the_days_drawn_are_the_days_landed(open_page: OpenPage, home: Path) -> None:
    page = follow(open_page("/?period=7d"), "Data health")
    marks = page.get_by_label(COVERAGE, exact=True).locator("[aria-roledescription='rect mark']")
    expect(marks.first).to_be_attached()
    said = marks.evaluate_all("marks => marks.map(mark => mark.getAttribute('aria-label'))")
    drawn = set()
    for one in said:
        fields = dict(part.split(": ", 1) for part in one.split("; "))
        drawn.add((fields["Records"], fields["That day"].split()[0]))
    with opened(Place(home, "production", "lumen-wallet")) as build:
        rows = coverage_table(build.connection, date(2026, 6, 23), date(2026, 6, 29)).to_pylist()
    known = [row for row in rows if row["records"] is not None]
    landed = {(KINDS[row["kind"]], text.count(row["records"])) for row in known}
    assert landed
    assert drawn == landed


def test_both_pages_read_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/?program=lp_lumen_latam", width=390)
    for title in ("Program review", "Data health"):
        follow(page, title)
        too_wide = page.locator('[data-testid="stMain"]').evaluate(
            "main => main.scrollWidth - main.clientWidth"
        )
        assert too_wide <= 0


def test_the_pack_is_taken_away_as_one_page(open_page: OpenPage, home: Path) -> None:
    address = "/?program=lp_lumen_core&cadence=weekly"
    page = follow(open_page(address), "Program review")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="HTML", exact=True).click()
    download = waiting.value
    assert download.suggested_filename == "review-lp_lumen_core-2026-W26.html"
    data = Path(download.path()).read_text(encoding="utf-8")
    assert data.startswith("<!doctype html>")
    review = read(home, "lp_lumen_core", "weekly")
    share = review.current.share(["unavailable_quotes"], "quote_requests")
    assert f"{text.count(share.part)} of {text.count(share.whole)} requests" in data
    assert text.local_day(review.current.window.start, "Europe/Berlin") in data
