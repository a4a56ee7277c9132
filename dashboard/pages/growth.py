"""Growth: which limit binds, how the band fills up, and where demand is lost on its way."""

from __future__ import annotations

import streamlit as st

from dashboard import states, store
from dashboard.address import view_query
from dashboard.asks import growth as asks
from dashboard.choices import choose, choose_segment
from dashboard.frame import Ground
from dashboard.page import chart, take_away
from dashboard.panels.findings import advised
from dashboard.panels.pace import at_this_pace
from dashboard.panels.pace import shown as paces_shown
from dashboard.view import forget_choices, show_all_pools
from pipelines.periods import Period
from pipelines.windows import Window, format_instant
from reports import (
    advice_words,
    charts_growth,
    growth,
    growth_words,
    ladder,
    leaks,
    overview,
    pace,
    rates,
    spread,
    wording,
)
from reports.figures import Answer, lane_key
from reports.growth import Lane


def draw(ground: Ground) -> None:
    """The whole page."""
    answer = _answer(ground, ground.view.pools, ground.view.period, is_whole=True)
    if not answer.has_activity:
        _nothing(ground)
        return
    before = _before(ground)
    found = asks.rungs(
        ground.handle.key, store.plain(ground.view.period), ground.view.pools, _max_age_s(ground)
    )
    first = growth.first_lane(found, answer)
    with advised(ground, "How full each limit is"):
        st.markdown(ladder.ladder_words(found, ground.view.period) or wording.NO_LIMITS)
        st.html(ladder.ladder_table(found, ground.view.period))
    with advised(ground, advice_words.PACE_TITLE):
        at_this_pace(ground)
    with states.panel("One pool against its daily band"):
        _one_band(ground, answer, first)
    _leaks(ground, answer, before)
    _quality(ground, answer, before)
    with states.panel("When in the week"):
        _week(ground, answer, first)
    _multiples(ground, answer)
    _take_away(ground, answer)


def _answer(ground: Ground, pools: tuple[str, ...], period: Period, *, is_whole: bool) -> Answer:
    return asks.answer(ground.handle.key, store.plain(period), pools, _max_age_s(ground), is_whole)


def _max_age_s(ground: Ground) -> float:
    return ground.settings.balance_max_age.total_seconds()


def _before(ground: Ground) -> Answer | None:
    view = ground.view
    if view.comparison is None:
        if view.comparison_note:
            st.caption(view.comparison_note)
        return None
    st.caption(overview.comparison_words(view.comparison))
    return _answer(ground, view.pools, view.comparison, is_whole=False)


def _nothing(ground: Ground) -> None:
    """Say which of two things it is: a period without events, or a filter that leaves none."""
    view, every = ground.view, ground.outline.pools
    if view.is_filtered and _answer(ground, every, view.period, is_whole=False).has_activity:
        states.full_page(wording.FILTER_EXCLUDES_ALL, ("Show all pools", show_all_pools))
        return
    states.full_page(wording.NOTHING_IN_PERIOD, ("Go to the last days", forget_choices))


@st.fragment
def _one_band(ground: Ground, answer: Answer, first: Lane) -> None:
    key, period = ground.handle.key, store.plain(ground.view.period)
    left, right = st.columns(2)
    with left:
        lane = _choose_lane(answer, first, "band-pool")
    days = asks.band_days(key, period, lane)
    with right:
        newest, *_ = days.by_date
        chosen = days.by_date[choose("band-day", "Day", days.names, newest)]
    is_last = chosen == days.last.day
    day = days.last if is_last else asks.band_day(key, period, lane, _bounds(chosen))
    st.markdown(day.words)
    st.caption(f"{growth_words.band_resets(days.zone)} {days.changes}")
    left, right = st.columns(2)
    with left:
        st.caption(growth_words.BAND_OF_A_DAY)
        chart(
            charts_growth.day(),
            day.table,
            "day",
            "Daily band used through one day, with the band in force",
        )
    with right:
        st.caption(growth_words.BAND_OF_DAYS)
        chart(
            charts_growth.days(),
            days.table,
            "days",
            "Daily band used on each day, with the band in force that day",
        )


