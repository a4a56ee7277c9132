"""Homes for the tests of the screen, made the way a deployment's is made."""

from __future__ import annotations

import re
import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.homelock import writing
from pipelines.ingest import Ingestion
from pipelines.sample import write_sample
from pipelines.settings import load_settings
from tests.made_once import copy_of

_WEEK = re.compile(r"-\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d")
LOADED_AT = datetime(2026, 7, 1, 0, 5, tzinfo=UTC)


def fill_home(
    factory: pytest.TempPathFactory,
    name: str,
    *,
    partners: int,
    quotes_per_day: int = 120,
    days: int = 10,
    end: date = date(2026, 6, 30),
) -> Path:
    """A home of one's own in a new folder, with a sample until `end` that was loaded a day later.

    The sample is made once in a run of the tests.
    """
    known_as = f"home-{partners}-{quotes_per_day}-{days}-{end}"
    make = partial(_load_sample, partners, quotes_per_day, days, end)
    return copy_of(factory, known_as, make, factory.mktemp(name) / "home")


def _load_sample(partners: int, quotes_per_day: int, days: int, end: date, home: Path) -> None:
    loaded_at = datetime.combine(end, LOADED_AT.time(), UTC) + timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder, writing(home, 30):
        written, records = Path(folder) / "written", Path(folder) / "records"
        write_sample(
            written,
            days=days,
            quotes_per_day=quotes_per_day,
            partners=partners,
            end=end,
            packed=False,
        )
        put_weeks_together(written, records, named="-all")
        Ingestion(load_settings(home), at=loaded_at).run([records])


def put_weeks_together(written: Path, records: Path, *, named: str) -> None:
    """Copy a sample, with the weekly files of a kind and partner as one, so that few are loaded.

    `named` stands for the weeks in its name.
    """
    records.mkdir()
    for file in sorted(written.iterdir()):
        _add(file, records / _WEEK.sub(named, file.name))


def _add(file: Path, kept_in: Path) -> None:
    if file.suffix == ".parquet" and kept_in.exists():
        pq.write_table(pa.concat_tables([pq.read_table(kept_in), pq.read_table(file)]), kept_in)
    elif file.suffix == ".parquet" or not kept_in.exists():
        shutil.copy(file, kept_in)
    else:
        with kept_in.open("ab") as kept, file.open("rb") as more:
            if file.suffix == ".csv":
                more.readline()
            shutil.copyfileobj(more, kept)
