"""Program review: is the program healthy, and what changed, one complete period at a time.

Which program, how often and which period stand in the address as `program`, `cadence` and
`review` (the period's first day).
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import states
from dashboard.asks import review as ask
from dashboard.frame import Ground
from dashboard.page import answers_for, take_away
from dashboard.panels.accuracy import how_true
from dashboard.panels.accuracy import shown as scores_shown
from dashboard.panels.desk import Desk
from dashboard.panels.findings import advised, of_period
from dashboard.panels.minutes import minutes
from dashboard.panels.pack import pack
from dashboard.view import show_all_pools
from pipelines.periods import Period, local_dates
from pipelines.review.scorecard import Review
from pipelines.review.spans import WINDOW_OF, review_windows
from pipelines.review.terms import Terms
from pipelines.windows import Window, format_instant
from reports import accuracy, advice_words
from reports import format as text
from reports import review as scorecard
from reports import review_pools as parts
from reports import review_words as words


def draw(ground: Ground) -> None:
    """The whole page."""
    as_of = format_instant(ground.view.period.as_of)
    programs = ask.terms(ground.handle.key, as_of)
    if not programs:
        states.full_page(words.NO_PROGRAM)
        return
    versions = _choose_program(programs)
    terms = versions[-1]
    pools = tuple(pool for pool in terms.approved_pools if pool in ground.view.pools)
    if not pools:
        states.full_page(words.NO_POOL_OF_PROGRAM, ("Show all pools", show_all_pools))
        return
    window = _choose_period(ground, terms)
    if window is not None:
        bounds = ask.own_bounds(ground.settings)
        key = ground.handle.key
        review = ask.review(key, ask.plain(window), terms.time_zone, pools, as_of, bounds)
        answers_for(*_files_about(ground, review), pools)
        _scorecard(review)
        _changes(review)
        of_period(ground, window, pools, terms.time_zone)
        desk = Desk(ground, terms.program_id, window, terms.time_zone)
        pack(desk)
        minutes(desk)
    with states.panel(advice_words.ACCURACY_TITLE):
        how_true(ground, pools, terms.time_zone)
    with advised(ground, "Terms of the program"):
        st.markdown(f"**{terms.product}** · `{terms.program_id}`")
        st.html(parts.terms_table(versions))
    with states.panel("Limits and their history"):
        history = ask.limits(ground.handle.key, pools, as_of)
        st.html(parts.limits_table(history, terms.time_zone, ground.view.period.as_of))
    tables = {"Limits": ask.limits(ground.handle.key, pools, as_of)}
    if window is not None:
        tables = {
            "Scorecard": scorecard.items_file(review),
            "Weeks": scorecard.weeks_table(review),
            "Pools": parts.pools_file(review),
            **tables,
        }
    tables["Forecast accuracy"] = accuracy.file(scores_shown(ground, pools))
    take_away(tables)


def _files_about(ground: Ground, review: Review) -> tuple[Period, Period]:
    """The review's period and the one before it, as the head of a file tells them."""
    now, before = (
        Period("custom", review.asked.zone, window, ground.view.period.as_of, is_open=False)
        for window in (review.current.window, review.before.window)
    )
    return now, before


def _scorecard(review: Review) -> None:
    with states.panel("Scorecard"):
        st.html(scorecard.scorecard_table(review))
        with st.expander("How each state is judged", key="review-rules", on_change="rerun") as box:
            if box.open:
                st.html(scorecard.rules_table(review))
                st.caption(words.BEYOND_CHANCE)
        with st.expander("The 13 weeks as a table", key="table-weeks", on_change="rerun") as box:
            if box.open:
                weeks = scorecard.weeks_table(review)
                st.dataframe(weeks, hide_index=True, alt="Each item in each of 13 weeks")


def _changes(review: Review) -> None:
    with states.panel("What changed"):
        if not (review.current.is_whole and review.before.is_whole):
            st.markdown(words.NOT_COMPARED)
        elif not review.changes:
            st.markdown(words.NO_CHANGES)
        else:
            st.caption(words.CHANGES_ARE)
            st.html(parts.changes_table(review))
    with states.panel("Each pool"):
        st.html(parts.pools_table(review))


def _choose_program(programs: dict[str, tuple[Terms, ...]]) -> tuple[Terms, ...]:
    names = list(programs)
    asked = st.query_params.get("program", names[0])
    st.session_state["review-program"] = asked if asked in names else names[0]
    if len(names) > 1:
        st.selectbox(
            "Program",
            names,
            format_func=lambda name: f"{programs[name][-1].product} ({name})",
            key="review-program",
            on_change=_on_program,
        )
    return programs[st.session_state["review-program"]]


def _choose_period(ground: Ground, terms: Terms) -> Window | None:
    asked = st.query_params.get("cadence", terms.review_cadence)
    st.session_state["review-cadence"] = asked if asked in WINDOW_OF else terms.review_cadence
    with st.container(horizontal=True, vertical_alignment="bottom", key="review-period"):
        st.segmented_control(
            "Review period",
            list(WINDOW_OF),
            format_func=words.CADENCES.__getitem__,
            key="review-cadence",
            required=True,
            on_change=_on_cadence,
            help=f"The program is reviewed {terms.review_cadence}. {words.REVIEW_SPAN}",
        )
        cadence = st.session_state["review-cadence"]
        first, as_of = ground.outline.first_event, ground.view.period.as_of
        windows = review_windows(cadence, terms.time_zone, first or as_of, as_of)
        window = _step(windows, terms.time_zone) if windows else None
    if window is None:
        states.full_page(words.no_complete_period(cadence), ("Show weeks", _show_weeks))
        return None
    name = scorecard.period_name(window, terms.time_zone)
    span = text.span(window, terms.time_zone)
    zone = text.zone_name(window.start, terms.time_zone)
    st.markdown(f"**{name}:** {span}, {zone}. {words.REVIEW_SPAN}")
    if first is not None and window.start < first:
        st.caption(f"{words.NOT_COMPARED} Records begin on {text.moment(first, terms.time_zone)}.")
    return window


def _step(windows: Sequence[Window], zone: str) -> Window:
    """The window that the address names, with the arrows to its neighbours."""
    days = [str(day) for day in local_dates([window.start for window in windows], zone)]
    asked = st.query_params.get("review", days[-1])
    if asked not in days:
        st.warning(words.NOT_SUCH_A_REVIEW, icon=":material/link_off:")
    place = days.index(asked) if asked in days else len(days) - 1
    for title, icon, other in (
        ("Previous review", ":material/chevron_left:", place - 1),
        ("Next review", ":material/chevron_right:", place + 1),
    ):
        exists = 0 <= other < len(days)
        st.button(
            title,
            icon=icon,
            key=f"review-{title}",
            disabled=not exists,
            on_click=_go,
            args=({"review": days[other] if exists and other < len(days) - 1 else None},),
        )
    return windows[place]


def _on_program() -> None:
    _go({"program": st.session_state["review-program"], "cadence": None, "review": None})


def _on_cadence() -> None:
    _go({"cadence": st.session_state["review-cadence"], "review": None})


def _show_weeks() -> None:
    _go({"cadence": "weekly", "review": None})


def _go(changed: dict[str, str | None]) -> None:
    """Put choices into the address as one step; None takes one out."""
    said = {key: st.query_params.get_all(key) for key in st.query_params if key not in changed}
    said |= {key: [value] for key, value in changed.items() if value is not None}
    st.query_params.from_dict(said)
