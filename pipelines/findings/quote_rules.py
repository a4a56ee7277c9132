"""Rules about what users ask for: demand, prices, lanes, limits, and the balance that pays."""

from __future__ import annotations

from decimal import Decimal

from pipelines.findings.conditions import AllOf, AnyOf, AtLeast, Busy, Stock
from pipelines.findings.rule_parts import (
    ACCEPTED,
    DAY,
    DOWN,
    EXPIRED,
    FAILED,
    HOUR,
    LIMITED,
    NONE,
    QUARTER,
    UNAVAILABLE,
    one_level,
)
from pipelines.findings.rules import Level, Rule
from pipelines.findings.share_conditions import Above, Alone, Apart, Fell, Holding, Rose

QUOTE_RULES = (
    Rule(
        "high_demand_low_acceptance",
        "Do users ask for prices and then not take them?",
        "pool",
        one_level(
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
        one_level(
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
        one_level(
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
        one_level(
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
        one_level(
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
        one_level(
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
        one_level(
            "warning",
            AllOf((Busy("quote_requests", HOUR, Decimal(3)), Above(FAILED, HOUR, Decimal("0.5")))),
            NONE,
            "back_off_and_refresh",
        ),
        explains="demand",
        ids="failed_quotes",
        source="Infinite quote retry: back off and refresh.",
    ),
)
