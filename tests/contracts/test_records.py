"""Each kind takes exactly the fields of the written contract.

The table of the contract is copied here by hand, as names with `?` for what may be null, and held
against the models. Then one complete record per kind is accepted, and every field of it is broken
in every way that its shape can be broken.
"""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contracts import MODELS, judge
from pipelines.contracts.fields import Shape
from pipelines.contracts.records import FieldSpec, field_table
from tests.contracts.examples import valid, without

COMMON = "partner_id environment program_id? source?"
WRITTEN = {
    "quotes": "request_id pool_id side quote_type quote_id? fiat_currency fiat_amount?"
    " crypto_currency? crypto_amount? network? available unavailable_reason? http_status?"
    " error_code? rate? spread_bps? fee_bps? requested_at expires_at? rejected_at?",
    "trades": "transact_id quote_id request_id? pool_id side fiat_currency fiat_amount"
    " crypto_currency? crypto_amount? network? status status_at created_at partner_reference?",
    "ledger": "entry_id? currency delta reason ref transact_id? created_at",
    "balances": "currency observed_at balance_id? visible_balance reserved_amount?"
    " available_for_new_quotes?",
    "availability": "pool_id observed_at available",
    "errors": "request_id operation pool_id? quote_id? http_status error_code? occurred_at",
    "orders": "partner_reference product_area? pool_id quote_id? transact_id? status request_id?"
    " reconciliation_state? created_at",
    "webhooks": "event_id attempt event_type transact_id outcome occurred_at received_at?",
    "tickets": "ticket_id ticket_type severity pool_id? transact_id? opened_at closed_at?"
    " updated_at",
    "limits": "pool_id? limit_name effective_from value currency effective_to?",
    "programs": "effective_from product program_type? approved_pools funding_model?"
    " support_sla_label? phase time_zone review_cadence funding_ready webhooks_ready"
    " monitoring_ready support_ready first_order_limit?",
}
KEYS = {
    "quotes": "request_id",
    "trades": "transact_id status",
    "ledger": "entry_id",
    "balances": "currency observed_at",
    "availability": "pool_id observed_at",
    "errors": "request_id",
    "orders": "partner_reference",
    "webhooks": "event_id attempt",
    "tickets": "ticket_id updated_at",
    "limits": "pool_id limit_name currency effective_from",
    "programs": "program_id effective_from",
}
CLOSED_LISTS = {
    "environment": "production sandbox",
    "side": "on_ramp off_ramp",
    "quote_type": "firm indicative",
    "unavailable_reason": "pool_dry engine_unavailable rate_unavailable",
    "error_code": "invalid_request pools_not_enabled pool_access_suspended kyc_not_approved"
    " pool_not_allowed key_mode_mismatch amount_below_min amount_above_max limit_exceeded"
    " velocity_limit_exceeded insufficient_balance conflict rate_limited not_enabled internal",
    "trades.status": "reserved settled failed released returned",
    "reason": "payin_credit buy_debit buy_refund",
    "operation": "transact reject discovery read",
    "event_type": "pool.transaction.settled pool.transaction.failed pool.transaction.released",
    "outcome": "delivered failed dead_lettered bad_signature",
    "ticket_type": "escalation complaint incident",
    "severity": "S1 S2 S3 S4",
    "limit_name": "daily_band max_order min_order velocity_24h first_order_limit balance_floor"
    " balance_target",
    "phase": "design sandbox pilot expansion ongoing",
    "review_cadence": "weekly monthly quarterly",
}

# What each shape refuses, whatever the field. Text in a list is refused by every text shape.
WRONG: dict[str, list[Any]] = {
    "money": [4250.0, 4250, True, "", "1e5", " 1", "1.123456789", [], ["1"], {}],
    "rate": [1.0731, 1, False, "", "1.0731e0", "1.0000000000000000001", [], "-1"],
    "integer": ["12", 12.0, 12.5, True, "", 10**9, -(10**9), [1]],
    "boolean": ["true", 1, 0, "", "yes", [True]],
    "instant": ["", "2026-06-01", "2026-06-01T09:30:00", 1780000000, "2026-02-30T00:00:00Z", []],
    "id": ["", "a b", " a", "a\n", "é", "x" * 129, 7, True, ["a"], "\x7f"],
    "partner_id": ["", "Acme", "-acme", "acme pay", "x" * 64, "acme\n", 7, "acme.pay"],
    "currency": ["", "eur", "E", "EURO-X", "€", "1EU", "X" * 13, 978, "EUR "],
    "enum": ["", "unheard_of", 1, True, ["a"], {}, 1.5],
    "label": ["", " x", "x ", "x\n", "x\ty", "é", "x" * 129, 7, True, ["x"]],
    "zone": ["", "Mars/Olympus", "europe/berlin", "localtime", "UTC+1", "../UTC", 1],
    "id_list": ["EUR-USDT", [1], ["a b"], [""], [None], [["a"]], {"a": "b"}, 1, True],
}


