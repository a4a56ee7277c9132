"""What a story says: the records of one id, what became of it, and what is missing from it.

Nothing here reads a database or a clock; all of it is worked out from records as of one instant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

Match = Literal["durable", "weak"]
EVENT_OF = {status: f"pool.transaction.{status}" for status in ("settled", "failed", "released")}
"""The event that announces each end; nothing announces a return."""


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """One record of the story; its fields are those its kind declares, times aware."""

    kind: str
    at: datetime
    match: Match
    """`weak` where it belongs by amount and time alone."""

    marks: tuple[str, ...]
    """`illegal_transition` or `conflict`: an observation that is no part of its trade's state."""

    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QuoteEnd:
    """What had become of a quote attempt by the story's instant."""

    request_id: str
    quote_id: str | None
    pool_id: str
    outcome: str
    """`accepted`, `rejected`, `expired`, `open`, `indicative`, `unavailable` or `errored`."""

    error_code: str | None


@dataclass(frozen=True, slots=True)
class TradeEnd:
    """The state of a trade at the story's instant, and whether its money moved."""

    transact_id: str
    quote_id: str
    request_id: str | None
    pool_id: str
    side: str
    currency: str
    fiat_amount: Decimal
    network: str | None
    partner_reference: str | None
    created_at: datetime
    status: str
    status_at: datetime
    left_status: str | None
    """`settled`, `failed` or `released` once it left `reserved`."""

    debited: Match | None
    refunded: Match | None
    is_overdue: bool
    """Reserved for as long as the deployment's `reserved_age_threshold`, or longer."""

    @property
    def wants_refund(self) -> bool:
        """Whether the debit has to come back: nothing was delivered, or it was returned."""
        return self.status in ("failed", "released", "returned")


@dataclass(frozen=True, slots=True)
class Difference:
    """A second version of a record that was set aside, and where it differs from the kept one."""

    kind: str
    at: datetime
    fields: Mapping[str, tuple[Any, Any]]
    """By field: what was kept, what was set aside."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that should be there by now and is not."""

    what: str
    """A key of `reports.story_words.MISSING`."""

    kind: str
    """The kind of record that would tell it."""

    id: str
    """The id of the trade, quote or ledger entry that lacks it."""

    reach: datetime
    """What the records of that kind have reached."""


@dataclass(frozen=True, slots=True)
class NotFollowed:
    """An id of the story that too many records share to belong to one story."""

    role: str
    id: str
    kind: str
    records: int
    """At most so many."""


@dataclass(frozen=True, slots=True)
class Story:
    """Everything known of one id of one partner before `as_of`."""

    partner_id: str
    environment: str
    as_of: datetime
    id: str
    found_as: tuple[str, ...]
    """Of `request`, `quote`, `trade`, `event`, `order`, `ledger_entry`, `ledger_reference`."""

    state: str
    records: tuple[StoryRecord, ...]
    """In the order of their event times."""

    quotes: tuple[QuoteEnd, ...]
    trades: tuple[TradeEnd, ...]
    exceptions: tuple[Mapping[str, Any], ...]
    differences: tuple[Difference, ...]
    missing: tuple[Missing, ...]
    support_packet: Mapping[str, Any]
    not_followed: tuple[NotFollowed, ...]
    is_truncated: bool
    """Whether records of this story were left out because there are too many."""

    later_records: int
    """Records of this story at or after `as_of`."""


def quote_ends(
    records: Sequence[StoryRecord], accepted: frozenset[str], as_of: datetime
) -> tuple[QuoteEnd, ...]:
    """The outcome of each quote attempt; `accepted` are the quote ids that trades carry."""
    return tuple(
        QuoteEnd(
            record.fields["request_id"],
            record.fields["quote_id"],
            record.fields["pool_id"],
            _outcome(record.fields, accepted, as_of),
            record.fields["error_code"],
        )
        for record in of_kind(records, "quotes")
    )


def _outcome(quote: Mapping[str, Any], accepted: frozenset[str], as_of: datetime) -> str:
    if not quote["available"]:
        return "errored" if quote["http_status"] is not None else "unavailable"
    if quote["quote_type"] == "indicative":
        return "indicative"
    if quote["quote_id"] in accepted:
        return "accepted"
    for field, outcome in (("rejected_at", "rejected"), ("expires_at", "expired")):
        if quote[field] is not None and quote[field] < as_of:
            return outcome
    return "open"


