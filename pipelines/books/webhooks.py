"""Webhook health: what was delivered and how soon, and which ends of trades nobody was told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from pipelines.books.queries import answer, asked_windows, naive, require_exact
from pipelines.windows import Window

MOST_LISTED = 1000


def webhook_health_table(
    connection: duckdb.DuckDBPyConnection,
    windows: Sequence[Window],
    *,
    as_of: datetime,
    lateness: timedelta,
) -> pa.Table:
    """Return one row per event type and window; windows from `as_of` on are left out.

    Attempts are those made in the window, by outcome. Events are those first sent in it:
    `delivered_events` had a delivery before `as_of`, `duplicated_events` a second one.
    `delay_p50_within_s` and `delay_p95_within_s` are the seconds within which that share of them
    was received, counted from the first attempt: the smallest of a few fixed bounds that is true,
    `longest_delay_s` beyond the last, null where no receipt is told. `missing_events` are trades
    that reached that end in the window, longer than `lateness` (the settings' `webhook_lateness`)
    before `as_of`, without a delivery; a returned trade is asked for its settlement only. All
    figures are null before the first day of any attempt. Raises UnalignedInstantError where a
    bound lies inside a stored bucket.
    """
    parameters = {"as_of": naive(as_of), "lateness": lateness}
    with connection.cursor() as cursor:
        asked = asked_windows(windows, as_of)
        bounds = [*asked["window_start"].to_pylist(), *asked["closes_at"].to_pylist()]
        require_exact(cursor, [*bounds, naive(as_of)] if bounds else [])
        cursor.register("asked_windows", asked)
        return answer(cursor, "webhook_health", parameters)


def missing_webhooks_table(
    connection: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    lateness: timedelta,
    start: datetime | None = None,
    end: datetime | None = None,
    most: int = MOST_LISTED,
) -> pa.Table:
    """Return the trades behind `missing_events`, the oldest first, `most` of them at most.

    `start` and `end` bound when the trade reached its end, half-open. `age_s` is whole seconds.
    Exact as of any instant.
    """
    parameters = {
        "as_of": naive(as_of),
        "lateness": lateness,
        "start": None if start is None else naive(start),
        "end": None if end is None else naive(end),
        "most": most,
    }
    with connection.cursor() as cursor:
        return answer(cursor, "missing_webhooks", parameters)
