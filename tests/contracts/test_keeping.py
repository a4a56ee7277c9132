"""What leaves the judge about a bad record says nothing that was not meant to be kept.

Canaries are planted in every field of every kind: no fault, no name of an unknown field and nothing
kept for quarantine may hold them. What is kept must be enough to replay the record.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts import MODELS, field_table, judge, keepable
from tests.contracts.examples import valid, without

CANARY = "zq7 canary/ü"
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)

NASTY = [
    "undefined", "null", "NULL", "None", "nil", "true", "\\", "\\\\", "'", '"', "`", "''", "<>",
    "1;DROP TABLE trades", "1'; DROP TABLE trades; --", "' OR 1=1 -- 1", "${jndi:ldap://x}",
    "{{7*7}}", "\x00",
    "<script>alert(1)</script>", "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+1", "../../etc/passwd",
    "%00", "%n%s", "$HOME", "$(touch x)", "`id`", "a\r\nb", "a\tb", "\u202etest", "\u200b",
    "\ufeff",
    "\u0000", "\ud7ff", "Ω≈ç√", "田中さん", "🏳0🌈️", "\u0627\u0644", "Z\u0351\u036b", "\x1b[31m",
    "Lorem ipsum " * 400, "9" * 400, "[" * 5000, "{" * 5000, '{"a":' * 3000, "\u2028", "CON", "NaN",
]  # fmt: skip


def said(kind: str, record: dict[str, Any]) -> str:
    """Everything that the judge and the keeper say of a record, as one text."""
    verdict, kept = judge(kind, record), keepable(kind, record)
    faults = "\n".join(str(fault) for fault in verdict.faults)
    return f"{faults}\n{verdict.faults}\n{verdict.private}\n{verdict.unknown_fields}\n{kept}"


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize(
    "canary",
    [CANARY, [CANARY], {CANARY: CANARY}, CANARY * 40, "zq7-" * 40, ["zq7-" * 40 + " "]],
    ids=lambda canary: repr(canary)[:20],
)
def test_a_canary_in_any_field_is_never_repeated(kind: str, canary: object) -> None:
    for field in field_table(kind):
        if field.shape.tag != "label" or not isinstance(canary, str):
            assert "zq7" not in said(kind, valid(kind, **{field.name: canary}))


@pytest.mark.parametrize("kind", MODELS)
def test_a_canary_in_an_unknown_field_is_never_repeated(kind: str) -> None:
    assert "zq7" not in said(kind, valid(kind, note=CANARY) | {CANARY: 1})


@pytest.mark.parametrize("kind", MODELS)
def test_a_canary_in_a_private_record_is_never_repeated(kind: str) -> None:
    for field in field_table(kind):
        record = valid(kind, **{field.name: "zq7"}) | {"kyc_zq7": "zq7"}
        assert "zq7" not in said(kind, record)


@given(kind=st.sampled_from(sorted(MODELS)), data=st.data())
def test_no_fault_depends_on_more_than_the_sort_of_a_value(kind: str, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(field_table(kind)))
    for fault in judge(kind, valid(kind, **{field.name: data.draw(VALUES)})).faults:
        assert fault.field == field.name
        assert str(fault).isascii()
        assert "\n" not in str(fault)
        assert len(fault.found) < 70


@given(kind=st.sampled_from(sorted(MODELS)), data=st.data())
def test_judging_never_fails_and_what_is_kept_finds_the_same_faults(
    kind: str, data: st.DataObject
) -> None:
    names = st.sampled_from([field.name for field in field_table(kind)]) | st.text(max_size=9)
    record = valid(kind) | data.draw(st.dictionaries(names, VALUES, max_size=5))
    verdict, kept = judge(kind, record), keepable(kind, record)
    outcomes = (verdict.record is not None, bool(verdict.faults), verdict.private is not None)
    assert sum(outcomes) == 1
    if verdict.private is not None:
        assert kept == ({}, {})
        return
    stored = json.loads(json.dumps(kept.values, allow_nan=False))
    again = {fault.field: fault.rule for fault in judge(kind, stored).faults}
    for fault in verdict.faults:
        if fault.field in kept.withheld:
            assert fault.field not in kept.values
        else:
            assert again[fault.field] == fault.rule


@pytest.mark.parametrize("kind", MODELS)
def test_a_right_record_is_kept_whole_and_reads_back(kind: str) -> None:
    kept = keepable(kind, valid(kind))
    assert kept.withheld == {}
    assert judge(kind, kept.values) == judge(kind, valid(kind))


@pytest.mark.parametrize("text", NASTY, ids=lambda text: repr(text)[:24])
def test_a_nasty_text_in_any_field_is_taken_exactly_or_faulted(text: str) -> None:
    for kind in MODELS:
        for field in field_table(kind):
            verdict = judge(kind, valid(kind, **{field.name: text}))
            if verdict.record is None:
                assert [fault.field for fault in verdict.faults] == [field.name]
            elif field.shape.unknown == "other":
                assert verdict.record[field.name] == "other"
            else:
                assert verdict.record[field.name] == text
                assert text.isascii()
                assert text.isprintable()


def test_a_harmless_wrong_value_is_kept_and_a_telling_one_is_not() -> None:
    record = valid(
        "trades", status="complete", side="buy order", fiat_amount=12.5, status_at="noon!"
    )
    kept = keepable("trades", record)
    assert kept.values["status"] == "complete"
    assert kept.values["fiat_amount"] == 12.5
    assert kept.withheld == {"side": "an unknown side", "status_at": "text of 5 characters"}


@pytest.mark.parametrize("value", ["treasury_low", "kyc-failed", "apikey", float("inf"), "x" * 41])
def test_a_wrong_value_that_may_say_something_private_is_withheld(value: object) -> None:
    kept = keepable("trades", valid("trades", status=value))
    assert "status" not in kept.values
    assert "status" in kept.withheld


def test_a_free_text_reason_is_kept_as_other() -> None:
    record = valid("quotes", unavailable_reason="desk-asleep", rate=1)
    assert keepable("quotes", record).values["unavailable_reason"] == "other"


def test_a_mapped_code_is_kept_as_what_it_maps_to() -> None:
    record = valid("errors", error_code="E1", http_status="x")
    kept = keepable("errors", record, codes={"E1": "limit_exceeded"})
    assert kept.values["error_code"] == "limit_exceeded"


def test_neither_of_two_contradicting_spellings_is_kept() -> None:
    kept = keepable("quotes", valid("quotes", quoteId="pq_2"))
    assert "quote_id" not in kept.values
    assert kept.withheld == {"quote_id": "two spellings with different values"}


def test_typed_values_are_kept_as_their_text() -> None:
    moment = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
    record = valid("ledger", delta=Decimal("1E+2"), created_at=moment, ref="")
    kept = keepable("ledger", record)
    assert kept.values["delta"] == "100"
    assert kept.values["created_at"] == "2026-06-01T09:30:00+00:00"


def test_a_fault_is_one_line_that_says_where_what_and_what_to_do() -> None:
    record = without(valid("quotes", available=True, requested_at="2026-06-01T09:30:00"), "side")
    assert [str(fault) for fault in judge("quotes", record).faults] == [
        'side: found nothing, send one of "on_ramp", "off_ramp"',
        "requested_at: found a time without an offset, send a time with its offset like"
        ' "2026-06-01T09:30:00Z", in the years 2000 to 2100',
        "http_status: found a value although available is true,"
        " send http_status only where available is false",
    ]
