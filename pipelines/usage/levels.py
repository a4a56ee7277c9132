"""The daily band as it fills up: what is used of it, and the band that was in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from pipelines.lanes import Lanes
from pipelines.utilization import windows_table
from pipelines.windows import Window

LIMIT_PARTS = tuple(
    f"{name}_{part}"
    for name in ("daily_band", "velocity_24h", "max_order")
    for part in ("used", "limit", "room")
)
"""For each limit: what counts against it at T, its value then, and the difference of the two."""

_FAMILIES = ("band_usage",)
_PARTS = ("daily_band_used", "daily_band_limit", "daily_band_room", "daily_band_is_shared")


def band_levels_table(
    connection: duckdb.DuckDBPyConnection,
    windows: Sequence[Window],
    *,
    as_of: datetime,
    pools: Sequence[str],
    lanes: Lanes | None = None,
) -> pa.Table:
    """Return one row per pool, currency and window: `daily_band_usage` at its end, and its parts.

    `daily_band_used` is the numerator, `daily_band_limit` the band in force
    when the local day began, `daily_band_room` what is left of it (negative where it is exceeded):
    DECIMAL(38, 8) in the currency. Used are all pools of the currency where `daily_band_is_shared`.
    """
    return windows_table(
        connection,
        windows,
        as_of=as_of,
        pools=pools,
        families=_FAMILIES,
        parts=_PARTS,
        lanes=lanes,
    )
