"""What was advised on each balance at many instants of a span, in one pass.

The same action as a runway asked for at each instant: snapshots, ledger and history are read once
for each four weeks. How long the balance lasts, and how much to send, is not worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby

import duckdb
import numpy as np

from pipelines.forecast.balance_books import (
    BalanceBooks,
    Moment,
    asked_balances,
    is_short,
    met,
)
from pipelines.forecast.coverage import anchor, naive
from pipelines.forecast.demand_courses import Asked, DemandCourses
from pipelines.forecast.funding import FundingCalendar, funding_calendar
from pipelines.forecast.queries import answer, query
from pipelines.forecast.runway import balance_currencies, demand_of
from pipelines.forecast.shapes import Action
from pipelines.forecast.top_up import EXPECTED_LEVEL, Curve, due
from pipelines.settings import Settings

_DAY = timedelta(days=1)


def advice_courses(
    connection: duckdb.DuckDBPyConnection, settings: Settings, instants: Sequence[datetime]
) -> dict[str, dict[datetime, Action]]:
    """Return the action of each currency's balance at each of the ascending aware `instants`.

    No entry where no advice can be given. Instants are on quarters of an hour, and none is after
    the watermark.
    """
    found: dict[str, dict[datetime, Action]] = {}
    with connection.cursor() as cursor:
        (booked_from,) = cursor.execute(query("first_booking")).fetchone() or (None,)

    def history(at: datetime) -> tuple[int, bool]:
        return anchor(at), booked_from is not None and booked_from < naive(at)

    for _, group in groupby(instants, key=history):
        block = list(group)
        currencies = balance_currencies(connection, block[-1], settings)
        if not currencies:
            continue
        for (currency, at), action in _Block(connection, settings, block, currencies).actions():
            found.setdefault(currency, {})[at] = action
    return found


@dataclass(frozen=True, slots=True)
class _Look:
    """A currency's balance as of an instant, and the floor that is set for it."""

    currency: str
    at: datetime
    floor: Decimal | None


@dataclass(frozen=True, eq=False)
class _Outlook:
    """What a look tells."""

    net: Curve
    """Demand at the service level less the money that comes, from `usable_at` on for a day."""

    floor: float
    usable_at: datetime
    next_peak: datetime

    @property
    def need(self) -> float:
        """What must be there to last until money sent at the look is usable."""
        return self.floor + self.net.at(self.usable_at)


class _Block:
    """The balances of a build at instants that look at the same history."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        settings: Settings,
        instants: Sequence[datetime],
        currencies: Sequence[str],
    ) -> None:
        self._settings = settings
        moments = [(currency, at) for currency in currencies for at in instants]
        self._standing = _read_standing(connection, moments, settings)
        self._books = BalanceBooks(connection, moments)
        since = min([instants[0], *(credit.at for credit in self._books.credits.values())])
        self._demand = demand_of(connection, instants, currencies, since)
        self._courses = DemandCourses(self._demand)
        self._calendars: dict[str, FundingCalendar] = {}
        self._usable: dict[tuple[str, datetime], datetime] = {}

    def actions(self) -> Iterator[tuple[Moment, Action]]:
        """Yield what was advised, where anything was."""
        looks = [_Look(*moment, floor) for moment, (_, floor) in self._standing.items()]
        outlooks = self._outlooks(looks)
        advised = {look: self._action(look, outlook) for look, outlook in outlooks.items()}
        short = self._short([look for look, action in advised.items() if action != "no_action"])
        for look, action in advised.items():
            found = "top_up_did_not_close_gap" if look in short else action
            yield (look.currency, look.at), found

    def _action(self, look: _Look, outlook: _Outlook) -> Action:
        moment = (look.currency, look.at)
        carried = self._books.carried.get(moment)
        available = self._standing[moment][0] if carried is None else carried
        spare = float(available) - outlook.floor
        calendar = self._calendar(look.currency)
        return due(outlook.net, calendar, spare, outlook.usable_at, outlook.next_peak)[0]

    def _short(self, looks: Sequence[_Look]) -> set[_Look]:
        """Return the looks whose last credit had left too large a gap to the need of then."""
        last = {
            look: credit
            for look in looks
            if (credit := self._books.credits.get((look.currency, look.at))) is not None
        }
        then = {look: _Look(look.currency, one.at, look.floor) for look, one in last.items()}
        outlooks = self._outlooks(list(set(then.values())))
        return {
            look
            for look, credit in last.items()
            if credit.before is not None
            and (told := outlooks.get(then[look])) is not None
            and is_short(met(credit, credit.before, told.need))
        }

    def _outlooks(self, looks: Sequence[_Look]) -> dict[_Look, _Outlook]:
        """Return what looks tell, where enough history does."""
        asked = {}
        for look in looks:
            bounds = self._usable_at(look.currency, look.at), look.at + _DAY
            last = self._usable_at(look.currency, bounds[1])
            asked[look] = Asked(look.currency, look.at, bounds[0], last)
        told = self._courses.stretches(
            list(asked.values()), float(self._settings.top_up_service_level)
        )
        known = [look for look in looks if asked[look] in told]
        floors = self._floors(known)
        return {
            look: _Outlook(
                self._net(look.currency, told[asked[look]].curve),
                floors[look],
                asked[look].first,
                told[asked[look]].next_peak,
            )
            for look in known
        }

    def _floors(self, looks: Sequence[_Look]) -> dict[_Look, float]:
        """Return the floor of each look: the one set, or what is expected to be taken."""
        found = {look: float(look.floor) for look in looks if look.floor is not None}
        days = float(self._settings.balance_floor_days) * _DAY
        asked = {
            look: Asked(look.currency, look.at, look.at + days, look.at + days)
            for look in looks
            if look.floor is None
        }
        told = self._courses.stretches(list(asked.values()), EXPECTED_LEVEL)
        return found | {look: told[one].curve.at(one.last) for look, one in asked.items()}

    def _net(self, currency: str, gross: Curve) -> Curve:
        """Return a curve less the planned top-ups that have come by the end of each hour."""
        coming = np.zeros(len(gross.ends))
        for one in self._settings.planned_top_ups:
            if one.currency == currency and one.at > gross.as_of:
                coming += float(one.amount) * np.array([end >= one.at for end in gross.ends])
        return Curve(gross.as_of, gross.ends, gross.values - coming)

    def _calendar(self, currency: str) -> FundingCalendar:
        if currency not in self._calendars:
            zone = self._demand.zone(currency)
            self._calendars[currency] = funding_calendar(self._settings, zone)
        return self._calendars[currency]

    def _usable_at(self, currency: str, sent: datetime) -> datetime:
        key = (self._calendar(currency).time_zone, sent)
        if key not in self._usable:
            self._usable[key] = self._calendar(currency).usable_at(sent)
        return self._usable[key]


def _read_standing(
    connection: duckdb.DuckDBPyConnection, moments: Sequence[Moment], settings: Settings
) -> dict[Moment, tuple[Decimal, Decimal | None]]:
    """Return what the last snapshot before each moment said, unless it is old, and the floor."""
    with connection.cursor() as cursor:
        cursor.register("asked_balances", asked_balances(moments))
        parameters = {"balance_max_age": settings.balance_max_age}
        rows = answer(cursor, "balances_then", parameters).to_pylist()
    found = {}
    for row in rows:
        floor = row["balance_floor"]
        if floor is None:
            floor = settings.balance_floors.get(row["currency"])
        found[row["currency"], row["moment"].replace(tzinfo=UTC)] = (row["available"], floor)
    return found
