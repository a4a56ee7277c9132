"""Which review a pack is of: one program, one named calendar period, as of one instant."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.errors import UsageError
from pipelines.periods import Period, compare
from pipelines.places import Place
from pipelines.review.spans import window_before
from pipelines.review.terms import Terms
from pipelines.windows import Window, calendar_windows, format_instant, load_zone

_NAMES = (
    (re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII), "month"),
    (re.compile(r"([0-9]{4})-W([0-5][0-9])", re.ASCII), "week"),
    (re.compile(r"([0-9]{4})-Q([1-4])", re.ASCII), "quarter"),
)
_PRESETS = {"month": "month", "week": "week", "quarter": "last_quarter"}
"""Which period of `pipelines.periods` each calendar window is compared like."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pack somebody wants, and what it may know of: by default all there is."""

    program_id: str
    period: str
    """`2026-06`, `2026-W26` or `2026-Q2`."""

    as_of: datetime | None = None
    """Aware; None is the watermark."""

    allow_partial: bool = False
    """Whether the period may still be open."""

    journal_entries: int | None = None
    """How many lines of the journal; None for all."""

    knows_frozen: bool = True
    """Whether the review before counts as frozen where it is."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One review: whose, which program and pools, which span, as of when."""

    place: Place
    program_id: str
    name: str
    """The period as it was asked for, such as `2026-06`."""

    versions: tuple[Terms, ...]
    """The program's terms up to `as_of`."""

    terms: Terms
    """Those in force as the period ends; their zone is the clock of the review."""

    whole: Window
    """The calendar period."""

    window: Window
    """What of it is over as of `as_of`."""

    before: Window
    """The period before it, of an open one the same elapsed part."""

    pools: tuple[str, ...]
    """Every pool that was approved within the window, those in force as it ends first."""

    first_event: datetime
    """Aware UTC: before this nothing is known."""

    as_of: datetime

    @property
    def zone(self) -> str:
        """The IANA zone of the program."""
        return self.terms.time_zone

    @property
    def is_partial(self) -> bool:
        """Whether time that belongs to the period is still to come after `as_of`."""
        return self.whole.end > self.as_of


def named_period(name: str, zone: str) -> Window:
    """Return the calendar period of `zone` that `2026-06`, `2026-W26` or `2026-Q2` names.

    Weeks are those of ISO 8601, from Monday on. Raises UsageError for another name.
    """
    for pattern, window in _NAMES:
        match = pattern.fullmatch(name)
        if match is not None:
            noon = _noon(window, int(match[1]), int(match[2]), zone, name)
            return calendar_windows(window, noon, noon + timedelta(hours=1), zone)[0]
    raise UsageError(f"no period {name!r}; write 2026-06, 2026-W26 or 2026-Q2")


def period_name(window: Window, zone: str) -> str:
    """The name by which `named_period` finds the calendar `window` of `zone` again."""
    first = window.start.astimezone(load_zone(zone)).date()
    if window.name == "month":
        return f"{first:%Y-%m}"
    if window.name == "quarter":
        return f"{first.year}-Q{(first.month + 2) // 3}"
    year, week, _ = first.isocalendar()
    return f"{year}-W{week:02d}"


def scope_of(
    place: Place,
    programs: Mapping[str, Sequence[Terms]],
    wanted: Wanted,
    *,
    first_event: datetime | None,
    as_of: datetime,
    exact: Collection[datetime],
) -> Scope:
    """Return the review that is wanted, as of the aware `as_of`.

    `exact` are the aware instants inside a stored bucket that the build can answer as of. Raises
    UsageError for a program or period that there is not, for a period of which nothing is known,
    and for one that is still open unless it may be.
    """
    program_id, name = wanted.program_id, wanted.period
    versions = tuple(programs.get(program_id, ()))
    if not versions:
        known = ", ".join(programs) or "none has arrived"
        raise UsageError(f"no program {program_id!r} here as of then; programs: {known}")
    terms, whole = _in_force(versions, program_id, name)
    if first_event is None or whole.end <= first_event or whole.start >= as_of:
        raise UsageError(f"nothing is known of {name}: no record falls into it as of then")
    if whole.end > as_of and not wanted.allow_partial:
        raise UsageError(
            f"{name} is not over as of {format_instant(as_of)} (it ends at"
            f" {format_instant(whole.end)}); choose an earlier period, or add --allow-partial"
        )
    window = Window(whole.start, min(whole.end, as_of), whole.name)
    return Scope(
        place=place,
        program_id=program_id,
        name=name,
        versions=versions,
        terms=terms,
        whole=whole,
        window=window,
        before=_before(window, whole, terms.time_zone, as_of, exact),
        pools=_pools(versions, window),
        first_event=first_event,
        as_of=as_of,
    )


def _noon(window: str, year: int, number: int, zone: str, name: str) -> datetime:
    """Noon of the period's first day: it exists on every day of every zone."""
    try:
        if window == "week":
            first = date.fromisocalendar(year, number, 1)
        else:
            first = date(year, number if window == "month" else number * 3 - 2, 1)
    except ValueError as error:
        raise UsageError(f"no period {name!r}: {error}") from error
    return datetime(first.year, first.month, first.day, 12, tzinfo=load_zone(zone))


def _in_force(versions: Sequence[Terms], program_id: str, name: str) -> tuple[Terms, Window]:
    """The newest terms that began before the period ended by their own clock, and the period."""
    for terms in reversed(versions):
        whole = named_period(name, terms.time_zone)
        if terms.effective_from < whole.end:
            return terms, whole
    raise UsageError(f"the program {program_id!r} had no terms in force by the end of {name}")


def _before(
    window: Window, whole: Window, zone: str, as_of: datetime, exact: Collection[datetime]
) -> Window:
    if window == whole:
        return window_before(whole, zone)
    period = Period(_PRESETS[whole.name], zone, window, as_of, is_open=True)
    earlier = compare(period, "previous", exact)
    if earlier is None:
        raise UsageError("too little of the period is over to compare it; choose a later --as-of")
    return Window(earlier.window.start, earlier.window.end, whole.name)


def _pools(versions: Sequence[Terms], window: Window) -> tuple[str, ...]:
    ends = [*(one.effective_from for one in versions[1:]), None]
    held = [
        version.approved_pools
        for version, end in zip(versions, ends, strict=True)
        if version.effective_from < window.end and (end is None or end > window.start)
    ]
    return tuple(dict.fromkeys(pool for pools in reversed(held) for pool in pools))
