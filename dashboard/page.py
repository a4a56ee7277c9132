"""What every page is made of: its head, its charts with their tables and files, and its foot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import streamlit as st

from dashboard import store
from dashboard.address import frozen
from dashboard.frame import Ground
from pipelines.periods import Period
from reports import arrivals, charts, overview, wording
from reports.pictures import picture
from reports.takeaway import Origin, as_csv, as_parquet, as_xlsx

STYLE = Path(__file__).parent / "static" / "page.css"
AGE_EVERY_S = 30.0
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ORIGIN = "origin of this page"


def head(ground: Ground, title: str, *, has_own_period: bool = False) -> None:
    """The page's question, whose figures these are, how old, and of which period.

    A page that has a period of its own says so itself, and calls `answers_for`.
    """
    st.html(STYLE)
    st.session_state[_ORIGIN] = _origin(ground, title)
    outline, view = ground.outline, ground.view
    st.title(wording.QUESTIONS[title], anchor=False)
    handle = ground.handle
    st.caption(f"{handle.partner_id} · {handle.environment} · {overview.programs_words(outline)}")
    oldest = arrivals.oldest_required(outline, ground.settings.required_kinds)
    _badge(ground.watermark, oldest, view.period.zone)
    if not has_own_period:
        st.markdown(overview.period_words(view.period))
    if view.period.as_of != ground.watermark:
        st.caption(overview.as_of_words(view.period))
    first = outline.first_event
    if not has_own_period and first is not None and view.period.window.start < first:
        st.caption(overview.begins_words(first, view.period.zone))


@st.fragment(run_every=AGE_EVERY_S)
def _badge(reached: datetime, oldest: str, zone: str) -> None:
    """The age of the data; it goes on ageing while the page is open."""
    state, sentence = arrivals.badge_words(reached, datetime.now(UTC), oldest, zone)
    title, icon, colour = wording.FRESHNESS[state]
    st.markdown(f":{colour}-badge[{icon} {title}] {sentence}")


def _origin(ground: Ground, title: str) -> Origin:
    build, view = store.opened(ground.handle.key), ground.view
    return Origin(
        partner_id=ground.handle.partner_id,
        environment=ground.handle.environment,
        page=title,
        period=view.period,
        pools=view.pools,
        compared=view.comparison,
        basis=view.basis,
        build_id=build.build_id,
        definitions=build.definitions,
    )


def answers_for(period: Period, compared: Period | None, pools: tuple[str, ...]) -> None:
    """Note what the page's files are about, where that is not the view's period and pools."""
    origin = st.session_state[_ORIGIN]
    st.session_state[_ORIGIN] = replace(origin, period=period, compared=compared, pools=pools)


def foot() -> None:
    """What utilization is not, and how to read it."""
    st.caption(f"{wording.IS_NOT} {wording.HOW_TO_READ}")


def chart(
    spec: charts.Spec,
    table: pa.Table,
    key: str,
    alt: str,
    on_pick: Callable[[Any], None] | None = None,
) -> None:
    """Draw `table` as `spec`, with `alt` as its accessible name and the same as a table below.

    `key` is unique on the page. Under the table stand the chart's files. `on_pick` is called with
    the mark that was clicked, as the spec's selection `picked` gives it.
    """

    def tell() -> None:
        picked = st.session_state[f"chart-{key}"]["selection"].get("picked")
        if picked and on_pick is not None:
            on_pick(picked[0])

    select: Any = tell if on_pick is not None else "ignore"
    st.vega_lite_chart(table, spec, key=f"chart-{key}", alt=alt, width="stretch", on_select=select)
    with st.expander(wording.AS_TABLE, key=f"table-{key}", on_change="rerun") as box:
        if box.open:
            st.dataframe(table, hide_index=True, alt=f"{alt}, as a table")
            _files(spec, table, key, alt)


def _files(spec: charts.Spec, table: pa.Table, key: str, alt: str) -> None:
    """Buttons that make a file when they are pressed, of what is drawn and nothing else."""
    origin = st.session_state[_ORIGIN]
    under = overview.picture_words(origin)
    with st.container(horizontal=True):
        _file("CSV", f"{key}.csv", "text/csv", lambda: as_csv(origin, key, table))
        _file("PNG", f"{key}.png", "image/png", lambda: picture(spec, table, alt, under, "png"))
        _file("SVG", f"{key}.svg", "image/svg+xml", lambda: picture(spec, table, alt, under, "svg"))


def take_away(tables: Mapping[str, pa.Table]) -> None:
    """The page's tables as files, and links to the same view; `tables` by the name of each."""
    origin = st.session_state[_ORIGIN]
    with st.expander(wording.TAKE_AWAY, key="take-away", on_change="rerun") as box:
        if not box.open:
            return
        st.markdown(wording.TAKE_AWAY_HELP)
        name = st.selectbox(wording.WHICH_TABLE, list(tables), key="take-away-table")
        table = tables[name]
        st.caption(overview.rows_words(table.num_rows))
        slug = f"{origin.partner_id}-{origin.page}-{name}".lower().replace(" ", "-")
        with st.container(horizontal=True):
            _file("CSV", f"{slug}.csv", "text/csv", lambda: as_csv(origin, name, table))
            parquet = "application/vnd.apache.parquet"
            _file("Parquet", f"{slug}.parquet", parquet, lambda: as_parquet(origin, name, table))
            book = f"{origin.partner_id}-{origin.page}.xlsx".lower().replace(" ", "-")
            _file("XLSX, all tables", book, XLSX, lambda: as_xlsx(origin, tables))
        st.markdown(wording.LINKS_HELP)
        st.code(_link(origin, is_frozen=False), language=None)
        st.code(_link(origin, is_frozen=True), language=None)


def _file(label: str, name: str, mime: str, make: Callable[[], bytes]) -> None:
    st.download_button(
        label, make, file_name=name, mime=mime, key=f"file-{name}", on_click="ignore"
    )


def _link(origin: Origin, *, is_frozen: bool) -> str:
    """The address of this view: as it is, or with its days and its moment written out."""
    said = {key: st.query_params.get_all(key) for key in st.query_params}
    if is_frozen:
        said |= frozen(origin.period)
    query = urlencode(said, doseq=True)
    base = (st.context.url or "").partition("?")[0]
    return f"{base}?{query}" if query else base
