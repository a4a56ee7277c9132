"""What support is told first: the one state of a story, and the packet the public docs ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.story import QuoteEnd, StoryRecord, TradeEnd, is_of, of_kind

FAILED_CALLS = {402: "balance_insufficient", 409: "transact_conflict", 429: "limited"}
"""What a failed call to transact says, by HTTP status; any other is `call_failed`."""

CALLS = {
    "transact": "POST /pools/{pool_id}/transact",
    "reject": "POST /pools/quotes/{quote_id}/reject",
    "discovery": "GET /pools",
}
"""The endpoint of a call by its operation; `read` can be any."""


def headline(
    asked: str,
    quotes: Sequence[QuoteEnd],
    trades: Sequence[TradeEnd],
    records: Sequence[StoryRecord],
) -> str:
    """The one state of a story: of its trade, else its quote, else its failed call."""
    trade = focus(asked, trades)
    if trade is not None:
        return trade.status
    call = next((r for r in of_kind(records, "errors") if r.fields["request_id"] == asked), None)
    if quotes and call is None:
        chosen = [quote for quote in quotes if asked in (quote.request_id, quote.quote_id)]
        return (chosen or list(quotes))[-1].outcome
    calls = [call] if call is not None else of_kind(records, "errors")
    if calls:
        return _failed_call(calls[-1].fields)
    reasons = {record.fields["reason"] for record in of_kind(records, "ledger")}
    return "paid_in" if reasons == {"payin_credit"} else "recorded"


def _failed_call(call: Mapping[str, Any]) -> str:
    states = FAILED_CALLS if call["operation"] == "transact" else {}
    return states.get(call["http_status"], "call_failed")


def focus(asked: str, trades: Sequence[TradeEnd]) -> TradeEnd | None:
    """The trade that the id names, else the newest one."""
    named = [t for t in trades if asked in (t.transact_id, t.quote_id, t.partner_reference)]
    return max(named or trades, key=lambda t: (t.created_at, t.transact_id), default=None)


def support_packet(
    asked: str,
    environment: str,
    state: str,
    trades: Sequence[TradeEnd],
    records: Sequence[StoryRecord],
) -> dict[str, Any]:
    """What the public documentation asks for in a support request; unknown is None."""
    trade = focus(asked, trades)
    told = _told_of(asked, trade, records)
    pool_id, quote_id = told("pool_id"), told("quote_id")
    return {
        "environment": environment,
        "endpoint": _endpoint(asked, trade, records, pool_id, quote_id),
        "partner_reference": told("partner_reference"),
        "pool_id": pool_id,
        "quote_id": quote_id,
        "transact_id": told("transact_id"),
        "side": told("side"),
        "amount": told("fiat_amount") or told("delta"),
        "currency": told("fiat_currency") or told("currency"),
        "network": told("network"),
        "status": state,
        "request_id": told("request_id"),
        "timestamps": {
            "requested_at": told("requested_at"),
            "expires_at": told("expires_at"),
            "created_at": trade.created_at if trade else told("created_at"),
            "status_at": trade.status_at if trade else None,
            "failed_at": told("occurred_at", "errors"),
        },
    }


def _told_of(asked: str, trade: TradeEnd | None, records: Sequence[StoryRecord]) -> Any:
    """A reader of fields: first from records that carry the asked id, then trade, quote, rest."""

    def closeness(record: StoryRecord) -> tuple[int, int]:
        values = record.fields.values()
        is_own = trade is not None and trade.transact_id in values
        order = ("trades", "quotes", "errors", "orders", "ledger", "webhooks", "tickets")
        return (0 if asked in values else 1 if is_own else 2, order.index(record.kind))

    near = sorted((r for r in records if r.match == "durable"), key=closeness)
    if trade is not None:
        near = [r for r in near if r.kind != "trades" or is_of(r, trade)]

    def told(field: str, kind: str | None = None) -> Any:
        values = (r.fields.get(field) for r in near if kind in (None, r.kind))
        return next((value for value in values if value is not None), None)

    return told


def _endpoint(
    asked: str,
    trade: TradeEnd | None,
    records: Sequence[StoryRecord],
    pool_id: str | None,
    quote_id: str | None,
) -> str | None:
    """The call that the story is about; None where the records do not say which it was."""
    calls = [r.fields for r in of_kind(records, "errors")]
    requests = {record.fields["request_id"] for record in of_kind(records, "quotes")}
    call = next((fields for fields in calls if fields["request_id"] == asked), None)
    if call is None and trade is None and calls and not requests:
        call = calls[-1]
    if call is not None:
        pattern = CALLS.get(call["operation"])
    elif asked in requests or (trade is None and requests):
        pattern = "POST /pools/{pool_id}/quote"
    elif trade is not None:
        pattern = CALLS["transact"]
    else:
        pattern = "GET /pools/ledger" if of_kind(records, "ledger") else None
    values = {"pool_id": pool_id or "{id}", "quote_id": quote_id or "{quoteId}"}
    return pattern.format(**values) if pattern else None
