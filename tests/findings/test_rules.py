"""Each rule fires on what it is about, and not on what only looks like it.

Goal: for every rule of the catalogue a world in which it fires, with its severity and action, and a
near miss in which it does not; gates, alternates and a source that fails. Method: a steady month
in memory whose last hours are changed by hand, judged as a build is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from pipelines.findings.catalogue import RULES, STALE
from pipelines.findings.options import GateBounds, Options
from pipelines.windows import QUARTER_HOUR
from tests.findings.worlds import NOW, OTHER, POOL, THIRD, Month, ago

Change = Callable[[Month], None]
BUDGETS = Options(
    bounds={"failure_budget": Decimal("0.02"), "availability_budget": Decimal("0.01")}
)
UNTAKEN = "accepted_bucket = null, expires_bucket = bucket"


def requests(total: int, *, unavailable: int = 0, errored: int = 0, limited: int = 0) -> str:
    """The counts of quote attempts of a quarter of an hour."""
    firm = total - unavailable - errored
    return (
        f"quote_requests = {total}, firm_quotes = {firm}, indicative_quotes = 0,"
        f" unavailable_quotes = {unavailable}, errored_quotes = {errored},"
        f" limit_errored_quotes = {limited}"
    )


def low_acceptance(month: Month) -> None:
    month.set("quote_paths", UNTAKEN, hours=28)


def low_acceptance_of_few(month: Month) -> None:
    low_acceptance(month)
    month.set("quote_buckets", requests(4), hours=28)


def piling_up(month: Month) -> None:
    month.set("trade_paths", "left_bucket = null, left_status = null", hours=2)


def a_few_reserved(month: Month) -> None:
    month.set("trade_paths", "left_bucket = null, left_status = null", hours=0.5)


def below_floor(month: Month) -> None:
    month.connection.execute(
        "update balances set visible_balance = 4999 where currency = 'EUR' and observed_at >= ?",
        [ago(hours=3)],
    )


def at_floor(month: Month) -> None:
    month.connection.execute(
        "update balances set visible_balance = 5000 where currency = 'EUR' and observed_at >= ?",
        [ago(hours=3)],
    )


def unpaid_calls(month: Month) -> None:
    month.errors(hours=2, balance_errors=3)


def two_unpaid_calls(month: Month) -> None:
    month.errors(hours=2, balance_errors=2)


def one_pool_down(month: Month) -> None:
    month.set("quote_buckets", requests(5, unavailable=4), hours=3)


def all_pools_down(month: Month) -> None:
    month.set("quote_buckets", requests(5, unavailable=4), hours=3, pool=None)


def snapshots_say_down(month: Month) -> None:
    month.set("availability_buckets", "available_us = 0, unavailable_us = 900000000", hours=2)


def often_unavailable(month: Month) -> None:
    month.set("quote_buckets", requests(5, unavailable=2), hours=7, pool=None)


def seldom_unavailable(month: Month) -> None:
    month.set("quote_buckets", requests(10, unavailable=1), hours=7, pool=None)


def limited(month: Month) -> None:
    month.set("quote_buckets", requests(5, errored=1, limited=1), hours=7)


def limited_as_ever(month: Month) -> None:
    month.set("quote_buckets", requests(5, errored=1, limited=1), hours=24 * 40)


def expiring(month: Month) -> None:
    month.set("quote_paths", UNTAKEN, hours=26)


def expiring_briefly(month: Month) -> None:
    month.set("quote_paths", UNTAKEN, hours=3)


def asked_again_and_again(month: Month) -> None:
    month.set("quote_buckets", requests(20, errored=16), hours=1)


def busy_hour(month: Month) -> None:
    month.set("quote_buckets", requests(20), hours=1)


def failing_trades(month: Month) -> None:
    month.set("trade_paths", "left_status = 'failed'", hours=4)


def three_failed_trades(month: Month) -> None:
    for hours in (3, 4, 5):
        month.trade(hours=hours, left_bucket=ago(hours=hours), left_status="failed")


def returned(month: Month) -> None:
    for hours in (3, 4, 5, 6):
        back = {"left_bucket": ago(hours=30), "left_status": "settled"}
        month.trade(hours=30, returned_bucket=ago(hours=hours), **back)


def two_returned(month: Month) -> None:
    for hours in (3, 4):
        back = {"left_bucket": ago(hours=30), "left_status": "settled"}
        month.trade(hours=30, returned_bucket=ago(hours=hours), **back)


def conflicts(month: Month) -> None:
    month.errors(hours=2, transact_conflicts=6)


def two_conflicts(month: Month) -> None:
    month.errors(hours=2, transact_conflicts=2)


def receiver_down(month: Month) -> None:
    month.set("webhook_buckets", "delivered = 2, failed = 4", hours=1, pool=None)


def one_retry(month: Month) -> None:
    month.set("webhook_buckets", "delivered = 5, failed = 1", hours=0.25, pool=None)


def dead_letter(month: Month) -> None:
    month.set("webhook_buckets", "delivered = 5, dead_lettered = 1", hours=0.25, pool=None)


def untold(month: Month) -> None:
    month.add("late_webhooks", transact_id="pt_1", pool_id=POOL, status_at=ago(hours=3))


def told_late(month: Month) -> None:
    delivered = {"delivered_at": ago(hours=1)}
    month.add(
        "late_webhooks", transact_id="pt_1", pool_id=POOL, status_at=ago(hours=3), **delivered
    )


def no_debit(month: Month) -> None:
    month.exception("trade_without_debit", hours=3)


def debit_came(month: Month) -> None:
    month.exception("trade_without_debit", hours=3, closed=1)


def no_order(month: Month) -> None:
    month.exception("trade_without_order", hours=3)


def order_came(month: Month) -> None:
    month.exception("trade_without_order", hours=3, closed=1)


def contradicted(month: Month) -> None:
    month.exception("conflict", hours=30)


def contradicted_long_ago(month: Month) -> None:
    month.exception("conflict", hours=24 * 8)


def stuck(month: Month) -> None:
    month.trade(hours=2)


def stuck_for_a_day(month: Month) -> None:
    month.trade(hours=25)


def young(month: Month) -> None:
    month.trade(hours=1)


def much_reserved(month: Month) -> None:
    month.trade(hours=2, notional=4900)


def less_reserved(month: Month) -> None:
    month.trade(hours=2, notional=4700)


def failing_and_little_used(month: Month) -> None:
    month.set("quote_buckets", requests(5, errored=1), hours=28)
    month.connection.execute("update limits set value = 400000 where limit_name = 'daily_band'")


def failing_and_well_used(month: Month) -> None:
    month.set("quote_buckets", requests(5, errored=1), hours=28)


def burning(month: Month) -> None:
    month.set("quote_buckets", requests(5, errored=4), hours=1.5)


def burning_over_by_now(month: Month) -> None:
    burning(month)
    month.set("quote_buckets", requests(5), hours=0.25)


def minutes_burning(month: Month) -> None:
    month.set("availability_buckets", "available_us = 0, unavailable_us = 900000000", hours=0.5)


def minutes_back(month: Month) -> None:
    minutes_burning(month)
    month.set("availability_buckets", "available_us = 900000000, unavailable_us = 0", hours=0.25)


def no_snapshots(month: Month) -> None:
    month.drop("availability_buckets", hours=1.5)


def one_snapshot_late(month: Month) -> None:
    month.drop("availability_buckets", hours=0.25)


def unready(month: Month) -> None:
    month.connection.execute("update programs set monitoring_ready = false")


def unready_and_idle(month: Month) -> None:
    unready(month)
    month.drop("trade_paths", hours=25)


FIRES: list[tuple[str, Change, str | None, str, str]] = [
    (
        "high_demand_low_acceptance",
        low_acceptance,
        POOL,
        "warning",
        "review_price_display_or_expiry",
    ),
    (
        "high_acceptance_reserved_grows",
        piling_up,
        POOL,
        "warning",
        "watch_settlement_before_volume",
    ),
    ("balance_low", below_floor, "EUR", "warning", "review_top_up_before_daily_peak"),
    ("balance_low", unpaid_calls, "EUR", "critical", "top_up_now"),
    ("localized_unavailability", one_pool_down, POOL, "warning", "show_alternate_pools"),
    ("localized_unavailability", snapshots_say_down, POOL, "warning", "show_alternate_pools"),
    ("repeated_unavailability", often_unavailable, POOL, "warning", "escalate_with_request_ids"),
    ("limit_errors_rising", limited, POOL, "warning", "request_account_review"),
    ("expiry_spike", expiring, POOL, "warning", "review_price_display_or_expiry"),
    ("retry_storm", asked_again_and_again, POOL, "warning", "back_off_and_refresh"),
    ("failed_trades_rising", failing_trades, POOL, "warning", "contact_support_with_trade_ids"),
    ("trades_returned", returned, POOL, "warning", "contact_support_with_trade_ids"),
    ("conflicts_rising", conflicts, POOL, "warning", "check_repeated_accepts"),
    ("webhooks_failing", receiver_down, None, "warning", "check_webhook_receiver"),
    ("webhooks_failing", dead_letter, None, "warning", "check_webhook_receiver"),
    ("webhooks_missing", untold, POOL, "warning", "read_trade_status"),
    ("ledger_does_not_tie", no_debit, POOL, "warning", "reconcile_by_ids"),
    ("orders_do_not_match", no_order, POOL, "notice", "reconcile_by_ids"),
    ("records_contradict", contradicted, POOL, "notice", "check_record_source"),
    ("reservations_stuck", stuck, POOL, "warning", "contact_support_with_trade_ids"),
    ("reservations_stuck", stuck_for_a_day, POOL, "critical", "contact_support_with_trade_ids"),
    ("reserved_near_balance", much_reserved, "EUR", "warning", "pause_large_orders"),
    ("low_use_with_failures", failing_and_little_used, POOL, "warning", "look_into_failures"),
    ("failure_budget_burn", burning, POOL, "critical", "look_into_failures"),
    ("availability_budget_burn", minutes_burning, POOL, "critical", "show_alternate_pools"),
    ("availability_unknown", no_snapshots, POOL, "notice", "check_record_source"),
    ("volume_before_readiness", unready, POOL, "notice", "finish_readiness_first"),
]
MISSES: list[tuple[str, Change, str | None]] = [
    ("high_demand_low_acceptance", low_acceptance_of_few, POOL),
    ("high_demand_low_acceptance", low_acceptance, OTHER),
    ("high_acceptance_reserved_grows", a_few_reserved, POOL),
    ("balance_low", at_floor, "EUR"),
    ("balance_low", below_floor, "GBP"),
    ("balance_low", two_unpaid_calls, "EUR"),
    ("localized_unavailability", all_pools_down, POOL),
    ("localized_unavailability", one_pool_down, OTHER),
    ("repeated_unavailability", seldom_unavailable, POOL),
    ("limit_errors_rising", limited_as_ever, POOL),
    ("expiry_spike", expiring_briefly, POOL),
    ("retry_storm", busy_hour, POOL),
    ("failed_trades_rising", three_failed_trades, POOL),
    ("trades_returned", two_returned, POOL),
    ("conflicts_rising", two_conflicts, POOL),
    ("webhooks_failing", one_retry, None),
    ("webhooks_missing", told_late, POOL),
    ("ledger_does_not_tie", debit_came, POOL),
    ("ledger_does_not_tie", no_order, POOL),
    ("orders_do_not_match", order_came, POOL),
    ("records_contradict", contradicted_long_ago, POOL),
    ("reservations_stuck", young, POOL),
    ("reserved_near_balance", less_reserved, "EUR"),
    ("low_use_with_failures", failing_and_well_used, POOL),
    ("failure_budget_burn", burning_over_by_now, POOL),
    ("availability_budget_burn", minutes_back, POOL),
    ("availability_unknown", one_snapshot_late, POOL),
    ("volume_before_readiness", unready_and_idle, POOL),
]


@pytest.mark.parametrize(
    ("rule", "change", "about", "severity", "action"),
    FIRES,
    ids=[f"{rule}-{change.__name__}" for rule, change, *_ in FIRES],
)
def test_a_rule_fires_on_what_it_is_about(
    rule: str, change: Change, about: str | None, severity: str, action: str
) -> None:
    month = Month()
    change(month)
    found = month.told(rule, about, BUDGETS)
    assert (found.state, found.severity, found.action) == ("firing", severity, action)
    assert found.since is not None
    assert found.since <= NOW
    assert found.inputs


@pytest.mark.parametrize(
    ("rule", "change", "about"),
    MISSES,
    ids=[f"{rule}-{change.__name__}-{about}" for rule, change, about in MISSES],
)
def test_a_rule_does_not_fire_on_a_near_miss(rule: str, change: Change, about: str | None) -> None:
    month = Month()
    change(month)
    found = month.told(rule, about, BUDGETS)
    assert found.state in ("ok", "recovering")
    assert found.state == "ok" or found.since < ago_aware(minutes=1)


def ago_aware(**length: float) -> object:
    return NOW - timedelta(**length)


def test_every_rule_is_seen_to_fire_and_to_miss() -> None:
    assert {rule for rule, *_ in FIRES} == {rule for rule, *_ in MISSES} == set(RULES)


def test_nothing_fires_in_a_steady_month() -> None:
    states = {(one.rule, one.state) for one in Month().findings(BUDGETS)}
    assert {state for _, state in states} == {"ok"}
    assert {rule for rule, _ in states} == {*RULES, STALE.name}


def test_a_condition_that_holds_too_briefly_is_pending() -> None:
    month = Month()
    month.exception("trade_without_debit", hours=0.5)
    found = month.told("ledger_does_not_tie")
    assert (found.state, found.action) == ("pending", "reconcile_by_ids")


def test_a_condition_that_has_just_stopped_to_hold_is_recovering_and_then_ok() -> None:
    month = Month()
    month.exception("trade_without_debit", hours=5, closed=0.5)
    assert month.told("ledger_does_not_tie").state == "recovering"
    later = {"as_of": NOW + timedelta(minutes=45), "watermark": NOW + timedelta(minutes=45)}
    assert month.told("ledger_does_not_tie", **later).state == "ok"


def test_too_few_events_are_not_known_and_never_ok() -> None:
    month = Month()
    month.connection.execute("delete from quote_buckets where bucket >= ?", [ago(hours=24)])
    month.connection.execute("delete from quote_paths where bucket >= ?", [ago(hours=24)])
    assert month.told("expiry_spike").state == "no_data"
    assert (
        month.told("repeated_unavailability").state == "ok"
    )  # none was unavailable, that is known


def test_too_little_history_to_compare_with_is_not_known() -> None:
    month = Month()
    limited(month)
    month.connection.execute("delete from quote_buckets where bucket < ?", [ago(days=13)])
    month.connection.execute("update lanes set seen_from = ?", [ago(days=13)])
    assert month.told("limit_errors_rising").state == "no_data"


def test_records_that_end_too_early_make_everything_unknown_but_that_they_do() -> None:
    month = Month()
    stuck(month)
    late = {"as_of": NOW + timedelta(hours=3)}
    found = month.findings(BUDGETS, **late)
    states = {one.rule: one.state for one in found}
    assert states.pop("records_stale") == "firing"
    assert set(states.values()) == {"no_data"}
    assert all(one.action is None for one in found if one.rule != "records_stale")
    in_time = {"as_of": NOW + timedelta(hours=2)}
    assert month.told("reservations_stuck", **in_time).state == "firing"


def test_a_rule_whose_source_cannot_be_read_is_an_error_of_its_own() -> None:
    month = Month()
    stuck(month)
    month.connection.execute("drop table late_webhooks")
    found = {one.rule: one for one in month.findings(BUDGETS) if one.state != "ok"}
    assert {name: one.state for name, one in found.items()} == {
        "webhooks_missing": "error",
        "reservations_stuck": "firing",
    }
    assert found["webhooks_missing"].figures == {"fault": "CatalogException"}


def test_a_limit_review_is_asked_for_only_within_every_bound() -> None:
    gates = {
        "failure": lambda month: month.set(
            "quote_buckets", requests(5, unavailable=1, errored=1, limited=1), hours=7
        ),
        "reserved_age_s": stuck_for_a_day,
        "open_exceptions": no_debit,
    }
    for name, change in gates.items():
        month = Month()
        limited(month)
        change(month)
        found = month.told("limit_errors_rising")
        assert found.action == "fix_quality_before_limit_review"
        assert [gate.name for gate in found.gates if not gate.has_passed] == [name]
        assert found.figures[f"gate_{name}"].startswith("not passed: ")


def test_what_is_not_known_does_not_pass_a_gate() -> None:
    month = Month()
    limited(month)
    month.connection.execute("update reconciled set known_from = null")
    found = month.told("limit_errors_rising")
    assert found.action == "fix_quality_before_limit_review"
    assert [gate.name for gate in found.gates if not gate.has_passed] == ["open_exceptions"]


def test_the_gates_are_the_partner_s_own() -> None:
    month = Month()
    limited(month)
    no_debit(month)
    options = Options(gates=GateBounds(exceptions=1))
    found = month.told("limit_errors_rising", options=options)
    assert found.action == "request_account_review"


def test_other_entitled_pools_are_named_but_not_those_that_are_down_too() -> None:
    month = Month()
    one_pool_down(month)
    assert month.told("localized_unavailability").alternates == (OTHER, THIRD)
    down = "available_us = 0, unavailable_us = 900000000"
    month.set("availability_buckets", down, hours=1, pool=THIRD)
    assert month.told("localized_unavailability").alternates == (OTHER,)
    month.connection.execute("update programs set approved_pools = ['EUR-USDT']")
    assert month.told("localized_unavailability").alternates == ()


def test_a_budget_that_is_not_set_is_not_judged() -> None:
    rules = {one.rule for one in Month().findings()}
    assert rules == {*RULES, STALE.name} - {"failure_budget_burn", "availability_budget_burn"}


def test_the_highest_level_alone_is_told() -> None:
    month = Month()
    stuck_for_a_day(month)
    found = [one for one in month.findings() if one.rule == "reservations_stuck"]
    assert sorted((one.pool_id or "", one.state, one.severity) for one in found) == [
        (OTHER, "ok", "warning"),
        (POOL, "firing", "critical"),
        (THIRD, "ok", "warning"),
    ]


def test_what_began_long_before_is_told_since_then() -> None:
    month = Month()
    month.trade(hours=24 * 25)
    found = month.told("reservations_stuck")
    assert (found.state, found.since) == ("firing", NOW - timedelta(days=24) + QUARTER_HOUR)


def test_what_was_never_known_has_no_since() -> None:
    month = Month()
    month.connection.execute("delete from availability_buckets")
    found = month.told("availability_budget_burn", options=BUDGETS)
    assert (found.state, found.since) == ("no_data", None)
