"""The pages of the dashboard as one usually writes them: the yardstick of `benchmarks.pages`.

The same questions, the same charts and the same tables, with the libraries as their manuals show
them: charts by shorthand strings, pandas frames, `st.altair_chart`, `st.dataframe`, and
`streamlit run` without any warm-up. With ORDINARY_REMEMBERS set, answers go through
`st.cache_data`; without it each run asks again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from pipelines.books.ageing import reserved_ageing_table, reserved_trades_table
from pipelines.books.balances import (
    balance_history_table,
    balance_limits_table,
    pay_ins_table,
    standing_balances_table,
)
from pipelines.books.bridge import bridge_table
from pipelines.books.exceptions import exceptions_table, reconciliation_table
from pipelines.books.webhooks import missing_webhooks_table, webhook_health_table
from pipelines.drill.counts import counts_table
from pipelines.health import coverage_table, read_health
from pipelines.lanes import read_lanes
from pipelines.outline import Outline, read_outline
from pipelines.periods import COMPARISONS, PRESETS, Period, choose_period, compare, cut
from pipelines.places import places
from pipelines.review.scorecard import Asked, read_review
from pipelines.review.spans import review_windows
from pipelines.review.states import Bounds
from pipelines.review.terms import limit_history, read_terms
from pipelines.serving import Build, current_file, open_file
from pipelines.usage.hours import hourly_usage
from pipelines.usage.levels import band_levels_table
from pipelines.utilization import windows_table
from pipelines.windows import format_instant
from reports import figures, growth

DAY, LATENESS = timedelta(days=1), timedelta(minutes=15)
Frames = dict[str, pd.DataFrame]


def remembered(ask: Callable[..., Any]) -> Callable[..., Any]:
    return st.cache_data(ask) if os.environ.get("ORDINARY_REMEMBERS") else ask


@st.cache_resource
def build_of(file: Path) -> Build:
    return open_file(file)


def current() -> Build:
    (place,) = places(Path(os.environ["UTILIZATION_HOME"]))
    return build_of(current_file(place))


@remembered
def outline_of(as_of: datetime) -> Outline:
    return read_outline(current(), as_of)


def controls(build: Build, outline: Outline) -> tuple[Period, Period | None]:
    with st.sidebar:
        preset = st.selectbox("Period", PRESETS, index=PRESETS.index("7d"))
        how = st.selectbox("Compare with", COMPARISONS)
        st.multiselect("Pools", outline.pools)
        st.selectbox("Time zone", ["program", "browser", "UTC"])
        st.selectbox("Reserved is compared with", ["available", "visible"])
        st.selectbox("As of", ["watermark", "latest", "moment"])
    assert build.watermark is not None
    period = choose_period(preset, build.watermark, outline.zone)
    return period, compare(period, how, outline.exact)


def numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Amounts as floats, because a chart takes no decimals."""
    for name in frame.columns:
        first = frame[name].dropna()
        if frame[name].dtype == object and len(first) and type(first.iloc[0]).__name__ == "Decimal":
            frame[name] = frame[name].astype(float)
    return frame


@remembered
def rows_of(windows: list[Any], as_of: datetime, pools: tuple[str, ...], parts: Any) -> Any:
    table = windows_table(current().connection, windows, as_of=as_of, pools=pools, parts=parts)
    return numbers(table.to_pandas())


def drawn(title: str, chart: alt.Chart | alt.LayerChart) -> None:
    st.subheader(title)
    st.altair_chart(chart, width="stretch")
    with st.expander("The same as a table"):
        st.caption(title)


def listed(title: str, frame: pd.DataFrame) -> None:
    st.subheader(title)
    st.dataframe(frame, hide_index=True)