def every_field(*tags: str) -> list[tuple[str, FieldSpec]]:
    fields = [(kind, field) for kind in MODELS for field in field_table(kind)]
    return [pair for pair in fields if not tags or pair[1].shape.tag in tags]


def name_of(part: object) -> str:
    return part.name if isinstance(part, FieldSpec) else str(part)


def wrong_values() -> list[tuple[str, str, Any]]:
    return [
        (kind, field.name, value)
        for kind, field in every_field()
        for value in WRONG[field.shape.tag]
        if not (field.shape.unknown == "other" and isinstance(value, str))
    ]


def written(kind: str) -> list[str]:
    fields = COMMON.split() + WRITTEN[kind].split()
    return ["program_id" if kind == "programs" and f == "program_id?" else f for f in fields]


def test_there_are_exactly_the_eleven_kinds() -> None:
    assert set(MODELS) == set(WRITTEN)


@pytest.mark.parametrize("kind", MODELS)
def test_a_kind_has_the_written_fields_in_order_and_the_written_ones_may_be_null(kind: str) -> None:
    found = [field.name + "?" * field.nullable for field in field_table(kind)]
    assert found == written(kind)


@pytest.mark.parametrize("kind", MODELS)
def test_a_kind_has_its_key_and_an_event_time_that_is_always_there(kind: str) -> None:
    model = MODELS[kind]
    fields = {field.name: field for field in field_table(kind)}
    assert model.key == tuple(KEYS[kind].split())
    assert fields[model.event_time].shape.tag == "instant"
    assert not fields[model.event_time].nullable


@pytest.mark.parametrize(("kind", "field"), every_field("enum"), ids=name_of)
def test_a_closed_list_holds_the_written_words(kind: str, field: FieldSpec) -> None:
    words = CLOSED_LISTS.get(f"{kind}.{field.name}") or CLOSED_LISTS[field.name]
    assert field.shape.values == tuple(words.split())


@pytest.mark.parametrize(("kind", "field"), every_field(), ids=name_of)
def test_a_field_has_a_sentence_about_itself_and_says_what_to_send(
    kind: str, field: FieldSpec
) -> None:
    assert field.doc.endswith(".")
    assert field.shape.expected


@pytest.mark.parametrize("kind", MODELS)
def test_a_complete_record_is_accepted_with_every_field_in_order(kind: str) -> None:
    verdict = judge(kind, valid(kind))
    assert verdict.faults == ()
    assert verdict.private is None
    assert verdict.unknown_fields == ()
    assert verdict.record is not None
    assert list(verdict.record) == [field.name for field in field_table(kind)]
    assert None not in verdict.record.values()


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("how", ["missing", "null"])
def test_a_record_of_required_fields_alone_is_accepted_and_the_rest_is_null(
    kind: str, how: str
) -> None:
    optional = [field.name for field in field_table(kind) if field.nullable]
    record = valid(kind)
    record = without(record, *optional) if how == "missing" else record | dict.fromkeys(optional)
    accepted = judge(kind, record).record
    assert accepted is not None
    assert {name for name, value in accepted.items() if value is None} == set(optional)


@pytest.mark.parametrize(("kind", "field"), every_field(), ids=name_of)
@pytest.mark.parametrize("how", ["missing", "null"])
def test_a_required_field_may_not_be_missing_or_null(kind: str, field: FieldSpec, how: str) -> None:
    record = valid(kind)
    record = without(record, field.name) if how == "missing" else record | {field.name: None}
    faults = judge(kind, record).faults
    if field.nullable:
        assert faults == ()
    else:
        assert [(fault.field, fault.rule) for fault in faults] == [(field.name, "missing")]


