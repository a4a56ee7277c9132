"""When an exception was first seen and when later records closed it: kept when the records say
otherwise by now, and kept when the warehouse is made anew from landing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.ingest import Ingestion
from pipelines.operations import rebuild_place, verify_place
from pipelines.sightings import FILE, append_sightings, read_sightings
from tests.reconciliation.stories import clock, entry, exceptions, kinds, trade, world
from tests.warehouse import Record, place_of, settings_of, write_world

MONDAY = datetime(2026, 6, 15, 8, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)


def arrive(home: Path, moment: datetime, *parts: dict[str, list[Record]]) -> None:
    """One load of these records at that moment."""
    files = write_world(home.with_name(f"files-{moment:%d%H%M%S}"), world(*parts))
    Ingestion(settings_of(home), at=moment).run(files)


def times(home: Path) -> list[tuple[str, str | None, str | None]]:
    """State, first seen and resolved of every exception."""
    return [
        (
            row["state"],
            f"{row['first_seen_at']:%a}" if row["first_seen_at"] else None,
            f"{row['resolved_at']:%a}" if row["resolved_at"] else None,
        )
        for row in exceptions(home, "open", "pending", "resolved")
    ]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A trade without its debit was loaded on Monday, the debit on Tuesday."""
    home = tmp_path / "home"
    arrive(home, MONDAY, {"trades": trade(1, 0)}, clock(60))
    arrive(home, TUESDAY, {"ledger": [entry(1, 1, "-100.00", "q1")]}, clock(90))
    return home


def test_a_late_file_closes_an_exception_and_its_history_stays(home: Path) -> None:
    assert times(home) == [("resolved", "Mon", "Tue")]
    arrive(home, WEDNESDAY, clock(120))
    assert times(home) == [("resolved", "Mon", "Tue")]


def test_what_was_never_open_has_no_history(tmp_path: Path) -> None:
    home = tmp_path / "home"
    arrive(home, MONDAY, {"trades": trade(1, 0)}, clock(10))
    assert times(home) == [("pending", None, None)]
    arrive(home, TUESDAY, {"ledger": [entry(1, 1, "-100.00", "q1")]}, clock(90))
    assert times(home) == []


def test_an_exception_is_first_seen_when_the_watermark_has_reached_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    arrive(home, MONDAY, {"trades": trade(1, 0)}, clock(10))
    arrive(home, TUESDAY, clock(90))
    assert times(home) == [("open", "Tue", None)]


def test_an_exception_that_opens_again_was_seen_the_first_time(home: Path) -> None:
    other = entry(1, 1, "-1.00", "q404")
    arrive(home, WEDNESDAY, {"ledger": [other]})
    found = {kind for kind, _ in kinds(home, "open")}
    assert found in ({"conflict"}, {"conflict", "trade_without_debit", "debit_without_trade"})
    states = {row["kind"]: row for row in exceptions(home, "open", "resolved")}
    assert f"{states['trade_without_debit']['first_seen_at']:%a}" == "Mon"
    is_open = "trade_without_debit" in found
    assert (states["trade_without_debit"]["resolved_at"] is None) == is_open


def test_an_exception_stays_the_same_one_when_more_is_told_of_its_trade(tmp_path: Path) -> None:
    home = tmp_path / "home"
    arrive(home, MONDAY, {"trades": trade(1, 0), "ledger": [entry(1, 0, "5.00", "q2")]}, clock(60))
    later = [{**each, "partner_reference": "o1"} for each in trade(1, 0, ends="settled")[1:]]
    arrive(home, TUESDAY, {"trades": [*later, *trade(2, -1, "5.00")]})
    told = [
        (row["kind"], row["transact_id"], f"{row['first_seen_at']:%a}")
        for row in exceptions(home, "open", "pending", "resolved")
    ]
    assert sorted(told) == [
        ("refund_without_trade", "t2", "Mon"),
        ("trade_without_debit", "t1", "Mon"),
        ("trade_without_debit", "t2", "Tue"),
    ]


def test_a_warehouse_made_anew_tells_the_same_history(home: Path) -> None:
    told = exceptions(home, "open", "pending", "resolved")
    rebuild_place(settings_of(home), place_of(home))
    assert exceptions(home, "open", "pending", "resolved") == told
    lines = (place_of(home).landing / FILE).read_bytes()
    assert all(check.holds for check in verify_place(settings_of(home), place_of(home)))
    assert (place_of(home).landing / FILE).read_bytes() == lines


def test_a_sighting_that_a_crash_cut_off_is_none_and_the_next_is_whole(tmp_path: Path) -> None:
    append_sightings(tmp_path, ['{"a":1}'])
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes() + b'{"b":')
    append_sightings(tmp_path, ['{"c":3}'])
    assert list(read_sightings(tmp_path)) == ['{"a":1}', '{"c":3}']
