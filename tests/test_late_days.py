"""Days that changed after they had been published as complete are told.

Goal: whoever compares two readings of one day learns that records came in between, of which kind,
how many and when; a first load, however long its history, restates nothing. Method: records are
ingested in runs that land at different times, and the published table is read; the warehouse is
then made anew from landing and must tell the same.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.ingest import Ingestion
from pipelines.operations import rebuild_place
from pipelines.serving import opened
from tests.warehouse import place_of, settings_of, write_records

START = datetime(2026, 6, 15, 12, tzinfo=UTC)
FIRST_RUN = datetime(2026, 6, 20, tzinfo=UTC)


def snapshot(day: int, hour: int = 0) -> dict[str, Any]:
    """An availability snapshot around noon of a day."""
    return {
        "partner_id": "acme",
        "environment": "production",
        "pool_id": "pool-a",
        "available": True,
        "observed_at": (START + timedelta(days=day, hours=hour)).isoformat(),
    }


def run(home: Path, name: str, at: datetime, records: list[dict[str, Any]]) -> None:
    file = write_records(home.parent / "in" / name, records)
    Ingestion(settings_of(home, required_kinds=("availability",)), at=at).run([file])


def restated(home: Path) -> list[tuple[Any, ...]]:
    with opened(place_of(home)) as build:
        return build.connection.cursor().sql("from restated_days").fetchall()


def covered(home: Path) -> list[tuple[Any, ...]]:
    with opened(place_of(home)) as build:
        return build.connection.cursor().sql("from landed_days order by day").fetchall()


def test_a_first_load_restates_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, "availability-b.jsonl", FIRST_RUN, [snapshot(day) for day in (3, 1, 2)])
    assert restated(home) == []
    assert covered(home) == [("availability", date(2026, 6, day), 1, 0) for day in (16, 17, 18)]


def test_files_of_one_run_do_not_restate_each_others_days(tmp_path: Path) -> None:
    home = tmp_path / "home"
    files = [
        write_records(tmp_path / "in" / f"availability-{name}.jsonl", [snapshot(day)])
        for name, day in (("a", 5), ("b", 1))
    ]
    Ingestion(settings_of(home), at=FIRST_RUN).run(files)
    assert restated(home) == []


def test_a_record_for_a_complete_day_restates_it_and_one_for_an_open_day_does_not(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    run(home, "availability-a.jsonl", FIRST_RUN, [snapshot(0), snapshot(2)])
    later = FIRST_RUN + timedelta(days=1)
    run(home, "availability-b.jsonl", later, [snapshot(1), snapshot(1, 1), snapshot(2, 1)])
    landed = later.replace(tzinfo=None)
    assert restated(home) == [(date(2026, 6, 16), "availability", landed, 2)]
    assert covered(home)[1] == ("availability", date(2026, 6, 16), 2, 2)


def test_what_was_known_already_restates_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, "availability-a.jsonl", FIRST_RUN, [snapshot(0), snapshot(2)])
    run(home, "availability-b.jsonl", FIRST_RUN + timedelta(days=1), [snapshot(0)])
    assert restated(home) == []


def test_a_rebuild_from_landing_tells_the_same(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, "availability-a.jsonl", FIRST_RUN, [snapshot(0), snapshot(2)])
    run(home, "availability-b.jsonl", FIRST_RUN + timedelta(days=1), [snapshot(1)])
    before = restated(home), covered(home)
    rebuild_place(settings_of(home, required_kinds=("availability",)), place_of(home))
    assert (restated(home), covered(home)) == before
    assert before[0]
