"""The fullness of a limit is the metric layer's, and says whose limit it is.

Goal: each limit in force stands once per pool with the usage of the utilization rows, the peak is
the highest of the period's hours, and a limit of a whole currency says so. Method: a small sample
with limits of both scopes is loaded, and the page's own table is compared with the rows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pipelines.outline import Limit, Outline, read_outline
from pipelines.periods import choose_period
from pipelines.places import Place
from pipelines.serving import opened
from pipelines.utilization import windows_table
from reports import figures, limits
from reports import format as text
from reports.overview import lane_names
from tests.dashboard.sample_home import fill_home

Loaded = tuple[figures.Answer, Outline]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    home = fill_home(tmp_path_factory, "limits", partners=1, quotes_per_day=60, days=9)
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        outline = read_outline(build, build.watermark)
        period = choose_period("7d", build.watermark, "UTC")
        table = windows_table(build.connection, figures.asked_windows(period), as_of=period.as_of)
    return figures.Answer(period, table, outline.pools, outline.first_event), outline


def test_every_limit_in_force_stands_with_its_pool(loaded: Loaded) -> None:
    answer, outline = loaded
    uses = limits.limit_uses(answer, outline)
    assert set(uses) == {figures.lane_of(row) for row in answer.totals}
    for held in uses.values():
        assert set(held) == {"daily_band", "velocity_24h", "max_order"}
    assert {use.limit.is_shared for held in uses.values() for use in held.values()} == {True, False}


def test_what_is_used_now_is_the_rolling_rows_usage(loaded: Loaded) -> None:
    answer, outline = loaded
    uses = limits.limit_uses(answer, outline)
    for row in answer.rows("24h"):
        held = uses[figures.lane_of(row)]
        assert held["daily_band"].standing == row["daily_band_usage"]
        assert held["velocity_24h"].standing == row["velocity_24h_usage"]


def test_the_peak_is_the_highest_of_the_periods_hours(loaded: Loaded) -> None:
    answer, outline = loaded
    for lane, held in limits.limit_uses(answer, outline).items():
        hours = [row for row in answer.rows("peaks") if figures.lane_of(row) == lane]
        assert len(hours) == 7 * 24
        highest = max(row["daily_band_usage"] for row in hours)
        assert held["daily_band"].peak == highest
        at = [row["window_end"] for row in hours if row["daily_band_usage"] == highest]
        assert held["daily_band"].peak_at == at[0]


def test_the_table_says_what_is_used_of_which_limit(loaded: Loaded) -> None:
    answer, outline = loaded
    uses = limits.limit_uses(answer, outline)
    html = limits.limits_table(uses, answer.period, lane_names(answer.totals))
    for held in uses.values():
        for use in held.values():
            assert text.percent(use.standing) in html
            assert text.money_with_code(use.limit.value, use.limit.currency) in html
    assert "all EUR pools" in html


def use(name: str, standing: str | None, peak: str | None = None) -> limits.LimitUse:
    limit = Limit("EUR-USDT", "EUR", name, Decimal(1000), is_shared=name == "velocity_24h")
    at = datetime(2026, 6, 27, 20, tzinfo=UTC) if peak else None
    return limits.LimitUse(
        limit,
        "daily_band_usage",
        Decimal(standing) if standing else None,
        peak and Decimal(peak),
        at,
    )


def test_the_sentence_names_the_fullest_limit_and_when(loaded: Loaded) -> None:
    period = loaded[0].period
    lane = ("EUR-USDT", "EUR")
    said = limits.closest_words(
        {lane: {"daily_band": use("daily_band", "0.5"), "v": use("velocity_24h", "0.2", "1.2")}},
        period,
    )
    assert "velocity, 24 h of all EUR pools" in said
    assert f"120.0{text.SPACE}% on 27 Jun 2026, 20:00" in said


def test_no_known_limit_gives_no_sentence(loaded: Loaded) -> None:
    assert limits.closest_words({}, loaded[0].period) == ""
    held = {("EUR-USDT", "EUR"): {"daily_band": use("daily_band", None)}}
    assert limits.closest_words(held, loaded[0].period) == ""
