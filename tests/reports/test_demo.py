"""The demo shows a partner's life up to yesterday, loaded as it would have come.

Goal: what the demo shows is fresh on the day it is started, whenever that is, and holds a day that
changed after it was published. Method: a short sample is loaded into an empty home and asked.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.health import read_health
from pipelines.places import Place
from pipelines.sample import STORIES
from pipelines.serving import opened
from pipelines.settings import load_settings
from reports.demo import load_sample

AT = datetime(2027, 3, 9, 8, 30, tzinfo=UTC)


def test_the_demo_ends_yesterday_and_holds_a_day_that_changed_later(tmp_path: Path) -> None:
    load_sample(load_settings(tmp_path), at=AT, wait_seconds=5, days=19, quotes_per_day=150)
    with opened(Place(tmp_path, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        assert build.watermark.date() == AT.date() - timedelta(days=1)
        changed = read_health(build).restated.to_pylist()
    story = STORIES["late_records"]
    assert {row["day"] for row in changed} == {
        AT.date() - timedelta(days=1 + story.days_before_end)
    }
