"""Investigate tells any id's story, and leads from a figure down to the ids that it counts.

Goal: the story shown is the core's, whole and in order; an id that is unknown, malformed or of
another partner shows nothing; a load in progress is said; each level of the way down equals the
metric layer and adds up to the level above; every id leads to its story; the address holds all of
it. Method: the real `app.py` is run by Streamlit's own test driver on homes made by the ordinary
ingestion.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.compute as pc
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.books.exceptions import exceptions_table
from pipelines.drill.counts import FLOWS, counts_table
from pipelines.drill.events import reserved_events
from pipelines.evidence import evidence
from pipelines.periods import Period, choose_period, cut
from pipelines.places import Place
from pipelines.serving import opened
from pipelines.settings import load_settings
from pipelines.story import Story
from pipelines.utilization import windows_table
from pipelines.windows import format_instant
from reports import books_words, drill_words, story_words
from reports import format as text
from reports.evidence import headline, packet_json, summary
from tests.dashboard.reading import Open, read, tables, words

PAGE = "investigate"
ZONE = "America/New_York"


@pytest.fixture(scope="module")
def place(home: Path) -> Place:
    return Place(home, "production", "lumen-wallet")


@pytest.fixture(scope="module")
def open_trade(place: Place) -> str:
    """A trade that does not tie out."""
    with opened(place) as build:
        assert build.watermark is not None
        found = exceptions_table(build.connection, as_of=build.watermark, states=["open"])
    ids = found.filter(pc.equal(found["kind"], "trade_without_refund"))["transact_id"]
    return str(ids[0].as_py())


def period_of(place: Place, preset: str = "7d", zone: str = ZONE) -> Period:
    with opened(place) as build:
        assert build.watermark is not None
        return choose_period(preset, build.watermark, zone)


def story_of(place: Place, asked: str) -> Story:
    return evidence(load_settings(place.home), place, asked, None, wait_seconds=5)


def table_of(page: AppTest, caption: str) -> str:
    (html,) = [one for one in tables(page) if f"<caption>{caption}</caption>" in one]
    return html


def html(page: AppTest) -> str:
    return "".join(str(one.proto.body) for one in page.get("html"))


def busiest(place: Place, name: str, grain: str = "1h") -> dict[str, Any]:
    """The lane and window in which `name` happened most."""
    period = period_of(place)
    with opened(place) as build:
        table = counts_table(build.connection, name, cut(period, grain, grain), as_of=period.as_of)
    return max(table.to_pylist(), key=lambda row: row["events"] or 0)


def test_an_id_in_the_address_opens_its_story(
    place: Place, open_page: Open, open_trade: str
) -> None:
    story = story_of(place, open_trade)
    page = open_page(id=open_trade)
    assert page.text_input(key="id").value == open_trade
    assert not page.error
    shown = html(page)
    for sentence in headline(story):
        assert escape(sentence) in shown
    body = table_of(page, "Records in time order")
    said = [text.exact_moment(one.at) for one in story.records]
    assert re.findall(r"<th scope=\"row\"[^>]*><span class=\"pu-figure\">([^<]*)", body) == said
    for record in story.records:
        assert f">{escape(summary(record))}<" in body
    assert story.missing
    assert escape(story_words.MISSING[story.missing[0].what]) in shown
    assert books_words.exception("trade_without_refund") in table_of(
        page, "Exceptions of this story"
    )
    (packet,) = page.code
    assert json.loads(packet.value) == json.loads(packet_json(story))
    labels = [one.proto.label for one in page.get("download_button")]
    assert labels[:2] == ["Whole story as JSON", "Whole story as a page"]


def test_an_id_typed_in_goes_into_the_address_and_comes_out_again(
    open_page: Open, open_trade: str
) -> None:
    page = open_page(tz=ZONE)
    assert not page.code
    page.text_input(key="id").set_value(f"  {open_trade} ").run()
    assert page.query_params["id"] == open_trade
    assert page.query_params["tz"] == ZONE
    assert page.code
    page.selectbox(key="period").set_value("yesterday").run()
    assert page.query_params["id"] == open_trade
    assert page.code
    page.text_input(key="id").set_value("").run()
    assert "id" not in page.query_params
    assert not page.code


@pytest.mark.parametrize("asked", ["qt_nothing_of_this", "<b>x</b>", "two words", "x" * 129])
def test_an_id_that_nothing_carries_shows_nothing(open_page: Open, asked: str) -> None:
    page = open_page(id=asked)
    assert not page.code
    assert not page.error
    (said,) = page.warning
    is_id = " " not in asked and len(asked) <= 128
    assert said.value == (drill_words.ID_UNKNOWN if is_id else drill_words.ID_MALFORMED)
    assert asked not in html(page)


def test_another_partners_id_is_as_unknown_as_one_that_does_not_exist(
    crowded_home: Path, monkeypatch: pytest.MonkeyPatch, open_page: Open
) -> None:
    folder = crowded_home / "production"
    mine, other = sorted(one.name for one in folder.iterdir() if one.is_dir())[:2]
    with opened(Place(crowded_home, "production", other)) as build:
        assert build.watermark is not None
        period = choose_period("7d", build.watermark, "UTC")
    settings = load_settings(crowded_home)
    found = _an_id(crowded_home, other)
    foreign = evidence(
        settings, Place(crowded_home, "production", other), found, period.as_of, wait_seconds=5
    )
    assert foreign.records
    monkeypatch.setenv("UTILIZATION_PARTNER", mine)
    page = open_page(crowded_home, id=found)
    assert [one.value for one in page.warning] == [drill_words.ID_UNKNOWN]
    assert not page.code
    assert found not in html(page)


def _an_id(home: Path, partner: str) -> str:
    facts = Place(home, "production", partner).facts
    with duckdb.connect(str(facts), read_only=True) as connection:
        ((found,),) = connection.table("trade_state").limit(1).project("transact_id").fetchall()
    return str(found)


def test_a_load_in_progress_is_said_and_the_rest_stands(
    home: Path, tmp_path: Path, open_page: Open, open_trade: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.asks.investigate.WAIT_SECONDS", 0.1)
    busy = tmp_path / "home"
    shutil.copytree(home, busy)
    facts = Place(busy, "production", "lumen-wallet").facts
    most = busiest(Place(busy, "production", "lumen-wallet"), "unavailable_quotes")
    lane = f"{most['pool_id']}:{most['currency']}"
    hour = format_instant(most["window_start"])
    with held_elsewhere(facts):
        page = open_page(busy, id=open_trade, tz=ZONE, lane=lane, hour=hour)
        assert [one.value for one in page.info] == [drill_words.BEING_LOADED] * 2
        assert not page.code
        assert not page.error
        assert table_of(page, "Unavailable quotes by pool")
    page.button(key="again-story").click().run()
    assert not page.info
    assert page.code
    assert table_of(page, "Unavailable quotes one by one")


@contextmanager
def held_elsewhere(facts: Path) -> Iterator[None]:
    """The facts open for writing in another process."""
    hold = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(facts)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"\n"
        yield
        writer.communicate(b"\n")


@pytest.mark.parametrize("name", FLOWS)
def test_the_way_down_equals_the_metric_layer_at_each_level(
    place: Place, open_page: Open, name: str
) -> None:
    period, most = period_of(place), busiest(place, name)
    lane = f"{most['pool_id']}:{most['currency']}"
    hour = format_instant(most["window_start"])
    with opened(place) as build:
        pools = counts_table(build.connection, name, [period.window], as_of=period.as_of)
        rows = windows_table(build.connection, [period.window], as_of=period.as_of).to_pylist()
    page = open_page(figure=name, tz=ZONE)
    title = drill_words.DRILLS[name]
    shown = read(table_of(page, f"{title} by pool"))
    expected = {row["pool_id"]: text.count(row["events"]) for row in pools.to_pylist()}
    if name in rows[0]:
        assert expected == {row["pool_id"]: text.count(row[name]) for row in rows}
    whole = sum(row["events"] for row in pools.to_pylist())
    counts = {pool: line["Count, in the period"] for pool, line in shown.items()}
    assert counts == {**expected, "Sum": text.count(whole)}
    assert drill_words.PICK_POOL in words(page)

    page = open_page(figure=name, tz=ZONE, lane=lane)
    said = text.count(
        sum(n["events"] for n in pools.to_pylist() if n["pool_id"] == most["pool_id"])
    )
    assert drill_words.adds_up("Hours", said, said) in words(page)
    assert drill_words.PICK_HOUR in words(page)

    page = open_page(figure=name, tz=ZONE, lane=lane, hour=hour)
    number = text.count(most["events"])
    assert drill_words.adds_up("Reasons", number, number) in words(page)
    reasons = read(table_of(page, f"{title} by reason"))
    assert reasons["Sum"]["Count"] == number
    listed = table_of(page, f"{title} one by one")
    assert listed.count("<tr>") - 1 == most["events"]
    assert not page.error


def test_what_is_reserved_too_long_leads_to_its_trades(place: Place, open_page: Open) -> None:
    with opened(place) as build:
        assert build.watermark is not None
        held = reserved_events(build.connection, as_of=build.watermark, over=timedelta(hours=1))
    oldest = held.to_pylist()[-1]
    lane = f"{oldest['pool_id']}:{oldest['currency']}"
    page = open_page(figure="long_reserved_trades", tz="UTC", lane=lane)
    shown = read(table_of(page, "Trades reserved too long by pool"))
    assert shown["Sum"]["Count, now"] == text.count(held.num_rows)
    hour = format_instant(oldest["event_at"].replace(minute=0, second=0, microsecond=0))
    query = {"lane": lane, "hour": hour}
    if any(one.key == "day" for one in page.selectbox):
        query["day"] = format_instant(
            oldest["event_at"].replace(hour=0, minute=0, second=0, microsecond=0)
        )
    page = open_page(figure="long_reserved_trades", tz="UTC", **query)
    assert oldest["transact_id"] in table_of(page, "Trades reserved too long one by one")


def test_an_id_of_the_list_leads_to_its_story_and_keeps_the_way(
    place: Place, open_page: Open
) -> None:
    most = busiest(place, "undelivered_trades")
    lane, hour = f"{most['pool_id']}:{most['currency']}", format_instant(most["window_start"])
    page = open_page(figure="undelivered_trades", tz=ZONE, lane=lane, hour=hour)
    link = re.findall(
        r'href="([^"]*)"', table_of(page, f"{drill_words.DRILLS['undelivered_trades']} one by one")
    )[0]
    assert link.startswith("investigate?")
    for part in ("figure=undelivered_trades", "hour=", "tz=America%2FNew_York", "&amp;id="):
        assert part in link


def test_a_new_choice_forgets_those_below_it(place: Place, open_page: Open) -> None:
    most = busiest(place, "unavailable_quotes")
    lane, hour = f"{most['pool_id']}:{most['currency']}", format_instant(most["window_start"])
    page = open_page(tz=ZONE, lane=lane, hour=hour, reason="pool_dry", id="qt_x")
    page.selectbox(key="figure").set_value("expired_quotes").run()
    assert page.query_params["figure"] == "expired_quotes"
    assert page.query_params["lane"] == lane
    assert page.query_params["id"] == "qt_x"
    assert not {"hour", "reason"} & set(page.query_params)
    other = next(one for one in page.selectbox(key="lane").options if one not in ("", lane))
    page.selectbox(key="lane").select(other).run()
    assert "hour" not in page.query_params


def test_of_a_long_period_a_day_is_chosen_first(place: Place, open_page: Open) -> None:
    most = busiest(place, "expired_quotes", "day")
    lane, day = f"{most['pool_id']}:{most['currency']}", format_instant(most["window_start"])
    page = open_page(figure="expired_quotes", tz=ZONE, period="30d", lane=lane)
    assert drill_words.PICK_DAY in words(page)
    page = open_page(figure="expired_quotes", tz=ZONE, period="30d", lane=lane, day=day)
    number = text.count(most["events"])
    assert drill_words.adds_up("Hours", number, number) in words(page)


def test_a_reason_narrows_the_list(place: Place, open_page: Open) -> None:
    most = busiest(place, "errored_quotes", "day")
    lane = f"{most['pool_id']}:{most['currency']}"
    page = open_page(figure="errored_quotes", tz=ZONE, lane=lane)
    hour = next(one for one in page.selectbox(key="hour").proto.options[1:])
    page.selectbox(key="hour").select(hour).run()
    reasons = read(table_of(page, "Failed quote calls by reason"))
    reason = page.selectbox(key="reason").options[1]
    page.selectbox(key="reason").select(reason).run()
    listed = table_of(page, "Failed quote calls one by one")
    assert text.count(listed.count("<tr>") - 1) == reasons[reason]["Count"]


def test_places_that_are_not_there_are_said_and_left_out(open_page: Open) -> None:
    page = open_page(figure="stolen_quotes", lane="no-such-pool:EUR")
    assert page.selectbox(key="figure").value == "unavailable_quotes"
    assert page.selectbox(key="lane").value == ""
    assert words(page).count("is not among those shown") == 2
    assert not page.error


def test_ids_of_finance_lead_to_their_stories(open_page: Open, open_trade: str) -> None:
    page = open_page(path="finance", period="30d")
    listed = table_of(page, "Exceptions: open exceptions")
    assert f'href="investigate?period=30d&amp;id={open_trade}"' in listed
    reserved = table_of(page, "Trades reserved the longest")
    assert 'href="investigate?period=30d&amp;id=' in reserved


def test_other_pages_are_not_given_the_choices_of_this_one(open_page: Open) -> None:
    page = open_page(id="qt_x", figure="expired_quotes", tz=ZONE)
    links = [one.proto.query_string for one in page.get("page_link")]
    assert links
    assert all("tz=" in one and "id=" not in one and "figure=" not in one for one in links)
