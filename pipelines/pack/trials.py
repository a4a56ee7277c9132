"""What was tried before real traffic, and on its first day: counts behind the launch plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from pipelines.books.queries import naive
from pipelines.pack.queries import query
from pipelines.periods import last_quarter_hour
from pipelines.places import Place
from pipelines.publish import read_pointer
from pipelines.serving import opened
from pipelines.windows import local_day

SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class SandboxTrials:
    """Counts of the partner's own sandbox up to a quarter of an hour."""

    before: datetime
    firm_quotes: int
    settled_trades: int
    unsettled_trades: int
    """Failed, released or returned ones."""

    delivered_webhooks: int
    ledger_entries: int
    open_exceptions: int


@dataclass(frozen=True, slots=True)
class FirstDay:
    """The program's first local day with a trade, as known as of the pack's instant."""

    start: datetime
    end: datetime
    trades: int
    still_reserved: int
    open_exceptions: int
    is_reconciled: bool
    """Whether trades and ledger entries were both known by then."""


def read_sandbox(place: Place, pools: Sequence[str], as_of: datetime) -> SandboxTrials | None:
    """Return what this partner's sandbox holds from before `as_of`; None where it has none."""
    sandbox = Place(place.home, SANDBOX, place.partner_id)
    if read_pointer(sandbox) is None:
        return None
    before = last_quarter_hour(as_of)
    parameters = {"pools": list(pools), "before": naive(before)}
    with opened(sandbox) as build, build.connection.cursor() as cursor:
        row = cursor.execute(query("sandbox"), parameters).fetchone()
    return SandboxTrials(before, *row) if row else None


def read_first_day(
    connection: duckdb.DuckDBPyConnection, pools: Sequence[str], zone: str, as_of: datetime
) -> FirstDay | None:
    """Return the first local day of `zone` on which these pools traded; None before any."""
    parameters = {"pools": list(pools), "before": naive(as_of)}
    with connection.cursor() as cursor:
        first = cursor.execute(query("first_trade"), parameters).fetchone()
        if first is None or first[0] is None:
            return None
        day = local_day(zone, first[0].replace(tzinfo=UTC))
        bounds = {"day_start": naive(day.start), "day_end": naive(day.end)}
        row = cursor.execute(query("first_day"), {**parameters, **bounds}).fetchone()
    if row is None:
        return None
    trades, still_reserved, open_exceptions, known_from = row
    is_reconciled = known_from is not None and known_from < naive(day.end)
    return FirstDay(day.start, day.end, trades, still_reserved, open_exceptions, is_reconciled)
