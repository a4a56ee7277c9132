"""A line is one strict JSON object or it is no record.

Every liberty that Python's own reader takes is refused, with a reason that never quotes the line.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts import UnreadableRecordError, judge, parse_object
from tests.contracts.examples import valid

DEEP = '{"a":' * 32 + "1" + "}" * 32
TOO_DEEP = '{"a":' * 33 + "1" + "}" * 33

UNREADABLE: list[tuple[bytes | str, str]] = [
    ("", "not JSON at character 1"),
    ("   ", "not JSON"),
    ("[]", "not a JSON object"),
    ("null", "not a JSON object"),
    ('"{}"', "not a JSON object"),
    ("1", "not a JSON object"),
    ('{"a": 1} {"b": 2}', "not JSON"),
    ('{"a": 1},', "not JSON"),
    ('{"a": 1', "not JSON"),
    ('{"a": }', "not JSON"),
    ('{"a": 1,}', "not JSON"),
    ("{'a': 1}", "not JSON"),
    ("{a: 1}", "not JSON"),
    ('{"a": 01}', "not JSON"),
    ('{"a": +1}', "not JSON"),
    ('{"a": .5}', "not JSON"),
    ('{"a": 1.}', "not JSON"),
    ('{"a": 0x10}', "not JSON"),
    ('{"a": 1_000}', "not JSON"),
    ('{"a": \u0661}', "not JSON"),
    ('{"a": True}', "not JSON"),
    ('{"a": "\t"}', "not JSON"),
    ('{"a": "\n"}', "not JSON"),
    ('{"a": "\\x41"}', "not JSON"),
    ('{"a": "\\u00 1"}', "not JSON"),
    ('{"a": 1} // why', "not JSON"),
    ('{"a": /* why */ 1}', "not JSON"),
    ("\u00a0{}", "not JSON"),
    ('{"a": NaN}', "NaN or Infinity"),
    ('{"a": [Infinity]}', "NaN or Infinity"),
    ('{"a": -Infinity}', "NaN or Infinity"),
    ('{"a": 1, "a": 1}', "a name twice"),
    ('{"a": 1, "\\u0061": 2}', "a name twice"),
    ('{"b": {"a": 1, "a": 2}}', "a name twice"),
    ('{"b": [[{"a": 1, "a": 2}]]}', "a name twice"),
    ("\ufeff{}", "a byte order mark"),
    (b"\xef\xbb\xbf{}", "a byte order mark"),
    (b'{"a": "\xff"}', "not UTF-8"),
    (b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
    ('{"a": "\ud800"}', "not UTF-8"),
    ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
    ('{"a": "\\ud800"}', "half of a surrogate pair"),
    ('{"\\udc00": 1}', "half of a surrogate pair"),
    ('{"a": ["x\\ude00\\ud83d"]}', "half of a surrogate pair"),
    (TOO_DEEP, "nested deeper than 32"),
    ("[" * 100_000, "nested deeper than 32"),
    ('{"a":' * 100_000, "nested deeper than 32"),
    ('{"a": ' + "9" * 5000 + "}", "a number with too many digits"),
]


@pytest.mark.parametrize(("text", "reason"), UNREADABLE, ids=lambda part: repr(part)[:40])
def test_anything_but_one_strict_object_is_unreadable(text: bytes | str, reason: str) -> None:
    with pytest.raises(UnreadableRecordError) as caught:
        parse_object(text)
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", {}),
        (b' \t\r\n{"a": 1}\r\n', {"a": 1}),
        ('{"a": {"b": [1, null, true]}}', {"a": {"b": [1, None, True]}}),
        ('{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        ('{"a": "\\\\ud800"}', {"a": "\\ud800"}),
        ('{"a": "[[[[{{{{"}', {"a": "[[[[{{{{"}),
        ('{"a": "' + "[" * 100 + '"}', {"a": "[" * 100}),
        ('{"a": "\\"' + "{" * 100 + '"}', {"a": '"' + "{" * 100}),
        ("{" + ",".join(f'"{n}":[]' for n in range(100)) + "}", {str(n): [] for n in range(100)}),
        (DEEP, json.loads(DEEP)),
    ],
    ids=lambda part: repr(part)[:40],
)
def test_a_strict_object_is_read(text: bytes | str, value: dict[str, Any]) -> None:
    assert parse_object(text) == value


def test_integers_are_exact_and_other_numbers_can_be_told_from_them() -> None:
    value = parse_object('{"whole": 12345678901234567890123, "point": 12.0, "exponent": 1e2}')
    assert value["whole"] == 12345678901234567890123
    assert type(value["point"]) is type(value["exponent"]) is float


def test_a_hostile_line_is_refused_in_one_pass() -> None:
    """A reader that tries every quote anew would need hours for this line."""
    with pytest.raises(UnreadableRecordError):
        parse_object("[" * 33 + '"' + '\\"' * 1_000_000)


@given(
    st.dictionaries(
        st.text(),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8),
    )
)
def test_what_was_written_is_what_is_read(value: dict[str, Any]) -> None:
    assert parse_object(json.dumps(value)) == value
    assert parse_object(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=64) | st.text(max_size=64))
def test_any_bytes_give_an_object_or_a_reason_that_quotes_nothing(text: bytes | str) -> None:
    try:
        outcome: object = parse_object(text)
    except UnreadableRecordError as error:
        outcome = error.reason
    reasons = "|".join(sorted({reason for _, reason in UNREADABLE}))
    assert isinstance(outcome, dict) or re.fullmatch(rf"({reasons}).{{0,40}}", str(outcome))


def test_a_parsed_record_is_judged_like_any_other() -> None:
    line = json.dumps(valid("quotes")).replace('"100.00"', "100.00")
    (fault,) = judge("quotes", parse_object(line)).faults
    assert str(fault) == (
        'fiat_amount: found a JSON number, send a decimal string like "4250.00", at most 8 decimals'
    )
