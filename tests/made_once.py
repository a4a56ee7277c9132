"""Folders that take seconds to make, made once in a run of the tests, whichever worker asks first.

Everyone gets a copy, so that what one test writes there is seen by no other worker.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def copy_of(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None], to: Path
) -> Path:
    """Copy to `to` the folder that `make` fills, and return it; `name` tells what is in it."""
    made = _of_the_run(factory) / name
    with made.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making = made.with_name(f"{name}.making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            make(making)
            making.rename(made)
    return Path(shutil.copytree(made, to))


def _of_the_run(factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run share; each of them has its own inside."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
