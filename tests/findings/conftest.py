"""The sample in the size that is committed, loaded once as it is told and once untold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.sample_findings import END, TOLD_DAYS, TOLD_SEED, filled
from pipelines.places import Place
from pipelines.sample.stories import Calendar
from pipelines.serving import Build, opened
from tests.made_once import copy_of


def fill(factory: pytest.TempPathFactory, name: str, calendar: Calendar) -> Path:
    """A home with one partner's production records of `calendar`."""

    def make(folder: Path) -> None:
        filled(folder, calendar, TOLD_SEED)

    return copy_of(factory, f"findings-{name}", make, factory.mktemp(name) / "made") / "home"


@pytest.fixture(scope="session")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which every story of the sample happened."""
    return fill(tmp_path_factory, "told", Calendar(END, TOLD_DAYS, told=True))


@pytest.fixture(scope="session")
def told(told_home: Path) -> Iterator[Build]:
    """Its build."""
    with opened(Place(told_home, "production", "lumen-wallet")) as build:
        yield build


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """A build of three months in which none did."""
    home = fill(tmp_path_factory, "quiet", Calendar(END, 75, told=False))
    with opened(Place(home, "production", "lumen-wallet")) as build:
        yield build
