"""Reserved ageing: how long money has been held by trades that did not reach an end yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import duckdb
import pyarrow as pa

from pipelines.books.queries import EPOCH, in_utc, naive, query, require_exact
from pipelines.errors import UsageError
from pipelines.sqlfiles import sql_text
from pipelines.windows import format_instant

AGES = tuple(timedelta(hours=hours) for hours in (1, 24, 72, 168))
"""Where age buckets part: those whose bounds a build is split at for its own watermark."""

MOST_LISTED = 1000
_TIME = pa.timestamp("us")
_SECOND = timedelta(seconds=1)


def reserved_ageing_table(
    connection: duckdb.DuckDBPyConnection, *, as_of: datetime, bounds: Sequence[timedelta] = AGES
) -> pa.Table:
    """Return one row per pool, currency and age bucket for the trades reserved at `as_of`.

    A bucket holds ages over `over_s` and up to `up_to_s` whole seconds, the last without end;
    `reserved_count` and `reserved_notional` (DECIMAL(38, 8), in the currency) are 0 where there is
    none, `oldest_created_at` and `oldest_age_s` null. Exact as of any instant: raises
    UnalignedInstantError where `as_of` or `as_of` less a bound lies inside a stored bucket.
    """
    with connection.cursor() as cursor:
        ages = _ages(naive(as_of), bounds)
        require_exact(cursor, ages["created_before"].to_pylist())
        cursor.register("ages", ages)
        parameters = {"as_of": naive(as_of)}
        return in_utc(cursor.execute(query("reserved_ageing"), parameters).to_arrow_table())


def reserved_trades_table(
    connection: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    over: timedelta = timedelta(0),
    pools: Sequence[str] | None = None,
    trades: str = "open_trades",
    most: int = MOST_LISTED,
) -> pa.Table:
    """Return the trades reserved at `as_of` for longer than `over`, the oldest first.

    At most `most` of them; `pools` None means every pool. A build lists what was reserved at its
    watermark or is now. Raises UsageError for an earlier instant; on a connection that holds the
    facts, `trades="facts.trade_state"` answers any.
    """
    parameters = {
        "as_of": naive(as_of),
        "created_before": naive(as_of - over),
        "pools": None if pools is None else list(pools),
        "most": most,
    }
    with connection.cursor() as cursor:
        if trades == "open_trades":
            _require_listed(cursor, as_of)
        text = query("reserved_trades").format(trades=trades)
        return in_utc(cursor.execute(text, parameters).to_arrow_table())


def _require_listed(cursor: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
    builds = cursor.execute(sql_text("opened.sql")).fetchall()
    if any(watermark is not None and naive(as_of) < watermark for _, _, _, watermark, *_ in builds):
        raise UsageError(
            f"which trades were reserved at {format_instant(as_of)} is not in this build;"
            " ask as of its watermark or later, or for the counts by age"
        )


def _ages(as_of: datetime, bounds: Sequence[timedelta]) -> pa.Table:
    """Return the age buckets as spans of creation: from `created_from`, before `created_before`."""
    edges = [timedelta(0), *bounds]
    spans = [*pairwise(edges), (edges[-1], None)]
    return pa.table(
        {
            "age_no": pa.array(range(len(spans)), pa.int64()),
            "age": pa.array([_name(*span) for span in spans], pa.string()),
            "over_s": pa.array([over // _SECOND for over, _ in spans], pa.int64()),
            "up_to_s": pa.array(
                [None if up_to is None else up_to // _SECOND for _, up_to in spans], pa.int64()
            ),
            "created_from": pa.array(
                [EPOCH if up_to is None else as_of - up_to for _, up_to in spans], _TIME
            ),
            "created_before": pa.array([as_of - over for over, _ in spans], _TIME),
        }
    )


def _name(over: timedelta, up_to: timedelta | None) -> str:
    """The bucket in words, such as `1h-24h`; whole hours up to two days, then days."""
    if up_to is None:
        return f">{_length(over)}"
    return f"{_length(over)}-{_length(up_to)}" if over else f"<={_length(up_to)}"


def _length(length: timedelta) -> str:
    hour, day = timedelta(hours=1), timedelta(days=1)
    if length % day == timedelta(0) and length > day:
        return f"{length // day}d"
    return f"{length // hour}h" if length % hour == timedelta(0) else f"{length // _SECOND}s"
