"""What is kept beside a build is what would be worked out, and never stands in for another answer.

Goal: advice read from the file equals advice worked out; a setting that changes, a damaged file or
a missing one gives none; files of builds that are gone are removed; a failure is told to the log
and to nobody else. Method: a sample is loaded by the ordinary ingestion, and the files are looked
at and broken by hand.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from pipelines.advice import keep_advice, kept_advice, made_with, work_out
from pipelines.forecast.curves import Curve
from pipelines.places import Place
from pipelines.serving import current_file, opened
from pipelines.settings import Settings, load_settings
from tests.dashboard.sample_home import fill_home


def _steps(curve: Curve) -> list[timedelta]:
    ends: list[datetime] = [at for at, _ in curve.points]
    return [later - earlier for earlier, later in pairwise(ends)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill_home(tmp_path_factory, "advice", partners=1, quotes_per_day=60, days=24)


@pytest.fixture
def place(home: Path) -> Place:
    return Place(home, "production", "lumen-wallet")


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings(home)


@pytest.fixture
def kept(place: Place, settings: Settings) -> Path:
    """The file in which the advice of the build is kept, just written."""
    file = current_file(place).with_suffix(".advice.json")
    file.unlink(missing_ok=True)
    keep_advice(place, settings)
    assert file.is_file()
    return file


def test_what_is_kept_equals_what_is_worked_out(
    place: Place, settings: Settings, kept: Path
) -> None:
    with opened(place) as build:
        assert build.watermark is not None
        worked_out = work_out(build, settings, build.watermark)
    assert kept_advice(current_file(place), settings) == worked_out
    assert worked_out.findings
    assert worked_out.paces
    assert any(one.state == "projected" and one.demand for one in worked_out.runways)


def test_a_curve_ends_at_what_the_pace_says_is_used(place: Place, settings: Settings) -> None:
    with opened(place) as build:
        assert build.watermark is not None
        at = build.watermark.replace(hour=17, minute=15, second=0, microsecond=0)
        advice = work_out(build, settings, at - timedelta(days=1))
    bands = [one for one in advice.paces if one.limit_type == "daily_band" and one.limit]
    assert [(one.pool_id, one.currency) for one in bands] == [
        (curve.pool_id, curve.currency) for curve in advice.curves
    ]
    assert any(one.used for one in bands)
    for one, curve in zip(bands, advice.curves, strict=True):
        assert curve.points[-1] == (advice.as_of, one.used)
        quarters = (advice.as_of - one.window_start) // timedelta(minutes=15)
        assert _steps(curve) == [timedelta(minutes=15)] * (quarters - 1)
        assert curve.points[0][0] == one.window_start + timedelta(minutes=15)


def test_another_setting_has_no_kept_advice(place: Place, settings: Settings, kept: Path) -> None:
    other = settings.model_copy(update={"funding_lead_time": timedelta(days=3)})
    assert made_with(other) != made_with(settings)
    assert kept_advice(current_file(place), other) is None


def test_the_home_may_move(settings: Settings, tmp_path: Path) -> None:
    assert made_with(settings.model_copy(update={"home": tmp_path})) == made_with(settings)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"made_with": "x"}', b"\xff\xfe"])
def test_a_damaged_file_is_no_advice_and_is_written_again(
    place: Place, settings: Settings, kept: Path, content: bytes
) -> None:
    whole = kept.read_bytes()
    kept.write_bytes(content)
    assert kept_advice(current_file(place), settings) is None
    keep_advice(place, settings)
    assert kept.read_bytes() == whole


def test_no_file_is_no_advice(place: Place, settings: Settings, kept: Path) -> None:
    kept.unlink()
    assert kept_advice(current_file(place), settings) is None


def test_advice_that_is_there_is_not_worked_out_again(
    place: Place, settings: Settings, kept: Path
) -> None:
    before = kept.stat().st_mtime_ns
    keep_advice(place, settings)
    assert kept.stat().st_mtime_ns == before


def test_advice_of_builds_that_are_gone_is_removed(
    place: Place, settings: Settings, kept: Path
) -> None:
    stray = kept.with_name("0000000000-1.advice.json")
    stray.write_bytes(kept.read_bytes())
    kept.unlink()
    keep_advice(place, settings)
    assert kept.is_file()
    assert not stray.exists()


def test_a_build_that_cannot_be_read_is_logged_and_fails_nothing(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    home = fill_home(tmp_path_factory, "broken", partners=1, quotes_per_day=20, days=2)
    place = Place(home, "production", "lumen-wallet")
    current_file(place).write_bytes(b"not a database")
    with caplog.at_level(logging.ERROR, "pipelines.advice"):
        keep_advice(place, settings)
    assert "no advice could be kept" in caplog.text
    assert not list(place.serving.glob("*.advice.json"))


def test_a_partner_without_a_build_keeps_nothing(home: Path, settings: Settings) -> None:
    place = Place(home, "production", "nobody")
    keep_advice(place, settings)
    assert not place.serving.exists()
