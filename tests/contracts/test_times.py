"""Times enter as exact instants or not at all.

Accepted spellings are compared with the instant they name; every way to be no instant of the years
2000 to 2100 is refused. The pattern is also run by RE2, where it must never be stricter.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts import field_table, judge
from tests.contracts.examples import valid

PATTERN = next(f.shape.pattern for f in field_table("availability") if f.name == "observed_at")

TAKEN = {
    "2026-06-01T09:30:00Z": datetime(2026, 6, 1, 9, 30, tzinfo=UTC),
    "2026-06-01T09:30:00+00:00": datetime(2026, 6, 1, 9, 30, tzinfo=UTC),
    "2026-06-01T09:30:00-00:00": datetime(2026, 6, 1, 9, 30, tzinfo=UTC),
    "2026-06-01T09:30:00+05:45": datetime(2026, 6, 1, 3, 45, tzinfo=UTC),
    "2026-06-01T09:30:00-23:59": datetime(2026, 6, 2, 9, 29, tzinfo=UTC),
    "2026-06-01T09:30:00.1Z": datetime(2026, 6, 1, 9, 30, 0, 100_000, tzinfo=UTC),
    "2026-06-01T09:30:00.1234Z": datetime(2026, 6, 1, 9, 30, 0, 123_400, tzinfo=UTC),
    "2026-06-01T09:30:59.999999Z": datetime(2026, 6, 1, 9, 30, 59, 999_999, tzinfo=UTC),
    "2024-02-29T00:00:00Z": datetime(2024, 2, 29, tzinfo=UTC),
    "2000-02-29T23:59:59Z": datetime(2000, 2, 29, 23, 59, 59, tzinfo=UTC),
    "2000-01-01T00:00:00Z": datetime(2000, 1, 1, tzinfo=UTC),
    "2100-12-31T23:59:59.999999Z": datetime(2100, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
}
REFUSED = [
    "", "now", "2026-06-01", "2026-06-01T09:30", "2026-06-01T09:30Z", "2026-06-01T09:30:00",
    "2026-06-01 09:30:00Z", "2026-06-01t09:30:00Z", "2026-06-01T09:30:00z", "20260601T093000Z",
    "2026-06-01T09:30:00 Z", " 2026-06-01T09:30:00Z", "2026-06-01T09:30:00Z\n", "2026-6-1T9:30:00Z",
    "2026-06-01T09:30:60Z", "2026-06-01T09:60:00Z", "2026-06-01T24:00:00Z", "2026-06-01T25:00:00Z",
    "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
    "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-06-00T00:00:00Z", "2026-06-32T00:00:00Z",
    "1999-12-31T23:59:59Z", "2101-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z",
    "2000-01-01T00:00:00+00:01", "2100-12-31T23:00:00-01:00", "1999-12-31T23:30:00-01:00",
    "2026-06-01T09:30:00+24:00", "2026-06-01T09:30:00+02:60", "2026-06-01T09:30:00+0200",
    "2026-06-01T09:30:00+02", "2026-06-01T09:30:00+2:00", "2026-06-01T09:30:00+02:00:30",
    "2026-06-01T09:30:00UTC", "2026-06-01T09:30:00 Europe/Berlin", "2026-06-01T09:30:00.Z",
    "2026-06-01T09:30:00,5Z", "2026-06-01T09:30:00.1234567Z", "2026-06-01T09:30:00.000000000Z",
    "2026-W23-1T09:30:00Z", "2026-152T09:30:00Z", "+2026-06-01T09:30:00Z", "-2026-06-01T09:30:00Z",
    "\uff12\uff10\uff12\uff16-06-01T09:30:00Z", "2026-06-01T09:30:00\u22120200",
    "1780306200", "June 1, 2026",
]  # fmt: skip
REFUSED_BY_THE_CALENDAR_ONLY = {
    "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
    "2000-01-01T00:00:00+00:01", "2100-12-31T23:00:00-01:00",
}  # fmt: skip


def observed(value: object) -> object:
    record = judge("availability", valid("availability", observed_at=value)).record
    return record and record["observed_at"]


def re2_matches(text: str) -> bool:
    query = "select regexp_full_match($text, $pattern)"
    row = duckdb.execute(query, {"text": text, "pattern": PATTERN}).fetchone()
    assert row is not None
    return bool(row[0])


@pytest.mark.parametrize(("text", "instant"), TAKEN.items())
def test_a_time_with_an_offset_is_taken_as_the_instant_it_names(
    text: str, instant: datetime
) -> None:
    taken = observed(text)
    assert taken == instant
    assert isinstance(taken, datetime)
    assert taken.tzinfo is UTC
    assert re2_matches(text)


@pytest.mark.parametrize("text", REFUSED)
def test_any_other_spelling_is_refused(text: str) -> None:
    verdict = judge("availability", valid("availability", observed_at=text))
    assert [(fault.field, fault.rule) for fault in verdict.faults] == [("observed_at", "instant")]
    assert re2_matches(text) is (text in REFUSED_BY_THE_CALENDAR_ONLY)


@pytest.mark.parametrize(
    "value", [1780306200, 1780306200.0, True, [], {}, ["2026-06-01T09:30:00Z"]]
)
def test_a_time_that_is_not_text_is_refused(value: object) -> None:
    assert observed(value) is None


@given(
    st.datetimes(
        min_value=datetime(2000, 1, 2),  # noqa: DTZ001
        max_value=datetime(2100, 12, 30),  # noqa: DTZ001
        timezones=st.builds(
            timezone, st.integers(-1439, 1439).map(lambda minutes: timedelta(minutes=minutes))
        ),
    )
)
def test_an_aware_datetime_and_its_text_are_the_same_instant(moment: datetime) -> None:
    assert observed(moment) == observed(moment.isoformat()) == moment


def test_a_naive_datetime_is_refused() -> None:
    assert observed(datetime(2026, 6, 1)) is None  # noqa: DTZ001


def test_an_aware_datetime_outside_the_years_is_refused() -> None:
    assert observed(datetime(1999, 12, 31, tzinfo=UTC)) is None
    assert observed(datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))) is None
    assert observed(datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))) is None


def test_a_timestamp_of_a_data_frame_becomes_a_plain_datetime_or_is_refused_when_finer() -> None:
    stamp = pd.Timestamp("2026-06-01T09:30:00.000001+02:00")
    taken = observed(stamp)
    assert type(taken) is datetime
    assert taken == stamp
    assert observed(stamp + pd.Timedelta(1, "ns")) is None
