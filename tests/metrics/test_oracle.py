"""The published figures against the oracle, a plain reading of the definitions, on random worlds.

Each world is written to files, ingested, published and asked; every figure of every row must be the
oracle's, for calendar and rolling windows in awkward zones and for any instant as `as_of`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.asof import build_as_of
from pipelines.windows import CALENDAR_NAMES, ROLLING_LENGTHS, Window, rolling_window
from tests.oracle import calendar_windows, random_world, windows_rows
from tests.oracle.examples import at, moment, owned, trade
from tests.oracle.records import event_times
from tests.warehouse import UNSHRUNK, World, answer, ingest_world, place_of, settings_of

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
QUARTER = timedelta(minutes=15)
MOST_SPANS = 30
LEDGER_ENTRY = owned(entry_id="e-1", currency="EUR", delta="1", reason="payin_credit", ref="f-1")


OTHERS = ("ledger_exceptions",)
"""Figures that another oracle reads: reconciliation has its own."""


def differences(mine: Sequence[dict[str, Any]], theirs: Sequence[dict[str, object]]) -> list[str]:
    """Every figure in which the two answers differ, with where it stands."""
    names = ("pool_id", "currency", "window", "window_start", "window_end")
    asked = {tuple(row[name] for name in names): row for row in mine}
    expected = {tuple(row[name] for name in names): row for row in theirs}
    found = [f"row only served: {key}" for key in asked.keys() - expected.keys()]
    found += [f"row not served: {key}" for key in expected.keys() - asked.keys()]
    for key in asked.keys() & expected.keys():
        found += [
            f"{name} {value} instead of {expected[key][name]} at {key}"
            for name, value in asked[key].items()
            if name not in OTHERS and value != expected[key][name]
        ]
    return found


def calendar_of(world: World, random: Random) -> list[Window]:
    """Calendar windows of every length over the world's days, in two zones."""
    times = event_times(world)
    windows = set()
    for zone in random.sample(ZONES, 2):
        for name in CALENDAR_NAMES:
            spans = calendar_windows(name, times[0], times[-1], ZoneInfo(zone))
            chosen = spans if len(spans) < MOST_SPANS else random.sample(spans, MOST_SPANS)
            windows |= {Window(start, end, name) for start, end in chosen}
    return sorted(windows, key=lambda window: (window.name, window.start))


def as_ofs_of(world: World, random: Random) -> list[datetime | None]:
    """The watermark, a quarter of an hour, an event's own instant and one beside it."""
    times = event_times(world)
    event = random.choice(times)
    aligned = event.replace(minute=event.minute // 15 * 15, second=0, microsecond=0)
    beside = random.choice(times) + timedelta(microseconds=random.choice((-1, 1, 77)))
    return [None, random.choice((aligned, aligned + QUARTER)), event, beside]


def check(world: World, random: Random, home: Path) -> int:
    """Compare every figure of one world; returns how many rows there were."""
    ingest_world(home, world)
    compared = 0
    for wanted in as_ofs_of(world, random):
        with build_as_of(settings_of(home), place_of(home), wanted) as build:
            as_of = wanted or build.watermark
            if as_of is None:
                assert not expected_rows(world, calendar_of(world, random), None)
                continue
            rolling = {rolling_window(name, as_of) for name in ROLLING_LENGTHS}
            windows = [*{*calendar_of(world, random), *rolling}]
            mine = answer(build.connection, windows, as_of)
            theirs = expected_rows(world, windows, wanted)
            assert not differences(mine, theirs), wanted
            compared += len(mine)
    return compared


def expected_rows(
    world: World, windows: Sequence[Window], as_of: datetime | None
) -> list[dict[str, object]]:
    """The oracle's answer for the owner that most records belong to."""
    return [
        row
        for name in {window.name for window in windows}
        for row in windows_rows(
            world,
            partner_id="acme",
            environment="production",
            window=name,
            starts_ends=[(each.start, each.end) for each in windows if each.name == name],
            as_of=as_of,
        )
    ]


@pytest.mark.parametrize("seed", range(8))
def test_every_figure_is_the_oracles(seed: int, tmp_path: Path) -> None:
    assert check(random_world(seed, 90), Random(seed), tmp_path / "home") > 100


@given(seed=st.integers(0, 2**32 - 1), size=st.integers(50, 120))
@settings(max_examples=3, phases=UNSHRUNK)
def test_every_figure_of_any_world_is_the_oracles(seed: int, size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(random_world(seed, size), Random(seed), Path(folder) / "home")


def test_a_trade_known_to_have_ended_before_its_creation_makes_a_lane_from_its_end_on(
    tmp_path: Path,
) -> None:
    ended_early = trade("t1", at("12:00"), "100", settled=at("10:05"))
    world = {
        "trades": [{**each, "side": "on_ramp"} for each in ended_early],
        "ledger": [{**LEDGER_ENTRY, "created_at": at("13:00")}],
    }
    ingest_world(tmp_path / "home", world)
    place, chosen = place_of(tmp_path / "home"), settings_of(tmp_path / "home")
    windows = [Window(moment("10:00"), moment("11:00"), "1h")]
    for clock, rows in (("10:05", 0), ("10:05:00.000001", 1), ("11:00", 1)):
        with build_as_of(chosen, place, moment(clock)) as build:
            mine = answer(build.connection, windows, moment(clock))
        assert len(mine) == rows
        assert not differences(mine, expected_rows(world, windows, moment(clock)))
