"""Addresses of other pages that tables lead to."""

from __future__ import annotations

from urllib.parse import urlencode

PAGE = "investigate"


def story_link(asked: str, kept: str = "") -> str:
    """The address of the story of one id, from any page; `kept` is the query that stays."""
    own = urlencode({"id": asked})
    return f"{PAGE}?{kept}&{own}" if kept else f"{PAGE}?{own}"
