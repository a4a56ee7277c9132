"""Findings, pace, runway and accuracy stand as the core says them; advice never on old records.

Goal: every firing finding stands on Overview and beside its figures with its figures, since when,
what may be done and what it is not; nothing firing says what was looked at; the tables of limits,
balances and scores equal the core's; other assumptions come from the address alone. Method: the
real `app.py` is run by Streamlit's own test driver, on a sample that ends today and on one that
ended long ago, and what stands on the page is compared with what the core answers.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.advice import Advice, keep_advice, work_out
from pipelines.findings.asking import ask_findings, ask_replay, findings_of
from pipelines.findings.catalogue import RULES
from pipelines.forecast.runway import runway
from pipelines.forecast.shapes import WhatIf
from pipelines.places import Place
from pipelines.serving import Build, opened
from pipelines.settings import Settings, load_settings
from pipelines.windows import format_instant
from reports import advice_words, drill_words, findings_words, pace, pace_picture, runway_picture
from reports import format as text
from reports.findings_cards import MOST_CARDS, groups
from reports.findings_places import PLACES, spots
from tests.dashboard.reading import Open, headings, read, tables, words
from tests.dashboard.sample_home import fill_home

PAGE = ""
PANELS_OF = {"growth", "finance", "review", "health"}


@pytest.fixture(scope="module")
def fresh_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose records end today, with its advice kept."""
    today = datetime.now(UTC).date()
    home = fill_home(tmp_path_factory, "fresh", partners=1, quotes_per_day=80, days=45, end=today)
    keep_advice(Place(home, "production", "lumen-wallet"), load_settings(home))
    return home


@pytest.fixture(scope="module")
def settings(fresh_home: Path) -> Settings:
    return load_settings(fresh_home)


@pytest.fixture(scope="module")
def build(fresh_home: Path) -> Iterator[Build]:
    with opened(Place(fresh_home, "production", "lumen-wallet")) as build:
        yield build


@pytest.fixture(scope="module")
def told(build: Build, settings: Settings) -> Advice:
    """What the core says as of the newest complete data."""
    assert build.watermark is not None
    return work_out(build, settings, build.watermark)


@pytest.fixture(scope="module")
def at_noon(build: Build, settings: Settings) -> Advice:
    """What the core says as of an early afternoon, when days can be projected."""
    assert build.watermark is not None
    noon = (build.watermark - timedelta(days=1)).replace(hour=14, minute=0, second=0, microsecond=0)
    return work_out(build, settings, noon)


def sources(page: AppTest) -> str:
    return "\n".join(str(one.proto.body) for one in page.get("html"))


def shown(page: AppTest) -> str:
    """All HTML of the page as the text that is read."""
    return plain(unescape(re.sub(r"<[^>]+>", " ", sources(page))))


def plain(said: str) -> str:
    """With ordinary spaces alone."""
    return re.sub(r"\s+", " ", said)


def table_of(page: AppTest, caption: str) -> dict[str, dict[str, str]]:
    (html,) = [one for one in tables(page) if f"<caption>{caption}</caption>" in one]
    return read(html)


def moment_of(advice: Advice) -> dict[str, str]:
    return {"as_of": "moment", "moment": format_instant(advice.as_of)}


def first_drawn(page: AppTest) -> list[dict[str, Any]]:
    """The data behind the page's first chart."""
    proto = page.get("vega_lite_chart")[0].proto
    data = proto.data.data or proto.datasets[0].data.data
    rows: list[dict[str, Any]] = pa.ipc.open_stream(io.BytesIO(data)).read_all().to_pylist()
    return rows


def test_overview_begins_with_what_fires_and_all_that_is_said_of_it(
    fresh_home: Path, open_page: Open, told: Advice
) -> None:
    page = open_page(fresh_home)
    assert headings(page)[0] == advice_words.LOOK_AT
    firing = [one for one in told.findings if one.state == "firing"]
    assert firing
    first = [one for group in groups(firing)[:MOST_CARDS] for one in group]
    said = shown(page)
    for one in first:
        rule = findings_words.RULES[one.rule]
        assert one.since is not None
        assert one.action is not None
        assert rule.title in said
        assert rule.why in said
        assert rule.is_not in said
        assert findings_words.SEVERITIES[one.severity] in said
        assert f"Since {text.moment(one.since, 'UTC')}" in said
        assert findings_words.ACTIONS[one.action] in said
        for each in one.inputs:
            assert plain(findings_words.input_sentence(each, one.currency)) in said
        if one.explained is not None:
            assert plain(findings_words.explained_sentence(one.explained)) in said


