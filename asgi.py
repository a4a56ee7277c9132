"""The server around app.py: warm-up, security headers, health and readiness, media gate.

Start it with `streamlit run asgi.py`; the options are in `.streamlit/config.toml`.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from dashboard.navigation import PATHS
from dashboard.server import ROUTES, Gate, ReturnToLink, SecurityHeaders


@asynccontextmanager
async def warm(_: Any) -> AsyncIterator[dict[str, Any]]:
    """Import and build what the first reader would otherwise wait for."""
    import pandas  # noqa: F401
    import streamlit.elements.arrow
    import streamlit.elements.vega_charts  # noqa: F401

    from dashboard.view import every_zone
    from pipelines import utilization
    from reports import (
        charts,
        charts_advice,
        charts_finance,
        charts_growth,
        charts_health,
        charts_investigate,
    )
    from reports import format as text

    utilization.warm()
    every_zone()
    text.warm()
    charts.warm()
    charts_advice.warm()
    charts_growth.warm()
    charts_finance.warm()
    charts_health.warm()
    charts_investigate.warm()
    # What is loaded by now stays; the collection after each run need not look at it again.
    gc.collect()
    gc.freeze()
    yield {}


app = st.App(
    Path(__file__).with_name("app.py"),
    lifespan=warm,
    routes=ROUTES,
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(Gate),
        Middleware(ReturnToLink, pages=PATHS),
    ],
)
