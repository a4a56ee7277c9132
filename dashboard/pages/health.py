"""Data health: what the figures rest on, how fresh and how whole it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from dashboard import states, store
from dashboard.asks import health as ask
from dashboard.frame import Ground
from dashboard.page import chart, take_away
from dashboard.panels.findings import advised
from pipelines.findings.notifying import deliveries, has_recipients, snoozes
from pipelines.health import Health
from pipelines.places import Place
from reports import charts_health
from reports import format as text
from reports import health as parts
from reports import health_notices as notices
from reports import health_words as words


def draw(ground: Ground) -> None:
    """The whole page."""
    zone = ground.view.period.zone
    health = ask.health(ground.handle.key)
    st.caption(words.NOT_BY_POOL)
    _reach(ground, zone)
    _coverage(ground)
    _late(health, zone)
    _aside(health)
    with states.panel("Checks"):
        st.markdown(f"{parts.checks_words(health)} {words.CHECKS_ARE}")
        st.html(parts.checks_table(health))
    with states.panel("Loads"):
        st.caption(words.LOADS_ARE)
        st.html(parts.loads_table(health, zone))
        with st.expander("More loads", key="table-loads", on_change="rerun") as box:
            if box.open:
                st.dataframe(health.loads, hide_index=True, alt="The newest loads")
    _notices(ground, zone)
    _made_of(ground)
    take_away(
        {
            "Loads": health.loads,
            "Sources": ground.outline.sources,
            "Set aside": health.set_aside,
            "Fields dropped": health.dropped,
            "Restated days": health.restated,
            "Checks": health.checks,
        }
    )


def _reach(ground: Ground, zone: str) -> None:
    with advised(ground, "How far records reach"):
        required = ground.settings.required_kinds
        st.markdown(words.reach(ground.watermark, required, zone))
        now = datetime.now(UTC)
        st.html(parts.reach_table(ground.outline, required, ground.watermark, now, zone))
        with st.expander("Every source", key="table-sources", on_change="rerun") as box:
            if box.open:
                st.dataframe(ground.outline.sources, hide_index=True, alt="Every source of records")


def _coverage(ground: Ground) -> None:
    with states.panel("Days with records"):
        first, last = parts.covered_days(ground.view.period)
        coverage = ask.coverage(ground.handle.key, str(first), str(last))
        st.caption(f"{text.day(first)} to {text.day(last)}, by UTC day. {words.COVERAGE_IS}")
        gaps = parts.gap_words(coverage)
        for sentence in gaps or [words.NO_GAPS]:
            st.markdown(sentence)
        alt = "Records of each kind on each day; a cross where a day in between has none"
        chart(charts_health.coverage(), parts.coverage_marks(coverage), "coverage", alt)


def _late(health: Health, zone: str) -> None:
    with states.panel("Days that changed later"):
        if not health.restated.num_rows:
            st.markdown(words.NOTHING_RESTATED)
            return
        st.markdown(words.RESTATED_ARE)
        st.html(parts.restated_table(health, zone))
        if health.restated.num_rows > parts.LOADS_SHOWN:
            st.caption(words.more_restated(health.restated.num_rows, parts.LOADS_SHOWN))


def _aside(health: Health) -> None:
    with states.panel("Set aside and dropped"):
        if health.set_aside.num_rows:
            st.markdown(words.SET_ASIDE_ARE)
            st.html(parts.set_aside_table(health))
        else:
            st.markdown(words.NOTHING_SET_ASIDE)
        if health.dropped.num_rows:
            st.markdown(words.DROPPED_ARE)
            st.html(parts.dropped_table(health))
        else:
            st.markdown(words.NOTHING_DROPPED)


def _notices(ground: Ground, zone: str) -> None:
    with states.panel("Notices"):
        home, environment, partner_id, _ = ground.handle.key
        place = Place(Path(home), environment, partner_id)
        told, snoozed = deliveries(place), snoozes(place, datetime.now(UTC))
        if told:
            st.markdown(notices.counted_words(told))
            st.html(notices.notices_table(told, zone))
        if not has_recipients(ground.settings, place):
            st.markdown(notices.NOBODY)
        elif not told:
            st.markdown(notices.NONE_YET)
        if snoozed:
            st.markdown(notices.SNOOZED_ARE)
            st.html(notices.snoozes_table(snoozed, zone))
        else:
            st.markdown(notices.NOTHING_SNOOZED)


def _made_of(ground: Ground) -> None:
    with states.panel("What this page was made of"):
        build = store.opened(ground.handle.key)
        st.markdown(words.build(build, ground.view.period.zone))
