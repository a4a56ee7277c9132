"""No line is taken because its bytes happen to add up, and no strict reader's list is left
untested.

Goal: the screen reads a line's members by name and proves by counting bytes that it holds nothing
else. That proof must hold against lines written to fool it. Method: lines that hide a duplicate
name, a private member or a comma too many in bytes saved elsewhere (numbers that read longer than
they are written, the spaces of a spaced-out line) stand between good ones, and must come out as
the judge has them: refused. A list of texts that are not JSON, and of texts that are, in the
manner of JSONTestSuite, must be refused and accepted both by the parser and by the screen.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.contracts import UnreadableRecordError, parse_object
from tests.contracts.examples import valid
from tests.screening.ways import judged_json, screened

GOOD: dict[str, Any] = {
    **valid("quotes", available=True, http_status=None, unavailable_reason=None, error_code=None),
    "app_version": 1,
    "note_length": 12.5,
}
MEMBERS = len(GOOD)
SPACED_SLACK = 2 * MEMBERS - 1
"""Bytes by which a spaced-out line is longer than a compact one."""


def compact(**changes: Any) -> str:
    return json.dumps({**GOOD, **changes}, separators=(",", ":"))


def spaced(**changes: Any) -> str:
    return json.dumps({**GOOD, **changes})


def with_text(line: str, name: str, text: str) -> str:
    """The line with the value of its number `name` written as `text`."""
    value = json.dumps(GOOD[name])
    found = [
        f'"{name}"{colon}{value}' for colon in (":", ": ") if f'"{name}"{colon}{value}' in line
    ]
    return line.replace(found[0], f'"{name}":{text}')


def ending_in(line: str, ending: str) -> str:
    return line[:-1] + ending + "}"


def filler(name: str, size: int) -> str:
    """A further member of exactly `size` bytes, its comma included."""
    return f',"{name}":"{"x" * (size - len(name) - 6)}"'


EXPANDED = ["1e17", "1E5", "1.0e2", "100e1", "5e-3", "1e20", "12e-5", "1e-5", "0e5", "1e+18"]


def fooling_lines() -> list[str]:
    lines = [
        compact()[:-1] + ",}",
        spaced()[:-1] + ",}",
        compact().replace("{", '{"side":"on_ramp",'),
        compact() + " " * SPACED_SLACK,
        " " * SPACED_SLACK + compact(),
        ending_in(compact(), filler("iban", SPACED_SLACK)),
        ending_in(compact(), filler("anything", SPACED_SLACK)),
        ending_in(compact(), "," + " " * (SPACED_SLACK - 1)),
        ending_in(compact(), ',"kyc":1' + " " * (SPACED_SLACK - 8)),
        ending_in(compact(), ',"side":"on_ramp"' + " " * (SPACED_SLACK - 17)),
        ending_in(spaced(), ',"side":"on_ramp"'),
        compact(network="ab cd", source="a b c" + " d" * SPACED_SLACK),
        ending_in(compact(source="a" + " b" * SPACED_SLACK), filler("iban", SPACED_SLACK)),
        ending_in(spaced(source="two  words"), "," + " "),
        compact(app_version="a b" + " " * 40),
        ending_in(compact(app_version=" " * SPACED_SLACK), filler("iban", SPACED_SLACK)),
        compact(quoteId="pq_1"),
        compact(quoteId="pq_2"),
        spaced(source=": x", network=", y"),
        compact(app_version={"iban": 1}),
        compact(app_version=[1]),
        with_text(compact(), "app_version", "NaN"),
        with_text(compact(), "app_version", "-Infinity"),
        with_text(compact(), "spread_bps", "NaN"),
        with_text(compact(), "spread_bps", "25.0"),
        with_text(compact(), "spread_bps", "2.5e1"),
        with_text(compact(), "spread_bps", "-0"),
        with_text(compact(), "spread_bps", "025"),
        compact().replace('"100.00"', "100.00"),
        compact().replace('"100.00"', "100.00 "),
        spaced().replace('"100.00"', "100.00"),
        compact().replace('"side"', '"s\\u0069de"'),
        compact().replace("on_ramp", "on\\u005framp"),
        compact().replace('"pq_1"', '"pq_1\x7f"'),
    ]
    for text in EXPANDED:
        written = with_text(compact(), "app_version", text)
        lines.append(written)
        saved = len(str(float(text))) - len(text)
        for size in range(8, 26):
            lines.append(ending_in(written, filler("kyc", size)[-size:]) if size > 9 else written)
        lines += [ending_in(written, "," * n) for n in (1, 2)]
        lines += [ending_in(written, "," + " " * max(saved + n, 0)) for n in range(-3, 12)]
        lines.append(ending_in(with_text(written, "note_length", "1e20"), ',"side":"on_ramp"'))
    return lines


def test_lines_written_to_fool_the_count_of_bytes_come_out_as_judged(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for good in (compact(), spaced()):
        lines = [good, *fooling_lines(), good]
        data = "\n".join(lines).encode()
        path = tmp_path / "quotes.jsonl"
        path.write_bytes(data)
        outcome, _ = screened(engine, path)
        expected = judged_json("quotes", data)
        for number, line in enumerate(lines, start=1):
            was, should = number in outcome.accepted, number in expected.accepted
            assert was == should, f"{'taken' if was else 'set aside'}: {line}"
        assert outcome == expected
        assert len(expected.aside) > 100


def test_a_hidden_member_of_any_size_is_seen(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Whatever slack a count of bytes may have, some size of a further member would fill it."""
    lines = [compact()]
    for base in (compact(), spaced(), with_text(compact(), "app_version", "1e20")):
        lines += [ending_in(base, filler("iban", size)) for size in range(11, 90)]
        lines += [ending_in(base, "," + " " * size) for size in range(90)]
    path = tmp_path / "quotes.jsonl"
    path.write_text("\n".join(lines))
    outcome, aside = screened(engine, path)
    assert set(outcome.accepted) == {1}
    assert len(aside) == len(lines) - 1


