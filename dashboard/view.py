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
from dashboard.scope import Scope
from pipelines.outline import Outline
from pipelines.periods import COMPARISONS, PRESETS, Period, choose_period, compare, local_dates
from pipelines.places import Place
from pipelines.utilization import RESERVED_BASES
from pipelines.windows import WindowError, load_zone
from reports import wording

DEFAULT_PRESET = "7d"


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


def choose_view(outline: Outline, as_of: datetime, path: str) -> View:
    """Draw the controls of the page at `path` in the sidebar and return what they say.

    Raises WindowError where the days chosen cannot be shown.
    """
    choices = _choices(outline)
    unknown = address.follow(choices, path)
    if unknown:
        st.warning(wording.unknown_choices(unknown), icon=":material/link_off:")
    period_choice, versus, zone_choice, basis_choice = choices
    with st.sidebar:
        preset = address.select(period_choice, wording.PRESETS.__getitem__, choices)
        days_place = st.container()
        how = address.select(versus, wording.COMPARISONS.__getitem__, choices, wording.SAME_ELAPSED)
        chosen = st.multiselect(
            "Pools",
            outline.pools,
            placeholder="All pools",
            key="pool",
            on_change=address.write,
            args=(choices,),
        )
        zone = address.select(zone_choice, wording.zone, choices, wording.DAYS_BEGIN)
        basis = address.select(basis_choice, wording.BASES.__getitem__, choices)
        with days_place:
            here = _zone(zone, outline)
            dates = _choose_days(outline, as_of, here, choices) if preset == "custom" else None
    period = choose_period(preset, as_of, here, dates)
    comparison, note = _compare(period, how, outline)
    kept = tuple(pool for pool in outline.pools if pool in chosen)
    return View(kept or outline.pools, bool(kept), period, comparison, note, basis)


def _choices(outline: Outline) -> tuple[Choice, Choice, Choice, Choice]:
    return (
        Choice("period", "Period", PRESETS, DEFAULT_PRESET),
        Choice("vs", "Compare with", COMPARISONS, COMPARISONS[0]),
        Choice("tz", "Time zone", _zones(outline), "program"),
        Choice("basis", "Reserved is compared with", RESERVED_BASES, RESERVED_BASES[0]),
    )


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
    return tuple(dict.fromkeys([*wording.ZONES, *own, *_every_zone()]))


@cache
def _every_zone() -> tuple[str, ...]:
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
    first, last = local_dates([outline.first_event or as_of, as_of], zone)
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
