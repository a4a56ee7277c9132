"""A home with four weeks of two partners, made once, and a copy of it for tests that write.

The sample's weeks are put together, so that few files are loaded; a pack and its files in every
format are made once too, for all tests that only read them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipelines.homelock import writing
from pipelines.ingest import Ingestion
from pipelines.pack.scope import Wanted
from pipelines.places import Place
from pipelines.sample import write_sample
from pipelines.settings import Settings, load_settings
from reports.pack.document import Pack, build_pack
from reports.pack.writing import whole
from tests.dashboard.sample_home import LOADED_AT, put_weeks_together
from tests.made_once import copy_of

PARTNER, PROGRAM, PERIOD = "lumen-wallet", "lp_lumen_core", "2026-W26"


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that no test writes to: two partners, from 3 to 30 June 2026."""
    home: Path = tmp_path_factory.mktemp("pack") / "home"
    return copy_of(tmp_path_factory, "pack", _load_sample, home)


def _load_sample(home: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, writing(home, 30):
        written, records = Path(folder) / "written", Path(folder) / "records"
        write_sample(
            written, days=28, quotes_per_day=60, partners=2, end=date(2026, 6, 30), packed=False
        )
        put_weeks_together(written, records, named="")
        Ingestion(load_settings(home), at=LOADED_AT).run([records])


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
def files(pack: Pack, settings: Settings) -> dict[str, bytes]:
    """The pack in every format, by the name its file has in a frozen review, with its manifest."""
    return whole(pack, settings)


@pytest.fixture(scope="session")
def build(settings: Settings, place: Place) -> Callable[..., Pack]:
    """Builds another pack of the home that no test writes to."""

    def built(program: str = PROGRAM, period: str = PERIOD, **choices: object) -> Pack:
        return build_pack(settings, place, Wanted(program, period, **choices))  # type: ignore[arg-type]

    return built
