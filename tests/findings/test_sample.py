"""Each planted incident of the sample is found by its rule; the quiet months stay quiet.

Goal: every story either has a rule that fires for its pool from its own time on, or a reason why it
is nothing to find; where nothing happened no rule fires more than once a month for a pool; a
replay says what asking instant by instant says. Method: the committed size of the sample, told and
untold, judged from its builds.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from pipelines.findings.catalogue import RULES
from pipelines.findings.judging import read_findings
from pipelines.findings.options import Options
from pipelines.findings.replaying import Fired, replay
from pipelines.sample.stories import STORIES
from pipelines.serving import Build
from pipelines.windows import QUARTER_HOUR

START, END = datetime(2026, 5, 17, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
FOUND_BY: dict[str, tuple[str, str | None]] = {
    "snapshots_missing": ("availability_unknown", "EUR-USDT"),
    "ledger_gaps": ("ledger_does_not_tie", "EUR-USDC"),
    "band_binds": ("limit_errors_rising", "EUR-USDT"),
    "webhooks_fail": ("webhooks_failing", None),
    "debit_without_trade": ("ledger_does_not_tie", None),
    "outage": ("localized_unavailability", "EUR-USDC"),
    "amount_off": ("ledger_does_not_tie", "GBP-USDT"),
    "slow_release": ("expiry_spike", "EUR-EURC"),
    "dead_letters": ("webhooks_missing", "EUR-USDC"),
    "reservations_stuck": ("reservations_stuck", "EUR-USDT"),
    "rate_wobble": ("repeated_unavailability", "GBP-USDT"),
    "balance_low": ("balance_low", "EUR"),
    "refund_missing": ("ledger_does_not_tie", "EUR-USDT"),
    "trades_returned": ("trades_returned", "BRL-USDT"),
    "orders_missing": ("orders_do_not_match", "EUR-EURC"),
    "duplicate_entry": ("ledger_does_not_tie", "EUR-USDC"),
    "contradictions": ("records_contradict", "EUR-USDT"),
}
NOTHING_TO_FIND = {
    "late_records": "by event time nothing is missing once they have come; Data health tells of it",
    "quotes_seen_again": "a rejection that is recorded later is how records work",
    "band_raised": "a change of terms, which the review shows",
}
ALSO_FOUND_BY: list[tuple[str, str, str]] = [
    ("outage", "repeated_unavailability", "EUR-USDC"),
    ("rate_wobble", "localized_unavailability", "GBP-USDT"),
    ("slow_release", "high_demand_low_acceptance", "EUR-EURC"),
    ("slow_release", "conflicts_rising", "EUR-EURC"),
    ("band_binds", "retry_storm", "EUR-USDT"),
]


@pytest.fixture(scope="module")
def episodes(told: Build) -> list[Fired]:
    assert told.watermark is not None
    return replay(
        told.connection, start=START, end=END, watermark=told.watermark, options=Options()
    )


def span(story: str) -> tuple[datetime, datetime]:
    one = STORIES[story]
    start = datetime(2026, 6, 30, tzinfo=UTC) - timedelta(days=one.days_before_end)
    start += timedelta(hours=one.hour)
    lasts = timedelta(days=3) if story == "trades_returned" else timedelta(hours=one.hours)
    return start, start + lasts  # traded on one day, returned until the third after it


def holding(episodes: list[Fired], rule: str, about: str | None) -> list[Fired]:
    return [one for one in episodes if one.rule == rule and about in (one.pool_id, one.currency)]


def test_every_story_has_its_rule_or_a_reason() -> None:
    assert FOUND_BY.keys() | NOTHING_TO_FIND.keys() == STORIES.keys()
    assert {rule for rule, _ in FOUND_BY.values()} <= RULES.keys()


@pytest.mark.parametrize(
    ("story", "rule", "about"),
    [*((story, *found) for story, found in FOUND_BY.items()), *ALSO_FOUND_BY],
)
def test_a_planted_incident_is_found_in_its_own_time(
    episodes: list[Fired], story: str, rule: str, about: str | None
) -> None:
    start, end = span(story)
    found = holding(episodes, rule, about)
    within = [
        one
        for one in found
        if one.fired_at < end + timedelta(days=1)
        and (one.recovered_at is None or one.recovered_at > start)
    ]
    assert within, [(one.rule, one.pool_id, one.fired_at) for one in found]


@pytest.mark.parametrize("story", ["outage", "rate_wobble", "band_binds", "webhooks_fail"])
def test_a_sudden_incident_is_found_while_it_lasts_and_is_over_within_a_day(
    episodes: list[Fired], story: str
) -> None:
    start, end = span(story)
    rule, about = FOUND_BY[story]
    first = min(
        (one for one in holding(episodes, rule, about) if one.fired_at >= start),
        key=lambda one: one.fired_at,
    )
    assert start < first.fired_at <= end + timedelta(minutes=30)
    assert first.recovered_at is not None
    assert first.recovered_at < end + timedelta(days=1)


def test_on_quiet_months_nothing_fires_more_than_once_a_month_for_a_pool(quiet: Build) -> None:
    assert quiet.watermark is not None
    episodes = replay(
        quiet.connection,
        start=datetime(2026, 4, 17, tzinfo=UTC),
        end=END,
        watermark=quiet.watermark,
        options=Options(),
    )
    pools = Counter((one.pool_id, one.fired_at.month) for one in episodes if not one.currency)
    assert max(pools.values(), default=0) <= 1, pools
    # A balance under its floor is a fact about money: some weekends end so, until money comes.
    low = [one for one in episodes if one.currency]
    assert {one.rule for one in low} <= {"balance_low"}
    currencies = Counter((one.currency, one.fired_at.month) for one in low)
    assert max(currencies.values(), default=0) <= 2, currencies
    for earlier, later in pairwise(sorted(low, key=lambda one: (one.currency, one.fired_at))):
        if earlier.currency == later.currency:
            assert earlier.recovered_at is not None
            assert later.fired_at - earlier.recovered_at > timedelta(days=1)


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