def overview(period: Period, before: Period | None, outline: Outline) -> None:
    rows = rows_of(figures.asked_windows(period), period.as_of, outline.pools, ())
    was = rows_of([before.window], before.as_of, outline.pools, ()) if before else rows[:0]
    total = rows[rows["window"] == period.window.name]
    day = rows[rows["window"] == "24h"]
    listed("In one look", pd.DataFrame(total[list(figures.OUTCOMES)].sum()).T)
    listed("Reconciliation", books("reconciliation", period)["reconciliation"])
    shown = ["pool_id", "currency", "quote_requests", "accepted_quotes", "reserved_notional"]
    hour = rows[rows["window"] == "last_1h"]
    trend = rows[rows["window"] == "days"].groupby("pool_id")["settled_volume"].apply(list)
    standing = day[[*shown, "settled_volume", "unavailable_rate", "balance_available"]]
    listed("Where each pool stands now", standing.merge(trend.rename("trend"), on="pool_id"))
    listed("The last hour", hour[shown])
    ratios = ["quote", "execution", "reserved", "failure"]
    named = ["pool_id", *(f"{name}_utilization" for name in ratios)]
    listed("Utilization", total[named].merge(was[named], on="pool_id", suffixes=("", " was")))
    limits = ["pool_id", "daily_band_usage", "velocity_24h_usage", "max_order_usage"]
    listed("How close to the limits", day[limits])
    listed("Peaks", rows[rows["window"] == "fine"].groupby("pool_id")[limits[1:3]].max())
    over_time(rows, total)
    moved = ["pool_id", "trades_created", "accepted_volume", "settled_volume", "failed_volume"]
    listed("From accepted to settled", total[moved].merge(was[moved], on="pool_id"))
    listed("Why not", total[["pool_id", "limit_errors", "balance_errors", "transact_conflicts"]])
    listed("What has arrived", outline.sources.to_pandas())


def over_time(rows: pd.DataFrame, total: pd.DataFrame) -> None:
    fine = rows[rows["window"] == "fine"]
    asked = fine.melt(["window_start", "pool_id"], list(figures.OUTCOMES), "outcome", "quotes")
    asked = asked.groupby(["window_start", "outcome"], as_index=False)["quotes"].sum()
    tip = ["window_start:T", "outcome:N", "quotes:Q"]
    left, right = st.columns(2)
    with left:
        bars = alt.Chart(asked).mark_bar()
        chart = bars.encode(x="window_start:T", y="quotes:Q", color="outcome:N", tooltip=tip)
        drawn("Requests over time", chart)
    busiest = total.nlargest(5, "quote_requests")["pool_id"]
    coarse = rows[(rows["window"] == "coarse") & rows["pool_id"].isin(busiest)]
    with right:
        drawn("Use of the band", lines(coarse, "execution_utilization"))
    left, right = st.columns(2)
    with left:
        drawn("Unavailable rate over time", lines(coarse, "unavailable_rate"))
    with right:
        stages = total[[*figures.OUTCOMES, *figures.ENDINGS]].sum().rename("quotes")
        funnel = stages.rename_axis("part").reset_index()
        chart = alt.Chart(funnel).mark_bar().encode(x="quotes:Q", y="part:N", color="part:N")
        drawn("From request to acceptance", chart)
    held = fine[fine["pool_id"].isin(busiest)]
    for currency, kept in held.groupby("currency"):
        drawn(f"Reserved in {currency}", lines(kept, "reserved_notional"))


def lines(rows: pd.DataFrame, figure: str) -> alt.LayerChart:
    frame = rows[["window_start", "pool_id", figure]]
    tip = ["window_start:T", "pool_id:N", f"{figure}:Q"]
    line = (
        alt.Chart(frame)
        .mark_line()
        .encode(
            x="window_start:T",
            y=f"{figure}:Q",
            color="pool_id:N",
            strokeDash="pool_id:N",
            tooltip=tip,
        )
    )
    points = (
        alt.Chart(frame)
        .mark_point()
        .encode(
            x="window_start:T", y=f"{figure}:Q", color="pool_id:N", shape="pool_id:N", tooltip=tip
        )
    )
    return line + points


@remembered
def week_of(period: Period, pools: tuple[str, ...], first: datetime | None) -> Frames:
    found = hourly_usage(
        current().connection,
        growth.asked_hours(period),
        period=period.window,
        zone=period.zone,
        as_of=period.as_of,
        known_from=first,
        pools=pools,
    )
    return {
        "week": numbers(found.by_week.to_pandas()),
        "peaks": numbers(found.peaks.to_pandas()),
    }


@remembered
def band_of(period: Period, pool: str) -> pd.DataFrame:
    connection = current().connection
    zone = read_lanes(connection, period.as_of).zone_of[pool]
    days = growth.band_days(period, zone)
    windows = [*days, *growth.quarters(days[-1], zone)]
    table = band_levels_table(connection, windows, as_of=period.as_of, pools=[pool])
    return numbers(table.to_pandas())


