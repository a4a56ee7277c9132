"""The coverage chart: a cell per kind and day, a cross where records are missing."""

from __future__ import annotations

from functools import cache

import altair as alt

from reports.charts import Spec, finished
from reports.palette import BLUE, GREY, VERMILLION
from reports.wording import KINDS

ROW_HEIGHT = 22


@cache
def coverage() -> Spec:
    """A stronger colour is more of the kind's busiest day; a cross is a gap, a dash a quiet day."""
    cells = (
        _marks("records")
        .mark_rect(tooltip=True, color=BLUE)
        .encode(
            opacity=alt.Opacity(
                "share",
                type="quantitative",
                scale=alt.Scale(domain=[0, 1], range=[0.25, 1]),
                legend=None,
            )
        )
    )
    gaps = _marks("gap").mark_point(
        shape="cross", color=VERMILLION, filled=True, size=90, tooltip=True, angle=45
    )
    quiet = _marks("quiet").mark_point(shape="stroke", color=GREY, size=40, tooltip=True)
    return finished(alt.layer(cells, gaps, quiet, height=alt.Step(ROW_HEIGHT)))


def warm() -> None:
    """Build it before the first reader comes."""
    coverage()


def _marks(mark: str) -> alt.Chart:
    return (
        alt.Chart()
        .transform_filter(f"datum.mark === '{mark}'")
        .encode(
            x=alt.X(
                "day",
                type="temporal",
                timeUnit="yearmonthdate",
                bandPosition=0.5 if mark != "records" else alt.Undefined,
                axis=alt.Axis(format="%d %b", grid=False, title=None, labelOverlap=True),
            ),
            y=alt.Y(
                "kind",
                type="nominal",
                sort=list(KINDS.values()),
                scale=alt.Scale(paddingInner=0.15, paddingOuter=0.1),
                axis=alt.Axis(title=None, ticks=False),
            ),
            tooltip=[
                alt.Tooltip("kind", type="nominal", title="Records"),
                alt.Tooltip("day", type="temporal", title="Day, UTC", format="%d %b %Y"),
                alt.Tooltip("shown", type="nominal", title="That day"),
            ],
        )
    )
