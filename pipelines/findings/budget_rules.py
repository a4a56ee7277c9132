"""Rules about what a partner sets or has to have: budgets, sources that tell, readiness."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pipelines.findings.condition import Condition, Setting, Share
from pipelines.findings.conditions import AllOf, AtLeast, Stock, Under
from pipelines.findings.rule_parts import DAY, DOWN_BRIEFLY, FAILED, HOUR, NONE, QUARTER, one_level
from pipelines.findings.rules import Level, Rule, Severity
from pipelines.findings.share_conditions import Above, Reaches

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


BUDGET_RULES = (
    Rule(
        "low_use_with_failures",
        "Is a pool little used because it fails?",
        "pool",
        one_level(
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
        one_level(
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
        one_level(
            "notice",
            AllOf((Stock("unready_programs", least=1), AtLeast("trades_created", DAY, 1))),
            NONE,
            "finish_readiness_first",
        ),
        source="Volume before monitoring: start with dashboards and alerts.",
    ),
)
