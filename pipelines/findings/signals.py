"""What conditions are judged by: counts, stocks and shares for every pool at every instant.

Each source is read once, when a rule first needs it, as parts that add up. Counts are whole.
Money is binary here, for comparing only: amounts that are shown come from the metric files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.findings.grid import (
    NEVER,
    Floats,
    Grid,
    Ints,
    active,
    cumulated,
    naive,
    window_sums,
)
from pipelines.findings.queries import answer
from pipelines.metrics.catalog import load_query

SLOT_US = 900_000_000

SUMS: Mapping[str, tuple[str, ...]] = {
    "failed_quote_attempts": ("unavailable_quotes", "errored_quotes"),
    "other_failed_attempts": ("unavailable_quotes", "unlimited_errors"),
    "limit_errors": ("limit_errored_quotes", "refused_calls"),
    "checked_attempts": ("quote_requests", "refused_calls"),
    "conflict_attempts": ("trades_created", "transact_conflicts"),
    "unsettled_trades": ("failed_trades", "released_trades"),
    "left_trades": ("settled_trades", "failed_trades", "released_trades"),
    "known_minutes": ("available_minutes", "unavailable_minutes"),
}
"""Counts that are sums of others."""

COHORTS = ("accepted_quotes", "expired_quotes", "ended_quotes")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule is judged for: a pool, a currency, or the partner where both are None."""

    pool_id: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Choices:
    """The partner's settings that signals depend on."""

    balance_max_age: timedelta = timedelta(hours=24)
    webhook_lateness: timedelta = timedelta(minutes=15)
    reserved_age: timedelta = timedelta(hours=1)


