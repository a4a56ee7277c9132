"""The Investigate page's chart, built as those of `reports.charts` are."""

from __future__ import annotations

from functools import cache

import altair as alt

from reports.charts import Spec, finished, paler_while_open, time_axis
from reports.palette import BLUE, VERMILLION

MARKS = {"no": "Not chosen", "yes": "Chosen"}


@cache
def bars() -> Spec:
    """How often something happened in each window; a click picks a bar, the picked one differs."""
    when = alt.X("start", type="temporal", axis=time_axis())
    columns = (
        alt.Chart()
        .mark_bar(tooltip=True, orient="vertical", cursor="pointer")
        .encode(
            x=when,
            x2=alt.X2("end"),
            y=alt.Y(
                "events",
                type="quantitative",
                title=None,
                axis=alt.Axis(tickMinStep=1, tickCount=5, format=",d"),
            ),
            color=alt.Color(
                "chosen",
                type="nominal",
                scale=alt.Scale(domain=list(MARKS.values()), range=[BLUE, VERMILLION]),
                legend=None,
            ),
            opacity=paler_while_open(),
            tooltip=[
                alt.Tooltip("window", type="nominal", title="Window"),
                alt.Tooltip("events", type="quantitative", title="Count", format=","),
                alt.Tooltip("chosen", type="nominal", title="Is"),
                alt.Tooltip("state", type="nominal", title="Window is"),
            ],
        )
        .add_params(alt.selection_point(name="picked", fields=["slot"], toggle=False))
    )
    names = (
        alt.Chart()
        .transform_filter(alt.FieldEqualPredicate(field="chosen", equal=MARKS["yes"]))
        .mark_text(baseline="bottom", dy=-3, fontWeight="bold", color=VERMILLION, aria=False)
        .encode(
            x=when,
            y=alt.Y("events", type="quantitative"),
            text=alt.Text("chosen", type="nominal"),
        )
    )
    return finished(alt.layer(columns, names, height=220))


def warm() -> None:
    """Build it before the first reader comes."""
    bars()
