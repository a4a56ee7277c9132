"""How each daily band filled up on the day that a pace is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb

from pipelines.forecast.shapes import Pace
from pipelines.usage.levels import band_levels_table
from pipelines.windows import Window, calendar_windows


@dataclass(frozen=True, slots=True)
class Curve:
    """What was used of one daily band, in its currency, by each quarter of an hour of its day."""

    pool_id: str | None
    """None where the limit is shared by all pools of the currency."""

    currency: str
    points: tuple[tuple[datetime, Decimal], ...]
    """The ends of the quarters that were over, aware UTC, and what was used by then."""


def curves(
    connection: duckdb.DuckDBPyConnection, paces: Sequence[Pace], *, as_of: datetime
) -> tuple[Curve, ...]:
    """Return the curve of each daily band among `paces`, which are as of `as_of`, in their order.

    A limit that pools share is read off any of them. Bands whose days begin together are asked for
    together.
    """
    bands = [one for one in paces if one.limit_type == "daily_band" and one.limit is not None]
    days = dict.fromkeys((one.window_start, one.window_end, one.time_zone) for one in bands)
    found: dict[tuple[str, str, datetime], list[tuple[datetime, Decimal]]] = {}
    for start, end, zone in days:
        of_day = [one for one in bands if (one.window_start, one.window_end) == (start, end)]
        quarters = [
            Window(quarter.start, quarter.end, "15m")
            for quarter in calendar_windows("15m", start, end, zone)
            if quarter.end <= as_of
        ]
        pools = list(dict.fromkeys(one.pools[0] for one in of_day))
        table = band_levels_table(connection, quarters, as_of=as_of, pools=pools)
        for row in table.to_pylist():
            points = found.setdefault((row["pool_id"], row["currency"], start), [])
            points.append((row["window_end"], row["daily_band_used"]))
    return tuple(
        Curve(
            one.pool_id,
            one.currency,
            tuple(found.get((one.pools[0], one.currency, one.window_start), ())),
        )
        for one in bands
    )
