"""Hours add up to weeks without counting twice, and peaks are the fullest hours.

Goal: an hour of the week holds exactly the figures of its counted hours, its utilization is that
of all of them together, a refused call counts once for a pool of two currencies, and hours nothing
is known of are not counted as empty. Method: events by hand, and the rows of the metric layer for
the same hours beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from pipelines.usage.hours import HourlyUsage, hourly_usage
from pipelines.utilization import windows_table
from pipelines.windows import Window, calendar_windows, parse_instant
from tests.metrics.conftest import POOL, Serving

FIRST, AS_OF = parse_instant("2026-06-01T00:00:00Z"), parse_instant("2026-06-15T00:00:00Z")
MONDAYS = ("2026-06-01", "2026-06-08")
ALL = Window(FIRST, AS_OF, "period")


@pytest.fixture
def serving() -> Iterator[Serving]:
    database = Serving()
    yield database
    database.connection.close()


def usage(
    serving: Serving,
    zone: str = "UTC",
    *,
    period: Window = ALL,
    as_of: datetime = AS_OF,
    known_from: datetime | None = FIRST,
    pools: tuple[str, ...] = (POOL,),
) -> HourlyUsage:
    return hourly_usage(
        serving.connection,
        calendar_windows("1h", FIRST, AS_OF, zone),
        period=period,
        zone=zone,
        as_of=as_of,
        known_from=known_from,
        pools=pools,
    )


def cell(
    found: HourlyUsage, weekday: int, hour: int, pool: str | None = POOL
) -> dict[str, Any] | None:
    asked = {"weekday": weekday, "clock_hour": hour, "pool_id": pool}
    rows = found.by_week.to_pylist()
    return next((row for row in rows if asked.items() <= row.items()), None)


def test_an_hour_of_the_week_is_the_utilization_of_all_such_hours(serving: Serving) -> None:
    serving.limit("daily_band", "1000", end="2026-06-08T00:00:00Z")
    serving.limit("daily_band", "3000", start="2026-06-08T00:00:00Z")
    for day, amount in zip(MONDAYS, ("100", "500"), strict=True):
        serving.trade(f"{day}T09:00:00Z", amount, settled=f"{day}T09:15:00Z")
        serving.quotes(f"{day}T09:30:00Z", firm=3)

    row = cell(usage(serving), 1, 9)

    assert row is not None
    assert (row["hours"], row["quote_requests"]) == (2, 6)
    assert (row["settled_volume"], row["approved_band"]) == (600, 4000)
    assert row["execution_utilization"] == Decimal("0.150000")


@pytest.mark.parametrize(
    ("zone", "weekday", "hour"),
    [("UTC", 1, 22), ("Asia/Kolkata", 2, 4), ("America/New_York", 1, 18)],
)
def test_the_week_is_that_of_the_zones_clock(
    serving: Serving, zone: str, weekday: int, hour: int
) -> None:
    serving.quotes("2026-06-08T22:45:00Z", firm=1)

    found = usage(serving, zone)

    with_requests = [row for row in found.by_week.to_pylist() if row["quote_requests"]]
    assert {(row["weekday"], row["clock_hour"]) for row in with_requests} == {(weekday, hour)}


def test_every_figure_is_the_sum_of_the_metric_layers_hours(serving: Serving) -> None:
    serving.limit("daily_band", "1000")
    for number in range(40):
        at = f"2026-06-{1 + number % 13:02}T{number * 7 % 24:02}:15:00Z"
        serving.quotes(at, firm=number, errored=2, limit_errored=1)
        serving.errors(at, limit=number % 3)
    hours = calendar_windows("1h", FIRST, AS_OF, "UTC")
    rows = windows_table(serving.connection, hours, as_of=AS_OF).to_pylist()

    found = usage(serving).by_week.to_pylist()

    for figure in ("quote_requests", "limit_errors"):
        added = sum(row[figure] for row in rows)
        assert sum(row[figure] for row in found if row["pool_id"] == POOL) == added > 0
        assert sum(row[figure] for row in found if row["pool_id"] is None) == added


def test_a_refused_call_of_a_pool_with_two_currencies_counts_once(serving: Serving) -> None:
    serving.quotes("2026-06-08T09:00:00Z", errored=1, limit_errored=1)
    serving.quotes("2026-06-08T09:00:00Z", currency="USD", errored=1, limit_errored=1)
    serving.errors("2026-06-08T09:30:00Z", limit=5)

    found = usage(serving)
    together = cell(found, 1, 9, None)

    assert together is not None
    assert together["limit_errors"] == 7
    assert together["settled_volume"] is None
    assert [row["limit_errors"] for row in found.by_week.to_pylist() if row["limit_errors"]] == [
        6,
        6,
        7,
    ]


def test_hours_before_the_first_record_and_the_hour_still_open_are_not_counted(
    serving: Serving,
) -> None:
    serving.quotes("2026-06-08T09:00:00Z", firm=1)

    known = parse_instant("2026-06-08T09:00:00Z")
    found = usage(serving, as_of=parse_instant("2026-06-08T11:30:00Z"), known_from=known)

    counted = [row for row in found.by_week.to_pylist() if row["pool_id"] == POOL]
    assert [(row["weekday"], row["clock_hour"]) for row in counted] == [(1, 9), (1, 10)]
    assert usage(serving, known_from=None).by_week.num_rows == 0


def test_a_day_without_a_band_leaves_the_hours_utilization_unknown(serving: Serving) -> None:
    serving.limit("daily_band", "1000", start="2026-06-08T00:00:00Z")
    serving.trade("2026-06-08T09:00:00Z", "100", settled="2026-06-08T09:15:00Z")

    row = cell(usage(serving), 1, 9)

    assert row is not None
    assert row["execution_utilization"] is None
    assert row["settled_volume"] == 100


def test_the_peak_is_the_fullest_hour_of_the_period_and_the_first_of_several(
    serving: Serving,
) -> None:
    serving.limit("daily_band", "1000")
    serving.trade("2026-06-02T09:00:00Z", "900")
    for day in ("2026-06-08", "2026-06-09"):
        serving.trade(f"{day}T09:00:00Z", "400")
    period = Window(parse_instant("2026-06-08T00:00:00Z"), AS_OF, "period")

    (peak,) = usage(serving, period=period).peaks.to_pylist()

    assert (peak["limit_name"], peak["peak_usage"]) == ("daily_band", Decimal("0.400000"))
    assert peak["peak_at"] == parse_instant("2026-06-08T10:00:00Z")
