"""The rules, as data. `docs/findings.md` shows the same, and a test compares the two."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from pipelines.findings.condition import Condition, Setting, Share
from pipelines.findings.conditions import AllOf, AnyOf, AtLeast, Busy, Stock, Under
from pipelines.findings.rules import Level, Rule, Severity
from pipelines.findings.share_conditions import Above, Alone, Apart, Fell, Holding, Reaches, Rose

QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
NONE = timedelta(0)

ACCEPTED = Share("accepted_quote_rate", "accepted_quotes", "firm_quotes")
EXPIRED = Share("expiry_rate", "expired_quotes", "ended_quotes")
FAILED = Share("failure_utilization", "failed_quote_attempts", "quote_requests", least=20)
UNAVAILABLE = Share("unavailable_rate", "unavailable_quotes", "quote_requests", least=10)
LIMITED = Share("limit_error_rate", "limit_errors", "checked_attempts", least=20)
CONFLICTED = Share("conflict_rate", "transact_conflicts", "conflict_attempts", least=10)
UNSETTLED = Share("unsettled_rate", "unsettled_trades", "left_trades", least=20)
RETURNED = Share("returned_rate", "returned_trades", "settled_trades", least=10)
DOWN = Share("unavailable_minutes_rate", "unavailable_minutes", "known_minutes", least=30)
DOWN_BRIEFLY = Share("unavailable_minutes_rate", "unavailable_minutes", "known_minutes", least=10)
UNDELIVERED = Share("undelivered_rate", "undelivered_attempts", "webhook_attempts", least=10)

BURNS: tuple[tuple[Severity, int, timedelta, timedelta], ...] = (
    ("critical", 144, HOUR, QUARTER),
    ("warning", 60, 6 * HOUR, QUARTER * 2),
    ("notice", 10, 3 * DAY, 6 * HOUR),
)
"""Severity, tenths of the budget's own pace, long and short window: a 50th of a 30-day budget in an
hour, a 20th in 6 hours, a 10th in 3 days. Source: Google, The Site Reliability Workbook, chapter 5,
"Alerting on SLOs", table 5-8; its 5 minutes are a quarter of an hour here, the shortest stored."""


def _burn(share: Share, setting: str, action: str, *, is_counted: bool) -> tuple[Level, ...]:
    """The levels of a budget: long and short window, for counts with the lower end of the long."""
    few = Share(share.name, share.part, share.whole, least=5)
    levels = []
    for severity, tenths, long, short in BURNS:
        bound = Setting(setting, tenths)
        sure: Condition = Above(share, long, bound) if is_counted else Reaches(share, long, bound)
        levels.append(Level(severity, AllOf((sure, Reaches(few, short, bound))), NONE, action))
    return tuple(levels)


def _one(
    severity: Severity, condition: Condition, persistence: timedelta, action: str
) -> tuple[Level]:
    return (Level(severity, condition, persistence, action),)


_RULES = (
    Rule(
        "high_demand_low_acceptance",
        "Do users ask for prices and then not take them?",
        "pool",
        _one(
            "warning",
            AllOf(
                (Busy("quote_requests", DAY, Decimal("0.9")), Fell(ACCEPTED, DAY, Decimal("0.8")))
            ),
            3 * HOUR,
            "review_price_display_or_expiry",
        ),
        explains="acceptance",
        ids="expired_quotes",
        recovery=12 * HOUR,
        source="If quote demand is high but acceptance is low, review pricing display, expiry UX, "
        "and network selection.",
    ),
    Rule(
        "high_acceptance_reserved_grows",
        "Are trades accepted faster than they come to an end?",
        "pool",
        _one(
            "warning",
            AllOf(
                (
                    Holding(ACCEPTED, DAY),
                    Stock("reserved_growth", least=2),
                    Stock("reserved_count", least=5),
                    Stock("oldest_reserved_age_s", least=1800),
                )
            ),
            HOUR,
            "watch_settlement_before_volume",
        ),
        explains="settlement",
        ids="reserved_trades",
        source="If acceptance is high but reserved notional grows, monitor settlement progress "
        "before increasing volume.",
    ),
    Rule(
        "balance_low",
        "Is the balance below its floor, or are calls refused for it?",
        "currency",
        (
            Level("critical", AtLeast("balance_errors", 6 * HOUR, 3), NONE, "top_up_now"),
            Level(
                "warning",
                Stock("balance_available", under="balance_floor"),
                HOUR,
                "review_top_up_before_daily_peak",
            ),
        ),
        explains="acceptance",
        ids="balance_errors",
        recovery=6 * HOUR,
        source="If balance available is low, prompt the partner admin to top up before users see "
        "failures.",
    ),
    Rule(
        "localized_unavailability",
        "Is one pool unavailable while others are not?",
        "pool",
        _one(
            "warning",
            AnyOf(
                (
                    Apart(UNAVAILABLE, 3 * HOUR, Decimal(3)),
                    Alone(DOWN, HOUR, Decimal("0.5")),
                )
            ),
            QUARTER * 2,
            "show_alternate_pools",
        ),
        explains="acceptance",
        ids="unavailable_quotes",
        recovery=3 * HOUR,
        source="If unavailable rate is localized to one pool, show alternate entitled pools where "
        "approved.",
    ),
    Rule(
        "repeated_unavailability",
        "Do the same answers of a pool stay unavailable, time after time?",
        "pool",
        _one(
            "warning",
            AllOf(
                (
                    AtLeast("unavailable_quotes", 6 * HOUR, 8),
                    Above(UNAVAILABLE, 6 * HOUR, Decimal("0.15")),
                )
            ),
            QUARTER * 2,
            "escalate_with_request_ids",
        ),
        explains="acceptance",
        ids="unavailable_quotes",
        recovery=3 * HOUR,
        source="Escalate repeated unavailable outcomes with request ids, not private route "
        "guesses.",
    ),
    Rule(
        "limit_errors_rising",
        "Do limits stop more demand than before?",
        "pool",
        _one(
            "warning",
            AllOf((AtLeast("limit_errors", 6 * HOUR, 5), Rose(LIMITED, 6 * HOUR, Decimal(2)))),
            QUARTER * 2,
            "request_account_review",
        ),
        explains="demand",
        ids="limit_errors",
        is_gated=True,
        recovery=3 * HOUR,
        source="If limit errors rise, request an account review instead of hard-coding higher "
        "limits.",
    ),
    Rule(
        "expiry_spike",
        "Do more prices expire before anybody takes them?",
        "pool",
        _one(
            "warning", Rose(EXPIRED, DAY, Decimal("1.25")), HOUR, "review_price_display_or_expiry"
        ),
        explains="acceptance",
        ids="expired_quotes",
        recovery=12 * HOUR,
        source="Limit errors, expiry rates, and unavailable reasons point to the next review.",
    ),
    Rule(
        "retry_storm",
        "Is a failing quote asked for again and again?",
        "pool",
        _one(
            "warning",
            AllOf((Busy("quote_requests", HOUR, Decimal(3)), Above(FAILED, HOUR, Decimal("0.5")))),
            NONE,
            "back_off_and_refresh",
        ),
        explains="demand",
        ids="failed_quotes",
        source="Infinite quote retry: back off and refresh.",
    ),
    Rule(
        "failed_trades_rising",
        "Do more trades end without settling?",
        "pool",
        _one(
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
        _one(
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
        _one(
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
        _one(
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
        _one("warning", Stock("missing_webhooks", least=1), HOUR, "read_trade_status"),
        ids="missing_webhooks",
        source="Treat webhooks and status reads as the source of truth for settlement state.",
    ),
    Rule(
        "ledger_does_not_tie",
        "Does the ledger tell of every trade, and of nothing else?",
        "books",
        _one("warning", Stock("open_ledger_exceptions", least=1), HOUR, "reconcile_by_ids"),
        ids="ledger_exceptions",
        source="Reconcile by durable ids first, then by amount and timestamp.",
    ),
    Rule(
        "orders_do_not_match",
        "Does every order have its trade, and every trade its order?",
        "books",
        _one("notice", Stock("open_order_exceptions", least=1), HOUR, "reconcile_by_ids"),
        ids="order_exceptions",
        source="Your own product ids: partner_reference, reconciliation_state.",
    ),
    Rule(
        "records_contradict",
        "Do records of the same thing say two different things?",
        "books",
        _one("notice", AtLeast("contradicting_records", 7 * DAY, 1), NONE, "check_record_source"),
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
        _one(
            "warning",
            Stock("reserved_utilization", least=Decimal("0.5")),
            HOUR,
            "pause_large_orders",
        ),
        source="Reserved exposure rising: monitor age of reserved trades.",
    ),
    Rule(
        "low_use_with_failures",
        "Is a pool little used because it fails?",
        "pool",
        _one(
            "warning",
            AllOf(
                (
                    Stock("quote_utilization_24h", under=Decimal("0.25")),
                    Above(FAILED, DAY, Decimal("0.1")),
                )
            ),
            3 * HOUR,
            "look_into_failures",
        ),
        explains="demand",
        ids="failed_quotes",
        recovery=12 * HOUR,
        source="High utilization is not automatically bad, and low utilization is not "
        "automatically safe.",
    ),
    Rule(
        "failure_budget_burn",
        "Will failed quotes use up the budget the partner set?",
        "pool",
        _burn(FAILED, "failure_budget", "look_into_failures", is_counted=True),
        explains="acceptance",
        ids="failed_quotes",
        source="Failure utilization: UX and availability review.",
    ),
    Rule(
        "availability_budget_burn",
        "Will unavailable minutes use up the budget the partner set?",
        "pool",
        _burn(DOWN_BRIEFLY, "availability_budget", "show_alternate_pools", is_counted=False),
        explains="acceptance",
        ids="unavailable_quotes",
        source="availability_minutes: minutes lane was available.",
    ),
    Rule(
        "availability_unknown",
        "Have snapshots of a pool's availability stopped?",
        "pool",
        _one(
            "notice",
            AllOf((Under("known_minutes", HOUR, 30), AtLeast("known_minutes", DAY, 1080))),
            QUARTER,
            "check_record_source",
        ),
        source="Missing ids usually cannot be reconstructed after a customer-impacting failure.",
    ),
    Rule(
        "volume_before_readiness",
        "Does a program trade before it is ready?",
        "pool",
        _one(
            "notice",
            AllOf((Stock("unready_programs", least=1), AtLeast("trades_created", DAY, 1))),
            NONE,
            "finish_readiness_first",
        ),
        source="Volume before monitoring: start with dashboards and alerts.",
    ),
)

RULES: Mapping[str, Rule] = {rule.name: rule for rule in _RULES}
"""Every rule that is judged by the stored parts, by name."""

STALE = Rule(
    "records_stale",
    "Have records stopped arriving?",
    "partner",
    (),
    source="Stale data: every other rule is unknown, never ok.",
)
"""Judged by how long before the instant asked about the records end."""

PACE = Rule(
    "limit_pace_exceeds",
    "Will today's use reach the daily band before it resets?",
    "pool",
    (),
    source="Limit usage: percent of configured limit used; when to request higher limits.",
)
TOP_UP = Rule(
    "top_up_due",
    "Must money be sent for the balance to last?",
    "currency",
    (),
    source="Balance below threshold: alert finance to top up partner balance.",
)
"""The two that read forecasts; see `pipelines.findings.forecasting`."""

ALL_RULES: Mapping[str, Rule] = {**RULES, **{rule.name: rule for rule in (STALE, PACE, TOP_UP)}}
"""Every rule there is."""
