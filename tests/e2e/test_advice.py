"""What a person sees of pace and runway is what the core says, and findings lead where they say.

Goal: the drawn marks of both pictures equal the core's projection in two zones, light and dark;
other assumptions stand in the address, and back undoes them; a finding leads to its page and down
to its records; a phone reads the cards. Method: a real Chromium opens the dashboard on a sample
that ends today, and the marks' accessible labels are read from the drawing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pipelines.advice import Advice, keep_advice, work_out
from pipelines.forecast.runway import runway
from pipelines.forecast.shapes import WhatIf
from pipelines.places import Place
from pipelines.serving import opened
from pipelines.settings import load_settings
from pipelines.windows import format_instant
from reports import advice_words, pace_picture, runway_picture
from reports import format as text
from tests.dashboard.sample_home import fill_home
from tests.e2e.conftest import OpenPage, serving, settle
from tests.e2e.test_overview import labels

pytestmark = pytest.mark.e2e

PACE = "What is used of the band today, where the day is heading, and the limit"
PARTNER = "lumen-wallet"


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    today = datetime.now(UTC).date()
    home = fill_home(
        tmp_path_factory, "e2e-advice", partners=1, quotes_per_day=80, days=45, end=today
    )
    keep_advice(Place(home, "production", PARTNER), load_settings(home))
    return home


@pytest.fixture(scope="module")
def dashboard(own_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard of its own, on records that are fresh and long enough to be projected."""
    with serving(own_home, tmp_path_factory.mktemp("account-advice")) as address:
        yield address


def told(home: Path, back: timedelta | None = None) -> Advice:
    """What the core says as of the watermark, or of 14:00 so long before."""
    with opened(Place(home, "production", PARTNER)) as build:
        assert build.watermark is not None
        moment = build.watermark
        if back is not None:
            moment = (moment - back).replace(hour=14, minute=0, second=0, microsecond=0)
        return work_out(build, load_settings(home), moment)


def balance_of(currency: str) -> str:
    return f"Balance in {currency}: so far, expected and cautious, with floor, target and send by"


@pytest.mark.parametrize(
    ("zone", "scheme"), [("America/New_York", "light"), ("Asia/Kolkata", "dark")]
)
def test_the_marks_of_a_day_are_the_cores_projection(
    open_page: OpenPage, own_home: Path, zone: str, scheme: str
) -> None:
    advice = told(own_home, timedelta(days=1))
    one = next(one for one in advice.paces if one.state == "projected")
    lane = f"{one.pools[0]}:{one.currency}"
    at = format_instant(advice.as_of)
    query = f"tz=browser&as_of=moment&moment={at}&pace-pool={lane}"
    page = open_page(f"/growth?{query}", zone=zone, scheme=scheme)
    marks = labels(page, PACE, "point")
    ahead = [mark for mark in marks if mark["Shown"] == pace_picture.PROJECTED]
    assert [mark["When"] for mark in ahead[1:]] == [
        text.moment(step.at, one.time_zone) for step in one.path
    ]
    assert [mark["Amount"] for mark in ahead[1:]] == [
        f"{text.money_with_code(step.mid, one.currency)}, 80 % band"
        f" {text.money(step.low, one.currency)} to {text.money(step.high, one.currency)}"
        for step in one.path
    ]
    used = [mark["Amount"] for mark in marks if mark["Shown"] == pace_picture.USED]
    assert used[-1] == text.money_with_code(one.used, one.currency)


@pytest.mark.parametrize(
    ("zone", "scheme"), [("America/New_York", "dark"), ("Asia/Kolkata", "light")]
)
def test_the_marks_of_a_balance_are_the_cores_demand(
    open_page: OpenPage, own_home: Path, zone: str, scheme: str
) -> None:
    one = next(one for one in told(own_home).runways if one.currency == "GBP")
    assert one.available_now is not None
    page = open_page("/finance?tz=browser&balance=GBP", zone=zone, scheme=scheme)
    marks = labels(page, balance_of("GBP"), "point")
    for series, demand in (
        (runway_picture.EXPECTED, [hour.expected for hour in one.demand]),
        (runway_picture.CAUTIOUS, [hour.cautious for hour in one.demand]),
    ):
        shown = [mark for mark in marks if mark["Shown"] == series]
        left = [one.available_now, *(one.available_now - taken for taken in demand)]
        assert len(shown) > 24
        assert [mark["Amount"] for mark in shown] == [
            text.exact_money(max(each, Decimal(0)), "GBP") for each in left[: len(shown)]
        ]
        assert shown[1]["When"] == text.moment(one.demand[0].at, zone)


def test_an_assumption_stands_in_the_address_and_back_undoes_it(
    open_page: OpenPage, own_home: Path
) -> None:
    page = open_page("/finance?balance=EUR")
    choice = page.get_by_role("combobox", name="Demand", exact=True)
    choice.scroll_into_view_if_needed()
    settle(page)
    choice.press("ArrowDown")
    page.get_by_role("option", name=advice_words.GROWTHS["0.5"]).click()
    settle(page)
    expect(page).to_have_url(re.compile(r"/finance\?balance=EUR&growth=0\.5$"))
    with opened(Place(own_home, "production", PARTNER)) as build:
        assert build.watermark is not None
        (one,) = runway(
            build.connection,
            as_of=build.watermark,
            settings=load_settings(own_home),
            what_if=WhatIf(growth=Decimal("0.5")),
            currencies=["EUR"],
        )
    row = page.get_by_role("row").filter(has_text="What if")
    assert one.runway_p50_s is not None
    expect(row).to_contain_text(text.duration(one.runway_p50_s))
    page.go_back()
    settle(page)
    expect(row).to_have_count(0)


def test_a_finding_leads_to_its_page_and_down_to_its_records(
    open_page: OpenPage, own_home: Path
) -> None:
    stuck = [
        one
        for one in told(own_home).findings
        if (one.rule, one.state) == ("reservations_stuck", "firing")
    ]
    assert stuck
    page = open_page("/")
    card = page.locator("article").filter(has_text="Trades are reserved for too long").first
    expect(card).to_contain_text("Critical")
    card.get_by_role("link", name=advice_words.TO_IDS).first.click()
    settle(page)
    expect(page).to_have_url(re.compile(r"/investigate\?.*figure=long_reserved_trades"))
    expect(page.get_by_text(str(stuck[0].pool_id)).first).to_be_visible()
    page.go_back()
    settle(page)
    card.get_by_role("link", name="Finance: Reserved, by age").click()
    settle(page)
    expect(page.get_by_role("heading", name="Reserved, by age")).to_be_attached()
    expect(page.locator("article").filter(has_text="reserved for too long")).to_have_count(1)


@pytest.mark.parametrize("path", ["/", "/growth", "/finance", "/review"])
def test_a_phone_reads_findings_and_forecasts_without_scrolling_sideways(
    open_page: OpenPage, path: str
) -> None:
    page = open_page(path, width=390)
    too_wide = page.locator('[data-testid="stMain"]').evaluate(
        "main => main.scrollWidth - main.clientWidth"
    )
    assert too_wide <= 0
