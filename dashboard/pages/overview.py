"""Overview: where each pool stands, how much of its program is used, and where demand leaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from dashboard import states, store
from dashboard.address import view_query
from dashboard.asks import finance
from dashboard.frame import Ground
from dashboard.page import chart, take_away
from dashboard.panels import findings
from dashboard.store import Handle
from dashboard.view import View, forget_choices, show_all_pools
from pipelines.outline import Outline
from pipelines.periods import Period
from pipelines.settings import Settings
from pipelines.windows import format_instant
from reports import arrivals, charts, figures, findings_tables, four, limits, overview, wording
from reports.figures import Answer


def draw(ground: Ground) -> None:
    """The whole page."""
    settings, handle, outline, view = ground.settings, ground.handle, ground.outline, ground.view
    findings.look_at(ground)
    answer = _answer(settings, handle, view, view.period, is_whole=True)
    if not answer.has_activity:
        _nothing(settings, handle, outline, view)
    else:
        compared = _compared(settings, handle, view)
        _now_and_period(handle, answer, outline, view, compared)
        _over_time(answer, view)
        _reserved(answer)
        _quality(answer, compared)
    _arrived(outline, settings, view.period.zone)
    parts = {"Period": view.period.window.name, "Over time": "fine", "Last 24 hours": "24h"}
    taken = {name: answer.part(part) for name, part in parts.items()}
    take_away({**taken, "Findings": findings_tables.file(findings.shown(ground))})


def _answer(
    settings: Settings, handle: Handle, view: View, period: Period, *, is_whole: bool
) -> Answer:
    return store.answer(
        handle.key,
        store.plain(period),
        view.pools,
        view.basis,
        settings.balance_max_age.total_seconds(),
        is_whole,
    )


def _compared(settings: Settings, handle: Handle, view: View) -> overview.Rows:
    if view.comparison is None:
        if view.comparison_note:
            st.caption(view.comparison_note)
        return {}
    st.caption(overview.comparison_words(view.comparison))
    before = _answer(settings, handle, view, view.comparison, is_whole=False)
    return {figures.lane_of(row): row for row in before.totals}


def _nothing(settings: Settings, handle: Handle, outline: Outline, view: View) -> None:
    """Say which of two things it is: a period without events, or a filter that leaves none."""
    if view.is_filtered:
        everyone = View(outline.pools, False, view.period, None, "", view.basis)
        if _answer(settings, handle, everyone, view.period, is_whole=False).has_activity:
            states.full_page(wording.FILTER_EXCLUDES_ALL, ("Show all pools", show_all_pools))
            return
    states.full_page(wording.NOTHING_IN_PERIOD, ("Go to the last days", forget_choices))


def _books(handle: Handle, view: View, answer: Answer) -> Sequence[figures.Row]:
    """What ties out of the currencies shown: exceptions belong to a currency, not to a pool."""
    found = finance.reconciliation(handle.key, format_instant(view.period.as_of))
    return found.of(answer.currencies)


def _now_and_period(
    handle: Handle, answer: Answer, outline: Outline, view: View, compared: overview.Rows
) -> None:
    with states.panel("In one look"):
        st.html(four.panel(four.replies(answer, _books(handle, view, answer), view_query())))
    with states.panel("Where each pool stands now"):
        st.html(overview.standing_table(answer))
    with states.panel("Utilization of the period"):
        st.html(overview.ratios_table(answer, compared, view.basis))
    with states.panel("How close to the limits"):
        uses = limits.limit_uses(answer, outline)
        names = overview.lane_names(answer.totals)
        st.markdown(limits.closest_words(uses, view.period) or wording.NO_LIMITS)
        st.html(limits.limits_table(uses, view.period, names))


def _over_time(answer: Answer, view: View) -> None:
    drawn = answer.drawn
    if len(drawn) < len(answer.pools):
        st.caption(wording.most_lines(len(drawn)))
    if view.period.is_open:
        st.caption(wording.STILL_OPEN)
    left, right = st.columns(2)
    with left, states.panel("Requests over time"):
        chart(
            charts.requests(),
            figures.requests_over_time(answer),
            "requests",
            "Quote requests over time, stacked by outcome",
        )
    with right, states.panel("Use of the approved band over time"):
        title = wording.title(figures.band_figure(view.period).name)
        chart(
            charts.band(drawn, title),
            figures.band_over_time(answer),
            "band",
            f"{title} of each pool over time, with the band at 100 %",
        )
    left, right = st.columns(2)
    with left, states.panel("Unavailable rate over time"):
        chart(
            charts.unavailable(drawn),
            figures.unavailable_over_time(answer),
            "unavailable",
            "Unavailable rate of each pool over time",
        )
    with right, states.panel("From request to acceptance"):
        for sentence in overview.funnel_words(answer):
            st.markdown(sentence)
        chart(
            charts.funnel(),
            figures.funnel(answer),
            "funnel",
            "Demand funnel: quote requests by outcome, and firm quotes by ending",
        )


def _reserved(answer: Answer) -> None:
    with states.panel("Reserved over time"):
        for column, currency in zip(
            st.columns(max(1, len(answer.currencies))), answer.currencies, strict=True
        ):
            with column:
                st.markdown(f"**{currency}**")
                chart(
                    charts.reserved(answer.pools_in(currency), answer.drawn),
                    figures.reserved_over_time(answer, currency),
                    f"reserved-{currency}",
                    f"Reserved notional in {currency} of each pool over time",
                )


def _quality(answer: Answer, compared: overview.Rows) -> None:
    with states.panel("From accepted to settled"):
        st.html(overview.execution_table(answer, compared))
    with states.panel("Why quotes were not given or not executed"):
        st.html(overview.reasons_table(answer, view_query()))


def _arrived(outline: Outline, settings: Settings, zone: str) -> None:
    with states.panel("What has arrived"):
        now = datetime.now(UTC)
        st.html(arrivals.freshness_table(outline, settings.required_kinds, now, zone))
        with st.expander("Every source", key="table-sources", on_change="rerun") as box:
            if box.open:
                st.dataframe(outline.sources, hide_index=True, alt="Every source of records")
