"""Growth shows the metric layer's own figures: how full limits are, and where demand leaks.

Goal: every figure on the page equals the core's answer in the view the address asks for; the
funnel adds up; a raise of a band shows on the day it holds from; periods without events and
filters that leave none are told apart. Method: the real `app.py` is run by Streamlit's own test
driver on a home made by the ordinary ingestion, and its tables and the charts' data are read back.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.homelock import writing
from pipelines.ingest import Ingestion
from pipelines.lanes import read_lanes
from pipelines.periods import Period, choose_period, cut
from pipelines.places import Place
from pipelines.sample import write_sample
from pipelines.serving import Build, opened
from pipelines.settings import load_settings
from pipelines.usage.levels import LIMIT_PARTS, band_levels_table
from pipelines.utilization import windows_table
from pipelines.windows import load_zone, rolling_window
from reports import figures, growth, growth_words, leaks, wording
from reports import format as text
from tests.dashboard.reading import Open, headings, read, tables, words
from tests.dashboard.sample_home import LOADED_AT

PAGE = "growth"

PANELS = [
    "How full each limit is",
    "At this pace",
    "One pool against its daily band",
    "From request to acceptance",
    "Why attempts gave no price",
    "How quotes end, and where limits refused them",
    "From accepted to settled",
    "When in the week",
    "Execution utilization of each pool",
]


def ask(home: Path, question: Callable[[Build, Period], pa.Table], preset: str = "7d") -> Any:
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        period = choose_period(preset, build.watermark, "UTC")
        return question(build, period).to_pylist(maps_as_pydicts="strict")


def totals(build: Build, period: Period) -> pa.Table:
    return windows_table(
        build.connection, [period.window], as_of=period.as_of, parts=["limit_errored_quotes"]
    )


def now(build: Build, period: Period) -> pa.Table:
    window = rolling_window("24h", period.as_of)
    return windows_table(build.connection, [window], as_of=period.as_of, parts=LIMIT_PARTS)


def table_of(page: AppTest, caption: str) -> str:
    (html,) = [one for one in tables(page) if f"<caption>{caption}</caption>" in one]
    return html


def drawn(page: AppTest, number: int) -> list[dict[str, Any]]:
    """The data behind a chart, by its place on the page."""
    proto = page.get("vega_lite_chart")[number].proto
    data = proto.data.data or proto.datasets[0].data.data
    rows: list[dict[str, Any]] = pa.ipc.open_stream(io.BytesIO(data)).read_all().to_pylist()
    return rows


DAY, DAYS, FUNNEL, PARETO, WEEK, WEEK_LIMITS, MULTIPLES = range(1, 8)


def test_the_page_has_all_its_panels_and_none_fails(open_page: Open) -> None:
    page = open_page()
    assert page.title[0].value == wording.QUESTIONS["Growth"]
    assert headings(page) == PANELS
    assert not page.error


@pytest.mark.parametrize("preset", ["today", "24h", "90d", "last_week", "month"])
def test_every_period_has_all_panels(open_page: Open, preset: str) -> None:
    page = open_page(period=preset)
    assert headings(page) == PANELS
    assert not page.error


def test_the_ladder_holds_each_limit_once_from_the_fullest_on(home: Path, open_page: Open) -> None:
    shown = read(table_of(open_page(), "Headroom"))
    rows = ask(home, now)

    used = [float(row["Used now, of the limit"].split()[0]) for row in shown.values()]
    assert used == sorted(used, reverse=True)
    for row in rows:
        own = shown[f"Daily band, {row['pool_id']}"]
        assert own["Used now, of the limit"] == text.percent(row["daily_band_usage"])
        assert own["Left now"] == text.money_with_code(row["daily_band_room"], row["currency"])
        together = shown[f"Velocity, 24 h, all {row['currency']} pools"]
        assert together["Used now, of the limit"] == text.percent(row["velocity_24h_usage"])
        order = shown[f"Largest order, {row['pool_id']}"]
        assert order["Used now, of the limit"] == text.percent(row["max_order_usage"])


def test_each_pool_is_bound_by_its_fullest_limit(home: Path, open_page: Open) -> None:
    shown = read(table_of(open_page(), "Headroom"))
    for row in ask(home, now):
        usages = {
            f"Daily band, {row['pool_id']}": row["daily_band_usage"],
            f"Velocity, 24 h, all {row['currency']} pools": row["velocity_24h_usage"],
            f"Largest order, {row['pool_id']}": row["max_order_usage"] or 0,
        }
        binding = [name for name, one in shown.items() if row["pool_id"] in one.get(BINDS, "")]
        assert binding == [max(usages, key=lambda name: usages[name])]


BINDS = "Binds"


def test_the_day_and_the_days_are_the_bands_levels(home: Path, open_page: Open) -> None:
    page = open_page(period="month", pool="EUR-USDT")
    zone, levels = ask_levels(home, "EUR-USDT", "month")

    days = drawn(page, DAYS)
    assert [row["shown"].partition(",")[0] for row in days]
    assert [(row["used"], row["band"]) for row in days] == [
        (float(row["daily_band_used"]), float(row["daily_band_limit"])) for row in levels
    ]
    last = levels[-1]
    assert f"{text.money(last['daily_band_used'], 'EUR')} EUR" in words(page)
    assert f"midnight {zone}" in words(page)
    assert drawn(page, DAY)[-1]["amount"] == float(last["daily_band_used"])


def ask_levels(home: Path, pool: str, preset: str) -> tuple[str, list[dict[str, Any]]]:
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        period = choose_period(preset, build.watermark, "UTC")
        zone = read_lanes(build.connection, period.as_of).zone_of[pool]
        table = band_levels_table(
            build.connection, growth.band_days(period, zone), as_of=period.as_of, pools=[pool]
        )
    return zone, table.to_pylist()


def test_another_pool_and_day_can_be_looked_at(home: Path, open_page: Open) -> None:
    page = open_page()
    page.selectbox(key="band-pool").set_value("BRL-USDT:BRL").run()
    zone, levels = ask_levels(home, "BRL-USDT", "7d")
    day = levels[2]
    local = day["window_start"].astimezone(load_zone(zone)).date()
    name = text.day(local)
    page.selectbox(key="band-day").set_value(str(local)).run()
    assert page.query_params["band-pool"] == "BRL-USDT:BRL"
    assert page.query_params["band-day"] == str(local)
    used = text.money_with_code(day["daily_band_used"], "BRL")
    assert f"**{used}** of" in words(page)
    assert f"used on {name}" in words(page)


def test_an_address_holds_the_choices_of_a_panel(home: Path, open_page: Open) -> None:
    page = open_page(
        **{
            "band-pool": "BRL-USDT:BRL",
            "week-pool": "BRL-USDT:BRL",
            "week-figure": "quote_requests",
        }
    )
    assert page.selectbox(key="band-pool").value == "BRL-USDT:BRL"
    assert "BRL-USDT" in words(page)
    assert f"**{growth_words.WEEK_FIGURES['quote_requests']}**, BRL-USDT" in words(page)
    page.segmented_control(key="week-figure").set_value("execution_utilization").run()
    assert "week-figure" not in page.query_params
    assert page.query_params["week-pool"] == "BRL-USDT:BRL"


def test_a_panels_choice_that_is_gone_is_said_and_left_out(open_page: Open) -> None:
    page = open_page(**{"band-pool": "NOT-HERE:EUR"})
    assert "names a pool that is not among those shown" in words(page)
    assert page.selectbox(key="band-pool").value != "NOT-HERE:EUR"


@pytest.fixture(scope="module")
def raised_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home long enough to hold the raise of a band in the middle of June."""
    folder = tmp_path_factory.mktemp("raised")
    home, records = folder / "home", folder / "records"
    home.mkdir()
    write_sample(records, days=45, quotes_per_day=20, partners=1)
    with writing(home, 30):
        Ingestion(load_settings(home), at=LOADED_AT).run([records])
    return home


