"""Runway: how long each balance lasts, by when money must be sent for it, and how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.books.balances import standing_balances_table
from pipelines.forecast.balance_books import BalanceBooks, is_short, met
from pipelines.forecast.balance_demand import BalanceDemand
from pipelines.forecast.coverage import asked_dates
from pipelines.forecast.demand import HORIZON_DAYS
from pipelines.forecast.funding import FundingCalendar, funding_calendar
from pipelines.forecast.outflows import outflow_history
from pipelines.forecast.pace import read_lanes, read_watermark
from pipelines.forecast.rounding import money, rounded_up
from pipelines.forecast.shapes import DemandHour, Runway, RunwayReason, TopUp, WhatIf
from pipelines.forecast.top_up import Advice, Outlook, advise
from pipelines.settings import Settings

_NOTHING = WhatIf()
_Row = Mapping[str, Any]


def runway(
    connection: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    settings: Settings,
    what_if: WhatIf | None = None,
    currencies: Sequence[str] | None = None,
    with_demand: bool = True,
) -> list[Runway]:
    """Return each currency's balance as of the aware `as_of`: how long it lasts, and what to do.

    `connection` is open on one partner's build, which must be split at `as_of` (any quarter of an
    hour is); cursors of its own are used. No advice is given on a balance older than
    `balance_max_age`, on records that end more than `forecast_max_lag` before, or on less than 14
    whole days. `currencies` None means all. `with_demand` tells the demand by hour too. Raises
    UnalignedInstantError for another instant.
    """
    as_of = as_of.astimezone(UTC)
    age = settings.balance_max_age
    table = standing_balances_table(connection, as_of=as_of, balance_max_age=age)
    standing = [
        row for row in table.to_pylist() if currencies is None or row["currency"] in currencies
    ]
    if not standing:
        return []
    with connection.cursor() as cursor:
        watermark = read_watermark(cursor)
    books = BalanceBooks(connection, [(row["currency"], as_of) for row in standing])
    since = min([as_of, *(credit.at for credit in books.credits.values())])
    demand = demand_of(connection, [as_of], [row["currency"] for row in standing], since)
    advisor = _Advisor(books, demand, settings, what_if or _NOTHING, with_demand=with_demand)
    is_stale = watermark is None or as_of > watermark + settings.forecast_max_lag
    return [advisor.runway(as_of, row, is_stale=is_stale) for row in standing]


def balance_currencies(
    connection: duckdb.DuckDBPyConnection, as_of: datetime, settings: Settings
) -> list[str]:
    """Return the currencies of the balances that a build tells of or limits."""
    age = settings.balance_max_age
    table = standing_balances_table(connection, as_of=as_of, balance_max_age=age)
    currencies: list[str] = table.column("currency").to_pylist()
    return currencies


def read_demand(
    connection: duckdb.DuckDBPyConnection, as_of: datetime, settings: Settings
) -> BalanceDemand | None:
    """Return the demand on every balance of a build; None where it has none."""
    currencies = balance_currencies(connection, as_of, settings)
    return demand_of(connection, [as_of], currencies, as_of) if currencies else None


def demand_of(
    connection: duckdb.DuckDBPyConnection,
    as_ofs: Sequence[datetime],
    currencies: Sequence[str],
    since: datetime,
) -> BalanceDemand:
    """Return the demand on some balances as of ascending instants of one anchor.

    It can be asked about instants from `since` on.
    """
    as_of = as_ofs[-1]
    with connection.cursor() as cursor:
        watermark = read_watermark(cursor)
        lanes = read_lanes(cursor, as_of)
    zones = dict.fromkeys(currencies, lanes[0].time_zone if lanes else "UTC")
    zones |= {lane.currency: lane.time_zone for lane in reversed(lanes) if lane.currency in zones}
    known_until = min([as_of, *([watermark] if watermark else [])])
    dates = asked_dates(
        as_ofs, list(zones.values()), known_until=known_until, ahead_days=HORIZON_DAYS + 1
    )
    return BalanceDemand(outflow_history(connection, zones, dates), as_of, since)


class _Advisor:
    """Puts balances, demand and the funding calendar together."""

    def __init__(
        self,
        books: BalanceBooks,
        demand: BalanceDemand,
        settings: Settings,
        what_if: WhatIf,
        *,
        with_demand: bool,
    ) -> None:
        self._books = books
        self._demand = demand
        self._settings = settings
        self._what_if = what_if
        self._with_demand = with_demand
        self._level = what_if.service_level or settings.top_up_service_level

    def runway(self, as_of: datetime, row: _Row, *, is_stale: bool) -> Runway:
        currency = row["currency"]
        plain = Runway(
            currency=currency,
            as_of=as_of,
            state="suppressed",
            action="stale_balance_no_advice",
            basis=row["basis"],
            balance_at=row["observed_at"],
            available=row["balance_available"],
            reserved=row["balance_reserved"],
            floor=_first(row["balance_floor"], self._settings.balance_floors.get(currency)),
            target=_first(row["balance_target"], self._settings.balance_targets.get(currency)),
        )
        if reason := _reason(row, is_stale=is_stale):
            return replace(plain, reason=reason)
        carried = self._books.carried.get((currency, as_of))
        plain = replace(plain, available_now=_first(carried, plain.available))
        enough_at = self._demand.enough_at(currency)
        if enough_at is not None:
            return replace(
                plain,
                action="not_enough_history",
                reason="short_history",
                enough_history_at=enough_at,
            )
        return self._advised(plain)

    def _advised(self, plain: Runway) -> Runway:
        outlook, advice = self._advice(plain, plain.as_of, float(plain.available_now or 0))
        last = self._last_top_up(plain)
        did_not_close = is_short(last) and advice.action != "no_action"
        step = self._settings.top_up_steps.get(plain.currency)
        return replace(
            plain,
            state="projected",
            action="top_up_did_not_close_gap" if did_not_close else advice.action,
            floor=money(advice.floor) if plain.floor is None else plain.floor,
            target=money(advice.target) if plain.target is None else plain.target,
            is_floor_derived=plain.floor is None,
            is_target_derived=plain.target is None,
            need=money(advice.need),
            service_level=self._level,
            runway_p50_s=_seconds(plain.as_of, advice.runs_out_p50_at),
            runway_p90_s=_seconds(plain.as_of, advice.runs_out_p90_at),
            runs_out_p50_at=advice.runs_out_p50_at,
            runs_out_p90_at=advice.runs_out_p90_at,
            send_by=advice.send_by,
            usable_at=advice.usable_at,
            amount_low=rounded_up(advice.amount_low, step),
            amount_high=rounded_up(advice.amount_high, step),
            next_check_at=advice.next_check_at,
            next_peak_at=advice.next_peak_at,
            horizon_end=outlook.ends[-1],
            rung=self._demand.rung(plain.currency),
            demand=self._fan(plain.currency) if self._with_demand else (),
            last_top_up=last,
        )

    def _fan(self, currency: str) -> tuple[DemandHour, ...]:
        return self._demand.fan(currency, self._level, self._what_if.growth)

    def _advice(self, plain: Runway, at: datetime, available: float) -> tuple[Outlook, Advice]:
        calendar = self._calendar(plain.currency)
        coming = self._coming(plain.currency, at, calendar)
        outlook = self._demand.outlook(
            plain.currency, at, self._level, growth=self._what_if.growth, coming=coming
        )
        advice = advise(
            outlook,
            calendar,
            available=available,
            floor=None if plain.floor is None else float(plain.floor),
            target=None if plain.target is None else float(plain.target),
            floor_days=float(self._settings.balance_floor_days),
            target_days=self._settings.balance_target_days,
        )
        return outlook, advice

    def _calendar(self, currency: str) -> FundingCalendar:
        zone = self._demand.zone(currency)
        return funding_calendar(self._settings, zone, self._what_if.lead_time)

    def _coming(
        self, currency: str, at: datetime, calendar: FundingCalendar
    ) -> list[tuple[datetime, float]]:
        """Return the money that is known to come: when it is usable, and how much."""
        planned = [
            (one.at.astimezone(UTC), float(one.amount))
            for one in self._settings.planned_top_ups
            if one.currency == currency and one.at > at
        ]
        if self._what_if.planned_top_up is not None:
            usable_at = self._what_if.planned_top_up_at or calendar.usable_at(at)
            planned.append((usable_at, float(self._what_if.planned_top_up)))
        return planned

    def _last_top_up(self, plain: Runway) -> TopUp | None:
        """Return the last credit, and what was missing before and after it to the need of then."""
        credit = self._books.credits.get((plain.currency, plain.as_of))
        if credit is None:
            return None
        before = credit.before
        if before is None or not self._demand.has_references(plain.currency, credit.at):
            return TopUp(credit.at, credit.amount, None, None, None)
        _, advice = self._advice(plain, credit.at, float(before))
        return met(credit, before, advice.need)


def _first(known: Decimal | None, otherwise: Decimal | None) -> Decimal | None:
    return otherwise if known is None else known


def _reason(row: _Row, *, is_stale: bool) -> RunwayReason | None:
    if row["state"] != "known":
        return "no_balance" if row["state"] == "none" else "stale_balance"
    return "stale" if is_stale else None


def _seconds(as_of: datetime, at: datetime | None) -> int | None:
    return None if at is None else int((at - as_of).total_seconds())
