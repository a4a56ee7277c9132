"""Progress of an ingestion: a bar on a terminal, one line a step otherwise; on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from pipelines.ingest import Progress as Callbacks
from pipelines.sources.discovery import SourceFile


class IngestProgress:
    """Shows how far the given paths have been read."""

    def __init__(self, paths: Iterable[Path]) -> None:
        total = sum(_size(path) for path in paths)
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task("ingesting", total=total)
        self._is_terminal = console.is_terminal
        self._started = 0.0
        self.seconds = 0.0

    @property
    def callbacks(self) -> Callbacks:
        """What the ingestion calls on its way."""
        return Callbacks(read=self._read, file=self._file, step=self._step)

    def __enter__(self) -> Self:
        """Begin to show progress and to measure the time."""
        self._started = time.perf_counter()
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the bar."""
        self._bar.stop()
        self.seconds = time.perf_counter() - self._started

    def _read(self, size: int) -> None:
        self._bar.update(self._task, advance=size)

    def _file(self, file: SourceFile) -> None:
        self._step(f"reading {file.path.name}")

    def _step(self, text: str) -> None:
        self._bar.update(self._task, description=text)
        if not self._is_terminal:
            sys.stderr.write(f"{text}\n")


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.exists() else 0
