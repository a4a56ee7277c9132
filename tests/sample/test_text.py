"""The fast writing of many records against Python's own way of writing one: the same characters for
numbers and times, ids that never meet, and pieces that vanish where a row does not carry them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sample.text import When, decimal, lines, lookup, opaque, stamp

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def texts(column: np.ndarray) -> list[str]:
    return [bytes(row).replace(b"\0", b"").decode("ascii") for row in column]


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=20), st.sampled_from([0, 2, 6, 8]))
def test_a_decimal_is_what_python_writes(units: list[int], places: int) -> None:
    expected = [f"{Decimal(unit).scaleb(-places):f}" for unit in units]

    assert texts(decimal(np.array(units, dtype=np.int64), places)) == expected


@given(st.lists(st.integers(946_684_800_000, 4_102_444_799_999), min_size=1, max_size=20))
def test_a_time_is_what_python_writes(moments: list[int]) -> None:
    expected = [
        (EPOCH + timedelta(milliseconds=ms))
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
        for ms in moments
    ]

    assert texts(stamp(np.array(moments, dtype=np.int64))) == expected


def test_different_numbers_never_share_an_id() -> None:
    spread = np.concatenate([np.arange(300_000), (1 << 40) + np.arange(300_000)])

    assert len(set(texts(opaque(spread, 7)))) == len(spread)


def test_ids_of_another_seed_are_other_ids() -> None:
    numbers = np.arange(10_000)

    assert not set(texts(opaque(numbers, 7))) & set(texts(opaque(numbers, 8)))


def test_a_row_without_a_piece_shows_nothing_of_it() -> None:
    count = 5_000  # more than one block
    even = np.arange(count) % 2 == 0
    digit = lookup(list("0123456789"))[np.arange(count) % 10]

    written = b"".join(lines(count, ["<", digit, When(even, "[", digit, "]"), ">"])).decode()

    expected = [f"<{n % 10}[{n % 10}]>" if n % 2 == 0 else f"<{n % 10}>" for n in range(count)]
    assert written.splitlines() == expected
    assert written.endswith("\n")
