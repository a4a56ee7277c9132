"""The Finance page's charts, built as those of `reports.charts` are."""

from __future__ import annotations

from functools import cache
from typing import Any

import altair as alt

from reports.balances import AVAILABLE, FLOOR, PAY_IN, TARGET
from reports.books_words import AGES
from reports.bridge import KINDS, PARTS
from reports.charts import Spec, finished, time_axis
from reports.exceptions import AGES as OPEN_AGES
from reports.palette import BLUE, GREEN, GREY, PURPLE, VERMILLION

_AGE_COLOURS = (GREY, BLUE, GREEN, PURPLE, VERMILLION)
_MONEY = alt.Axis(format=",.0f", tickCount=4, labelOverlap=True)


@cache
def history() -> Spec:
    """A balance as it was snapshot by snapshot, its floor and target, and pay-ins."""
    available = (
        _only(AVAILABLE)
        .mark_line(interpolate="step-after", strokeWidth=2, color=BLUE, aria=False)
        .encode(x=_at(), y=_amount(), detail=alt.Detail("stretch", type="nominal"))
    )
    points = (
        _only(AVAILABLE)
        .mark_point(filled=True, size=14, color=BLUE, tooltip=True)
        .encode(x=_at(), y=_amount(), tooltip=_history_hover("Available"))
    )
    return finished(
        alt.layer(
            _steps(TARGET, GREEN, [8, 4]),
            _steps(FLOOR, VERMILLION, [2, 3]),
            available,
            points,
            _names(),
            _pay_ins(),
            height=220,
        )
    )


def _only(series: str) -> Any:
    return alt.Chart().transform_filter(alt.FieldEqualPredicate(field="series", equal=series))


def _at() -> alt.X:
    return alt.X("at", type="temporal", axis=time_axis())


def _amount() -> alt.Y:
    return alt.Y("value", type="quantitative", title=None, axis=_MONEY)


def _history_hover(title: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("series", type="nominal", title="Shown"),
        alt.Tooltip("when", type="nominal", title="When"),
        alt.Tooltip("amount", type="nominal", title=title),
    ]


def _steps(series: str, colour: str, dash: list[int]) -> Any:
    return (
        _only(series)
        .mark_rule(color=colour, strokeDash=dash, size=2, tooltip=True)
        .encode(x=_at(), x2=alt.X2("until"), y=_amount(), tooltip=_history_hover("Amount"))
    )


def _names() -> Any:
    """The names of floor and target, on their lines."""
    named = alt.FieldOneOfPredicate(field="series", oneOf=[FLOOR, TARGET])
    return (
        alt.Chart()
        .transform_filter(named)
        .mark_text(align="left", dx=4, dy=-6, fontSize=11, color=GREY, aria=False)
        .encode(x=_at(), y=_amount(), text=alt.Text("series", type="nominal"))
    )


def _pay_ins() -> Any:
    return (
        _only(PAY_IN)
        .mark_point(filled=True, shape="triangle-up", size=70, color=PURPLE, tooltip=True)
        .encode(x=_at(), y=_amount(), tooltip=_history_hover("Paid in"))
    )


@cache
def bridge() -> Spec:
    """The bars from opening to closing, each where the one before ended."""
    part = alt.Y("part", type="nominal", sort=list(PARTS), title=None, axis=alt.Axis(ticks=False))
    bars = (
        alt.Chart()
        .mark_bar(tooltip=True, size=16, stroke=GREY, strokeWidth=1)
        .encode(
            y=part,
            x=alt.X("low", type="quantitative", title=None, axis=_MONEY),
            x2=alt.X2("high"),
            color=alt.Color(
                "kind",
                type="nominal",
                scale=alt.Scale(domain=KINDS, range=(GREY, BLUE, GREEN, VERMILLION)),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("part", type="nominal", title="Part"),
                alt.Tooltip("amount", type="nominal", title="Amount"),
            ],
        )
    )
    labels = (
        alt.Chart()
        .mark_text(align="left", dx=6, color=GREY, fontSize=11, aria=False)
        .encode(
            y=part,
            x=alt.X("high", type="quantitative"),
            text=alt.Text("label", type="nominal"),
        )
    )
    return finished(alt.layer(bars, labels, height=200))


def reserved(rows: int) -> Spec:
    """What is reserved of each pool of one currency, stacked by age; `rows` pools."""
    return {**_reserved(), "height": _high(rows)}


def open_exceptions(rows: int) -> Spec:
    """Open exceptions per currency, stacked by age; `rows` currencies."""
    return {**_open_exceptions(), "height": _high(rows)}


def _high(rows: int) -> int:
    return 130 + 36 * rows


@cache
def _reserved() -> Spec:
    hover = [
        alt.Tooltip("pool", type="nominal", title="Pool"),
        alt.Tooltip("age", type="nominal", title="Age"),
        alt.Tooltip("amount", type="nominal", title="Reserved"),
        alt.Tooltip("trades", type="quantitative", title="Trades"),
        alt.Tooltip("oldest", type="nominal", title="Oldest"),
    ]
    return _stacked("pool", "value", list(AGES.values()), _AGE_COLOURS, hover)


@cache
def _open_exceptions() -> Spec:
    hover = [
        alt.Tooltip("currency", type="nominal", title="Currency"),
        alt.Tooltip("age", type="nominal", title="Age"),
        alt.Tooltip("exceptions", type="quantitative", title="Open"),
    ]
    ages = list(OPEN_AGES.values())
    return _stacked("currency", "exceptions", ages, _AGE_COLOURS[1:], hover)


def _stacked(
    row: str,
    value: str,
    ages: list[str],
    colours: tuple[str, ...],
    hover: list[alt.Tooltip],
) -> Spec:
    place = alt.Y(row, type="nominal", title=None, axis=alt.Axis(ticks=False))
    order = alt.Order("order", type="quantitative")
    axis = alt.Axis(format=",.0f", tickCount=4, tickMinStep=1, labelOverlap=True)
    bars = (
        alt.Chart()
        .mark_bar(tooltip=True, size=22, stroke="white", strokeWidth=1)
        .encode(
            y=place,
            x=alt.X(value, type="quantitative", title=None, stack="zero", axis=axis),
            color=alt.Color(
                "age",
                type="nominal",
                scale=alt.Scale(domain=ages, range=colours),
                legend=alt.Legend(
                    orient="top", title=None, columns=2, offset=4, symbolStrokeWidth=0
                ),
            ),
            order=order,
            tooltip=hover,
        )
    )
    labels = (
        alt.Chart()
        .mark_text(color="white", fontWeight="bold", aria=False)
        .encode(
            y=place,
            x=alt.X(value, type="quantitative", stack="zero", bandPosition=0.5),
            order=order,
            detail=alt.Detail("age", type="nominal"),
            text=alt.Text("label", type="nominal"),
        )
    )
    return finished(alt.layer(bars, labels))


def warm() -> None:
    """Build the charts before the first reader comes."""
    history()
    bridge()
    _reserved()
    _open_exceptions()
