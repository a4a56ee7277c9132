"""What the rules find in the sample: each planted incident, and next to nothing on quiet months.

Every rule is replayed as `utilization findings --replay` does, those that look at forecasts too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from benchmarks.measures import Outcome
from pipelines.findings.asking import replay_of
from pipelines.findings.catalogue import ALL_RULES
from pipelines.findings.replaying import Fired
from pipelines.ingest import Ingestion
from pipelines.places import Place
from pipelines.sample.lane import LaneWriter
from pipelines.sample.partners import lanes
from pipelines.sample.stories import Calendar
from pipelines.serving import opened
from pipelines.settings import Settings
from pipelines.utilization import windows_table
from pipelines.windows import calendar_windows

END, QUOTES_PER_DAY = date(2026, 6, 30), 500
TOLD_DAYS, TOLD_SEED = 45, 7
"""The size and the seed of the sample in `data/sample`."""

QUIET_DAYS, QUIET_SAMPLES = 100, 4
QUIET_SEED = 2026

PLANTED: tuple[tuple[str, str, str | None], ...] = (
    ("snapshots_missing", "availability_unknown", "EUR-USDT"),
    ("ledger_gaps", "ledger_does_not_tie", "EUR-USDC"),
    ("band_binds", "limit_errors_rising", "EUR-USDT"),
    ("band_binds", "limit_pace_exceeds", "EUR-USDT"),
    ("band_binds", "retry_storm", "EUR-USDT"),
    ("webhooks_fail", "webhooks_failing", None),
    ("debit_without_trade", "ledger_does_not_tie", None),
    ("outage", "localized_unavailability", "EUR-USDC"),
    ("outage", "repeated_unavailability", "EUR-USDC"),
    ("amount_off", "ledger_does_not_tie", "GBP-USDT"),
    ("slow_release", "expiry_spike", "EUR-EURC"),
    ("slow_release", "high_demand_low_acceptance", "EUR-EURC"),
    ("slow_release", "conflicts_rising", "EUR-EURC"),
    ("dead_letters", "webhooks_missing", "EUR-USDC"),
    ("reservations_stuck", "reservations_stuck", "EUR-USDT"),
    ("rate_wobble", "repeated_unavailability", "GBP-USDT"),
    ("rate_wobble", "localized_unavailability", "GBP-USDT"),
    ("balance_low", "balance_low", "EUR"),
    ("balance_low", "top_up_due", "EUR"),
    ("refund_missing", "ledger_does_not_tie", "EUR-USDT"),
    ("trades_returned", "trades_returned", "BRL-USDT"),
    ("orders_missing", "orders_do_not_match", "EUR-EURC"),
    ("duplicate_entry", "ledger_does_not_tie", "EUR-USDC"),
    ("contradictions", "records_contradict", "EUR-USDT"),
)
"""Each incident, a rule that finds it, and its pool or currency; the first is its own rule."""

LATER: dict[str, timedelta] = {"trades_returned": timedelta(days=3)}
"""Incidents that show until so long after they began."""

PARTNER, ZONE = "lumen-wallet", "Europe/Berlin"
USED_UP = Decimal("0.95")

Episode = tuple[str, str, datetime]
"""A rule, the pool or currency, and since when."""


def findings_planted(folder: Path, _scale: float) -> Outcome:
    """The share of planted incidents that are found in time, by each rule that is to find them."""
    calendar = Calendar(END, TOLD_DAYS, told=True)
    found = replayed(folder, calendar, TOLD_SEED)
    missed = [
        f"{rule} of {story}"
        for story, rule, about in PLANTED
        if not found_in_time(found, calendar, (story, rule, about))
    ]
    share = 1 - len(missed) / len(PLANTED)
    told = (
        f"{len(PLANTED) - len(missed)} of {len(PLANTED)} by {len(ALL_RULES)} rules, of"
        f" {len({story for story, _, _ in PLANTED})} incidents"
    )
    return Outcome(share * 100, " %", 100, None, "; ".join([told, *missed]), is_least=True)


def findings_quiet(folder: Path, scale: float) -> Outcome:
    """The most often that a rule fires for one pool or currency in a month in which nothing was.

    A month in which a pool's band was used up is none of these, though nobody planted that: the
    band did bind, and rules are to say so.
    """
    fired: Counter[tuple[int, str, str, int]] = Counter()
    samples, bound = max(round(QUIET_SAMPLES * scale), 1), 0
    for number in range(samples):
        calendar = Calendar(END, QUIET_DAYS, told=False)
        own = folder / str(number)
        own.mkdir()
        found = replayed(own, calendar, QUIET_SEED + number)
        used_up = months_used_up(own / "home", calendar)
        bound += len(used_up)
        for rule, about, since in episodes(found):
            fired[number, rule, about, since.month] += (about, since.month) not in used_up
    (_, rule, about, month), most = max(fired.items(), key=lambda one: one[1])
    pools: Counter[tuple[int, str, int]] = Counter()
    for (number, _, pool, at), count in fired.items():
        pools[number, pool, at] += count
    told = (
        f"{fired.total()} episodes of {len(ALL_RULES)} rules in {samples} samples of"
        f" {QUIET_DAYS} days, without {bound} months of a pool whose band was used up; most of"
        f" {rule}, {about} in month {month}; of all rules at most {max(pools.values())} for one"
        " pool and month"
    )
    return Outcome(most, "", 1, None, told)


def months_used_up(home: Path, calendar: Calendar) -> set[tuple[str, int]]:
    """The pools and months in which a day used at least 19 twentieths of its band."""
    start = datetime.combine(calendar.first, datetime.min.time(), UTC)
    end = start + timedelta(days=calendar.days)
    days = calendar_windows("day", start, end, ZONE)
    with opened(Place(home, "production", PARTNER)) as build:
        rows = windows_table(build.connection, days, as_of=end).to_pylist()
    return {
        (row["pool_id"], (row["window_end"] - timedelta(hours=12)).month)
        for row in rows
        if row["daily_band_usage"] is not None and row["daily_band_usage"] >= USED_UP
    }


def replayed(folder: Path, calendar: Calendar, seed: int) -> list[Fired]:
    """Write the sample's first partner, load it, and replay every rule over its days."""
    with opened(filled(folder, calendar, seed)) as build:
        start = datetime.combine(calendar.first, datetime.min.time(), UTC)
        end = start + timedelta(days=calendar.days)
        return replay_of(build, Settings(home=folder / "home"), start, end)