def test_the_line_of_the_band_steps_where_the_limit_was_raised(
    raised_home: Path, open_page: Open
) -> None:
    page = open_page(raised_home, period="month", pool="EUR-USDT")
    _, levels = ask_levels(raised_home, "EUR-USDT", "month")
    bands = [float(row["daily_band_limit"]) for row in levels]
    assert len(set(bands)) == 2
    assert [row["band"] for row in drawn(page, DAYS)] == bands
    assert "The band was changed:" in words(page)
    assert "from 15 Jun 2026 on" in words(page)


def test_the_funnel_subtracts_every_leak_until_nothing_is_unexplained(
    home: Path, open_page: Open
) -> None:
    page = open_page()
    rows = ask(home, totals)
    steps = drawn(page, FUNNEL)
    counts = {row["step"]: row["quotes"] for row in steps}
    sums = figures.added(
        rows,
        ("quote_requests", "firm_quotes", "accepted_quotes", "errored_quotes", "expired_quotes"),
    )
    assert counts["Quote requests"] == sums["quote_requests"]
    assert counts["Firm quotes"] == sums["firm_quotes"]
    assert counts["Accepted"] == sums["accepted_quotes"]
    assert counts["Expired"] == sums["expired_quotes"]
    failed = counts[leaks.LIMIT_REFUSED] + counts[leaks.OTHER_FAILED]
    assert failed == sums["errored_quotes"]
    assert leaks.UNEXPLAINED not in counts
    left = 0
    for row in steps:
        left = row["quotes"] if row["kind"] == "level" else left - row["quotes"]
        assert left >= 0
    lost = sums["quote_requests"] - sums["firm_quotes"]
    assert f"less {text.count(lost)} lost on the way and 0 not explained" in words(page)


