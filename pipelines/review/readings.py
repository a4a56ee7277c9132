"""The facts of each span of a review: counts per pool, peaks, stocks, tickets, exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.books.ageing import reserved_ageing_table
from pipelines.books.queries import asked_windows, naive
from pipelines.metrics.marks import UnalignedInstantError
from pipelines.review.intervals import Share
from pipelines.review.peaks import Peak, Stock, peaks_and_stocks
from pipelines.review.queries import query
from pipelines.utilization import read_hours
from pipelines.windows import Window

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Cases:
    """Tickets and ledger exceptions of one span, and what of them is open as it ends."""

    tickets: Sequence[Row]
    """By type and severity: opened, closed, open_at_end."""

    exceptions: Sequence[Row] | None
    """By currency: arising, open_at_end, its age and value; None where they cannot be found."""

    def tickets_of(self, types: Sequence[str], name: str, severities: Sequence[str] = ()) -> int:
        """How many tickets of `types`: `opened`, `closed` or `open_at_end`."""
        return sum(
            int(row[name])
            for row in self.tickets
            if row["ticket_type"] in types and (not severities or row["severity"] in severities)
        )

    def exceptions_of(self, name: str) -> int | None:
        """How many exceptions: `arising` or `open_at_end`, over all currencies."""
        if self.exceptions is None:
            return None
        return sum(int(row[name]) for row in self.exceptions)

    @property
    def oldest_exception_s(self) -> int | None:
        """The age of the oldest open exception, in seconds."""
        ages = [row["oldest_open_age_s"] for row in self.exceptions or ()]
        return max((age for age in ages if age is not None), default=None)


@dataclass(frozen=True)
class Reading:
    """What is known of one span, of the pools of the review."""

    window: Window
    is_whole: bool
    """Whether records reach back to its start."""

    pools: Mapping[str, Row]
    """Counts by pool, the columns of `counts.sql`."""

    peaks: Sequence[Peak]
    """The fullest each limit was, the fullest first."""

    stock: Stock
    """What was reserved at its end."""

    cases: Cases

    def total(self, name: str) -> int:
        """A count over all pools."""
        return sum(int(row[name]) for row in self.pools.values())

    def share(self, parts: Sequence[str], whole: str) -> Share:
        """Counts of a count, over all pools."""
        return Share(sum(self.total(part) for part in parts), self.total(whole))


def read_spans(
    connection: duckdb.DuckDBPyConnection,
    windows: Sequence[Window],
    *,
    pools: Sequence[str],
    first_event: datetime,
    as_of: datetime,
) -> list[Reading]:
    """Return what is known of each window, in their order; each ends by the aware `as_of`."""
    counts = _read_counts(connection, windows, pools=pools, as_of=as_of)
    cases = read_cases(connection, windows, pools=pools, as_of=as_of)
    # Hours before anything is known have no peak, and hours are by far the most that is asked.
    known = [window for window in windows if first_event < window.end]
    peaks = peaks_and_stocks(connection, known, pools=pools, as_of=as_of)
    measured = dict(zip(known, peaks, strict=True))
    return [
        Reading(
            window,
            first_event <= window.start,
            {row["pool_id"]: row for row in counts.get(number, ())},
            *measured.get(window, _NOTHING),
            cases[number],
        )
        for number, window in enumerate(windows)
    ]


_NOTHING: tuple[Sequence[Peak], Stock] = ((), Stock(0, None))


def _read_counts(
    connection: duckdb.DuckDBPyConnection,
    windows: Sequence[Window],
    *,
    pools: Sequence[str],
    as_of: datetime,
) -> dict[int, list[Row]]:
    with connection.cursor() as cursor:
        read_hours(cursor, [at for window in windows for at in (window.start, window.end)])
        cursor.register("asked_windows", asked_windows(windows, as_of))
        return _by_window(cursor, "counts", {"pools": list(pools)})


def read_cases(
    connection: duckdb.DuckDBPyConnection,
    windows: Sequence[Window],
    *,
    pools: Sequence[str],
    as_of: datetime,
) -> list[Cases]:
    """Return the tickets and exceptions of each window; a window may end at any instant."""
    parameters = {"pools": list(pools)}
    with connection.cursor() as cursor:
        cursor.register("asked_windows", asked_windows(windows, as_of))
        tickets = _by_window(cursor, "tickets", parameters)
        exceptions = _by_window(cursor, "exceptions", {**parameters, "as_of": naive(as_of)})
        ((known_from,),) = cursor.execute(query("known_from")).fetchall() or [(None,)]
    return [
        Cases(
            tuple(tickets.get(number, ())),
            tuple(exceptions.get(number, ())) if _is_known(window, known_from) else None,
        )
        for number, window in enumerate(windows)
    ]


def over_threshold(
    connection: duckdb.DuckDBPyConnection,
    at: datetime,
    *,
    pools: Iterable[str],
    threshold: timedelta,
) -> tuple[int, Mapping[str, Decimal]] | None:
    """Return how many trades had been reserved for longer than `threshold` at `at`.

    With their notional by currency. None where `at` less the threshold lies inside a stored bucket.
    """
    try:
        ages = reserved_ageing_table(connection, as_of=at, bounds=(threshold,)).to_pylist()
    except UnalignedInstantError:
        return None
    wanted = set(pools)
    old = [row for row in ages if row["up_to_s"] is None and row["pool_id"] in wanted]
    notional: dict[str, Decimal] = {}
    for row in old:
        if row["reserved_count"]:
            so_far = notional.get(row["currency"], Decimal(0))
            notional[row["currency"]] = so_far + row["reserved_notional"]
    return sum(row["reserved_count"] for row in old), notional


def _is_known(window: Window, known_from: datetime | None) -> bool:
    return known_from is not None and naive(window.end) > known_from


def _by_window(
    cursor: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, Any]
) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    answer: pa.Table = cursor.execute(query(name), dict(parameters)).to_arrow_table()
    for row in answer.to_pylist():
        found.setdefault(row["window_no"], []).append(row)
    return found
