"""One writer a home: an advisory lock that a crash releases."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.errors import HomeLockedError, PipelineError

LOCK_FILE = ".writer.lock"
RETRY_SECONDS = 0.05
NO_MORE_BYTES = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO, errno.EROFS}
ENGINE_WITHOUT_DISK = (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException)
"""What the engine raises when a write fails: at once, at a checkpoint, at a commit."""


@contextmanager
def writing(home: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the home for writing; raises HomeLockedError when another keeps it for the whole wait.

    A disk that is full or broken ends the block with a PipelineError; the next writer goes on.
    """
    home.mkdir(parents=True, exist_ok=True)
    handle = os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        tries = max(int(wait_seconds / RETRY_SECONDS), 0)
        while not _try(handle):
            if tries == 0:
                raise HomeLockedError(
                    f"{home}: another writer holds this home; wait for it, or raise --wait"
                )
            tries -= 1
            time.sleep(RETRY_SECONDS)
        yield
    except ENGINE_WITHOUT_DISK as error:
        raise _disk_error(home) from error
    except OSError as error:
        if error.errno in NO_MORE_BYTES:
            raise _disk_error(home) from error
        raise
    finally:
        os.close(handle)


def _disk_error(home: Path) -> PipelineError:
    return PipelineError(f"{home}: the disk takes no more; make room there and run again")


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
