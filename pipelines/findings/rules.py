"""What a rule is: data that says when to look, how surely, and what the partner may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pipelines.findings.condition import Condition
from pipelines.findings.conditions import settings_of

Severity = Literal["notice", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("notice", "warning", "critical")
"""From the least to the most pressing."""

SubjectType = Literal["pool", "books", "partner", "currency"]
"""What a rule is judged for: each pool; each pool and what belongs to none; the partner as a whole;
each currency."""

Factor = Literal["demand", "acceptance", "execution", "settlement"]
FACTORS: tuple[Factor, ...] = ("demand", "acceptance", "execution", "settlement")


@dataclass(frozen=True, slots=True)
class Level:
    """One severity of a rule: its condition, and for how long it must have held."""

    severity: Severity
    condition: Condition
    persistence: timedelta
    action: str
    """What the partner may do, by name; the words are in `reports.findings_words`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to look at."""

    name: str
    question: str
    subject: SubjectType
    levels: tuple[Level, ...]
    """The most pressing first."""

    explains: Factor | None = None
    """The part of a change of settled volume that such a finding is about."""

    ids: str | None = None
    """Which records are named for support; one of `pipelines.findings.ids.LISTS`."""

    recovery: timedelta = timedelta(hours=1)
    """For how long the condition must not have held before it is over."""

    is_gated: bool = False
    """Whether the action is only offered where quality, books and freshness are within bounds."""

    source: str = ""
    """The sentence of the published pages that the rule follows."""

    @property
    def settings(self) -> frozenset[str]:
        """The settings without which the rule is off."""
        return frozenset(name for level in self.levels for name in settings_of(level.condition))
