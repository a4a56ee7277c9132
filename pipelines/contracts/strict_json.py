"""Read one JSON object strictly: RFC 8259, no name twice, nothing that has to be guessed."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

DEEPEST_NESTING = 32
"""Containers within containers; a record needs two."""

_TOKENS = re.compile(r'[\[\]{}]|"(?:[^"\\]|\\.|\\\Z)*+(?:"|\Z)', re.DOTALL)
"""Brackets, and whole strings so that brackets inside them do not count. One pass, no retries."""


class UnreadableRecordError(ValueError):
    """The text is not one strict JSON object. The reason never quotes the text."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, such as `not UTF-8`."""
        super().__init__(reason)
        self.reason = reason


def parse_object(text: bytes | str) -> dict[str, Any]:
    """The object that `text` spells, or UnreadableRecordError with a value-free reason.

    Integers come out exact. A number with a point or an exponent comes out as a float, which no
    field accepts: it may already have lost digits.
    """
    decoded = _decoded(text)
    if decoded.startswith("\ufeff"):
        raise UnreadableRecordError("a byte order mark before the object")
    if _is_too_deep(decoded):
        raise UnreadableRecordError(f"nested deeper than {DEEPEST_NESTING}")
    try:
        value = _DECODER.decode(decoded)
    except json.JSONDecodeError as error:
        raise UnreadableRecordError(f"not JSON at character {error.pos + 1}") from None
    except UnreadableRecordError:
        raise
    except ValueError:
        raise UnreadableRecordError("a number with too many digits") from None
    if not isinstance(value, dict):
        raise UnreadableRecordError("not a JSON object")
    if "\\u" in decoded and not _is_unicode(value):
        raise UnreadableRecordError("half of a surrogate pair")
    return value


def _decoded(text: bytes | str) -> str:
    try:
        if isinstance(text, bytes):
            return text.decode("utf-8")
        text.encode("utf-8")
    except UnicodeError:
        raise UnreadableRecordError("not UTF-8") from None
    return text


def _is_too_deep(text: str) -> bool:
    if text.count("{") + text.count("[") <= DEEPEST_NESTING:
        return False
    depth = 0
    for token in _TOKENS.finditer(text):
        first = text[token.start()]
        if first in "[{":
            depth += 1
            if depth > DEEPEST_NESTING:
                return True
        elif first in "]}":
            depth -= 1
    return False


def _is_unicode(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        return False
    return True


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableRecordError("a name twice in one object")
    return found


def _no_constant(_: str) -> NoReturn:
    raise UnreadableRecordError("NaN or Infinity, which is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_no_name_twice, parse_constant=_no_constant)
