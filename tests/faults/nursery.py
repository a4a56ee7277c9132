"""A process that has imported everything and forks a child for each run of the command.

Importing takes as long as a small ingestion, so a cycle of kills would be mostly imports. The
nursery reads one JSON list of runs a line, forks all of them at once, waits for all, and answers
one JSON list a line. It opens no database itself, so that it has no threads when it forks.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SLOWEST_SECONDS = 120


@dataclass(frozen=True)
class Run:
    """One run of the `utilization` command."""

    arguments: tuple[str, ...]
    kill_at: str | None = None
    """The step at which it kills itself, with how often it is reached first."""

    kill_after_seconds: float | None = None
    most_file_bytes: int | None = None
    """The size at which a file cannot grow any more: the disk is full."""

    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """How a run ended: killed by a signal, or with a status."""

    signal: int
    status: int
    out: str
    err: str

    @property
    def was_killed(self) -> bool:
        return self.signal == signal.SIGKILL


class Nursery:
    """The parent's end of the nursery process."""

    def __enter__(self) -> Nursery:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run_together(self, runs: Sequence[Run]) -> list[Ended]:
        """Run all at the same time, and wait for all."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([asdict(run) for run in runs]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the nursery died"
        return [Ended(**ended) for ended in json.loads(answer)]

    def run(self, *arguments: str | Path, **choices: Any) -> Ended:
        """Run the command once."""
        (ended,) = self.run_together([Run(tuple(map(str, arguments)), **choices)])
        return ended


def _serve() -> None:
    _import_everything()
    for line in sys.stdin:
        children = [_fork(Run(**run)) for run in json.loads(line)]
        print(json.dumps([asdict(_wait(*child)) for child in children]), flush=True)


def _import_everything() -> None:
    """Import what a command imports as it goes, and spare the children from sweeping through it."""
    import pandas  # noqa: F401 - pyarrow asks for it with the first value it is given

    import cli  # noqa: F401
    import pipelines.advice
    import pipelines.operations  # noqa: F401
    import reports.progress
    import reports.summary  # noqa: F401

    gc.freeze()


def _fork(run: Run) -> tuple[int, tuple[int, int], Run]:
    # Pipes, not files: what the limit on file sizes cuts off must not be what the run has to say.
    (out, out_end), (err, err_end) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        _become(run, out_end, err_end)
    os.close(out_end)
    os.close(err_end)
    return child, (out, err), run


def _become(run: Run, out: int, err: int) -> None:
    """In the child: be the command. Never returns."""
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.environ.update(run.environment)
    if run.kill_at is not None:
        os.environ["UTILIZATION_KILL_AT"] = run.kill_at
    if run.most_file_bytes is not None:
        # Beyond it a write fails as on a full disk; Python ignores the signal that goes along.
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (run.most_file_bytes, most))
    status = 1
    try:
        from cli import main

        main(run.arguments)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _wait(child: int, outputs: tuple[int, int], run: Run) -> Ended:
    after = run.kill_after_seconds or SLOWEST_SECONDS
    timer = threading.Timer(after, os.kill, (child, signal.SIGKILL))
    timer.start()
    with ThreadPoolExecutor(2) as readers:
        out, err = readers.map(_read_all, outputs)
    # Peek without reaping, so that the timer cannot meet a child's number in other hands.
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    timer.cancel()
    timer.join()
    _, ended = os.waitpid(child, 0)
    return Ended(os.WTERMSIG(ended), os.waitstatus_to_exitcode(ended), out, err)


def _read_all(handle: int) -> str:
    with os.fdopen(handle, encoding="utf-8", errors="replace") as output:
        return output.read()


if __name__ == "__main__":
    _serve()
