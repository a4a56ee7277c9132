"""The sample in the size that is committed, loaded once as it is told and once untold."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from pipelines.ingest import Ingestion
from pipelines.places import Place
from pipelines.sample.lane import LaneWriter
from pipelines.sample.partners import lanes
from pipelines.sample.stories import Calendar
from pipelines.serving import Build, opened
from pipelines.settings import Settings
from tests.made_once import copy_of

END, DAYS, QUOTES_PER_DAY, SEED = date(2026, 6, 30), 45, 500, 7
LOADED_AT = datetime(2026, 7, 1, 0, 5, tzinfo=UTC)


def fill(factory: pytest.TempPathFactory, *, days: int, told: bool) -> Path:
    """A home with one partner's production records, with the stories of the sample or without."""
    name = "told" if told else "quiet"
    home: Path = factory.mktemp(name) / "home"
    return copy_of(factory, f"findings-{name}", partial(_load, days, told), home)


def _load(days: int, told: bool, home: Path) -> None:
    lane = next(one for one in lanes(1, QUOTES_PER_DAY, days) if one.environment == "production")
    calendar = Calendar(END, days, told=told)
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder)
        LaneWriter(lane, calendar, records, SEED, packed=False).write(lambda _: None)
        Ingestion(Settings(home=home), at=LOADED_AT).run([records])


@pytest.fixture(scope="session")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which every story of the sample happened."""
    return fill(tmp_path_factory, days=DAYS, told=True)


@pytest.fixture(scope="session")
def told(told_home: Path) -> Iterator[Build]:
    """Its build."""
    with opened(Place(told_home, "production", "lumen-wallet")) as build:
        yield build


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """A build of three months in which none did."""
    home = fill(tmp_path_factory, days=75, told=False)
    with opened(Place(home, "production", "lumen-wallet")) as build:
        yield build
