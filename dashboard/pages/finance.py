"""Finance: what is in each balance, what moved it, and whether the ledger ties out."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from dashboard import address, store
from dashboard.asks import finance as ask
from dashboard.choices import choose_several
from dashboard.frame import Ground
from dashboard.page import chart, take_away
from dashboard.panels.findings import advised
from dashboard.panels.runway import lasting
from dashboard.panels.runway import shown as runways_shown
from dashboard.states import panel
from pipelines.errors import UsageError
from pipelines.periods import Period
from pipelines.windows import format_instant
from reports import (
    advice_words,
    balances,
    books_words,
    bridge,
    charts_finance,
    exceptions,
    movements,
    reserved,
    runway,
    webhooks,
    wording,
)
from reports import format as text
from reports.balances import Currencies
from reports.figures import Answer
from reports.found import Row
from reports.overview import comparison_words

MOST_CHARTS = 5
ACROSS = 3
"""Charts beside each other at most."""


def draw(ground: Ground) -> None:
    """The whole page."""
    view = ground.view
    answer = _answer(ground, view.period)
    shown = answer.currencies if view.is_filtered else None
    if view.is_filtered:
        st.caption(books_words.BOOKS_BY_CURRENCY)
    taken: dict[str, pa.Table] = {}
    with advised(ground, "What is in the balance"):
        _standing(ground, shown, taken)
    with advised(ground, advice_words.RUNWAY_TITLE):
        _runway(ground, shown, taken)
    with panel("Balance over the period"):
        _history(ground, shown)
    with panel("Does the ledger explain the balance"):
        _bridge(ground, shown, taken)
    with advised(ground, "What trades moved in the period"):
        _movements(ground, answer, taken)
    with advised(ground, "Reserved, by age"):
        _reserved(ground, taken)
    with advised(ground, "Open exceptions"):
        _exceptions(ground, shown, taken)
    with advised(ground, "Webhooks of the period"):
        _webhooks(ground, taken)
    if taken:
        take_away(taken)


Taken = dict[str, pa.Table]
"""The tables drawn so far, for those who take them away."""


def _answer(ground: Ground, period: Period) -> Answer:
    return ask.moved(ground.handle.key, store.plain(period), ground.view.pools)


def _lacks(ground: Ground, *kinds: str) -> bool:
    """Say which of `kinds` never arrived, if any; what they would tell is then not known."""
    arrived = {one.kind for one in ground.outline.arrived}
    missing = [kind for kind in kinds if kind not in arrived]
    if missing:
        st.info(wording.not_ingested(*missing), icon=":material/upload_file:")
    return bool(missing)


def _as_of(ground: Ground) -> str:
    return format_instant(ground.view.period.as_of)


def _standing(ground: Ground, shown: Currencies, taken: Taken) -> None:
    if _lacks(ground, "balances"):
        return
    max_age, period = ground.settings.balance_max_age, ground.view.period
    found = ask.standing(ground.handle.key, _as_of(ground), max_age.total_seconds())
    st.caption(balances.as_of_words(period.as_of, period.zone))
    st.html(balances.standing_table(found, shown, period.as_of, period.zone, max_age))
    taken["Balances"] = found.kept("currency", shown)


def _runway(ground: Ground, shown: Currencies, taken: Taken) -> None:
    if _lacks(ground, "balances", "trades"):
        return
    lasting(ground, shown)
    taken["Top-up worksheet"] = runway.file(runways_shown(ground, shown))


def _history(ground: Ground, shown: Currencies) -> None:
    if _lacks(ground, "balances"):
        return
    key, period = ground.handle.key, ground.view.period
    plain, max_age_s = store.plain(period), ground.settings.balance_max_age.total_seconds()
    snapshots = ask.history(key, plain, max_age_s)
    limits, pay_ins = ask.limits(key, plain), ask.pay_ins(key, plain)
    standing = ask.standing(key, _as_of(ground), max_age_s)
    currencies = [row["currency"] for row in standing.of(shown)]
    if len(currencies) > MOST_CHARTS:
        st.caption(books_words.only_currencies(MOST_CHARTS))
    st.caption(books_words.HISTORY)
    for currency in currencies[:MOST_CHARTS]:
        words = balances.history_words(snapshots, limits, currency, period.zone)
        st.markdown(f"**{currency}** · {words or books_words.NO_SNAPSHOT_IN_PERIOD}")
        if words:
            chart(
                charts_finance.history(),
                balances.history(snapshots, limits, pay_ins, currency, period),
                f"balance-{currency}",
                f"Balance in {currency} over time, with its floor, its target and pay-ins",
            )


def _bridge(ground: Ground, shown: Currencies, taken: Taken) -> None:
    if _lacks(ground, "ledger", "balances"):
        return
    key, period = ground.handle.key, ground.view.period
    found = ask.bridge(key, store.plain(period))
    st.caption(books_words.UNEXPLAINED)
    if period.is_open:
        st.caption(books_words.BRIDGE_OPEN)
    st.html(bridge.bridge_table(found, shown, period.zone))
    for sentence in bridge.unknown_words(found, shown):
        st.markdown(sentence)
    _waterfalls([row["currency"] for row in found.of(shown)], ground)
    days = ask.bridge_by_day(key, store.plain(period))
    taken["Bridge"] = found.kept("currency", shown)
    taken["Bridge by day"] = days.kept("currency", shown)
    st.markdown(bridge.days_words(days, shown))
    if bridge.days_shown(days, shown):
        st.html(bridge.days_table(days, shown, period))
    with st.expander("Every day", key="table-days", on_change="rerun") as box:
        if box.open:
            table = bridge.every_day(days, shown, period)
            st.dataframe(table, hide_index=True, alt="The balance bridge of every day")


def _waterfalls(currencies: Sequence[str], ground: Ground) -> None:
    found = ask.bridge(ground.handle.key, store.plain(ground.view.period))
    drawn = [(currency, bridge.waterfall(found, currency)) for currency in currencies[:MOST_CHARTS]]
    known = [(currency, bars) for currency, bars in drawn if bars is not None]
    if not known:
        return
    columns = st.columns(min(ACROSS, len(known)))
    for number, (currency, bars) in enumerate(known):
        with columns[number % ACROSS]:
            st.markdown(f"**{currency}**")
            chart(
                charts_finance.bridge(),
                bars,
                f"bridge-{currency}",
                f"Balance bridge in {currency}, from opening to closing",
            )


def _movements(ground: Ground, answer: Answer, taken: Taken) -> None:
    if _lacks(ground, "trades"):
        return
    if not answer.has_activity:
        st.caption(books_words.NOTHING_MOVED)
        return
    view, before = ground.view, None
    if view.comparison is not None:
        st.caption(comparison_words(view.comparison))
        before = _answer(ground, view.comparison)
    elif view.comparison_note:
        st.caption(view.comparison_note)
    st.html(movements.movements_table(answer, before))
    taken["What trades moved"] = answer.part(view.period.window.name)


def _reserved(ground: Ground, taken: Taken) -> None:
    if _lacks(ground, "trades"):
        return
    key, pools = ground.handle.key, ground.view.pools
    found = ask.ageing(key, _as_of(ground))
    currencies = reserved.currencies_reserved(found, pools)
    st.html(reserved.ageing_table(found, pools))
    taken["Reserved by age"] = found.kept("pool_id", pools)
    if not currencies:
        st.caption(books_words.NOTHING_RESERVED)
        return
    columns = st.columns(2)
    for number, currency in enumerate(currencies[:MOST_CHARTS]):
        table = reserved.ageing(found, pools, currency)
        with columns[number % len(columns)]:
            st.markdown(f"**{currency}**")
            chart(
                charts_finance.reserved(len(table.column("pool").unique())),
                table,
                f"ageing-{currency}",
                f"Reserved in {currency} of each pool, stacked by age",
            )
    _held_long(ground, taken)


def _held_long(ground: Ground, taken: Taken) -> None:
    """The trades held for longer than the partner's own bound."""
    over = ground.settings.reserved_age_threshold
    key, view = ground.handle.key, ground.view
    try:
        long = ask.long_reserved(key, _as_of(ground), over.total_seconds(), view.pools)
    except UsageError:
        st.caption(books_words.NOT_LISTED_THEN)
        return
    st.markdown(reserved.long_words(long, over))
    if long.rows:
        st.html(reserved.long_table(long, view.period.zone, address.view_query()))
        taken["Reserved the longest"] = long.table


