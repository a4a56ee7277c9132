"""The panel of Finance that says how long balances last, and what other assumptions would mean."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard.asks import advice as ask
from dashboard.choices import choose, choose_amount, forget
from dashboard.frame import Ground
from dashboard.page import chart
from dashboard.panels.findings import telling
from pipelines.forecast.shapes import Runway
from pipelines.windows import format_instant
from reports import advice_words as words
from reports import charts_advice, runway
from reports.balances import Currencies

_ASSUMED = ("lead-time", "service-level", "growth", "planned")


def lasting(ground: Ground, currencies: Currencies) -> None:
    """The table of all balances, and one of them under other assumptions."""
    found, zone = shown(ground, currencies), ground.view.period.zone
    st.caption(f"{words.as_of(ground.view.period.as_of, zone)} {words.RUNWAY_IS}")
    if not found:
        st.markdown(words.NO_RUNWAY)
        return
    is_stale = telling(ground).is_stale
    if is_stale:
        st.markdown(words.stale(ground.watermark, datetime.now(UTC), zone))
    st.html(runway.runway_table(found, zone, is_stale=is_stale))
    st.caption(words.AMOUNT_RULE)
    _one(ground, found)


def shown(ground: Ground, currencies: Currencies) -> tuple[Runway, ...]:
    """The balances of these currencies, the first to send money for at the top."""
    as_of = format_instant(ground.view.period.as_of)
    found = ask.runways(ground.handle.key, as_of, ground.settings)
    return runway.of_currencies(found, currencies)


@st.fragment
def _one(ground: Ground, found: tuple[Runway, ...]) -> None:
    zone = ground.view.period.zone
    st.markdown(f"**{words.WHAT_IF}** {words.WHAT_IF_HELP}")
    by_currency = {one.currency: one for one in found}
    names = {currency: currency for currency in by_currency}
    first, second, third, fourth, fifth = st.columns(5, vertical_alignment="bottom")
    with first:
        as_set = by_currency[choose("balance", "Balance", names, found[0].currency)]
    with second:
        lead_h = choose("lead-time", "Time money takes", words.LEAD_TIMES, "")
    with third:
        level = choose("service-level", "How sure to be", words.SERVICE_LEVELS, "")
    with fourth:
        growth = choose("growth", "Demand", words.GROWTHS, "")
    with fifth:
        planned = choose_amount("planned", "Sent now", step=1000.0, note=words.PLANNED_HELP)
    assumed = (lead_h, level, growth, planned)
    one = as_set
    if any(assumed):
        as_of = format_instant(as_set.as_of)
        key = ground.handle.key
        one = ask.runway_if(key, as_of, ground.settings, as_set.currency, assumed) or as_set
        st.html(runway.compared_table(as_set, one, zone))
        st.button(words.RESET, on_click=forget, args=_ASSUMED, key="what-if-reset")
    st.caption(words.RUNWAY_PICTURE)
    key, as_of = ground.handle.key, format_instant(as_set.as_of)
    chart(
        charts_advice.runway(),
        ask.runway_picture(key, as_of, ground.settings, one.currency, assumed, zone),
        "runway",
        f"Balance in {one.currency}: so far, expected and cautious, with floor, target and send by",
    )
