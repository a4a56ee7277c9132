"""The Growth page's charts as Vega-Lite specifications; see `reports.charts`."""

from __future__ import annotations

from copy import deepcopy
from functools import cache, lru_cache
from typing import Any

import altair as alt

from reports.charts import Spec, finished, paler_while_open, time_axis
from reports.palette import BLUE, GREEN, GREY, PURPLE, VERMILLION
from reports.spread import WEEKDAYS

UNEXPLAINED_COLOUR = "#000000"
_GROUPS = {
    "Requests": BLUE,
    "Firm": BLUE,
    "Accepted": GREEN,
    "Unavailable": VERMILLION,
    "Failed calls": PURPLE,
    "Indicative": GREY,
    "Expired": VERMILLION,
    "Rejected": PURPLE,
    "Still open": GREY,
    "Not explained": UNEXPLAINED_COLOUR,
}
_INK = "currentColor"
"""The colour of the page's own text, light or dark."""


@cache
def day() -> Spec:
    """What is used of the band through a day, and the band as a line above it."""
    used, band = "datum.series == 'Used'", "datum.series != 'Used'"
    area = (
        alt.Chart()
        .transform_filter(used)
        .mark_area(interpolate="step-after", color=BLUE, opacity=0.25, line=False, aria=False)
        .encode(x=_at(), y=_amount("amount"))
    )
    steps = (
        alt.Chart()
        .transform_filter(used)
        .mark_line(interpolate="step-after", color=BLUE, strokeWidth=2, aria=False)
        .encode(x=_at(), y=_amount("amount"))
    )
    limit = (
        alt.Chart()
        .transform_filter(band)
        .mark_line(color=_INK, strokeWidth=2, aria=False)
        .encode(x=_at(), y=_amount("amount"))
    )
    points = (
        alt.Chart()
        .mark_point(filled=True, size=70, opacity=0, tooltip=True)
        .encode(x=_at(), y=_amount("amount"), tooltip=_said("series", "window", "shown"))
    )
    return finished(alt.layer(area, steps, limit, points, height=260))


@cache
def days() -> Spec:
    """What was used of the band on each day, and the band as steps that follow its history."""
    bars = _bars(
        y=_amount("used"), opacity=paler_while_open(), tooltip=_said("window", "shown", "limit")
    )
    treads = (
        alt.Chart()
        .mark_rule(color=_INK, strokeWidth=2, aria=False)
        .encode(x=_start(), x2=alt.X2("end"), y=_amount("band"))
    )
    risers = (
        alt.Chart()
        .mark_line(color=_INK, strokeWidth=2, interpolate="step-after", aria=False)
        .encode(x=_start(), y=_amount("band"))
    )
    return finished(alt.layer(bars, treads, risers, height=260))


@cache
def funnel() -> Spec:
    """From all requests down to the accepted ones; each leak hangs at the end of what is left."""
    return finished(_named_bars("step", "low", ("step", "quotes", "of requests")))


@cache
def pareto() -> Spec:
    """Reasons by frequency; a dark tick marks the span before."""
    bars = _named_bars("reason", "from", ("reason", "attempts", "share", "together", "before"))
    tick = (
        alt.Chart()
        .mark_tick(color=_INK, thickness=2, size=16, yOffset=7, aria=False)
        .encode(y=_step("reason"), x=_length("was"))
    )
    return finished(bars + tick)


def _named_bars(name: str, start: str, said: tuple[str, ...]) -> Any:
    """Bars under their names: a name beside its bar would take a phone's whole width."""
    bars = (
        alt.Chart()
        .mark_bar(tooltip=True, size=12, yOffset=7, orient="horizontal")
        .encode(
            y=_step(name),
            x=_length(start),
            x2=alt.X2("high"),
            color=alt.Color(
                "group",
                type="nominal",
                scale=alt.Scale(domain=list(_GROUPS), range=list(_GROUPS.values())),
                legend=None,
            ),
            tooltip=_said(*said),
        )
    )
    labels = (
        alt.Chart()
        .mark_text(align="left", baseline="middle", dy=-8, fontSize=12, color=_INK, aria=False)
        .encode(y=_step(name), x=alt.value(0), text=alt.Text("label", type="nominal"))
    )
    return alt.layer(bars, labels, height=alt.Step(36))


