"""The funnel and the reasons account for every request, and a rate of few is told as such.

Goal: levels less leaks leave the next level whatever the counts are, what no leak explains is a
leak of its own, reasons stand by frequency with what they come to together, and a rate over fewer
than 30 is muted and has its interval. Method: counts by hand and drawn ones.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from reports import format as text
from reports import leaks, rates

Row = dict[str, Any]
COUNT = some.integers(0, 500)


def row(**given: Any) -> Row:
    counts = {
        "indicative_quotes": 0,
        "errored_quotes": 0,
        "limit_errored_quotes": 0,
        "unavailable_reasons": {},
        "accepted_quotes": 0,
        "expired_quotes": 0,
        "rejected_quotes": 0,
        "open_quotes": 0,
        "trades_created": 0,
    } | given
    counts["unavailable_quotes"] = sum(counts["unavailable_reasons"].values())
    ends = ("accepted_quotes", "expired_quotes", "rejected_quotes", "open_quotes")
    counts.setdefault("firm_quotes", sum(counts[name] for name in ends))
    parts = ("firm_quotes", "indicative_quotes", "unavailable_quotes", "errored_quotes")
    counts.setdefault("quote_requests", sum(counts[name] for name in parts))
    return counts


@given(
    some.dictionaries(some.sampled_from(["pool_dry", "rate_unavailable", "other"]), COUNT),
    some.tuples(*[COUNT] * 6),
)
def test_levels_less_leaks_always_leave_the_next_level(
    reasons: dict[str, int], counts: tuple[int, ...]
) -> None:
    names = (
        "indicative_quotes",
        "errored_quotes",
        "accepted_quotes",
        "expired_quotes",
        "rejected_quotes",
        "open_quotes",
    )
    found = leaks.steps([row(unavailable_reasons=reasons, **dict(zip(names, counts, strict=True)))])
    left = None
    for step in found:
        if not step.is_leak:
            assert left in (None, step.count)
            left = step.count
        else:
            assert left is not None
            left -= step.count
            assert left == step.left
    assert all(step.name != leaks.UNEXPLAINED for step in found)


def test_what_no_leak_explains_is_a_leak_of_its_own() -> None:
    found = leaks.steps([row(accepted_quotes=5, expired_quotes=2, firm_quotes=10)])
    (unexplained,) = [step for step in found if step.name == leaks.UNEXPLAINED]
    assert (unexplained.count, unexplained.left) == (3, 5)


def test_failed_calls_are_told_apart_by_whether_a_limit_refused_them() -> None:
    counts = {
        step.name: step.count
        for step in leaks.steps([row(errored_quotes=7, limit_errored_quotes=3)])
    }
    assert counts[leaks.LIMIT_REFUSED] == 3
    assert counts[leaks.OTHER_FAILED] == 4


def test_an_unknown_reason_counts_as_other() -> None:
    found = leaks.failed_attempts([row(unavailable_reasons={"new_reason": 2, "other": 1})])
    assert found["Other or not stated"] == 3


def test_reasons_stand_by_frequency_with_what_they_come_to_together() -> None:
    now = [row(unavailable_reasons={"pool_dry": 3, "rate_unavailable": 6}, errored_quotes=1)]
    found = leaks.causes_of(now, [row(unavailable_reasons={"pool_dry": 9, "other": 2})])
    assert [(cause.reason, cause.count, cause.together) for cause in found] == [
        ("No current rate", 6, 6),
        ("Not enough depth for the request", 3, 9),
        ("Failed call: other", 1, 10),
        ("Other or not stated", 0, 10),
    ]
    bars = leaks.pareto(tuple(found)).to_pylist()
    assert [bar["together"] for bar in bars][-2:] == [text.percent(Decimal(1))] * 2
    assert [bar["before"] for bar in bars] == ["0", "9", "0", "2"]
    assert [bar["was"] for bar in bars][1] == 1.0


def test_without_a_comparison_there_is_no_tick_and_no_reason_without_attempts() -> None:
    (cause,) = leaks.causes_of([row(unavailable_reasons={"pool_dry": 3})], None)
    assert cause.before is None
    assert leaks.pareto((cause,)).to_pylist()[0]["was"] is None
    assert leaks.causes_of([row()], None) == []
    assert leaks.pareto(()).num_rows == 0


CONVERSION = next(rate for rate in rates.RATES if rate.figure == "accepted_quote_rate")


def test_a_rate_of_few_is_muted_and_has_its_interval() -> None:
    few = row(accepted_quotes=1, expired_quotes=3) | {"accepted_quote_rate": Decimal("0.25")}
    cell = rates.rate_cell(CONVERSION, few, {})
    assert cell.is_muted
    assert "1 of 4" in cell.under
    assert f"4.6{text.SPACE}% to 69.9{text.SPACE}%" in cell.under


def test_a_rate_of_many_keeps_its_interval_for_the_hover() -> None:
    many = row(accepted_quotes=10, expired_quotes=20) | {"accepted_quote_rate": Decimal("0.333333")}
    cell = rates.rate_cell(CONVERSION, many, {"accepted_quote_rate": Decimal("0.5")})
    assert not cell.is_muted
    assert "%" not in cell.under.partition("was")[0]
    assert "Wilson interval" in cell.hover
    assert f"was{text.SPACE}50.0{text.SPACE}%" in cell.under


def test_a_rate_of_nothing_is_unknown() -> None:
    cell = rates.rate_cell(CONVERSION, row() | {"accepted_quote_rate": None}, {})
    assert cell.text == text.UNKNOWN
    assert "null" in cell.hover
