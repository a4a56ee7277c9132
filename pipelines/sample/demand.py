"""When quotes are asked for: weekdays, hours, a trend, and one evening of extraordinary demand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from pipelines.sample.partners import Lane, Pool, limits_of
from pipelines.sample.stories import MINUTE_MS, STORIES, Calendar, epoch_ms
from pipelines.sample.text import DAY_MS, Ints

Weights: TypeAlias = npt.NDArray[np.float64]

_QUOTES_AT_ONCE = 65_536
_WORKING_DAYS = (1.02, 1.06, 1.08, 1.14, 1.22)
_GROWTH = 0.14  # from the first day to the last


def _hours(pool: Pool, day: date) -> Weights:
    """The share of each minute of a UTC day, from the pool's local habits."""
    noon = datetime.combine(day, time(12), UTC)
    offset = noon.astimezone(ZoneInfo(pool.time_zone)).utcoffset()
    shift = 0 if offset is None else round(offset.total_seconds() / 60)
    hour = ((np.arange(1440) + shift) % 1440) / 60
    weight = np.full(1440, 0.22)
    for peak, height in zip(pool.peaks, (1.0, 0.8), strict=True):
        away = np.abs(hour - peak)
        weight += height * np.exp(-(np.minimum(away, 24 - away) ** 2) / 8)
    share: Weights = weight / weight.sum()
    return share


def _surge(lane: Lane, pool: Pool, usual: Weights, minutes: slice) -> float:
    """By how much demand multiplies so that the day would use 1.7 of its band."""
    limits = limits_of(lane, pool)
    evening = float(usual[minutes].sum())
    wanted = 1.7 * limits.daily_band / limits.expected_day
    return max(2.0, (wanted - (1 - evening)) / evening)


def _day_weights(lane: Lane, calendar: Calendar, number: int) -> Weights:
    """Pools by minutes: the expected share of quotes, against an average day of 1."""
    day = calendar.day(number)
    trend = 1 + _GROWTH * ((number + 0.5) / calendar.days - 0.5)
    rows = []
    begin, finish = calendar.span("band_binds")
    for pool in lane.pools:
        working = (5 + 2 * pool.weekend) / 7
        level = _WORKING_DAYS[day.weekday()] if day.weekday() < 5 else pool.weekend
        row = _hours(pool, day)
        if pool.pool_id == STORIES["band_binds"].pool_id and begin // DAY_MS * DAY_MS == epoch_ms(
            day
        ):
            minutes = slice(begin % DAY_MS // MINUTE_MS, (finish - 1) % DAY_MS // MINUTE_MS + 1)
            row[minutes] *= _surge(lane, pool, row, minutes)
        rows.append(row * lane.share(pool) * trend * level / working)
    return np.array(rows)


def quotes_by_day(lane: Lane, calendar: Calendar) -> list[int]:
    """How many quotes each day has; they sum to exactly days times `quotes_per_day`."""
    days = range(calendar.days)
    weight = np.array([_day_weights(lane, calendar, number).sum() for number in days])
    upto = np.rint(np.cumsum(weight) / weight.sum() * lane.quotes_per_day * calendar.days)
    return [int(count) for count in np.diff(upto, prepend=0.0)]


def slices(
    lane: Lane, calendar: Calendar, number: int, count: int, rng: np.random.Generator
) -> Iterator[tuple[int, int, Ints]]:
    """A day cut into spans of a bounded number of quotes: begin, end, and pools by minutes."""
    weight = _day_weights(lane, calendar, number)
    drawn = rng.multinomial(count, (weight / weight.sum()).ravel()).reshape(weight.shape)
    upto = np.cumsum(drawn.sum(axis=0))
    midnight = epoch_ms(calendar.day(number))
    start = 0
    while start < 1440:
        done = int(upto[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(upto, done + _QUOTES_AT_ONCE, "right")))
        begin, finish = midnight + start * MINUTE_MS, midnight + stop * MINUTE_MS
        yield begin, finish, drawn[:, start:stop]
        start = stop


def times(begin_ms: int, drawn: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """The pool and the millisecond of each quote of a slice, in the order of time."""
    pools, minutes = np.divmod(np.arange(drawn.size), drawn.shape[1])
    counts = drawn.ravel()
    pool = np.repeat(pools, counts)
    at = begin_ms + np.repeat(minutes, counts) * MINUTE_MS
    at += rng.integers(0, MINUTE_MS, len(at))
    order = np.argsort(at, kind="stable")
    return pool[order], at[order]
