"""What rules are judged by is what the metric files say, at every instant.

Goal: counts, cohorts, stocks and shares on the grid equal the utilization rows of a window ending
there, with that instant as the as-of. Method: a build of the sample is asked both ways at instants
drawn at random, around the planted events too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest

from pipelines.books.ageing import reserved_ageing_table
from pipelines.books.exceptions import exceptions_table
from pipelines.findings.frames import CurrencyFrame, Frame
from pipelines.findings.grid import Grid, slots_of
from pipelines.findings.signals import Choices, Signals
from pipelines.findings.stocks import LEDGER_KINDS
from pipelines.serving import Build
from pipelines.utilization import windows_table
from pipelines.windows import QUARTER_HOUR, Window

START = datetime(2026, 5, 20, tzinfo=UTC)
COUNT = 40 * 96
LENGTHS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))
COUNTS = (
    "quote_requests",
    "firm_quotes",
    "unavailable_quotes",
    "errored_quotes",
    "failed_quote_attempts",
    "limit_errors",
    "balance_errors",
    "transact_conflicts",
    "trades_created",
    "accepted_quotes",
    "expired_quotes",
)
_RANDOM = Random(5)
MOMENTS = [
    datetime(2026, 6, 17, 11, 15, tzinfo=UTC),
    datetime(2026, 6, 26, 14, tzinfo=UTC),
    *(START + _RANDOM.randrange(900, COUNT) * QUARTER_HOUR for _ in range(6)),
]


@pytest.fixture(scope="module")
def signals(told: Build) -> Signals:
    return Signals(told.connection, Grid(START, COUNT), Choices())


def rows(build: Build, end: datetime, length: timedelta) -> dict[str, dict[str, Any]]:
    table = windows_table(build.connection, [Window(end - length, end, "now")], as_of=end)
    return {row["pool_id"]: row for row in table.to_pylist()}


@pytest.mark.parametrize("length", LENGTHS, ids=str)
@pytest.mark.parametrize("end", MOMENTS, ids=str)
def test_counts_are_those_of_the_utilization_rows(
    told: Build, signals: Signals, end: datetime, length: timedelta
) -> None:
    index, expected = signals.grid.index(end), rows(told, end, length)
    for name in COUNTS:
        found = signals.total(name, slots_of(length))[:, index]
        for row, pool in enumerate(signals.pools):
            assert found[row] == expected[pool][name], (name, pool)
    ended = signals.total("ended_quotes", slots_of(length))[:, index]
    for row, pool in enumerate(signals.pools):
        assert ended[row] == expected[pool]["firm_quotes"] - expected[pool]["open_quotes"]


@pytest.mark.parametrize("end", MOMENTS, ids=str)
def test_stocks_are_those_of_the_utilization_rows(
    told: Build, signals: Signals, end: datetime
) -> None:
    index, expected = signals.grid.index(end), rows(told, end, timedelta(days=1))
    pools, currencies = Frame(signals, {}), CurrencyFrame(signals, {})
    for row, pool in enumerate(signals.pools):
        for name in ("reserved_count", "oldest_reserved_age_s"):
            found = pools.stock(name)[row, index]
            assert (None if np.isnan(found) else int(found)) == expected[pool][name], (name, pool)
        used = pools.stock("quote_utilization_24h")[row, index]
        assert round(used, 5) == pytest.approx(float(expected[pool]["quote_utilization"]), abs=2e-5)
    for row, currency in enumerate(signals.currencies):
        mine = [one for one in expected.values() if one["currency"] == currency]
        available = currencies.stock("balance_available")[row, index]
        assert available == float(mine[0]["balance_available"])
        together = sum(float(one["reserved_notional"]) for one in mine)
        share = currencies.stock("reserved_utilization")[row, index]
        assert share == pytest.approx(together / available)


@pytest.mark.parametrize("end", MOMENTS, ids=str)
def test_minutes_are_those_of_the_utilization_rows(
    told: Build, signals: Signals, end: datetime
) -> None:
    index, expected = signals.grid.index(end), rows(told, end, timedelta(hours=6))
    names = {
        "available_minutes": "availability_minutes",
        "unavailable_minutes": "unavailable_minutes",
    }
    for mine, theirs in names.items():
        found = signals.total(mine, slots_of(timedelta(hours=6)))[:, index]
        for row, pool in enumerate(signals.pools):
            assert found[row] == pytest.approx(float(expected[pool][theirs]), abs=1e-6)


@pytest.mark.parametrize("end", MOMENTS, ids=str)
def test_trades_held_long_are_those_of_the_ageing(
    told: Build, signals: Signals, end: datetime
) -> None:
    index, frame = signals.grid.index(end), Frame(signals, {})
    for name, hours in (("long_reserved_trades", 1), ("day_reserved_trades", 24)):
        bound = timedelta(hours=hours)
        ages = reserved_ageing_table(told.connection, as_of=end, bounds=(bound,)).to_pylist()
        old = {row["pool_id"]: row["reserved_count"] for row in ages if row["up_to_s"] is None}
        for row, pool in enumerate(signals.pools):
            assert frame.stock(name)[row, index] == old.get(pool, 0)


@pytest.mark.parametrize("end", MOMENTS, ids=str)
def test_open_exceptions_are_those_that_are_listed(
    told: Build, signals: Signals, end: datetime
) -> None:
    index, frame = signals.grid.index(end), Frame(signals, {})
    listed = exceptions_table(
        told.connection, as_of=end, kinds=LEDGER_KINDS, states=["open"]
    ).to_pylist()
    for row, pool in enumerate([*signals.pools, None]):
        expected = sum(one["pool_id"] == pool for one in listed)
        assert frame.stock("open_ledger_exceptions")[row, index] == expected


def test_what_no_window_can_know_yet_is_not_known(signals: Signals) -> None:
    found = signals.total("quote_requests", slots_of(timedelta(days=1)))
    assert np.isnan(found[:, : slots_of(timedelta(days=1))]).all()
    assert np.isfinite(found[:, slots_of(timedelta(days=1)) + 1 :]).all()
