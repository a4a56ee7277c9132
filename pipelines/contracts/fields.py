"""The shapes a field may have: one description shared by pydantic, whole-column checks and docs.

A `Shape` sits in a field's `Annotated` metadata. It builds the field's pydantic validator and
states the same rule as data (`tag`, `pattern`, bounds, `values`) for whoever checks columns at
once. Patterns mean the same in Python's `re` and in RE2, and must match the whole text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from pipelines.contracts.readers import instant_reader, number_reader, other_reader

Tag = Literal[
    "money",
    "rate",
    "integer",
    "boolean",
    "instant",
    "id",
    "partner_id",
    "currency",
    "enum",
    "label",
    "zone",
    "id_list",
]

MONEY_DECIMALS = 8
RATE_DECIMALS = 18


def unsigned_pattern(decimals: int) -> str:
    """A plain decimal without a sign: at most 20 digits before the point, `decimals` after it."""
    return rf"(0|[1-9][0-9]{{0,19}})(\.[0-9]{{1,{decimals}}})?"


def signed_pattern(decimals: int) -> str:
    """The same with an optional minus, spelled out so that no negative zero matches.

    RE2 has no lookahead, so the fractions below one list where their first digit that counts is.
    """
    small = "|".join(
        f"0{{{zeros}}}[1-9][0-9]{{0,{decimals - 1 - zeros}}}" for zeros in range(decimals)
    )
    negative = rf"-([1-9][0-9]{{0,19}}(\.[0-9]{{1,{decimals}}})?|0\.({small}))"
    return f"({unsigned_pattern(decimals)}|{negative})"


ID_PATTERN = r"[!-~]{1,128}"
INSTANT_PATTERN = (
    r"(20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
INTEGER_PATTERN = r"-?[0-9]{1,9}"
BOOLEAN_PATTERN = r"true|false"
LABEL_PATTERN = r"[!-~]([ -~]{0,126}[!-~])?"

ZONES = tuple(sorted(available_timezones() - {"localtime"}))
"""Every IANA zone known here. `localtime` is not one: it means another zone on each machine."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What one field may hold, as data."""

    tag: Tag
    """Which family of rules applies; also the name of the rule that a malformed value breaks."""

    expected: str
    """What to send, for people: `a decimal string like "4250.00", at most 8 decimals`."""

    pattern: str | None = None
    """Regex for the whole text, in the syntax Python and RE2 share. For `integer` and `boolean`
    the spelling in a CSV cell, for `id_list` that of each item; None where `values` decides."""

    signed: bool = False
    """`money`: may be below zero."""

    decimals: int | None = None
    """`money` and `rate`: the most digits after the point."""

    minimum: int | None = None
    """`integer`: the smallest value taken."""

    maximum: int | None = None
    """`integer`: the largest value taken."""

    values: tuple[str, ...] = ()
    """`enum` and `zone`: the closed list, without `other` where unknown values become that."""

    unknown: Literal["refuse", "other"] = "refuse"
    """`enum`: what happens to a text outside `values`; `other` stores it as the word `other`."""

    def core_schema(self) -> CoreSchema:
        """The pydantic-core validator of this shape; a null is not part of any shape."""
        return _BUILDERS[self.tag](self)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Replace pydantic's own rules for the annotated type by the shape's."""
        return self.core_schema()


def _text(shape: Shape) -> CoreSchema:
    return core_schema.str_schema(strict=True, pattern=f"^(?:{shape.pattern})$")


def _number(shape: Shape) -> CoreSchema:
    return core_schema.no_info_plain_validator_function(number_reader(str(shape.pattern)))


def _instant(shape: Shape) -> CoreSchema:
    return core_schema.no_info_plain_validator_function(instant_reader(str(shape.pattern)))


def _integer(shape: Shape) -> CoreSchema:
    return core_schema.int_schema(strict=True, ge=shape.minimum, le=shape.maximum)


def _boolean(_: Shape) -> CoreSchema:
    return core_schema.bool_schema(strict=True)


def _choice(shape: Shape) -> CoreSchema:
    if shape.unknown == "other":
        return core_schema.no_info_plain_validator_function(other_reader(shape.values))
    return core_schema.literal_schema(list(shape.values))


def _id_list(shape: Shape) -> CoreSchema:
    return core_schema.list_schema(_text(shape), strict=True)


_BUILDERS: dict[Tag, Callable[[Shape], CoreSchema]] = {
    "money": _number,
    "rate": _number,
    "integer": _integer,
    "boolean": _boolean,
    "instant": _instant,
    "id": _text,
    "partner_id": _text,
    "currency": _text,
    "enum": _choice,
    "label": _text,
    "zone": _choice,
    "id_list": _id_list,
}


def money(*, signed: bool = False) -> Shape:
    """An amount in units of its currency, stored as DECIMAL(28,8)."""
    build = signed_pattern if signed else unsigned_pattern
    example = '"-4250.00" or "4250.00"' if signed else '"4250.00"'
    return Shape(
        tag="money",
        expected=f"a decimal string like {example}, at most {MONEY_DECIMALS} decimals",
        pattern=build(MONEY_DECIMALS),
        signed=signed,
        decimals=MONEY_DECIMALS,
    )


def integer(minimum: int, maximum: int) -> Shape:
    """A whole number within bounds, both included."""
    return Shape(
        tag="integer",
        expected=f"a whole number from {minimum} to {maximum}",
        pattern=INTEGER_PATTERN,
        minimum=minimum,
        maximum=maximum,
    )


def enum(*values: str, unknown: Literal["refuse", "other"] = "refuse") -> Shape:
    """One of a closed list of words."""
    words = ", ".join(f'"{value}"' for value in values)
    return Shape(tag="enum", expected=f"one of {words}", values=values, unknown=unknown)


RATE = Shape(
    tag="rate",
    expected=f'a decimal string like "1.0731", at most {RATE_DECIMALS} decimals',
    pattern=unsigned_pattern(RATE_DECIMALS),
    decimals=RATE_DECIMALS,
)

Money = Annotated[Decimal, money()]
SignedMoney = Annotated[Decimal, money(signed=True)]
Rate = Annotated[Decimal, RATE]
BasisPoints = Annotated[int, integer(-999_999_999, 999_999_999)]
HttpStatus = Annotated[int, integer(100, 599)]
Attempt = Annotated[int, integer(0, 999_999_999)]
Flag = Annotated[bool, Shape("boolean", "true or false", BOOLEAN_PATTERN)]
Instant = Annotated[
    datetime,
    Shape(
        "instant",
        'a time with its offset like "2026-06-01T09:30:00Z", in the years 2000 to 2100',
        INSTANT_PATTERN,
    ),
]
Id = Annotated[
    str, Shape("id", "an id of 1 to 128 printable ASCII characters without spaces", ID_PATTERN)
]
PartnerId = Annotated[
    str,
    Shape(
        "partner_id",
        'a partner id like "acme-pay": 1 to 63 of a-z, 0-9, "_" and "-", first a letter or digit',
        r"[a-z0-9][a-z0-9_-]{0,62}",
    ),
]
Currency = Annotated[
    str,
    Shape("currency", 'a currency code like "EUR" or "USDT"', r"[A-Z][A-Z0-9]{1,11}"),
]
Label = Annotated[
    str,
    Shape("label", "1 to 128 printable ASCII characters, no space at either end", LABEL_PATTERN),
]
Zone = Annotated[str, Shape("zone", 'an IANA time zone name like "Europe/London"', values=ZONES)]
IdList = Annotated[list[str], Shape("id_list", 'a list of ids like ["EUR-USDT"]', ID_PATTERN)]

Environment = Annotated[str, enum("production", "sandbox")]
Side = Annotated[str, enum("on_ramp", "off_ramp")]
ErrorCode = Annotated[
    str,
    enum(
        "invalid_request",
        "pools_not_enabled",
        "pool_access_suspended",
        "kyc_not_approved",
        "pool_not_allowed",
        "key_mode_mismatch",
        "amount_below_min",
        "amount_above_max",
        "limit_exceeded",
        "velocity_limit_exceeded",
        "insufficient_balance",
        "conflict",
        "rate_limited",
        "not_enabled",
        "internal",
        unknown="other",
    ),
]
