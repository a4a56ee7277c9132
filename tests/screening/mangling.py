"""Draws raw records and JSON texts of them: mostly right, wrong in every way a source can be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from pipelines.contracts import field_table
from tests.contracts.examples import valid

Pairs = list[tuple[str, Any]]

TEXTS = [
    "", " ", "x", "0", "-0", "007", "12.5", "1e5", "-1.00", "-0.00", "0.000000001", "9" * 20,
    "9" * 21, "0." + "9" * 18, "NaN", "null", "true", "True", "EUR", "eur", "other", "pool_dry",
    "on_ramp", "settled", "sandbox", "acme-pay", "../acme", "Acme", "a" * 63, "a" * 64, "b" * 128,
    "b" * 129, "two words", "tab\there", "line\nend", "nul\0", "caf\u00e9", "\u2028", "\U0001f4b8",
    '"', "\\", "'", "/", "{}", "[1]", '{"iban": "x"}', ' [{"kyc": 1}]', "{not json", "a,b",
    ": ", ", ",
    "2026-06-01T09:30:00Z", "2026-06-01T09:30:00", "2026-02-30T09:30:00Z", "1999-12-31T23:59:59Z",
    "2100-12-31T23:59:59.999999Z", "2100-12-31T23:59:59-01:00", "2000-01-01T00:00:00+00:01",
    "2026-06-01T09:30:00.1234567Z", "2026-06-01T09:30:60Z", "2026-06-01T09:30:00+23:59",
    "2026-06-01t09:30:00z", "sk_live_abc", "x-whsec_1", "xsk_1", "pk_", "a pk_b", "sk_\u00e9",
]  # fmt: skip
SCALARS: list[Any] = [
    None, True, False, 0, -1, 1, 100, 599, 600, 10**9, 2**31, 2**63, 10**30, 0.5, -0.0, 1e300,
    100.0,
]  # fmt: skip
NESTED: list[Any] = [[], {}, ["EUR-USDT"], {"a": 1}, [[{"b": None}]], {"bank": {"account": 1}}]
PRIVATE_NAMES = [
    "iban",
    "treasuryBalance",
    "route-id",
    "KYC",
    "e_mail",
    "wallet.address",
    "api_key",
]
UNDECLARED = [
    "app_version", "latency", "x", "a" * 64, "a" * 65, "sk_abc", "with space", "caf\u00e9", "", "é",
    "line_number", "plain", "clean", 'quo"te', "raw", "extra_0", "0",
]  # fmt: skip


def any_value(random: Random) -> Any:
    """Something that some field may or may not hold."""
    return random.choice(random.choice([TEXTS, TEXTS, SCALARS, NESTED]))


def draw_pairs(random: Random, kind: str) -> Pairs:
    """The members of one raw record of `kind`, in some order, in some spelling."""
    record = dict(valid(kind))
    if kind == "quotes" and random.random() < 0.7:
        record = {**record, "available": True, "http_status": None, "unavailable_reason": None}
    for spec in field_table(kind):
        if spec.nullable and random.random() < 0.2:
            record.pop(spec.name, None)
    for _ in range(random.choice([0, 0, 0, 1, 1, 2])):
        record[random.choice(list(record))] = any_value(random)
    if random.random() < 0.1:
        record.pop(random.choice(list(record)))
    pairs = list(record.items())
    pairs += [pair for pair in _additions(random, kind, record) if pair[0] not in record]
    return pairs


def _additions(random: Random, kind: str, record: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    if random.random() < 0.3:
        yield random.choice(UNDECLARED), any_value(random)
    if random.random() < 0.3:
        yield "app_version", random.choice(["4.2.0", 7, 12.5, 0.005, 100.0, None, "two words"])
    if random.random() < 0.05:
        yield random.choice(PRIVATE_NAMES), random.choice(TEXTS)
    if random.random() < 0.05:
        yield "meta", {"deep": [{random.choice(PRIVATE_NAMES): 1}]}
    spec = random.choice(field_table(kind))
    if spec.aliases and spec.name in record and random.random() < 0.1:
        value = record[spec.name] if random.random() < 0.5 else any_value(random)
        yield random.choice(spec.aliases), value


def respelled(random: Random, kind: str, pairs: Pairs, share: float) -> Pairs:
    """The members with a share of the fields spelled by one of their other names."""
    aliases = {spec.name: spec.aliases for spec in field_table(kind)}
    taken = {name for name, _ in pairs}
    found: Pairs = []
    for name, value in pairs:
        others = [other for other in aliases.get(name, ()) if other not in taken]
        chosen = random.choice(others) if others and random.random() < share else name
        taken.add(chosen)
        found.append((chosen, value))
    return found


def as_json(random: Random, pairs: Pairs, style: str) -> str:
    """One line of JSON: `compact` or `spaced` throughout, or `odd` in whatever JSON allows."""
    if style != "odd":
        comma, colon = (",", ":") if style == "compact" else (", ", ": ")
        ascii_only = random.random() < 0.8
        members = (
            json.dumps(name, ensure_ascii=ascii_only)
            + colon
            + json.dumps(value, separators=(comma, colon), ensure_ascii=ascii_only)
            for name, value in pairs
        )
        return "{" + comma.join(members) + "}"
    members = (f"{_odd_text(random, name)}{_gap(random)}:{_gap(random)}{_odd(random, value)}"
               for name, value in pairs)  # fmt: skip
    inner = ",".join(f"{_gap(random)}{member}{_gap(random)}" for member in members)
    return f"{_gap(random)}{{{inner}}}{_gap(random)}"


def _gap(random: Random) -> str:
    return random.choice(["", "", "", " ", "  ", "\t", "\r"])


def _odd(random: Random, value: Any) -> str:
    if isinstance(value, str):
        return _odd_text(random, value)
    if isinstance(value, int) and not isinstance(value, bool) and random.random() < 0.2:
        return f"{value}{random.choice(['.0', 'e0', 'E+0'])}"
    return json.dumps(value)


def _odd_text(random: Random, text: str) -> str:
    if random.random() < 0.8:
        return json.dumps(text, ensure_ascii=random.random() < 0.5)
    return '"' + "".join(_escaped(random, char) for char in text) + '"'


def _escaped(random: Random, char: str) -> str:
    if ord(char) < 0x10000 and random.random() < 0.3:
        return f"\\u{ord(char):04{random.choice('xX')}}"
    return json.dumps(char, ensure_ascii=False)[1:-1]


def broken(random: Random, line: str) -> str:
    """The line damaged in a way that strict JSON does not take, or takes otherwise."""
    at = random.randrange(len(line))
    return random.choice(
        [
            line[:at], line[at:], line + line, line + ",", "[" + line + "]", "",  " ", "\x0b", "{}",
            "\ufeff" + line, line.replace("}", ",}", 1), line.replace('"', "'", 2), line + "\0",
            line.replace(":", ":NaN,", 1), line.replace(",", ",,", 1), "null", "7", '"x"', "{",
            line.replace("{", '{"side":"on_ramp",', 1), line.replace("}", ',"iban":1}', 1),
            line.replace("}", "," + " " * at + "}", 1), line.replace("{",
            '{"app_version":1e20,', 1),
            line.replace("{", '{"x":"\\ud800",', 1), line.replace("{", '{"x":"\t",', 1),
            line.replace("{", '{"x":' + "[" * 40 + "]" * 40 + ",", 1), "x" * 20_000, "//" + line,
            line.replace("{", '{"x":' + "9" * 5000 + ",", 1), line.replace("{", '{"x":-01,', 1),
        ]
    )  # fmt: skip


def joined(random: Random, lines: Sequence[str]) -> bytes:
    """The lines as a file: any line end, blank lines, with or without a mark and a last end."""
    data = b"\xef\xbb\xbf" if random.random() < 0.1 else b""
    end = random.choice([b"\n", b"\n", b"\r\n"])
    for line in lines:
        data += line.encode() + end * random.choice([1, 1, 1, 1, 2])
        if random.random() < 0.03:
            data += b'{"request_id":"\xff\xfe"}\n'
    return data if random.random() < 0.7 else data.removesuffix(end)