def growing(period: Period, before: Period | None, outline: Outline) -> None:
    windows = growth.asked_windows(period)
    rows = rows_of(windows, period.as_of, outline.pools, growth.PARTS)
    was = (
        rows_of([before.window], before.as_of, outline.pools, growth.PARTS) if before else rows[:0]
    )
    total = rows[rows["window"] == period.window.name]
    week = week_of(period, outline.pools, outline.first_event)
    listed("How full each limit is", week["peaks"])
    pool = st.selectbox("Pool", outline.pools)
    levels = band_of(period, pool)
    quarters = levels[levels["window"] == "15m"]
    left, right = st.columns(2)
    with left:
        tip = ["window_end:T", "daily_band_used:Q"]
        area = alt.Chart(quarters).mark_area(opacity=0.3)
        area = area.encode(x="window_end:T", y="daily_band_used:Q", tooltip=tip)
        limit = alt.Chart(quarters).mark_line()
        drawn("One day", area + limit.encode(x="window_end:T", y="daily_band_limit:Q"))
    with right:
        days = levels[levels["window"] == "day"]
        bars = alt.Chart(days).mark_bar().encode(x="window_start:T", y="daily_band_used:Q")
        limit = alt.Chart(days).mark_tick()
        drawn("Each day", bars + limit.encode(x="window_start:T", y="daily_band_limit:Q"))
    steps = total[[*figures.OUTCOMES, *figures.ENDINGS]].sum().rename("quotes").rename_axis("step")
    bars = alt.Chart(steps.reset_index()).mark_bar()
    chart = bars.encode(x="quotes:Q", y="step:N", color="step:N", tooltip=["step:N", "quotes:Q"])
    drawn("From request to acceptance", chart)
    causes = pd.Series(dtype=float)
    for reasons in total["unavailable_reasons"]:
        causes = causes.add(pd.Series(dict(reasons), dtype=float), fill_value=0)
    pareto = causes.rename("attempts").rename_axis("reason").reset_index()
    bars = alt.Chart(pareto).mark_bar().encode(x="attempts:Q", y="reason:N", tooltip=["reason:N"])
    drawn("Why attempts gave no price", bars)
    listed("Causes", pareto)
    rated(total, was)
    st.segmented_control("Shown", ["execution_utilization", "quote_requests"])
    in_the_week(week["week"], pool)
    days = rows[rows["window"] == "days"]
    multiples(days[["window_start", "pool_id", "execution_utilization"]])


def rated(total: pd.DataFrame, was: pd.DataFrame) -> None:
    rates = ["pool_id", "quote_success_rate", "unavailable_rate", "accepted_quote_rate"]
    listed("How quotes end", total[rates].merge(was[rates], on="pool_id", suffixes=("", " was")))
    moved = ["pool_id", "trades_created", "accepted_volume", "settled_volume", "failed_volume"]
    listed("From accepted to settled", total[moved].merge(was[moved], on="pool_id"))


def in_the_week(hours: pd.DataFrame, pool: str) -> None:
    left, right = st.columns(2)
    with left:
        drawn("Use", heat(hours[hours["pool_id"] == pool], "execution_utilization"))
    with right:
        drawn("Refused by a limit", heat(hours[hours["pool_id"].isna()], "limit_errors"))


def multiples(days: pd.DataFrame) -> None:
    bars = alt.Chart(days).mark_bar()
    chart = bars.encode(
        x="window_start:T", y="execution_utilization:Q", row="pool_id:N", tooltip=["pool_id:N"]
    )
    drawn("Each pool", chart)


def heat(frame: pd.DataFrame, figure: str) -> alt.LayerChart:
    cells = (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            x="weekday:O",
            y="clock_hour:O",
            color=f"{figure}:Q",
            tooltip=["weekday:O", f"{figure}:Q"],
        )
    )
    words = alt.Chart(frame).mark_text()
    return cells + words.encode(x="weekday:O", y="clock_hour:O", text=f"{figure}:Q")


