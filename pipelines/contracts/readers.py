"""Turn one value of a record into a number or an instant, exactly, or raise ValueError.

The messages say nothing: a fault is described from the field's shape, never from the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from decimal import Decimal

FIRST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
END_OF_INSTANTS = datetime(2101, 1, 1, tzinfo=UTC)

_LARGEST_EXPONENT = 19
"""A number of 20 digits before the point, the most a field takes, is below 10 to the power 20."""


def number_reader(pattern: str) -> Callable[[object], Decimal]:
    """Read a decimal: text matching `pattern`, or a Decimal whose plain spelling matches it."""
    matches = re.compile(pattern).fullmatch

    def read(value: object) -> Decimal:
        if isinstance(value, str):
            if matches(value):
                return Decimal(value)
        elif isinstance(value, Decimal) and _is_writable(value) and matches(format(value, "f")):
            return value
        raise ValueError

    return read


def _is_writable(value: Decimal) -> bool:
    """Whether the plain spelling is short: `1E+999999` has a million digits."""
    return value.is_finite() and abs(value.adjusted()) <= _LARGEST_EXPONENT


def instant_reader(pattern: str) -> Callable[[object], datetime]:
    """Read an instant into aware UTC: text matching `pattern`, or an aware datetime."""
    matches = re.compile(pattern).fullmatch

    def read(value: object) -> datetime:
        if isinstance(value, str):
            if not matches(value):
                raise ValueError
            instant = datetime.fromisoformat(value)
        elif isinstance(value, datetime):
            instant = _plain_datetime(value)
        else:
            raise ValueError
        if instant.tzinfo is not UTC:
            instant = _to_utc(instant)
        if FIRST_INSTANT <= instant < END_OF_INSTANTS:
            return instant
        raise ValueError

    return read


def _plain_datetime(value: datetime) -> datetime:
    """An aware datetime of microseconds; a columnar reader may hand over a finer subclass."""
    if value.utcoffset() is None or getattr(value, "nanosecond", False):
        raise ValueError
    if type(value) is datetime:
        return value
    utc = value.astimezone(UTC)
    return datetime.combine(utc.date(), utc.time(), UTC)


def _to_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError from error


def other_reader(values: Collection[str]) -> Callable[[object], str]:
    """Read a word of an open vocabulary: a known one as it is, any other text as `other`."""
    known = frozenset(values)

    def read(value: object) -> str:
        if isinstance(value, str):
            return value if value in known else "other"
        raise ValueError

    return read
