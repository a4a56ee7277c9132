"""Judge every rule at every quarter of an hour, and say what holds as of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

import duckdb
import numpy as np

from pipelines.findings.alternates import alternate_pools
from pipelines.findings.catalogue import RULES, STALE
from pipelines.findings.condition import Status
from pipelines.findings.finding import Finding
from pipelines.findings.frames import CurrencyFrame, Frame
from pipelines.findings.gates import read_gates
from pipelines.findings.grid import Grid
from pipelines.findings.inputs import Input
from pipelines.findings.options import Options
from pipelines.findings.rules import SEVERITIES, Level, Rule, Severity
from pipelines.findings.share_conditions import BASELINE
from pipelines.findings.signals import Signals, Subject
from pipelines.findings.states import STATES, Phase, State, begins_anew, phases
from pipelines.windows import QUARTER_HOUR

HORIZON = timedelta(days=62)
"""How far back a replay follows states before its span."""

NEAR, FAR = timedelta(days=14), timedelta(days=400)
"""How far back states are followed for one instant: nearly all have begun anew in the first, and a
rule whose states have not is followed over the second. What began before that has no `since`."""

LONGEST = timedelta(days=7)
"""The longest window of a rule."""

FIX_FIRST = "fix_quality_before_limit_review"
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Judgement:
    """All rules over one partner's records, from `start` (less history to compare with) to `end`.

    `connection` is open on a build. `end` is a whole quarter hour up to the watermark: no instant
    sees what came after it, so the answer for an instant is the same whatever `end` is.
    """

    connection: duckdb.DuckDBPyConnection
    start: datetime
    end: datetime
    options: Options
    rules: Mapping[str, Rule]

    @cached_property
    def signals(self) -> Signals:
        """The parts that conditions are judged by."""
        origin = max(self.start - BASELINE - LONGEST, _FIRST)
        return Signals(
            self.connection,
            Grid(origin, (self.end - origin) // QUARTER_HOUR + 1),
            self.options.choices,
        )

    @cached_property
    def pool_frame(self) -> Frame:
        """Rows of pools."""
        return Frame(self.signals, self.options.bounds, self.first)

    @cached_property
    def currency_frame(self) -> Frame:
        """Rows of currencies."""
        return CurrencyFrame(self.signals, self.options.bounds, self.first)

    @property
    def first(self) -> int:
        """The index of `start`."""
        return self.signals.grid.index(self.start)

    def frame(self, rule: Rule) -> Frame:
        """The frame a rule is judged on."""
        return self.currency_frame if rule.subject == "currency" else self.pool_frame

    def asked(self) -> list[Rule]:
        """The rules that are on: whose settings are set."""
        bounds = self.options.bounds
        return [rule for rule in self.rules.values() if rule.settings <= bounds.keys()]

    def rows(self, rule: Rule) -> Iterator[tuple[int, Subject]]:
        """The rows that a rule is about."""
        for row, subject in enumerate(self.frame(rule).subjects):
            is_nobody = subject.pool_id is None and subject.currency is None
            if rule.subject in ("books", "currency") or is_nobody == (rule.subject == "partner"):
                yield row, subject

    def statuses(self, rule: Rule) -> list[Status]:
        """Whether each level of a rule holds, by row and instant."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return [level.condition.judge(self.frame(rule)) for level in rule.levels]

    def level_phases(self, rule: Rule, level: Level, status: Status) -> list[Phase]:
        """The states of one level and row, by index of the frame."""
        return phases(status, level.persistence, rule.recovery)


def read_findings(
    connection: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    watermark: datetime,
    options: Options,
    rules: Mapping[str, Rule] = RULES,
) -> list[Finding]:
    """Return what every rule that is on says of each of its pools or currencies, by rule.

    Judged at the last whole quarter hour up to the aware `as_of` and `watermark`. `since` is None
    for what began before all that is followed. Where the records
    end longer than `options.stale_after` before `as_of`, nothing is known: every state is
    `no_data`. A rule that fails is an `error` of its own and of no other. Raises nothing else.
    """
    end = whole_quarter(min(as_of, watermark))
    near, far = (Judgement(connection, end - back, end, options, rules) for back in (NEAR, FAR))
    is_stale = as_of - watermark > options.stale_after
    found = []
    for rule in near.asked():
        try:
            told = _judged(near, rule)
            found += _judged(far, rule, is_last=True) or [] if told is None else told
        except Exception as error:  # one rule that cannot be judged is no reason to hide the others
            found.append(failed(rule, end, type(error).__name__))
    told = [unknown(finding, watermark) for finding in found] if is_stale else found
    return [*told, _staleness(as_of, watermark, is_stale=is_stale)]


