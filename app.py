"""The door for browsers: page config, who is asking, navigation; then the page draws itself."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard.frame import prepare
from dashboard.pages import overview

st.set_page_config(
    page_title="Partner utilization",
    layout="wide",
    initial_sidebar_state="auto",
)


def overview_page() -> None:
    """Draw Overview, or what stands in its place."""
    ground = prepare(datetime.now(UTC))
    if ground is not None:
        overview.draw(ground.settings, ground.handle, ground.outline, ground.view)


# The default page is served at "/" and keeps no path of its own.
st.navigation(
    [st.Page(overview_page, title="Overview", default=True)],
    position="top",
).run()
