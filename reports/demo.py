"""What `utilization demo` does: load a sample like any other records, serve the dashboard."""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.advice import keep_advice
from pipelines.homelock import writing
from pipelines.ingest import Ingestion
from pipelines.places import places
from pipelines.sample import write_sample
from pipelines.settings import Settings
from reports.progress import IngestProgress

ROOT = Path(__file__).resolve().parent.parent
DAYS = 100
"""Enough for a month and the month before it, and for the 13 weeks of a trend."""

QUOTES_PER_DAY = 400
LATE = "-late"


def load_sample(
    settings: Settings,
    *,
    at: datetime,
    wait_seconds: float,
    days: int = DAYS,
    quotes_per_day: int = QUOTES_PER_DAY,
) -> None:
    """Make a sample that ends the day before `at`, and ingest it as it would have come.

    An exporter of it was down for two hours, so some files came later than the rest: loaded by
    themselves, they change days that were published before.
    """
    with tempfile.TemporaryDirectory(prefix="utilization-sample-") as folder:
        written = write_sample(
            Path(folder) / "sample",
            days=days,
            quotes_per_day=quotes_per_day,
            end=at.date() - timedelta(days=1),
        )
        late = [file for file in written.files if LATE in file.name]
        in_time = [file for file in written.files if LATE not in file.name]
        took_s = _load(settings, in_time, at, wait_seconds)
        _load(settings, late, at + timedelta(seconds=took_s), wait_seconds)
    for place in places(settings.home):
        keep_advice(place, settings)


def _load(settings: Settings, files: list[Path], at: datetime, wait_seconds: float) -> float:
    with writing(settings.home, wait_seconds), IngestProgress(files) as progress:
        Ingestion(settings, at=at, progress=progress.callbacks).run(files)
    return progress.seconds


def dashboard_command(port: int, *, browser: bool) -> list[str]:
    """The command that serves the dashboard on this machine's own address."""
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(ROOT / "asgi.py"),
        "--server.address=127.0.0.1",
        f"--server.port={port}",
        f"--server.headless={str(not browser).lower()}",
    ]
