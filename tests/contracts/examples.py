"""One complete record of each kind, with every field filled in."""

from __future__ import annotations

from typing import Any

SCOPE: dict[str, Any] = {
    "partner_id": "acme-pay",
    "environment": "production",
    "program_id": "prog-1",
    "source": "nightly export",
}

VALID: dict[str, dict[str, Any]] = {
    "quotes": {
        "request_id": "req_1",
        "pool_id": "EUR-USDT",
        "side": "on_ramp",
        "quote_type": "firm",
        "quote_id": "pq_1",
        "fiat_currency": "EUR",
        "fiat_amount": "100.00",
        "crypto_currency": "USDT",
        "crypto_amount": "107.31",
        "network": "tron",
        "available": False,
        "unavailable_reason": "pool_dry",
        "http_status": 503,
        "error_code": "internal",
        "rate": "1.073100000000000001",
        "spread_bps": 25,
        "fee_bps": 30,
        "requested_at": "2026-06-01T09:30:00Z",
        "expires_at": "2026-06-01T11:30:15.25+02:00",
        "rejected_at": "2026-06-01T09:30:07.000001Z",
    },
    "trades": {
        "transact_id": "txn_1",
        "quote_id": "pq_1",
        "request_id": "req_2",
        "pool_id": "EUR-USDT",
        "side": "on_ramp",
        "fiat_currency": "EUR",
        "fiat_amount": "100.00",
        "crypto_currency": "USDT",
        "crypto_amount": "107.31",
        "network": "tron",
        "status": "settled",
        "status_at": "2026-06-01T09:31:00Z",
        "created_at": "2026-06-01T09:30:05Z",
        "partner_reference": "order/77",
    },
    "ledger": {
        "entry_id": "le_1",
        "currency": "EUR",
        "delta": "-100.00",
        "reason": "buy_debit",
        "ref": "pq_1",
        "transact_id": "txn_1",
        "created_at": "2026-06-01T09:30:05Z",
    },
    "balances": {
        "currency": "EUR",
        "observed_at": "2026-06-01T09:00:00Z",
        "balance_id": "bal_1",
        "visible_balance": "-50000.00",
        "reserved_amount": "12000.00",
        "available_for_new_quotes": "38000.00",
    },
    "availability": {
        "pool_id": "EUR-USDT",
        "observed_at": "2026-06-01T09:00:00Z",
        "available": True,
    },
    "errors": {
        "request_id": "req_3",
        "operation": "transact",
        "pool_id": "EUR-USDT",
        "quote_id": "pq_1",
        "http_status": 429,
        "error_code": "velocity_limit_exceeded",
        "occurred_at": "2026-06-01T09:32:00Z",
    },
    "orders": {
        "partner_reference": "order/77",
        "product_area": "card top-up",
        "pool_id": "EUR-USDT",
        "quote_id": "pq_1",
        "transact_id": "txn_1",
        "status": "awaiting payout",
        "request_id": "req_2",
        "reconciliation_state": "open",
        "created_at": "2026-06-01T09:29:00Z",
    },
    "webhooks": {
        "event_id": "9f86d081884c7d65",
        "attempt": 1,
        "event_type": "pool.transaction.settled",
        "transact_id": "txn_1",
        "outcome": "bad_signature",
        "occurred_at": "2026-06-01T09:31:02Z",
        "received_at": "2026-06-01T09:31:03Z",
    },
    "tickets": {
        "ticket_id": "T-9",
        "ticket_type": "escalation",
        "severity": "S2",
        "pool_id": "EUR-USDT",
        "transact_id": "txn_1",
        "opened_at": "2026-06-01T10:00:00Z",
        "closed_at": "2026-06-01T12:00:00Z",
        "updated_at": "2026-06-01T12:00:00Z",
    },
    "limits": {
        "pool_id": "EUR-USDT",
        "limit_name": "daily_band",
        "effective_from": "2026-06-01T00:00:00+02:00",
        "value": "250000",
        "currency": "EUR",
        "effective_to": "2026-07-01T00:00:00+02:00",
    },
    "programs": {
        "effective_from": "2026-06-01T00:00:00+02:00",
        "product": "wallet swaps",
        "program_type": "prefunded",
        "approved_pools": ["EUR-USDT", "EUR-USDC"],
        "funding_model": "prefunded fiat",
        "support_sla_label": "business hours",
        "phase": "pilot",
        "time_zone": "Europe/Berlin",
        "review_cadence": "monthly",
        "funding_ready": True,
        "webhooks_ready": True,
        "monitoring_ready": False,
        "support_ready": True,
        "first_order_limit": "500.00",
    },
}


def valid(kind: str, **changes: Any) -> dict[str, Any]:
    """A complete, valid record of `kind`, with some fields changed."""
    return {**SCOPE, **VALID[kind], **changes}


def without(record: dict[str, Any], *fields: str) -> dict[str, Any]:
    """The record lacking some fields."""
    return {name: value for name, value in record.items() if name not in fields}
