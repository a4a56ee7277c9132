"""The partner's own side of the story: its product orders and its support tickets."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pipelines.contracts.base import Record
from pipelines.contracts.fields import Id, Instant, Label, enum


class Order(Record):
    """The partner's own product record behind a quote or a trade."""

    kind: ClassVar[str] = "orders"
    key: ClassVar[tuple[str, ...]] = ("partner_reference",)
    event_time: ClassVar[str] = "created_at"

    partner_reference: Id
    """The partner's id of the order."""

    product_area: Label | None = None
    """The part of the partner's product it came from."""

    pool_id: Id
    """The lane it used."""

    quote_id: Id | None = None
    """The quote it used."""

    transact_id: Id | None = None
    """The trade it led to."""

    status: Label
    """The order's state in the partner's own words."""

    request_id: Id | None = None
    """The call it made."""

    reconciliation_state: Label | None = None
    """How far the partner's own reconciliation got, in its own words."""

    created_at: Instant
    """When the order was made."""


class Ticket(Record):
    """One state of a support escalation, complaint or incident."""

    kind: ClassVar[str] = "tickets"
    key: ClassVar[tuple[str, ...]] = ("ticket_id", "updated_at")
    event_time: ClassVar[str] = "updated_at"

    ticket_id: Id
    """The ticket's id."""

    ticket_type: Annotated[str, enum("escalation", "complaint", "incident")]
    """What sort of ticket it is."""

    severity: Annotated[str, enum("S1", "S2", "S3", "S4")]
    """How bad it is; `S1` is worst."""

    pool_id: Id | None = None
    """The lane it concerns."""

    transact_id: Id | None = None
    """The trade it concerns."""

    opened_at: Instant
    """When it was opened."""

    closed_at: Instant | None = None
    """When it was closed; null while it is open."""

    updated_at: Instant
    """When it came into this state."""
