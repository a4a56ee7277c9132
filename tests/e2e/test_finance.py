"""Finance in a browser: its marks are the core's numbers, and its controls work.

Goal: what the drawn balances, bridges and ages say equals the core's answers in the viewer's own
days, light and dark; the list narrows to a kind; the way there from Overview keeps the view; a
phone reads it. Method: a real Chromium reads the marks' accessible labels and the tables.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pipelines.books.ageing import reserved_ageing_table
from pipelines.books.bridge import bridge_table
from pipelines.books.exceptions import exceptions_table, reconciliation_table
from pipelines.periods import choose_period
from pipelines.places import Place
from pipelines.serving import opened
from reports import format as text
from reports.books_words import AGES, EXCEPTIONS
from reports.exceptions import AGES as OPEN_AGES
from reports.exceptions import NO_CURRENCY
from tests.e2e.conftest import PATIENCE_MS, OpenPage, settle
from tests.e2e.test_overview import labels

pytestmark = pytest.mark.e2e

Rows = list[dict[str, Any]]


def core(home: Path, zone: str) -> tuple[Rows, Rows, Rows, Rows]:
    """The bridge of the last seven days, ages, what is open, and each exception."""
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        period = choose_period("7d", build.watermark, zone)
        tables = (
            bridge_table(build.connection, [period.window], as_of=period.as_of),
            reserved_ageing_table(build.connection, as_of=period.as_of),
            reconciliation_table(build.connection, as_of=period.as_of),
            exceptions_table(build.connection, as_of=period.as_of, states=["open"]),
        )
    bridge, ages, reconciled, listed = (table.to_pylist() for table in tables)
    return bridge, ages, reconciled, listed


@pytest.mark.parametrize(
    ("zone", "scheme"), [("America/New_York", "light"), ("Asia/Kolkata", "dark")]
)
def test_the_marks_drawn_are_the_cores_numbers(
    open_page: OpenPage, home: Path, zone: str, scheme: str
) -> None:
    page = open_page("/finance?tz=browser", zone=zone, scheme=scheme)
    bridge, ages, reconciled, _ = core(home, zone)
    for row in bridge:
        name = f"Balance bridge in {row['currency']}, from opening to closing"
        drawn = {mark["Part"]: mark["Amount"] for mark in labels(page, name, "bar")}
        for part, figure in (("Opening", "opening"), ("Closing", "closing")):
            assert drawn[part] == text.exact_money(row[figure], row["currency"])
        assert drawn["Pay-ins"].lstrip("+") == text.exact_money(row["pay_ins"], row["currency"])
        assert drawn["Debits"] == text.exact_money(-row["debits"], row["currency"])
        unexplained = text.exact_money(row["unexplained"], row["currency"])
        assert drawn["Unexplained"].lstrip("+") == unexplained
    for currency in {row["currency"] for row in ages if row["reserved_count"]}:
        name = f"Reserved in {currency} of each pool, stacked by age"
        held = {(m["Pool"], m["Age"]): m["Reserved"] for m in labels(page, name, "bar")}
        assert held == {
            (row["pool_id"], AGES[row["age"]]): text.exact_money(row["reserved_notional"], currency)
            for row in ages
            if row["currency"] == currency and row["reserved_count"]
        }
    name = "Open exceptions of each currency, stacked by age"
    open_now = {(m["Currency"], m["Age"]): m["Open"] for m in labels(page, name, "bar")}
    assert open_now == {
        (row["currency"] or NO_CURRENCY, title): str(row[figure])
        for row in reconciled
        if row["open_exceptions"]
        for figure, title in OPEN_AGES.items()
    }


def test_a_balance_is_drawn_with_its_floor_and_its_target(open_page: OpenPage) -> None:
    page = open_page("/finance?pool=EUR-USDT")
    name = "Balance in EUR over time, with its floor, its target and pay-ins"
    rules = {mark["Shown"] for mark in labels(page, name, "rule mark")}
    assert rules == {"Floor", "Target"}
    shown = {mark["Shown"] for mark in labels(page, name, "point")}
    assert shown == {"Available balance", "Pay-in"}
    assert page.get_by_label("Balance in GBP over time", exact=False).count() == 0


def test_the_list_of_exceptions_narrows_to_a_kind(open_page: OpenPage, home: Path) -> None:
    _, _, _, listed = core(home, "UTC")
    title = EXCEPTIONS[listed[0]["kind"]][0]
    page = open_page("/finance")
    panel = page.get_by_role("table", name="Exceptions: open exceptions")
    expect(panel.get_by_role("row")).to_have_count(min(len(listed), 25) + 1)
    # Charts that are still to be drawn above would move the control away from under the pointer.
    assert labels(page, "Open exceptions of each currency, stacked by age", "bar")
    control = page.get_by_role("combobox", name="Kinds shown one by one")
    control.click()
    control.fill(title)
    page.get_by_role("option", name=title).click()
    settle(page)
    page.keyboard.press("Escape")
    of_kind = [row for row in listed if row["kind"] == listed[0]["kind"]]
    narrowed = len(of_kind) + 1
    expect(panel.get_by_role("row")).to_have_count(narrowed, timeout=PATIENCE_MS)
    expect(panel.get_by_role("row").nth(1)).to_contain_text(title)


def test_the_way_from_overview_keeps_the_view(open_page: OpenPage) -> None:
    page: Page = open_page("/?pool=GBP-USDT&period=yesterday")
    page.get_by_role("link", name="Finance", exact=True).click()
    expect(page).to_have_url(re.compile(r"/finance\?.*pool=GBP-USDT"))
    settle(page)
    expect(page.get_by_text("Yesterday:")).to_be_visible()
    table = page.get_by_role("table", name="What is in the balance")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("GBP")


def test_a_phone_reads_finance_without_scrolling_sideways(open_page: OpenPage) -> None:
    page = open_page("/finance", width=390)
    expect(page.get_by_role("table", name="Webhooks of the period")).to_be_visible()
    too_wide = page.locator('[data-testid="stMain"]').evaluate(
        "main => main.scrollWidth - main.clientWidth"
    )
    assert too_wide <= 0
    rights = page.locator("table.pu").evaluate_all(
        "tables => tables.map(table => table.getBoundingClientRect().right)"
    )
    assert max(rights) <= 390
