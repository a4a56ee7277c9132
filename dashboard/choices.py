"""Controls of one page that the address holds, so that a link shows the same and back undoes them.

The address is the truth: a control is put where it says, and a choice writes itself there as a
step of the browser's history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import address
from reports import wording


def choose(
    key: str, label: str, titles: Mapping[str, str], usual: str, *, below: Sequence[str] = ()
) -> str:
    """Draw a list of choices and return the key of `titles` chosen.

    `key` is its name in the address, one of `address.OF_ONE_PAGE`. What stands `below` it there
    is forgotten at a new choice.
    """
    asked = _asked(key, label, titles, usual)
    st.selectbox(
        label,
        list(titles),
        format_func=titles.__getitem__,
        key=key,
        on_change=lambda: pick(key, st.session_state[key], usual=usual, below=below),
    )
    return asked


def choose_segment(key: str, label: str, titles: Mapping[str, str], usual: str) -> str:
    """The same as buttons beside each other."""
    asked = _asked(key, label, titles, usual)
    st.segmented_control(
        label,
        list(titles),
        format_func=titles.__getitem__,
        required=True,
        key=key,
        on_change=lambda: pick(key, st.session_state[key], usual=usual),
    )
    return asked


def choose_several(
    key: str, label: str, titles: Mapping[str, str], *, placeholder: str
) -> list[str]:
    """Draw a choice of any number of `titles` and return their keys; none stands for all."""
    asked = st.query_params.get_all(key)
    known = [one for one in asked if one in titles]
    if known != asked:
        st.caption(wording.PLACE_GONE.format(what=label.lower()))
    st.session_state[key] = known
    st.multiselect(
        label,
        list(titles),
        format_func=titles.__getitem__,
        placeholder=placeholder,
        key=key,
        on_change=lambda: address.step({key: st.session_state[key]}),
    )
    return known


def choose_amount(key: str, label: str, *, step: float, note: str) -> str:
    """Draw a field for an amount, 0 or more, and return it as text; empty where none is given."""
    try:
        asked = max(float(st.query_params.get(key) or 0), 0.0)
    except ValueError:
        asked = 0.0
    if asked == 0 and st.query_params.get(key):
        st.caption(wording.PLACE_GONE.format(what=label.lower()))
    st.session_state[key] = asked
    st.number_input(
        label,
        min_value=0.0,
        step=step,
        format="%.2f",
        help=note,
        key=key,
        on_change=lambda: pick(key, _amount(st.session_state[key])),
    )
    return _amount(asked)


def _amount(value: float) -> str:
    return f"{value:.2f}" if value > 0 else ""


def forget(*keys: str) -> None:
    """Take choices out of the address; for buttons."""
    address.step(dict.fromkeys(keys))


def pick(key: str, value: str, *, usual: str = "", below: Sequence[str] = ()) -> None:
    """Write a choice into the address; the usual one stays out of it."""
    address.step({**dict.fromkeys(below), key: None if value in ("", usual) else value})


def _asked(key: str, label: str, titles: Mapping[str, str], usual: str) -> str:
    """What the address says, or the usual choice where it names one that is not there."""
    asked = st.query_params.get(key, usual)
    if asked not in titles:
        st.caption(wording.PLACE_GONE.format(what=label.lower()))
        asked = usual
    st.session_state[key] = asked
    return asked