NOT_JSON = [
    "[1 true]", "[1,]", "[,1]", "[1,,2]", "[1,", "[", "]", "[1]]", "{", "}", '{"a"}', '{"a":}',
    '{"a":1,}', '{,"a":1}', '{"a" 1}', '{"a":1 "b":2}', '{"a":1,"a":1}', '{"a":{"b":1,"b":2}}',
    "{a:1}", "{'a':1}", "{1:1}", '{"a":1}}', '{"a":"b}', '["a]', "[\"\t\"]", "[\"\n\"]",
    '["\\x00"]',
    '["\\"]', '["\\u12"]', '["\\uD800"]', '["\\uDC00\\uD800"]', '["\\U0041"]', '["\\a"]', "['a']",
    "[01]", "[-01]", "[1.]", "[.5]", "[-.5]", "[+1]", "[1e]", "[1e+]", "[1E]", "[0x10]", "[1_000]",
    "[-]", "[--1]", "[1-]", "[0e]", "[1.5.5]", "[\uff11]", "[NaN]", "[nan]", "[Infinity]",
    "[-Infinity]", "[inf]", "[tru]", "[True]", "[nul]", "[None]", "[FALSE]", "[true1]",
    "[undefined]",
    "[1]//", "[1]/**/", "/**/[1]", "#\n[1]", "[1]\0", "[\0]", "[1\x0b]", "[1\x0c]", "[\u00a01]",
    "[\u20281]", "[\ufeff1]", "[9" + "9" * 5_000 + "]", "[" * 40 + "]" * 40, "",
]  # fmt: skip
JSON = [
    "1", "-0", "0", "0.0", "-0.0", "1e5", "1E+5", "1e-5", "0e1", "123456789012345678901234567890",
    "1e400", "0.1", "12.50", "100", "100.0", "true", "false", "null", '""', '"a"', '" "', '"\\""',
    '"\\\\"', '"\\/"', "\"/\"", '"\\b\\f\\n\\r\\t"', '"\\u0041"', '"\\u00e9"', '"\u00e9"',
    '"\\ud83d\\udcb8"', '"\U0001f4b8"', '"\u2028"', '"\x7f"', '"\\u0000"', '"\ufffe"', "[]", "{}",
    "[[]]", "[null,1,\"x\"]", '{"a":{"b":[1,2,{"c":null}]}}', '{"":0}', "[ 1 , 2 ]", " [1]",
    "[1]\t",
    "{\r}", '{"a":1,"A":2}', '{"\\u0061":1,"b":2}',
]  # fmt: skip


def around(text: str) -> str:
    return compact()[:-1] + ',"extra":' + text + "}"


@pytest.mark.parametrize("text", NOT_JSON)
def test_what_is_not_json_is_refused_both_ways(
    text: str, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableRecordError):
        parse_object(around(text))
    path = tmp_path / "quotes.jsonl"
    path.write_text("\n".join([around("1"), around(text), around("2")]), newline="")
    outcome, aside = screened(engine, path)
    assert len(outcome.accepted) == 2
    assert {each.rule for each in aside} <= {"unreadable"}
    assert aside


@pytest.mark.parametrize("text", JSON)
def test_what_is_json_is_accepted_both_ways(
    text: str, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert "extra" in parse_object(around(text))
    path = tmp_path / "quotes.jsonl"
    path.write_text("\n".join([around("1"), around(text), around('"x"')]), newline="")
    outcome, aside = screened(engine, path)
    assert len(outcome.accepted) == 3, aside
    assert outcome.dropped["extra"] == 3


@pytest.mark.parametrize(
    "line", ["null", "1", '"x"', "[]", "[" + "{}" + "]", "true", "{}{}", "x", "\ufeff{}", "\0"]
)
def test_a_line_that_is_no_object_is_refused(
    line: str, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "quotes.jsonl"
    path.write_text("\n".join([compact(), line, compact()]))
    outcome, aside = screened(engine, path)
    assert sorted(outcome.accepted) == [1, 3]
    assert [(each.line_number, each.rule) for each in aside] == [(2, "unreadable")]


def test_a_file_that_begins_with_nothing_readable_is_read_on(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "quotes.jsonl"
    path.write_text("\n\n{broken\n[]\n" + compact() + "\n")
    outcome, aside = screened(engine, path)
    assert list(outcome.accepted) == [5]
    assert [each.line_number for each in aside] == [3, 4]
