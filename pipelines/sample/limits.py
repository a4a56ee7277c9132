"""The operator's daily bands at work: what a pool may still trade in its local day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from pipelines.sample.partners import Lane, Pool, limits_of, round_figure
from pipelines.sample.quotes import BAND_BOUND, ERRORED, FIRM, Quotes
from pipelines.sample.stories import STORIES, Calendar
from pipelines.sample.text import Ints, Mask

RAISE_FACTOR = 1.4


def fitting(cents: Ints, room: int) -> Mask:
    """Which of these amounts fit into `room` when each takes its place in turn."""
    fits = np.zeros(len(cents), dtype=np.bool_)
    taken = np.cumsum(cents)
    first = int(np.searchsorted(taken, room, "right"))
    fits[:first] = True
    room -= int(taken[first - 1]) if first else 0
    for row, amount in enumerate(cents[first:].tolist(), first):
        if room < 1_000:  # the smallest order of all pools
            break
        if amount <= room:
            fits[row] = True
            room -= amount
    return fits


def local_midnights(zone: str, calendar: Calendar) -> Ints:
    """The UTC milliseconds at which the local days begin, from two days before the first."""
    tz = ZoneInfo(zone)
    days = [calendar.first + timedelta(days=n) for n in range(-2, calendar.days + 2)]
    starts = [datetime.combine(day, time(), tz).astimezone(UTC) for day in days]
    return np.array([round(start.timestamp() * 1_000) for start in starts], dtype=np.int64)


def raised_band(lane: Lane, pool: Pool) -> int:
    """The daily band after the raise, in cents."""
    return round_figure(limits_of(lane, pool).daily_band * RAISE_FACTOR)


class Bands:
    """The bands of one lane, and what each local day has used of them so far."""

    def __init__(self, lane: Lane, calendar: Calendar) -> None:
        self._lane = lane
        self._midnights = [local_midnights(pool.time_zone, calendar) for pool in lane.pools]
        self._raised_at = calendar.span("band_raised")[0]
        self._used: dict[tuple[int, int], int] = {}
        self._bound_at: dict[tuple[int, int], int] = {}

    def _band(self, pool: int, day: int) -> int:
        shape = self._lane.pools[pool]
        raised = self._midnights[pool][day] >= self._raised_at
        if shape.pool_id == STORIES["band_raised"].pool_id and raised:
            return raised_band(self._lane, shape)
        return limits_of(self._lane, shape).daily_band

    def refused(self, quotes: Quotes, rows: Ints, created: Ints, mood: Ints) -> Mask:
        """Which of the accepted quotes `rows` (by `created`) the band refuses.

        Once a day's band is bound, seven in ten firm requests are not even quoted: those of
        `quotes` are changed into errors here.
        """
        refused = np.zeros(len(rows), dtype=np.bool_)
        for pool in range(len(self._lane.pools)):
            mine = quotes.pool[rows] == pool
            days = np.searchsorted(self._midnights[pool], created, "right") - 1
            for day in np.unique(days[mine]).tolist():
                chosen = np.flatnonzero(mine & (days == day))
                accepted = rows[chosen], created[chosen]
                refused[chosen] = self._day(quotes, accepted, (pool, day), mood)
        return refused

    def _day(
        self, quotes: Quotes, accepted: tuple[Ints, Ints], key: tuple[int, int], mood: Ints
    ) -> Mask:
        rows, created = accepted
        cents = quotes.cents[rows]
        room = self._band(*key) - self._used.get(key, 0)
        if key not in self._bound_at:
            first = int(np.searchsorted(np.cumsum(cents), room, "right"))
            if first < len(rows):
                self._bound_at[key] = int(created[first])
        if key in self._bound_at:
            self._stop_quoting(quotes, key, mood)
        still = quotes.kind[rows] == FIRM
        fits = np.zeros(len(rows), dtype=np.bool_)
        fits[still] = fitting(cents[still], room)
        self._used[key] = self._used.get(key, 0) + int(cents[fits].sum())
        return ~fits

    def _stop_quoting(self, quotes: Quotes, key: tuple[int, int], mood: Ints) -> None:
        pool, day = key
        midnight = self._midnights[pool]
        after = (quotes.at > self._bound_at[key]) & (quotes.at < midnight[day + 1])
        stopped = after & (quotes.pool == pool) & (quotes.kind == FIRM) & (mood % 10 < 7)
        quotes.kind[stopped] = ERRORED
        quotes.fault[stopped] = BAND_BOUND
