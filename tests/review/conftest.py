"""A home with a few weeks of the sample, loaded once by the ordinary ingestion."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.places import Place
from pipelines.serving import Build, opened
from tests.dashboard.sample_home import fill_home


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """The build of `lumen-wallet` in production, with four weeks of records."""
    home = fill_home(tmp_path_factory, "review", partners=1, quotes_per_day=80, days=28)
    with opened(Place(home, "production", "lumen-wallet")) as build:
        yield build
