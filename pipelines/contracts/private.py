"""The private list: what must never enter, by the name of a field or the look of a secret.

Rules hold for the names of fields at any depth, and for secret values in any field. A match refuses
the whole record. Only the rule is ever reported, never the name or the value that met it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from pipelines.contracts.spelling import (
    camel_words,
    chunks,
    joined_neighbours,
    plain,
    run_together,
    singular,
)

_ALONE = (
    "treasury inventory refill sweep venue provider routing counterparty maker taker hedge rebate"
    " tvl runbook worker cron secret token password authorization signature iban swift kyc kyb"
    " passport email phone address"
)
WORDS = frozenset(_ALONE.split())
"""Private on their own."""

PREFIXES = ("rebalanc",)
"""Private as the beginning of a word."""

PAIRS: dict[str, tuple[str, ...]] = {
    "reserve": ("ratio", "allocation", "account", "path", "level", "balance"),
    "route": ("id", "name", "priority"),
    "market": ("maker",),
    "liquidity": ("source", "depth", "total"),
    "pool": ("depth", "liquidity", "balance", "inventory"),
    "capacity": ("target",),
    "threshold": ("internal", "private"),
    "operator": ("note",),
    "kill": ("switch",),
    "raw": ("payload", "body"),
    "api": ("key",),
    "private": ("key",),
    "bank": ("account",),
}
"""Private together: the first word with any of the others, in either order, also as parent and
child (`{"bank": {"account": ...}}` says what `bank_account` says)."""

_LONGEST = max(map(len, WORDS)) + 1
"""Letters of the longest private word, in the plural."""

_PAIR_WORDS = frozenset(PAIRS) | {word for others in PAIRS.values() for word in others}

_DISTINCT = (
    "treasury",
    "inventory",
    "rebalanc",
    "counterparty",
    "runbook",
    "password",
    "passport",
)
"""Long enough to be no part of another word: found anywhere in a name that is run together."""

_COMPANIONS = (
    "access account active amount approved asset at auth available backup bearer bps client code"
    " cold count currency current customer data date day deposit dest destination eur event"
    " external fallback fee file for from hash header home hot info internal ip is job last limit"
    " line list max min mode new number of old order our partner payment percent price primary"
    " quote rate ref reference request rule schedule size state status table target the time to"
    " trade trigger type url usd usdc usdt user value verified visible volume wallet web webhook"
)
"""Ordinary words that names run together with private ones."""

_VOCABULARY = tuple(
    word + ending
    for word in sorted(WORDS | _PAIR_WORDS | set(_COMPANIONS.split()))
    for ending in ("", "s", "es")
)

_SECRET_VALUE = re.compile(r"(?:^|[^A-Za-z0-9_])(pk|sk|whsec)_[A-Za-z0-9]")
_SECRET_NAME = re.compile(r"(pk|sk)_(?:test|live)_|(whsec)_")
_WORTH_A_LOOK = re.compile(r"(?:pk|sk|whsec)_[A-Za-z0-9]|^\s*[\[{]")
_NAME_IN_JSON = re.compile(r'"((?:[^"\\]|\\.)*+)"\s*:')


_CONTAINERS = (dict, list, tuple, bytes)


class _Reading(NamedTuple):
    """What the name of a field says."""

    token: str | None
    """The rule that the name breaks on its own."""

    pair_words: frozenset[str]
    """Its words that would be private beside another one, above or below it."""


def private_word(key: str) -> str | None:
    """The rule that a field's name breaks, such as `treasury` or `api + key`; None for no rule."""
    return _read_name(key).token


