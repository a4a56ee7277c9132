"""What must hold of any world whatever its records: the generator repeats itself, its records
keep to their keys, and the oracle's identities, additivity and as-of cut hold on all of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import cast
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from .records import event_times, random_world, worlds
from .rows import windows_rows
from .world import World
from .zones import calendar_windows

ADDITIVE = (
    "quote_requests",
    "firm_quotes",
    "accepted_quotes",
    "open_quotes",
    "trades_created",
    "limit_errors",
    "accepted_volume",
    "settled_volume",
    "failed_volume",
    "released_volume",
    "returned_volume",
)


def rows_of(world: World, window: str, as_of: datetime, zone: str) -> list[dict[str, object]]:
    """Every row of the world's first owner in this window, as of an instant."""
    times = event_times(world)
    spans = calendar_windows(window, times[0], times[-1], ZoneInfo(zone))
    return rows_in(world, window, spans, as_of)


def rows_in(
    world: World, window: str, spans: list[tuple[datetime, datetime]], as_of: datetime
) -> list[dict[str, object]]:
    """The rows of the world's first owner in these windows."""
    return windows_rows(
        world,
        partner_id="acme",
        environment="production",
        window=window,
        starts_ends=spans,
        as_of=as_of,
    )


def test_a_seed_names_one_world_of_the_size_asked_for() -> None:
    assert random_world(7, 50) == random_world(7, 50)
    assert random_world(7, 50) != random_world(8, 50)
    assert 50 <= sum(len(records) for records in random_world(7, 50).values()) < 60


@given(worlds())
@settings(max_examples=25, deadline=None)
def test_no_key_is_repeated_and_one_trade_agrees_with_itself(world: World) -> None:
    observed = Counter(
        (each["partner_id"], each["environment"], each["transact_id"], each["status"])
        for each in world["trades"]
    )
    assert set(observed.values()) <= {1}
    asked = Counter((q["partner_id"], q["environment"], q["request_id"]) for q in world["quotes"])
    assert set(asked.values()) <= {1}
    identity = ("pool_id", "quote_id", "side", "fiat_currency", "fiat_amount")
    stated: dict[object, set[tuple[object, ...]]] = {}
    for each in world["trades"]:
        owner = (each["partner_id"], each["environment"], each["transact_id"])
        stated.setdefault(owner, set()).add(tuple(each[name] for name in identity))
    assert all(len(values) == 1 for values in stated.values())


@given(worlds(), st.integers(0, 10_000), st.sampled_from(["1h", "day", "week"]))
@settings(max_examples=25, deadline=None)
def test_the_parts_of_a_row_add_up(world: World, choice: int, window: str) -> None:
    times = event_times(world)
    for row in rows_of(world, window, times[choice % len(times)], "Europe/Berlin"):
        counts = {name: value for name, value in row.items() if isinstance(value, int)}
        assert counts["quote_requests"] == sum(
            counts[f"{state}_quotes"] for state in ("firm", "indicative", "unavailable", "errored")
        )
        assert counts["firm_quotes"] == sum(
            counts[f"{state}_quotes"] for state in ("accepted", "rejected", "expired", "open")
        )
        start, end = cast(datetime, row["window_start"]), cast(datetime, row["window_end"])
        span = min(end, cast(datetime, row["as_of"])) - start
        minutes = sum(
            cast(Decimal, row[f"{state}_minutes"])
            for state in ("availability", "unavailable", "unknown")
        )
        exact = Decimal(span // timedelta(microseconds=1)) / 60_000_000
        assert minutes == exact.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
        assert cast(Decimal, row["reserved_notional"]) >= 0


@given(worlds(), st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_hours_add_up_to_their_day(world: World, choice: int) -> None:
    times = event_times(world)
    as_of, zone = times[choice % len(times)], "Australia/Lord_Howe"
    sums: dict[tuple[object, ...], Decimal] = {}
    for window, sign in (("1h", -1), ("day", 1)):
        for row in rows_of(world, window, as_of, zone):
            day = cast(datetime, row["window_start"]).astimezone(ZoneInfo(zone)).date()
            for name in ADDITIVE:
                key = (row["pool_id"], row["currency"], day, name)
                sums[key] = sums.get(key, Decimal(0)) + sign * cast(Decimal, row[name])
    assert not any(sums.values())


@given(worlds(), st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_records_of_later_events_change_nothing(world: World, choice: int) -> None:
    times = event_times(world)
    as_of = times[choice % len(times)]
    happened = {
        "quotes": "requested_at",
        "ledger": "created_at",
        "errors": "occurred_at",
        "balances": "observed_at",
        "availability": "observed_at",
    }
    earlier = dict(world)
    for kind, name in happened.items():
        earlier[kind] = [
            record
            for record in world[kind]
            if datetime.fromisoformat(cast(str, record[name])) < as_of
        ]
    spans = calendar_windows("day", times[0], times[-1], ZoneInfo("UTC"))
    assert rows_in(world, "day", spans, as_of) == rows_in(earlier, "day", spans, as_of)
