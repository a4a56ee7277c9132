"""Forecasts as rows: the fields of their shapes, as plain values for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal

from pipelines.forecast.shapes import Accuracy, DemandHour, Pace, Reach, Runway, TopUp
from pipelines.windows import format_instant

HOURLY = ("path", "demand")
"""Fields that hold a value for each hour."""

_SCALE_OF_MONEY = -8


def rows_of(
    kind: str, answers: Sequence[Pace | Runway | Accuracy], *, hourly: bool
) -> Iterator[dict[str, object]]:
    """Yield each answer as a row that begins with its `kind`; with its hours where asked.

    Money has at least 2 decimals and no further trailing zeros, times are RFC 3339 in UTC, counts
    and seconds are ints, missing is None, hours and the last top-up are nested.
    """
    for one in answers:
        row: dict[str, object] = {"kind": kind}
        for field in fields(one):
            if hourly or field.name not in HOURLY:
                row[field.name] = _plain(getattr(one, field.name))
        yield row


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, Decimal):
        return f"{_trimmed(value):f}"
    if isinstance(value, Reach | DemandHour | TopUp):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _trimmed(amount: Decimal) -> Decimal:
    """Return an amount of the books without the zeros after its second decimal."""
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent > _SCALE_OF_MONEY:
        return amount
    least = amount.normalize().as_tuple().exponent
    return amount.quantize(Decimal(1).scaleb(min(-2, least if isinstance(least, int) else -2)))
