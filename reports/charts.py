"""The page's charts as Vega-Lite specifications, built once; the data come at drawing time.

Channels are explicit objects: a bare string costs fifty times as much. No arithmetic: what is
drawn and what is read in a hover are columns of the table. Each colour has a second cue.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache, lru_cache
from typing import Any

import altair as alt

from reports.palette import BLUE, DASHES, GREEN, GREY, PURPLE, SERIES, SHAPES, VERMILLION
from reports.wording import ENDINGS, OUTCOMES
from reports.wording import title as title_of

Spec = dict[str, Any]

HEIGHT = 320
_TIME_LABELS = (
    "hours(datum.value) || minutes(datum.value)"
    " ? timeFormat(datum.value, '%H:%M') : timeFormat(datum.value, '%d %b')"
)
_OUTCOME_COLOURS = (BLUE, GREY, VERMILLION, PURPLE)
_ENDING_COLOURS = (GREEN, VERMILLION, PURPLE, GREY)


def time_axis() -> alt.Axis:
    """The axis of local times: hours by the clock, days by the date."""
    return alt.Axis(labelExpr=_TIME_LABELS, labelOverlap=True, tickCount=8, grid=False, title=None)


def _legend() -> alt.Legend:
    return alt.Legend(orient="top", title=None, columns=2, labelLimit=200, offset=4)


@cache
def requests() -> Spec:
    """Quote requests per window, stacked by outcome; the window still open is paler."""
    titles = list(OUTCOMES.values())
    return finished(
        alt.Chart(height=HEIGHT)
        .mark_bar(tooltip=True, orient="vertical")
        .encode(
            x=alt.X("start", type="temporal", axis=time_axis()),
            x2=alt.X2("end"),
            y=alt.Y("quotes", type="quantitative", title="Requests", stack="zero"),
            color=alt.Color(
                "outcome",
                type="nominal",
                scale=alt.Scale(domain=titles, range=_OUTCOME_COLOURS),
                sort=titles,
                legend=_legend(),
            ),
            opacity=paler_while_open(),
            order=alt.Order("order", type="quantitative"),
            tooltip=[
                alt.Tooltip("window", type="nominal", title="Window"),
                alt.Tooltip("outcome", type="nominal", title="Outcome"),
                alt.Tooltip("quotes", type="quantitative", title="Requests"),
                alt.Tooltip("state", type="nominal", title="Window is"),
            ],
        )
    )


@lru_cache(maxsize=64)
def band(pools: tuple[str, ...], title: str) -> Spec:
    """The use of the approved band: a line per pool, and the band itself at 100 %."""
    return _of_pools(_band(title), pools, pools)


@cache
def _band(title: str) -> Spec:
    whole = (
        alt.Chart()
        .mark_rule(color=GREY, strokeDash=[4, 2], size=1.5)
        .encode(y=alt.Y(datum=1, type="quantitative"))
    )
    return finished(alt.layer(whole, _lines(title), _points(title), height=HEIGHT))


@lru_cache(maxsize=64)
def unavailable(pools: tuple[str, ...]) -> Spec:
    """The unavailable rate: a line per pool; points over few requests are hollow and grey."""
    return _of_pools(_unavailable(), pools, pools)


@cache
def _unavailable() -> Spec:
    title = "Unavailable rate"
    return finished(
        alt.layer(
            _lines(title),
            _points(title).transform_filter("datum.base == '30 or more'"),
            alt.Chart()
            .transform_filter("datum.base != '30 or more'")
            .mark_point(filled=False, color=GREY, size=40, tooltip=True)
            .encode(
                x=_when(),
                y=alt.Y("value", type="quantitative"),
                shape=_shape(),
                tooltip=_hover(title),
            ),
            height=HEIGHT,
        )
    )


@lru_cache(maxsize=64)
def reserved(pools: tuple[str, ...], drawn: tuple[str, ...]) -> Spec:
    """Reserved notional over time of the pools of one currency, in the colours of all `drawn`."""
    kept = tuple(pool for pool in drawn if pool in pools)
    return _of_pools(_reserved(), kept, drawn)


@cache
def _reserved() -> Spec:
    return finished(
        alt.Chart(height=200)
        .mark_line(interpolate="step-before", tooltip=True, strokeWidth=2)
        .encode(
            x=_when(),
            y=alt.Y("value", type="quantitative", title=None, axis=alt.Axis(format=",.0f")),
            color=_colour(),
            strokeDash=_dash(),
            tooltip=_hover("Reserved"),
        )
    )


@cache
def funnel() -> Spec:
    """Requests and firm quotes as two bars; what goes on stands left, what ends stands right."""
    titles = [*OUTCOMES.values(), *ENDINGS.values()]
    stage = alt.Y("stage", type="nominal", sort=None, title=None, axis=alt.Axis(ticks=False))
    order = alt.Order("order", type="quantitative")
    bars = (
        alt.Chart()
        .mark_bar(tooltip=True, size=44, stroke="white", strokeWidth=1)
        .encode(
            y=stage,
            x=alt.X("quotes", type="quantitative", title=None, stack="zero"),
            color=alt.Color(
                "part",
                type="nominal",
                scale=alt.Scale(domain=titles, range=[*_OUTCOME_COLOURS, *_ENDING_COLOURS]),
                legend=None,
            ),
            order=order,
            tooltip=[
                alt.Tooltip("stage", type="nominal", title="Of all"),
                alt.Tooltip("part", type="nominal", title="Part"),
                alt.Tooltip("quotes", type="quantitative", title="Quotes", format=","),
            ],
        )
    )
    labels = (
        alt.Chart()
        .mark_text(color="white", fontWeight="bold", aria=False)
        .encode(
            y=stage,
            x=alt.X("quotes", type="quantitative", stack="zero", bandPosition=0.5),
            order=order,
            detail=alt.Detail("part", type="nominal"),
            text=alt.Text("label", type="nominal"),
        )
    )
    return finished(alt.layer(bars, labels, height=150))


def warm() -> None:
    """Build everything but the scales of a partner's pools, before the first reader comes."""
    requests()
    funnel()
    for figure in ("daily_band_usage", "execution_utilization"):
        _band(title_of(figure))
    _unavailable()
    _reserved()