def test_the_most_pressing_stand_first(fresh_home: Path, open_page: Open) -> None:
    (cards,) = re.findall(r'<div class="pu-cards">.*?</div>', sources(open_page(fresh_home)))
    order = ["critical", "warning", "notice"]
    found = [order.index(one) for one in re.findall(r'pu-card pu-(\w+)"', cards)]
    assert found == sorted(found)
    assert len(found) <= MOST_CARDS


def test_each_finding_leads_to_its_page_and_to_its_records(
    fresh_home: Path, open_page: Open
) -> None:
    links = re.findall(r'<a href="([^"]+)"', sources(open_page(fresh_home, period="30d")))
    found = [urlsplit(unescape(link)) for link in links]
    pages = {link.path for link in found}
    assert pages & PANELS_OF
    drills = [link for link in found if link.path == "investigate" and "days" in link.query]
    assert drills
    for link in drills:
        query = parse_qs(link.query)
        assert query["figure"][0] in drill_words.DRILLS
        assert query["period"] == ["custom"]


def test_every_rule_has_a_place_and_the_panel_is_there(fresh_home: Path, open_page: Open) -> None:
    assert set(PLACES) == set(findings_words.RULES)
    there = {path: headings(open_page(fresh_home, path=path)) for path in PANELS_OF}
    for spot in PLACES.values():
        assert spot.panel in there[spot.path]


def test_each_finding_stands_beside_its_figures(
    fresh_home: Path, open_page: Open, told: Advice
) -> None:
    firing = [one for one in told.findings if one.state == "firing"]
    for path in PANELS_OF:
        here = [one for one in firing if path in {spot.path for spot in spots(one)}]
        said = shown(open_page(fresh_home, path=path))
        for one in here:
            assert findings_words.RULES[one.rule].title in said
        elsewhere = {one.rule for one in firing} - {one.rule for one in here}
        for rule in elsewhere:
            assert findings_words.RULES[rule].title not in said


def test_all_states_are_counted_and_listed_when_asked(
    fresh_home: Path, open_page: Open, told: Advice
) -> None:
    page = open_page(fresh_home)
    for state, named in advice_words.STATES_SHORT.items():
        number = sum(one.state == state for one in told.findings)
        assert f"{text.count(number)} {named}" in words(page)
    assert not page.dataframe
    page.session_state["findings-rules"] = True
    page.run()
    (frame,) = page.dataframe
    assert len(frame.value) == len(told.findings)


def test_ids_are_read_when_asked_for_and_lead_to_their_stories(
    fresh_home: Path, open_page: Open, settings: Settings
) -> None:
    place = Place(fresh_home, "production", "lumen-wallet")
    expected = ask_findings(settings, place, None, wait_seconds=5).findings
    ids = {one_id for one in expected if one.state == "firing" for one_id in one.ids}
    assert ids
    page = open_page(fresh_home)
    assert not [one for one in ids if f"<code>{one}</code>" in sources(page)]
    page.session_state["findings-ids"] = True
    page.run()
    assert all(f"<code>{one}</code>" in sources(page) for one in ids)


def test_old_records_are_told_as_of_then_and_without_advice(home: Path, open_page: Open) -> None:
    for path in ("", "finance"):
        page = open_page(home, path=path)
        assert "No advice on old records" in words(page) + shown(page)
        assert "You may:" not in shown(page)
        assert "<article" in sources(page)
    with opened(Place(home, "production", "lumen-wallet")) as build:
        found = findings_of(build, load_settings(home))
    said = shown(open_page(home))
    actions = {findings_words.ACTIONS[one.action] for one in found if one.action}
    assert actions
    assert not [one for one in actions if one in said]


def test_nothing_firing_is_said_with_what_was_looked_at(
    fresh_home: Path, open_page: Open, build: Build, settings: Settings
) -> None:
    assert build.watermark is not None
    midnight = build.watermark.replace(hour=0, minute=0, second=0, microsecond=0)
    quiet = next(
        moment
        for moment in (midnight - timedelta(days=days) for days in range(44, 1, -1))
        if not [one for one in findings_of(build, settings, moment) if one.state == "firing"]
    )
    page = open_page(fresh_home, as_of="moment", moment=format_instant(quiet))
    assert "Nothing to look at." in words(page)
    assert "rules were looked at for" in words(page)
    assert "<article" not in sources(page)


