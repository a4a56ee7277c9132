"""Columns to the lines of each kind's files, as a partner's systems would write them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.sample import quotes as q
from pipelines.sample import trades as t
from pipelines.sample.columns import Columns
from pipelines.sample.partners import Lane
from pipelines.sample.text import Chars, Ints, Piece, When, decimal, lines, lookup, opaque, stamp

REQUEST, QUOTE, TRADE, CALL, DEBIT, REFUND, EVENT, ORDER, AGAIN = range(9)
REFUSED = ((409, "conflict"), (402, "insufficient_balance"), (429, "velocity_limit_exceeded"))
STATUSES = ("reserved", "settled", "failed", "released", "returned")
LEDGER_HEADER = (
    "partner_id,environment,program_id,entry_id,currency,delta,reason,ref,transact_id,created_at\n"
)
_SIDES = lookup(["on_ramp", "off_ramp"])
_NETWORKS = lookup(q.NETWORKS)
_AREAS = lookup(["wallet_top_up", "card_funding", "remittance"])
_ORDER_STATES = lookup(
    [
        'processing","reconciliation_state":"pending',
        'completed","reconciliation_state":"matched',
        'failed","reconciliation_state":"matched',
        'cancelled","reconciliation_state":"matched',
    ]
)


@dataclass
class Entries(Columns):
    """Ledger entries of trades; `what` is DEBIT, REFUND or AGAIN (a debit booked twice)."""

    pool: Ints
    at: Ints
    cents: Ints
    what: Ints


class Renderer:
    """Writes the records of one lane; ids differ between lanes and between seeds."""

    def __init__(self, lane: Lane, seed: int) -> None:
        self._base = lane.number << 40
        self._salt = seed
        program = {pool: p.program_id for p in lane.programs for pool in p.pools}
        self._pools = lookup(
            [
                f'"program_id":"{program[pool]}","pool_id":"{pool.pool_id}",'
                f'"fiat_currency":"{pool.fiat}","crypto_currency":"{pool.crypto}"'
                for pool in lane.pools
            ]
        )
        self._places = lookup([pool.pool_id for pool in lane.pools])
        self._accounts = lookup([f"{program[pool]}" for pool in lane.pools])
        self._currencies = lookup([pool.fiat for pool in lane.pools])
        self._who = f'{{"partner_id":"{lane.partner_id}","environment":"{lane.environment}",'
        self._whose = f'{{"partnerId":"{lane.partner_id}","environment":"{lane.environment}",'
        self._plain = f"{lane.partner_id},{lane.environment},"

    def ids(self, number: Ints, what: int) -> Chars:
        """The opaque part of the ids of one sort."""
        return opaque(self._base + number * 16 + what, self._salt)

    def quotes(self, rows: q.Quotes, *, rejections: bool = True) -> list[bytes]:
        """Quote attempts; without `rejections`, as they were known while still open."""
        firm, priced = rows.kind == q.FIRM, rows.kind <= q.INDICATIVE
        down, errored = rows.kind == q.UNAVAILABLE, rows.kind == q.ERRORED
        asked = np.where(priced, rows.kind, (rows.number % 5 == 0).astype(np.int64))
        states = lookup(["true", "true", "false", "false"])
        faults = [f',"error_code":"{code}"' if code else "" for _, code in q.FAULTS]
        statuses = lookup([f"{one[0]}{code}" for one, code in zip(q.FAULTS, faults, strict=True)])
        rejected = (rows.rejected_at > 0) & firm & rejections
        pieces: list[Piece] = [
            self._who, '"request_id":"req_', self.ids(rows.number, REQUEST), '",',
            self._pools[rows.pool],
            ',"side":"', _SIDES[rows.off_ramp.astype(np.int64)],
            '","quote_type":"', lookup(["firm", "indicative"])[asked], '"',
            When(firm, ',"quote_id":"pq_', self.ids(rows.number, QUOTE), '"'),
            When(rows.sized, ',"fiat_amount":"', decimal(rows.cents, 2), '"'),
            When(priced & rows.sized, ',"crypto_amount":"', decimal(rows.crypto, 6), '"'),
            When(priced, ',"network":"', _NETWORKS[rows.network], '"'),
            ',"available":', states[rows.kind],
            When(down, ',"unavailable_reason":"', lookup(q.REASONS)[rows.reason], '"'),
            When(errored, ',"http_status":', statuses[rows.fault]),
            When(priced, ',"rate":"', decimal(rows.rate, 6), f'","fee_bps":{q.FEE_BPS}'),
            When(priced, ',"spread_bps":', decimal(rows.spread_bps, 0)),
            ',"requested_at":"', stamp(rows.at), '"',
            When(firm, ',"expires_at":"', stamp(rows.at + t.QUOTE_LIFE_MS), '"'),
            When(rejected, ',"rejected_at":"', stamp(rows.rejected_at), '"'),
            "}",
        ]  # fmt: skip
        return lines(len(rows), pieces)

    def trades(self, rows: t.Trades, status: Ints, status_at: Ints) -> list[bytes]:
        """One observation per row: the trade's facts and the status it then had."""
        pieces: list[Piece] = [
            self._who, '"transact_id":"pt_', self.ids(rows.number, TRADE),
            '","quote_id":"pq_', self.ids(rows.number, QUOTE),
            '","request_id":"req_', self.ids(rows.number, CALL), '",',
            self._pools[rows.pool],
            ',"side":"', _SIDES[rows.off_ramp.astype(np.int64)],
            '","fiat_amount":"', decimal(rows.cents, 2),
            '","crypto_amount":"', decimal(rows.crypto, 6),
            '","network":"', _NETWORKS[rows.network],
            '","status":"', lookup(STATUSES)[status],
            '","status_at":"', stamp(status_at),
            '","created_at":"', stamp(rows.created), '","partner_reference":',
            When(rows.ordered, '"ord_', self.ids(rows.number, ORDER), '"'),
            When(~rows.ordered, "", lookup(["null"])[rows.pool * 0]),
            "}",
        ]  # fmt: skip
        return lines(len(rows), pieces)

    def ledger(self, rows: Entries) -> list[bytes]:
        """Ledger entries as CSV; one in sixteen does not name its trade, only the quote."""
        refund = rows.what == REFUND
        named = rows.number % 16 != 7
        entry = self.ids(rows.number, 0)
        for what in (DEBIT, REFUND, AGAIN):
            chosen = rows.what == what
            entry[chosen] = self.ids(rows.number[chosen], what)
        pieces: list[Piece] = [
            self._plain, self._accounts[rows.pool], ",le_", entry, ",",
            self._currencies[rows.pool],
            When(refund, ",", decimal(rows.cents, 2), ",buy_refund"),
            When(~refund, ",-", decimal(rows.cents, 2), ",buy_debit"),
            ",pq_", self.ids(rows.number, QUOTE), ",",
            When(named, "pt_", self.ids(rows.number, TRADE)),
            ",", stamp(rows.at),
        ]  # fmt: skip
        return lines(len(rows), pieces)

    def orders(self, rows: t.Trades) -> list[bytes]:
        """The partner's own records of these trades."""
        pieces: list[Piece] = [
            self._who, '"partner_reference":"ord_', self.ids(rows.number, ORDER),
            '","product_area":"', _AREAS[rows.number % 7 // 3],
            '","pool_id":"', self._places[rows.pool],
            '","quote_id":"pq_', self.ids(rows.number, QUOTE),
            '","transact_id":"pt_', self.ids(rows.number, TRADE),
            '","status":"', _ORDER_STATES[rows.ending],
            '","created_at":"', stamp(rows.created), '"}',
        ]  # fmt: skip
        return lines(len(rows), pieces)

    def webhooks(self, rows: t.Trades, attempt: int, outcome: str, at: Ints) -> list[bytes]:
        """The `attempt`-th delivery, made `at`, of each trade's event, in the API's spelling."""
        arrived = np.full(len(rows), outcome == "delivered")
        pieces: list[Piece] = [
            self._whose, '"eventId":"evt_', self.ids(rows.number, EVENT),
            f'","attempt":{attempt},"eventType":"pool.transaction.',
            lookup(STATUSES)[rows.ending],
            '","transactId":"pt_', self.ids(rows.number, TRADE),
            f'","outcome":"{outcome}","occurredAt":"', stamp(at), '"',
            When(arrived, ',"receivedAt":"', stamp(at + 90 + rows.number % 160), '"'),
            "}",
        ]  # fmt: skip
        return lines(len(rows), pieces)

    def errors(self, rows: t.Refusals) -> list[bytes]:
        """Refused calls to transact."""
        answers = lookup([f'{status},"error_code":"{code}"' for status, code in REFUSED])
        pieces: list[Piece] = [
            self._who, '"request_id":"req_', self.ids(rows.number, CALL),
            '","operation":"transact","pool_id":"', self._places[rows.pool],
            '","quote_id":"pq_', self.ids(rows.number, QUOTE),
            '","http_status":', answers[rows.why],
            ',"occurred_at":"', stamp(rows.at), '"}',
        ]  # fmt: skip
        return lines(len(rows), pieces)

    def text_id(self, prefix: str, number: int, what: int) -> str:
        """One id as text, for the few records that are written one by one."""
        return prefix + self.ids(np.array([number]), what).tobytes().decode("ascii")
