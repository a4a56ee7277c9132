"""Homes for the tests of the screen, made the way a deployment's is made."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipelines.homelock import writing
from pipelines.ingest import Ingestion
from pipelines.sample import write_sample
from pipelines.settings import load_settings

LOADED_AT = datetime(2026, 7, 1, 0, 5, tzinfo=UTC)


def fill_home(
    folder: Path,
    *,
    partners: int,
    quotes_per_day: int = 120,
    days: int = 10,
    end: date = date(2026, 6, 30),
) -> Path:
    """Write a sample beside the home, whose last day is `end`, and load it the day after."""
    home = folder / "home"
    home.mkdir()
    records = folder / "records"
    write_sample(records, days=days, quotes_per_day=quotes_per_day, partners=partners, end=end)
    loaded_at = datetime.combine(end, LOADED_AT.time(), UTC) + timedelta(days=1)
    with writing(home, 30):
        Ingestion(load_settings(home), at=loaded_at).run([records])
    return home
