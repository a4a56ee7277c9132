"""What is said to a partner is complete, and never tells of what is not the partner's.

Goal: every known reason, limit, kind and choice has words; private words occur only to say that
something is not shown; freshness turns at its edges. Method: the wording is compared with the
closed lists it must cover, and every sentence in it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.contracts import MODELS
from pipelines.metrics.catalog import load_catalog
from pipelines.periods import COMPARISONS, PRESETS
from pipelines.utilization import RESERVED_BASES
from reports import (
    advice_words,
    books_words,
    drill_words,
    findings_words,
    growth_words,
    health_words,
    review_words,
    story_words,
    wording,
)
from tests.house_rules import DENIAL, PRIVATE_WORDS

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one)


MODULES = (
    wording,
    advice_words,
    books_words,
    drill_words,
    findings_words,
    growth_words,
    health_words,
    review_words,
    story_words,
)
SAID = sorted(
    {
        text
        for module in MODULES
        for name, value in vars(module).items()
        if name.isupper()
        for text in texts(value)
    }
)


def test_every_module_of_words_is_read() -> None:
    folder = Path(wording.__file__).parent
    there = {path.stem for path in (folder / "wording.py", *folder.glob("*_words.py"))}
    assert there == {module.__name__.rpartition(".")[2] for module in MODULES}


def test_there_is_something_to_check() -> None:
    assert len(SAID) > 60


@pytest.mark.parametrize("said", SAID)
def test_a_private_word_stands_only_where_it_is_denied(said: str) -> None:
    for sentence in re.split(r"(?<=[.;:])\s", said):
        found = PRIVATE_WORDS.search(sentence)
        assert not found or DENIAL.search(sentence), sentence


@pytest.mark.parametrize("figure", list(load_catalog()))
def test_every_definition_may_be_read_by_a_partner(figure: str) -> None:
    for sentence in (wording.definition(figure).split(". ")[0], wording.why_unknown(figure)):
        assert not PRIVATE_WORDS.search(sentence)


def test_every_choice_and_kind_has_words() -> None:
    assert set(wording.PRESETS) == set(PRESETS)
    assert set(wording.COMPARISONS) == set(COMPARISONS)
    assert set(wording.BASES) == set(RESERVED_BASES)
    assert set(wording.KINDS) == set(MODELS)
    assert set(wording.REASONS) == {"pool_dry", "engine_unavailable", "rate_unavailable", "other"}
    assert {*wording.OUTCOMES, *wording.ENDINGS} <= set(load_catalog())


def test_the_footer_says_what_utilization_is_not() -> None:
    for word in ("treasury", "inventory", "market maker", "promise", "SLA"):
        assert word in wording.IS_NOT


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (timedelta(0), "fresh"),
        (wording.FRESH_FOR, "fresh"),
        (wording.FRESH_FOR + timedelta(seconds=1), "late"),
        (wording.LATE_FOR, "late"),
        (wording.LATE_FOR + timedelta(seconds=1), "stale"),
    ],
)
def test_data_turn_late_and_stale_at_the_stated_ages(age: timedelta, state: str) -> None:
    assert wording.freshness(NOW - age, NOW) == state


def test_data_without_a_time_are_of_unknown_freshness() -> None:
    assert wording.freshness(None, NOW) == "unknown"


def test_every_freshness_has_a_word_and_an_icon() -> None:
    assert set(wording.FRESHNESS) == {"fresh", "late", "stale", "unknown"}
    assert all(title and icon for title, icon, _ in wording.FRESHNESS.values())
