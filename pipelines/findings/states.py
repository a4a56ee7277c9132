"""States over time: what follows from whether a condition held at each instant, and nothing else.

A condition that holds is `pending` until it has held for the rule's persistence, then `firing`. One
that does not hold any more is `recovering` until it has not held for the rule's recovery, then
`ok`. While it is not known the state is `no_data`; what was firing before fires on afterwards,
unless it was unknown for a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Literal

import numpy as np

from pipelines.findings.condition import HOLDS, NOT, UNKNOWN, Status
from pipelines.findings.grid import slots_of

State = Literal["ok", "pending", "firing", "recovering", "no_data", "error"]
STATES: tuple[State, ...] = ("firing", "recovering", "pending", "error", "no_data", "ok")
"""The most pressing first."""

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Phase:
    """One state from one index on, until the next phase."""

    start: int
    state: State
    since: int
    """Of pending, firing and recovering: the index from which on the condition held."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of equal status, `end` not included."""

    status: int
    start: int
    end: int


def phases(statuses: Status, persistence: timedelta, recovery: timedelta) -> list[Phase]:
    """Return the states of one row, from its first index on; each begins where the last ends."""
    holding, leaving = slots_of(persistence), slots_of(recovery)
    found: list[Phase] = []
    since: int | None = None
    """Where the episode that fires began; None while none does."""

    over: int | None = None
    """Where the episode that fires stopped to hold."""

    unknown_for = 0
    for run in runs(statuses):
        if run.status == UNKNOWN:
            unknown_for += run.end - run.start
            found.append(Phase(run.start, "no_data", run.start))
            if unknown_for >= slots_of(FORGOTTEN_AFTER):
                since = over = None
        elif run.status == HOLDS:
            unknown_for, over = 0, None
            since = _holding(found, run, since, holding)
        else:
            unknown_for = 0
            since, over = _leaving(found, run, (since, over), leaving)
    return found


def _holding(found: list[Phase], run: Run, since: int | None, holding: int) -> int | None:
    if since is not None:
        found.append(Phase(run.start, "firing", since))
        return since
    if holding:
        found.append(Phase(run.start, "pending", run.start))
    if run.end - run.start <= holding:
        return None
    found.append(Phase(run.start + holding, "firing", run.start))
    return run.start


def _leaving(
    found: list[Phase], run: Run, episode: tuple[int | None, int | None], leaving: int
) -> tuple[int | None, int | None]:
    since, over = episode
    over = run.start if over is None else over
    if since is not None and leaving and run.start < over + leaving:
        found.append(Phase(run.start, "recovering", since))
        if run.end <= over + leaving:
            return since, over
        found.append(Phase(over + leaving, "ok", over + leaving))
    else:
        found.append(Phase(run.start, "ok", run.start))
    return None, None


def begins_anew(statuses: Status, recovery: timedelta) -> bool:
    """Whether the last state is the same whatever was before the first index.

    It is once the condition has not held for the recovery, or was unknown for long enough to be
    forgotten.
    """
    longest = {UNKNOWN: slots_of(FORGOTTEN_AFTER), NOT: slots_of(recovery) + 1}
    return any(
        run.status in longest and run.end - run.start >= longest[run.status]
        for run in runs(statuses)
    )


def runs(statuses: Status) -> Iterator[Run]:
    """Yield the stretches of equal status, in order."""
    if not len(statuses):
        return
    edges = [0, *(np.flatnonzero(np.diff(statuses)) + 1).tolist(), len(statuses)]
    for start, end in pairwise(edges):
        yield Run(int(statuses[start]), start, end)


@dataclass(frozen=True, slots=True)
class Episode:
    """From when a condition held, when it fired, and when it was over; an index each."""

    since: int
    fired: int
    recovered: int | None


def episodes(found: Sequence[Phase]) -> list[Episode]:
    """Return the episodes that fired, in order; the last may not be over.

    One that is forgotten because nothing was known ends where that was.
    """
    told: list[Episode] = []
    current: Episode | None = None
    unknown: int | None = None
    """Where what is not known began."""

    for phase in found:
        if phase.state == "no_data":
            unknown = phase.start if unknown is None else unknown
            continue
        is_forgotten = unknown is not None and phase.start - unknown >= slots_of(FORGOTTEN_AFTER)
        if current is not None and (is_forgotten or phase.state in ("ok", "pending")):
            told.append(replace(current, recovered=unknown if is_forgotten else phase.start))
            current = None
        if phase.state == "firing" and current is None:
            current = Episode(phase.since, phase.start, None)
        unknown = None
    return told if current is None else [*told, current]
