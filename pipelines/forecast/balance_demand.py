"""The demand on each balance as of instants up to now, as curves a runway can be read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from pipelines.forecast.demand import (
    Demand,
    demand,
    demand_back_test,
    horizon_days,
)
from pipelines.forecast.history import History, covered
from pipelines.forecast.ladder import FOLDS, BackTest
from pipelines.forecast.local_hours import CELLS, Ints, LocalHours
from pipelines.forecast.outflows import Outflows
from pipelines.forecast.rounding import money
from pipelines.forecast.rungs import LEAST_HISTORY_DAYS, LEAST_REFERENCE_DAYS
from pipelines.forecast.seasons import Seasons, seasons
from pipelines.forecast.shapes import DemandHour
from pipelines.forecast.top_up import AT_LEVEL, CAUTIOUS_LEVEL, EXPECTED, EXPECTED_LEVEL, Outlook
from pipelines.windows import load_zone

_HOUR = timedelta(hours=1)


class BalanceDemand:
    """Forecasts the net outflow of each currency; the back-test is made once."""

    def __init__(self, outflows: Outflows, as_of: datetime, since: datetime) -> None:
        """Forecast as of instants from `since` to `as_of`."""
        self._outflows = outflows
        self._as_of = as_of
        whole = covered(outflows.history)
        count = whole.shape[1]
        self._first_whole = np.where(whole.any(axis=1), whole.argmax(axis=1), count)
        first, last = self._tested_until(since), self._tested_until(as_of)
        self.tested: BackTest = demand_back_test(outflows.history, last, FOLDS + last - first)
        self._rungs: dict[int, Ints] = {}
        self._moved: dict[int, tuple[History, Seasons]] = {}
        self._drawn: dict[tuple[str, datetime], tuple[Demand, tuple[datetime, ...]]] = {}

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies, in the order of the back-test's series."""
        return self._outflows.currencies

    def cells(self, series: int) -> LocalHours:
        """Return the cells of local time in which the days of a series are kept."""
        return self._outflows.cells(series)

    def zone(self, currency: str) -> str:
        """Return the zone of the currency's days."""
        return self._outflows.zones[self.series(currency)]

    def rung(self, currency: str) -> int:
        """Return the rung in use."""
        return int(self.rungs(self._as_of)[self.series(currency)])

    def rungs(self, at: datetime) -> Ints:
        """Return S: the rung in use at an instant, by forecasts that were over before its date."""
        until = self._tested_until(at)
        if until not in self._rungs:
            self._rungs[until] = self.tested.rung_of(until)
        return self._rungs[until]

    def moved(self, hour: int) -> tuple[History, Seasons]:
        """Return the history by days that begin at a clock hour, and what is usual in it."""
        if hour not in self._moved:
            history = self._outflows.history.from_hour(hour)
            self._moved[hour] = (history, seasons(history))
        return self._moved[hour]

    def horizon_days(self, series: int, number: int) -> int:
        """Return how many days ahead are forecast on a date."""
        return horizon_days(number - int(self._first_whole[series]))

    def enough_at(self, currency: str) -> datetime | None:
        """Return when there will be enough history; None where there is."""
        series = self.series(currency)
        if self.is_enough(series, self.place(series, self._as_of)[0]):
            return None if self.has_references(currency, self._as_of) else self._day(series, 1)
        enough = int(self._first_whole[series]) + LEAST_HISTORY_DAYS
        return self._outflows.cells(series).begins(enough)

    def is_enough(self, series: int, number: int) -> bool:
        """Return whether enough days were over before a date."""
        return number >= int(self._first_whole[series]) + LEAST_HISTORY_DAYS

    def has_references(self, currency: str, at: datetime) -> bool:
        """Return whether there was enough history at an instant, and enough of it was whole."""
        series = self.series(currency)
        if not self.is_enough(series, self.place(series, at)[0]):
            return False
        return bool(self._demand(currency, at)[0].references[0] >= LEAST_REFERENCE_DAYS)

    def outlook(
        self,
        currency: str,
        at: datetime,
        level: Decimal,
        *,
        growth: Decimal,
        coming: Sequence[tuple[datetime, float]],
    ) -> Outlook:
        """Return the demand from an instant on, net of what is `coming`: times and amounts."""
        drawn, ends = self._demand(currency, at)
        known = np.zeros(len(ends))
        for usable_at, amount in coming:
            known += amount * np.array([end >= usable_at for end in ends])
        factor = 1 + float(growth)
        levels = np.array([EXPECTED_LEVEL, CAUTIOUS_LEVEL, float(level)])
        scaled = replace(drawn, paths=drawn.paths * factor, hourly=drawn.hourly * factor)
        gross = scaled.gross(levels)[:, 0]
        most = scaled.most(known[None, :], levels)[:, 0]
        return Outlook(at, ends, gross, gross - known, most, scaled.hourly[0])

    def fan(self, currency: str, level: Decimal, growth: Decimal) -> tuple[DemandHour, ...]:
        """Return the demand by hour, whatever is coming."""
        free = self.outlook(currency, self._as_of, level, growth=growth, coming=())
        hours = zip(free.ends, free.gross[EXPECTED], free.gross[AT_LEVEL], strict=True)
        return tuple(DemandHour(at, money(low), money(high)) for at, low, high in hours)

    def _demand(self, currency: str, at: datetime) -> tuple[Demand, tuple[datetime, ...]]:
        if (currency, at) not in self._drawn:
            self._drawn[currency, at] = self._draw(currency, at)
        return self._drawn[currency, at]

    def _draw(self, currency: str, at: datetime) -> tuple[Demand, tuple[datetime, ...]]:
        series = self.series(currency)
        number, hour, passed = self.place(series, at)
        history, usual = self.moved(hour)
        days = self.horizon_days(series, number)
        rungs = self.rungs(at)[series : series + 1]
        ends = self._ends(series, number * CELLS + hour, days * CELLS)
        own = history.only(series), usual.only(series)
        return demand(*own, number, days, passed, rungs), ends

    def _ends(self, series: int, first_cell: int, count: int) -> tuple[datetime, ...]:
        """Return when each of some cells ends; a cell that the date lacks ends as it begins."""
        cells = self._outflows.cells(series)
        passed = np.cumsum(cells.hours.ravel())[first_cell : first_cell + count]
        return tuple(cells.start + float(hours) * _HOUR for hours in passed)

    def place(self, series: int, at: datetime) -> tuple[int, int, float]:
        """Return the local date's number, the clock hour, and the share of it that is over."""
        local = at.astimezone(load_zone(self._outflows.zones[series]))
        number = (local.date() - self._outflows.dates.first).days
        return number, local.hour, (local.minute * 60 + local.second) / 3600

    def _tested_until(self, at: datetime) -> int:
        """Return the first date whose 24 hours from any hour on may not be over at an instant."""
        series = range(len(self._outflows.currencies))
        return min(self.place(one, at)[0] for one in series) - 1

    def _day(self, series: int, ahead: int) -> datetime:
        number = self.place(series, self._as_of)[0]
        return self._outflows.cells(series).begins(number + ahead)

    def series(self, currency: str) -> int:
        """Return the number of a currency's series."""
        return self._outflows.currencies.index(currency)
