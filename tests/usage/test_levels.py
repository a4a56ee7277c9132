"""The daily band as it fills up: what counts against it, and the band that was in force.

Goal: each window tells the numerator and the band of its own local day, a raise shows from the day
it holds, and a band of a whole currency is used by all its pools. Method: limits and trades by
hand, in a zone whose days are not UTC's.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from pipelines.lanes import read_lanes
from pipelines.usage.levels import LIMIT_PARTS, band_levels_table
from pipelines.utilization import windows_table
from pipelines.windows import Window, calendar_windows, parse_instant
from tests.metrics.conftest import POOL, Serving

AS_OF = parse_instant("2026-06-12T12:00:00Z")


@pytest.fixture
def serving() -> Iterator[Serving]:
    database = Serving()
    yield database
    database.connection.close()


def days(zone: str = "Europe/Paris") -> list[Window]:
    first, last = parse_instant("2026-06-10T10:00:00Z"), parse_instant("2026-06-12T10:00:00Z")
    return calendar_windows("day", first, last, zone)


def levels(serving: Serving, windows: list[Window], *pools: str) -> list[dict[str, Any]]:
    table = band_levels_table(serving.connection, windows, as_of=AS_OF, pools=pools or (POOL,))
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def test_a_raise_shows_from_the_local_day_that_begins_with_it(serving: Serving) -> None:
    serving.program("p", "Europe/Paris")
    raised = "2026-06-10T22:00:00Z"
    serving.limit("daily_band", "1000", pool=POOL, end=raised)
    serving.limit("daily_band", "1500", pool=POOL, start=raised)
    serving.trade("2026-06-10T21:45:00Z", "100")
    serving.trade("2026-06-10T22:00:00Z", "300")

    shown = [(row["daily_band_used"], row["daily_band_limit"]) for row in levels(serving, days())]

    assert shown == [(100, 1000), (300, 1500), (0, 1500)]


def test_a_released_trade_gives_its_room_back_within_the_day(serving: Serving) -> None:
    serving.program("p", "UTC")
    serving.limit("daily_band", "1000", pool=POOL)
    serving.trade("2026-06-12T08:00:00Z", "400", released="2026-06-12T08:30:00Z")
    serving.trade("2026-06-12T08:15:00Z", "700")
    quarters = calendar_windows(
        "15m", parse_instant("2026-06-12T08:00:00Z"), parse_instant("2026-06-12T08:45:00Z"), "UTC"
    )

    rows = levels(serving, quarters)

    assert [row["daily_band_used"] for row in rows] == [400, 1100, 700]
    assert [row["daily_band_room"] for row in rows] == [600, -100, 300]
    assert [row["daily_band_usage"] for row in rows] == [
        Decimal("0.400000"),
        Decimal("1.100000"),
        Decimal("0.700000"),
    ]


def test_a_band_of_the_currency_is_used_by_all_its_pools(serving: Serving) -> None:
    serving.program("p", "UTC", pools=(POOL, "EUR-USDC"))
    serving.limit("daily_band", "1000")
    serving.trade("2026-06-11T08:00:00Z", "400")
    serving.trade("2026-06-11T08:00:00Z", "50", pool="EUR-USDC")

    (_, row, _) = levels(serving, days("UTC"))

    assert (row["daily_band_used"], row["daily_band_is_shared"]) == (450, True)


def test_without_a_band_the_use_is_told_and_no_ratio(serving: Serving) -> None:
    serving.trade("2026-06-11T08:00:00Z", "400")

    (_, row, _) = levels(serving, days("UTC"))

    assert row["daily_band_used"] == 400
    assert (row["daily_band_limit"], row["daily_band_room"], row["daily_band_usage"]) == (None,) * 3


def test_every_limit_tells_what_is_used_of_it_and_what_is_left(serving: Serving) -> None:
    for name in ("daily_band", "velocity_24h", "max_order"):
        serving.limit(name, "1000")
    serving.trade("2026-06-11T08:00:00Z", "400")
    serving.trade("2026-06-11T09:00:00Z", "250")

    table = windows_table(serving.connection, days("UTC"), as_of=AS_OF, parts=LIMIT_PARTS)
    row = table.to_pylist()[1]

    assert [row[name] for name in LIMIT_PARTS] == [650, 1000, 350, 650, 1000, 350, 400, 1000, 600]


def test_each_pool_has_the_zone_its_band_resets_in(serving: Serving) -> None:
    serving.program("a", "Europe/Paris", pools=("EUR-USDC",))
    serving.program("b", "America/Sao_Paulo", pools=("BRL-USDT",))
    serving.lane("EUR-USDC", "EUR")
    serving.lane("BRL-USDT", "BRL")

    assert read_lanes(serving.connection, AS_OF).zone_of == {
        "BRL-USDT": "America/Sao_Paulo",
        "EUR-USDC": "Europe/Paris",
    }
