"""Overview shows the metric layer's own figures, in the view its address asks for.

Goal: every figure on the page equals the utilization rows' one, the address decides what is shown,
and an address that asks for what is not there is answered in words with nothing shown in its
place. Method: the real `app.py` is run by Streamlit's own test driver on a home made by the
ordinary ingestion; the tables are read back from the page.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from contextlib import closing
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import pytest

from dashboard import store
from pipelines.books.exceptions import reconciliation_table
from pipelines.outline import read_outline
from pipelines.periods import choose_period, compare
from pipelines.places import Place
from pipelines.serving import current_file, opened
from pipelines.utilization import windows_table
from pipelines.windows import rolling_window
from reports import figures, overview, wording
from reports import format as text
from tests.dashboard.reading import Open, headings, read, tables, words

PAGE = ""


def place(home: Path, environment: str = "production") -> Place:
    return Place(home, environment, "lumen-wallet")


def rows_of(home: Path, preset: str = "7d", zone: str = "UTC") -> list[dict[str, Any]]:
    with opened(place(home)) as build:
        assert build.watermark is not None
        period = choose_period(preset, build.watermark, zone)
        table = windows_table(build.connection, [period.window], as_of=period.as_of)
    return table.to_pylist(maps_as_pydicts="strict")


PANELS = [
    "What to look at",
    "In one look",
    "Where each pool stands now",
    "Utilization of the period",
    "How close to the limits",
    "Requests over time",
    "Use of the approved band over time",
    "Unavailable rate over time",
    "From request to acceptance",
    "Reserved over time",
    "From accepted to settled",
    "Why quotes were not given or not executed",
    "What has arrived",
]


def test_the_page_has_all_its_panels_and_none_fails(open_page: Open) -> None:
    page = open_page()
    assert headings(page) == PANELS
    assert not page.error
    assert "lumen-wallet · production" in words(page)
    assert wording.IS_NOT in words(page)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York"])
def test_the_ratios_are_those_of_the_metric_layer(home: Path, open_page: Open, zone: str) -> None:
    page = open_page(tz=zone, period="7d")
    shown = read(tables(page)[1])
    rows = rows_of(home, "7d", zone)
    assert rows
    assert list(shown) == [row["pool_id"] for row in rows]
    for row in rows:
        assert list(shown[row["pool_id"]].values()) == [
            text.percent(row[name])
            for name in (
                "quote_utilization",
                "execution_utilization",
                "reserved_utilization",
                "failure_utilization",
            )
        ]


def test_each_ratio_prints_its_base(home: Path, open_page: Open) -> None:
    html = tables(open_page())[1]
    for row in rows_of(home):
        quoted = text.money(row["quoted_volume"], row["currency"])
        assert f"{quoted} / {text.money(row['approved_band'], row['currency'])}" in html
        assert f"{row['failed_quote_attempts']} of {row['quote_requests']}" in html


def test_what_stands_now_are_the_rolling_windows_at_the_watermark(
    home: Path, open_page: Open
) -> None:
    shown = read(tables(open_page())[0])
    with opened(place(home)) as build:
        assert build.watermark is not None
        asked = [rolling_window("1h", build.watermark), rolling_window("24h", build.watermark)]
        table = windows_table(build.connection, asked, as_of=build.watermark)
    for row in table.to_pylist():
        figures_shown = shown[row["pool_id"]]
        if row["window"] == "1h":
            assert figures_shown["Quotes, last hour; bars: 24 hours"] == str(row["quote_requests"])
            assert figures_shown["Accepted, last hour; bars: 24 hours"] == str(
                row["accepted_quotes"]
            )
        else:
            settled = text.money(row["settled_volume"], row["currency"])
            assert figures_shown["Settled, last 24 h; bars: 14 days"] == settled
            balance = text.money(row["balance_available"], row["currency"])
            assert figures_shown["Balance available, now; shared by its currency"] == balance


def test_the_compared_figures_are_those_of_the_span_before(home: Path, open_page: Open) -> None:
    html = tables(open_page(period="yesterday"))[1]
    with opened(place(home)) as build:
        assert build.watermark is not None
        period = choose_period("yesterday", build.watermark, "UTC")
        before = compare(period, "previous", read_outline(build, build.watermark).exact)
        assert before is not None
        table = windows_table(build.connection, [before.window], as_of=before.as_of)
    for row in table.to_pylist():
        was = f"was {text.percent(row['quote_utilization'])}"
        assert was.replace(" ", text.SPACE) in html


def test_nothing_is_compared_with_a_time_before_the_records(open_page: Open) -> None:
    page = open_page(period="7d", vs="weekdays")
    assert "begins before the first record" in words(page)
    assert "was" not in tables(page)[1]


def test_the_funnel_adds_up_in_words(home: Path, open_page: Open) -> None:
    rows = rows_of(home)
    requests = sum(row["quote_requests"] for row in rows)
    firm = sum(row["firm_quotes"] for row in rows)
    said = words(open_page())
    assert f"**{text.count(requests)} requests** = {text.count(firm)} firm" in said
    assert f"**{text.count(firm)} firm quotes** = " in said


def test_a_choice_of_pools_in_the_address_narrows_everything(open_page: Open) -> None:
    page = open_page(pool=["EUR-USDT", "GBP-USDT"])
    assert page.multiselect(key="pool").value == ["EUR-USDT", "GBP-USDT"]
    for html in tables(page)[:4]:
        assert list(read(html)) == ["EUR-USDT", "GBP-USDT"]


def test_a_choice_made_stands_in_the_address(open_page: Open) -> None:
    page = open_page()
    page.selectbox(key="period").set_value("yesterday").run()
    assert dict(page.query_params) == {"period": "yesterday"}
    page.multiselect(key="pool").set_value(["BRL-USDT"]).run()
    assert dict(page.query_params) == {"period": "yesterday", "pool": "BRL-USDT"}
    page.selectbox(key="period").set_value("7d").run()
    assert dict(page.query_params) == {"pool": "BRL-USDT"}


def test_going_back_to_an_address_puts_the_controls_back(open_page: Open) -> None:
    page = open_page()
    page.selectbox(key="period").set_value("24h").run()
    page.query_params.clear()
    page.run()
    assert page.selectbox(key="period").value == "7d"


def test_chosen_days_come_from_the_address(open_page: Open) -> None:
    page = open_page(period="custom", days="2026-06-24..2026-06-25")
    assert "**Chosen days:** 24 Jun 2026 to 25 Jun 2026, UTC" in words(page)


def test_days_outside_the_records_are_said_and_not_shown(open_page: Open) -> None:
    page = open_page(period="custom", days="2031-01-01..2031-01-02")
    assert wording.DAYS_OUTSIDE in words(page)
    assert "2031" not in words(page)


@pytest.mark.parametrize("query", [{"period": "fortnight"}, {"tz": "Mars/Base"}, {"vs": "x"}])
def test_a_choice_that_does_not_exist_is_named(open_page: Open, query: Mapping[str, str]) -> None:
    page = open_page(**query)
    assert "does not exist here" in page.warning[0].value
    assert headings(page) == PANELS


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"partner": "orbit-pay"}, wording.FOREIGN_PARTNER),
        ({"partner": ["lumen-wallet", "orbit-pay"]}, wording.FOREIGN_PARTNER),
        ({"pool": "JPY-USDT"}, wording.FOREIGN_POOL),
        ({"pool": ["EUR-USDT", "JPY-USDT"]}, wording.FOREIGN_POOL),
    ],
)
def test_what_is_out_of_scope_is_said_and_nothing_is_shown(
    open_page: Open, query: Mapping[str, Any], said: tuple[str, str]
) -> None:
    page = open_page(**query)
    assert headings(page) == [said[0]]
    assert not tables(page)
    assert not page.get("vega_lite_chart")


def test_the_way_back_from_a_foreign_pool_is_the_usual_view(open_page: Open) -> None:
    page = open_page(pool="JPY-USDT")
    page.button[0].click().run()
    assert headings(page) == PANELS


def test_a_period_without_events_is_told_from_a_filter_that_leaves_none(
    home: Path, open_page: Open
) -> None:
    idle = [row["pool_id"] for row in rows_of(home, "today") if not figures.has_activity(row)]
    busy = [row["pool_id"] for row in rows_of(home, "today") if figures.has_activity(row)]
    assert busy
    if idle:
        page = open_page(period="today", pool=idle)
        assert headings(page)[0] == wording.FILTER_EXCLUDES_ALL[0]


def test_a_home_without_partners_says_how_to_begin(tmp_path: Path, open_page: Open) -> None:
    page = open_page(home=tmp_path)
    assert headings(page) == [wording.NO_PARTNER_YET[0]]
    assert "utilization ingest" in words(page)


def test_a_partner_without_a_build_says_how_to_get_one(tmp_path: Path, open_page: Open) -> None:
    (tmp_path / "production" / "lumen-wallet").mkdir(parents=True)
    page = open_page(home=tmp_path)
    assert headings(page) == [wording.NOTHING_PUBLISHED[0]]


def test_two_partners_and_no_setting_show_nothing_of_either(
    crowded_home: Path, open_page: Open
) -> None:
    page = open_page(home=crowded_home)
    assert headings(page) == [wording.PARTNER_AMBIGUOUS[0]]
    assert "lumen-wallet" not in words(page)
    assert "orbit-pay" not in words(page)


def test_the_setting_decides_between_two_partners(
    crowded_home: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UTILIZATION_PARTNER", "orbit-pay")
    page = open_page(home=crowded_home)
    assert "orbit-pay · production" in words(page)
    assert list(read(tables(page)[0])) == ["BRL-USDT", "EUR-USDC", "GBP-USDT"]
    monkeypatch.setenv("UTILIZATION_PARTNER", "nobody")
    assert headings(open_page(home=crowded_home)) == [wording.PARTNER_UNKNOWN[0]]


def test_sandbox_is_shown_only_where_it_is_chosen(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UTILIZATION_ENVIRONMENT", "sandbox")
    assert "lumen-wallet · sandbox" in words(open_page())


def test_settings_that_cannot_be_read_are_said_without_their_content(
    tmp_path: Path, open_page: Open
) -> None:
    (tmp_path / "utilization.toml").write_text("nonsense = 'canary'", encoding="utf-8")
    page = open_page(home=tmp_path)
    assert headings(page) == [wording.SETTINGS_WRONG[0]]
    assert "canary" not in words(page)


def test_one_failing_panel_leaves_the_others_and_a_reference(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> str:
        raise RuntimeError("made to fail")

    monkeypatch.setattr(overview, "execution_table", broken)
    page = open_page()
    assert headings(page) == PANELS
    (error,) = page.error
    reference = error.value.rpartition(" ")[2].rstrip(".")
    assert reference in caplog.text
    assert "made to fail" not in error.value


def test_a_new_build_shows_at_the_next_run(home: Path, open_page: Open) -> None:
    first = store.current(place(home))
    assert first == store.current(place(home))
    assert store.current(place(home, "sandbox")) != first


def test_the_age_of_the_data_is_told_by_a_badge(open_page: Open) -> None:
    said = words(open_page())
    assert "badge[" in said
    assert "data to 30 Jun 2026" in said
    assert "the oldest required source" in said


def test_the_four_questions_are_answered_from_the_same_rows(open_page: Open, home: Path) -> None:
    page = open_page()
    (panel,) = (
        str(one.proto.body)
        for one in page.get("html")
        if 'class="pu-replies"' in str(one.proto.body)
    )
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        period = choose_period("7d", build.watermark, "UTC")
        table = windows_table(build.connection, [period.window], as_of=period.as_of)
        books = reconciliation_table(build.connection, as_of=period.as_of).to_pylist()
    rows = table.to_pylist()
    asked = sum(row["quote_requests"] for row in rows)
    got = asked - sum(row["failed_quote_attempts"] for row in rows)
    assert f"{text.count(got)} of {text.count(asked)} requests" in panel
    assert f"{sum(row['trades_created'] for row in rows)} trades created" in panel
    assert f"{sum(row['reserved_count'] for row in rows)} still reserved" in panel
    open_now = sum(row["open_exceptions"] for row in books if row["currency"] is not None)
    assert f"{open_now} exceptions open" in panel
    assert all(question in panel for question in wording.FOUR_QUESTIONS)


def test_a_count_leads_to_what_it_is_made_of_in_the_same_view(home: Path, open_page: Open) -> None:
    page = open_page(period="yesterday")
    (html,) = [one for one in tables(page) if "<caption>Why quotes" in one]
    for row in rows_of(home, "yesterday"):
        lane = urlencode({"lane": figures.lane_key(figures.lane_of(row))})
        for name in ("unavailable_quotes", "limit_errors"):
            link = escape(f"investigate?period=yesterday&figure={name}&{lane}")
            assert (link in html) == bool(row[name]), (row["pool_id"], name)
    (replies,) = [
        str(one.proto.body) for one in page.get("html") if 'class="pu-replies"' in one.proto.body
    ]
    links = re.findall(r'href="([^"]+)"', replies)
    assert links[2] == escape("investigate?period=yesterday&figure=long_reserved_trades")
    assert links[3] == escape("finance?period=yesterday")


def test_figures_of_another_version_are_not_shown(
    home: Path, tmp_path: Path, open_page: Open
) -> None:
    moved = Path(shutil.copytree(home, tmp_path / "home"))
    build = current_file(Place(moved, "production", "lumen-wallet"))
    with closing(duckdb.connect(str(build))) as connection:
        connection.execute("update build set definitions = 'another'")
    page = open_page(home=moved)
    assert headings(page) == [wording.OUTDATED[0]]
    assert "utilization rebuild" in words(page)
