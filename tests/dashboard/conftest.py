"""Homes with a small sample, loaded once by the ordinary ingestion.

What the screen remembers is keyed by home, partner and build, so tests may share it, as people do.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboard.sample_home import fill_home


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds `lumen-wallet` in production and sandbox."""
    folder = tmp_path_factory.mktemp("one-partner")
    return fill_home(folder, partners=1)


@pytest.fixture(scope="session")
def crowded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds two partners."""
    folder = tmp_path_factory.mktemp("two-partners")
    return fill_home(folder, partners=2, quotes_per_day=40, days=3)
