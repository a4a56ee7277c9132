"""What every page is made of: its head, its charts with their tables and files, and its foot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import streamlit as st

from dashboard.frame import Ground
from reports import arrivals, charts, overview, wording

STYLE = Path(__file__).parent / "static" / "page.css"
AGE_EVERY = "30s"


def head(ground: Ground, title: str) -> None:
    """The page's question, whose figures these are, how old, and of which period."""
    st.html(STYLE)
    outline, view = ground.outline, ground.view
    st.title(wording.QUESTIONS[title], anchor=False)
    handle = ground.handle
    st.caption(f"{handle.partner_id} · {handle.environment} · {overview.programs_words(outline)}")
    oldest = arrivals.oldest_required(outline, ground.settings.required_kinds)
    _badge(ground.watermark, oldest, view.period.zone)
    st.markdown(overview.period_words(view.period))
    if view.period.as_of != ground.watermark:
        st.caption(overview.as_of_words(view.period))
    if outline.first_event is not None and view.period.window.start < outline.first_event:
        st.caption(overview.begins_words(outline.first_event, view.period.zone))


@st.fragment(run_every=AGE_EVERY)
def _badge(reached: datetime, oldest: str, zone: str) -> None:
    """The age of the data; it goes on ageing while the page is open."""
    state, sentence = arrivals.badge_words(reached, datetime.now(UTC), oldest, zone)
    title, icon, colour = wording.FRESHNESS[state]
    st.markdown(f":{colour}-badge[{icon} {title}] {sentence}")


def foot() -> None:
    """What utilization is not, and how to read it."""
    st.caption(f"{wording.IS_NOT} {wording.HOW_TO_READ}")


def chart(spec: charts.Spec, table: pa.Table, key: str, alt: str) -> None:
    """Draw `table` as `spec`, with `alt` as its accessible name and the same as a table below.

    `key` is unique on the page.
    """
    st.vega_lite_chart(table, spec, key=f"chart-{key}", alt=alt, width="stretch")
    with st.expander("The same as a table", key=f"table-{key}", on_change="rerun") as box:
        if box.open:
            st.dataframe(table, hide_index=True, alt=f"{alt}, as a table")