@cache
def week() -> Spec:
    """Hours of the week as a grid of one hue; what is not known has a dashed frame and a dash."""
    known, unknown = "datum.state == 'known'", "datum.state != 'known'"
    shade = alt.Color(
        "shade",
        type="quantitative",
        scale=alt.Scale(
            domain=[0, 1], range=["rgba(0, 114, 178, 0.04)", "rgba(0, 114, 178, 0.62)"]
        ),
        legend=None,
    )
    said = _said("weekday", "hour", "shown", "base")
    cells = (
        alt.Chart()
        .transform_filter(known)
        .mark_rect(tooltip=True)
        .encode(x=_weekday(), y=_hour(), color=shade, tooltip=said)
    )
    gaps = (
        alt.Chart()
        .transform_filter(unknown)
        .mark_rect(tooltip=True, fillOpacity=0, stroke=GREY, strokeDash=[2, 2], strokeWidth=0.5)
        .encode(x=_weekday(), y=_hour(), tooltip=said)
    )
    labels = (
        alt.Chart()
        .mark_text(color=_INK, fontSize=11, aria=False)
        .encode(x=_weekday(), y=_hour(), text=alt.Text("shown", type="nominal"))
    )
    return finished(alt.layer(cells, gaps, labels, height=alt.Step(18)))


@lru_cache(maxsize=16)
def multiples(pools: int) -> Spec:
    """A row of bars for each of so many pools on one scale, with the band as a line in each."""
    told = deepcopy(_multiples())
    told["height"] = 96 * pools
    told["layer"][0]["encoding"]["y"]["scale"]["domain"] = [0, pools]
    return told


@cache
def _multiples() -> Spec:
    scale = alt.Scale(domain=[0, 1], nice=False)
    bars = _bars(
        y=alt.Y("low", type="quantitative", axis=None, scale=scale),
        y2=alt.Y2("high"),
        opacity=paler_while_open(),
        tooltip=_said("pool", "window", "shown", "base", "state"),
    ).transform_filter("datum.value !== null")
    unknown = (
        alt.Chart()
        .transform_filter("datum.value === null")
        .mark_text(text="\N{EN DASH}", align="left", dx=3, dy=-6, color=GREY, tooltip=True)
        .encode(x=_start(), y=_row("low"), tooltip=_said("pool", "window", "base"))
    )
    band = (
        alt.Chart()
        .mark_rule(color=_INK, size=1.5, aria=False)
        .encode(x=_start(), x2=alt.X2("end"), y=_row("band"))
    )
    names = (
        alt.Chart()
        .mark_text(align="left", dy=-9, fontSize=12, color=_INK, aria=False)
        .encode(x=alt.value(0), y=_row("band"), text=alt.Text("label", type="nominal"))
    )
    return finished(alt.layer(bars, unknown, band, names, height=96))


def warm() -> None:
    """Build what does not depend on a partner's pools, before the first reader comes."""
    day()
    days()
    funnel()
    pareto()
    week()
    _multiples()


_TITLES = {
    "series": "Line",
    "window": "Window",
    "shown": "Used",
    "limit": "Band in force",
    "state": "Window is",
    "step": "Step",
    "quotes": "Quotes",
    "of requests": "Of requests",
    "reason": "Reason",
    "attempts": "Attempts",
    "share": "Of failed attempts",
    "together": "With all more frequent",
    "before": "Span before",
    "weekday": "Day",
    "hour": "Hour from",
    "base": "Taken over",
    "pool": "Pool",
}


def _said(*fields: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(field, type="nominal", title=_TITLES[field]) for field in fields]


def _at() -> alt.X:
    return alt.X("at", type="temporal", axis=time_axis())


def _start() -> alt.X:
    return alt.X("start", type="temporal", axis=time_axis())


def _bars(**channels: Any) -> Any:
    """A bar for each stretch of time; the outline keeps one of height 0 in sight."""
    bars = alt.Chart().mark_bar(
        color=BLUE, stroke=BLUE, tooltip=True, orient="vertical", xOffset=1, x2Offset=-1
    )
    return bars.encode(**({"x": _start(), "x2": alt.X2("end")} | channels))


def _amount(field: str) -> alt.Y:
    return alt.Y(field, type="quantitative", title=None, axis=alt.Axis(format=",.0f"))


def _row(field: str) -> alt.Y:
    return alt.Y(field, type="quantitative", axis=None)


def _step(field: str) -> alt.Y:
    return alt.Y(field, type="nominal", sort=None, title=None, axis=None)


def _length(field: str) -> alt.X:
    scale = alt.Scale(domain=[0, 1], nice=False)
    return alt.X(field, type="quantitative", axis=None, scale=scale, title=None)


def _weekday() -> alt.X:
    axis = alt.Axis(orient="top", labelAngle=0, labelBound=False, ticks=False, domain=False)
    return alt.X("weekday", type="nominal", sort=list(WEEKDAYS), title=None, axis=axis)


def _hour() -> alt.Y:
    axis = alt.Axis(ticks=False, domain=False)
    return alt.Y("hour", type="nominal", sort=None, title=None, axis=axis)
