"""What happened, as arrays: the flow of each series by local date and clock hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from pipelines.forecast.local_hours import CELLS, Bools, Floats, Ints

_WHOLE_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class History:
    """Flows of S series on D consecutive dates, in float64 of each series' own currency."""

    first: date
    flows: Floats
    """S, D, 24: what flowed in each cell; 0 where that is not known."""

    known: Floats
    """S, D, 24: hours of the cell whose flow is known."""

    hours: Floats
    """S, D, 24: hours of the cell by the calendar."""

    order: Floats
    """S, D: the mean amount of one order before each date, by which noise of few orders is judged;
    0 where there was none."""

    @property
    def weekdays(self) -> Ints:
        """D: 0 is Monday."""
        return (self.first.weekday() + np.arange(self.flows.shape[1])) % 7

    @property
    def first_known(self) -> Ints:
        """S: the number of the first date of which anything is known; D where there is none."""
        some = self.known.sum(axis=2) > 0
        first: Ints = np.where(some.any(axis=1), some.argmax(axis=1), some.shape[1])
        return first

    def only(self, series: int) -> History:
        """Return the history of one series."""
        here = slice(series, series + 1)
        return History(
            self.first, self.flows[here], self.known[here], self.hours[here], self.order[here]
        )

    def since(self, number: int) -> History:
        """Return the history from date `number` on."""
        return History(
            self.first + number * timedelta(days=1),
            self.flows[:, number:],
            self.known[:, number:],
            self.hours[:, number:],
            self.order[:, number:],
        )

    def from_hour(self, hour: int) -> History:
        """Return the same flows by days that begin `hour` hours of the clock into each date."""
        if hour == 0:
            return self
        shape = (len(self.order), -1, CELLS)

        def shifted(cells: Floats) -> Floats:
            flat = cells.reshape(shape[0], -1)
            moved = np.concatenate([flat[:, hour:], np.zeros((shape[0], hour))], axis=1)
            return moved.reshape(shape)

        return History(
            self.first, shifted(self.flows), shifted(self.known), shifted(self.hours), self.order
        )


def covered(history: History) -> Bools:
    """Return S, D: whether at least nine tenths of a date are known."""
    hours = history.hours.sum(axis=2)
    whole: Bools = (history.known.sum(axis=2) >= _WHOLE_SHARE * hours) & (hours > 0)
    return whole
