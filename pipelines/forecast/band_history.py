"""The history of daily bands: what each limit's trades used, by local date and clock hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.forecast.history import History
from pipelines.forecast.local_hours import (
    CELLS,
    Bools,
    Floats,
    Ints,
    LocalHours,
    local_hours,
    quarter_numbers,
)
from pipelines.forecast.queries import answer, query
from pipelines.windows import load_zone

HISTORY_DAYS = 182
"""Local dates before the first instant asked about that a forecast looks at."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lane:
    """A pool's currency, and the zone in which its days begin."""

    pool_id: str
    currency: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Dates:
    """The local dates a forecast works on, and until when anything is known."""

    first: date
    count: int
    known_until: datetime
    """Aware UTC."""

    def of(self, zone: str) -> LocalHours:
        """Return the cells of these dates in `zone`."""
        return local_hours(zone, self.first, self.count)


@dataclass(frozen=True, eq=False)
class BandHistory:
    """One series for each lane, in the order of `lanes`."""

    lanes: tuple[Lane, ...]
    dates: Dates
    history: History


def asked_dates(
    instants: Sequence[datetime], zones: Sequence[str], *, known_until: datetime, ahead_days: int
) -> Dates:
    """Return the dates from `HISTORY_DAYS` before the first instant to some after the last."""
    local = [
        at.astimezone(load_zone(zone)).date()
        for at in (min(instants), max(instants))
        for zone in zones
    ]
    first = min(local) - HISTORY_DAYS * _DAY
    return Dates(first, (max(local) - first).days + 1 + ahead_days, known_until)


def band_history(
    connection: duckdb.DuckDBPyConnection, lanes: Sequence[Lane], dates: Dates
) -> BandHistory:
    """Return what each lane's trades used of a daily band, before `dates.known_until`.

    A trade counts when it is created; one that fails or is released on the same local date is
    taken off when that happens, as `daily_band_usage` counts.
    """
    numbers = {(lane.pool_id, lane.currency): number for number, lane in enumerate(lanes)}
    cells = [dates.of(lane.time_zone) for lane in lanes]
    start = min(one.start for one in cells) if cells else dates.known_until
    span = {"start": naive(start), "end": naive(dates.known_until)}
    with connection.cursor() as cursor:
        table = answer(cursor, "band_flows", span)
        landed = answer(cursor, "days_landed", span).column("day").to_pylist()
        out = answer(cursor, "outages", span)
        first = cursor.execute(query("first_bucket"), {"as_of": span["end"]}).fetchone()
    first_at = first[0].replace(tzinfo=UTC) if first and first[0] else dates.known_until
    flows, order = _flows(table, numbers, cells, dates)
    quarters_out = _by_pool(out)
    known = np.stack(
        [
            known_hours(one, dates, first_at, landed, quarters_out.get(lane.pool_id))
            for one, lane in zip(cells, lanes, strict=True)
        ]
    )
    hours = np.stack([one.hours for one in cells])
    return BandHistory(tuple(lanes), dates, History(dates.first, flows, known, hours, order))


def together(band: BandHistory, groups: Sequence[Sequence[int]]) -> History:
    """Return the history of limits that several lanes share: one series for each group."""
    lone = band.history
    chosen = [np.array(group) for group in groups]
    return History(
        lone.first,
        np.stack([lone.flows[group].sum(axis=0) for group in chosen]),
        np.stack([lone.known[group].max(axis=0) for group in chosen]),
        np.stack([lone.hours[group[0]] for group in chosen]),
        np.array([lone.order[group].max() for group in chosen]),
    )


