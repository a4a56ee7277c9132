"""Money and rates enter exactly or not at all.

Every malformed spelling is tried on money of both signs and on a rate, as text and, where it can
be, as a Decimal. The same patterns are run by RE2 inside DuckDB, because whole columns are checked
there: the two readings of a pattern may never differ.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.contracts import MODELS, field_table, judge
from pipelines.contracts.fields import Shape
from tests.contracts.examples import valid

SHAPES = {field.name: field.shape for kind in MODELS for field in field_table(kind)}
SIGNED = {"delta", "visible_balance", "reserved_amount", "available_for_new_quotes"}
AMOUNTS = [
    (kind, field.name)
    for kind in MODELS
    for field in field_table(kind)
    if field.shape.tag in ("money", "rate")
]
NUMBERS = {"fiat_amount": "quotes", "rate": "quotes", "delta": "ledger"}

MALFORMED = [
    "1e5", "1E5", "1_000", "1,000", " 12.5", "12.5 ", "12.5\n", "\n12.5", "\t1", "+5", "-0", "-0.0",
    "-0.00", "-0.00000000", "00", "00.1", "01", "-01", ".5", "5.", "-.5", "-5.", "-", "--5", "- 5",
    "1.2.3", "0x10", "1e", "NaN", "nan", "Infinity", "-Infinity", "inf", "sNaN", "1/3", "1%", "$1",
    "€1", "1 EUR", "\uff11\uff12", "12.\uff15", "\u0663", "\u0967\u0968",
    "1\u00a0000", "1\u2009000", "\u22125", "5\u200b",
    "123456789012345678901", "-123456789012345678901", "1\x00", "\u0661.\u0665", "²",
    "1.1234567890123456789",
    "null", "None", "true", "-0.000000000", "0.0000000000000000000", "1..2", "1.-2", "½", "Ⅷ",
]  # fmt: skip
EXACT = ["0", "0.0", "0.00000000", "1", "12.50", "0.00000001", "99999999999999999999.99999999"]
BELOW_ZERO = [
    "-1", "-0.00000001", "-0.1", "-0.01000000", "-10", "-99999999999999999999.99999999", "-5.00",
]  # fmt: skip


def judged(field: str, value: object) -> Any:
    kind = NUMBERS[field]
    return judge(kind, valid(kind, **{field: value}))


def re2_matches(shape: Shape, text: str) -> bool:
    query = "select regexp_full_match($text, $pattern)"
    row = duckdb.execute(query, {"text": text, "pattern": shape.pattern}).fetchone()
    assert row is not None
    return bool(row[0])


@pytest.mark.parametrize("field", NUMBERS)
@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_number_is_refused(field: str, text: str) -> None:
    verdict = judged(field, text)
    assert [fault.field for fault in verdict.faults] == [field]
    assert verdict.faults[0].rule == SHAPES[field].tag


@pytest.mark.parametrize("field", NUMBERS)
@pytest.mark.parametrize("text", EXACT)
def test_a_plain_decimal_keeps_every_digit(field: str, text: str) -> None:
    record = judged(field, text).record
    assert str(record[field]) == str(Decimal(text))


@pytest.mark.parametrize("text", BELOW_ZERO)
def test_a_number_below_zero_enters_signed_fields_only(text: str) -> None:
    assert judged("delta", text).record["delta"] == Decimal(text)
    assert judged("fiat_amount", text).faults[0].found == "a negative number"
    assert judged("rate", text).faults[0].found == "a negative number"


@pytest.mark.parametrize(("kind", "field"), AMOUNTS)
def test_only_ledger_movements_and_balances_may_be_below_zero(kind: str, field: str) -> None:
    verdict = judge(kind, valid(kind, **{field: "-1.5"}))
    assert (verdict.record is not None) is (field in SIGNED)
    assert [fault.field for fault in verdict.faults] == ([] if field in SIGNED else [field])


def test_money_has_eight_decimals_and_a_rate_eighteen() -> None:
    nine, eighteen = "1.123456789", "1.123456789012345678"
    assert judged("fiat_amount", nine).faults[0].found == "text with 9 decimals"
    assert judged("delta", "-" + nine).faults[0].found == "text with 9 decimals"
    assert judged("rate", eighteen).record["rate"] == Decimal(eighteen)
    assert judged("rate", eighteen + "9").faults[0].found == "text with 19 decimals"


@pytest.mark.parametrize("field", NUMBERS)
@pytest.mark.parametrize("value", [4250, 4250.0, 0, True, False, [], ["1"], {"amount": "1"}])
def test_a_number_that_is_not_text_is_refused(field: str, value: object) -> None:
    (fault,) = judged(field, value).faults
    assert (fault.field, fault.rule) == (field, SHAPES[field].tag)


@pytest.mark.parametrize("text", ["12.50", "0.00000001", "99999999999999999999", "1E+2", "0E-8"])
def test_a_typed_decimal_of_few_enough_digits_is_taken_as_it_is(text: str) -> None:
    assert judged("fiat_amount", Decimal(text)).record["fiat_amount"] == Decimal(text)


@pytest.mark.parametrize(
    "text", ["1.123456789", "-1", "NaN", "Infinity", "-0", "1E+20", "1E+999999", "1E-999999"]
)
def test_a_typed_decimal_that_the_field_cannot_hold_is_refused(text: str) -> None:
    (fault,) = judged("fiat_amount", Decimal(text)).faults
    assert fault.found == "a decimal that the field cannot hold"


@given(value=st.decimals(min_value=0, max_value=10**20 - 1, places=8))
def test_any_amount_with_eight_decimals_survives_to_the_last_digit(value: Decimal) -> None:
    assert judged("fiat_amount", f"{value:f}").record["fiat_amount"] == value


@given(text=st.text(alphabet="-+.0123456789eE_ \n", max_size=32))
@example("-0.10000000")
@example("-0.00000010")
@example("-0.000000001")
def test_what_is_accepted_is_exactly_the_written_pattern_without_negative_zero(text: str) -> None:
    whole, _, fraction = text.removeprefix("-").partition(".")
    plain = (
        bool(whole)
        and all(char in "0123456789" for char in whole + fraction)
        and (whole == "0" or whole[0] != "0")
        and len(whole) <= 20
        and ("." not in text or 1 <= len(fraction) <= 8)
    )
    negative_zero = text.startswith("-") and not (whole + fraction).strip("0")
    expected = plain and not negative_zero
    assert (judged("delta", text).record is not None) is expected
    assert re2_matches(SHAPES["delta"], text) is expected
    unsigned = expected and not text.startswith("-")
    assert (judged("fiat_amount", text).record is not None) is unsigned
    assert re2_matches(SHAPES["fiat_amount"], text) is unsigned


@pytest.mark.parametrize("field", NUMBERS)
@pytest.mark.parametrize("text", [*MALFORMED, *EXACT, *BELOW_ZERO])
def test_re2_reads_the_pattern_as_the_judge_does(field: str, text: str) -> None:
    shape = SHAPES[field]
    assert re2_matches(shape, text) is (judged(field, text).record is not None)