def test_a_pool_shows_what_is_about_it_or_about_no_pool(
    fresh_home: Path, open_page: Open, told: Advice
) -> None:
    firing = [one for one in told.findings if one.state == "firing"]
    pools = {one.pool_id for one in firing if one.pool_id}
    chosen = min(pools)
    said = shown(open_page(fresh_home, pool=chosen))
    assert f"{chosen}. Since" in said
    for other in pools - {chosen}:
        assert f"{other}. Since" not in said


def test_the_pace_of_each_limit_is_the_cores(
    fresh_home: Path, open_page: Open, at_noon: Advice
) -> None:
    page = open_page(fresh_home, path="growth", **moment_of(at_noon))
    rows = table_of(page, advice_words.PACE_TITLE)
    assert len(rows) == len(at_noon.paces)
    assert any(one.state == "projected" for one in at_noon.paces)
    for one in at_noon.paces:
        name = "Daily band" if one.limit_type == "daily_band" else "Velocity, 24 h"
        row = rows[f"{name}, {pace.whose(one)}"]
        assert row["Used, of the limit"] == text.percent(one.usage)
        assert row["Left"] == text.money_with_code(one.headroom, one.currency)
        if one.state == "projected":
            heading = text.money_with_code(one.projected_mid, one.currency)
            assert row["End of the day, 80 % band"] == heading
        else:
            assert row["End of the day, 80 % band"] == text.UNKNOWN
            assert row["Chance, to reach it"] == text.UNKNOWN


def test_a_rolling_cap_tells_what_leaves_it_next_and_no_projection(
    fresh_home: Path, open_page: Open, at_noon: Advice
) -> None:
    page = open_page(fresh_home, path="growth", **moment_of(at_noon))
    rows = table_of(page, advice_words.PACE_TITLE)
    caps = [one for one in at_noon.paces if one.limit_type == "velocity_24h"]
    assert caps
    for one in caps:
        assert one.next_release_at is not None
        shown_at = rows[f"Velocity, 24 h, {pace.whose(one)}"]["Reached at, as likely as not"]
        assert shown_at == text.short_moment(one.next_release_at, "UTC")


def test_a_day_that_has_hardly_begun_says_why_nothing_is_projected(
    fresh_home: Path, open_page: Open, told: Advice
) -> None:
    early = [one for one in told.paces if one.reason == "early"]
    assert early
    said = shown(open_page(fresh_home, path="growth"))
    for one in early:
        assert plain(pace.suppressed_words(one, "UTC")) in said


def test_the_picture_of_a_day_is_the_cores_projection(
    fresh_home: Path, open_page: Open, at_noon: Advice
) -> None:
    one = next(one for one in at_noon.paces if one.state == "projected")
    lane = f"{one.pools[0]}:{one.currency}"
    page = open_page(fresh_home, path="growth", **{"pace-pool": lane}, **moment_of(at_noon))
    lines = first_drawn(page)
    ahead = [line for line in lines if line["series"] == pace_picture.PROJECTED]
    assert [line["amount"] for line in ahead[1:]] == [float(step.mid) for step in one.path]
    assert [line["low"] for line in ahead[1:]] == [float(step.low) for step in one.path]
    assert [line["high"] for line in ahead[1:]] == [float(step.high) for step in one.path]
    used = [line["amount"] for line in lines if line["series"] == pace_picture.USED]
    assert used[0] == 0
    assert used[-1] == float(one.used)
    assert {line["amount"] for line in lines if line["series"] == pace_picture.LIMIT} == {
        float(one.limit)
    }


def test_how_long_balances_last_is_the_cores(
    fresh_home: Path, open_page: Open, told: Advice
) -> None:
    rows = table_of(open_page(fresh_home, path="finance"), advice_words.RUNWAY_TITLE)
    assert set(rows) == {one.currency for one in told.runways}
    for one in told.runways:
        row = rows[one.currency]
        assert one.state == "projected"
        assert row["What you may do"] == advice_words.RUNWAY_ACTIONS[one.action]
        if one.runway_p50_s:
            assert row["Lasts, as likely as not"] == text.duration(one.runway_p50_s)
        if one.runway_p90_s:
            assert row["Lasts, cautiously, 9 times in 10"] == text.duration(one.runway_p90_s)
        if one.send_by is not None:
            assert row["Send by"] == text.short_moment(one.send_by, "UTC")
        if one.amount_high:
            assert text.money(one.amount_high, one.currency) in row["Suggested amount, if sent now"]


