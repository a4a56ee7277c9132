"""A home with four weeks of two partners, made once, and a copy of it for tests that write."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.pack.scope import Wanted
from pipelines.places import Place
from pipelines.settings import Settings, load_settings
from reports.pack.document import Pack, build_pack
from tests.dashboard.sample_home import fill_home

PARTNER, PROGRAM, PERIOD = "lumen-wallet", "lp_lumen_core", "2026-W26"


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that no test writes to: two partners, from 3 to 30 June 2026."""
    folder: Path = tmp_path_factory.mktemp("pack")
    return fill_home(folder, partners=2, quotes_per_day=80, days=28)


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    """A copy of it to write to."""
    return shutil.copytree(sample_home, tmp_path / "home")


@pytest.fixture(scope="session")
def settings(sample_home: Path) -> Settings:
    return load_settings(sample_home)


@pytest.fixture(scope="session")
def place(sample_home: Path) -> Place:
    return Place(sample_home, "production", PARTNER)


@pytest.fixture(scope="session")
def pack(settings: Settings, place: Place) -> Pack:
    """The pack of a complete week whose span before is known whole too."""
    return build_pack(settings, place, Wanted(PROGRAM, PERIOD))


@pytest.fixture(scope="session")
def build(settings: Settings, place: Place) -> Callable[..., Pack]:
    """Builds another pack of the home that no test writes to."""

    def built(program: str = PROGRAM, period: str = PERIOD, **choices: object) -> Pack:
        return build_pack(settings, place, Wanted(program, period, **choices))  # type: ignore[arg-type]

    return built
