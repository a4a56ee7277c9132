"""Pace: exact where it counts, an honest band where it estimates, silent where it cannot know.

Goal: used, usage and headroom are the metrics' own; a projection is ordered, grows with the scale
of amounts, knows nothing of what came later, and is withheld with its reason where it would rest
on too little. Method: one partner's made-up life in a serving database, asked at many instants,
across the days on which the clocks move.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from pipelines.forecast.pace import pace, paces, read_bands
from pipelines.forecast.shapes import Pace
from pipelines.utilization import windows_table
from pipelines.windows import rolling_window
from tests.forecast.lives import SETTINGS, START, Life, a_life, at_hour, instants
from tests.metrics.conftest import POOL

DAYS = 45
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def life() -> Iterator[Life]:
    lived = a_life(DAYS)
    lived.limit("velocity_24h", "5000")
    yield lived
    lived.connection.close()


def band_of(life: Life, day: int, hour: float, **choices: bool) -> Pace:
    found = pace(life.connection, as_of=at_hour(day, hour), settings=SETTINGS, **choices)
    (band,) = [one for one in found if one.limit_type == "daily_band"]
    return band


def test_used_and_headroom_are_the_figures_of_the_metrics(life: Life) -> None:
    asked = instants(at_hour(24, 0), timedelta(hours=5, minutes=15), 40)
    for as_of, found in zip(asked, paces(life.connection, asked, settings=SETTINGS), strict=True):
        (row,) = windows_table(
            life.connection, [rolling_window("24h", as_of)], as_of=as_of
        ).to_pylist()
        by_type = {one.limit_type: one for one in found}
        for name in ("daily_band", "velocity_24h"):
            one = by_type[name]  # type: ignore[index]
            assert one.usage == row[f"{name}_usage"]
            assert one.limit is not None
            assert one.headroom == one.limit - one.used


def test_history_adds_up_to_what_the_metrics_say_of_each_day(life: Life) -> None:
    late = at_hour(20, 21.5)  # half past eleven in Berlin, in summer
    life.trade("2026-03-20T22:30:00Z", "321", failed="2026-03-20T23:30:00Z")
    bands = read_bands(life.connection, [at_hour(DAYS, 0)])
    assert bands is not None
    cells = bands.cells(0)
    ends = [cells.begins((START + day * DAY - cells.start).days + 1) for day in range(15, 40)]
    assert late.date() > ends[0].date()
    for (one, *_), end in zip(paces(life.connection, ends, settings=SETTINGS), ends, strict=True):
        number, _ = cells.place(end)
        assert bands.history.flows[0, number].sum() == pytest.approx(float(one.used))


def test_a_batch_of_instants_answers_as_each_one_does(life: Life) -> None:
    asked = instants(at_hour(16, 1), timedelta(hours=13, minutes=45), 40)
    batch = paces(life.connection, asked, settings=SETTINGS)
    for as_of, found in zip(asked, batch, strict=True):
        assert found == pace(life.connection, as_of=as_of, settings=SETTINGS)


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("Europe/Berlin", 13.25), ("Asia/Kolkata", 13.25), ("Australia/Lord_Howe", 9.5)],
)
def test_what_came_later_changes_nothing(zone: str, hour: float) -> None:
    life = a_life(38, zone=zone)
    as_of = at_hour(30, hour)
    before = pace(life.connection, as_of=as_of, settings=SETTINGS, with_path=True)
    life.forget_from(as_of)
    after = pace(life.connection, as_of=as_of, settings=SETTINGS, with_path=True)
    assert before == after
    assert before[0].state == "projected"


def test_the_band_is_ordered_and_narrows_to_what_is_used(life: Life) -> None:
    widths = []
    for hour in (10, 14, 18, 21.75):
        band = band_of(life, 40, hour, with_path=True)
        assert band.state == "projected"
        assert band.projected_low is not None
        assert band.projected_mid is not None
        assert band.projected_high is not None
        assert band.projected_low <= band.projected_mid <= band.projected_high
        assert (band.path[-1].low, band.path[-1].high) == (band.projected_low, band.projected_high)
        assert band.path[-1].at == band.window_end
        assert [step.at for step in band.path] == sorted(step.at for step in band.path)
        widths.append(band.projected_high - band.projected_low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < widths[0] / 4


def test_at_the_end_of_the_day_the_projection_is_what_was_used(life: Life) -> None:
    end = band_of(life, 40, 22)
    assert end.window_end == end.as_of
    assert end.projected_mid == end.used
    assert end.elapsed_share == 1


def test_amounts_a_thousand_times_as_large_give_the_same_shape() -> None:
    small, large = Life(band="2000"), Life(band="2000000")
    small.days(0, 30)
    large.days(0, 30, scale=Decimal(1000))
    for life in (small, large):
        life.reaches(at_hour(30, 0))
    one, other = (band_of(life, 29, 13) for life in (small, large))
    assert one.state == "projected"
    assert other.probability_of_reaching == one.probability_of_reaching
    for name in ("projected_low", "projected_mid", "projected_high"):
        assert abs(getattr(other, name) - 1000 * getattr(one, name)) <= 6
    assert (one.reaches_at, one.elapsed_share) == (other.reaches_at, other.elapsed_share)


def test_a_limit_nearby_is_likelier_reached_and_earlier(life: Life) -> None:
    chances, times = [], []
    for band in ("300", "900", "1500", "9000"):
        life.connection.execute("update limits set value = ? where pool_id is not null", [band])
        found = band_of(life, 39, 12)
        chances.append(found.probability_of_reaching)
        times.append(found.reaches_at or at_hour(99, 0))
        if found.reaches_at is not None and found.reaches_early_at is not None:
            assert found.reaches_early_at <= found.reaches_at
    life.connection.execute("update limits set value = 2000 where pool_id is not null")
    assert chances == sorted(chances, reverse=True)  # type: ignore[type-var]
    assert times == sorted(times)
    assert (chances[0], times[0]) == (1, at_hour(39, 12)), "the limit is reached already"
    assert chances[-1] == 0


def test_nothing_is_projected_early_in_the_day(life: Life) -> None:
    early = band_of(life, 40, 0)
    assert (early.state, early.reason) == ("suppressed", "early")
    assert early.projected_mid is None
    assert early.elapsed_share is not None
    assert early.elapsed_share < Decimal("0.15")


def test_short_history_says_when_there_will_be_enough(life: Life) -> None:
    young = band_of(life, 9, 15)
    assert (young.state, young.reason) == ("suppressed", "short_history")
    enough = young.enough_history_at
    assert enough is not None
    day = (enough - START).days
    assert band_of(life, day, 15).reason == "short_history"
    assert band_of(life, day + 1, 15).state == "projected"


def test_stale_records_are_not_projected() -> None:
    life = a_life(30)
    limit = SETTINGS.forecast_max_lag
    fresh = pace(life.connection, as_of=at_hour(30, 0) + limit, settings=SETTINGS)
    stale = pace(
        life.connection, as_of=at_hour(30, 0) + limit + timedelta(minutes=15), settings=SETTINGS
    )
    assert fresh[0].reason != "stale"
    assert (stale[0].state, stale[0].reason) == ("suppressed", "stale")


def test_without_a_band_there_is_nothing_to_reach() -> None:
    (found,) = pace(a_life(30, band=None).connection, as_of=at_hour(29, 13), settings=SETTINGS)
    assert (found.state, found.reason, found.limit) == ("suppressed", "no_limit", None)


def test_a_rolling_cap_is_never_projected_and_names_what_leaves_next() -> None:
    life = a_life(30)
    life.limit("velocity_24h", "5000")
    life.connection.execute("delete from trade_paths where bucket >= ?", [START + 28 * DAY])
    heavy = at_hour(28, 20.5)
    for at, amount in ((at_hour(28, 15), 10), (heavy, 700), (at_hour(29, 2), 400)):
        life.order(at, Decimal(amount))
    found = pace(life.connection, as_of=at_hour(29, 13), settings=SETTINGS)
    (cap,) = [one for one in found if one.limit_type == "velocity_24h"]
    assert (cap.state, cap.reason, cap.projected_mid) == ("current", "rolling_window", None)
    assert cap.next_release_at == heavy + timedelta(hours=24)
    assert (cap.next_release_amount, cap.used) == (700, 1110)


def test_a_band_of_a_whole_currency_is_one_row_of_all_its_pools() -> None:
    life = Life(band=None)
    life.limit("daily_band", "4000")
    for pool in (POOL, "EUR-USDC"):
        life.days(0, 30, pool=pool)
    life.reaches(at_hour(30, 0))
    (shared,) = pace(life.connection, as_of=at_hour(29, 13), settings=SETTINGS)
    assert (shared.pool_id, shared.pools) == (None, ("EUR-USDC", POOL))
    assert shared.state == "projected"
    lone = pace(life.connection, as_of=at_hour(29, 13), settings=SETTINGS, pools=["EUR-USDC"])
    assert lone == [shared], "what all pools use counts, whoever asks"


def test_a_silent_day_is_not_a_day_without_use() -> None:
    lived, silent = a_life(40), a_life(40)
    for at in (at_hour(34, 0), at_hour(35, 0)):
        end = at + timedelta(days=1)
        silent.connection.execute(
            "delete from trade_paths where bucket >= ? and bucket < ?",
            [at.replace(tzinfo=None), end.replace(tzinfo=None)],
        )
        silent.connection.execute("delete from landed_days where day = ?", [at.date()])
    zero = a_life(40)
    zero.connection.execute(
        "delete from trade_paths where day in (?, ?)",
        [at_hour(34, 0).date(), at_hour(35, 0).date()],
    )
    as_lived, unknown, unused = (
        band_of(life, 38, 12).projected_mid for life in (lived, silent, zero)
    )
    assert as_lived is not None
    assert unknown is not None
    assert unused is not None
    assert abs(unknown - as_lived) < as_lived / 10
    assert unused < unknown


def test_days_of_23_and_25_hours_are_projected_like_others() -> None:
    for start_hours, zone in ((0, "Europe/Berlin"), (0, "America/Santiago")):
        life = a_life(40, zone=zone)
        for day in (27, 33, 34):  # 29 March, and 4 and 5 April
            found = band_of(life, day, 15 + start_hours)
            assert found.state == "projected"
            length = found.window_end - found.window_start
            assert length in {timedelta(hours=hours) for hours in (23, 24, 25)}
            assert found.projected_mid is not None
            assert Decimal(200) < found.projected_mid < Decimal(3000)


def test_the_answer_is_the_same_every_time(life: Life) -> None:
    first = pace(life.connection, as_of=at_hour(41, 11), settings=SETTINGS, with_path=True)
    again = pace(life.connection, as_of=at_hour(41, 11), settings=SETTINGS, with_path=True)
    assert first == again
    assert (
        replace(first[0], path=())
        == pace(life.connection, as_of=at_hour(41, 11), settings=SETTINGS)[0]
    )
