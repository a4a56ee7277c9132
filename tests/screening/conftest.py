"""One engine for all tests of the screen: each of them begins its own tables."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.facts import open_engine
from pipelines.settings import Settings


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory engine with the screen's macros."""
    home = tmp_path_factory.mktemp("screening")
    with open_engine(Settings(home=home, threads=1)) as connection:
        yield connection
