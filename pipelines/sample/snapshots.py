"""Snapshots: which lanes were available every five minutes, and the balances every thirty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.sample.books import SNAPSHOT_MS, Books
from pipelines.sample.partners import Lane
from pipelines.sample.stories import MINUTE_MS, STORIES, Calendar
from pipelines.sample.text import DAY_MS, Ints, Mask, Piece, decimal, lines, lookup, stamp

_EVERY_MS = 5 * MINUTE_MS
_COLUMNS = ("partner_id", "environment", "pool_id", "observed_at", "available")


def _down(lane: Lane, calendar: Calendar, at: Ints, seed: int) -> Mask:
    """Pools by snapshots: the planted outage, and rarely one that fails by itself."""
    rng = np.random.default_rng([seed, lane.number, int(at[0] // DAY_MS)])
    down = rng.random((len(lane.pools), len(at))) < 0.0006
    for name in ("outage", "rate_wobble"):
        begin, finish = calendar.span(name)
        for number, pool in enumerate(lane.pools):
            if pool.pool_id == STORIES[name].pool_id:
                inside = (at >= begin) & (at < finish)
                down[number] |= inside & ((name == "outage") | (at // _EVERY_MS % 5 == 2))
    return down


def availability_table(lane: Lane, calendar: Calendar, days: range, seed: int) -> pa.Table:
    """The availability snapshots of some days, in the order of time."""
    begin = calendar.begin_ms + days.start * DAY_MS
    at = np.arange(begin, begin + len(days) * DAY_MS, _EVERY_MS, dtype=np.int64)
    down = _down(lane, calendar, at, seed).T.ravel()
    silent_from, silent_to = calendar.span("snapshots_missing")
    kept = np.repeat((at < silent_from) | (at >= silent_to), len(lane.pools))
    texts = [row.tobytes().decode("ascii") for row in stamp(at)]
    observed = pa.array(np.repeat(np.array(texts), len(lane.pools))[kept], pa.string())
    pools = np.tile(np.array([pool.pool_id for pool in lane.pools]), len(at))[kept]
    size = len(observed)
    columns: list[pa.Array[Any]] = [
        pa.array([lane.partner_id] * size),
        pa.array([lane.environment] * size),
        pa.array(pools, pa.string()),
        observed,
        pa.array(~down[kept]),
    ]
    return pa.table(columns, names=list(_COLUMNS))


def write_parquet(table: pa.Table, path: Path) -> None:
    """Writes a table in the way that keeps repeated text small."""
    pq.write_table(table, path, compression="zstd", use_dictionary=True, write_statistics=False)


def balance_lines(lane: Lane, calendar: Calendar, books: Books) -> tuple[list[bytes], int]:
    """The balance snapshots of all days, and how many there are.

    `available_for_new_quotes` is the running sum of the ledger, which debits when a trade is
    reserved; `visible_balance` adds what is reserved at that moment.
    """
    available = np.cumsum(books.available, axis=1)[:, :-1]
    reserved = np.cumsum(books.reserved, axis=1)[:, :-1]
    count = available.shape[1] - 1
    at = calendar.begin_ms + SNAPSHOT_MS * np.arange(1, count + 1, dtype=np.int64)
    moments = np.repeat(at, len(lane.currencies))
    currency = np.tile(np.arange(len(lane.currencies)), count)
    net = available[:, :count].T.ravel()
    held = reserved[:, :count].T.ravel()
    pieces: list[Piece] = [
        f'{{"partner_id":"{lane.partner_id}","environment":"{lane.environment}","currency":"',
        lookup(lane.currencies)[currency],
        '","visible_balance":"',
        decimal(net + held, 2),
        '","reserved_amount":"',
        decimal(held, 2),
        '","available_for_new_quotes":"',
        decimal(net, 2),
        '","observed_at":"',
        stamp(moments),
        '"}',
    ]
    return lines(len(moments), pieces), len(moments)