def find_private(value: Any) -> str | None:
    """The first rule broken anywhere in a record: a name at any depth, or a secret as a value.

    Text that is itself a JSON object or array is searched like one. None when nothing is private.
    """
    if isinstance(value, dict) and _is_flat_and_plain(value):
        return _first_rule(tuple(value))
    pending: list[tuple[Any, frozenset[str]]] = [(value, frozenset())]
    while pending:
        node, above = pending.pop()
        for name, child in _entries(node):
            words = above
            if name is not None:
                reading = _read_name(name)
                words = above | reading.pair_words
                token = reading.token or (_pair_in(words) if above else None)
                if token is not None:
                    return token
            if isinstance(child, str):
                if _WORTH_A_LOOK.search(child):
                    token = secret_in(child)
                    if token is not None:
                        return token
                    pending.append((_parsed(child), words))
            elif isinstance(child, _CONTAINERS):
                pending.append((child, words))
    return None


def _is_flat_and_plain(record: dict[Any, Any]) -> bool:
    """Whether only the names of a record can be private: the quick way for nearly every record."""
    texts = []
    for child in record.values():
        if isinstance(child, str):
            texts.append(child)
        elif isinstance(child, _CONTAINERS):
            return False
    text = "\n".join(texts)
    return not ("k_" in text or "c_" in text or "{" in text or "[" in text)


@lru_cache(maxsize=256)
def _first_rule(names: tuple[Any, ...]) -> str | None:
    tokens = (_read_name(str(name)).token for name in names)
    return next((token for token in tokens if token is not None), None)


def secret_in(text: str) -> str | None:
    """The rule a text breaks by holding a key or a signing secret: `pk_*`, `sk_*`, `whsec_*`."""
    found = _SECRET_VALUE.search(text)
    return f"{found[1]}_*" if found else None


def _entries(node: Any) -> Iterator[tuple[str | None, Any]]:
    """The children of a container with their names; a pair in a list is an entry of a map."""
    if isinstance(node, dict):
        for name, child in node.items():
            yield str(name), child
    elif isinstance(node, tuple) and len(node) == 2 and isinstance(node[0], str):
        yield node
    elif isinstance(node, list | tuple):
        for child in node:
            yield None, child
    elif isinstance(node, bytes):
        yield None, node.decode("utf-8", "replace")
    elif node is not None:
        yield None, node


def _parsed(text: str) -> Any:
    """The container a text spells in JSON, repeated names kept apart; None when it spells none."""
    try:
        value = json.loads(text, object_pairs_hook=list[tuple[str, Any]])
    except RecursionError:
        return [(name, None) for name in _NAME_IN_JSON.findall(text)]
    except ValueError:
        return None
    return value if isinstance(value, list) else None


@lru_cache(maxsize=8192)
def _read_name(name: str) -> _Reading:
    words = _words_of(name)
    pair_words = frozenset(words & _PAIR_WORDS)
    return _Reading(_token_of(name, words), pair_words)


def _token_of(name: str, words: set[str]) -> str | None:
    secret = _SECRET_NAME.match(name)
    if secret:
        return f"{secret[1] or secret[2]}_*"
    for word in sorted(words):
        if word in WORDS:
            return word
        for prefix in PREFIXES:
            if word.startswith(prefix):
                return f"{prefix}*"
    return _pair_in(frozenset(words))


def _pair_in(words: frozenset[str]) -> str | None:
    for first, others in PAIRS.items():
        if first in words:
            for other in others:
                if other in words:
                    return f"{first} + {other}"
    return None


def _words_of(name: str) -> set[str]:
    """Every word that the name may be read to hold, plurals also as their singular."""
    flat = plain(name)
    by_case, by_separator = camel_words(flat), chunks(flat)
    found = {*by_case, *by_separator}
    found |= {word for word in joined_neighbours(by_case, _LONGEST) if _is_private_alone(word)}
    for part in {*by_case, *by_separator}:
        found |= run_together(part, _VOCABULARY)
        found |= {word for word in _DISTINCT if word in part}
    return {form for word in found for form in singular(word)}


def _is_private_alone(word: str) -> bool:
    return word.startswith(PREFIXES) or any(form in WORDS for form in singular(word))
