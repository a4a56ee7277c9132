"""Cells of a CSV file: every value is text, an empty cell is a null."""

from __future__ import annotations

import json
import re

from pipelines.contracts.fields import Shape

_BOOLEANS = {"true": True, "false": False}


def from_cell(shape: Shape, cell: object) -> object:
    """The value that a cell spells for a field of `shape`, for the shape's own validator to judge.

    A cell that spells none, and a value that is not text, come back as they are.
    """
    if not isinstance(cell, str):
        return cell
    if not cell:
        return None
    if shape.tag == "integer" and shape.pattern and re.fullmatch(shape.pattern, cell):
        return int(cell)
    if shape.tag == "boolean":
        return _BOOLEANS.get(cell, cell)
    if shape.tag == "id_list":
        return _list_in(cell)
    return cell


def _list_in(cell: str) -> object:
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return cell
    return value if isinstance(value, list) else cell
