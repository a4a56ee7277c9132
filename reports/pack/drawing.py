"""A chart of the pack as SVG, in the pack's own font, made on this machine without a browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Any

import pyarrow as pa

from reports.charts import Spec
from reports.pack.blocks import Chart
from reports.pictures import values

FONTS = Path(__file__).parent.parent / "fonts"
FONT = "Inter"
WIDTH = 760
"""Of a chart over the whole width, in pixels."""

HALF = 370
"""Of one that stands beside another."""

_INK, _SOFT, _RULE = "#1a1a1a", "#4d4d4d", "#d9d9d9"
_CONFIG = {
    "aria": False,
    "background": "white",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "gridColor": _RULE,
        "domainColor": "#8c8c8c",
        "tickColor": "#8c8c8c",
        "labelColor": _SOFT,
        "labelFontSize": 10,
        "titleFontSize": 10,
        "titleFontWeight": "normal",
    },
    "legend": {"labelFontSize": 10, "titleFontSize": 10},
    "text": {"color": _INK},
}
_NAMED = re.compile(r'(\bid="|url\(#|href="#)([A-Za-z][\w-]*)')
_OPENING = re.compile(r'<svg([^>]*?) width="([\d.]+)" height="[\d.]+"')
_CLOCK = {"hours(": "utchours(", "minutes(": "utcminutes(", "timeFormat(": "utcFormat("}


@cache
def _with_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))


def marked(chart: Chart, words: str) -> Chart:
    """The chart with words over it, a line for each part between semicolons; itself for none."""
    if not words:
        return chart
    title = {"text": words.split("; "), "anchor": "start", "fontSize": 10, "color": _INK}
    return replace(chart, spec={**chart.spec, "title": title})


@lru_cache(maxsize=64)
def svg(chart: Chart) -> str:
    """Return the chart as SVG; its own ids begin with the chart's name, so that many fit a page.

    It is drawn once for all formats of a pack.
    """
    import vl_convert

    _with_fonts()
    whole = {
        **_by_no_clock(chart.spec),
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": _on_no_clock(chart.data)},
        "config": _CONFIG,
        "width": chart.width or WIDTH,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 2,
    }
    drawn = str(vl_convert.vegalite_to_svg(json.dumps(whole)))
    prefix = re.sub(r"[^A-Za-z0-9]+", "-", chart.name)
    return _NAMED.sub(rf"\g<1>{prefix}-\g<2>", drawn)


def inline(drawn: str, label: str) -> str:
    """Return the SVG as an element of a page: as wide as its place, and said in words."""
    named = f'role="img" aria-label="{escape(label)}"'
    return _OPENING.sub(
        lambda match: f'<svg{match[1]} style="max-width:{match[2]}px" {named}', drawn, count=1
    )


def _by_no_clock(spec: Any) -> Any:
    """The specification with its times read as they stand, whatever zone this machine is in."""
    if isinstance(spec, list | tuple):
        return [_by_no_clock(part) for part in spec]
    if not isinstance(spec, dict):
        return spec
    found = {name: _by_no_clock(part) for name, part in spec.items()}
    if found.get("type") == "temporal":
        found["scale"] = {**found.get("scale", {}), "type": "utc"}
    if isinstance(found.get("labelExpr"), str):
        for local, plain in _CLOCK.items():
            found["labelExpr"] = found["labelExpr"].replace(local, plain)
    return found


def _on_no_clock(table: pa.Table) -> list[Spec]:
    times = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    rows = values(table)
    for row in rows:
        for name in times:
            row[name] = row[name] and f"{row[name]}Z"
    return rows
