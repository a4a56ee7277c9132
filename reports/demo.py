"""What `utilization demo` does: load the sample like any other records, serve the dashboard."""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime
from pathlib import Path

from pipelines.homelock import writing
from pipelines.ingest import Ingestion
from pipelines.sample import write_sample
from pipelines.settings import Settings
from reports.progress import IngestProgress

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "sample"


def load_sample(settings: Settings, *, at: datetime, wait_seconds: float) -> None:
    """Ingest the committed sample; where the product was installed without it, a fresh one."""
    if SAMPLE.is_dir():
        _load(settings, SAMPLE, at, wait_seconds)
        return
    with tempfile.TemporaryDirectory(prefix="utilization-sample-") as folder:
        write_sample(Path(folder) / "sample", days=45, quotes_per_day=500)
        _load(settings, Path(folder) / "sample", at, wait_seconds)


def _load(settings: Settings, folder: Path, at: datetime, wait_seconds: float) -> None:
    with writing(settings.home, wait_seconds), IngestProgress([folder]) as progress:
        Ingestion(settings, at=at, progress=progress.callbacks).run([folder])


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
