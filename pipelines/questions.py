"""The questions of the command line, asked of a build that is exact as of their instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from pipelines.asof import build_as_of
from pipelines.books.ageing import reserved_ageing_table, reserved_trades_table
from pipelines.books.bridge import bridge_table, snapshots_table
from pipelines.books.exceptions import exceptions_table, reconciliation_table
from pipelines.books.webhooks import webhook_health_table
from pipelines.errors import UsageError
from pipelines.forecast.accuracy import accuracy
from pipelines.forecast.pace import pace, read_lanes
from pipelines.forecast.rows import rows_of
from pipelines.forecast.runway import balance_currencies, runway
from pipelines.forecast.shapes import Accuracy, Pace, Runway, WhatIf
from pipelines.places import Place
from pipelines.serving import Build
from pipelines.settings import Settings
from pipelines.sqlfiles import sql_text
from pipelines.utilization import now_table, windows_table
from pipelines.windows import Window, calendar_windows, rolling_window

FORECASTS = ("pace", "runway", "accuracy")
ROLLING = {"rolling-1h": "1h", "rolling-24h": "24h", "rolling-7d": "7d", "rolling-30d": "30d"}


@dataclass(frozen=True, slots=True)
class Question:
    """Which windows of which pools, as of when."""

    window: str
    """`15m`, `1h`, `day`, `week`, `month`, `quarter`, or `rolling-1h`, `-24h`, `-7d`, `-30d`."""

    start: datetime | None
    end: datetime | None
    time_zone: str | None
    """IANA name; None is the program's zone where all programs share one, else UTC."""

    as_of: datetime | None
    """None is the watermark."""

    pools: Sequence[str] | None = None
    basis: str = "available"


@dataclass(frozen=True, slots=True)
class ForecastQuestion:
    """Which forecasts, as of when, of which pools and currencies, under which assumptions."""

    kinds: Sequence[str]
    """Of `FORECASTS`."""

    as_of: datetime | None
    """None is the watermark."""

    pools: Sequence[str] | None
    currencies: Sequence[str] | None
    what_if: WhatIf
    hourly: bool = False


def ask_windows(
    settings: Settings, place: Place, question: Question, *, wait_seconds: float
) -> pa.Table:
    """One row per pool, currency and window; see `pipelines.utilization.windows_table`.

    Raises UsageError for a pool that the partner does not have, and for a range that is missing.
    """
    with build_as_of(settings, place, question.as_of, wait_seconds=wait_seconds) as build:
        as_of = _moment(build, question.as_of)
        windows = _windows(build, question, as_of)
        table = windows_table(
            build.connection,
            windows,
            as_of=as_of,
            pools=question.pools,
            basis=question.basis,
            balance_max_age=settings.balance_max_age,
        )
    if any(window.start < as_of for window in windows):
        _require_pools(table, question.pools or ())
    return table


def ask_now(
    settings: Settings, place: Place, at: datetime | None, *, basis: str, wait_seconds: float
) -> pa.Table:
    """The rolling row of each pool; see `pipelines.utilization.now_table`."""
    with build_as_of(settings, place, at, wait_seconds=wait_seconds) as build:
        return now_table(
            build.connection,
            at=_moment(build, at),
            basis=basis,
            balance_max_age=settings.balance_max_age,
        )


def ask_exceptions(
    settings: Settings,
    place: Place,
    *,
    kinds: Sequence[str],
    states: Sequence[str],
    as_of: datetime | None,
    wait_seconds: float,
) -> pa.Table:
    """The exceptions in these states; see `pipelines.books.exceptions.exceptions_table`."""
    with build_as_of(settings, place, as_of, wait_seconds=wait_seconds) as build:
        moment = _moment(build, as_of)
        return exceptions_table(build.connection, as_of=moment, kinds=kinds, states=states)


def ask_reconciliation(
    settings: Settings, place: Place, as_of: datetime | None, *, wait_seconds: float
) -> pa.Table:
    """What ties out per currency; see `pipelines.books.exceptions.reconciliation_table`."""
    with build_as_of(settings, place, as_of, wait_seconds=wait_seconds) as build:
        return reconciliation_table(build.connection, as_of=_moment(build, as_of))


def ask_bridge(
    settings: Settings, place: Place, question: Question, *, wait_seconds: float
) -> pa.Table:
    """One row per currency and window; see `pipelines.books.bridge.bridge_table`."""
    with build_as_of(settings, place, question.as_of, wait_seconds=wait_seconds) as build:
        as_of = _moment(build, question.as_of)
        return bridge_table(build.connection, _windows(build, question, as_of), as_of=as_of)


