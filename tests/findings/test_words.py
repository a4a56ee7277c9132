"""What is said of findings is complete, safe for a partner, and the same in code and documentation.

Goal: every rule, action, figure, state and gate has words; none says what is private or promises
anything; docs/findings.md has each rule with its subject, times, severities and actions. Method:
the closed lists are compared, each sentence is read, and whole findings are put into words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.findings.catalogue import ALL_RULES, PACE, RULES, STALE, TOP_UP
from pipelines.findings.condition import Condition
from pipelines.findings.decomposition import STAGES
from pipelines.findings.forecasting import ADVICE
from pipelines.findings.ids import LISTS
from pipelines.findings.judging import FIX_FIRST
from pipelines.findings.rules import FACTORS, SEVERITIES, Rule
from pipelines.findings.states import STATES
from pipelines.serving import Build
from pipelines.settings import Settings
from reports import findings_words as words
from tests.findings.test_rules import BUDGETS, FIRES
from tests.findings.worlds import Month
from tests.house_rules import DENIAL, PRIVATE_WORDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "findings.md").read_text(encoding="utf-8")
PROMISES = re.compile(
    r"\b(will be (dry|available|empty|refused)|guarantee|promise[sd]?|SLA|capacity|pool is dry)\b",
    re.IGNORECASE,
)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, words.Words):
        yield from (value.title, value.why, value.is_not)
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one)


SAID = [said for name, value in vars(words).items() if name.isupper() for said in texts(value)]


def actions() -> set[str]:
    told = {level.action for rule in RULES.values() for level in rule.levels}
    advice = {action for action, severity in ADVICE.items() if severity is not None}
    return told | advice | {FIX_FIRST, "plan_for_limit", "check_record_source"}


def measures(condition: Condition) -> Iterator[str]:
    """The names of the figures that a condition shows."""
    share, name = getattr(condition, "share", None), getattr(condition, "name", None)
    yield from (one for one in (getattr(condition, "count", None), name) if isinstance(one, str))
    if share is not None:
        yield share.name
    for part in getattr(condition, "parts", ()):
        yield from measures(part)


def test_every_rule_action_state_and_severity_has_words() -> None:
    assert words.RULES.keys() == ALL_RULES.keys()
    assert words.ACTIONS.keys() == actions()
    assert words.STATES.keys() == set(STATES)
    assert words.SEVERITIES.keys() == set(SEVERITIES)
    assert words.FACTORS.keys() == set(FACTORS)


def test_every_figure_has_words() -> None:
    shown = {
        name
        for rule in RULES.values()
        for level in rule.levels
        for name in measures(level.condition)
    }
    assert shown <= words.COUNTS.keys() | words.MEASURES.keys()
    assert len(STAGES) == len(FACTORS)


def test_rules_name_lists_of_ids_and_sources_that_there_are() -> None:
    for rule in ALL_RULES.values():
        assert rule.ids is None or rule.ids in LISTS
        assert rule.source
        assert rule.question.endswith("?")
        assert list(rule.levels) == sorted(
            rule.levels, key=lambda level: -SEVERITIES.index(level.severity)
        )


@pytest.mark.parametrize("said", SAID)
def test_nothing_private_is_said_and_nothing_is_promised(said: str) -> None:
    for sentence in re.split(r"(?<=[.;:])\s", said):
        found = PRIVATE_WORDS.search(sentence) or PROMISES.search(sentence)
        assert not found or DENIAL.search(sentence) or "neither" in sentence, sentence


@pytest.mark.parametrize(
    ("rule", "change", "about"), [(rule, change, about) for rule, change, about, *_ in FIRES]
)
def test_a_finding_is_put_into_words_that_say_how_sure_and_what_to_do(
    rule: str, change: Any, about: str | None
) -> None:
    month = Month()
    change(month)
    found = month.told(rule, about, BUDGETS)
    told = words.lines(found)
    assert told[0].startswith(words.RULES[rule].title)
    assert any(line.startswith("Since ") for line in told)
    assert words.RULES[rule].why in told
    assert words.RULES[rule].is_not == told[-1]
    assert f"You may: {words.ACTIONS[str(found.action)]}" in told
    assert len([line for line in told if "2026" in line]) >= 2  # since, and a figure's window
    for line in told:
        assert not PRIVATE_WORDS.search(line) or DENIAL.search(line)


def test_a_share_is_said_with_its_counts_and_its_interval(told: Build) -> None:
    month = Month()
    month.set("quote_buckets", "unavailable_quotes = 4, firm_quotes = 0", hours=3)
    (mine, others, *_) = month.told("localized_unavailability").inputs
    assert words.input_sentence(mine, None) == (
        "48 of 60 quote requests unavailable (80.0\N{NO-BREAK SPACE}%, 95 % interval"
        " 68.2\N{NO-BREAK SPACE}% to 88.2\N{NO-BREAK SPACE}%), 30 Jun 2026, 09:00 to 12:00."
    )
    assert words.input_sentence(others, None).startswith("Other pools: 0 of 120 quote requests")


# --- the page ---


def rows() -> dict[str, list[str]]:
    found = re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.partition("## What a finding")[0], re.M)
    return {name: rest.split(" | ") for name, rest in found}


def length(persistence: timedelta) -> str:
    minutes = persistence // timedelta(minutes=1)
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_the_page_has_each_rule_as_it_is(rule: Rule) -> None:
    subject, condition, held, told = rows()[rule.name]
    assert subject == rule.subject
    assert len(condition) > 40
    times = [length(level.persistence) for level in rule.levels]
    assert held in ("; ".join(times), times[0] if len(times) == 1 else "")
    assert told == "; ".join(f"{level.severity}: `{level.action}`" for level in rule.levels)
    for setting in rule.settings:
        assert f"`{setting}`" in condition


def test_the_page_has_no_other_rule_and_names_the_three_that_stand_apart() -> None:
    assert rows().keys() == RULES.keys()
    for rule in (STALE, PACE, TOP_UP):
        assert f"`{rule.name}`" in PAGE


def test_every_rule_follows_a_published_sentence_on_the_page() -> None:
    follows = PAGE.partition("## What the rules follow")[2]
    assert [name for name in ALL_RULES if f"`{name}`" not in follows] == []
    assert set(re.findall(r"`(\w+)`", follows)) <= ALL_RULES.keys()


def test_the_page_explains_every_state_and_gate() -> None:
    states = re.findall(r"^\| `(\w+)` \| ", PAGE.partition("## States")[2], re.M)
    assert set(states) == set(STATES)
    for name in ("gate_failure_bound", "gate_reserved_age", "gate_exceptions"):
        assert f"`{name}`" in PAGE
        assert name in Settings.model_fields


def test_the_settings_shown_on_the_page_are_valid() -> None:
    import tomllib

    (block,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.M | re.S)
    settings = Settings.model_validate(tomllib.loads(block))
    assert settings.failure_budget == Decimal("0.02")
    assert settings.recipients[0].partners == ("lumen-wallet",)
