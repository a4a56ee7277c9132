"""The panel of Program review that says how true forecasts have been."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.asks import advice as ask
from dashboard.frame import Ground
from pipelines.forecast.shapes import Accuracy
from pipelines.windows import format_instant
from reports import accuracy
from reports import advice_words as words


def how_true(ground: Ground, pools: Sequence[str], zone: str) -> None:
    """The table of every band and balance of a program."""
    found = shown(ground, pools)
    st.caption(f"{words.as_of(ground.view.period.as_of, zone)} {words.ACCURACY_IS}")
    if not found:
        st.markdown(words.NO_ACCURACY)
        return
    st.html(accuracy.accuracy_table(found, zone))


def shown(ground: Ground, pools: Sequence[str]) -> tuple[Accuracy, ...]:
    """The scores of some pools, and of the balances in their currencies."""
    as_of = format_instant(ground.view.period.as_of)
    found = ask.accuracies(ground.handle.key, as_of, ground.settings)
    return accuracy.of_pools(found, pools)
