"""Rules about what becomes of trades: how they end, what is told of them, what the books say."""

from __future__ import annotations

from decimal import Decimal

from pipelines.findings.conditions import AllOf, AnyOf, AtLeast, Stock
from pipelines.findings.rule_parts import (
    CONFLICTED,
    DAY,
    HOUR,
    NONE,
    RETURNED,
    UNDELIVERED,
    UNSETTLED,
    one_level,
)
from pipelines.findings.rules import Level, Rule
from pipelines.findings.share_conditions import Above, Rose

SETTLEMENT_RULES = (
    Rule(
        "failed_trades_rising",
        "Do more trades end without settling?",
        "pool",
        one_level(
            "warning",
            AllOf((AtLeast("unsettled_trades", DAY, 4), Rose(UNSETTLED, DAY, Decimal(2)))),
            HOUR,
            "contact_support_with_trade_ids",
        ),
        explains="settlement",
        ids="undelivered_trades",
        recovery=12 * HOUR,
        source="Failed/released notional: operational quality.",
    ),
    Rule(
        "trades_returned",
        "Do settled trades come back?",
        "pool",
        one_level(
            "warning",
            AllOf((AtLeast("returned_trades", DAY, 3), Rose(RETURNED, DAY, Decimal(2)))),
            NONE,
            "contact_support_with_trade_ids",
        ),
        explains="settlement",
        ids="returned_trades",
        recovery=12 * HOUR,
        source="Returned/failed cases have a runbook.",
    ),
    Rule(
        "conflicts_rising",
        "Are quotes accepted twice, or too late?",
        "pool",
        one_level(
            "warning",
            AllOf((AtLeast("transact_conflicts", DAY, 3), Rose(CONFLICTED, DAY, Decimal(3)))),
            NONE,
            "check_repeated_accepts",
        ),
        explains="execution",
        ids="transact_conflicts",
        recovery=12 * HOUR,
        source="Duplicate accepts collapse idempotently.",
    ),
    Rule(
        "webhooks_failing",
        "Does the partner's receiver take webhooks?",
        "partner",
        one_level(
            "warning",
            AnyOf(
                (
                    Above(UNDELIVERED, HOUR, Decimal("0.15")),
                    AtLeast("dead_lettered_events", DAY, 1),
                )
            ),
            NONE,
            "check_webhook_receiver",
        ),
        recovery=6 * HOUR,
        source="Webhooks verify signatures; webhook health is part of the operating evidence.",
    ),
    Rule(
        "webhooks_missing",
        "Did trades end without a webhook that tells of it?",
        "pool",
        one_level("warning", Stock("missing_webhooks", least=1), HOUR, "read_trade_status"),
        ids="missing_webhooks",
        source="Treat webhooks and status reads as the source of truth for settlement state.",
    ),
    Rule(
        "ledger_does_not_tie",
        "Does the ledger tell of every trade, and of nothing else?",
        "books",
        one_level("warning", Stock("open_ledger_exceptions", least=1), HOUR, "reconcile_by_ids"),
        ids="ledger_exceptions",
        source="Reconcile by durable ids first, then by amount and timestamp.",
    ),
    Rule(
        "orders_do_not_match",
        "Does every order have its trade, and every trade its order?",
        "books",
        one_level("notice", Stock("open_order_exceptions", least=1), HOUR, "reconcile_by_ids"),
        ids="order_exceptions",
        source="Your own product ids: partner_reference, reconciliation_state.",
    ),
    Rule(
        "records_contradict",
        "Do records of the same thing say two different things?",
        "books",
        one_level(
            "notice", AtLeast("contradicting_records", 7 * DAY, 1), NONE, "check_record_source"
        ),
        ids="contradicting_records",
        source="Analytics can be rebuilt from durable state.",
    ),
    Rule(
        "reservations_stuck",
        "Is a trade reserved for longer than it should be?",
        "pool",
        (
            Level(
                "critical",
                Stock("day_reserved_trades", least=1),
                NONE,
                "contact_support_with_trade_ids",
            ),
            Level(
                "warning",
                Stock("long_reserved_trades", least=1),
                NONE,
                "contact_support_with_trade_ids",
            ),
        ),
        explains="settlement",
        ids="reserved_trades",
        source="Reserved too long: settlement is pending. Contact support with the trade id.",
    ),
    Rule(
        "reserved_near_balance",
        "Do reserved trades come near what is left in the balance?",
        "currency",
        one_level(
            "warning",
            Stock("reserved_utilization", least=Decimal("0.5")),
            HOUR,
            "pause_large_orders",
        ),
        source="Reserved exposure rising: monitor age of reserved trades.",
    ),
)
