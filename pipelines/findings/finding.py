"""One finding: what a rule says of one pool or currency as of one instant, and by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pipelines.findings.inputs import Input
from pipelines.findings.rules import Severity
from pipelines.findings.states import State
from pipelines.windows import format_instant

MOST_IDS = 20


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing that must be within bounds before a higher limit is asked for."""

    name: str
    has_passed: bool
    """False also where it is not known."""

    value: str
    """What it is and its bound, for machines."""


@dataclass(frozen=True, slots=True)
class Explained:
    """How much of the change of settled volume the finding's part of the funnel explains.

    Money in `currency`. `share` is `part / change` with 6 decimals, null where nothing changed.
    """

    factor: str
    currency: str
    part: Decimal | None
    change: Decimal
    share: Decimal | None
    start: datetime
    end: datetime
    before_start: datetime
    before_end: datetime

    @property
    def text(self) -> str:
        """For machines: the share, the amounts and both windows."""
        share = "null" if self.share is None else f"{self.share:f}"
        part = "null" if self.part is None else f"{self.part:f}"
        return (
            f"{share} ({part}/{self.change:f} {self.currency})"
            f" [{format_instant(self.start)}, {format_instant(self.end)}) against"
            f" [{format_instant(self.before_start)}, {format_instant(self.before_end)})"
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says. Instants are aware UTC; `pool_id` is None where it is about no one pool."""

    rule: str
    state: State
    severity: Severity
    pool_id: str | None
    currency: str | None
    period_start: datetime
    period_end: datetime
    """The window that was judged; for a stock both are the instant it was judged at."""

    since: datetime | None
    """From when on the condition held, or was not known; None where it is ok, or began before all
    that is followed."""

    action: str | None
    """What the partner may do; None where there is nothing to do."""

    inputs: tuple[Input, ...] = ()
    ids: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    alternates: tuple[str, ...] = ()
    """Other entitled pools that could quote then."""

    explained: Explained | None = None
    moments: tuple[tuple[str, datetime], ...] = ()
    """Instants by name that a forecast gives: estimates, and never promises."""

    fault: str | None = None
    """Of an error: what kind."""

    @property
    def figures(self) -> Mapping[str, str]:
        """Every figure by name, as text with its counts and windows."""
        told = {one.key: one.text for one in self.inputs}
        if self.currency is not None:
            told["currency"] = self.currency
        told |= {
            f"gate_{gate.name}": f"{'passed' if gate.has_passed else 'not passed'}: {gate.value}"
            for gate in self.gates
        }
        if self.alternates:
            told["alternate_pools"] = ", ".join(self.alternates)
        if self.explained is not None:
            told[f"settled_change_by_{self.explained.factor}"] = self.explained.text
        told |= {name: format_instant(moment) for name, moment in self.moments}
        if self.fault is not None:
            told["fault"] = self.fault
        return told

    @property
    def row(self) -> dict[str, object]:
        """The row of `utilization findings`."""
        return {
            "rule": self.rule,
            "state": self.state,
            "severity": self.severity,
            "pool_id": self.pool_id,
            "period_start": format_instant(self.period_start),
            "period_end": format_instant(self.period_end),
            "since": None if self.since is None else format_instant(self.since),
            "action": self.action,
            "figures": dict(self.figures),
            "ids": list(self.ids),
        }