def test_other_assumptions_come_from_the_address_and_go_with_a_button(
    fresh_home: Path, open_page: Open, build: Build, settings: Settings, told: Advice
) -> None:
    what_if = WhatIf(
        lead_time=timedelta(hours=72),
        service_level=Decimal("0.99"),
        growth=Decimal("0.5"),
        planned_top_up=Decimal("5000.00"),
    )
    (expected,) = runway(
        build.connection, as_of=told.as_of, settings=settings, what_if=what_if, currencies=["GBP"]
    )
    query = {"lead-time": "72", "service-level": "0.99", "growth": "0.5", "planned": "5000"}
    page = open_page(fresh_home, path="finance", balance="GBP", **query)
    rows = table_of(page, advice_words.WHAT_IF)
    (as_set,) = [one for one in told.runways if one.currency == "GBP"]
    for name, one in (("As set", as_set), ("What if", expected)):
        assert one.runway_p90_s is not None
        assert rows[name]["Lasts, cautiously, 9 times in 10"] == text.duration(one.runway_p90_s)
    assert expected.runway_p90_s != as_set.runway_p90_s
    lines = first_drawn(page)
    left = [line["value"] for line in lines if line["series"] == runway_picture.EXPECTED]
    assert expected.available_now is not None
    assert left[0] == float(expected.available_now)
    assert left[1] == float(expected.available_now - expected.demand[0].expected)

    page.button(key="what-if-reset").click().run()
    assert not [html for html in tables(page) if advice_words.WHAT_IF in html]
    assert set(page.query_params) == {"balance"}


@pytest.mark.parametrize(
    "query", [{"lead-time": "7"}, {"growth": "x"}, {"planned": "-3"}, {"balance": "XXX"}]
)
def test_an_assumption_that_does_not_exist_is_left_out_and_said(
    fresh_home: Path, open_page: Open, query: dict[str, str]
) -> None:
    page = open_page(fresh_home, path="finance", **query)
    assert "The address names a" in words(page)
    assert not [html for html in tables(page) if f"<caption>{advice_words.WHAT_IF}<" in html]


def test_how_true_forecasts_were_is_the_cores(
    fresh_home: Path, open_page: Open, told: Advice
) -> None:
    page = open_page(fresh_home, path="review", program="grant_lumen_1")
    rows = table_of(page, advice_words.ACCURACY_TITLE)
    known = {
        f"{advice_words.MEASURES[one.measure]}, {one.pool_id or one.currency}": one
        for one in told.accuracies
    }
    assert rows
    assert rows.keys() <= known.keys()
    for name, row in rows.items():
        one = known[name]
        assert one.state == "scored"
        assert row[f"Inside the 80 % band, aim {text.percent(Decimal(8) / 10)}"] == text.percent(
            one.coverage_80
        )
        assert one.skill is not None
        assert row["Beside naive, by its loss"].startswith(text.percent(abs(one.skill)))
        assert ("better" in row["Beside naive, by its loss"]) == (one.skill > 0)


def test_a_review_judges_its_own_period_when_asked(
    fresh_home: Path, open_page: Open, settings: Settings
) -> None:
    page = open_page(fresh_home, path="review", program="grant_lumen_1", cadence="weekly")
    caption = f"<caption>{advice_words.FIRED_TITLE}<"
    assert not [html for html in tables(page) if caption in html]
    page.session_state["findings-fired"] = True
    page.run()
    (html,) = [html for html in tables(page) if caption in html]
    days = re.search(r"(\d+ \w+ \d{4}) to (\d+ \w+ \d{4})", words(page))
    assert days is not None
    berlin = [datetime.strptime(f"{day} +0100", "%d %b %Y %z") for day in days.groups()]
    start, end = (local_day_start(day.date()) for day in (berlin[0], berlin[1] + timedelta(days=1)))
    place = Place(fresh_home, "production", "lumen-wallet")
    expected = ask_replay(settings, place, start, end, RULES)
    pools = {pool for one in expected if (pool := one.pool_id) and pool != "BRL-USDT"}
    told = [one for one in expected if one.pool_id is None or one.pool_id in pools]
    assert told
    assert html.count('scope="row"') == len(told)


def local_day_start(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo("Europe/Berlin"))


def test_the_tables_can_be_taken_away(fresh_home: Path, open_page: Open) -> None:
    for path, name in (
        ("", "Findings"),
        ("growth", "Pace"),
        ("finance", "Top-up worksheet"),
        ("review", "Forecast accuracy"),
    ):
        page = open_page(fresh_home, path=path)
        page.session_state["take-away"] = True
        page.run()
        assert name in page.selectbox(key="take-away-table").options
