"""What is advised on a build: findings, pace, runway, and how true forecasts were.

It is worked out once, when a build is published, and kept beside it, so that a page reads it at
once. Anything that asks for another moment, or other assumptions, works it out anew.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipelines import __version__
from pipelines.findings.asking import findings_of
from pipelines.findings.finding import Finding
from pipelines.forecast.accuracy import accuracy
from pipelines.forecast.curves import Curve, curves
from pipelines.forecast.pace import pace
from pipelines.forecast.runway import runway
from pipelines.forecast.shapes import Accuracy, Pace, Runway
from pipelines.places import Place, write_durably
from pipelines.publish import read_pointer
from pipelines.serving import Build, open_file
from pipelines.settings import Settings
from pipelines.sqlfiles import definitions_version

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Advice:
    """All of it as of one instant."""

    as_of: datetime
    findings: tuple[Finding, ...]
    """The most pressing first; without the ids of records."""

    paces: tuple[Pace, ...]
    curves: tuple[Curve, ...]
    runways: tuple[Runway, ...]
    accuracies: tuple[Accuracy, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Advice with what it rests on beside the records."""

    made_with: str
    advice: Advice


_FORM: TypeAdapter[_Kept] = TypeAdapter(_Kept)


def work_out(build: Build, settings: Settings, as_of: datetime) -> Advice:
    """Return the advice of `build` as of the aware instant `as_of`."""
    connection = build.connection
    paces = pace(connection, as_of=as_of, settings=settings, with_path=True)
    return Advice(
        as_of,
        tuple(findings_of(build, settings, as_of)),
        tuple(paces),
        curves(connection, paces, as_of=as_of),
        tuple(runway(connection, as_of=as_of, settings=settings)),
        tuple(accuracy(connection, as_of=as_of, settings=settings)),
    )


def keep_advice(place: Place, settings: Settings) -> None:
    """Work out the advice of the newest build as of its watermark, and keep it beside the build.

    A load must not fail because of it: what goes wrong is logged, and a reader works it out.
    """
    pointer = read_pointer(place)
    if pointer is None:
        return
    file = place.serving / str(pointer["file"])
    try:
        build = open_file(file)
        try:
            if build.watermark is None or kept_advice(file, settings) is not None:
                return
            advice = work_out(build, settings, build.watermark)
        finally:
            build.connection.close()
        write_durably(_beside(file), _FORM.dump_json(_Kept(made_with(settings), advice)))
        _remove_stray(place)
    except Exception:
        log.exception("no advice could be kept for build %s", file.stem)


def kept_advice(file: Path, settings: Settings) -> Advice | None:
    """The advice kept for a build; None where there is none that these settings would give."""
    try:
        kept = _FORM.validate_json(_beside(file).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return kept.advice if kept.made_with == made_with(settings) else None


def _remove_stray(place: Place) -> None:
    """Remove the advice of builds that are gone."""
    for path in place.serving.glob("*.advice.json"):
        if not path.with_name(path.name.replace(".advice.json", ".duckdb")).exists():
            path.unlink(missing_ok=True)


def _beside(file: Path) -> Path:
    return file.with_suffix(".advice.json")


def made_with(settings: Settings) -> str:
    """Return what advice rests on beside the records, as a digest of settings and definitions.

    The home and where files come from are left out, so that they may move.
    """
    chosen = settings.model_dump_json(exclude={"home", "inbox", "inbox_quiet"})
    made = f"{__version__}{definitions_version()}{chosen}"
    return hashlib.sha256(made.encode()).hexdigest()
