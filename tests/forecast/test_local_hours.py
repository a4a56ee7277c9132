"""Cells of local time: each quarter of an hour lies in one, and a day is as long as it was.

Goal: dates of 23, 24 and 25 hours, zones with half hours, and the instant that ends a day. Method:
the cells against the zone's own clock, quarter by quarter.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from pipelines.forecast.local_hours import CELLS, local_hours, quarter_numbers
from pipelines.windows import load_zone, local_day

ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago")
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize("zone", ZONES)
def test_each_quarter_lies_where_the_clock_says(zone: str) -> None:
    first = date(2026, 3, 20)
    found = local_hours(zone, first, 30)
    here = load_zone(zone)
    assert found.start == local_day(zone, datetime(2026, 3, 20, 12, tzinfo=UTC)).start
    for number, cell in enumerate(found.cells.tolist()):
        local = (found.start + number * QUARTER).astimezone(here)
        assert (cell // CELLS, cell % CELLS) == ((local.date() - first).days, local.hour)
    assert found.hours.sum() * 4 == len(found.cells)


def test_a_date_of_23_hours_lacks_a_cell_and_one_of_25_has_a_longer_one() -> None:
    spring = local_hours("Europe/Berlin", date(2026, 3, 29), 1).hours[0]
    autumn = local_hours("Europe/Berlin", date(2026, 10, 25), 1).hours[0]
    assert (spring.sum(), spring[2], autumn.sum(), autumn[2]) == (23, 0, 25, 2)


def test_midnight_ends_the_day_before_and_leaves_nothing_of_it() -> None:
    cells = local_hours("Europe/Berlin", date(2026, 6, 1), 10)
    number, left = cells.place(datetime(2026, 6, 4, 22, tzinfo=UTC))
    assert (number, left.sum()) == (3, 0)
    number, left = cells.place(datetime(2026, 6, 4, 22, 15, tzinfo=UTC))
    assert (number, left[0], left.sum()) == (4, 0.75, 23.75)


def test_what_is_left_and_where_it_ends_fit_a_long_day() -> None:
    cells = local_hours("Europe/Berlin", date(2026, 10, 20), 10)
    number, left = cells.place(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))  # 02:30, the first time
    assert left[2] == 0.75, "an hour and a half of two"
    ends = cells.ends(number)
    assert ends[2] == datetime(2026, 10, 25, 2, tzinfo=UTC)
    assert ends[23] == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert cells.begins(number + 1) == ends[23]
    assert cells.begins(40) == datetime(2026, 11, 28, 23, tzinfo=UTC), "also after the last date"


def test_buckets_are_counted_from_the_start() -> None:
    start = datetime(2026, 6, 1, tzinfo=UTC)
    buckets = np.array([int((start + timedelta(hours=3)).timestamp() * 1_000_000)])
    assert quarter_numbers(buckets, start).tolist() == [12]
