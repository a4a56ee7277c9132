"""One sample in the size that is committed, made once for all tests that look into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.sample import write_sample
from tests.made_once import copy_of


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sample of 45 days with 500 quotes on the average day."""
    folder: Path = tmp_path_factory.mktemp("sample") / "records"
    return copy_of(tmp_path_factory, "sample", _write, folder)


def _write(folder: Path) -> None:
    write_sample(folder, days=45, quotes_per_day=500)