def _judged(judgement: Judgement, rule: Rule, *, is_last: bool = False) -> list[Finding] | None:
    """What a rule says of each row; None where what came before may matter, unless it is last."""
    statuses, rows = judgement.statuses(rule), list(judgement.rows(rule))
    if not is_last and not all(
        begins_anew(status[row], rule.recovery) for status in statuses for row, _ in rows
    ):
        return None
    found = []
    for row, subject in rows:
        last = [
            (judgement.level_phases(rule, level, status[row])[-1], level)
            for level, status in zip(rule.levels, statuses, strict=True)
        ]
        found.append(_finding(judgement, rule, (row, subject), _most_pressing(last)))
    return found


def _most_pressing(levels: Sequence[tuple[Phase, Level]]) -> tuple[Phase, Level]:
    """The level to tell of; where none holds, the mildest says whether anything is known."""
    holding = [each for each in levels if each[0].state not in ("ok", "no_data")]
    return min(holding, key=lambda each: STATES.index(each[0].state), default=levels[-1])


def _finding(
    judgement: Judgement, rule: Rule, place: tuple[int, Subject], judged: tuple[Phase, Level]
) -> Finding:
    (row, subject), (phase, level) = place, judged
    frame = judgement.frame(rule)
    last, end = frame.count - 1, judgement.end
    is_open = phase.state in ("firing", "pending", "recovering")
    finding = Finding(
        rule.name,
        phase.state,
        level.severity,
        subject.pool_id,
        subject.currency,
        end - level.condition.length,
        end,
        frame.instant(phase.since) if phase.since and phase.state != "ok" else None,
        level.action if is_open else None,
        tuple(level.condition.inputs(frame, row, last)),
    )
    if not is_open:
        return finding
    if rule.is_gated:
        gates = read_gates(frame, judgement.options.gates, row, last)
        action = level.action if all(gate.has_passed for gate in gates) else FIX_FIRST
        finding = replace(finding, gates=gates, action=action)
    if level.action == "show_alternate_pools" and subject.pool_id is not None:
        others = alternate_pools(judgement.signals, subject.pool_id)
        finding = replace(finding, alternates=others)
    return finding


def failed(rule: Rule, at: datetime, fault: str) -> Finding:
    """What is said of a rule that could not be judged."""
    severity: Severity = rule.levels[0].severity if rule.levels else "warning"
    return Finding(rule.name, "error", severity, None, None, at, at, at, None, fault=fault)


def unknown(finding: Finding, watermark: datetime) -> Finding:
    """The same finding where records end too early to say anything of now."""
    state: State = "error" if finding.state == "error" else "no_data"
    return replace(
        finding,
        state=state,
        since=watermark,
        action=None,
        ids=(),
        gates=(),
        alternates=(),
        explained=None,
    )


def _staleness(as_of: datetime, watermark: datetime, *, is_stale: bool) -> Finding:
    age = Input(
        "records_age_s",
        None,
        as_of,
        part=max(as_of - watermark, timedelta(0)) // timedelta(seconds=1),
    )
    return Finding(
        STALE.name,
        "firing" if is_stale else "ok",
        "warning",
        None,
        None,
        min(watermark, as_of),
        as_of,
        watermark if is_stale else None,
        "check_record_source" if is_stale else None,
        (age,),
    )


def whole_quarter(instant: datetime) -> datetime:
    """The last whole quarter hour up to an aware instant."""
    return _FIRST + (instant.astimezone(UTC) - _FIRST) // QUARTER_HOUR * QUARTER_HOUR


def pressing(findings: Sequence[Finding]) -> list[Finding]:
    """The findings, the most pressing state and severity first."""
    return sorted(
        findings,
        key=lambda one: (
            STATES.index(one.state),
            -SEVERITIES.index(one.severity),
            one.rule,
            one.pool_id or "",
            one.currency or "",
        ),
    )
