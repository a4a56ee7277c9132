"""The panel of Growth that says where the day of each band is heading."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard.asks import advice as ask
from dashboard.choices import choose
from dashboard.frame import Ground
from dashboard.page import chart
from dashboard.panels.findings import telling
from pipelines.forecast.shapes import Pace
from pipelines.windows import format_instant
from reports import advice_words as words
from reports import charts_advice, pace
from reports.figures import lane_key


def at_this_pace(ground: Ground) -> None:
    """The table of all limits, and one band through its day."""
    found, zone = shown(ground), ground.view.period.zone
    st.caption(f"{words.as_of(ground.view.period.as_of, zone)} {words.PACE_IS}")
    if not found:
        st.markdown(words.NO_PACE)
        return
    if telling(ground).is_stale:
        st.markdown(words.stale(ground.watermark, datetime.now(UTC), zone))
    st.html(pace.pace_table(found, zone))
    bands = {lane_key(pace.lane_of_band(one)): one for one in found if pace.is_band(one)}
    if bands:
        _one(ground, bands)


def shown(ground: Ground) -> tuple[Pace, ...]:
    """The limits that the pools of the view count against."""
    as_of = format_instant(ground.view.period.as_of)
    found = ask.paces(ground.handle.key, as_of, ground.settings)
    return pace.of_pools(found, ground.view.pools)


@st.fragment
def _one(ground: Ground, bands: dict[str, Pace]) -> None:
    names = {key: pace.whose(one) for key, one in bands.items()}
    one = bands[choose("pace-pool", "Daily band", names, next(iter(names)))]
    st.markdown(pace.projected_words(one, ground.view.period.zone))
    st.caption(words.PACE_PICTURE)
    key, as_of = ground.handle.key, format_instant(one.as_of)
    drawn = ask.pace_picture(key, as_of, ground.settings, (one.pool_id, one.currency))
    chart(
        charts_advice.pace(),
        drawn,
        "pace",
        "What is used of the band today, where the day is heading, and the limit",
    )
