"""What the partner chose of the findings, taken from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from pipelines.findings.signals import Choices
from pipelines.settings import Settings

BUDGETS = ("failure_budget", "availability_budget")


@dataclass(frozen=True, slots=True)
class GateBounds:
    """Within which bounds a higher limit may be asked for."""

    failure: Decimal = Decimal("0.05")
    """Share of quote attempts of a day that failed for another reason than a limit."""

    reserved_age: timedelta = timedelta(days=1)
    """Age of the oldest reserved trade."""

    exceptions: int = 0
    """Open exceptions of the pool and of no pool."""


@dataclass(frozen=True, slots=True)
class Options:
    """Everything a judgement depends on beside records and time."""

    choices: Choices = field(default_factory=Choices)
    bounds: Mapping[str, Decimal] = field(default_factory=dict)
    gates: GateBounds = field(default_factory=GateBounds)
    stale_after: timedelta = timedelta(hours=2)


def options_of(settings: Settings) -> Options:
    """The options of a deployment; a budget that is not set is not among the bounds."""
    budgets = {name: getattr(settings, name) for name in BUDGETS}
    return Options(
        Choices(
            settings.balance_max_age, settings.webhook_lateness, settings.reserved_age_threshold
        ),
        {name: value for name, value in budgets.items() if value is not None},
        GateBounds(
            settings.gate_failure_bound, settings.gate_reserved_age, settings.gate_exceptions
        ),
        settings.findings_stale_after,
    )
