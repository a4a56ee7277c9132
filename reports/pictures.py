"""A chart as a picture that says what it shows, made on this machine without a browser."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa

from reports.charts import Spec

WIDTH = 900
SCALE = 2
_CONFIG = {
    "background": "white",
    "font": "DejaVu Sans, sans-serif",
    "view": {"stroke": None},
    "axis": {"gridColor": "#e6e6e6", "labelFontSize": 11, "titleFontSize": 12},
    "legend": {"labelFontSize": 11, "titleFontSize": 12},
    "title": {"anchor": "start", "fontSize": 14, "subtitleFontSize": 11, "offset": 12},
}


def picture(
    spec: Spec, table: pa.Table, title: str, under: str, form: Literal["svg", "png"]
) -> bytes:
    """Return `table` drawn as `spec`, with its title and the line `under` it."""
    import vl_convert

    whole = {
        **spec,
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": values(table)},
        "title": {"text": title, "subtitle": under},
        "config": _CONFIG,
        "width": spec.get("width", WIDTH),
        "padding": 16,
    }
    text = json.dumps(whole)
    if form == "svg":
        return str(vl_convert.vegalite_to_svg(text)).encode()
    return bytes(vl_convert.vegalite_to_png(text, scale=SCALE))


def values(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of a chart's table as a specification holds them."""
    return [{name: _value(value) for name, value in row.items()} for row in table.to_pylist()]


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value
