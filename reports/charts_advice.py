"""The charts of pace and runway, built as those of `reports.charts` are."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt

from reports.charts import Spec, finished, time_axis
from reports.pace_picture import LIMIT, PROJECTED, USED
from reports.palette import BLUE, GREEN, GREY, VERMILLION
from reports.runway_picture import (
    BALANCE,
    CAUTIOUS,
    EXPECTED,
    FLOOR,
    ON_ITS_WAY,
    SEND_BY,
    TARGET,
)

_HEIGHT = 280
_INK = "currentColor"
"""The colour of the page's own text, light or dark."""

_TITLES = {"series": "Shown", "when": "When", "shown": "Amount", "amount": "Amount"}


@cache
def pace() -> Spec:
    """Used of a band through its day, where that is heading with its band, and the limit."""
    area = (
        _only(PROJECTED)
        .mark_area(color=BLUE, opacity=0.18, line=False, aria=False)
        .encode(x=_at(), y=_amount("low"), y2=alt.Y2("high"))
    )
    used = (
        _only(USED)
        .mark_line(interpolate="step-after", color=BLUE, strokeWidth=2.5, aria=False)
        .encode(x=_at(), y=_amount("amount"))
    )
    ahead = (
        _only(PROJECTED)
        .mark_line(color=BLUE, strokeWidth=2, strokeDash=[6, 3], aria=False)
        .encode(x=_at(), y=_amount("amount"))
    )
    limit = (
        _only(LIMIT)
        .mark_line(color=_INK, strokeWidth=2, aria=False)
        .encode(x=_at(), y=_amount("amount"))
    )
    layers = alt.layer(
        area, used, ahead, limit, _hover_points("amount"), _names("amount"), height=260
    )
    return finished(layers)


@cache
def runway() -> Spec:
    """A balance so far, what is expected to be left of it, floor, target, and when to send."""
    way = (
        _only(ON_ITS_WAY)
        .mark_rect(color=GREY, opacity=0.16, aria=False)
        .encode(x=_at(), x2=alt.X2("until"))
    )
    fan = (
        _only(EXPECTED)
        .mark_area(color=BLUE, opacity=0.18, line=False, aria=False)
        .encode(x=_at(), y=_amount("low"), y2=alt.Y2("value"))
    )
    stretch = alt.Detail("stretch", type="nominal")
    balance = (
        _only(BALANCE)
        .mark_line(interpolate="step-after", color=BLUE, strokeWidth=2.5, aria=False)
        .encode(x=_at(), y=_amount("value"), detail=stretch)
    )
    send = (
        _only(SEND_BY)
        .mark_rule(color=_INK, strokeWidth=2, tooltip=True)
        .encode(x=_at(), tooltip=_said("series", "when"))
    )
    sent = (
        _only(SEND_BY)
        .mark_text(
            align="left", baseline="bottom", dx=5, dy=-2, fontSize=11, color=_INK, aria=False
        )
        .encode(x=_at(), y=alt.value("height"), text=alt.Text("label", type="nominal"))
    )
    points = _hover_points("value", "amount").transform_filter(
        alt.FieldOneOfPredicate(field="series", oneOf=[BALANCE, EXPECTED, CAUTIOUS])
    )
    names = _names("value").transform_filter("datum.value !== null")
    lines = [_line_of(EXPECTED, [6, 3]), _line_of(CAUTIOUS, [1, 3])]
    limits = [_level(TARGET, GREEN, [8, 4]), _level(FLOOR, VERMILLION, [2, 3])]
    every = [way, fan, *limits, balance, *lines, send, sent, points, names]
    return finished(alt.layer(*every, height=_HEIGHT))


def _line_of(series: str, dash: list[int]) -> Any:
    line = _only(series).mark_line(color=BLUE, strokeWidth=2, strokeDash=dash, aria=False)
    return line.encode(x=_at(), y=_amount("value"))


def _level(series: str, colour: str, dash: list[int]) -> Any:
    rule = _only(series).mark_rule(color=colour, strokeDash=dash, size=2, tooltip=True)
    said = _said("series", "amount")
    return rule.encode(x=_at(), x2=alt.X2("until"), y=_amount("value"), tooltip=said)


def _only(series: str) -> Any:
    return alt.Chart().transform_filter(alt.FieldEqualPredicate(field="series", equal=series))


def _hover_points(field: str, shown: str = "shown") -> Any:
    """Unseen points that say when and how much."""
    return (
        alt.Chart()
        .mark_point(filled=True, size=70, opacity=0, tooltip=True)
        .encode(x=_at(), y=_amount(field), tooltip=_said("series", "when", shown))
    )


def _names(field: str) -> Any:
    """What a line is, written on it."""
    return (
        alt.Chart()
        .transform_filter("datum.label !== null")
        .mark_text(align="left", dx=4, dy=-7, fontSize=11, color=_INK, aria=False)
        .encode(x=_at(), y=_amount(field), text=alt.Text("label", type="nominal"))
    )


def _at() -> alt.X:
    return alt.X("at", type="temporal", axis=time_axis())


def _amount(field: str) -> alt.Y:
    return alt.Y(field, type="quantitative", title=None, axis=alt.Axis(format=",.0f"))


def _said(*fields: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(field, type="nominal", title=_TITLES[field]) for field in fields]


def warm() -> None:
    """Build the charts before the first reader comes."""
    pace()
    runway()
