"""Findings on the screen: first on Overview, and each beside the figures it is about."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import streamlit as st

from dashboard.address import view_query
from dashboard.asks import advice as ask
from dashboard.frame import Ground
from dashboard.states import panel
from pipelines.errors import HomeLockedError
from pipelines.findings.finding import Finding
from pipelines.windows import Window, format_instant
from reports import advice_words as words
from reports import drill_words, findings_cards, findings_tables, wording
from reports.findings_cards import MOST_CARDS, Looked, Telling

log = logging.getLogger(__name__)

LOOK_AGAIN_EVERY_S = 300.0


@st.fragment(run_every=LOOK_AGAIN_EVERY_S)
def look_at(ground: Ground) -> None:
    """The first panel of Overview: what to look at, or that there is nothing.

    It is drawn again while the page is open, so that no advice outlives fresh records.
    """
    with panel(words.LOOK_AT):
        _look_at(ground)


def _look_at(ground: Ground) -> None:
    looked, how = shown(ground), telling(ground)
    moment, zone = ground.view.period.as_of, ground.view.period.zone
    st.caption(words.as_of(moment, zone))
    if how.is_stale:
        st.markdown(words.stale(ground.watermark, datetime.now(UTC), zone))
    firing = looked.firing
    if not firing:
        subjects = findings_cards.subjects(looked)
        st.markdown(words.nothing(looked.rules, subjects, is_stale=how.is_stale))
    else:
        st.html(findings_cards.cards(looked, ground.outline, how))
        _others(ground, looked, how)
        _ids(ground, firing)
    _states(looked, zone, how)


def _others(ground: Ground, looked: Looked, how: Telling) -> None:
    rest = looked.groups[MOST_CARDS:]
    if not rest:
        return
    title = words.the_rest(len(rest), len(looked.groups))
    with st.expander(title, key="findings-rest", on_change="rerun") as box:
        if box.open:
            st.html(findings_cards.cards(looked, ground.outline, how, is_rest=True))


def _ids(ground: Ground, firing: Sequence[Finding]) -> None:
    with st.expander(words.IDS, key="findings-ids", on_change="rerun") as box:
        if not box.open:
            return
        key, as_of = ground.handle.key, format_instant(ground.view.period.as_of)
        try:
            told = ask.firing_with_ids(key, as_of, ground.settings)
        except HomeLockedError:
            st.info(drill_words.BEING_LOADED, icon=":material/hourglass_top:")
            return
        st.html(findings_cards.ids_list(told, firing, view_query()))


def _states(looked: Looked, zone: str, how: Telling) -> None:
    st.caption(words.counts(looked.counts, is_stale=how.is_stale))
    with st.expander(words.EVERY_RULE, key="findings-rules", on_change="rerun") as box:
        if box.open:
            st.caption(words.STATES_HELP)
            if looked.off:
                st.caption(words.rules_off(looked.off))
            table = findings_tables.states_table(looked, zone)
            st.dataframe(table, hide_index=True, alt=words.EVERY_RULE)


@contextmanager
def advised(ground: Ground, title: str) -> Iterator[None]:
    """A panel that first tells what fires about its figures, if anything does."""
    with panel(title):
        _beside(ground, title)
        yield


def _beside(ground: Ground, title: str) -> None:
    try:
        strip = _strip(ground, title)
    except Exception:
        # The figures of the panel do not depend on what is said of them.
        log.exception("findings could not be told beside %r", title)
        st.caption(words.NOT_TOLD)
        return
    if strip:
        st.html(strip)


def _strip(ground: Ground, title: str) -> str:
    return findings_cards.strip(title, shown(ground), ground.outline, telling(ground))


def of_period(ground: Ground, window: Window, pools: Sequence[str], zone: str) -> None:
    """What fired in a review period, judged when it is asked for."""
    with panel(words.FIRED_TITLE):
        st.caption(words.FIRED_IS)
        with st.expander(words.SHOW_FIRED, key="findings-fired", on_change="rerun") as box:
            if not box.open:
                return
            bounds = format_instant(window.start), format_instant(window.end), window.name
            every = ask.fired(ground.handle.key, ground.settings, bounds)
            found = [one for one in every if one.pool_id is None or one.pool_id in pools]
            if found:
                st.html(findings_tables.fired_table(found, zone))
            else:
                st.markdown(words.NOTHING_FIRED)


def shown(ground: Ground) -> Looked:
    """What is said of the pools of the view, and of no one pool."""
    view = ground.view
    as_of = format_instant(view.period.as_of)
    looked = ask.findings(ground.handle.key, as_of, ground.settings)
    if not view.is_filtered:
        return looked
    held = {one.currency for one in ground.outline.limits if one.pool_id in view.pools}
    return looked.about(view.pools, tuple(sorted(held)))


def telling(ground: Ground) -> Telling:
    """How findings are told now: without advice where records are stale by the page's clock."""
    state = wording.freshness(ground.watermark, datetime.now(UTC))
    return Telling(ground.view.period.zone, view_query(), state == "stale")
