"""Which span a review has: named calendar periods of the program's own zone, complete ones only,
and of an open one the elapsed part against the same part of the period before. Method: names are
turned into windows and back over all zones that matter, and terms are changed in mid-period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipelines.errors import UsageError
from pipelines.pack.scope import Scope, Wanted, named_period, period_name, scope_of
from pipelines.places import Place
from pipelines.review.terms import Terms
from pipelines.windows import Window, calendar_windows

HERE = Place(Path("home"), "production", "acme")
ZONES = ("UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def terms(since: datetime, *pools: str, zone: str = "Europe/Berlin") -> Terms:
    return Terms(
        program_id="lp",
        effective_from=since,
        product="wallet",
        program_type=None,
        approved_pools=pools,
        funding_model=None,
        support_sla_label=None,
        phase="pilot",
        time_zone=zone,
        review_cadence="monthly",
        funding_ready=True,
        webhooks_ready=True,
        monitoring_ready=True,
        support_ready=True,
        first_order_limit=None,
    )


def asked(
    period: str, as_of: datetime, *versions: Terms, partial: bool = False, program: str = "lp"
) -> Scope:
    return scope_of(
        HERE,
        {"lp": versions or (terms(FIRST, "EUR-USDT"),)},
        Wanted(program, period, allow_partial=partial),
        first_event=FIRST,
        as_of=as_of,
        exact=(as_of,),
    )


def bounds(window: Window, zone: str) -> tuple[str, str]:
    here = ZoneInfo(zone)
    return tuple(f"{at.astimezone(here):%Y-%m-%d %H:%M}" for at in (window.start, window.end))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("2026-06", "2026-06-01 00:00", "2026-07-01 00:00"),
        ("2026-Q1", "2026-01-01 00:00", "2026-04-01 00:00"),
        ("2026-W26", "2026-06-22 00:00", "2026-06-29 00:00"),
        ("2026-W01", "2025-12-29 00:00", "2026-01-05 00:00"),
        ("2020-W53", "2020-12-28 00:00", "2021-01-04 00:00"),
    ],
)
def test_a_name_is_a_whole_period_of_the_zone(name: str, first: str, after: str) -> None:
    for zone in ZONES:
        assert bounds(named_period(name, zone), zone) == (first, after)


@pytest.mark.parametrize(
    "name", ["2026-13", "2026-W54", "2026-W00", "2025-W53", "2026-Q5", "june", "2026-06 ", ""]
)
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no period"):
        named_period(name, "UTC")


@given(
    hours=some.integers(0, 98 * 365 * 24),
    window=some.sampled_from(("week", "month", "quarter")),
    zone=some.sampled_from(ZONES),
)
def test_every_period_is_found_again_by_its_name(hours: int, window: str, zone: str) -> None:
    at = datetime(2001, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    (found, *_) = calendar_windows(window, at, at + timedelta(minutes=1), zone)
    assert named_period(period_name(found, zone), zone) == found


def test_a_period_that_is_not_over_is_refused_and_says_when_it_ends() -> None:
    with pytest.raises(UsageError, match=r"2026-06 is not over.*2026-06-30T22:00:00Z.*partial"):
        asked("2026-06", datetime(2026, 6, 30, 21, 59, tzinfo=UTC))
    whole = asked("2026-06", datetime(2026, 6, 30, 22, tzinfo=UTC))
    assert not whole.is_partial
    assert whole.before.end == whole.window.start


def test_an_open_period_is_compared_with_the_same_elapsed_part() -> None:
    as_of = datetime(2026, 3, 31, 10, tzinfo=UTC)  # summer time began on 29 March
    scope = asked("2026-03", as_of, partial=True)
    assert scope.is_partial
    assert scope.window.end == as_of
    assert bounds(scope.window, scope.zone) == ("2026-03-01 00:00", "2026-03-31 12:00")
    # February ends before its 31st day begins.
    assert bounds(scope.before, scope.zone) == ("2026-02-01 00:00", "2026-03-01 00:00")
    week = asked("2026-W12", datetime(2026, 3, 18, 11, tzinfo=UTC), partial=True)
    assert bounds(week.before, week.zone) == ("2026-03-09 00:00", "2026-03-11 12:00")


def test_a_period_of_which_nothing_is_known_is_refused() -> None:
    long_ago = terms(datetime(2025, 1, 1, tzinfo=UTC), "EUR-USDT")
    for name in ("2025-12", "2027-01"):
        with pytest.raises(UsageError, match="nothing is known"):
            asked(name, datetime(2026, 6, 1, tzinfo=UTC), long_ago, partial=True)


def test_an_unknown_program_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UsageError, match=r"no program 'other'.*programs: lp"):
        asked("2026-05", datetime(2026, 6, 2, tzinfo=UTC), program="other")


def test_pools_are_all_that_were_approved_within_the_period() -> None:
    versions = (
        terms(FIRST, "OLD-A"),
        terms(datetime(2026, 2, 10, tzinfo=UTC), "EUR-A", "EUR-B"),
        terms(datetime(2026, 3, 10, tzinfo=UTC), "EUR-B", "EUR-C"),
        terms(datetime(2026, 4, 2, tzinfo=UTC), "EUR-D"),
    )
    scope = asked("2026-03", datetime(2026, 5, 1, tzinfo=UTC), *versions)
    assert scope.pools == ("EUR-B", "EUR-C", "EUR-A")
    assert scope.terms is versions[2]


def test_the_clock_is_that_of_the_terms_in_force_as_the_period_ends() -> None:
    versions = (
        terms(FIRST, "EUR-A"),
        terms(datetime(2026, 5, 1, tzinfo=UTC), "EUR-A", zone="Asia/Kolkata"),
    )
    scope = asked("2026-03", datetime(2026, 6, 1, tzinfo=UTC), *versions)
    assert scope.zone == "Europe/Berlin"
    assert asked("2026-05", datetime(2026, 6, 1, tzinfo=UTC), *versions).zone == "Asia/Kolkata"


def test_a_program_that_began_later_had_no_terms_then() -> None:
    began = terms(datetime(2026, 4, 1, tzinfo=UTC), "EUR-A")
    with pytest.raises(UsageError, match="no terms in force by the end of 2026-02"):
        asked("2026-02", datetime(2026, 6, 1, tzinfo=UTC), began)
