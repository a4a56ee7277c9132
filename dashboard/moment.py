"""As of when a page answers: the newest complete data, the newest of all, or a chosen moment.

Read from the address alone, before anything else: programs, pools and limits depend on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from dashboard import address
from dashboard.address import Choice
from pipelines.periods import last_quarter_hour
from pipelines.serving import Build
from pipelines.windows import WindowError, parse_instant
from reports import wording

AS_OFS = ("watermark", "latest", "moment")
CHOICE = Choice("as_of", "As of", AS_OFS, AS_OFS[0])


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant a page answers for, and what is to be said of it."""

    as_of: datetime
    how: str
    """One of `AS_OFS`."""

    warning: str = ""


def asked_moment(build: Build) -> Moment | None:
    """What the address asks for; None where nothing with a time of its own has arrived.

    Any moment but the watermark is moved back to its quarter of an hour, where buckets begin.
    """
    if build.watermark is None or build.latest is None:
        return None
    how = st.query_params.get(CHOICE.key, AS_OFS[0])
    newest = max(last_quarter_hour(build.latest), build.watermark)
    if how == "latest":
        return Moment(newest, how)
    if how == "moment" and (written := st.query_params.get("moment")):
        try:
            wanted = parse_instant(written)
        except (WindowError, ValueError):
            return Moment(build.watermark, AS_OFS[0], wording.MOMENT_UNREADABLE)
        if wanted > newest:
            return Moment(build.watermark, AS_OFS[0], wording.MOMENT_TO_COME)
        is_exact = wanted == build.watermark
        return Moment(wanted if is_exact else last_quarter_hour(wanted), how)
    return Moment(build.watermark, AS_OFS[0])


def choose_moment(
    moment: Moment, first: datetime, newest: datetime, choices: Sequence[Choice]
) -> None:
    """Draw the control; what it says is read from the address by the next run."""
    how = address.select(CHOICE, wording.AS_OFS.__getitem__, choices, wording.AS_OF_HELP)
    if how != "moment":
        return
    earliest, latest, now = (
        at.astimezone(UTC).replace(tzinfo=None) for at in (first, newest, moment.as_of)
    )
    kept = st.session_state.get("moment") or now
    st.session_state["moment"] = min(max(kept, earliest), latest)
    picker: Any = st.datetime_input
    picker(
        "Moment (UTC)",
        value=None,
        min_value=earliest,
        max_value=latest,
        key="moment",
        step=timedelta(minutes=15),
        on_change=address.write,
        args=(choices,),
    )
