"""The partner's own money and lanes as seen over time: ledger entries and snapshots."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pipelines.contracts.base import Record
from pipelines.contracts.fields import Currency, Flag, Id, Instant, SignedMoney, enum


class LedgerEntry(Record):
    """One movement of the partner's own balance.

    A source without entry ids leaves `entry_id` null. The loader then puts a stable hash of
    (currency, reason, ref, delta, created_at, n-th identical) in its place, so that every stored
    entry has its key.
    """

    kind: ClassVar[str] = "ledger"
    key: ClassVar[tuple[str, ...]] = ("entry_id",)
    event_time: ClassVar[str] = "created_at"

    entry_id: Id | None = None
    """The entry's id; derived from the entry's content where the source has none."""

    currency: Currency
    """The balance it moved."""

    delta: SignedMoney
    """The movement, in `currency`: above zero for a credit or refund, below for a debit."""

    reason: Annotated[str, enum("payin_credit", "buy_debit", "buy_refund")]
    """Why the balance moved."""

    ref: Id
    """The quote's id, or the opaque id of a funding reference."""

    transact_id: Id | None = None
    """The trade it belongs to, where the source says so."""

    created_at: Instant
    """When the entry was made."""


class Balance(Record):
    """A snapshot of the partner's own balance in one currency."""

    kind: ClassVar[str] = "balances"
    key: ClassVar[tuple[str, ...]] = ("currency", "observed_at")
    event_time: ClassVar[str] = "observed_at"

    currency: Currency
    """The balance's currency."""

    observed_at: Instant
    """When it was read."""

    balance_id: Id | None = None
    """The balance's id in the source."""

    visible_balance: SignedMoney
    """What the partner sees, in `currency`. The API's own figure is net of reservations."""

    reserved_amount: SignedMoney | None = None
    """The part held by the partner's reserved trades, in `currency`."""

    available_for_new_quotes: SignedMoney | None = None
    """What new quotes may use, in `currency`."""


class Availability(Record):
    """A snapshot of one lane: could it be used?"""

    kind: ClassVar[str] = "availability"
    key: ClassVar[tuple[str, ...]] = ("pool_id", "observed_at")
    event_time: ClassVar[str] = "observed_at"

    pool_id: Id
    """The lane looked at."""

    observed_at: Instant
    """When it was looked at."""

    available: Flag
    """Whether the lane was usable then; no promise about later."""
