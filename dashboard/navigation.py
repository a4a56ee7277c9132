"""The pages, and the way between them that keeps the view.

The row of links is drawn here rather than by Streamlit, because its own would drop the address's
choices: a link to another page carries them, so that every page shows the same view.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from dashboard import address, page
from dashboard.frame import Ground, prepare
from dashboard.pages import finance, growth, health, investigate, overview, review


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: its title, its place in the address (the first one's is the root), what draws it."""

    title: str
    path: str
    draw: Callable[[Ground], None]
    has_own_period: bool = False
    """Whether the page chooses its period itself, so that the view's is not shown."""


ENTRIES = (
    Entry("Overview", "", overview.draw),
    Entry("Growth", "growth", growth.draw),
    Entry("Finance", "finance", finance.draw),
    Entry("Program review", "review", review.draw, has_own_period=True),
    Entry("Investigate", "investigate", investigate.draw),
    Entry("Data health", "health", health.draw),
)


PATHS = frozenset(f"/{entry.path}" for entry in ENTRIES)
"""The addresses of all pages."""


def run() -> None:
    """Draw the page that the address names."""
    pages = [
        st.Page(_drawing(entry), title=entry.title, url_path=entry.path, default=not entry.path)
        for entry in ENTRIES
    ]
    chosen = st.navigation(pages, position="hidden")
    if len(pages) > 1:
        _links(pages)
    chosen.run()


def _links(pages: list[st.Page]) -> None:
    kept = address.of_view()
    with st.container(horizontal=True, key="pages"):
        for one in pages:
            st.page_link(one, query_params=kept)


def _drawing(entry: Entry) -> Callable[[], None]:
    def draw() -> None:
        ground = prepare(datetime.now(UTC), entry.path)
        if ground is not None:
            page.head(ground, entry.title, has_own_period=entry.has_own_period)
            entry.draw(ground)
            page.foot()

    draw.__name__ = entry.path or "overview"
    return draw
