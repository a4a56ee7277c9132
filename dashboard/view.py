"""What someone chose to look at: pools, period, comparison, time zone. Held in the URL.

A link shows the same view, and the back button works. What an address asks for is checked against
what is allowed before any control sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from dashboard import address
from dashboard.address import Choice
from dashboard.moment import CHOICE, Moment, choose_moment
from dashboard.scope import Scope
from pipelines.outline import Outline
from pipelines.periods import COMPARISONS, PRESETS, Period, choose_period, compare, local_dates
from pipelines.places import Place
from pipelines.serving import Build
from pipelines.utilization import RESERVED_BASES
from pipelines.windows import WindowError, load_zone
from reports import wording

DEFAULT_PRESET = "7d"
EVERY = "all"


@dataclass(frozen=True, slots=True)
class View:
    """One choice of what to look at; everything a page needs beside the build."""

    pools: tuple[str, ...]
    """The pools shown, in the order of the rows; all of them where none was chosen."""

    is_filtered: bool
    period: Period
    comparison: Period | None
    comparison_note: str
    """Why nothing is compared although something was chosen; empty otherwise."""

    basis: str


def foreign_partner(scope: Scope) -> bool:
    """Whether the address asks for a partner outside the scope."""
    asked = st.query_params.get_all("partner")
    return any(scope.of(partner) is None for partner in asked)


def foreign_pools(pools: Sequence[str]) -> bool:
    """Whether the address asks for a pool that is not one of `pools`."""
    return any(pool not in pools for pool in st.query_params.get_all("pool"))


def forget_choices() -> None:
    """Back to the view everybody starts with; for buttons."""
    st.query_params.clear()


def show_all_pools() -> None:
    """Drop the choice of pools only; for buttons."""
    st.query_params.pop("pool", None)


def choose_place(scope: Scope) -> Place:
    """The place to show; a control only where there is more than one."""
    partners = list(dict.fromkeys(place.partner_id for place in scope.places))
    if len(partners) == 1:
        return scope.places[0]
    asked = st.query_params.get("partner", partners[0])
    chosen = st.sidebar.selectbox("Partner", partners, index=partners.index(asked))
    if chosen != asked:
        st.query_params.from_dict({"partner": chosen})
    return scope.of(chosen) or scope.places[0]


def choose_view(outline: Outline, moment: Moment, build: Build, path: str) -> View:
    """Draw the controls of the page at `path` in the sidebar and return what they say.

    Raises WindowError where the days chosen cannot be shown.
    """
    choices = _choices(outline)
    unknown = address.follow(choices, path)
    warnings = [wording.unknown_choices(unknown)] if unknown else []
    for warning in [*warnings, *([moment.warning] if moment.warning else [])]:
        st.warning(warning, icon=":material/link_off:")
    period_choice, versus, zone_choice, basis_choice, program_choice = choices[:5]
    as_of = moment.as_of
    with st.sidebar:
        preset = address.select(period_choice, wording.PRESETS.__getitem__, choices)
        days_place = st.container()
        how = address.select(versus, wording.COMPARISONS.__getitem__, choices, wording.SAME_ELAPSED)
        offered = _offered_pools(outline, program_choice, choices)
        chosen = st.multiselect(
            "Pools",
            offered,
            placeholder="All pools",
            key="pool",
            on_change=address.write,
            args=(choices,),
        )
        zone = address.select(zone_choice, wording.zone, choices, wording.DAYS_BEGIN)
        basis = address.select(basis_choice, wording.BASES.__getitem__, choices)
        if outline.first_event is not None:
            newest = max(build.latest or as_of, as_of)
            choose_moment(moment, outline.first_event, newest, choices)
        with days_place:
            here = _zone(zone, outline)
            dates = _choose_days(outline, as_of, here, choices) if preset == "custom" else None
    period = choose_period(preset, as_of, here, dates)
    comparison, note = _compare(period, how, outline)
    kept = tuple(pool for pool in offered if pool in chosen)
    is_filtered = bool(kept) or offered != outline.pools
    return View(kept or offered, is_filtered, period, comparison, note, basis)


def _offered_pools(outline: Outline, choice: Choice, choices: Sequence[Choice]) -> tuple[str, ...]:
    """The pools of the chosen program; the control is drawn where there are several programs."""
    if len(outline.programs) == 1:
        return outline.pools
    products = {program.program_id: program.product for program in outline.programs}
    chosen = address.select(choice, lambda one: products.get(one, wording.ALL_PROGRAMS), choices)
    approved = {pool for one in outline.programs if one.program_id == chosen for pool in one.pools}
    kept = tuple(pool for pool in outline.pools if pool in approved)
    if chosen == choice.usual:
        return outline.pools
    st.session_state["pool"] = [pool for pool in st.session_state["pool"] if pool in kept]
    return kept


def _choices(outline: Outline) -> tuple[Choice, ...]:
    return (
        Choice("period", "Period", PRESETS, DEFAULT_PRESET),
        Choice("vs", "Compare with", COMPARISONS, COMPARISONS[0]),
        Choice("tz", "Time zone", _zones(outline), "program"),
        Choice("basis", "Reserved is compared with", RESERVED_BASES, RESERVED_BASES[0]),
        Choice("program", "Program", _programs(outline), EVERY),
        CHOICE,
    )


def _programs(outline: Outline) -> tuple[str, ...]:
    return (EVERY, *(program.program_id for program in outline.programs))


def _compare(period: Period, how: str, outline: Outline) -> tuple[Period | None, str]:
    comparison = compare(period, how, outline.exact)
    if comparison is None:
        return None, ""
    if outline.first_event is None or comparison.window.start < outline.first_event:
        return None, "Nothing to compare with: the span before begins before the first record."
    return comparison, ""


def _zone(chosen: str, outline: Outline) -> str:
    if chosen == "browser":
        return _browser_zone() or outline.zone
    return outline.zone if chosen == "program" else chosen


def _zones(outline: Outline) -> tuple[str, ...]:
    """The zones by their part, then those of the programs, then every other."""
    own = [program.time_zone for program in outline.programs]
    return tuple(dict.fromkeys([*wording.ZONES, *own, *every_zone()]))


@cache
def every_zone() -> tuple[str, ...]:
    """The zones of the machine, read from its files once."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone))


def _browser_zone() -> str | None:
    zone = st.context.timezone
    try:
        return load_zone(zone).key if zone else None
    except WindowError:
        return None


def _choose_days(
    outline: Outline, as_of: datetime, zone: str, choices: Sequence[Choice]
) -> tuple[date, date]:
    first, last = local_dates([min(outline.first_event or as_of, as_of), as_of], zone)
    usual = (max(first, last - timedelta(days=6)), last)
    kept = st.session_state.get("days", usual)
    if not all(first <= day <= last for day in kept):
        st.warning(wording.DAYS_OUTSIDE, icon=":material/event_busy:")
        kept = usual
    st.session_state["days"] = kept
    picked: Any = st.date_input(
        "From and to",
        min_value=first,
        max_value=last,
        key="days",
        format="YYYY-MM-DD",
        on_change=address.write,
        args=(choices,),
    )
    days = picked if isinstance(picked, tuple) else (picked,)
    # While the second day is still being picked, the first stands for both.
    return (days[0], days[-1]) if days else usual
