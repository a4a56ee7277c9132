"""Pace, runway and accuracy as tables, pictures and files: exact, ordered, unknown as unknown.

Goal: money as the core states it, nothing invented where nothing is projected, an estimate never
told as certain, pictures that begin where the figures stand, money on its way counted in. Method:
answers of the core are written by hand, and the tables and pictures made of them are read.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.forecast.curves import Curve
from pipelines.forecast.shapes import ACTIONS, Accuracy, DemandHour, Pace, Reach, Runway, TopUp
from pipelines.settings import PlannedTopUp, Settings
from reports import accuracy, advice_words, pace, pace_picture, runway, runway_picture
from reports import format as text
from reports.charts_advice import pace as pace_spec
from reports.charts_advice import runway as runway_spec
from tests.dashboard.reading import read

DAY = datetime(2026, 6, 30, tzinfo=UTC)
AT = DAY + timedelta(hours=14)
HOUR = timedelta(hours=1)
BAND = Pace(
    "A-B",
    "EUR",
    "daily_band",
    ("A-B",),
    DAY,
    DAY + timedelta(days=1),
    AT,
    "UTC",
    Decimal(1000),
    Decimal(400),
    Decimal("0.4"),
    Decimal(600),
    "projected",
    projected_low=Decimal(700),
    projected_mid=Decimal(800),
    projected_high=Decimal(1100),
    projected_usage=Decimal("0.8"),
    probability_of_reaching=Decimal("0.15"),
    reaches_early_at=DAY + timedelta(hours=22),
    reference_days=30,
    rung=2,
    path=tuple(
        Reach(AT + number * HOUR, Decimal(500), Decimal(600), Decimal(700)) for number in (1, 2)
    ),
)
LASTS = Runway(
    "EUR",
    AT,
    "projected",
    "top_up_now",
    available=Decimal(5000),
    available_now=Decimal(4900),
    floor=Decimal(1000),
    target=Decimal(8000),
    service_level=Decimal("0.95"),
    runway_p50_s=48 * 3600,
    runway_p90_s=30 * 3600,
    runs_out_p50_at=AT + 48 * HOUR,
    runs_out_p90_at=AT + 30 * HOUR,
    send_by=AT + 6 * HOUR,
    usable_at=AT + 24 * HOUR,
    amount_low=Decimal(4000),
    amount_high=Decimal(6000),
    next_check_at=AT + HOUR,
    horizon_end=AT + timedelta(days=14),
    demand=tuple(
        DemandHour(AT + number * HOUR, Decimal(100 * number), Decimal(200 * number))
        for number in range(1, 97)
    ),
)


def pace_row(one: Pace) -> dict[str, str]:
    (row,) = read(pace.pace_table((one,), "UTC")).values()
    return row


def runway_row(one: Runway, *, is_stale: bool = False) -> dict[str, str]:
    (row,) = read(runway.runway_table((one,), "UTC", is_stale=is_stale)).values()
    return row


def test_a_band_says_what_is_used_left_expected_and_how_likely_it_is_reached() -> None:
    table = pace.pace_table((BAND,), "UTC")
    assert read(table) == {
        "Daily band, A-B": {
            "Used, of the limit": text.percent(Decimal("0.4")),
            "Left": "600.00 EUR",
            "End of the day, 80 % band": "800.00 EUR",
            "Chance, to reach it": text.percent(Decimal("0.15")),
            "Reached at, as likely as not": "not before it resets",
        }
    }
    assert "700.00 to 1,100.00" in table
    assert "one in ten by 30 Jun 22:00" in table


@pytest.mark.parametrize(("chance", "shown"), [("0", "< 0.1"), ("1", "> 99.9"), ("0.5", "50.0")])
def test_an_estimate_is_never_certain(chance: str, shown: str) -> None:
    row = pace_row(replace(BAND, probability_of_reaching=Decimal(chance)))
    assert row["Chance, to reach it"].startswith(shown)


def test_a_limit_that_is_reached_says_so() -> None:
    over = replace(BAND, headroom=Decimal(-10), probability_of_reaching=Decimal(1))
    row = pace_row(over)
    assert row["Reached at, as likely as not"] == "reached"
    assert row["Chance, to reach it"] == text.percent(Decimal(1))
    assert row["Left"] == "-10.00 EUR"


@pytest.mark.parametrize("reason", ["stale", "short_history", "few_reference_days", "early"])
def test_what_is_not_projected_is_unknown_and_says_why_and_until_when(reason: Any) -> None:
    enough = AT + timedelta(days=3)
    one = replace(
        BAND,
        state="suppressed",
        reason=reason,
        projected_mid=None,
        projected_usage=None,
        probability_of_reaching=None,
        enough_history_at=enough if reason == "short_history" else None,
        elapsed_share=Decimal("0.05") if reason == "early" else None,
    )
    row = pace_row(one)
    assert row["End of the day, 80 % band"] == text.UNKNOWN
    assert row["Chance, to reach it"] == text.UNKNOWN
    said = pace.suppressed_words(one, "UTC")
    assert said.startswith(advice_words.PACE_REASONS[reason])
    assert ("3 Jul 2026, 14:00" in said) == (reason == "short_history")
    assert ("15.0" in said) == (reason == "early")
    assert said in pace.projected_words(one, "UTC")


def test_every_reason_and_action_has_words() -> None:
    assert set(ACTIONS) <= set(advice_words.RUNWAY_ACTIONS)


def test_the_fullest_to_be_stands_first_and_bands_before_caps() -> None:
    low = replace(BAND, pools=("C-D",), pool_id="C-D", projected_usage=Decimal("0.5"))
    cap = replace(BAND, limit_type="velocity_24h", state="current", usage=Decimal("0.99"))
    other = replace(BAND, pools=("E-F",))
    assert pace.of_pools([cap, low, other, BAND], ("A-B", "C-D")) == (BAND, low, cap)


def test_the_picture_goes_on_from_what_is_used_now() -> None:
    curve = Curve("A-B", "EUR", ((DAY + 8 * HOUR, Decimal(300)), (DAY + 11 * HOUR, Decimal(350))))
    lines = pace_picture.picture(BAND, curve).to_pylist()
    used = [line["amount"] for line in lines if line["series"] == pace_picture.USED]
    ahead = [line for line in lines if line["series"] == pace_picture.PROJECTED]
    assert used == [0, 300, 350, 400]
    assert [line["amount"] for line in ahead] == [400, 600, 600]
    assert [(line["low"], line["high"]) for line in ahead] == [(400, 400), (500, 700), (500, 700)]
    assert [line["amount"] for line in lines if line["series"] == pace_picture.LIMIT] == [
        1000,
        1000,
    ]


def test_nothing_is_drawn_ahead_where_nothing_is_projected() -> None:
    lines = pace_picture.picture(
        replace(BAND, state="suppressed", path=()), Curve("A-B", "EUR", ())
    ).to_pylist()
    assert not [line for line in lines if line["series"] == pace_picture.PROJECTED]


def test_a_balance_says_how_long_it_lasts_when_to_send_how_much_and_what_to_do() -> None:
    row = runway_row(LASTS)
    assert row["Lasts, as likely as not"] == text.duration(48 * 3600)
    assert row["Lasts, cautiously, 9 times in 10"] == text.duration(30 * 3600)
    assert row["Send by"] == "30 Jun 20:00"
    assert row["Suggested amount, if sent now"] == "4,000.00 to 6,000.00 EUR"
    assert row["What you may do"] == advice_words.RUNWAY_ACTIONS["top_up_now"]


def test_old_records_give_no_advice_on_balances() -> None:
    assert runway_row(LASTS, is_stale=True)["What you may do"] == "No advice on old records."


@pytest.mark.parametrize("reason", list(advice_words.RUNWAY_REASONS))
def test_a_balance_that_cannot_be_projected_is_unknown_and_says_why(reason: Any) -> None:
    one = Runway("EUR", AT, "suppressed", "stale_balance_no_advice", reason=reason)
    row = runway_row(one)
    assert row["Lasts, as likely as not"] == text.UNKNOWN
    assert row["Send by"] == text.UNKNOWN
    assert row["Suggested amount, if sent now"] == text.UNKNOWN
    assert runway.suppressed_words(one, "UTC") == advice_words.RUNWAY_REASONS[reason]


def test_a_balance_that_outlasts_the_horizon_is_not_unknown() -> None:
    one = replace(LASTS, runway_p50_s=None, runs_out_p50_at=None, send_by=None)
    row = runway_row(one)
    assert row["Lasts, as likely as not"] == "longer"
    assert row["Send by"] == "no need yet"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, None, "not known what was missing"),
        ("0", "0", "nothing was missing"),
        ("500", "0", "closed the gap"),
        ("500", "120.5", "left 120.50 missing"),
    ],
)
def test_the_last_top_up_says_whether_it_closed_the_gap(
    before: str | None, after: str | None, said: str
) -> None:
    gaps = [None if one is None else Decimal(one) for one in (before, after)]
    one = replace(LASTS, last_top_up=TopUp(AT, Decimal(300), Decimal(900), *gaps))
    assert said in runway.runway_table((one,), "UTC", is_stale=False)


def test_the_first_to_send_money_for_stands_at_the_top() -> None:
    later = replace(LASTS, currency="GBP", send_by=AT + 9 * HOUR)
    never = replace(LASTS, currency="BRL", send_by=None)
    assert runway.of_currencies([never, later, LASTS], None) == (LASTS, later, never)
    assert runway.of_currencies([never, later, LASTS], ("GBP",)) == (later,)


def lines_of(coming: runway_picture.Coming = (), one: Runway = LASTS) -> list[dict[str, Any]]:
    snapshot = {
        "currency": "EUR",
        "holds_from": AT - 2 * HOUR,
        "observed_at": AT - 2 * HOUR,
        "balance_available": Decimal(5000),
        "stretch_no": 1,
    }
    rows = [snapshot, {**snapshot, "currency": "GBP"}]
    return runway_picture.picture(one, rows, coming, "UTC").to_pylist()


def values(lines: list[dict[str, Any]], series: str) -> list[float]:
    return [line["value"] for line in lines if line["series"] == series]


def test_what_is_left_is_the_balance_less_demand_and_never_below_nothing() -> None:
    lines = lines_of()
    assert values(lines, runway_picture.BALANCE) == [5000, 4900]
    assert values(lines, runway_picture.EXPECTED)[:3] == [4900, 4800, 4700]
    assert values(lines, runway_picture.CAUTIOUS)[:3] == [4900, 4700, 4500]
    assert min(values(lines, runway_picture.CAUTIOUS)) == 0
    assert values(lines, runway_picture.FLOOR) == [1000]
    assert values(lines, runway_picture.TARGET) == [8000]


def test_money_on_its_way_is_counted_in_from_when_it_is_usable() -> None:
    set_up = Settings(
        planned_top_ups=(
            PlannedTopUp(currency="EUR", amount=Decimal(1000), at=AT + 2 * HOUR),
            PlannedTopUp(currency="GBP", amount=Decimal(7), at=AT + HOUR),
            PlannedTopUp(currency="EUR", amount=Decimal(9), at=AT - HOUR),
        )
    )
    coming = runway.coming(LASTS, set_up, "50")
    assert coming == ((AT + 2 * HOUR, Decimal(1000)), (AT + 24 * HOUR, Decimal(50)))
    expected = values(lines_of(coming), runway_picture.EXPECTED)
    assert expected[:3] == [4900, 4800, 5700]
    assert expected[24] == 4900 + 1000 + 50 - 2400


def test_the_picture_shows_when_to_send_and_how_long_money_takes() -> None:
    lines = {line["series"]: line for line in lines_of()}
    way = lines[runway_picture.ON_ITS_WAY]
    assert way["until"] - way["at"] == timedelta(hours=24)
    assert lines[runway_picture.SEND_BY]["label"] == "send by 30 Jun 20:00"


def test_a_balance_that_is_not_projected_has_no_line_ahead() -> None:
    lines = lines_of(one=replace(LASTS, state="suppressed", demand=(), send_by=None))
    assert not values(lines, runway_picture.EXPECTED)


def test_scores_say_on_which_side_they_lie() -> None:
    one = Accuracy(
        "net_outflow",
        None,
        "EUR",
        "scored",
        2,
        Decimal("0.79"),
        Decimal(90),
        Decimal(100),
        Decimal("0.1"),
        Decimal("-0.02"),
        40,
        DAY,
        AT,
    )
    (row,) = read(accuracy.accuracy_table((one,), "UTC")).values()
    assert row["Beside naive, by its loss"] == f"{text.percent(Decimal('0.1'))} better"
    assert row["Bias, of the outcome"] == f"{text.percent(Decimal('0.02'))} too low"
    assert row["Compared, with what happened"] == "40 forecasts"
    worse = replace(one, skill=Decimal("-0.1"))
    (row,) = read(accuracy.accuracy_table((worse,), "UTC")).values()
    assert row["Beside naive, by its loss"].endswith("worse")


def test_what_was_not_scored_is_unknown() -> None:
    one = Accuracy("daily_band", "A-B", "EUR", "short_history")
    table = accuracy.accuracy_table((one,), "UTC")
    assert table.count(text.UNKNOWN) == 6


def test_scores_of_balances_go_with_the_pools_of_their_currency() -> None:
    own = Accuracy("daily_band", "A-B", "EUR", "short_history")
    other = Accuracy("daily_band", "C-D", "GBP", "short_history")
    euro, pound = (Accuracy("net_outflow", None, one, "short_history") for one in ("EUR", "GBP"))
    assert accuracy.of_pools([own, other, euro, pound], ("A-B",)) == (own, euro)


def test_files_hold_every_figure_as_it_is() -> None:
    (row,) = pace.file((BAND,)).to_pylist()
    assert row["projected_mid"] == Decimal(800)
    assert row["window_start"] == DAY
    (row,) = runway.file((replace(LASTS, last_top_up=None),)).to_pylist()
    assert row["amount_high"] == Decimal(6000)
    assert row["last_top_up.amount"] is None
    last = TopUp(AT, Decimal(3), None, None, None)
    (row,) = runway.file((replace(LASTS, last_top_up=last),)).to_pylist()
    assert row["last_top_up.amount"] == Decimal(3)


@pytest.mark.parametrize("spec", [pace_spec(), runway_spec()])
def test_charts_hold_no_data_and_name_their_channels(spec: dict[str, Any]) -> None:
    assert "data" not in spec
    assert "datasets" not in spec
    layers = spec["layer"]
    assert all(isinstance(layer["encoding"], dict) for layer in layers)
    assert any(layer["mark"].get("strokeDash") for layer in layers)
