"""Single fields of a canonical record, read strictly into typed values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

Record = Mapping[str, object]


def text(record: Record, name: str) -> str:
    """A text field."""
    value = record[name]
    assert isinstance(value, str), f"{name} is text, not {value!r}"
    return value


def maybe_text(record: Record, name: str) -> str | None:
    """A text field that may be null or left out."""
    return None if record.get(name) is None else text(record, name)


def flag(record: Record, name: str) -> bool:
    """A true-or-false field."""
    value = record[name]
    assert isinstance(value, bool), f"{name} is true or false, not {value!r}"
    return value


def maybe_count(record: Record, name: str) -> int | None:
    """An integer field that may be null or left out."""
    value = record.get(name)
    assert value is None or type(value) is int, f"{name} is an integer, not {value!r}"
    return value


def money(record: Record, name: str) -> Decimal:
    """A decimal string."""
    return Decimal(text(record, name))


def maybe_money(record: Record, name: str) -> Decimal | None:
    """A decimal string that may be null or left out."""
    return None if record.get(name) is None else money(record, name)


def time(record: Record, name: str) -> datetime:
    """An RFC 3339 field, in UTC."""
    moment = datetime.fromisoformat(text(record, name))
    assert moment.tzinfo is not None, f"{name} carries an offset"
    return moment.astimezone(UTC)


def maybe_time(record: Record, name: str) -> datetime | None:
    """An RFC 3339 field that may be null or left out, in UTC."""
    return None if record.get(name) is None else time(record, name)
