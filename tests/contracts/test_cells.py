"""A row of a CSV file, where everything is text, means what the same record in JSON means.

Cells are the JSON spelling of integers, booleans and lists, and an empty cell is a null; nothing
else is read into a cell, and a JSON record gets none of this.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.contracts import MODELS, field_table, judge
from tests.contracts.examples import valid


def cells(record: dict[str, Any]) -> dict[str, str]:
    return {
        name: "" if value is None else value if isinstance(value, str) else json.dumps(value)
        for name, value in record.items()
    }


@pytest.mark.parametrize("kind", MODELS)
def test_a_row_of_cells_is_the_record_it_spells(kind: str) -> None:
    verdict = judge(kind, cells(valid(kind)), text_cells=True)
    assert verdict.record is not None
    assert verdict == judge(kind, valid(kind))


@pytest.mark.parametrize("kind", MODELS)
def test_an_empty_cell_is_a_null(kind: str) -> None:
    for field in field_table(kind):
        verdict = judge(kind, cells(valid(kind, **{field.name: None})), text_cells=True)
        expected = [] if field.nullable else ["missing"]
        assert [fault.rule for fault in verdict.faults] == expected


@pytest.mark.parametrize(
    "cell",
    ["12.0", "1e2", " 12", "12 ", "+12", "١٢", "1234567890", "--1", "-", "true", "0x1", "1,000"],
)
def test_a_cell_that_is_no_plain_integer_is_refused(cell: str) -> None:
    (fault,) = judge("quotes", cells(valid("quotes", spread_bps=cell)), text_cells=True).faults
    assert (fault.field, fault.rule) == ("spread_bps", "integer")


@pytest.mark.parametrize("cell", ["True", "TRUE", "yes", "1", "0", " true", "t", "null"])
def test_a_cell_that_is_no_plain_boolean_is_refused(cell: str) -> None:
    record = cells(valid("availability", available=cell))
    (fault,) = judge("availability", record, text_cells=True).faults
    assert (fault.field, fault.rule) == ("available", "boolean")


@pytest.mark.parametrize(
    "cell", ["EUR-USDT", "EUR-USDT,EUR-USDC", "[EUR-USDT]", '"EUR-USDT"', "[1]", "[" * 5000, "{}"]
)
def test_a_cell_that_is_no_list_of_ids_is_refused(cell: str) -> None:
    record = cells(valid("programs", approved_pools=cell))
    (fault,) = judge("programs", record, text_cells=True).faults
    assert (fault.field, fault.rule) == ("approved_pools", "id_list")


def test_an_integer_cell_is_still_held_to_its_bounds() -> None:
    (fault,) = judge("errors", cells(valid("errors", http_status="99")), text_cells=True).faults
    assert fault.found == "a whole number out of range"


def test_an_empty_cell_beside_the_other_spelling_says_nothing() -> None:
    record = cells(valid("quotes")) | {"quoteId": ""}
    assert judge("quotes", record, text_cells=True).record is not None


def test_an_empty_text_in_json_is_not_a_null() -> None:
    (fault,) = judge("quotes", valid("quotes", quote_id="")).faults
    assert fault.found == "empty text"
