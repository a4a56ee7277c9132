"""A build that can answer as of any instant, also one inside a stored bucket.

The published build answers as of its watermark and any quarter of an hour. For another instant a
copy of it is split there from the facts, and thrown away afterwards.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipelines.facts import open_engine
from pipelines.places import Place
from pipelines.reading import attach_facts
from pipelines.refining import cuts_for, refine
from pipelines.serving import Build, current_file, open_file, opened
from pipelines.settings import Settings
from pipelines.sqlfiles import sql_text

BUCKET_MINUTES = 15
INSTEAD = "ask as of a quarter of an hour, or wait for it"


@contextmanager
def build_as_of(
    settings: Settings, place: Place, as_of: datetime | None, *, wait_seconds: float = 30
) -> Iterator[Build]:
    """Yield a build of `place` that is exact as of the aware `as_of`; None means its watermark.

    Raises NothingPublishedError, and HomeLockedError when a writer keeps the facts for the wait.
    """
    with opened(place) as build:
        if as_of is None or _is_answered(build, as_of):
            yield build
            return
    with tempfile.TemporaryDirectory(prefix="utilization-") as folder:
        file = Path(folder) / "as-of.duckdb"
        shutil.copyfile(current_file(place), file)
        _split(settings, place, file, as_of.astimezone(UTC).replace(tzinfo=None), wait_seconds)
        split = open_file(file)
        try:
            yield split
        finally:
            split.connection.close()


def _is_answered(build: Build, as_of: datetime) -> bool:
    """Whether the stored buckets are split right for `as_of` and the rolling windows before it."""
    moment = as_of.astimezone(UTC).replace(tzinfo=None)
    on_the_quarter = moment.minute % BUCKET_MINUTES == 0
    if on_the_quarter and moment.second == 0 and moment.microsecond == 0:
        return True
    cuts = {row[0] for row in build.connection.execute(sql_text("build_cuts.sql")).fetchall()}
    return set(cuts_for(moment)) <= cuts


def _split(
    settings: Settings, place: Place, file: Path, as_of: datetime, wait_seconds: float
) -> None:
    connection = open_engine(settings)
    try:
        attach_facts(connection, place, wait_seconds, instead=INSTEAD)
        connection.execute(sql_text("attach_serving.sql"), {"file": str(file)})
        cuts = cuts_for(as_of)
        refine(connection, settings, cuts)
        connection.execute(sql_text("set_build_cuts.sql"), {"cuts": cuts})
        connection.execute(sql_text("detach_serving.sql"))
    finally:
        connection.close()
