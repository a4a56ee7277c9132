"""Draws Parquet files of one kind whose columns have fitting, unfitting and unusual types."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contracts import field_table
from pipelines.contracts.records import FieldSpec
from tests.contracts.examples import valid
from tests.screening.mangling import TEXTS, UNDECLARED

AMOUNTS = [Decimal(0), Decimal("100.00"), Decimal("107.31"), Decimal("-5"), Decimal(10**9)]
INSTANTS = [
    datetime(2026, 6, 1, 9, 30, tzinfo=UTC) + timedelta(microseconds=250_001),
    datetime(2000, 1, 1, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2100, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2101, 1, 1, tzinfo=UTC),
]
NUMBERS = [0, 1, 25, 100, 503, 599]
ENCODINGS: list[Callable[[list[Any]], pa.Array]] = [
    lambda values: pa.array(values, pa.string()),
    lambda values: pa.array(values, pa.string()),
    lambda values: pa.array(values, pa.large_string()),
    lambda values: pa.array(values, pa.string()).dictionary_encode(),
    lambda values: pa.array(values, pa.string_view()),
]


def draw_table(random: Random, kind: str, path: Path) -> None:
    """Write a Parquet file of a few rows, one type a column."""
    rows = random.randrange(1, 9)
    columns: dict[str, pa.Array] = {}
    for spec in field_table(kind):
        if random.random() < (0.1 if spec.nullable else 0.01):
            continue
        name = random.choice(spec.aliases) if spec.aliases and random.random() < 0.1 else spec.name
        columns[name] = _column(random, kind, spec, rows)
    if random.random() < 0.3:
        columns[random.choice([name for name in UNDECLARED if name])] = _undeclared(random, rows)
    pq.write_table(pa.table(columns), path)


def _column(random: Random, kind: str, spec: FieldSpec, rows: int) -> pa.Array:
    right = valid(kind).get(spec.name)
    typed = _typed(random, spec) if random.random() < 0.5 else None
    if typed is not None:
        values, arrow_type = typed
        drawn = [None if random.random() < 0.1 else random.choice(values) for _ in range(rows)]
        return pa.array(drawn, arrow_type)
    if isinstance(right, bool | int | list):
        arrow_type = pa.array([right]).type
        return pa.array([right if random.random() < 0.9 else None for _ in range(rows)], arrow_type)
    share = random.choice([0.0, 0.0, 0.2])
    texts = [random.choice(TEXTS) if random.random() < share else right for _ in range(rows)]
    return random.choice(ENCODINGS)(texts)


Typed = tuple[list[Any], pa.DataType]


def _typed(random: Random, spec: FieldSpec) -> Typed | None:
    draw = {
        "money": _amounts,
        "rate": _amounts,
        "instant": _instants,
        "integer": _integers,
        "boolean": _booleans,
        "id": _ids,
    }.get(spec.shape.tag)
    return draw(random) if draw else None


def _amounts(random: Random) -> Typed:
    exact = pa.decimal128(38, random.choice([2, 8, 8, 9, 18]))
    choices: list[Typed] = [(AMOUNTS, exact), ([0.0, 12.5, -1.0], pa.float64())]
    return random.choice(choices)


def _instants(random: Random) -> Typed:
    unit = random.choice(["us", "us", "ms", "s", "ns"])
    zone = random.choice(["UTC", "UTC", "Asia/Kolkata", "+05:30", None])
    if unit == "ns":
        nanoseconds = [1_780_306_200_000_001_000, 1_780_306_200_000_000_001, 0]
        return nanoseconds, pa.timestamp(unit, zone)
    whole = {"us": 0, "ms": 3, "s": 6}[unit]
    cut = [at.replace(microsecond=at.microsecond // 10**whole * 10**whole) for at in INSTANTS]
    return cut, pa.timestamp(unit, zone)


def _integers(random: Random) -> Typed:
    types = [pa.int8(), pa.int64(), pa.uint16(), pa.uint64(), pa.float64(), pa.string()]
    chosen = random.choice(types)
    if chosen == pa.string():
        return [str(number) for number in NUMBERS], chosen
    return [number for number in NUMBERS if chosen != pa.int8() or number < 128], chosen


def _booleans(random: Random) -> Typed:
    texts = ["true", "false"], pa.string()
    choices: list[Typed] = [([True, False], pa.bool_()), ([0, 1], pa.int8()), texts]
    return random.choice(choices)


def _ids(random: Random) -> Typed:
    lists = [["a"], []], pa.list_(pa.string())
    choices: list[Typed] = [([b"id", b"\xff"], pa.binary()), ([1, 2], pa.int64()), lists]
    return random.choice(choices)


def _undeclared(random: Random, rows: int) -> pa.Array:
    struct = pa.struct([("bank", pa.struct([("account", pa.string())]))])
    choices: list[Typed] = [
        (list(TEXTS), pa.string()),
        (["4.2.0", "4.3.0"], pa.string()),
        ([1.5, 2.5], pa.float64()),
        ([Decimal("1.5")], pa.decimal128(5, 2)),
        ([b"sk_live_abc", b"\xff\xfe", b"fine"], pa.binary()),
        ([[("iban", "x")], [("note", "y")], []], pa.map_(pa.string(), pa.string())),
        ([{"bank": {"account": "x"}}, None], struct),
        ([["a", "whsec_1"], ["b"]], pa.list_(pa.string())),
        ([None], pa.null()),
    ]
    values, arrow_type = random.choice(choices)
    return pa.array([random.choice(values) for _ in range(rows)], arrow_type)
