"""Hand-worked examples that pin the oracle itself: every expected value here was reckoned on
paper from the definitions, so a slip in the oracle shows before anything is held against it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .examples import at, figures, limit, moment, owned, program, quote, rows, trade


def test_a_window_holds_its_start_and_not_its_end() -> None:
    clocks = ("09:59:59.999999", "10:00", "10:59:59.999999", "11:00")
    records = {"quotes": [quote(at(clock)) for clock in clocks]}
    assert figures(records, "quote_requests quoted_volume") == [2, Decimal(200)]


def test_every_quote_is_firm_indicative_unavailable_or_errored() -> None:
    shut = {"available": False, "fiat_amount": None}
    records = {
        "quotes": [
            quote(at("10:00")),
            quote(at("10:01"), quote_type="indicative"),
            quote(at("10:02"), **shut, unavailable_reason="pool_dry"),
            quote(at("10:03"), **shut, unavailable_reason=None),
            quote(at("10:04"), **shut, http_status=422, error_code="limit_exceeded"),
            quote(at("10:05"), **shut, http_status=500, error_code="internal"),
        ]
    }
    names = "quote_requests firm_quotes indicative_quotes unavailable_quotes errored_quotes"
    assert figures(records, names) == [6, 1, 1, 2, 2]
    assert figures(records, "failed_quote_attempts limit_errors") == [4, 1]
    assert figures(records, "unavailable_reasons") == [{"pool_dry": 1, "other": 1}]
    assert figures(records, "failure_utilization quote_success_rate unavailable_rate") == [
        Decimal("0.666667"),
        Decimal("0.333333"),
        Decimal("0.333333"),
    ]


def test_each_firm_quote_has_one_outcome_by_as_of() -> None:
    late = at("12:00")
    records = {
        "quotes": [
            quote(at("10:00"), quote_id="q-t1", rejected_at=at("10:01")),
            quote(at("10:01"), quote_id="q-t2", rejected_at=late, expires_at=at("10:09")),
            quote(at("10:02"), rejected_at=at("10:03"), expires_at=at("10:03")),
            quote(at("10:03"), expires_at=late),
        ],
        "trades": trade("t1", at("11:59:59"), "100") + trade("t2", late, "100"),
    }
    names = "accepted_quotes rejected_quotes expired_quotes open_quotes"
    assert figures(records, names, as_of=late) == [1, 1, 1, 1]
    assert figures(records, names, as_of="2026-06-15T12:00:00.000001Z") == [2, 1, 1, 0]
    assert figures(records, "expiry_rate accepted_quote_rate", as_of=late) == [
        Decimal("0.333333"),
        Decimal("0.250000"),
    ]


def test_a_volume_is_null_only_when_there_are_quotes_and_none_states_an_amount() -> None:
    unstated = quote(at("10:00"), fiat_amount=None)
    volumes = "requested_volume quoted_volume"
    assert figures({"quotes": [unstated]}, volumes) == [None, None]
    assert figures({"quotes": [unstated, quote(at("10:01"))]}, volumes) == [100, 100]
    assert figures({"quotes": [quote(at("09:00"))]}, volumes) == [0, 0]


def test_flows_count_when_a_status_began_and_a_return_does_not_undo_the_settlement() -> None:
    settled = trade("t1", at("10:10"), "50.5", settled=at("10:20"), returned=at("11:00"))
    records = {"trades": settled + trade("t2", at("09:00"), "7", released=at("10:00"))}
    names = "trades_created accepted_volume settled_volume released_volume returned_volume"
    assert figures(records, names) == [1, Decimal("50.5"), Decimal("50.5"), 7, 0]
    hour = {"start": at("11:00"), "end": at("12:00")}
    assert figures(records, "returned_volume net_settled_volume", **hour) == [
        Decimal("50.5"),
        Decimal("-50.5"),
    ]
    assert figures(records, "settle_rate") == [Decimal("0.500000")]


def test_the_first_legal_chain_wins_and_ties_follow_the_rank() -> None:
    tied = trade("t1", at("10:00"), "10", failed=at("10:30"), settled=at("10:30"))
    orphan = trade("t2", at("10:00"), "20", returned=at("10:30"))
    records = {"trades": tied + orphan}
    names = "settled_volume failed_volume returned_volume reserved_notional"
    assert figures(records, names) == [10, 0, 0, 20]


def test_a_trade_is_reserved_from_its_earliest_creation_until_it_leaves() -> None:
    seen_late = trade("t1", at("10:30"), "10", settled=at("11:00"))
    seen_early = trade("t1", at("10:20"), "10", reserved=at("10:20"))
    records = {"trades": seen_late + seen_early + trade("t2", at("11:00"), "5")}
    stock = "reserved_notional reserved_count oldest_reserved_age_s"
    assert figures(records, stock) == [10, 1, 2400]
    after = {"start": at("11:00"), "end": "2026-06-15T11:00:00.000001Z"}
    assert figures(records, stock, **after) == [5, 1, 0]
    before = {"start": at("10:00"), "end": at("10:20")}
    assert figures(records, stock, **before) == [0, 0, None]


def test_leaving_before_creation_was_never_reserved_but_still_flowed() -> None:
    records = {"trades": trade("t1", at("10:40"), "10", settled=at("10:10"))}
    names = "reserved_notional settled_volume trades_created settle_rate"
    for end in (at("10:30"), at("11:00")):
        created = 0 if end == at("10:30") else 1
        assert figures(records, names, end=end) == [0, 10, created, 1]


def test_events_at_as_of_have_not_happened() -> None:
    records = {"trades": trade("t1", at("10:10"), "10", settled=at("10:20"))}
    names = "settled_volume reserved_notional settle_rate"
    assert figures(records, names, as_of=at("10:20")) == [0, 10, None]
    assert rows(records, as_of=at("10:10")) == []
    approved = {**records, "programs": [program("UTC")]}
    assert len(rows(approved, as_of="2026-06-15T10:00:00.000001Z")) == 1
    assert rows(approved, as_of=at("10:00")) == []


def test_the_default_as_of_is_what_every_required_kind_has_reached() -> None:
    records = {
        "quotes": [quote(at("10:50"))],
        "trades": trade("t1", at("10:10"), "10", settled=at("10:40")),
        "ledger": [owned(created_at=at("10:30"))],
    }
    (row,) = rows(records, as_of=None)
    assert (row["as_of"], row["quote_requests"]) == (moment("10:30"), 0)
    assert rows({"ledger": []}, as_of=None) == []


def test_only_the_partner_and_environment_asked_for_count() -> None:
    foreign = quote(at("10:00")) | {"partner_id": "bolt"}
    sandbox = quote(at("10:00")) | {"environment": "sandbox"}
    assert figures({"quotes": [quote(at("10:00")), foreign, sandbox]}, "quote_requests") == [1]


@pytest.mark.parametrize(
    ("settled", "band", "expected"),
    [("5", "10000000", "0.000000"), ("15", "10000000", "0.000002"), ("2", "3", "0.666667")],
)
def test_ratios_have_six_decimals_rounded_half_to_even(
    settled: str, band: str, expected: str
) -> None:
    records = {
        "trades": trade("t1", at("10:00"), settled, settled=at("10:01")),
        "limits": [limit("daily_band", band, at("00:00"))],
    }
    assert [str(each) for each in figures(records, "execution_utilization")] == [expected]


def test_a_zero_or_missing_denominator_gives_null() -> None:
    records = {"trades": trade("t1", at("10:00"), "5", settled=at("10:01"))}
    assert figures(records, "execution_utilization conflict_rate") == [None, 0]
    zero = {**records, "limits": [limit("daily_band", "0", at("00:00"))]}
    assert figures(zero, "approved_band execution_utilization") == [0, None]


def test_a_balance_holds_for_a_day_and_falls_back_to_what_is_visible() -> None:
    snapshot = owned(currency="EUR", visible_balance="40", observed_at=at("11:00", "2026-06-14"))
    records = {"balances": [snapshot], "trades": trade("t1", at("10:00"), "10")}
    names = "balance_visible balance_reserved balance_available reserved_utilization"
    assert figures(records, names) == [40, None, 40, Decimal("0.25")]
    assert figures(records, names, end="2026-06-15T11:00:00.000001Z") == [None] * 4
    stated = snapshot | {"available_for_new_quotes": "20"}
    records["balances"] = [stated]
    assert figures(records, "reserved_utilization") == [Decimal("0.5")]
    assert figures(records, "reserved_utilization", basis="visible") == [Decimal("0.25")]


def test_a_snapshot_holds_until_the_next_one_and_at_most_ten_minutes() -> None:
    states = (("09:55", False), ("10:10", True), ("10:14", False), ("10:20", True))
    records = {
        "availability": [
            owned(pool_id="pool-a", observed_at=at(clock), available=available)
            for clock, available in states
        ]
    }
    names = "availability_minutes unavailable_minutes unknown_minutes reopened_at"
    # open 10:10-10:14 and 10:20-10:30; shut 10:00-10:05 and 10:14-10:20
    assert figures(records, names) == [14, 11, 35, moment("10:20")]
    assert figures(records, names, as_of=at("10:15")) == [4, 6, 5, moment("10:10")]
    assert figures(records, names, start=at("10:30")) == [0, 0, 30, None]
    elsewhere = {**records, "programs": [program("UTC", "ramp", "pool-b")]}
    assert [row["pool_id"] for row in rows(elsewhere)] == ["pool-a", "pool-b"]
    assert [row["pool_id"] for row in rows(elsewhere, start=at("09:00"), as_of=at("09:55"))] == [
        "pool-b"
    ]


def test_errors_count_for_their_pool_and_those_without_one_for_none() -> None:
    calls = (("transact", 409, "pool-a"), ("transact", 402, "pool-a"), ("transact", 429, "pool-a"))
    others = (("read", 409, "pool-a"), ("transact", 409, None))
    records = {
        "errors": [
            owned(operation=name, http_status=status, pool_id=pool, occurred_at=at("10:30"))
            for name, status, pool in calls + others
        ]
    }
    names = "currency transact_conflicts balance_errors limit_errors conflict_rate"
    assert figures(records, names) == [None, 1, 1, 1, 1]


def test_a_pool_has_a_row_for_each_currency_it_quoted_or_traded() -> None:
    records = {
        "quotes": [quote(at("10:00")), quote(at("10:00"), fiat_currency="USD")],
        "limits": [
            limit("daily_band", "1", at("00:00"), currency="GBP"),
            limit("daily_band", "1", at("00:00"), currency="GBP", pool_id="pool-b"),
        ],
        "programs": [program("UTC", "ramp", "pool-c")],
    }
    printed = [(row["pool_id"], row["currency"], row["quote_requests"]) for row in rows(records)]
    expected = [
        ("pool-a", "EUR", 1),
        ("pool-a", "USD", 1),
        ("pool-b", "GBP", 0),
        ("pool-c", None, 0),
    ]
    assert printed == expected