def filled(folder: Path, calendar: Calendar, seed: int) -> Place:
    """Return a home with the production records of the sample's first partner."""
    records, home = folder / "records", folder / "home"
    records.mkdir()
    every = lanes(1, QUOTES_PER_DAY, calendar.days)
    lane = next(one for one in every if one.environment == "production")
    LaneWriter(lane, calendar, records, seed, packed=False).write(lambda _: None)
    at = datetime.combine(calendar.end + timedelta(days=1), datetime.min.time(), UTC)
    Ingestion(Settings(home=home), at=at + timedelta(minutes=5)).run([records])
    return Place(home, lane.environment, lane.partner_id)


def found_in_time(
    found: list[Fired], calendar: Calendar, planted: tuple[str, str, str | None]
) -> bool:
    """Whether a rule fires within an incident, or within a day after it."""
    story, rule, about = planted
    start, end = span(calendar, story)
    return any(
        one.rule == rule
        and about in (one.pool_id, one.currency)
        and one.fired_at < end + timedelta(days=1)
        and (one.recovered_at is None or one.recovered_at > start)
        for one in found
    )


def span(calendar: Calendar, story: str) -> tuple[datetime, datetime]:
    """When an incident begins to show, and when it is over."""
    start, end = (datetime.fromtimestamp(at / 1000, UTC) for at in calendar.span(story))
    return start, start + LATER[story] if story in LATER else end


def episodes(found: list[Fired]) -> set[Episode]:
    """Each episode once, whatever it rose to."""
    return {(one.rule, one.pool_id or one.currency or "", one.since) for one in found}


SAMPLES: dict[str, Callable[[Path, float], Outcome]] = {
    measure.__name__: measure for measure in (findings_planted, findings_quiet)
}
