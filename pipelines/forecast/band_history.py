"""The history of daily bands: what each limit's trades used, by local date and clock hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.forecast.band_limits import BandLimits, Lane, band_limits
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
from pipelines.forecast.unmet import bound_cells, with_unmet


@dataclass(frozen=True, eq=False)
class BandHistory:
    """One series for each lane, in the order of `lanes`."""

    lanes: tuple[Lane, ...]
    dates: Dates
    history: History
    """With what bands are likely to have refused on days they bound."""

    limits: BandLimits


def band_history(
    connection: duckdb.DuckDBPyConnection, lanes: Sequence[Lane], dates: Dates
) -> BandHistory:
    """Return what each lane's trades used of a daily band, before `dates.known_until`.

    A trade counts when it is created; one that fails or is released on the same local date is
    taken off when that happens, as `daily_band_usage` counts. What a band is likely to have refused
    is added to the days on which it bound.
    """
    numbers = {(lane.pool_id, lane.currency): number for number, lane in enumerate(lanes)}
    cells = [dates.of(lane.time_zone) for lane in lanes]
    start = min(one.start for one in cells) if cells else dates.known_until
    span = {"start": naive(start), "end": naive(dates.known_until)}
    with connection.cursor() as cursor:
        table = answer(cursor, "band_flows", span)
        seen = read_seen(cursor, span, dates)
        out = answer(cursor, "outages", span)
        refusals = answer(cursor, "limit_refusals", span)
    limits = band_limits(connection, lanes, dates)
    use, order = _use(table, numbers, cells, dates)
    flows = [spread(own.cells, net, dates) for own, net in zip(cells, use, strict=True)]
    quarters_out = _by_pool(out)
    known = np.stack(
        [
            known_hours(one, dates, seen, quarters_out.get(lane.pool_id))
            for one, lane in zip(cells, lanes, strict=True)
        ]
    )
    hours = np.stack([one.hours for one in cells])
    plain = History(dates.first, np.stack(flows), known, hours, order)
    bound = _bound(lanes, cells, (use, order), limits, refusals)
    return BandHistory(tuple(lanes), dates, with_unmet(plain, bound), limits)


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


def _use(
    table: pa.Table,
    numbers: Mapping[tuple[str, str], int],
    cells: Sequence[LocalHours],
    dates: Dates,
) -> tuple[list[Floats], Floats]:
    """Return each lane's net use by quarter of an hour, and the mean order S, D."""
    found = _numbers_of(table, numbers)
    amount = table.column("amount").to_numpy()
    trades = table.column("trades").to_numpy()
    made = table.column("bucket").cast(pa.int64()).to_numpy()
    fell = pc.fill_null(table.column("fell_bucket").cast(pa.int64()), -1).to_numpy()
    use: list[Floats] = []
    order = np.zeros((len(cells), dates.count))
    for number, own in enumerate(cells):
        mine = found == number
        count = len(own.cells)
        at = quarter_numbers(made[mine], own.start)
        spent = np.bincount(at, weights=amount[mine], minlength=count).astype(np.float64)
        counts = spread(own.cells[at], trades[mine], dates).sum(axis=1)
        days = spread(own.cells, spent, dates).sum(axis=1)
        order[number] = mean_order(days, counts)
        is_off = mine & (fell >= 0) & (fell < microseconds([dates.known_until])[0])
        off_at = quarter_numbers(fell[is_off], own.start)
        made_at = quarter_numbers(made[is_off], own.start)
        same = own.cells[off_at] // CELLS == own.cells[made_at] // CELLS
        back = np.bincount(off_at[same], weights=amount[is_off][same], minlength=count)
        use.append(spent - back.astype(np.float64))
    return use, order


def _numbers_of(table: pa.Table, numbers: Mapping[tuple[str, str], int]) -> Ints:
    """Return the number of each row's lane, -1 where it is none of them."""
    names = pc.binary_join_element_wise(table.column("pool_id"), table.column("currency"), "\n")
    wanted = pa.array(["\n".join(name) for name in numbers], pa.string())
    found: Ints = pc.fill_null(pc.index_in(names, wanted), -1).to_numpy().astype(np.int64)
    return found


def _bound(
    lanes: Sequence[Lane],
    cells: Sequence[LocalHours],
    flowed: tuple[Sequence[Floats], Floats],
    limits: BandLimits,
    refusals: pa.Table,
) -> Floats:
    """Return S, D, 24: the share of each cell in which the lane's band, or a shared one, bound."""
    use, order = flowed
    bound = np.zeros((*limits.values.shape, CELLS))
    pools = np.array(refusals.column("pool_id").to_pylist(), dtype=object)
    currencies = np.array(refusals.column("currency").to_pylist(), dtype=object)
    buckets = refusals.column("bucket").cast(pa.int64()).to_numpy()
    for number, (lane, own) in enumerate(zip(lanes, cells, strict=True)):
        beside = [
            other
            for other, one in enumerate(lanes)
            if (one.currency, one.time_zone) == (lane.currency, lane.time_zone)
        ]
        is_shared = limits.is_shared[number]
        for group, chosen in (([number], ~is_shared), (beside, is_shared)):
            band = np.where(chosen, limits.values[number], np.nan)
            if np.isnan(band).all():
                continue
            named = np.isin(pools, [lanes[other].pool_id for other in group])
            named &= (currencies == lane.currency) | (currencies == None)  # noqa: E711
            refused = np.zeros(len(own.cells), dtype=np.bool_)
            refused[quarter_numbers(buckets[named], own.start)] = True
            together = np.sum([use[other] for other in group], axis=0)
            bound[number] += bound_cells(refused, together, order[number], band, own.cells)
    return bound


def _by_pool(out: pa.Table) -> dict[str, Ints]:
    buckets = out.column("bucket").cast(pa.int64()).to_numpy()
    pools = np.array(out.column("pool_id").to_pylist(), dtype=object)
    return {pool: buckets[pools == pool] for pool in set(pools.tolist())}
