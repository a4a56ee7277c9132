"""Stocks at every instant: what is reserved, open, missing or left in a balance.

NaN is not known. A pool's rows are those of `Signals.pools` and one for no pool; a currency's those
of `Signals.currencies`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

import numpy as np

from pipelines.books.exceptions import KINDS
from pipelines.findings.grid import (
    Floats,
    Ints,
    active,
    cumulated,
    filled,
    oldest,
    same_time_of_day,
    slots_of,
    window_sums,
)
from pipelines.findings.signals import (
    CONTRADICTIONS,
    SLOT_US,
    Signals,
    codes,
    first_after,
    last_before,
    slots,
)

DAY = timedelta(days=1)
UNTOLD_FOR = timedelta(days=7)
"""How long a webhook that never came is told of."""

USUAL_DAYS = 28
LEAST_DAYS = 14
ORDER_KINDS = ("trade_without_order", "order_without_trade")
LEDGER_KINDS = tuple(kind for kind in KINDS if kind not in (*ORDER_KINDS, *CONTRADICTIONS))
_SECOND_US = 1_000_000


def usual(signals: Signals, values: Floats) -> Floats:
    """The mean of `values` at this time of day over the 28 days before, of 14 known ones at least.

    NaN where fewer are known.
    """
    known = np.arange(signals.grid.count) >= signals.known_from
    known = np.broadcast_to(known, values.shape)
    return same_time_of_day(values, known, USUAL_DAYS, LEAST_DAYS)


def _reserved(signals: Signals, over: timedelta) -> Floats:
    table = signals.read("trades")
    row, count = signals.rows_of(table.column("pool_id")), table.column("trades").to_numpy()
    first = slots(table.column("slot")) + 1 + slots_of(over)
    return active(row, first, slots(table.column("left_slot")), count, signals.shape)


def _long_reserved(signals: Signals) -> Floats:
    return _reserved(signals, signals.choices.reserved_age)


def _oldest_reserved_age_s(signals: Signals) -> Floats:
    table = signals.read("trades")
    created = table.column("oldest_created_us").to_numpy().astype(np.float64) / _SECOND_US
    row, first = signals.rows_of(table.column("pool_id")), slots(table.column("slot")) + 1
    found = oldest(row, created, first, slots(table.column("left_slot")), signals.shape)
    return _seconds(signals) - found


def _seconds(signals: Signals) -> Floats:
    return np.arange(signals.grid.count, dtype=np.float64) * (SLOT_US / _SECOND_US)


def _open(signals: Signals, kinds: Sequence[str]) -> Floats:
    table = signals.read("breaks")
    asked = np.isin(table.column("kind").to_numpy(), kinds)
    row = signals.rows_of(table.column("pool_id"))[asked]
    first = first_after(table.column("opens_us"))[asked]
    last = last_before(table.column("closes_us"))[asked]
    found = active(row, first, last, np.ones(len(row)), signals.shape)
    return _from(signals, found, "reconciled", "known_us")


def _from(signals: Signals, values: Floats, query: str, name: str) -> Floats:
    """The values, not known before the instant that a query names, or at all where it is null."""
    known = signals.read(query).column(name).to_pylist()
    first = signals.grid.count if not known or known[0] is None else known[0] // SLOT_US + 1
    values[:, : max(first, 0)] = np.nan
    return values


def _missing_webhooks(signals: Signals) -> Floats:
    table = signals.read("untold")
    row, first = signals.rows_of(table.column("pool_id")), first_after(table.column("opens_us"))
    last = last_before(table.column("closes_us"))
    last = np.minimum(last, first + slots_of(UNTOLD_FOR))
    found = active(row, first, last, np.ones(len(row)), signals.shape)
    return _from(signals, found, "delivered_from", "known_us")


def _unready(signals: Signals) -> Floats:
    """One where a program in force of the pool is not ready, 0 where all are, NaN without any."""
    table = signals.read("programs")
    row = signals.rows_of(table.column("pool_id"))
    first, last = first_after(table.column("from_us")), last_before(table.column("to_us"))
    bad = ~table.column("is_ready").to_numpy()
    programs = active(row, first, last, np.ones(len(row)), signals.shape)
    unready = active(row[bad], first[bad], last[bad], np.ones(int(bad.sum())), signals.shape)
    return np.where(programs > 0, np.minimum(unready, 1), np.nan)


def _by_pool(signals: Signals, by_lane: Floats) -> Floats:
    """The highest over the currencies of each pool; NaN where none is known."""
    found = np.full(signals.shape, -np.inf)
    for lane, (pool, _) in enumerate(signals.lanes):
        row = signals.pools.index(pool)
        known = np.where(np.isnan(by_lane[lane]), -np.inf, by_lane[lane])
        found[row] = np.maximum(found[row], known)
    return np.where(np.isinf(found), np.nan, found)


def _lane_rows(signals: Signals, table_name: str) -> Ints:
    table = signals.read(table_name)
    pool = codes(table.column("pool_id"), signals.pools)
    currency = codes(table.column("currency"), signals.currencies)
    places = np.full((len(signals.pools) + 1, len(signals.currencies) + 1), len(signals.lanes))
    for number, (of_pool, of_currency) in enumerate(signals.lanes):
        column = len(signals.currencies)
        if of_currency is not None:
            column = signals.currencies.index(of_currency)
        places[signals.pools.index(of_pool), column] = number
    found: Ints = places[pool, currency]
    return found


def _lane_shape(signals: Signals) -> tuple[int, int]:
    return len(signals.lanes) + 1, signals.grid.count


def _reserved_growth(signals: Signals) -> Floats:
    """Reserved notional over what is usual at this time of day."""
    held = _reserved_notional(signals)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = held / usual(signals, held)
    return _by_pool(signals, np.where(np.isfinite(growth), growth, np.nan))


def _reserved_notional(signals: Signals) -> Floats:
    table = signals.read("trades")
    first, last = slots(table.column("slot")) + 1, slots(table.column("left_slot"))
    amounts = table.column("notional").to_numpy()
    return active(_lane_rows(signals, "trades"), first, last, amounts, _lane_shape(signals))


def _quote_utilization_24h(signals: Signals) -> Floats:
    """Quoted volume of 24 hours over the daily band in force."""
    table = signals.read("quotes")
    at, amounts = slots(table.column("slot")), table.column("quoted_volume").to_numpy()
    quoted = cumulated(_lane_rows(signals, "quotes"), at, amounts, _lane_shape(signals))
    used = window_sums(quoted, slots_of(DAY))
    used[:, : signals.known_from + slots_of(DAY)] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        share = used[:-1] / _steps(signals, "daily_band", signals.lanes)
    return _by_pool(signals, np.where(np.isfinite(share), share, np.nan))


def _steps(signals: Signals, name: str, lanes: Sequence[tuple[str | None, str | None]]) -> Floats:
    """The limit in force at each instant, of the lane itself before that of its currency."""
    rows = [row for row in signals.read("limits").to_pylist() if row["limit_name"] == name]
    found = np.full((len(lanes), signals.grid.count), np.nan)
    for row in rows:
        begins = max(-(-row["from_us"] // SLOT_US), 0)
        ends = None if row["to_us"] is None else max(-(-row["to_us"] // SLOT_US), 0)
        for number, (pool, currency) in enumerate(lanes):
            if currency == row["currency"] and row["pool_id"] in (None, pool):
                found[number, begins:ends] = row["value"]
    return found


def _balance_available(signals: Signals) -> Floats:
    table = signals.read("balances")
    row = codes(table.column("currency"), signals.currencies)
    shape = (len(signals.currencies) + 1, signals.grid.count)
    observed = table.column("observed_us").to_numpy().astype(np.float64)
    first = first_after(table.column("observed_us"))
    values, at = filled(row, first, table.column("balance_available").to_numpy(), shape)
    if len(observed):
        age_s = _seconds(signals) - observed[np.clip(at, 0, None)] / _SECOND_US
        values = np.where(age_s <= signals.choices.balance_max_age.total_seconds(), values, np.nan)
    return values[:-1]


def _balance_limit(signals: Signals, name: str) -> Floats:
    return _steps(signals, name, [(None, currency) for currency in signals.currencies])


def _reserved_utilization(signals: Signals) -> Floats:
    held = _reserved_notional(signals)
    together = np.zeros((len(signals.currencies), signals.grid.count))
    for lane, (_, currency) in enumerate(signals.lanes):
        if currency is not None:
            together[signals.currencies.index(currency)] += held[lane]
    available = _balance_available(signals)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(available > 0, together / available, np.nan)


POOL_STOCKS: Mapping[str, Callable[[Signals], Floats]] = {
    "reserved_count": partial(_reserved, over=timedelta(0)),
    "long_reserved_trades": _long_reserved,
    "day_reserved_trades": partial(_reserved, over=DAY),
    "oldest_reserved_age_s": _oldest_reserved_age_s,
    "open_ledger_exceptions": partial(_open, kinds=LEDGER_KINDS),
    "open_order_exceptions": partial(_open, kinds=ORDER_KINDS),
    "missing_webhooks": _missing_webhooks,
    "unready_programs": _unready,
    "reserved_growth": _reserved_growth,
    "quote_utilization_24h": _quote_utilization_24h,
}
CURRENCY_STOCKS: Mapping[str, Callable[[Signals], Floats]] = {
    "balance_available": _balance_available,
    "balance_floor": partial(_balance_limit, name="balance_floor"),
    "balance_target": partial(_balance_limit, name="balance_target"),
    "reserved_utilization": _reserved_utilization,
}
