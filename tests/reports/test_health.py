"""A day without records reads differently from a quiet one and from one before the records.

Goal: the coverage chart's marks and the sentences beside it tell a gap, a quiet day and a time
outside a kind's records apart, and never draw more than a chart may hold. Method: coverage rows
made by hand are shaped and put into words.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from pipelines.periods import choose_period
from reports.charts_health import coverage as coverage_chart
from reports.health import GAP, MOST_DAYS, QUIET, coverage_marks, covered_days, gap_words

FIRST = date(2026, 6, 1)


def row(kind: str, day: int, state: str, records: int | None = None, late: int = 0) -> Any:
    return {
        "kind": kind,
        "day": FIRST + timedelta(days=day),
        "records": records,
        "late_records": None if records is None else late,
        "most_records": 8,
        "state": state,
    }


COVERAGE = pa.Table.from_pylist(
    [
        row("quotes", 0, "outside"),
        row("quotes", 1, "records", 8),
        row("quotes", 2, "gap"),
        row("quotes", 3, "gap"),
        row("quotes", 4, "records", 2, late=1),
        row("quotes", 5, "gap"),
        row("quotes", 6, "records", 1),
        row("tickets", 1, "records", 1),
        row("tickets", 2, "quiet"),
    ]
)


def test_each_state_of_a_day_has_a_mark_of_its_own_and_outside_has_none() -> None:
    marks = coverage_marks(COVERAGE).to_pylist()
    assert [mark["mark"] for mark in marks].count("gap") == 3
    assert not [mark for mark in marks if mark["day"] == FIRST]
    said = {(mark["kind"], mark["day"].day): mark["shown"] for mark in marks}
    assert said["Quotes", 3] == GAP
    assert said["Tickets", 3] == QUIET
    assert said["Quotes", 5] == "2 records, 1 of them late"
    assert said["Quotes", 7] == "1 record"


def test_a_cell_is_as_strong_as_its_part_of_the_busiest_day() -> None:
    marks = coverage_marks(COVERAGE).to_pylist()
    shares = {(mark["kind"], mark["day"].day): mark["share"] for mark in marks}
    assert (shares["Quotes", 2], shares["Quotes", 5], shares["Quotes", 3]) == (1, 0.25, None)


def test_gaps_read_as_spans_of_days() -> None:
    assert gap_words(COVERAGE) == ["**Quotes**: none on 3 Jun 2026 to 4 Jun 2026, 6 Jun 2026"]


def test_a_long_period_is_drawn_by_its_last_days() -> None:
    as_of = datetime(2026, 6, 30, 12, tzinfo=UTC)
    dates = date(2025, 1, 1), date(2026, 6, 29)
    first, last = covered_days(choose_period("custom", as_of, "UTC", dates))
    assert last == date(2026, 6, 29)
    assert (last - first).days == MOST_DAYS - 1
    week = covered_days(choose_period("7d", as_of, "Asia/Kolkata"))
    assert week == (date(2026, 6, 22), date(2026, 6, 29))


def test_the_chart_tells_gaps_by_shape_and_not_by_colour_alone() -> None:
    layers = coverage_chart()["layer"]
    assert [layer["mark"].get("shape", "rect") for layer in layers] == ["rect", "cross", "stroke"]
    assert "data" not in coverage_chart()