def moved(
    records: Sequence[StoryRecord],
    trade: Mapping[str, Any],
    reason: str,
    weak: Collection[tuple[str, str]],
) -> Match | None:
    """How the trade's ledger entry of `reason` is known: by an id, only weakly, or not at all.

    `weak` are the (entry, trade) pairs that belong together by amount and time alone.
    """
    transact_id = trade["transact_id"]
    ids = {trade["quote_id"], transact_id, trade["partner_reference"]} - {None}
    entries = [r.fields for r in of_kind(records, "ledger") if r.fields["reason"] == reason]
    for entry in entries:
        own = entry["transact_id"]
        if own == transact_id or (own is None and entry["ref"] in ids):
            return "durable"
    return "weak" if any((entry["entry_id"], transact_id) in weak for entry in entries) else None


def missing_from(
    records: Sequence[StoryRecord],
    trades: Sequence[TradeEnd],
    arrived: Mapping[str, datetime],
) -> tuple[Missing, ...]:
    """What should be there and is not, of the kinds that have `arrived` at all."""
    found = [item for trade in trades for item in _missing_of(trade, records)]
    found += _missing_subjects(records, trades)
    return tuple(
        Missing(what, kind, lacking, arrived[kind])
        for what, kind, lacking in dict.fromkeys(found)
        if kind in arrived
    )


def _missing_of(trade: TradeEnd, records: Sequence[StoryRecord]) -> Iterable[tuple[str, str, str]]:
    statuses = {r.fields["status"] for r in of_kind(records, "trades") if is_of(r, trade)}
    if "reserved" not in statuses:
        yield "reserved_observation", "trades", trade.transact_id
    if all(record.fields["quote_id"] != trade.quote_id for record in of_kind(records, "quotes")):
        yield "quote_record", "quotes", trade.quote_id
    if trade.debited is None:
        yield "debit", "ledger", trade.transact_id
    if trade.wants_refund and trade.refunded is None:
        yield "refund", "ledger", trade.transact_id
    if trade.left_status is not None:
        event = EVENT_OF[trade.left_status]
        deliveries = [r for r in of_kind(records, "webhooks") if is_of(r, trade)]
        outcomes = {r.fields["outcome"] for r in deliveries if r.fields["event_type"] == event}
        if not outcomes:
            yield "webhook", "webhooks", trade.transact_id
        elif "delivered" not in outcomes:
            yield "webhook_delivery", "webhooks", trade.transact_id
    if not any(_is_order_of(record, trade) for record in of_kind(records, "orders")):
        yield "order", "orders", trade.transact_id


def _missing_subjects(
    records: Sequence[StoryRecord], trades: Sequence[TradeEnd]
) -> Iterable[tuple[str, str, str]]:
    """Trades and quotes that other records name and that never came themselves."""
    known = {trade.transact_id for trade in trades}
    quotes = {record.fields["quote_id"] for record in of_kind(records, "quotes")}
    traded = {trade.quote_id for trade in trades}
    for record in records:
        transact_id, quote_id = record.fields.get("transact_id"), record.fields.get("quote_id")
        if record.match == "weak" or record.kind in ("quotes", "trades"):
            continue
        if transact_id is not None and transact_id not in known:
            yield "trade_record", "trades", transact_id
        if quote_id is not None and quote_id not in quotes | traded:
            yield "quote_record", "quotes", quote_id
        if record.kind == "ledger" and record.fields["reason"] != "payin_credit" and not trades:
            yield "trade_of_entry", "trades", record.fields["entry_id"]


def _is_order_of(record: StoryRecord, trade: TradeEnd) -> bool:
    fields = record.fields
    return bool(
        fields["transact_id"] == trade.transact_id
        or fields["quote_id"] == trade.quote_id
        or fields["partner_reference"] == trade.partner_reference
    )


def of_kind(records: Sequence[StoryRecord], kind: str) -> list[StoryRecord]:
    """The records of one kind, in their order."""
    return [record for record in records if record.kind == kind]


def is_of(record: StoryRecord, trade: TradeEnd) -> bool:
    """Whether a record that names a trade names this one."""
    return bool(record.fields["transact_id"] == trade.transact_id)
