"""Runway: advice that rests on fresh records, closes the whole gap, and never counts twice.

Goal: a balance that runs low is told of in time for the funding calendar; what is reserved is not
taken off again; a stale balance gets no advice; following the suggestion closes the gap; and each
assumption moves the answer the way it should. Method: one partner's made-up life with its ledger
in a serving database, asked with balances set by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.books.bridge import bridge_table
from pipelines.forecast.rounding import rounded_up
from pipelines.forecast.runway import runway
from pipelines.forecast.shapes import Runway, WhatIf
from pipelines.settings import Settings
from pipelines.windows import rolling_window
from tests.forecast.lives import SETTINGS, Life, a_life, at_hour

DAYS = 45
AS_OF = at_hour(43, 9)  # a Tuesday
ALWAYS = SETTINGS.model_copy(
    update={
        "funding_business_days": (
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        )
    }
)


@pytest.fixture
def life() -> Iterator[Life]:
    lived = a_life(DAYS)
    yield lived
    lived.connection.close()


def asked(life: Life, settings: Settings = ALWAYS, **assumed: Any) -> Runway:
    what_if = WhatIf(**assumed)
    (found,) = runway(life.connection, as_of=AS_OF, settings=settings, what_if=what_if)
    return found


def test_a_full_balance_asks_for_nothing_and_says_when_to_look_again(life: Life) -> None:
    life.snapshot(AS_OF - timedelta(minutes=15), "60000")
    found = asked(life)
    assert (found.state, found.action) == ("projected", "no_action")
    assert found.next_check_at is not None
    assert found.next_check_at > AS_OF
    assert found.runway_p50_s is None, "it outlasts the horizon"
    assert found.horizon_end is not None


def test_a_low_balance_is_topped_up_now(life: Life) -> None:
    life.snapshot(AS_OF - timedelta(minutes=15), "900")
    found = asked(life)
    assert found.action == "top_up_now"
    assert found.send_by is not None
    assert found.send_by <= AS_OF
    assert found.need is not None
    assert found.available_now is not None
    assert found.need > found.available_now
    assert found.runway_p50_s is not None
    assert found.runway_p90_s is not None
    assert found.runway_p90_s <= found.runway_p50_s


def test_a_balance_that_must_be_filled_before_the_peak_is_reviewed(life: Life) -> None:
    life.snapshot(AS_OF - timedelta(minutes=15), "60000")
    enough = asked(life).need
    assert enough is not None
    life.connection.execute("delete from balances")
    life.connection.execute("delete from balance_marks")
    life.snapshot(AS_OF - timedelta(minutes=15), str(enough + 60))
    found = asked(life)
    assert found.action == "review_top_up_before_daily_peak"
    assert found.send_by is not None
    assert found.next_peak_at is not None
    assert AS_OF < found.send_by <= found.next_peak_at


def test_what_is_reserved_is_not_taken_off_again(life: Life) -> None:
    life.snapshot(AS_OF - timedelta(minutes=15), "6000", reserved="0")
    free = asked(life)
    life.connection.execute("delete from balances")
    life.connection.execute("delete from balance_marks")
    life.snapshot(AS_OF - timedelta(minutes=15), "6000", reserved="5000")
    held = asked(life)
    assert held.reserved == 5000
    assert (held.available_now, held.runway_p90_s) == (free.available_now, free.runway_p90_s)
    assert held.amount_high == free.amount_high


def test_the_balance_is_moved_by_the_ledger_since_its_snapshot(life: Life) -> None:
    life.snapshot(AS_OF - timedelta(hours=5), "9000")
    found = asked(life)
    day = rolling_window("24h", AS_OF)
    (bridge,) = bridge_table(life.connection, [day], as_of=AS_OF).to_pylist()
    assert found.available == 9000
    assert found.available_now == bridge["closing"] < 9000


def test_a_balance_and_a_floor_of_nothing_are_known(life: Life) -> None:
    life.limit("balance_floor", "0")
    life.snapshot(AS_OF - timedelta(minutes=15), "500")
    life.connection.execute(
        "delete from ledger_buckets where bucket >= ?",
        [(AS_OF - timedelta(minutes=15)).replace(tzinfo=None)],
    )
    life.entry(AS_OF - timedelta(minutes=15), "buy_debit", Decimal(-500))
    found = asked(life)
    assert (found.available, found.available_now, found.action) == (500, 0, "top_up_now")
    assert (found.floor, found.is_floor_derived) == (0, False)
    assert found.runway_p50_s == 0
    assert found.send_by == AS_OF - timedelta(days=1), "it should have been sent a day ago"


@pytest.mark.parametrize(("hours", "reason"), [(25, "stale_balance"), (None, "no_balance")])
def test_no_advice_rests_on_an_old_balance_or_none(
    life: Life, hours: int | None, reason: str
) -> None:
    if hours is not None:
        life.snapshot(AS_OF - timedelta(hours=hours), "900")
    found = asked(life)
    assert (found.action, found.reason) == ("stale_balance_no_advice", reason)
    assert (found.amount_high, found.send_by, found.need) == (None, None, None)


def test_no_advice_rests_on_records_that_stopped(life: Life) -> None:
    life.snapshot(AS_OF - timedelta(minutes=15), "900")
    life.reaches(AS_OF - timedelta(hours=3))
    assert asked(life).reason == "stale"


def test_short_history_gives_a_date_and_no_advice() -> None:
    life = a_life(10)
    life.snapshot(at_hour(9, 8), "900")
    (found,) = runway(life.connection, as_of=at_hour(9, 9), settings=ALWAYS)
    assert (found.action, found.reason) == ("not_enough_history", "short_history")
    assert found.enough_history_at is not None
    assert found.enough_history_at > at_hour(13, 0)


def test_the_first_day_with_enough_history_is_advised_on() -> None:
    life = a_life(20)
    for day in range(13, 19):
        life.snapshot(at_hour(day, 8), "900")
    actions = [
        runway(life.connection, as_of=at_hour(day, 9), settings=ALWAYS)[0].action
        for day in range(13, 19)
    ]
    first = actions.index("top_up_now")
    assert set(actions[:first]) == {"not_enough_history"}
    assert set(actions[first:]) == {"top_up_now"}
    assert first in {1, 2}


def test_the_suggested_amount_closes_the_whole_gap(life: Life) -> None:
    life.snapshot(AS_OF - timedelta(minutes=15), "900")
    advised = asked(life)
    assert advised.amount_low is not None
    assert advised.amount_high is not None
    assert 0 < advised.amount_low <= advised.amount_high
    after = asked(life, planned_top_up=advised.amount_high)
    assert after.amount_high == 0, "nothing more is asked for once it is on its way"
    assert after.action == "no_action"
    half = asked(life, planned_top_up=advised.amount_low / 4)
    assert half.amount_high is not None
    assert half.amount_high > 0


def test_a_target_is_reached_when_the_money_is_there(life: Life) -> None:
    life.limit("balance_floor", "500")
    life.limit("balance_target", "50000")
    life.snapshot(AS_OF - timedelta(minutes=15), "900")
    found = asked(life)
    assert (found.floor, found.target, found.is_target_derived) == (500, 50000, False)
    assert found.amount_low is not None
    assert found.amount_low >= 50000 - 900
    assert found.amount_low % 1000 == 0, "two digits, rounded up"


@pytest.mark.parametrize("available", ["0", "50", "900", "1700", "2500", "9000"])
def test_an_amount_is_no_more_than_closes_the_gap(life: Life, available: str) -> None:
    life.limit("balance_floor", "500")
    life.limit("balance_target", "3000")
    life.snapshot(AS_OF - timedelta(minutes=15), available)
    found = asked(life)
    assert found.usable_at is not None
    taken = {hour.at: (hour.expected, hour.cautious) for hour in found.demand}
    later = found.usable_at + (found.usable_at - AS_OF)
    for amount, row in ((found.amount_low, 0), (found.amount_high, 1)):
        assert amount is not None
        left = max(Decimal(available) - taken[found.usable_at][row], Decimal(0))
        lasts = 500 + taken[later][row] - taken[found.usable_at][row]
        gap = max(3000 - left, lasts - left, Decimal(0))
        assert rounded_up(float(gap), None) == amount


def test_money_planned_in_the_settings_counts_in_its_own_currency(life: Life) -> None:
    life.snapshot(AS_OF - timedelta(minutes=15), "900")
    at = (AS_OF + timedelta(hours=2)).isoformat()
    for currency, action in (("EUR", "no_action"), ("GBP", "top_up_now")):
        planned = [{"currency": currency, "amount": "40000", "at": at}]
        chosen = Settings.model_validate({**ALWAYS.model_dump(), "planned_top_ups": planned})
        assert asked(life, chosen).action == action


def test_each_assumption_moves_the_answer_its_own_way(life: Life) -> None:
    life.snapshot(AS_OF - timedelta(minutes=15), "4000")
    plain = asked(life)
    grown = asked(life, growth=Decimal("0.5"))
    slower = asked(life, lead_time=timedelta(days=4))
    surer = asked(life, service_level=Decimal("0.999"))
    laxer = asked(life, service_level=Decimal("0.6"))
    assert plain.need is not None
    assert plain.runway_p50_s is not None
    for other in (grown, slower):
        assert other.need is not None
        assert other.need > plain.need
    assert surer.need is not None
    assert laxer.need is not None
    assert laxer.need < plain.need <= surer.need
    assert grown.runway_p50_s is not None
    assert grown.runway_p50_s < plain.runway_p50_s
    assert slower.runway_p50_s == plain.runway_p50_s, "how fast funding is empties nothing"


def test_a_weekend_brings_the_send_by_time_forward(life: Life) -> None:
    friday = at_hour(39, 9)
    life.snapshot(friday - timedelta(minutes=15), "5000")
    (daily,) = runway(life.connection, as_of=friday, settings=ALWAYS)
    (weekly,) = runway(life.connection, as_of=friday, settings=SETTINGS)
    assert daily.send_by is not None
    assert weekly.send_by is not None
    assert weekly.send_by < daily.send_by
    assert weekly.usable_at == daily.usable_at is None or weekly.usable_at != daily.usable_at


def test_a_top_up_that_was_too_small_is_told_of(life: Life) -> None:
    credit = at_hour(43, 6)
    life.snapshot(credit - timedelta(minutes=15), "200")
    life.entry(credit, "payin_credit", Decimal(100))
    life.snapshot(AS_OF - timedelta(minutes=15), "100")
    found = asked(life)
    assert found.action == "top_up_did_not_close_gap"
    last = found.last_top_up
    assert last is not None
    assert (last.at, last.amount) == (credit, 100)
    assert last.need is not None
    assert last.gap_before is not None
    assert last.gap_after == last.gap_before - 100 > 0


def test_a_top_up_that_closed_the_gap_is_not_blamed_for_what_came_after(life: Life) -> None:
    credit = at_hour(41, 6)
    life.snapshot(credit - timedelta(minutes=15), "200")
    life.entry(credit, "payin_credit", Decimal(20000))
    life.snapshot(AS_OF - timedelta(minutes=15), "100")
    found = asked(life)
    assert found.action == "top_up_now"
    assert found.last_top_up is not None
    assert found.last_top_up.gap_after == 0


def test_the_need_of_a_credit_is_what_was_known_when_it_came(life: Life) -> None:
    credit = at_hour(30, 6)
    life.snapshot(credit - timedelta(minutes=15), "200")
    life.entry(credit, "payin_credit", Decimal(20000))
    needs = []
    for as_of in (credit + timedelta(hours=1), at_hour(37, 9), at_hour(44, 9)):
        life.snapshot(as_of - timedelta(minutes=15), "100")
        (found,) = runway(life.connection, as_of=as_of, settings=ALWAYS)
        assert found.last_top_up is not None
        needs.append(found.last_top_up.need)
    assert needs[0] is not None
    assert needs[0] == needs[1]
    assert abs(needs[2] - needs[0]) < needs[0] / 10, "another anchor sees a little less history"


def test_what_came_later_changes_no_advice(life: Life) -> None:
    life.snapshot(AS_OF - timedelta(minutes=15), "2000")
    before = asked(life)
    life.forget_from(AS_OF)
    assert asked(life) == before


def test_the_demand_is_cumulative_and_cautious_is_more(life: Life) -> None:
    life.snapshot(AS_OF - timedelta(minutes=15), "2000")
    hours = asked(life).demand
    assert len(hours) >= 72
    assert all(hour.cautious >= hour.expected for hour in hours)
    assert [hour.at for hour in hours] == sorted(hour.at for hour in hours)
    assert hours[-1].expected > hours[23].expected > hours[5].expected


@pytest.mark.parametrize(
    ("amount", "step", "rounded"),
    [
        (1234.01, None, "1300"),
        (1200, None, "1200"),
        (0.011, None, "0.01"),
        (7.31, Decimal(5), "10"),
        (-3, None, "0"),
        (99.5, None, "100"),
    ],
)
def test_amounts_are_rounded_up_to_a_step(
    amount: float, step: Decimal | None, rounded: str
) -> None:
    assert rounded_up(amount, step) == Decimal(rounded)