def ask_snapshots(
    settings: Settings, place: Place, question: Question, *, wait_seconds: float
) -> pa.Table:
    """Each balance snapshot of a range beside the books; see `pipelines.books.bridge`."""
    with build_as_of(settings, place, question.as_of, wait_seconds=wait_seconds) as build:
        moments = [_moment(build, question.as_of), *([question.end] if question.end else [])]
        return snapshots_table(build.connection, as_of=min(moments), start=question.start)


def ask_reserved(
    settings: Settings,
    place: Place,
    *,
    is_by_age: bool,
    over: timedelta | None,
    as_of: datetime | None,
    wait_seconds: float,
) -> pa.Table:
    """Reserved trades by age bucket, or those older than `over`; see `pipelines.books.ageing`.

    `over` None is the partner's own threshold.
    """
    with build_as_of(settings, place, as_of, wait_seconds=wait_seconds) as build:
        moment = _moment(build, as_of)
        if is_by_age:
            return reserved_ageing_table(build.connection, as_of=moment)
        threshold = settings.reserved_age_threshold if over is None else over
        return reserved_trades_table(build.connection, as_of=moment, over=threshold)


def ask_webhooks(
    settings: Settings, place: Place, question: Question, *, wait_seconds: float
) -> pa.Table:
    """One row per event type and window; see `pipelines.books.webhooks.webhook_health_table`."""
    with build_as_of(settings, place, question.as_of, wait_seconds=wait_seconds) as build:
        as_of = _moment(build, question.as_of)
        windows = _windows(build, question, as_of)
        lateness = settings.webhook_lateness
        return webhook_health_table(build.connection, windows, as_of=as_of, lateness=lateness)


def ask_forecast(
    settings: Settings, place: Place, question: ForecastQuestion, *, wait_seconds: float
) -> list[dict[str, object]]:
    """One row per limit, balance or scored series; see `pipelines.forecast.rows`.

    Raises UsageError for a kind, pool or currency that there is not.
    """
    if unknown := [kind for kind in question.kinds if kind not in FORECASTS]:
        raise UsageError(f"no forecast {unknown[0]!r}; choose from {', '.join(FORECASTS)}")
    with build_as_of(settings, place, question.as_of, wait_seconds=wait_seconds) as build:
        as_of = _moment(build, question.as_of)
        _require_known(settings, build, question, as_of)
        answers: Mapping[str, Callable[[], Sequence[Pace | Runway | Accuracy]]] = {
            "pace": lambda: pace(
                build.connection,
                as_of=as_of,
                settings=settings,
                pools=question.pools,
                with_path=question.hourly,
            ),
            "runway": lambda: runway(
                build.connection,
                as_of=as_of,
                settings=settings,
                what_if=question.what_if,
                currencies=question.currencies,
            ),
            "accuracy": lambda: accuracy(build.connection, as_of=as_of, settings=settings),
        }
        return [
            row
            for kind in question.kinds
            for row in rows_of(kind, answers[kind](), hourly=question.hourly)
        ]


def default_zone(build: Build, as_of: datetime) -> str:
    """The zone that every program in force shares, else UTC."""
    with build.connection.cursor() as cursor:
        moment = as_of.astimezone(UTC).replace(tzinfo=None)
        cursor.execute(sql_text("program_zones.sql"), {"as_of": moment})
        zones = [zone for (zone,) in cursor.fetchall()]
    return str(zones[0]) if len(zones) == 1 else "UTC"


def _moment(build: Build, asked: datetime | None) -> datetime:
    moment = asked or build.watermark
    if moment is None:
        raise UsageError("nothing with a time of its own has arrived yet; give --as-of")
    return moment


def _require_pools(table: pa.Table, pools: Sequence[str]) -> None:
    known = set(table.column("pool_id").to_pylist())
    for pool in pools:
        if pool not in known:
            raise UsageError(f"no pool {pool!r} by then; `utilization now` lists the pools")


def _require_known(
    settings: Settings, build: Build, question: ForecastQuestion, as_of: datetime
) -> None:
    with build.connection.cursor() as cursor:
        pools = {lane.pool_id for lane in read_lanes(cursor, as_of)}
    for pool in question.pools or ():
        if pool not in pools:
            raise UsageError(f"no pool {pool!r} by then; `utilization now` lists the pools")
    known = balance_currencies(build.connection, as_of, settings)
    for currency in question.currencies or ():
        if currency not in known:
            raise UsageError(f"no balance in {currency!r} by then; they are in {', '.join(known)}")


def _windows(build: Build, question: Question, as_of: datetime) -> list[Window]:
    if question.window in ROLLING:
        return [rolling_window(ROLLING[question.window], question.end or as_of)]
    if question.start is None or question.end is None:
        raise UsageError(f"a {question.window} window needs --from and --to")
    zone = question.time_zone or default_zone(build, as_of)
    return calendar_windows(question.window, question.start, question.end, zone)
