"""Addresses of other pages that tables lead to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from reports.figures import lane_key

PAGE = "investigate"


def story_link(asked: str, kept: str = "") -> str:
    """The address of the story of one id, from any page; `kept` is the query that stays."""
    own = urlencode({"id": asked})
    return f"{PAGE}?{kept}&{own}" if kept else f"{PAGE}?{own}"


def drill_link(figure: str, lane: tuple[Any, ...] | None, kept: str = "") -> str:
    """The address where a count is taken apart down to its ids, in one lane or in all.

    `figure` is a key of `drill_words.DRILLS`.
    """
    own = {"figure": figure} | ({"lane": lane_key(lane)} if lane is not None else {})
    query = urlencode(own)
    return f"{PAGE}?{kept}&{query}" if kept else f"{PAGE}?{query}"
