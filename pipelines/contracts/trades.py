"""Trades, and the deliveries that announce their ends."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pipelines.contracts.base import Record
from pipelines.contracts.fields import Attempt, Currency, Id, Instant, Label, Money, Side, enum


class Trade(Record):
    """One observation of a trade; a trade has many, and they fold into one state.

    Legal moves: reserved to settled, failed or released; settled to returned.
    """

    kind: ClassVar[str] = "trades"
    key: ClassVar[tuple[str, ...]] = ("transact_id", "status")
    event_time: ClassVar[str] = "status_at"

    transact_id: Id
    """The trade's id."""

    quote_id: Id
    """The quote it executed."""

    request_id: Id | None = None
    """The id of the call that executed it."""

    pool_id: Id
    """The lane it went through."""

    side: Side
    """`on_ramp` sells fiat for crypto, `off_ramp` crypto for fiat."""

    fiat_currency: Currency
    """The currency of the fiat leg."""

    fiat_amount: Money
    """The fiat leg, in `fiat_currency`."""

    crypto_currency: Currency | None = None
    """The currency of the crypto leg."""

    crypto_amount: Money | None = None
    """The crypto leg, in `crypto_currency`."""

    network: Label | None = None
    """The chain that the crypto leg moves on, such as `tron`."""

    status: Annotated[str, enum("reserved", "settled", "failed", "released", "returned")]
    """The state observed. Only `settled` and `returned` say that money was delivered."""

    status_at: Instant
    """When that status began."""

    created_at: Instant
    """When the trade was made; from then on it is reserved."""

    partner_reference: Id | None = None
    """The partner's own order it belongs to."""


class WebhookDelivery(Record):
    """One delivery attempt of one event."""

    kind: ClassVar[str] = "webhooks"
    key: ClassVar[tuple[str, ...]] = ("event_id", "attempt")
    event_time: ClassVar[str] = "occurred_at"

    event_id: Id
    """The event's id, the same on every attempt."""

    attempt: Attempt
    """Which delivery attempt this is."""

    event_type: Annotated[
        str,
        enum(
            "pool.transaction.settled",
            "pool.transaction.failed",
            "pool.transaction.released",
        ),
    ]
    """What the event announces. No event announces a return."""

    transact_id: Id
    """The trade it announces."""

    outcome: Annotated[str, enum("delivered", "failed", "dead_lettered", "bad_signature")]
    """How the attempt ended."""

    occurred_at: Instant
    """When the attempt was made."""

    received_at: Instant | None = None
    """When the partner's endpoint took it."""