def _choose_lane(answer: Answer, first: Lane, key: str) -> Lane:
    named = overview.lane_names(answer.totals)
    lanes = {lane_key(lane): lane for lane in named}
    names = {lane_key(lane): name for lane, name in named.items()}
    return lanes[choose(key, "Pool", names, lane_key(first))]


def _bounds(window: Window) -> store.Bounds:
    return format_instant(window.start), format_instant(window.end), window.name


def _leaks(ground: Ground, answer: Answer, before: Answer | None) -> None:
    with states.panel("From request to acceptance"):
        left, right = st.columns([2, 3])
        with left:
            for sentence in leaks.funnel_words(answer):
                st.markdown(sentence)
        with right:
            chart(
                charts_growth.funnel(),
                leaks.funnel(answer),
                "funnel",
                "Quote requests down to accepted quotes, with every leak on the way",
            )
    with advised(ground, "Why attempts gave no price"):
        found = leaks.causes(answer, before)
        if not found:
            st.markdown(growth_words.NO_FAILED_ATTEMPTS)
            return
        left, right = st.columns(2)
        with left:
            chart(
                charts_growth.pareto(),
                leaks.pareto(found),
                "pareto",
                "Reasons of failed attempts by frequency, with the span before as a tick",
            )
        with right:
            st.html(leaks.causes_table(found, answer))


def _quality(ground: Ground, answer: Answer, before: Answer | None) -> None:
    with advised(ground, "How quotes end, and where limits refused them"):
        st.html(rates.rates_table(answer, before, view_query()))
    with states.panel("From accepted to settled"):
        st.html(rates.settled_table(answer, before))


@st.fragment
def _week(ground: Ground, answer: Answer, first: Lane) -> None:
    view = ground.view
    hours = asks.hours(ground.handle.key, store.plain(view.period), view.pools)
    st.caption(growth.hours_words(view.period))
    left, right = st.columns(2)
    with left:
        lane = _choose_lane(answer, first, "week-pool")
    with right:
        usual, *_ = growth_words.WEEK_FIGURES
        figure = choose_segment(
            "week-figure", "Shown on the left", growth_words.WEEK_FIGURES, usual
        )
    left, right = st.columns(2)
    with left:
        st.markdown(growth_words.week_title(figure, lane[0]))
        chart(
            charts_growth.week(),
            spread.week(hours, lane, figure),
            "week-use",
            f"{growth_words.WEEK_FIGURES[figure]} by hour and weekday",
        )
    with right:
        st.markdown(growth_words.LIMIT_ERRORS_TOGETHER)
        chart(
            charts_growth.week(),
            spread.week(hours, spread.ALL_LANES, "limit_errors"),
            "week-limits",
            "Calls refused by a limit by hour and weekday",
        )
    st.caption(growth_words.LIMIT_ERRORS_ARE)


def _multiples(ground: Ground, answer: Answer) -> None:
    period = ground.view.period
    with advised(ground, "Execution utilization of each pool"):
        table = spread.multiples(answer)
        if growth.is_short(period):
            st.caption(growth_words.DAYS_BEFORE_TOO)
        if "partial" in table.column("state").to_pylist():
            st.caption(growth_words.OPEN_DAY)
        if len(answer.totals) > spread.MOST_MULTIPLES:
            st.caption(growth_words.busiest_only(spread.MOST_MULTIPLES))
        chart(
            charts_growth.multiples(len(table.column("pool").unique())),
            table,
            "multiples",
            "Execution utilization of each pool per day on one scale, with the band at 100 %",
        )


def _take_away(ground: Ground, answer: Answer) -> None:
    view = ground.view
    hours = asks.hours(ground.handle.key, store.plain(view.period), view.pools)
    parts = {"Period": view.period.window.name, "Last 24 hours": "24h", "Days": "days"}
    take_away(
        {
            **{name: answer.part(part) for name, part in parts.items()},
            "Hours of the week": hours.by_week,
            "Peaks of limits": hours.peaks,
            "Pace": pace.file(paces_shown(ground)),
        }
    )
