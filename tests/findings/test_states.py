"""States follow from whether a condition held, and from nothing else.

Goal: pending, firing, recovering and no_data begin and end where the rule says; an episode is one
however often it flickers. Method: by hand, and against the same told one instant after another.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.findings.condition import HOLDS, NOT, UNKNOWN
from pipelines.findings.states import (
    FORGOTTEN_AFTER,
    Episode,
    State,
    begins_anew,
    episodes,
    phases,
    runs,
)

QUARTER = timedelta(minutes=15)
MARKS = {"x": HOLDS, ".": NOT, "?": UNKNOWN}
LETTERS = {"o": "ok", "p": "pending", "f": "firing", "r": "recovering", "n": "no_data"}


def statuses(text: str) -> np.ndarray:
    return np.array([MARKS[mark] for mark in text], dtype=np.int8)


def told(text: str, persistence: int, recovery: int) -> str:
    """The first letter of the state at each instant."""
    found = phases(statuses(text), persistence * QUARTER, recovery * QUARTER)
    letters = {state: letter for letter, state in LETTERS.items()}
    ends = [*(phase.start for phase in found[1:]), len(text)][: len(found)]
    return "".join(
        letters[phase.state] * (end - phase.start) for phase, end in zip(found, ends, strict=True)
    )


def test_a_condition_fires_once_it_has_held_for_its_persistence() -> None:
    assert told("..xxxx", 2, 0) == "ooppff"
    assert told("..xx..xxx", 2, 0) == "ooppooppf"
    assert told(".xx", 0, 0) == "off"


def test_what_fires_recovers_before_it_is_ok() -> None:
    assert told("xxx....", 1, 2) == "pffrroo"
    assert told("xx.xx...", 0, 2) == "ffrffrro"
    assert told("xx...xx", 1, 2) == "pfrropf"


def test_what_is_not_known_is_told_and_forgets_nothing_at_once() -> None:
    assert told("xx??xx", 1, 1) == "pfnnff"
    assert told("??", 1, 1) == "nn"
    assert told("x?x", 1, 1) == "pnp"


def test_an_episode_that_was_not_known_for_a_day_begins_anew() -> None:
    day = FORGOTTEN_AFTER // QUARTER
    assert told("xx" + "?" * (day - 1) + "x", 1, 1)[-1] == "f"
    assert told("xx" + "?" * day + "x", 1, 1)[-1] == "p"


def one_by_one(text: str, persistence: int, recovery: int) -> str:
    """The same as a story: at each instant only what was remembered from the one before."""
    letters, held, since, missing, unknown = [], 0, False, 0, 0
    for mark in text:
        if mark == "?":
            unknown, held = unknown + 1, 0
            if unknown >= FORGOTTEN_AFTER // QUARTER:
                since = False
                missing = 0
            letters.append("n")
            missing += since and missing > 0
            continue
        unknown = 0
        if mark == "x":
            held, missing = held + 1, 0
            since = since or held > persistence
            letters.append("f" if since else "p")
        else:
            held, missing = 0, missing + 1
            since = since and missing <= recovery
            letters.append("r" if since else "o")
            missing = missing if since else 0
    return "".join(letters)


@given(st.text("x.?", max_size=60), st.integers(0, 4), st.integers(0, 4))
def test_states_are_those_told_one_instant_after_another(
    text: str, persistence: int, recovery: int
) -> None:
    assert told(text, persistence, recovery) == one_by_one(text, persistence, recovery)


@given(st.text("x.?", min_size=1, max_size=40), st.integers(0, 3), st.integers(0, 3))
def test_what_comes_later_changes_no_earlier_state(
    text: str, persistence: int, recovery: int
) -> None:
    whole = told(text, persistence, recovery)
    for end in range(1, len(text)):
        assert told(text[:end], persistence, recovery) == whole[:end]


def test_since_is_when_the_condition_began_to_hold() -> None:
    found = phases(statuses("..xxxx.x"), 2 * QUARTER, 2 * QUARTER)
    assert [(phase.state, phase.since) for phase in found] == [
        ("ok", 0),
        ("pending", 2),
        ("firing", 2),
        ("recovering", 2),
        ("firing", 2),
    ]


def test_an_episode_is_one_from_its_first_firing_until_it_is_ok() -> None:
    found = phases(statuses("..xxxx.x..xx.."), 1 * QUARTER, 2 * QUARTER)
    assert episodes(found) == [Episode(2, 3, None)]
    apart = phases(statuses("xx....xx..."), QUARTER, 2 * QUARTER)
    assert episodes(apart) == [Episode(0, 1, 4), Episode(6, 7, 10)]


def test_a_forgotten_episode_ends_where_nothing_was_known_any_more() -> None:
    day = FORGOTTEN_AFTER // QUARTER
    found = phases(statuses("xx" + "?" * day + "xx"), QUARTER, QUARTER)
    assert episodes(found) == [Episode(0, 1, 2), Episode(2 + day, 3 + day, None)]


def test_runs_are_stretches_of_equal_status() -> None:
    found = [(run.status, run.start, run.end) for run in runs(statuses("..x?"))]
    assert found == [(NOT, 0, 2), (HOLDS, 2, 3), (UNKNOWN, 3, 4)]
    assert list(runs(statuses(""))) == []


def test_every_state_has_its_letter() -> None:
    states: set[State] = {"ok", "pending", "firing", "recovering", "no_data"}
    assert set(LETTERS.values()) == states


@pytest.mark.parametrize(
    ("text", "is_anew"),
    [
        ("..", False),
        ("...", True),
        ("x.x", False),
        (".?.?.", False),
        ("?" * 95, False),
        ("x" + "?" * 96, True),
        ("x...x", True),
    ],
)
def test_what_was_before_matters_until_a_state_has_begun_anew(text: str, is_anew: bool) -> None:
    assert begins_anew(statuses(text), 2 * QUARTER) == is_anew
    last = {told(before + text, 0, 2)[-1] for before in ("", "xxx", "...", "?" * 96)}
    assert not is_anew or len(last) == 1
