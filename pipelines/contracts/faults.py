"""Say what is wrong with a value without saying the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pipelines.contracts.fields import Shape

MISSING = "missing"
SPELLINGS_DIFFER = "spellings_differ"

_DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?", re.ASCII)
_LOCAL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?")

_FINE_TIME = re.compile(r"[0-9-]{10}T[0-9:]{8}\.[0-9]{7,}(Z|[+-][0-9:]{5})")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field of a record."""

    field: str
    """The field, in the one spelling used inside."""

    rule: str
    """The rule broken, for counting: `missing`, `spellings_differ`, a shape's tag, or a rule's
    name."""

    found: str
    """What sort of thing was found: `a JSON number`, `text with 9 decimals`. Never the value."""

    expected: str
    """What to send instead."""

    def __str__(self) -> str:
        """One line: where, what, what to do."""
        return f"{self.field}: found {self.found}, send {self.expected}"


def describe(field: str, shape: Shape, value: object) -> str:
    """What sort of thing `value` is, seen by a reader who wanted `shape`; never the value."""
    if isinstance(value, str):
        tell = _TELLERS.get(shape.tag)
        told = tell(field, shape, value) if tell and value else None
        return told or _text(value)
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int) and shape.tag == "integer":
        return "a whole number out of range"
    if isinstance(value, list) and shape.tag == "id_list":
        return "a list that holds something else than ids"
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return name
    return "a value of another type"


_KINDS: tuple[tuple[type[Any], str], ...] = (
    (int, "a JSON number"),
    (float, "a JSON number"),
    (Decimal, "a decimal that the field cannot hold"),
    (datetime, "a time without an offset or out of range"),
    (list, "a list"),
    (dict, "an object"),
)


def _text(value: str) -> str:
    if not value:
        return "empty text"
    return f"text of {len(value)} character{'s' if len(value) > 1 else ''}"


def _tell_number(_: str, shape: Shape, value: str) -> str | None:
    found = _DECIMAL.fullmatch(value)
    if found is None:
        return None
    sign, whole, fraction = found[1], found[2], found[3] or ""
    if len(fraction) > (shape.decimals or 0):
        return f"text with {len(fraction)} decimals"
    if len(whole) > 1 and whole[0] == "0":
        return "a number with leading zeros"
    if len(whole) > 20:
        return f"a number of {len(whole)} digits before the point"
    if sign:
        return "a negative number" if (whole + fraction).strip("0") else "a negative zero"
    return None


def _tell_instant(_: str, shape: Shape, value: str) -> str | None:
    if _LOCAL_TIME.fullmatch(value):
        return "a time without an offset"
    if _FINE_TIME.fullmatch(value):
        return "a time finer than microseconds"
    if shape.pattern and re.fullmatch(shape.pattern, value):
        return "a time that no calendar has, or out of range"
    return None


def _tell_word(field: str, _: Shape, __: str) -> str:
    return f"an unknown {field}"


_TELLERS: dict[str, Callable[[str, Shape, str], str | None]] = {
    "money": _tell_number,
    "rate": _tell_number,
    "instant": _tell_instant,
    "enum": _tell_word,
    "zone": _tell_word,
}
