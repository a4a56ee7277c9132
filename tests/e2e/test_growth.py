"""What a person sees on Growth is what the metric layer says.

Goal: the numbers behind the drawn marks equal the core's in the viewer's own zone, light and dark;
another pool or day can be looked at; the view goes along from page to page; a phone reads it.
Method: a real Chromium opens the dashboard as `utilization demo` starts it, and the marks'
accessible labels are read from the drawing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from pipelines.lanes import read_lanes
from pipelines.outline import read_outline
from pipelines.periods import Period, choose_period, cut
from pipelines.places import Place
from pipelines.serving import Build, opened
from pipelines.usage.hours import hourly_usage
from pipelines.usage.levels import band_levels_table
from pipelines.utilization import windows_table
from pipelines.windows import Window
from reports import format as text
from reports import growth, leaks
from reports.spread import WEEKDAYS
from tests.e2e.conftest import OpenPage, settle
from tests.e2e.test_overview import labels

pytestmark = pytest.mark.e2e

FUNNEL = "Quote requests down to accepted quotes, with every leak on the way"
PARETO = "Reasons of failed attempts by frequency, with the span before as a tick"
WEEK_LIMITS = "Calls refused by a limit by hour and weekday"
DAYS = "Daily band used on each day, with the band in force that day"
MULTIPLES = "Execution utilization of each pool per day on one scale, with the band at 100 %"
Rows = list[dict[str, Any]]


def core(home: Path, zone: str) -> tuple[Rows, Rows, Rows]:
    """The totals and the days of the last seven days, and the hours of the week."""
    with opened(Place(home, "production", "lumen-wallet")) as build:
        period = last_week(build, zone)
        windows = [period.window, *cut(period, "day", "days")]
        parts = ["limit_errored_quotes"]
        table = windows_table(build.connection, windows, as_of=period.as_of, parts=parts)
        outline = read_outline(build, period.as_of)
        hours = hourly_usage(
            build.connection,
            growth.asked_hours(period),
            period=period.window,
            zone=zone,
            as_of=period.as_of,
            known_from=outline.first_event,
            pools=outline.pools,
        )
    rows = table.to_pylist(maps_as_pydicts="strict")
    totals = [row for row in rows if row["window"] == "period"]
    return totals, [row for row in rows if row["window"] == "days"], hours.by_week.to_pylist()


def last_week(build: Build, zone: str) -> Period:
    assert build.watermark is not None
    return choose_period("7d", build.watermark, zone)


@pytest.mark.parametrize(
    ("zone", "scheme"), [("America/New_York", "light"), ("Asia/Kolkata", "dark")]
)
def test_the_marks_drawn_are_the_metric_layers_numbers(
    open_page: OpenPage, home: Path, zone: str, scheme: str
) -> None:
    page = open_page("/growth?tz=browser", zone=zone, scheme=scheme)
    totals, days, hours = core(home, zone)

    steps = {mark["Step"]: int(mark["Quotes"]) for mark in labels(page, FUNNEL, "bar")}
    assert steps == {step.name: step.count for step in leaks.steps(totals)}
    causes = {mark["Reason"]: int(mark["Attempts"]) for mark in labels(page, PARETO, "bar")}
    assert sum(causes.values()) == sum(row["failed_quote_attempts"] for row in totals) > 0

    cells = {(m["Day"], m["Hour from"]): m["Used"] for m in labels(page, WEEK_LIMITS, "rect mark")}
    counted = {
        (WEEKDAYS[row["weekday"] - 1], f"{row['clock_hour']:02}:00"): str(row["limit_errors"])
        for row in hours
        if row["pool_id"] is None
    }
    assert cells == counted

    drawn = {(m["Pool"], m["Window"]): m["Used"] for m in labels(page, MULTIPLES, "bar")}
    assert drawn == {
        (
            row["pool_id"],
            text.span(Window(row["window_start"], row["window_end"], "day"), zone),
        ): text.percent(row["execution_utilization"])
        for row in days
    }


def test_another_pool_is_drawn_against_its_own_band(open_page: OpenPage, home: Path) -> None:
    page = open_page("/growth")
    choice = page.get_by_role("combobox", name="Pool", exact=True).first
    choice.scroll_into_view_if_needed()
    settle(page)
    choice.press("ArrowDown")
    page.get_by_role("option", name="BRL-USDT").click()
    settle(page)
    with opened(Place(home, "production", "lumen-wallet")) as build:
        period = last_week(build, "UTC")
        zone = read_lanes(build.connection, period.as_of).zone_of["BRL-USDT"]
        table = band_levels_table(
            build.connection, growth.band_days(period, zone), as_of=period.as_of, pools=["BRL-USDT"]
        )
    expect(page.get_by_text(f"midnight {zone}; the times")).to_be_visible()
    drawn = [mark["Used"] for mark in labels(page, DAYS, "bar")]
    assert drawn == [
        f"{text.exact_money(row['daily_band_used'], 'BRL')},"
        f" {text.percent(row['daily_band_usage'])} of the band"
        for row in table.to_pylist()
    ]
    expect(page).to_have_url(re.compile(r"/growth\?band-pool=BRL-USDT(:|%3A)BRL$"))
    page.go_back()
    settle(page)
    expect(page.get_by_text(f"midnight {zone}; the times")).to_have_count(0)


def test_the_view_goes_along_from_page_to_page(open_page: OpenPage) -> None:
    page = open_page("/?period=yesterday&pool=EUR-USDT")
    page.get_by_role("link", name="Growth", exact=True).click()
    expect(page).to_have_url(re.compile(r"/growth\?period=yesterday&pool=EUR-USDT$"))
    settle(page)
    expect(page.get_by_text("Yesterday:")).to_be_visible()
    expect(page.locator("table.pu").first).not_to_contain_text("BRL-USDT")
    page.go_back()
    expect(page.get_by_role("heading", name="Where each pool stands now")).to_be_visible()


def test_a_phone_reads_growth_without_scrolling_sideways(open_page: OpenPage) -> None:
    page = open_page("/growth", width=390)
    too_wide = page.locator('[data-testid="stMain"]').evaluate(
        "main => main.scrollWidth - main.clientWidth"
    )
    assert too_wide <= 0
    charts = page.locator('[data-testid="stVegaLiteChart"]')
    expect(charts).to_have_count(page.get_by_text("The same as a table").count())
