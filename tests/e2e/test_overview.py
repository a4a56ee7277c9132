"""What a person sees in a browser is what the metric layer says.

Goal: the numbers behind the drawn marks equal the utilization rows in the viewer's own zone, light
and dark; the address, the back button and a phone work; nothing is fetched from elsewhere and
nothing fails in the console. Method: a real Chromium opens the dashboard as `utilization demo`
starts it, and the marks' accessible labels are read from the drawing.
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from pipelines.periods import choose_period, cut
from pipelines.places import Place
from pipelines.serving import opened
from pipelines.utilization import windows_table
from pipelines.windows import Window
from reports import format as text
from reports.wording import OUTCOMES, REASONS
from tests.e2e.conftest import OpenPage, settle

pytestmark = pytest.mark.e2e

REQUESTS = "Quote requests over time, stacked by outcome"
UNAVAILABLE = "Unavailable rate of each pool over time"
FUNNEL = "Demand funnel: quote requests by outcome, and firm quotes by ending"


def labels(page: Page, chart: str, role: str) -> list[dict[str, str]]:
    """What each mark of a chart says of itself, as fields."""
    marks: Locator = page.get_by_label(chart, exact=True).locator(
        f"[aria-roledescription='{role}']"
    )
    expect(marks.first).to_be_attached()
    said = marks.evaluate_all("marks => marks.map(mark => mark.getAttribute('aria-label'))")
    return [dict(part.split(": ", 1) for part in one.split("; ")) for one in said]


def rows(home: Path, zone: str, windows: str | None = None) -> list[dict[str, Any]]:
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        period = choose_period("7d", build.watermark, zone)
        asked = [period.window] if windows is None else cut(period, windows, windows)
        table = windows_table(build.connection, asked, as_of=period.as_of)
    return table.to_pylist(maps_as_pydicts="strict")


@pytest.mark.parametrize(
    ("zone", "offset", "scheme"),
    [("America/New_York", "UTC-04:00", "light"), ("Asia/Kolkata", "UTC+05:30", "dark")],
)
def test_the_marks_drawn_are_the_metric_layers_numbers(
    open_page: OpenPage, home: Path, zone: str, offset: str, scheme: str
) -> None:
    page = open_page("/?tz=browser", zone=zone, scheme=scheme)
    expect(page.get_by_text(f"({offset})").first).to_be_visible()

    drawn: Counter[tuple[str, str]] = Counter()
    for mark in labels(page, REQUESTS, "bar"):
        drawn[mark["Window"], mark["outcome"]] += int(mark["Requests"].replace(",", ""))
    counted: Counter[tuple[str, str]] = Counter()

    for row in rows(home, zone, "1h"):
        window = text.span(Window(row["window_start"], row["window_end"], "1h"), zone)
        for figure, outcome in OUTCOMES.items():
            counted[window, outcome] += row[figure]
    assert sum(counted.values()) > 0
    assert drawn == counted

    points = {(m["Window"], m["Pool"]): m["Unavailable rate"] for m in _points(page)}
    rates = {
        (
            text.span(Window(row["window_start"], row["window_end"], "day"), zone),
            row["pool_id"],
        ): f"{text.percent(row['unavailable_rate'])} of {row['quote_requests']}"
        for row in rows(home, zone, "day")
        if row["unavailable_rate"] is not None
    }
    assert points == rates


def _points(page: Page) -> list[dict[str, str]]:
    return labels(page, UNAVAILABLE, "point")


def test_the_tables_read_as_the_rows_do_on_the_screen(open_page: OpenPage, home: Path) -> None:
    page = open_page("/")
    panel = page.locator("table.pu", has_text="Failure utilization").first
    for row in rows(home, "UTC"):
        line = panel.get_by_role("row").filter(has_text=row["pool_id"])
        expect(line).to_contain_text(text.percent(row["quote_utilization"]))
        expect(line).to_contain_text(f"{row['failed_quote_attempts']} of {row['quote_requests']}")
    reasons = page.locator("table.pu", has_text="Lane available").first
    seen = {reason for row in rows(home, "UTC") for reason in row["unavailable_reasons"]}
    for reason in seen:
        expect(reasons).to_contain_text(REASONS[reason])


def test_the_funnel_drawn_adds_up(open_page: OpenPage, home: Path) -> None:
    marks = labels(open_page("/"), FUNNEL, "bar")
    drawn: Counter[str] = Counter()
    for mark in marks:
        drawn[mark["stage"]] += int(mark["Quotes"].replace(",", ""))
    total = rows(home, "UTC")
    assert drawn["Quote requests"] == sum(row["quote_requests"] for row in total)
    assert drawn["Firm quotes"] == sum(row["firm_quotes"] for row in total)


def test_choices_go_into_the_address_and_the_back_button_takes_them_back(
    open_page: OpenPage,
) -> None:
    page = open_page("/")
    page.get_by_label("Period").first.click()
    page.get_by_role("option", name="Yesterday").click()
    expect(page).to_have_url(re.compile(r"\?period=yesterday$"))
    expect(page.get_by_text("Yesterday:")).to_be_visible()
    settle(page)
    page.go_back()
    expect(page.get_by_text("Last 7 complete days:")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("Yesterday:")).to_be_visible()


def test_a_filter_in_the_address_narrows_tables_and_charts(open_page: OpenPage) -> None:
    page = open_page("/?pool=EUR-USDT&pool=GBP-USDT")
    assert {mark["Pool"] for mark in _points(page)} == {"EUR-USDT", "GBP-USDT"}
    expect(page.locator("table.pu").first).not_to_contain_text("BRL-USDT")


def test_a_foreign_pool_shows_nothing_and_offers_the_way_back(open_page: OpenPage) -> None:
    page = open_page("/?pool=JPY-USDT")
    expect(page.get_by_text("A pool that is not here")).to_be_visible()
    assert page.locator("table.pu, [data-testid=stVegaLiteChart]").count() == 0
    page.get_by_role("button", name="Show all pools").click()
    expect(page.get_by_text("Where each pool stands now")).to_be_visible()


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_readers_light_and_dark(
    open_page: OpenPage, scheme: str, is_dark: bool
) -> None:
    page = open_page("/", scheme=scheme)
    colour = page.locator('[data-testid="stApp"]').evaluate(
        "app => getComputedStyle(app).backgroundColor"
    )
    red = int(re.findall(r"\d+", colour)[0])
    assert (red < 64) is is_dark


def test_a_phone_reads_the_page_without_scrolling_sideways(open_page: OpenPage) -> None:
    page = open_page("/", width=390)
    too_wide = page.locator('[data-testid="stMain"]').evaluate(
        "main => main.scrollWidth - main.clientWidth"
    )
    assert too_wide <= 0
    widest = page.locator("table.pu").first.evaluate("table => table.getBoundingClientRect().right")
    assert widest <= 390


def test_every_chart_has_a_table_behind_it(open_page: OpenPage) -> None:
    page = open_page("/")
    charts = page.locator('[data-testid="stVegaLiteChart"]')
    expect(charts.first).to_be_visible()
    tables = page.get_by_text("The same as a table")
    expect(charts).to_have_count(tables.count())
    tables.first.click()
    expect(page.locator('[data-testid="stDataFrame"]').first).to_be_visible()


def test_the_server_answers_for_its_health_and_closes_what_nobody_needs(dashboard: str) -> None:
    for path, said in (("/healthz", b"ok\n"), ("/readyz", b"ready\n")):
        with urllib.request.urlopen(dashboard + path) as answer:
            assert answer.read() == said
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(dashboard + path)