@dataclass
class Signals:
    """All parts of one partner on a grid; each is read when it is first asked for."""

    connection: duckdb.DuckDBPyConnection
    grid: Grid
    choices: Choices
    _tables: dict[str, pa.Table] = field(default_factory=dict)
    _cumulated: dict[str, Floats] = field(default_factory=dict)
    _totals: dict[tuple[str, int], Floats] = field(default_factory=dict)
    _reaching: dict[tuple[str, int], Floats] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, Any]:
        """What every query is given."""
        return {
            "origin": naive(self.grid.origin),
            "end": naive(self.grid.end),
            "lateness": self.choices.webhook_lateness,
        }

    def read(self, name: str) -> pa.Table:
        """The rows of one of the queries beside this module, read once."""
        if name not in self._tables:
            self._tables[name] = answer(self.connection, name, self.parameters)
        return self._tables[name]

    @cached_property
    def lanes(self) -> list[tuple[str, str | None]]:
        """Each pool and currency that is reported."""
        query = load_query("reported_lanes")
        with self.connection.cursor() as cursor:
            given = {"as_of": naive(self.grid.end), "pools": None}
            used = {name: given[name] for name in query.parameters}
            rows = cursor.execute(query.sql, used).fetchall()
        return [(pool, currency) for pool, currency, *_ in rows]

    @cached_property
    def pools(self) -> list[str]:
        """The pools, in the order of their rows; one more row is that of no pool."""
        return list(dict.fromkeys(pool for pool, _ in self.lanes))

    @cached_property
    def currencies(self) -> list[str]:
        """The currencies, in the order of their rows."""
        return sorted({currency for _, currency in self.lanes if currency is not None})

    @property
    def shape(self) -> tuple[int, int]:
        """Rows of pools, and instants."""
        return len(self.pools) + 1, self.grid.count

    @cached_property
    def known_from(self) -> int:
        """The first instant from which on records are known; after the last where there is none."""
        (seen,) = self.read("first_seen").column("seen_us").to_pylist()
        return self.grid.count if seen is None else max(seen // SLOT_US, 0)

    def total(self, name: str, slots: int) -> Floats:
        """Return the count `name` in the `slots` before each instant; NaN before all is known."""
        key = (name, slots)
        if key not in self._totals:
            found = self.reaching(name, slots).copy()
            found[:, : min(self.known_from + slots, self.grid.count)] = np.nan
            self._totals[key] = found
        return self._totals[key]

    def reaching(self, name: str, slots: int) -> Floats:
        """Return the same, however little of the window is known."""
        key = (name, slots)
        if key not in self._reaching:
            self._reaching[key] = self._counted(name, slots)
        return self._reaching[key]

    def _counted(self, name: str, slots: int) -> Floats:
        if name in SUMS:
            return added([self.reaching(part, slots) for part in SUMS[name]])
        if name in COHORTS:
            return self._cohort(name, slots)
        return window_sums(self._sums(name), slots)

    def _sums(self, name: str) -> Floats:
        if name not in self._cumulated:
            self._cumulated |= _LOADERS[_SOURCE_OF[name]](self)
        return self._cumulated[name]

    def rows_of(self, pools: pa.ChunkedArray) -> Ints:
        """The row of each of these pools; the last one where it is null or not reported."""
        return codes(pools, self.pools)

    @cached_property
    def _paths(self) -> dict[str, Ints]:
        table = self.read("paths")
        paths = {name: slots(table.column(name)) for name in table.schema.names[1:]}
        return {"row": self.rows_of(table.column("pool_id")), **paths}

    def _cohort(self, name: str, length: int) -> Floats:
        """Firm quotes of the window before each instant by what had become of them at it."""
        paths, spans = self._paths, []
        asked, closes = paths["slot"], paths["slot"] + length
        accepted, rejected = paths["accepted_slot"], paths["rejected_slot"]
        if name != "expired_quotes":
            spans.append((accepted, closes))
        if name != "accepted_quotes":
            open_until = np.minimum(accepted, rejected)
            spans.append((paths["expires_slot"], np.minimum(open_until, closes)))
        if name == "ended_quotes":
            spans.append((rejected, np.minimum(accepted, closes)))
        parts = [
            active(paths["row"], np.maximum(asked, begun) + 1, last, paths["quotes"], self.shape)
            for begun, last in spans
        ]
        return added(parts)


def added(parts: Sequence[Floats]) -> Floats:
    """The sum of several, instant by instant."""
    total: Floats = np.sum(parts, axis=0)
    return total


def codes(values: pa.ChunkedArray, known: Sequence[str]) -> Ints:
    """The place of each value among those `known`, their number where it is not there."""
    encoded = values.combine_chunks().dictionary_encode()
    places = {name: number for number, name in enumerate(known)}
    row = [places.get(name, len(known)) for name in encoded.dictionary.to_pylist()]
    found = np.array([*row, len(known)], dtype=np.int64)
    rows: Ints = found[encoded.indices.fill_null(len(row)).to_numpy()]
    return rows


def slots(column: pa.ChunkedArray) -> Ints:
    """Whole numbers; null is `NEVER`."""
    numbers: Ints = column.fill_null(NEVER).to_numpy().astype(np.int64)
    return numbers


def first_after(moments_us: pa.ChunkedArray) -> Ints:
    """The first instant at which an event at these microseconds is past; null is `NEVER`."""
    return last_before(moments_us) + 1


def last_before(moments_us: pa.ChunkedArray) -> Ints:
    """The last instant at which an event at these microseconds is to come; null is `NEVER`."""
    moments = moments_us.fill_null(NEVER * SLOT_US).to_numpy().astype(np.int64)
    instants: Ints = moments // SLOT_US
    return instants


def _flows(signals: Signals, name: str) -> dict[str, Floats]:
    table = signals.read(name)
    pools = table.schema.get_field_index("pool_id") >= 0
    row = np.full(table.num_rows, len(signals.pools), dtype=np.int64)
    row = signals.rows_of(table.column("pool_id")) if pools else row
    at = slots(table.column("slot"))
    wanted = [flow for flow, source in _SOURCE_OF.items() if source == name]
    return {
        flow: cumulated(row, at, table.column(flow).to_numpy(), signals.shape)
        for flow in wanted
        if flow in table.schema.names
    }


def _quotes(signals: Signals) -> dict[str, Floats]:
    found = _flows(signals, "quotes")
    unlimited = found["errored_quotes"] - found["limit_errored_quotes"]
    return found | {"unlimited_errors": unlimited}


def _trades(signals: Signals) -> dict[str, Floats]:
    table = signals.read("trades")
    row, count = signals.rows_of(table.column("pool_id")), table.column("trades").to_numpy()
    created, left = slots(table.column("slot")), slots(table.column("left_slot"))
    begun = created >= 0
    found = {"trades_created": cumulated(row[begun], created[begun], count[begun], signals.shape)}
    status = table.column("left_status").to_numpy()
    for name in ("settled", "failed", "released"):
        ended = (status == name) & (left >= 0)
        found[f"{name}_trades"] = cumulated(row[ended], left[ended], count[ended], signals.shape)
    returned = slots(table.column("returned_slot"))
    back = (returned != NEVER) & (returned >= 0)
    found["returned_trades"] = cumulated(row[back], returned[back], count[back], signals.shape)
    return found


def _breaks(signals: Signals) -> dict[str, Floats]:
    table = signals.read("breaks")
    kinds = table.column("kind").to_numpy()
    told = np.isin(kinds, CONTRADICTIONS)
    row = signals.rows_of(table.column("pool_id"))[told]
    opened = slots(table.column("opens_us"))[told] // SLOT_US
    once = np.ones(len(row))
    return {"contradicting_records": cumulated(row, opened, once, signals.shape)}


CONTRADICTIONS = ("conflict", "illegal_transition")

_SOURCE_OF: Mapping[str, str] = {
    name: source
    for source, names in {
        "quotes": (
            "quote_requests",
            "firm_quotes",
            "unavailable_quotes",
            "errored_quotes",
            "limit_errored_quotes",
            "unlimited_errors",
        ),
        "calls": ("refused_calls", "balance_errors", "transact_conflicts"),
        "trades": (
            "trades_created",
            "settled_trades",
            "failed_trades",
            "released_trades",
            "returned_trades",
        ),
        "minutes": ("available_minutes", "unavailable_minutes"),
        "deliveries": ("webhook_attempts", "undelivered_attempts", "dead_lettered_events"),
        "breaks": ("contradicting_records",),
    }.items()
    for name in names
}

_LOADERS: Mapping[str, Callable[[Signals], dict[str, Floats]]] = {
    "quotes": _quotes,
    "calls": lambda signals: _flows(signals, "calls"),
    "trades": _trades,
    "minutes": lambda signals: _flows(signals, "minutes"),
    "deliveries": lambda signals: _flows(signals, "deliveries"),
    "breaks": _breaks,
}
