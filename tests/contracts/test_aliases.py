"""Two spellings, one record.

Every camelCase spelling and every other name of the alias map leads to the same accepted record; a
record that says two things about one field is refused.
"""

from __future__ import annotations

import pytest

from pipelines.contracts import MODELS, field_table, judge
from pipelines.contracts.aliases import camel_case
from tests.contracts.examples import valid, without

EVERY_ALIAS = [
    (kind, field.name, alias)
    for kind in MODELS
    for field in field_table(kind)
    for alias in field.aliases
]


def respelled(kind: str, field: str, alias: str) -> dict[str, object]:
    record = valid(kind)
    return without(record, field) | {alias: record[field]}


@pytest.mark.parametrize(("kind", "field", "alias"), EVERY_ALIAS)
def test_an_alias_is_the_field(kind: str, field: str, alias: str) -> None:
    verdict = judge(kind, respelled(kind, field, alias))
    assert verdict == judge(kind, valid(kind))
    assert verdict.record is not None


@pytest.mark.parametrize("kind", MODELS)
def test_a_whole_record_in_camel_case_is_the_same_record(kind: str) -> None:
    camel = {camel_case(name): value for name, value in valid(kind).items()}
    assert judge(kind, camel) == judge(kind, valid(kind))


@pytest.mark.parametrize("kind", MODELS)
def test_no_name_leads_to_two_fields(kind: str) -> None:
    names = [name for field in field_table(kind) for name in (field.name, *field.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("kind", "field", "alias"), EVERY_ALIAS)
def test_both_spellings_with_the_same_value_are_fine(kind: str, field: str, alias: str) -> None:
    record = valid(kind)
    assert judge(kind, record | {alias: record[field]}).record is not None


@pytest.mark.parametrize(("kind", "field", "alias"), EVERY_ALIAS)
def test_both_spellings_with_different_values_are_a_fault(
    kind: str, field: str, alias: str
) -> None:
    (fault,) = judge(kind, valid(kind, **{alias: "something-else"})).faults
    assert (fault.field, fault.rule) == (field, "spellings_differ")
    assert "something-else" not in str(fault)


@pytest.mark.parametrize(("kind", "field", "alias"), EVERY_ALIAS)
def test_a_null_beside_the_other_spelling_says_nothing(kind: str, field: str, alias: str) -> None:
    assert judge(kind, valid(kind, **{alias: None})) == judge(kind, valid(kind))
    assert judge(kind, respelled(kind, field, alias) | {field: None}) == judge(kind, valid(kind))


def test_one_and_true_and_one_point_zero_are_different_values() -> None:
    assert judge("quotes", valid("quotes", spread_bps=1, spreadBps=1)).record is not None
    for other in (True, 1.0, "1"):
        record = valid("quotes", spread_bps=1, spreadBps=other)
        assert [fault.rule for fault in judge("quotes", record).faults] == ["spellings_differ"]


def test_three_spellings_must_all_agree() -> None:
    record = valid("quotes", cryptoNetwork="tron", crypto_network="bsc")
    assert [fault.field for fault in judge("quotes", record).faults] == ["network"]


def test_a_contradiction_is_reported_beside_other_faults() -> None:
    record = valid("quotes", quoteId="pq_2", fiat_amount=1)
    faults = judge("quotes", record).faults
    assert [fault.field for fault in faults] == ["quote_id", "fiat_amount"]


@pytest.mark.parametrize("name", ["QuoteId", "QUOTE_ID", "quote-id", "quote_Id", " quote_id"])
def test_any_other_spelling_is_an_unknown_field(name: str) -> None:
    verdict = judge("quotes", without(valid("quotes"), "quote_id") | {name: "pq_1"})
    assert verdict.record is not None
    assert verdict.record["quote_id"] is None
    assert len(verdict.unknown_fields) == 1
