"""The rules, as data. `docs/findings.md` shows the same, and a test compares the two."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.findings.budget_rules import BUDGET_RULES
from pipelines.findings.quote_rules import QUOTE_RULES
from pipelines.findings.rules import Rule
from pipelines.findings.settlement_rules import SETTLEMENT_RULES

_RULES = (*QUOTE_RULES, *SETTLEMENT_RULES, *BUDGET_RULES)

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
