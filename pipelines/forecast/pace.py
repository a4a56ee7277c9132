"""Pace: how each limit stands, and where the day of a daily band is heading."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

import duckdb

from pipelines.forecast.band_history import band_history
from pipelines.forecast.band_limits import Lane
from pipelines.forecast.bands import Bands, Levels
from pipelines.forecast.coverage import anchor, asked_dates, naive
from pipelines.forecast.queries import answer, query
from pipelines.forecast.rounding import quotient
from pipelines.forecast.shapes import Pace
from pipelines.metrics.catalog import load_query
from pipelines.settings import Settings
from pipelines.utilization import windows_table
from pipelines.windows import rolling_window

HEAVY_SHARE = Decimal("0.05")
"""Of what counts against a rolling cap: a quarter of an hour that holds as much is heavy."""

_ROLLING = timedelta(hours=24)
_FAMILIES = ("execution", "band_usage", "limit_usage")
_PARTS = (
    "daily_band_used",
    "daily_band_limit",
    "daily_band_is_shared",
    "velocity_24h_used",
    "velocity_24h_limit",
)
_Row = Mapping[str, Any]


def pace(
    connection: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    settings: Settings,
    pools: Sequence[str] | None = None,
    with_path: bool = False,
) -> list[Pace]:
    """Return each limit as of the aware `as_of`: daily bands first, then rolling caps.

    A limit that pools share is one row of all its pools; a row is answered where one of its pools
    is among `pools` (None means all). `connection` is open on one partner's build, which must be
    split at `as_of` (any quarter of an hour is); a cursor of its own is used. Raises
    UnalignedInstantError otherwise.
    """
    (found,) = paces(connection, [as_of], settings=settings, pools=pools, with_path=with_path)
    return found


def paces(
    connection: duckdb.DuckDBPyConnection,
    as_ofs: Sequence[datetime],
    *,
    settings: Settings,
    pools: Sequence[str] | None = None,
    with_path: bool = False,
) -> list[list[Pace]]:
    """Return what `pace` answers for each of the ascending `as_ofs`, reading the history once.

    Zones, and which pools there are, are those in force at the last instant of each four weeks.
    """
    found: list[list[Pace]] = []
    ascending = [at.astimezone(UTC) for at in as_ofs]
    for _, group in groupby(ascending, key=anchor):
        found += _paces(connection, list(group), settings, pools, with_path=with_path)
    return found


def _paces(
    connection: duckdb.DuckDBPyConnection,
    as_ofs: Sequence[datetime],
    settings: Settings,
    pools: Sequence[str] | None,
    *,
    with_path: bool,
) -> list[list[Pace]]:
    bands = read_bands(connection, as_ofs)
    if bands is None:
        return [[] for _ in as_ofs]
    with connection.cursor() as cursor:
        watermark = read_watermark(cursor)
    levels = _levels(connection, as_ofs)
    caps = _Caps(connection, as_ofs, bands.lanes)
    answered: dict[datetime, list[Pace]] = {}
    for as_of in sorted(as_ofs, key=_by_time_of_day):
        is_stale = watermark is None or as_of > watermark + settings.forecast_max_lag
        daily = bands.paces(as_of, levels[as_of], is_stale=is_stale, with_path=with_path)
        rows: Iterable[Pace] = (*daily, *caps.paces(as_of, levels[as_of]))
        answered[as_of] = [row for row in rows if pools is None or set(pools) & set(row.pools)]
    return [answered[as_of] for as_of in as_ofs]


def _by_time_of_day(as_of: datetime) -> tuple[time, datetime]:
    """Instants of one time of day together: they share what the forecast learns of it."""
    return as_of.time(), as_of


def read_bands(connection: duckdb.DuckDBPyConnection, as_ofs: Sequence[datetime]) -> Bands | None:
    """Return the daily bands of a build as of the ascending `as_ofs`; None where it has no pool."""
    if not as_ofs:
        return None
    with connection.cursor() as cursor:
        watermark = read_watermark(cursor)
        lanes = read_lanes(cursor, as_ofs[-1])
    if not lanes:
        return None
    zones = [lane.time_zone for lane in lanes]
    known_until = min([as_ofs[-1], *([watermark] if watermark else [])])
    dates = asked_dates(as_ofs, zones, known_until=known_until, ahead_days=1)
    return Bands(band_history(connection, lanes, dates), as_ofs[0], as_ofs[-1])


def read_watermark(cursor: duckdb.DuckDBPyConnection) -> datetime | None:
    """Return the aware instant that every required source of the build has reached."""
    row = cursor.execute(query("watermark")).fetchone()
    return row[0].replace(tzinfo=UTC) if row and row[0] else None


def read_lanes(cursor: duckdb.DuckDBPyConnection, as_of: datetime) -> list[Lane]:
    """Return the pools and currencies reported as of an instant, with the zone of their days."""
    parameters = {"as_of": naive(as_of), "pools": None}
    rows = cursor.execute(load_query("reported_lanes").sql, parameters).fetchall()
    return [Lane(pool, currency, zone) for pool, currency, zone, _ in rows if currency]


def _levels(
    connection: duckdb.DuckDBPyConnection, as_ofs: Sequence[datetime]
) -> dict[datetime, Levels]:
    """Return the figures of the metrics at each instant, by pool and currency."""
    windows = [rolling_window("24h", at) for at in as_ofs]
    table = windows_table(connection, windows, as_of=as_ofs[-1], families=_FAMILIES, parts=_PARTS)
    found: dict[datetime, dict[tuple[str, str], _Row]] = {at: {} for at in as_ofs}
    for row in table.to_pylist():
        if row["currency"] is not None:
            found[row["window_end"]][row["pool_id"], row["currency"]] = row
    return dict(found)


class _Caps:
    """The rolling 24 h caps. They are never projected: each hour something leaves them again."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        as_ofs: Sequence[datetime],
        lanes: Sequence[Lane],
    ) -> None:
        self._lanes = lanes
        span = {"start": naive(as_ofs[0] - _ROLLING), "end": naive(as_ofs[-1])}
        with connection.cursor() as cursor:
            self._limits = answer(cursor, "limits_known", {}).to_pylist()
            self._buckets = answer(cursor, "heavy_buckets", span).to_pylist()
        self._starts = [row["bucket"] for row in self._buckets]

    def paces(self, as_of: datetime, levels: Levels) -> Iterator[Pace]:
        """Yield each cap in force as of an instant."""
        shared: dict[str, list[Lane]] = {}
        for lane in self._lanes:
            row = levels.get((lane.pool_id, lane.currency))
            if row is None or row["velocity_24h_limit"] is None:
                continue
            if self._is_own(lane, as_of):
                yield self._pace(as_of, [lane], row, lane.pool_id)
            else:
                shared.setdefault(lane.currency, []).append(lane)
        for currency, lanes in sorted(shared.items()):
            row = levels[lanes[0].pool_id, currency]
            yield self._pace(as_of, lanes, row, None)

    def _is_own(self, lane: Lane, as_of: datetime) -> bool:
        at = naive(as_of)
        return any(
            row["pool_id"] == lane.pool_id
            and row["currency"] == lane.currency
            and row["limit_name"] == "velocity_24h"
            and row["effective_from"] <= at
            and (row["effective_to"] is None or row["effective_to"] > at)
            for row in self._limits
        )

    def _pace(self, as_of: datetime, lanes: Sequence[Lane], row: _Row, pool_id: str | None) -> Pace:
        used, limit = row["velocity_24h_used"], row["velocity_24h_limit"]
        release_at, release = self._next_release(as_of, lanes[0].currency, pool_id, used)
        return Pace(
            pool_id=pool_id,
            currency=lanes[0].currency,
            limit_type="velocity_24h",
            pools=tuple(lane.pool_id for lane in lanes),
            window_start=as_of - _ROLLING,
            window_end=as_of,
            as_of=as_of,
            time_zone=lanes[0].time_zone,
            limit=limit,
            used=used,
            usage=quotient(used, limit),
            headroom=limit - used,
            state="current",
            reason="rolling_window",
            next_release_at=release_at,
            next_release_amount=release,
        )

    def _next_release(
        self, as_of: datetime, currency: str, pool_id: str | None, used: Decimal
    ) -> tuple[datetime | None, Decimal | None]:
        """Return when the oldest heavy quarter of an hour leaves, or the heaviest, and its sum."""
        held: dict[datetime, Decimal] = {}
        bounds = (naive(as_of - _ROLLING), naive(as_of))
        first, last = (bisect_left(self._starts, bound) for bound in bounds)
        for bucket in self._buckets[first:last]:
            if bucket["currency"] == currency and pool_id in (None, bucket["pool_id"]):
                held[bucket["bucket"]] = held.get(bucket["bucket"], Decimal(0)) + bucket["amount"]
        if not held:
            return None, None
        heavy = [at for at, amount in held.items() if amount >= used * HEAVY_SHARE]
        at = min(heavy) if heavy else max(held, key=lambda bucket: (held[bucket], bucket))
        return at.replace(tzinfo=UTC) + _ROLLING, held[at]
