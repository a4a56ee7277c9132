"""What the ledger says of balances: what is there at a moment, and what the last credit met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from pipelines.forecast.coverage import naive
from pipelines.forecast.queries import answer
from pipelines.forecast.rounding import money
from pipelines.forecast.shapes import TopUp

_LEAST_GAP_SHARE = Decimal("0.05")

Moment = tuple[str, datetime]
"""A currency, and an aware instant."""


@dataclass(frozen=True, slots=True)
class Credit:
    """A pay-in: the start of its quarter of an hour, how much, and the balance it met."""

    at: datetime
    amount: Decimal
    before: Decimal | None
    """None where no ledger or no snapshot tells."""


class BalanceBooks:
    """Balances at some moments, carried from their last snapshot by the ledger."""

    carried: dict[Moment, Decimal | None]
    """None, or no entry, where no ledger or no snapshot tells."""

    credits: dict[Moment, Credit]
    """The last pay-in before each."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, moments: Iterable[Moment]) -> None:
        with connection.cursor() as cursor:
            cursor.register("asked_balances", asked_balances(moments))
            pay_ins = answer(cursor, "last_pay_ins", {}).to_pylist()
            self.carried = _balances(cursor)
            met = {(row["currency"], row["bucket"].replace(tzinfo=UTC)) for row in pay_ins}
            cursor.register("asked_balances", asked_balances(met))
            before = _balances(cursor)
        self.credits = {}
        for row in pay_ins:
            at = row["bucket"].replace(tzinfo=UTC)
            credit = Credit(at, row["amount"], before.get((row["currency"], at)))
            self.credits[row["currency"], row["moment"].replace(tzinfo=UTC)] = credit


def met(credit: Credit, before: Decimal, need: float) -> TopUp:
    """Return what a credit met: how much was missing to the need of then, and how much after it."""
    needed, nothing = money(need), Decimal(0)
    gap_before = needed - before
    gap_after = gap_before - credit.amount
    amounts = (needed, max(gap_before, nothing), max(gap_after, nothing))
    return TopUp(credit.at, credit.amount, *amounts)


def is_short(last: TopUp | None) -> bool:
    """Whether the last credit left a gap larger than what a forecast may be off by."""
    if last is None or last.gap_after is None or last.need is None:
        return False
    return last.gap_after > last.need * _LEAST_GAP_SHARE


def asked_balances(moments: Iterable[Moment]) -> pa.Table:
    """Return moments as the table that queries ask of."""
    pairs = sorted(set(moments))
    return pa.table(
        {
            "currency": pa.array([currency for currency, _ in pairs], pa.string()),
            "moment": pa.array([naive(moment) for _, moment in pairs], pa.timestamp("us")),
        }
    )


def _balances(cursor: duckdb.DuckDBPyConnection) -> dict[Moment, Decimal | None]:
    rows = answer(cursor, "carried_balances", {}).to_pylist()
    return {(row["currency"], row["moment"].replace(tzinfo=UTC)): row["balance"] for row in rows}