def test_reasons_are_sorted_and_add_up_to_all_failed_attempts(home: Path, open_page: Open) -> None:
    page = open_page(period="yesterday")
    rows = ask(home, totals, "yesterday")
    bars = drawn(page, PARETO)
    counts = [row["attempts"] for row in bars]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == sum(row["failed_quote_attempts"] for row in rows)
    assert bars[-1]["together"] == text.percent(1)
    shown = read(table_of(page, "Why attempts gave no price"))
    assert {name: row["Attempts, of the period"] for name, row in shown.items()} == {
        row["reason"]: text.count(row["attempts"]) for row in bars
    }
    assert "was" in table_of(page, "Why attempts gave no price")


def test_rates_are_the_rows_own_with_their_base(home: Path, open_page: Open) -> None:
    shown = read(table_of(open_page(), "Rates of each pool"))
    for row in ask(home, totals):
        cells = shown[row["pool_id"]]
        assert cells["Quote success, of requests"] == text.percent(row["quote_success_rate"])
        assert cells["Accepted, of firm quotes"] == text.percent(row["accepted_quote_rate"])
        assert cells["Expired, of firm quotes that ended"] == text.percent(row["expiry_rate"])
        assert cells["Refused by a limit, calls"] == text.count(row["limit_errors"])


def test_the_week_shows_use_or_requests_of_the_pool_chosen(home: Path, open_page: Open) -> None:
    page = open_page(pool="EUR-USDT")
    assert all(row["shown"].endswith("%") for row in drawn(page, WEEK) if row["state"] == "known")
    page.segmented_control(key="week-figure").set_value("quote_requests").run()
    requests = [row["shown"] for row in drawn(page, WEEK)]
    assert any(value not in ("0", text.UNKNOWN) for value in requests)
    assert len(requests) == len(drawn(page, WEEK_LIMITS)) == 7 * 24


def test_the_small_pictures_hold_each_pools_days(home: Path, open_page: Open) -> None:
    rows = drawn(open_page(), MULTIPLES)
    by_pool: dict[str, int] = {}
    for row in rows:
        by_pool[row["pool"]] = by_pool.get(row["pool"], 0) + 1
    assert by_pool == {row["pool_id"]: 7 for row in ask(home, totals)}


def test_a_period_without_events_is_told_from_a_filter_that_leaves_none(
    raised_home: Path, open_page: Open
) -> None:
    def by_day(build: Build, period: Period) -> pa.Table:
        return windows_table(build.connection, cut(period, "day", "day"), as_of=period.as_of)

    rows = [row for row in ask(raised_home, by_day, "30d") if not figures.has_activity(row)]
    idle = rows[0]
    day = f"{idle['window_start']:%Y-%m-%d}"
    page = open_page(raised_home, period="custom", days=f"{day}..{day}", pool=idle["pool_id"])
    assert headings(page) == [wording.FILTER_EXCLUDES_ALL[0]]
    page.button[0].click().run()
    assert headings(page) == PANELS


def test_nothing_is_compared_with_a_time_before_the_records(open_page: Open) -> None:
    page = open_page(period="7d", vs="weekdays")
    assert "begins before the first record" in words(page)
    assert "was" not in table_of(page, "Rates of each pool")


def test_a_pool_without_limits_says_so_and_shows_no_zero(tmp_path: Path, open_page: Open) -> None:
    home, records = tmp_path / "home", tmp_path / "records"
    home.mkdir()
    write_sample(records, days=3, quotes_per_day=40, partners=1)
    kept = [path for kind in ("quotes", "trades", "ledger") for path in records.glob(f"{kind}-*")]
    with writing(home, 30):
        Ingestion(load_settings(home), at=LOADED_AT).run(kept)
    page = open_page(home, period="yesterday")
    assert headings(page) == PANELS
    assert not page.error
    assert wording.NO_LIMITS in words(page)
    shown = read(table_of(page, "Headroom"))
    assert {row["Used now, of the limit"] for row in shown.values()} == {text.UNKNOWN}
    # Without a limit there is no pace to draw.
    known = {row["shown"] for row in drawn(page, MULTIPLES - 1)}
    assert known == {text.UNKNOWN}