def _exceptions(ground: Ground, shown: Currencies, taken: Taken) -> None:
    key, as_of = ground.handle.key, _as_of(ground)
    found = ask.reconciliation(key, as_of)
    if _lacks(ground, "ledger", "trades"):
        if not exceptions.has_any(found, shown):
            return
        st.caption(books_words.FOUND_WITHOUT_LEDGER)
    st.caption(books_words.WHATEVER_PERIOD)
    st.html(exceptions.reconciliation_table(found, shown))
    lasting = None if shown is None else (*shown, None)
    taken["Reconciliation"] = found.kept("currency", lasting)
    taken["Open exceptions"] = ask.exceptions(key, as_of, ("open",)).kept("currency", lasting)
    ages = exceptions.ageing(found, shown)
    if ages.num_rows:
        chart(
            charts_finance.open_exceptions(len(ages.column("currency").unique())),
            ages,
            "exceptions",
            "Open exceptions of each currency, stacked by age",
        )
    _one_by_one(ground, shown)


@st.fragment
def _one_by_one(ground: Ground, shown: Currencies) -> None:
    key, as_of, zone = ground.handle.key, _as_of(ground), ground.view.period.zone
    found = ask.exceptions(key, as_of, ("open",))
    every = exceptions.of_currencies(found, shown)
    if not every:
        st.markdown(books_words.NO_EXCEPTION)
    else:
        st.html(exceptions.kinds_table(every))
        titles = {kind: books_words.exception(kind) for kind in exceptions.kinds_of(every)}
        kinds = choose_several("kind", "Kinds shown one by one", titles, placeholder="All kinds")
        _listed(exceptions.of_currencies(found, shown, kinds), "open exceptions", zone)
    pending = exceptions.of_currencies(ask.exceptions(key, as_of, ("pending",)), shown)
    if pending:
        st.caption(books_words.PENDING)
        _listed(pending, "pending", zone)
    with st.expander("Resolved ones", key="table-resolved", on_change="rerun") as box:
        if box.open:
            found = ask.exceptions(key, as_of, ("resolved",))
            _listed(exceptions.of_currencies(found, shown), "resolved", zone)


def _listed(rows: list[Row], what: str, zone: str) -> None:
    st.markdown(exceptions.count_words(rows, what))
    if rows:
        kept = address.view_query()
        st.html(exceptions.exceptions_table(rows, f"Exceptions: {what}", zone, kept))
    if len(rows) > exceptions.MOST_ROWS:
        with st.expander(
            f"All {text.count(len(rows))}", key=f"all-{what}", on_change="rerun"
        ) as box:
            if box.open:
                st.dataframe(exceptions.full_table(rows), hide_index=True, alt=f"All {what}")


def _webhooks(ground: Ground, taken: Taken) -> None:
    if _lacks(ground, "webhooks"):
        return
    key, period = ground.handle.key, store.plain(ground.view.period)
    lateness_s = ground.settings.webhook_lateness.total_seconds()
    st.caption(books_words.WEBHOOKS)
    health = ask.webhooks(key, period, lateness_s)
    st.html(webhooks.health_table(health))
    taken["Webhooks"] = health.table
    missing = ask.missing_webhooks(key, period, lateness_s)
    if missing.rows:
        st.markdown(webhooks.missing_words(missing))
        st.html(webhooks.missing_table(missing, ground.view.period.zone, address.view_query()))
        taken["Missing webhooks"] = missing.table
