"""The daily band of each lane as each local date begins, against which use is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.forecast.coverage import Dates
from pipelines.forecast.local_hours import Bools, Floats
from pipelines.metrics.catalog import load_query


@dataclass(frozen=True, slots=True)
class Lane:
    """A pool's currency, and the zone in which its days begin."""

    pool_id: str
    currency: str
    time_zone: str


@dataclass(frozen=True, eq=False)
class BandLimits:
    """The bands of some lanes on some dates."""

    values: Floats
    """S, D: in the lane's currency; NaN where no band is in force."""

    is_shared: Bools
    """S, D: whether it is one that the pools of the currency share."""


def band_limits(
    connection: duckdb.DuckDBPyConnection, lanes: Sequence[Lane], dates: Dates
) -> BandLimits:
    """Return the band in force as each date of each lane's zone begins, as the metrics tell it."""
    with connection.cursor() as cursor:
        cursor.register("numbered_lanes", _numbered(lanes))
        steps: pa.Table = cursor.execute(load_query("limit_steps").sql).to_arrow_table()
    starts = {lane.time_zone: dates.of(lane.time_zone).day_starts()[:-1] for lane in lanes}
    values = np.full((len(lanes), dates.count), np.nan)
    is_shared = np.zeros(values.shape, dtype=np.bool_)
    for step in steps.to_pylist():
        if step["limit_name"] == "daily_band" and step["value"] is not None:
            number = step["lane_no"]
            bounds = np.array([step["in_force_from"], step["in_force_to"]], "datetime64[us]")
            first, last = np.searchsorted(starts[lanes[number].time_zone], bounds)
            values[number, first:last] = float(step["value"])
            is_shared[number, first:last] = step["is_shared"]
    return BandLimits(values, is_shared)


def _numbered(lanes: Sequence[Lane]) -> pa.Table:
    """Return the lanes as the metrics number them."""
    return pa.table(
        {
            "lane_no": pa.array(range(len(lanes)), pa.int64()),
            "pool_id": pa.array([lane.pool_id for lane in lanes], pa.string()),
            "currency": pa.array([lane.currency for lane in lanes], pa.string()),
        }
    )
