"""What the ledger says of balances: what is there now, and what the last credit met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from pipelines.forecast.coverage import naive
from pipelines.forecast.queries import answer


class BalanceBooks:
    """Balances by currency, carried from their last snapshot by the ledger as the bridge does."""

    carried: dict[str, Decimal | None]
    """At `as_of`; None where no ledger or no snapshot tells."""

    credits: dict[str, tuple[datetime, Decimal, Decimal | None]]
    """The last pay-in: the start of its quarter of an hour, how much, and the balance before."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, as_of: datetime, currencies: Sequence[str]
    ) -> None:
        moment = naive(as_of)
        with connection.cursor() as cursor:
            pay_ins = answer(cursor, "last_pay_ins", {"as_of": moment}).to_pylist()
            asked = [(one, moment) for one in currencies]
            asked += [(row["currency"], row["bucket"]) for row in pay_ins]
            cursor.register("asked_balances", _asked(asked))
            rows = answer(cursor, "carried_balances", {"as_of": moment}).to_pylist()
        balances = {(row["currency"], row["moment"]): row["balance"] for row in rows}
        self.carried = {one: balances.get((one, moment)) for one in currencies}
        self.credits = {
            row["currency"]: (
                row["bucket"].replace(tzinfo=UTC),
                row["amount"],
                balances.get((row["currency"], row["bucket"])),
            )
            for row in pay_ins
        }


def _asked(pairs: Sequence[tuple[str, datetime]]) -> pa.Table:
    pairs = sorted(set(pairs))
    return pa.table(
        {
            "currency": pa.array([currency for currency, _ in pairs], pa.string()),
            "moment": pa.array([moment for _, moment in pairs], pa.timestamp("us")),
        }
    )
