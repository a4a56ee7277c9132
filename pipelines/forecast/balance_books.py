"""What the ledger says of balances: what is there now, and what the last credit met."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import duckdb

from pipelines.books.bridge import bridge_table
from pipelines.forecast.coverage import naive
from pipelines.forecast.queries import answer
from pipelines.windows import QUARTER_HOUR, Window, rolling_window

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BalanceBooks:
    """Balances by currency as the bridge carries them from their last snapshot."""

    carried: dict[str, Decimal | None]
    """At `as_of`; None where no ledger or no snapshot tells."""

    credits: dict[str, tuple[datetime, Decimal, Decimal | None]]
    """The last pay-in: the start of its quarter of an hour, how much, and the balance before."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
        day = bridge_table(connection, [rolling_window("24h", as_of)], as_of=as_of)
        self.carried = {row["currency"]: row["closing"] for row in day.to_pylist()}
        with connection.cursor() as cursor:
            rows = answer(cursor, "last_pay_ins", {"as_of": naive(as_of)}).to_pylist()
        booked = {row["currency"]: row["bucket"].replace(tzinfo=UTC) for row in rows}
        windows = [Window(at, min(_next(at), as_of), "15m") for at in sorted(set(booked.values()))]
        before = {
            (row["currency"], row["window_start"]): row["opening"]
            for row in bridge_table(connection, windows, as_of=as_of).to_pylist()
        }
        self.credits = {
            row["currency"]: (
                booked[row["currency"]],
                row["amount"],
                before.get((row["currency"], booked[row["currency"]])),
            )
            for row in rows
        }


def _next(at: datetime) -> datetime:
    return at + QUARTER_HOUR - (at - _EPOCH) % QUARTER_HOUR
