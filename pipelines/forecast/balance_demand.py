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
from pipelines.forecast.history import covered
from pipelines.forecast.ladder import BackTest
from pipelines.forecast.local_hours import CELLS, LocalHours
from pipelines.forecast.outflows import Outflows
from pipelines.forecast.rounding import money
from pipelines.forecast.rungs import LEAST_HISTORY_DAYS, LEAST_REFERENCE_DAYS
from pipelines.forecast.seasons import seasons
from pipelines.forecast.shapes import DemandHour
from pipelines.forecast.top_up import AT_LEVEL, EXPECTED, Outlook
from pipelines.windows import load_zone

_HOUR = timedelta(hours=1)


class BalanceDemand:
    """Forecasts the net outflow of each currency; the back-test is made once."""

    def __init__(self, outflows: Outflows, as_of: datetime) -> None:
        self._outflows = outflows
        self._as_of = as_of
        whole = covered(outflows.history)
        count = whole.shape[1]
        self._first_whole = np.where(whole.any(axis=1), whole.argmax(axis=1), count)
        numbers = [self._place(series, as_of)[0] for series in range(len(outflows.currencies))]
        self.tested: BackTest = demand_back_test(outflows.history, min(numbers) - 1)
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
        return self._outflows.zones[self._series(currency)]

    def rung(self, currency: str) -> int:
        """Return the rung in use."""
        return int(self.tested.rung_of(int(self.tested.numbers[-1]) + 1)[self._series(currency)])

    def enough_at(self, currency: str) -> datetime | None:
        """Return when there will be enough history; None where there is."""
        series = self._series(currency)
        enough = int(self._first_whole[series]) + LEAST_HISTORY_DAYS
        number = self._place(series, self._as_of)[0]
        if number >= enough:
            return None if self.has_references(currency, self._as_of) else self._day(series, 1)
        return self._outflows.cells(series).begins(enough)

    def has_references(self, currency: str, at: datetime) -> bool:
        """Return whether there was enough history at an instant, and enough of it was whole."""
        series = self._series(currency)
        first = int(self._first_whole[series])
        if self._place(series, at)[0] < first + LEAST_HISTORY_DAYS:
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
        levels = np.array([0.5, 0.9, float(level)])
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
        series = self._series(currency)
        number, hour, passed = self._place(series, at)
        history = self._outflows.history.only(series).from_hour(hour)
        days = horizon_days(number - int(self._first_whole[series]))
        rungs = self.tested.rung_of(number)[series : series + 1]
        ends = self._ends(series, number * CELLS + hour, days * CELLS)
        return demand(history, seasons(history), number, days, passed, rungs), ends

    def _ends(self, series: int, first_cell: int, count: int) -> tuple[datetime, ...]:
        """Return when each of some cells ends; a cell that the date lacks ends as it begins."""
        cells = self._outflows.cells(series)
        passed = np.cumsum(cells.hours.ravel())[first_cell : first_cell + count]
        return tuple(cells.start + float(hours) * _HOUR for hours in passed)

    def _place(self, series: int, at: datetime) -> tuple[int, int, float]:
        """Return the local date's number, the clock hour, and the share of it that is over."""
        local = at.astimezone(load_zone(self._outflows.zones[series]))
        number = (local.date() - self._outflows.dates.first).days
        return number, local.hour, (local.minute * 60 + local.second) / 3600

    def _day(self, series: int, ahead: int) -> datetime:
        number = self._place(series, self._as_of)[0]
        return self._outflows.cells(series).begins(number + ahead)

    def _series(self, currency: str) -> int:
        return self._outflows.currencies.index(currency)
