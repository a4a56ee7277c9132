"""Homes with a small sample, loaded once by the ordinary ingestion.

What the screen remembers is keyed by home, partner and build, so tests may share it, as people do.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.reading import Open, open_at
from tests.dashboard.sample_home import fill_home


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds `lumen-wallet` in production and sandbox."""
    return fill_home(tmp_path_factory, "one-partner", partners=1)


@pytest.fixture(scope="session")
def crowded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds two partners."""
    return fill_home(tmp_path_factory, "two-partners", partners=2, quotes_per_day=40, days=3)


@pytest.fixture
def open_page(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a page on a home, by its choices in the address: the page that a module tests."""
    own = request.module.PAGE

    def open_with(home: Path = home, path: str = own, **query: str | list[str]) -> AppTest:
        monkeypatch.setenv("UTILIZATION_HOME", str(home))
        return open_at(path, **query)

    return open_with
