"""Answers are worked out once for all who ask the same, and never given to who asks another thing.

Method: functions that count their calls, asked from one thread and from many at once.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.remembering import remembered
from pipelines.settings import Settings

KEY = ("/home", "production", "acme", "0000000001-1.duckdb")


def test_the_same_question_is_worked_out_once() -> None:
    calls: list[tuple[object, ...]] = []

    @remembered(4)
    def ask(key: tuple[str, ...], day: str, *, is_whole: bool) -> list[str]:
        calls.append((key, day, is_whole))
        return [day]

    first = ask(KEY, "2026-06-01", is_whole=True)
    assert ask(KEY, "2026-06-01", is_whole=True) is first
    assert ask(KEY, "2026-06-02", is_whole=True) == ["2026-06-02"]
    assert ask(KEY, "2026-06-01", is_whole=False) is not first
    assert ask((*KEY[:2], "other", KEY[3]), "2026-06-01", is_whole=True) is not first
    assert len(calls) == 4


def test_settings_count_by_what_they_decide() -> None:
    calls: list[Settings] = []

    @remembered(4)
    def ask(key: tuple[str, ...], settings: Settings) -> int:
        calls.append(settings)
        return len(calls)

    settings = Settings(home=Path("/a"))
    assert ask(KEY, settings) == 1
    assert ask(KEY, Settings(home=Path("/b"))) == 1
    assert ask(KEY, settings.model_copy(update={"funding_lead_time": timedelta(days=9)})) == 2


def test_an_error_is_not_remembered() -> None:
    calls: list[str] = []

    @remembered(4)
    def ask(key: str) -> str:
        calls.append(key)
        if len(calls) == 1:
            raise LookupError(key)
        return key

    with pytest.raises(LookupError):
        ask("a")
    assert ask("a") == "a"


def test_the_oldest_answer_makes_room() -> None:
    calls: list[str] = []

    @remembered(2)
    def ask(key: str) -> str:
        calls.append(key)
        return key

    for key in ("a", "b", "c", "c", "a"):
        ask(key)
    assert calls == ["a", "b", "c", "a"]


def test_of_many_who_ask_at_once_one_works_it_out() -> None:
    calls: list[str] = []
    answers: list[object] = []

    @remembered(4)
    def ask(key: str) -> object:
        calls.append(key)
        time.sleep(0.05)
        return object()

    threads = [threading.Thread(target=lambda: answers.append(ask("a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == ["a"]
    assert len(answers) == 8
    assert len(set(map(id, answers))) == 1
