"""A kill at any moment, as often as one likes, loses nothing and doubles nothing.

Goal: an ingestion that dies at any named step, or at any moment, and is run again, comes to the
warehouse of a run that never died. Method: the command is killed (SIGKILL, by itself at a step, or
by a clock) while it ingests a small sample with wrong, repeated and contradicting records; then it
is run to its end, and the canonical dump, the quarantine, the landed files and `utilization
verify` are compared with a clean run's. What a log named before a kill must be named after it. A
step that no run reaches is a failure: the list in `pipelines/failpoints.py` may not promise more
than is tested.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from pipelines.failpoints import STEPS
from tests.faults.nursery import Nursery
from tests.faults.remains import Remains, assert_readable, assert_whole, logged, remains_of

pytestmark = pytest.mark.faults

REBUILDING = ("rebuild_begun", "replay_begun")
INGESTING = [step for step in STEPS if step not in REBUILDING]
ONCE_A_PARTNER = {"models_built", "build_written", "pointer_replaced"}


def killed(nursery: Nursery, home: Path, records: Path, step: str) -> None:
    before = logged(home)
    ended = nursery.run("--home", home, "ingest", records, kill_at=step)
    assert ended.was_killed, f"{step} was not reached: {ended.err}"
    assert_readable(home)
    after = logged(home)
    for place, batches in before.items():
        assert after[place][: len(batches)] == batches


def assert_comes_to(clean: Remains, nursery: Nursery, home: Path, records: Path) -> None:
    ended = nursery.run("--home", home, "ingest", records)
    assert ended.status == 3, ended.err
    assert_same(clean, home)


def assert_same(clean: Remains, home: Path) -> None:
    remains = remains_of(home)
    assert remains.set_aside == clean.set_aside
    assert remains.dump == clean.dump
    assert_whole(home)


def assert_verified(nursery: Nursery, home: Path) -> None:
    verified = nursery.run("--home", home, "verify")
    assert verified.status == 0, verified.err + verified.out


@pytest.mark.parametrize("step", INGESTING)
def test_kills_at_a_step_of_ingestion_lose_and_double_nothing(
    step: str, nursery: Nursery, records: Path, clean: Remains, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    for times in (1, 1) if step in ONCE_A_PARTNER else (1, 3):
        killed(nursery, home, records, f"{step}:{times}")
    assert_comes_to(clean, nursery, home, records)


def test_kills_while_an_interrupted_batch_is_loaded_again_lose_and_double_nothing(
    nursery: Nursery, records: Path, clean: Remains, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    killed(nursery, home, records, "log_appended:3")
    for step in ("replay_begun", "facts_begun", "facts_loaded", "replay_begun", "facts_committed"):
        killed(nursery, home, records, step)
    assert_comes_to(clean, nursery, home, records)
    assert_verified(nursery, home)


def test_kills_during_a_rebuild_lose_and_double_nothing(
    nursery: Nursery, records: Path, clean: Remains, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert nursery.run("--home", home, "ingest", records).status == 3
    for step in ("rebuild_begun", "replay_begun", "replay_begun:3", "facts_loaded:5",
                     "models_built",
                 "build_written", "pointer_replaced"):  # fmt: skip
        ended = nursery.run("--home", home, "rebuild", kill_at=step)
        assert ended.was_killed, f"{step} was not reached: {ended.err}"
        assert_readable(home)
    assert nursery.run("--home", home, "rebuild").status == 0
    assert_same(clean, home)
    assert_verified(nursery, home)


def test_an_ingestion_goes_on_where_a_rebuild_was_killed(
    nursery: Nursery, records: Path, clean: Remains, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert nursery.run("--home", home, "ingest", records).status == 3
    for step in ("rebuild_begun", "replay_begun:2"):
        assert nursery.run("--home", home, "rebuild", kill_at=step).was_killed
    assert_comes_to(clean, nursery, home, records)


@pytest.mark.parametrize("seed", [1, 2])
def test_kills_at_steps_drawn_at_random_lose_and_double_nothing(
    seed: int, nursery: Nursery, records: Path, clean: Remains, tmp_path: Path
) -> None:
    random = Random(seed)
    home = tmp_path / "home"
    for _ in range(6):
        step = f"{random.choice(INGESTING)}:{random.choice([1, 1, 2, 3, 6])}"
        nursery.run("--home", home, "ingest", records, kill_at=step)
        assert_readable(home)
    assert_comes_to(clean, nursery, home, records)


@pytest.mark.parametrize("seed", [1, 2])
def test_kills_at_moments_drawn_at_random_lose_and_double_nothing(
    seed: int, nursery: Nursery, records: Path, clean: Remains, tmp_path: Path
) -> None:
    random = Random(seed)
    home = tmp_path / "home"
    killed = 0
    for _ in range(5):
        moment = random.uniform(0.05, 1.2)
        killed += nursery.run(
            "--home", home, "ingest", records, kill_after_seconds=moment
        ).was_killed
        assert_readable(home)
    assert killed > 0
    assert_comes_to(clean, nursery, home, records)
    assert_verified(nursery, home)


def test_every_named_step_is_killed_at_by_some_test_here() -> None:
    assert set(INGESTING) | set(REBUILDING) == set(STEPS)
    source = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{step}' in source for step in REBUILDING)
