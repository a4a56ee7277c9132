"""Investigate in a browser: its bars are the core's numbers, and the way down leads to a story.

Goal: what the drawn hours say equals the core's counts in the viewer's own hours, light and dark; a
click on a bar lists its ids, an id leads to its story with what can be copied and taken away, and
the back button climbs up again; a phone reads it. Method: a real Chromium reads the marks'
accessible labels and the tables.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from pipelines.drill.counts import counts_table
from pipelines.periods import choose_period, cut
from pipelines.places import Place
from pipelines.serving import opened
from pipelines.windows import Window, format_instant
from reports import format as text
from tests.e2e.conftest import OpenPage, settle
from tests.e2e.test_overview import labels

pytestmark = pytest.mark.e2e

HOURS = "Expired quotes by hour"


def hours_of(home: Path, zone: str) -> list[dict[str, Any]]:
    """How many quotes of one pool expired in each hour of the last seven days."""
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        period = choose_period("7d", build.watermark, zone)
        table = counts_table(
            build.connection,
            "expired_quotes",
            cut(period, "1h", "1h"),
            as_of=period.as_of,
            pools=["EUR-USDT"],
        )
    return table.to_pylist()


@pytest.mark.parametrize(
    ("zone", "scheme"), [("America/New_York", "light"), ("Asia/Kolkata", "dark")]
)
def test_the_bars_drawn_are_the_cores_counts(
    open_page: OpenPage, home: Path, zone: str, scheme: str
) -> None:
    query = "figure=expired_quotes&lane=EUR-USDT:EUR&tz=browser"
    page = open_page(f"/investigate?{query}", zone=zone, scheme=scheme)
    drawn = {mark["Window"]: mark["Count"] for mark in labels(page, HOURS, "bar")}
    rows = hours_of(home, zone)
    assert sum(row["events"] for row in rows)
    assert drawn == {
        text.span(Window(row["window_start"], row["window_end"], ""), zone): str(row["events"])
        for row in rows
    }


def test_a_bar_leads_to_ids_an_id_to_its_story_and_back(open_page: OpenPage, home: Path) -> None:
    most = max(hours_of(home, "UTC"), key=lambda row: row["events"])
    page = open_page("/investigate?figure=expired_quotes&lane=EUR-USDT:EUR&tz=UTC")
    window = text.span(Window(most["window_start"], most["window_end"], ""), "UTC")
    bar = page.get_by_label(HOURS, exact=True).locator(f"[aria-label*='Window: {window};']")
    bar.click()
    hour = format_instant(most["window_start"]).replace(":", "%3A")
    expect(page).to_have_url(re.compile(f"hour={hour}"))
    listed = page.get_by_role("table", name="Expired quotes one by one")
    expect(listed.get_by_role("row")).to_have_count(most["events"] + 1)
    expect(
        page.get_by_label(HOURS, exact=True).locator("[aria-label*='Is: Chosen']")
    ).to_have_count(1)
    link = listed.get_by_role("link").first
    asked = link.inner_text()
    link.click()
    settle(page)
    expect(page).to_have_url(re.compile(f"hour={hour}.*id={asked}"))
    records = page.get_by_role("table", name="Records in time order")
    expect(records).to_contain_text(asked)
    expect(page.get_by_text("Quote expired")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Whole story as JSON").click()
    assert download.value.suggested_filename == f"evidence-{asked}.json"
    story = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert (story["id"], story["state"]) == (asked, "expired")
    page.go_back()
    settle(page)
    expect(records).to_have_count(0)
    page.go_back()
    settle(page)
    expect(page.get_by_text("Choose an hour to see its reasons")).to_be_visible()


def test_a_phone_reads_investigate_without_scrolling_sideways(
    open_page: OpenPage, home: Path
) -> None:
    most = max(hours_of(home, "UTC"), key=lambda row: row["events"])
    hour = format_instant(most["window_start"])
    query = f"figure=expired_quotes&lane=EUR-USDT:EUR&tz=UTC&hour={hour}"
    page = open_page(f"/investigate?{query}", width=390)
    expect(page.get_by_role("table", name="Expired quotes one by one")).to_be_visible()
    too_wide = page.locator('[data-testid="stMain"]').evaluate(
        "main => main.scrollWidth - main.clientWidth"
    )
    assert too_wide <= 0
    rights = page.locator("table.pu").evaluate_all(
        "tables => tables.map(table => table.getBoundingClientRect().right)"
    )
    assert max(rights) <= 390
