"""What was agreed with the partner, by date: limits and liquidity programs."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pipelines.contracts.base import LaterThan, Record, Rule
from pipelines.contracts.fields import (
    Currency,
    Flag,
    Id,
    IdList,
    Instant,
    Label,
    Money,
    Zone,
    enum,
)


class Limit(Record):
    """One limit from one time on, set by the operator.

    A limit belongs to a (pool, currency); `pool_id` null means every pool of that currency
    together. The currency is part of the key: two currencies' partner-wide limits are two limits.
    """

    kind: ClassVar[str] = "limits"
    key: ClassVar[tuple[str, ...]] = ("pool_id", "limit_name", "currency", "effective_from")
    event_time: ClassVar[str] = "effective_from"
    rules: ClassVar[tuple[Rule, ...]] = (LaterThan(field="effective_to", start="effective_from"),)

    pool_id: Id | None = None
    """The lane it holds for; null for every lane of the currency together."""

    limit_name: Annotated[
        str,
        enum(
            "daily_band",
            "max_order",
            "min_order",
            "velocity_24h",
            "first_order_limit",
            "balance_floor",
            "balance_target",
        ),
    ]
    """Which limit it is."""

    effective_from: Instant
    """From when it holds, itself included."""

    value: Money
    """The limit, in `currency`."""

    currency: Currency
    """The currency of `value`, and the only one it limits."""

    effective_to: Instant | None = None
    """Until when it holds, itself excluded; null for no end."""


class Program(Record):
    """The terms of one liquidity program from one time on."""

    kind: ClassVar[str] = "programs"
    key: ClassVar[tuple[str, ...]] = ("program_id", "effective_from")
    event_time: ClassVar[str] = "effective_from"

    program_id: Id
    """The program's id."""

    effective_from: Instant
    """From when these terms hold, itself included."""

    product: Label
    """The partner's product that the program serves."""

    program_type: Label | None = None
    """What sort of program it is."""

    approved_pools: IdList
    """The lanes the partner may use."""

    funding_model: Label | None = None
    """How the partner funds its balance."""

    support_sla_label: Label | None = None
    """The name of the support terms; a label, not a promise."""

    phase: Annotated[str, enum("design", "sandbox", "pilot", "expansion", "ongoing")]
    """How far the program has come."""

    time_zone: Zone
    """The zone whose midnight resets the daily band."""

    review_cadence: Annotated[str, enum("weekly", "monthly", "quarterly")]
    """How often the program is reviewed."""

    funding_ready: Flag
    """Whether funding is set up."""

    webhooks_ready: Flag
    """Whether webhook deliveries are set up."""

    monitoring_ready: Flag
    """Whether the partner watches its flow."""

    support_ready: Flag
    """Whether support is set up."""

    first_order_limit: Money | None = None
    """The most that a first order may be."""
