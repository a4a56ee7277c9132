"""The door for browsers: page config, then the page that the address names draws itself."""

from __future__ import annotations

import streamlit as st

from dashboard import navigation

st.set_page_config(
    page_title="Partner utilization",
    layout="wide",
    initial_sidebar_state="auto",
)
navigation.run()
