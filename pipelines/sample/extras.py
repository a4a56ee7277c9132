"""The few records that are written one by one: top-ups, stray calls, contradictions."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from pipelines.sample.agreements import Row, instant, money
from pipelines.sample.books import Books
from pipelines.sample.partners import Lane
from pipelines.sample.render import CALL, DEBIT, ORDER, QUOTE, REQUEST, TRADE, Renderer
from pipelines.sample.stories import STORIES, Calendar
from pipelines.sample.text import DAY_MS

_STRAY_CALLS = (
    ("read", 503, None),
    ("discovery", 500, "internal"),
    ("read", 429, "rate_limited"),
    ("reject", 409, "conflict"),
)


class Extras:
    """Single records of one lane."""

    def __init__(self, lane: Lane, calendar: Calendar, render: Renderer) -> None:
        self._lane, self._calendar, self._render = lane, calendar, render
        self._who: Row = {"partner_id": lane.partner_id, "environment": lane.environment}

    def top_ups(self, books: Books, number: int) -> list[bytes]:
        """The pay-ins since the last call, as CSV lines. Pay-ins of BRL carry no entry id."""
        found = []
        for offset, top_up in enumerate(books.top_ups):
            currency = self._lane.currencies[top_up.currency]
            entry = "" if currency == "BRL" else self._id("le_", number + offset, DEBIT)
            ref = self._id("fund_", number + offset, QUOTE)
            found.append(
                f"{self._lane.partner_id},{self._lane.environment},,{entry},{currency},"
                f"{money(top_up.cents)},payin_credit,{ref},,{instant(top_up.at)}\n".encode()
            )
        books.top_ups.clear()
        return found

    def stray_debit(self, begin: int, finish: int, number: int, books: Books) -> list[bytes]:
        """The debit that no trade explains, if its time is in this span."""
        at = self._calendar.span("debit_without_trade")[0]
        if not (begin <= at < finish and self._calendar.fits("debit_without_trade")):
            return []
        place = STORIES["debit_without_trade"].pool_id
        pool = next((one for one in self._lane.pools if one.pool_id == place), self._lane.pools[0])
        currency = self._lane.currencies.index(pool.fiat)
        cents = pool.median_cents + 37
        books.book(np.array([currency]), np.array([at]), np.array([-cents]))
        program = next(one.program_id for one in self._lane.programs if pool in one.pools)
        entry, ref = self._id("le_", number, DEBIT), self._id("pq_", number, QUOTE)
        return [
            f"{self._lane.partner_id},{self._lane.environment},{program},{entry},{pool.fiat},"
            f"{money(-cents)},buy_debit,{ref},,{instant(at)}\n".encode()
        ]

    def stray_calls(self, day: int, number: int, rng: np.random.Generator) -> list[Row]:
        """A day's failed calls that concern no quote and no trade."""
        rows: list[Row] = []
        for offset in range(int(rng.poisson(1.3))):
            operation, status, code = _STRAY_CALLS[int(rng.integers(len(_STRAY_CALLS)))]
            at = self._calendar.begin_ms + day * DAY_MS + int(rng.integers(DAY_MS))
            row: Row = {"request_id": self._id("req_", number + offset, CALL)}
            row |= {"operation": operation, "http_status": status, "error_code": code}
            if operation != "discovery":
                pool = self._lane.pools[int(rng.integers(len(self._lane.pools)))]
                row["pool_id"] = pool.pool_id
            if operation == "reject":
                row["quote_id"] = self._id("pq_", number + offset, QUOTE)
            rows.append({**self._who, **row, "occurred_at": instant(at)})
        return rows

    def lone_order(self, number: int) -> Row:
        """An order of the partner for which no trade exists."""
        pool = self._lane.pools[0]
        return {
            **self._who,
            "partner_reference": self._id("ord_", number, ORDER),
            "product_area": "card_funding",
            "pool_id": pool.pool_id,
            "quote_id": self._id("pq_", number, QUOTE),
            "status": "processing",
            "request_id": self._id("req_", number, REQUEST),
            "reconciliation_state": "pending",
            "created_at": instant(self._calendar.span("orders_missing")[0] + 1_234_567),
        }

    def contradictions(self, quote: bytes, settled: bytes) -> dict[str, list[Row]]:
        """A quote and a trade with other amounts, and a settled trade that is said to fail."""
        again: Row = json.loads(quote)
        again["fiat_amount"] = _plus_one(str(again["fiat_amount"]))
        trade: Row = json.loads(settled)
        other = {**trade, "fiat_amount": _plus_one(str(trade["fiat_amount"]))}
        failed_at = self._calendar.horizon_ms - DAY_MS // 3
        failed = {**trade, "status": "failed", "status_at": instant(failed_at)}
        return {"quotes": [again], "trades": [other, failed]}

    def trade_id(self, number: int) -> str:
        """The id of a trade."""
        return self._id("pt_", number, TRADE)

    def _id(self, prefix: str, number: int, what: int) -> str:
        return self._render.text_id(prefix, number, what)


def _plus_one(amount: str) -> str:
    whole, cents = amount.split(".")
    return f"{int(whole) + 1}.{cents}"


def first_line(blocks: Sequence[bytes]) -> bytes:
    """The first line of some blocks."""
    return blocks[0].split(b"\n", 1)[0]
