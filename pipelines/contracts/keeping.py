"""What of a faulty record may be kept in quarantine, so that somebody can see what to mend."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import ValidationError

from pipelines.contracts.faults import describe
from pipelines.contracts.judging import NO_CODES, plan_of, take
from pipelines.contracts.private import find_private, private_word, secret_in
from pipelines.contracts.records import FieldSpec, field_table

_HARMLESS = re.compile(r"[0-9A-Za-z_+:.\-]{1,40}")


class Kept(NamedTuple):
    """The part of a faulty record that may be stored, and what was left out of it."""

    values: dict[str, Any]
    """Field to value, as JSON can hold it: every value that is right, and harmless wrong ones."""

    withheld: dict[str, str]
    """Field to what sort of value was left out."""


def keepable(
    kind: str,
    raw: dict[str, Any],
    *,
    text_cells: bool = False,
    codes: Mapping[str, str] = NO_CODES,
) -> Kept:
    """The storable part of a record that `judge` found faulty; nothing at all of a private one.

    Judging `values` again finds the same fault in every field that was kept, so a record can be
    replayed when a later contract takes it.
    """
    kept = Kept({}, {})
    if find_private(raw) is not None:
        return kept
    plan = plan_of(kind, tuple(raw))
    values, differing = take(kind, raw, plan, text_cells=text_cells, codes=codes)
    for spec in field_table(kind):
        if spec.name in differing:
            kept.withheld[spec.name] = "two spellings with different values"
        elif values.get(spec.name) is not None:
            _keep(spec, values[spec.name], kept)
    return kept


def _keep(spec: FieldSpec, value: object, kept: Kept) -> None:
    try:
        read = spec.validator.validate_python(value)
    except ValidationError:
        if _is_harmless(value):
            kept.values[spec.name] = value
        else:
            kept.withheld[spec.name] = describe(spec.name, spec.shape, value)
    else:
        kept.values[spec.name] = _plain(read if spec.shape.unknown == "other" else value)


def _plain(value: object) -> object:
    """A value as JSON can hold it, spelled so that it reads back as the same value."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _is_harmless(value: object) -> bool:
    """Whether a wrong value is a short plain scalar that says nothing private."""
    if isinstance(value, float) and not math.isfinite(value):
        return False
    if not isinstance(value, str | int | float):
        return False
    text = str(value)
    return bool(_HARMLESS.fullmatch(text)) and private_word(text) is None and not secret_in(text)
