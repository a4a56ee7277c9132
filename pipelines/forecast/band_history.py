"""The history of daily bands: what each limit's trades used, by local date and clock hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.forecast.coverage import (
    Dates,
    known_hours,
    mean_order,
    microseconds,
    naive,
    read_seen,
    spread,
)
from pipelines.forecast.history import History
from pipelines.forecast.local_hours import CELLS, Floats, Ints, LocalHours, quarter_numbers
from pipelines.forecast.queries import answer


@dataclass(frozen=True, slots=True)
class Lane:
    """A pool's currency, and the zone in which its days begin."""

    pool_id: str
    currency: str
    time_zone: str


@dataclass(frozen=True, eq=False)
class BandHistory:
    """One series for each lane, in the order of `lanes`."""

    lanes: tuple[Lane, ...]
    dates: Dates
    history: History


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
        seen = read_seen(cursor, span, dates)
        out = answer(cursor, "outages", span)
    flows, order = _flows(table, numbers, cells, dates)
    quarters_out = _by_pool(out)
    known = np.stack(
        [
            known_hours(one, dates, seen, quarters_out.get(lane.pool_id))
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
        np.stack([lone.order[group].max(axis=0) for group in chosen]),
    )


def _flows(
    table: pa.Table,
    numbers: Mapping[tuple[str, str], int],
    cells: Sequence[LocalHours],
    dates: Dates,
) -> tuple[Floats, Floats]:
    """Return the flows S, D, 24 and the mean order S, D."""
    names = pc.binary_join_element_wise(table.column("pool_id"), table.column("currency"), "\n")
    wanted = pa.array(["\n".join(name) for name in numbers], pa.string())
    found = pc.fill_null(pc.index_in(names, wanted), -1).to_numpy().astype(np.int64)
    amount = table.column("amount").to_numpy()
    trades = table.column("trades").to_numpy()
    made = table.column("bucket").cast(pa.int64()).to_numpy()
    fell = pc.fill_null(table.column("fell_bucket").cast(pa.int64()), -1).to_numpy()
    flows = np.zeros((len(cells), dates.count, CELLS))
    order = np.zeros((len(cells), dates.count))
    for number, own in enumerate(cells):
        mine = found == number
        at = own.cells[quarter_numbers(made[mine], own.start)]
        flows[number] = spread(at, amount[mine], dates)
        counts = spread(at, trades[mine], dates).sum(axis=1)
        order[number] = mean_order(flows[number].sum(axis=1), counts)
        is_off = mine & (fell >= 0) & (fell < microseconds([dates.known_until])[0])
        off_at = own.cells[quarter_numbers(fell[is_off], own.start)]
        made_at = own.cells[quarter_numbers(made[is_off], own.start)]
        same = off_at // CELLS == made_at // CELLS
        flows[number] -= spread(off_at[same], amount[is_off][same], dates)
    return flows, order


def _by_pool(out: pa.Table) -> dict[str, Ints]:
    buckets = out.column("bucket").cast(pa.int64()).to_numpy()
    pools = np.array(out.column("pool_id").to_pylist(), dtype=object)
    return {pool: buckets[pools == pool] for pool in set(pools.tolist())}
