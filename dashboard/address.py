"""The choices of a view in the address of the page, both ways.

Streamlit's own binding replaces the address at each choice, so that the back button leaves the
page. Here a choice makes an entry of the browser's history, and going back or forward puts the
controls where they were. A choice equal to the usual one stays out of the address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from pipelines.periods import Period, local_dates
from pipelines.windows import WindowError, format_instant, last_instant, parse_instant

_SEEN = "address seen"
_PAGE = "page seen"
DAYS_BETWEEN = ".."
OF_ONE_PAGE = (
    *("id", "figure", "lane", "day", "hour", "reason"),
    *("cadence", "review"),
    *("band-pool", "band-day", "week-pool", "week-figure"),
    "kind",
    "pace-pool",
    *("balance", "lead-time", "service-level", "growth", "planned"),
)
"""Names that belong to one page and not to the view: no other page is given them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A control: its name in the address, its title, what it may be, and what it usually is."""

    key: str
    title: str
    options: Sequence[str]
    usual: str


def follow(choices: Sequence[Choice], path: str) -> list[str]:
    """Put the controls of the page at `path` where the address says, if either has changed.

    Returns the titles of those for which it names something that does not exist; these stand at
    what is usual. To be called before the controls are drawn.
    """
    asked = _in_address()
    if (st.session_state.get(_PAGE), st.session_state.get(_SEEN)) == (path, asked):
        return []
    st.session_state[_PAGE], st.session_state[_SEEN] = path, asked
    unknown = []
    for choice in choices:
        wanted = asked.get(choice.key, [choice.usual])[-1]
        if wanted not in choice.options:
            unknown.append(choice.title)
            wanted = choice.usual
        st.session_state[choice.key] = wanted
    st.session_state["pool"] = asked.get("pool", [])
    days = _days(asked.get("days", [""])[-1])
    if days is not None:
        st.session_state["days"] = days
    moment = _moment(asked.get("moment", [""])[-1])
    if moment is not None:
        st.session_state["moment"] = moment
    return unknown


def write(choices: Sequence[Choice]) -> None:
    """Put what the controls say into the address, as a step of its own; for `on_change`."""
    said: dict[str, list[str]] = {}
    for choice in choices:
        chosen = st.session_state.get(choice.key, choice.usual)
        if chosen != choice.usual:
            said[choice.key] = [chosen]
    if pools := st.session_state.get("pool"):
        said["pool"] = list(pools)
    days = st.session_state.get("days")
    if said.get("period") == ["custom"] and isinstance(days, tuple) and days:
        said["days"] = [f"{days[0]}{DAYS_BETWEEN}{days[-1]}"]
    moment = st.session_state.get("moment")
    if said.get("as_of") == ["moment"] and isinstance(moment, datetime):
        said["moment"] = [format_instant(moment.replace(tzinfo=UTC))]
    for name in ("partner", *OF_ONE_PAGE):
        if name in st.query_params:
            said[name] = st.query_params.get_all(name)
    st.query_params.from_dict(said)
    st.session_state[_SEEN] = _in_address()


def step(changes: Mapping[str, str | list[str] | None]) -> None:
    """Put names of one page into the address as a step of its own; None takes a name out."""
    said: dict[str, Any] = {**_in_address(), **changes}
    st.query_params.from_dict({name: value for name, value in said.items() if value})
    st.session_state[_SEEN] = _in_address()


def of_view() -> dict[str, list[str]]:
    """What the address says of the view, without the names of one page: for links elsewhere."""
    return {name: said for name, said in _in_address().items() if name not in OF_ONE_PAGE}


def view_query() -> str:
    """The same, as the query of a link."""
    return urlencode(of_view(), doseq=True)


def query_without(name: str) -> str:
    """The whole query of the address but one name: for links that say it anew."""
    return urlencode({key: said for key, said in _in_address().items() if key != name}, doseq=True)


def frozen(period: Period) -> dict[str, list[str]]:
    """What an address says to show the days and the moment of `period` whenever it is opened."""
    first, last = local_dates([period.window.start, last_instant(period.window)], period.zone)
    return {
        "period": ["custom"],
        "days": [f"{first}{DAYS_BETWEEN}{last}"],
        "tz": [period.zone],
        "as_of": ["moment"],
        "moment": [format_instant(period.as_of)],
    }


def _in_address() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def _days(written: str) -> tuple[date, date] | None:
    try:
        first, last = (date.fromisoformat(day) for day in written.split(DAYS_BETWEEN))
    except ValueError:
        return None
    return first, last


def _moment(written: str) -> datetime | None:
    try:
        return parse_instant(written).replace(tzinfo=None)
    except (WindowError, ValueError):
        return None


def select(choice: Choice, titles: Any, choices: Sequence[Choice], note: str | None = None) -> str:
    """Draw the control of one choice and return what it says."""
    chosen = st.selectbox(
        choice.title,
        choice.options,
        format_func=titles,
        key=choice.key,
        on_change=write,
        args=(choices,),
        help=note,
    )
    return chosen or choice.usual