@pytest.mark.parametrize(("kind", "field", "value"), wrong_values(), ids=repr)
def test_a_wrong_value_is_one_fault_of_that_field(kind: str, field: str, value: object) -> None:
    shapes = {spec.name: spec.shape for spec in field_table(kind)}
    verdict = judge(kind, valid(kind, **{field: value}))
    assert verdict.record is None
    assert [(fault.field, fault.rule) for fault in verdict.faults] == [(field, shapes[field].tag)]
    assert verdict.faults[0].expected == shapes[field].expected


def test_all_faults_are_reported_at_once() -> None:
    record = without(valid("trades", fiat_amount=1.5, status="paid", status_at="noon"), "quote_id")
    faults = judge("trades", record).faults
    assert [fault.field for fault in faults] == ["quote_id", "fiat_amount", "status", "status_at"]


def test_an_unknown_reason_or_error_code_becomes_other() -> None:
    record = valid("quotes", unavailable_reason="desk asleep", error_code="E-1017")
    accepted = judge("quotes", record).record
    assert accepted is not None
    assert accepted["unavailable_reason"] == accepted["error_code"] == "other"


def test_a_partners_own_error_code_is_mapped_first() -> None:
    record = valid("errors", error_code="E-1017")
    accepted = judge("errors", record, codes={"E-1017": "velocity_limit_exceeded"}).record
    assert accepted is not None
    assert accepted["error_code"] == "velocity_limit_exceeded"


def test_a_code_mapped_to_an_unknown_one_becomes_other() -> None:
    accepted = judge("errors", valid("errors", error_code="E"), codes={"E": "F"}).record
    assert accepted is not None
    assert accepted["error_code"] == "other"


def test_an_available_quote_has_no_http_status() -> None:
    (fault,) = judge("quotes", valid("quotes", available=True)).faults
    assert (fault.field, fault.rule) == ("http_status", "null_while_true")
    assert judge("quotes", valid("quotes", available=True, http_status=None)).record is not None


@pytest.mark.parametrize(
    "end", ["2026-06-01T00:00:00+02:00", "2026-05-31T22:00:00Z", "2025-01-01T00:00:00Z"]
)
def test_a_limit_ends_after_it_begins(end: str) -> None:
    (fault,) = judge("limits", valid("limits", effective_to=end)).faults
    assert (fault.field, fault.rule) == ("effective_to", "later_than")


def test_a_rule_between_two_fields_is_checked_beside_other_faults() -> None:
    record = valid("limits", effective_to="2025-01-01T00:00:00Z", value=5)
    assert [fault.rule for fault in judge("limits", record).faults] == ["money", "later_than"]


def test_a_rule_between_two_fields_is_silent_where_one_cannot_be_read() -> None:
    faults = judge("limits", valid("limits", effective_from="noon")).faults
    assert [fault.rule for fault in faults] == ["instant"]


@pytest.mark.parametrize("kind", MODELS)
def test_the_model_alone_refuses_what_the_judge_refuses(kind: str) -> None:
    model = MODELS[kind]
    assert model.model_validate(valid(kind)).partner_id == "acme-pay"
    for field in field_table(kind):
        for value in WRONG[field.shape.tag]:
            if not (field.shape.unknown == "other" and isinstance(value, str)):
                with pytest.raises(ValueError, match=field.name):
                    model.model_validate(valid(kind, **{field.name: value}))


def test_the_model_alone_holds_the_rules_between_fields() -> None:
    with pytest.raises(ValueError, match="http_status only where available is false"):
        MODELS["quotes"].model_validate(valid("quotes", available=True))


def test_unknown_fields_are_dropped_and_named() -> None:
    verdict = judge("availability", valid("availability", pair="EUR/USDT", tier="gold"))
    assert verdict.unknown_fields == ("pair", "tier")
    assert verdict.record is not None
    assert "pair" not in verdict.record


@pytest.mark.parametrize("name", ["x" * 65, "naïve", "a b", "a\nb", "", "<b>", "pk_live_4242"])
def test_an_unsafe_name_of_an_unknown_field_is_not_shown(name: str) -> None:
    verdict = judge("availability", valid("availability", **{name: 1}))
    assert name not in verdict.unknown_fields
    assert verdict.private is not None or verdict.unknown_fields == ("(unprintable name)",)


def test_a_shape_is_hashable_data() -> None:
    flag = Shape("boolean", "true or false", "true|false")
    assert flag in {field.shape for _, field in every_field()}
