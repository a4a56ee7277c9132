"""Answers remembered for every session that asks the same, on a page that runs again and again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Condition
from typing import Any, ParamSpec, TypeVar

from cachetools import TTLCache, cached
from cachetools.keys import hashkey

from pipelines.advice import made_with
from pipelines.settings import Settings

FOR_SECONDS = 3600.0

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def remembered(most: int) -> Callable[[Callable[Asked, Answer]], Callable[Asked, Answer]]:
    """Remember the `most` newest answers of a function for an hour, by every one of its arguments.

    Arguments are plain values; settings stand for what they would have answered, wherever the home
    lies. Of sessions that ask at once one works the answer out, and all share it, so it must not be
    changed. An error is not remembered.
    """
    return cached(TTLCache[Hashable, Any](most, FOR_SECONDS), key=_key, condition=Condition())


def _key(*asked: object, **named: object) -> Hashable:
    return hashkey(*map(_plain, asked), **{name: _plain(value) for name, value in named.items()})


def _plain(value: object) -> object:
    return made_with(value) if isinstance(value, Settings) else value
