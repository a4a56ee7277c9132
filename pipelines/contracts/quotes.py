"""Calls that asked for something: quote attempts, and failed calls of every other sort."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pipelines.contracts.base import NullWhileTrue, Record, Rule
from pipelines.contracts.fields import (
    BasisPoints,
    Currency,
    ErrorCode,
    Flag,
    HttpStatus,
    Id,
    Instant,
    Label,
    Money,
    Rate,
    Side,
    enum,
)


class Quote(Record):
    """One quote attempt: firm, indicative, unavailable or failed.

    It may be observed again after its state changed: `rejected_at` alone may go from null to a
    time.
    """

    kind: ClassVar[str] = "quotes"
    key: ClassVar[tuple[str, ...]] = ("request_id",)
    event_time: ClassVar[str] = "requested_at"
    rules: ClassVar[tuple[Rule, ...]] = (NullWhileTrue(field="http_status", flag="available"),)

    request_id: Id
    """The id of the call, as the API's `X-Request-Id` or the partner's own log has it."""

    pool_id: Id
    """The lane asked, such as `EUR-USDT`."""

    side: Side
    """`on_ramp` sells fiat for crypto, `off_ramp` crypto for fiat."""

    quote_type: Annotated[str, enum("firm", "indicative")]
    """`firm` can be executed until it expires; `indicative` is a price only."""

    quote_id: Id | None = None
    """The quote's id; only a firm, available answer has one."""

    fiat_currency: Currency
    """The currency of the fiat leg."""

    fiat_amount: Money | None = None
    """The fiat leg asked for, in `fiat_currency`."""

    crypto_currency: Currency | None = None
    """The currency of the crypto leg."""

    crypto_amount: Money | None = None
    """The crypto leg, in `crypto_currency`."""

    network: Label | None = None
    """The chain that the crypto leg moves on, such as `tron`."""

    available: Flag
    """Whether a price came back. False with HTTP 200 is an ordinary answer, not an error."""

    unavailable_reason: (
        Annotated[str, enum("pool_dry", "engine_unavailable", "rate_unavailable", unknown="other")]
        | None
    ) = None
    """Why no price came back. A reason outside the list is stored as `other`."""

    http_status: HttpStatus | None = None
    """The HTTP status of an attempt that failed; null for every attempt that did not."""

    error_code: ErrorCode | None = None
    """The error's code. A code outside the list is stored as `other`."""

    rate: Rate | None = None
    """All-in output per input for the side: crypto per fiat on `on_ramp`, the inverse otherwise."""

    spread_bps: BasisPoints | None = None
    """The spread inside `rate`, in basis points."""

    fee_bps: BasisPoints | None = None
    """The fee of the partner's tier, in basis points."""

    requested_at: Instant
    """When the quote was asked for."""

    expires_at: Instant | None = None
    """When a firm quote can no longer be executed."""

    rejected_at: Instant | None = None
    """When the partner turned the quote down."""


class FailedCall(Record):
    """A failed call other than a quote."""

    kind: ClassVar[str] = "errors"
    key: ClassVar[tuple[str, ...]] = ("request_id",)
    event_time: ClassVar[str] = "occurred_at"

    request_id: Id
    """The id of the call."""

    operation: Annotated[str, enum("transact", "reject", "discovery", "read")]
    """What the call was for."""

    pool_id: Id | None = None
    """The lane it concerned, where it concerned one."""

    quote_id: Id | None = None
    """The quote it concerned, where it concerned one."""

    http_status: HttpStatus
    """The HTTP status that came back."""

    error_code: ErrorCode | None = None
    """The error's code. A code outside the list is stored as `other`."""

    occurred_at: Instant
    """When the call failed."""