def known_hours(
    cells: LocalHours,
    dates: Dates,
    first_at: datetime,
    landed: Sequence[date],
    out: Ints | None = None,
) -> Floats:
    """Return D, 24: hours of each cell of which the flow is known.

    Not known is what lies before the first record or after the last, days of which nothing at all
    was landed though most of their weekday have records, and quarters of an hour `out` (their
    starts, microseconds of UTC) in which the pool could not be used.
    """
    count = len(cells.cells)
    quarters = np.arange(count)
    begin = quarter_numbers(_microseconds([first_at]), cells.start)[0]
    end = quarter_numbers(_microseconds([dates.known_until]), cells.start)[0]
    is_known = (quarters >= begin) & (quarters < end)
    is_known &= ~_silent(cells, is_known, landed)
    if out is not None:
        down = quarter_numbers(out, cells.start)
        is_known[down[(down >= 0) & (down < count)]] = False
    sums = np.bincount(cells.cells, weights=is_known, minlength=dates.count * CELLS)
    return sums.reshape(dates.count, CELLS) / 4


def naive(instant: datetime) -> datetime:
    """An aware instant as the tables hold it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def _silent(cells: LocalHours, is_known: Bools, landed: Sequence[date]) -> Bools:
    """Return the quarters of days without any record, where their weekday mostly has some."""
    first = cells.start.date()
    offset = (cells.start - datetime(first.year, first.month, first.day, tzinfo=UTC)) // timedelta(
        minutes=15
    )
    day_of = (np.arange(len(is_known)) + offset) // (CELLS * 4)
    days = int(day_of[-1]) + 1
    has_records = np.zeros(days, dtype=bool)
    places = np.array([(day - first).days for day in landed], dtype=np.int64)
    has_records[places[(places >= 0) & (places < days)]] = True
    lasted = np.bincount(day_of, weights=is_known, minlength=days) > 0
    weekday = (first.weekday() + np.arange(days)) % 7
    told = np.bincount(weekday, weights=has_records & lasted, minlength=7)
    is_usual = told >= 0.5 * np.bincount(weekday, weights=lasted, minlength=7)
    silent: Bools = (~has_records & is_usual[weekday])[day_of]
    return silent


def _flows(
    table: pa.Table,
    numbers: Mapping[tuple[str, str], int],
    cells: Sequence[LocalHours],
    dates: Dates,
) -> tuple[Floats, Floats]:
    """Return the flows S, D, 24 and the mean order S."""
    names = pc.binary_join_element_wise(table.column("pool_id"), table.column("currency"), "\n")
    wanted = pa.array(["\n".join(name) for name in numbers], pa.string())
    found = pc.fill_null(pc.index_in(names, wanted), -1).to_numpy().astype(np.int64)
    amount = table.column("amount").to_numpy()
    trades = table.column("trades").to_numpy()
    made = table.column("bucket").cast(pa.int64()).to_numpy()
    fell = pc.fill_null(table.column("fell_bucket").cast(pa.int64()), -1).to_numpy()
    flows = np.zeros((len(cells), dates.count, CELLS))
    order = np.ones(len(cells))
    for number, own in enumerate(cells):
        mine = found == number
        total, count = amount[mine].sum(), trades[mine].sum()
        order[number] = total / count if count and total > 0 else 1.0
        at = own.cells[quarter_numbers(made[mine], own.start)]
        flows[number] = _sums(at, amount[mine], dates)
        is_off = mine & (fell >= 0) & (fell < _microseconds([dates.known_until])[0])
        off_at = own.cells[quarter_numbers(fell[is_off], own.start)]
        made_at = own.cells[quarter_numbers(made[is_off], own.start)]
        same = off_at // CELLS == made_at // CELLS
        flows[number] -= _sums(off_at[same], amount[is_off][same], dates)
    return flows, order


def _sums(at: Ints, amount: Floats, dates: Dates) -> Floats:
    sums = np.bincount(at, weights=amount, minlength=dates.count * CELLS).astype(np.float64)
    return sums.reshape(dates.count, CELLS)


def _by_pool(out: pa.Table) -> dict[str, Ints]:
    buckets = out.column("bucket").cast(pa.int64()).to_numpy()
    pools = np.array(out.column("pool_id").to_pylist(), dtype=object)
    return {pool: buckets[pools == pool] for pool in set(pools.tolist())}


def _microseconds(instants: Sequence[datetime]) -> Ints:
    naive_times = pa.array([naive(at) for at in instants], pa.timestamp("us"))
    numbers: Ints = naive_times.cast(pa.int64()).to_numpy()
    return numbers
