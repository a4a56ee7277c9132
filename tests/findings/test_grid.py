"""The arithmetic of the grid, against the plainest way to say the same.

Goal: sums of windows, what is active, the oldest of it, means at the same time of day and the last
known value are what counting one by one gives. Method: hypothesis draws small worlds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.findings.grid import (
    NEVER,
    Grid,
    active,
    cumulated,
    filled,
    oldest,
    same_time_of_day,
    slots_of,
    window_sums,
)
from pipelines.findings.intervals import wilson
from pipelines.shares import wilson as exact_wilson

ROWS, COUNT = 2, 12
SHAPE = (ROWS, COUNT)
row = st.integers(0, ROWS - 1)
slot = st.integers(-3, COUNT + 2)
spans = st.lists(st.tuples(row, slot, slot | st.just(NEVER), st.integers(1, 5)), max_size=12)


def ints(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@given(st.lists(st.tuples(row, st.integers(0, COUNT + 2), st.integers(1, 5)), max_size=12))
def test_a_window_holds_what_lies_in_its_slots(events: list[tuple[int, int, int]]) -> None:
    rows, slots, values = (ints([event[part] for event in events]) for part in range(3))
    sums = cumulated(rows, slots, values, SHAPE)
    for length in (1, 4, COUNT + 1):
        found = window_sums(sums, length)
        for at in range(COUNT):
            for number in range(ROWS):
                inside = [
                    value
                    for which, when, value in events
                    if which == number and at - length <= when < at
                ]
                assert found[number, at] == sum(inside)


@given(spans)
def test_what_is_active_holds_from_its_first_to_its_last_instant(
    events: list[tuple[int, int, int, int]],
) -> None:
    rows, first, last, values = (ints([event[part] for event in events]) for part in range(4))
    found = active(rows, first, last, values, SHAPE)
    for at in range(COUNT):
        for number in range(ROWS):
            held = [v for which, a, b, v in events if which == number and a <= at <= b]
            assert found[number, at] == sum(held)


@given(spans)
def test_the_oldest_is_the_least_of_what_is_active(
    events: list[tuple[int, int, int, int]],
) -> None:
    events = [(which, a, b, a * 900 - age) for which, a, b, age in events if b >= a]
    events.sort(key=lambda event: event[3])
    rows, first, last, created = (ints([event[part] for event in events]) for part in range(4))
    found = oldest(rows, created.astype(np.float64), first, last, SHAPE)
    for at in range(COUNT):
        for number in range(ROWS):
            held = [v for which, a, b, v in events if which == number and a <= at <= b]
            expected = min(held) if held else None
            assert (None if np.isnan(found[number, at]) else found[number, at]) == expected


@given(st.lists(st.integers(0, 9), min_size=400, max_size=400), st.integers(0, 150))
def test_the_mean_at_this_time_of_day_is_that_of_the_days_before(
    values: list[int], known_from: int
) -> None:
    series = np.array([values], dtype=np.float64)
    known = np.arange(400)[None, :] >= known_from
    found = same_time_of_day(series, known, days=2, least=2)
    for at in range(400):
        before = [at - 96 * day for day in (1, 2) if at - 96 * day >= known_from]
        before = [index for index in before if index >= 0]
        if len(before) == 2:
            assert found[0, at] == sum(values[index] for index in before) / 2
        else:
            assert np.isnan(found[0, at])


def test_the_last_known_value_holds_until_the_next() -> None:
    values, at = filled(ints([0, 0, 1]), ints([2, 5, 3]), np.array([1.0, 2.0, 7.0]), (2, 8))
    assert np.isnan(values[0, :2]).all()
    assert values[0, 2:].tolist() == [1, 1, 1, 2, 2, 2]
    assert values[1, 3:].tolist() == [7] * 5
    assert at[0].tolist() == [-1, -1, 0, 0, 0, 1, 1, 1]
    nothing, _ = filled(ints([]), ints([]), np.array([]), (1, 3))
    assert np.isnan(nothing).all()


def test_an_instant_has_an_index_and_a_length_has_slots() -> None:
    grid = Grid(datetime(2026, 6, 1, tzinfo=UTC), 97)
    assert grid.end == datetime(2026, 6, 2, tzinfo=UTC)
    assert grid.index(datetime(2026, 6, 1, 0, 29, tzinfo=UTC)) == 1
    assert grid.instant(1) == datetime(2026, 6, 1, 0, 15, tzinfo=UTC)
    assert [slots_of(timedelta(minutes=m)) for m in (0, 1, 15, 16)] == [0, 1, 1, 2]


@given(st.integers(0, 50), st.integers(1, 50))
def test_intervals_are_those_of_the_exact_ones(part: int, more: int) -> None:
    whole = part + more
    low, high = wilson(np.array([float(part)]), np.array([float(whole)]), z=1.959963984540054)
    exact = exact_wilson(part, whole)
    assert exact is not None
    assert abs(low[0] - float(exact[0])) < 1e-6
    assert abs(high[0] - float(exact[1])) < 1e-6


def test_nothing_has_no_interval() -> None:
    low, high = wilson(np.array([0.0]), np.array([0.0]))
    assert np.isnan(low[0])
    assert np.isnan(high[0])
