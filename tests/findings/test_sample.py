"""Each planted incident of the sample is found by its rule; the quiet months stay quiet.

Goal: every story either has a rule that fires for its pool from its own time on, or a reason why it
is nothing to find; where nothing happened no rule fires more than once a month for a pool; a
replay says what asking instant by instant says. Method: the committed size of the sample, told and
untold, judged from its builds.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from benchmarks.sample_findings import PLANTED, found_in_time, span
from benchmarks.sample_findings import episodes as episodes_of
from pipelines.findings.asking import replay_of
from pipelines.findings.catalogue import ALL_RULES
from pipelines.findings.judging import read_findings
from pipelines.findings.options import Options
from pipelines.findings.replaying import Fired, replay
from pipelines.sample.stories import STORIES, Calendar
from pipelines.serving import Build
from pipelines.settings import Settings
from pipelines.windows import QUARTER_HOUR

START, END = datetime(2026, 5, 17, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
NOTHING_TO_FIND = {
    "late_records": "by event time nothing is missing once they have come; Data health tells of it",
    "quotes_seen_again": "a rejection that is recorded later is how records work",
    "band_raised": "a change of terms, which the review shows",
}
CALENDAR = Calendar(date(2026, 6, 30), 45, told=True)


@pytest.fixture(scope="module")
def episodes(told: Build) -> list[Fired]:
    assert told.watermark is not None
    return replay(
        told.connection, start=START, end=END, watermark=told.watermark, options=Options()
    )


@pytest.fixture(scope="module")
def every(told: Build) -> list[Fired]:
    """The episodes of all rules, those that look at forecasts too."""
    return replay_of(told, Settings(), START, END)


def test_every_story_has_its_rule_or_a_reason() -> None:
    assert {story for story, _, _ in PLANTED} | NOTHING_TO_FIND.keys() == STORIES.keys()
    assert {rule for _, rule, _ in PLANTED} <= ALL_RULES.keys()


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: f"{one[0]} by {one[1]}")
def test_a_planted_incident_is_found_in_its_own_time(
    every: list[Fired], planted: tuple[str, str, str | None]
) -> None:
    assert found_in_time(every, CALENDAR, planted), [
        (one.pool_id, one.currency, one.fired_at) for one in every if one.rule == planted[1]
    ]


def test_a_runway_speaks_days_before_a_balance_is_low_and_calls_are_refused(
    every: list[Fired],
) -> None:
    start, end = span(CALENDAR, "balance_low")
    own = [one for one in every if one.currency == "EUR" and start <= one.fired_at < end]
    due, low = (
        min(one.fired_at for one in own if one.rule == rule)
        for rule in ("top_up_due", "balance_low")
    )
    assert due <= low - timedelta(days=1)
    assert {one.currency for one in every if one.rule in ("top_up_due", "balance_low")} == {"EUR"}


@pytest.mark.parametrize("story", ["outage", "rate_wobble", "band_binds", "webhooks_fail"])
def test_a_sudden_incident_is_found_while_it_lasts_and_is_over_within_a_day(
    episodes: list[Fired], story: str
) -> None:
    start, end = span(CALENDAR, story)
    rule, about = next((rule, about) for name, rule, about in PLANTED if name == story)
    own = [one for one in episodes if one.rule == rule and about in (one.pool_id, one.currency)]
    first = min((one for one in own if one.fired_at >= start), key=lambda one: one.fired_at)
    assert start < first.fired_at <= end + timedelta(minutes=30)
    assert first.recovered_at is not None
    assert first.recovered_at < end + timedelta(days=1)


def test_on_quiet_months_nothing_fires_more_than_once_a_month_for_a_pool(quiet: Build) -> None:
    found = replay_of(quiet, Settings(), datetime(2026, 4, 17, tzinfo=UTC), END)
    fired = Counter((about, since.month) for _, about, since in episodes_of(found))
    assert max(fired.values(), default=0) <= 1, fired
    assert "balance_low" not in {one.rule for one in found}


def test_a_replay_says_what_asking_instant_by_instant_says(
    told: Build, episodes: list[Fired]
) -> None:
    random = Random(3)
    edges = [one.fired_at for one in episodes]
    moments = [edge - QUARTER_HOUR for edge in random.sample(edges, 4)]
    moments += random.sample(edges, 4)
    moments += [START + random.randrange(1000, 4000) * QUARTER_HOUR for _ in range(4)]
    for at in moments:
        asked = read_findings(told.connection, as_of=at, watermark=at, options=Options())
        firing = {
            (one.rule, one.severity, one.pool_id, one.currency, one.since)
            for one in asked
            if one.state in ("firing", "recovering")
        }
        replayed = {
            (one.rule, one.severity, one.pool_id, one.currency, one.since)
            for one in episodes
            if one.fired_at <= at and (one.recovered_at is None or one.recovered_at > at)
        }
        assert firing <= replayed
        highest = {one[0] for one in replayed - firing}
        assert highest <= {"reservations_stuck", "balance_low"}  # whose higher level was told


def test_an_earlier_instant_sees_nothing_of_what_came_after(told: Build) -> None:
    at = datetime(2026, 6, 17, 11, tzinfo=UTC)
    assert told.watermark is not None
    from_later = read_findings(
        told.connection, as_of=at, watermark=told.watermark, options=Options()
    )
    from_then = read_findings(told.connection, as_of=at, watermark=at, options=Options())
    assert [one.row for one in from_later] == [one.row for one in from_then]