@remembered
def books(name: str, period: Period) -> Frames:
    connection, at, window = current().connection, period.as_of, period.window
    asks: dict[str, Callable[[], Any]] = {
        "standing": lambda: standing_balances_table(connection, as_of=at, balance_max_age=DAY),
        "history": lambda: balance_history_table(connection, window, as_of=at, balance_max_age=DAY),
        "limits": lambda: balance_limits_table(connection, window, as_of=at),
        "pay_ins": lambda: pay_ins_table(connection, window, as_of=at),
        "bridge": lambda: bridge_table(connection, [window], as_of=at),
        "days": lambda: bridge_table(connection, cut(period, "day", "day"), as_of=at),
        "ageing": lambda: reserved_ageing_table(connection, as_of=at),
        "long": lambda: reserved_trades_table(connection, as_of=at, over=timedelta(hours=1)),
        "reconciliation": lambda: reconciliation_table(connection, as_of=at),
        "open": lambda: exceptions_table(connection, as_of=at, states=("open",)),
        "pending": lambda: exceptions_table(connection, as_of=at, states=("pending",)),
        "webhooks": lambda: webhook_health_table(connection, [window], as_of=at, lateness=LATENESS),
        "missing": lambda: missing_webhooks_table(
            connection, as_of=at, lateness=LATENESS, start=window.start, end=window.end
        ),
    }
    chosen = asks if name == "all" else {name: asks[name]}
    return {key: numbers(ask().to_pandas()) for key, ask in chosen.items()}


def financing(period: Period, before: Period | None, outline: Outline) -> None:
    found = books("all", period)
    listed("What is in the balance", found["standing"])
    for currency, kept in found["history"].groupby("currency"):
        line = (
            alt.Chart(kept)
            .mark_line()
            .encode(x="observed_at:T", y="balance_available:Q", tooltip=["observed_at:T"])
        )
        steps = found["limits"][found["limits"]["currency"] == currency]
        rule = alt.Chart(steps).mark_rule()
        rule = rule.encode(
            x="in_force_from:T", x2="in_force_to:T", y="value:Q", color="limit_name:N"
        )
        paid = found["pay_ins"][found["pay_ins"]["currency"] == currency]
        points = alt.Chart(paid).mark_point().encode(x="first_at:T", y="amount:Q")
        drawn(f"Balance in {currency}", line + rule + points)
    listed("Bridge", found["bridge"])
    parts = ["opening", "pay_ins", "debits", "refunds", "unexplained", "closing"]
    for currency, kept in found["bridge"].groupby("currency"):
        bars = kept.melt("currency", parts, "part", "amount")
        chart = alt.Chart(bars).mark_bar().encode(x="amount:Q", y="part:N", color="part:N")
        drawn(f"Bridge in {currency}", chart)
    listed("Bridge by day", found["days"])
    rows = rows_of([period.window], period.as_of, outline.pools, ())
    was = rows_of([before.window], before.as_of, outline.pools, ()) if before else rows[:0]
    moved = ["pool_id", "settled_volume", "returned_volume", "net_settled_volume", "failed_volume"]
    listed("What trades moved", rows[moved].merge(was[moved], on="pool_id"))
    listed("Reserved, by age", found["ageing"])
    for currency, kept in found["ageing"].groupby("currency"):
        bars = alt.Chart(kept).mark_bar()
        chart = bars.encode(
            x="reserved_notional:Q", y="pool_id:N", color="age:N", tooltip=["age:N"]
        )
        drawn(f"Reserved in {currency}", chart)
    listed("Reserved the longest", found["long"].head(20))
    listed("Reconciliation", found["reconciliation"])
    ages = found["reconciliation"].melt(
        "currency", [name for name in found["reconciliation"] if name.startswith("open_")]
    )
    bars = alt.Chart(ages).mark_bar().encode(x="value:Q", y="currency:N", color="variable:N")
    drawn("Open exceptions", bars)
    listed("Kinds", found["open"].groupby("kind", as_index=False)["amount"].sum())
    st.multiselect("Kinds shown", found["open"]["kind"].unique())
    listed("Open exceptions one by one", found["open"].head(20))
    listed("Pending", found["pending"].head(20))
    listed("Webhooks", found["webhooks"])
    listed("Missing webhooks", found["missing"].head(20))


