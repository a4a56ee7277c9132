"""What rules are written with: the shares they judge, the times they use, a level alone."""

from __future__ import annotations

from datetime import timedelta

from pipelines.findings.condition import Condition, Share
from pipelines.findings.rules import Level, Severity

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


def one_level(
    severity: Severity, condition: Condition, persistence: timedelta, action: str
) -> tuple[Level]:
    """Return the levels of a rule that has just one."""
    return (Level(severity, condition, persistence, action),)