def _lines(title: str) -> Any:
    axis = alt.Axis(format=".0%")
    return (
        alt.Chart()
        .mark_line(strokeWidth=2, tooltip=True)
        .encode(
            x=_when(),
            y=alt.Y("line", type="quantitative", title=title, axis=axis),
            color=_colour(),
            strokeDash=_dash(),
            tooltip=_hover(title),
        )
    )


def _points(title: str) -> Any:
    return (
        alt.Chart()
        .mark_point(filled=True, size=45, tooltip=True)
        .encode(
            x=_when(),
            y=alt.Y("value", type="quantitative"),
            color=_colour(),
            shape=_shape(),
            opacity=paler_while_open(),
            tooltip=_hover(title),
        )
    )


def _when() -> alt.X:
    return alt.X("at", type="temporal", axis=time_axis())


def _colour() -> alt.Color:
    return alt.Color("pool", type="nominal", legend=_legend())


def _dash() -> alt.StrokeDash:
    return alt.StrokeDash("pool", type="nominal", legend=_legend())


def _shape() -> alt.Shape:
    return alt.Shape("pool", type="nominal", legend=_legend())


def _of_pools(spec: Spec, pools: tuple[str, ...], drawn: tuple[str, ...]) -> Spec:
    """`spec` with the colours, dashes and shapes of `pools`, each as among all `drawn`."""
    places = [drawn.index(pool) for pool in pools]
    cues = {
        "color": [SERIES[place] for place in places],
        "strokeDash": [DASHES[place] for place in places],
        "shape": [SHAPES[place] for place in places],
    }
    told = deepcopy(spec)
    for part in (told, *told.get("layer", ())):
        for name, channel in part.get("encoding", {}).items():
            if name in cues:
                channel["scale"] = {"domain": list(pools), "range": cues[name]}
    return told


def paler_while_open() -> alt.Opacity:
    """Full for complete windows, paler for the one that is still open."""
    still_open = alt.FieldEqualPredicate(field="state", equal="partial")
    return alt.Opacity(
        condition=alt.ConditionalPredicateValueDefnumberExprRef(test=still_open, value=0.45),
        value=1,
    )


def _hover(title: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("window", type="nominal", title="Window"),
        alt.Tooltip("pool", type="nominal", title="Pool"),
        alt.Tooltip("shown", type="nominal", title=title),
        alt.Tooltip("state", type="nominal", title="Window is"),
    ]


def finished(chart: Any) -> Spec:
    """The specification alone: the data, their name and the theme come when it is drawn."""
    spec: Spec = chart.to_dict()
    _strip(spec)
    return spec


def _strip(spec: Spec) -> None:
    for name in ("$schema", "config", "data", "datasets"):
        spec.pop(name, None)
    for part in (*spec.get("layer", ()), *spec.get("vconcat", ())):
        _strip(part)