@remembered
def review_of(period: Period, pools: tuple[str, ...], first: datetime) -> tuple[Frames, list[str]]:
    connection, as_of = current().connection, period.as_of
    (versions,) = read_terms(connection, as_of).values()
    terms = versions[-1]
    windows = review_windows(terms.review_cadence, terms.time_zone, first, as_of)
    bounds = Bounds(None, None, None, timedelta(hours=1))
    asked = Asked(windows[-1], terms.time_zone, pools, first, as_of, bounds, True)
    found = read_review(connection, asked)
    items = [
        {
            "item": item.name,
            "state": item.verdict.state,
            "weeks": [None if week.height is None else float(week.height) for week in item.weeks],
        }
        for item in found.items
    ]
    limits = limit_history(connection, pools, as_of).to_pandas()
    frames = {
        "Scorecard": pd.DataFrame(items),
        "What changed": pd.DataFrame([str(change) for change in found.changes]),
        "Each pool": pd.DataFrame(found.current.pools).T,
        "Terms of the program": pd.DataFrame([str(one) for one in versions]),
        "Limits and their history": numbers(limits),
    }
    return frames, [format_instant(window.start) for window in windows]


def reviewing(period: Period, _: Period | None, outline: Outline) -> None:
    first = outline.first_event or period.as_of
    frames, starts = review_of(period, outline.pools, first)
    st.segmented_control("Review period", ["weekly", "monthly", "quarterly"])
    st.selectbox("Review", starts)
    st.button("Previous review")
    st.button("Next review")
    for title, frame in frames.items():
        listed(title, frame)


@remembered
def counted(period: Period, pools: tuple[str, ...]) -> pd.DataFrame:
    windows = [period.window, *cut(period, "1h", "1h")]
    table = counts_table(
        current().connection,
        "unavailable_quotes",
        windows,
        as_of=period.as_of,
        pools=pools,
    )
    return table.to_pandas()


def investigating(period: Period, _: Period | None, outline: Outline) -> None:
    st.text_input("An id")
    st.selectbox("What to look into", ["unavailable_quotes", "errored_quotes", "limit_errors"])
    rows = counted(period, outline.pools)
    whole = rows["window_end"] - rows["window_start"] > timedelta(hours=1)
    listed("Pools", rows[whole])
    pool = st.selectbox("Pool", outline.pools, index=1)
    hours = rows[~whole & (rows["pool_id"] == pool)]
    st.selectbox("Hour", hours["window_start"])
    bars = (
        alt.Chart(hours)
        .mark_bar()
        .encode(x="window_start:T", y="events:Q", tooltip=["window_start:T", "events:Q"])
    )
    drawn("By hour", bars)


@remembered
def health_of(period: Period) -> Frames:
    build = current()
    health = read_health(build)
    first, last = period.window.start.date(), period.window.end.date()
    return {
        "Days with records": coverage_table(build.connection, first, last).to_pandas(),
        "Loads": health.loads.to_pandas(),
        "Set aside": health.set_aside.to_pandas(),
        "Fields dropped": health.dropped.to_pandas(),
        "Restated days": health.restated.to_pandas(),
        "Checks": health.checks.to_pandas(),
    }


def healthy(period: Period, _: Period | None, outline: Outline) -> None:
    frames = health_of(period)
    listed("How far records reach", outline.sources.to_pandas())
    cells = (
        alt.Chart(frames["Days with records"])
        .mark_rect()
        .encode(
            x="day:T", y="kind:N", opacity="records:Q", tooltip=["day:T", "kind:N", "records:Q"]
        )
    )
    drawn("Days with records", cells)
    for title, frame in frames.items():
        listed(title, frame)


def drawing(draw: Callable[[Period, Period | None, Outline], None]) -> Callable[[], None]:
    def page() -> None:
        build = current()
        assert build.watermark is not None
        outline = outline_of(build.watermark)
        period, before = controls(build, outline)
        st.title(page.__name__.capitalize())
        st.caption(f"{build.partner_id}, {build.environment}")
        draw(period, before, outline)

    return page


PAGES = {
    "overview": overview,
    "growth": growing,
    "finance": financing,
    "review": reviewing,
    "investigate": investigating,
    "health": healthy,
}

st.set_page_config(page_title="Partner utilization", layout="wide")
listing = []
for name, draws in PAGES.items():
    page = drawing(draws)
    page.__name__ = name
    path = {} if name == "overview" else {"url_path": name}
    listing.append(st.Page(page, title=name.capitalize(), default=name == "overview", **path))
st.navigation(listing).run()
