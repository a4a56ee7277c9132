"""A pattern means the same wherever it is read.

Whole columns are checked by DuckDB with the shapes' own patterns, single records by pydantic. Both
readers are given every sort of text and must agree on each.
"""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import SchemaValidator

from pipelines.contracts import MODELS, Shape, field_table
from tests.contracts.examples import valid

TEXT_TAGS = ("id", "partner_id", "currency", "label")
SHAPES = {field.shape for kind in MODELS for field in field_table(kind)}
TEXT_SHAPES = {str(shape.tag): shape for shape in SHAPES if shape.tag in TEXT_TAGS}
EXAMPLES = [
    (field.shape, value if isinstance(value, str) else str(value).lower())
    for kind in MODELS
    for field in field_table(kind)
    if field.shape.pattern and not isinstance(value := valid(kind)[field.name], list)
]
TEXTS = st.text(st.characters(max_codepoint=0x17F), max_size=140) | st.text(
    "aA0-_. \n\x7f\x1f~!\u00e9", max_size=140
)


def re2_matches(shape: Shape, text: str) -> bool:
    query = "select regexp_full_match($text, $pattern)"
    row = duckdb.execute(query, {"text": text, "pattern": shape.pattern}).fetchone()
    assert row is not None
    return bool(row[0])


def pydantic_takes(shape: Shape, text: str) -> bool:
    try:
        SchemaValidator(shape.core_schema()).validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("tag", TEXT_TAGS)
@given(text=TEXTS)
def test_re2_python_and_pydantic_agree_on_any_text(tag: str, text: str) -> None:
    shape = TEXT_SHAPES[tag]
    taken = pydantic_takes(shape, text)
    assert re2_matches(shape, text) is taken
    assert (re.fullmatch(str(shape.pattern), text) is not None) is taken


@pytest.mark.parametrize("tag", TEXT_TAGS)
@pytest.mark.parametrize("length", [0, 1, 2, 11, 12, 13, 62, 63, 64, 127, 128, 129])
def test_a_length_is_counted_alike(tag: str, length: int) -> None:
    text = ("A" if tag == "currency" else "a") * length
    longest = {"id": 128, "partner_id": 63, "currency": 12, "label": 128}[tag]
    shortest = 2 if tag == "currency" else 1
    assert pydantic_takes(TEXT_SHAPES[tag], text) is (shortest <= length <= longest)
    assert re2_matches(TEXT_SHAPES[tag], text) is (shortest <= length <= longest)


@pytest.mark.parametrize(("shape", "text"), EXAMPLES, ids=str)
def test_the_pattern_of_a_field_fits_a_valid_value(shape: Shape, text: str) -> None:
    assert re2_matches(shape, text)


def test_a_shape_has_a_pattern_or_a_closed_list_and_never_both() -> None:
    assert {shape for shape in SHAPES if bool(shape.pattern) is bool(shape.values)} == set()
