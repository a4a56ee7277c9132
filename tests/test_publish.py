"""What readers open: whole builds only, nothing but the partner's own file, and always what a
publish from scratch would have written.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from pipelines.building import BY_HOUR, MODELS_OF
from pipelines.errors import NothingPublishedError
from pipelines.facts import Facts, open_engine
from pipelines.publish import KEPT_BUILDS, publish, read_pointer
from pipelines.serving import open_build, opened
from pipelines.settling import derive_tables
from tests.mischief import contradicted, of_owner, scattered
from tests.oracle import random_world
from tests.warehouse import (
    Record,
    dump_of,
    figures_of,
    ingest,
    ingest_world,
    place_of,
    settings_of,
)

START = datetime(2026, 6, 15, tzinfo=UTC)
HOUR_TABLES = [f"hours.{table}" for table in BY_HOUR]
BUCKETS = [table for tables in MODELS_OF.values() for table in tables]
COMPARED = (*BUCKETS, *HOUR_TABLES, "lanes", "balances", "limits", "programs", "refined")
"""Serving tables that a build from scratch must give again; the others tell of loads."""


def snapshot(day: int, available: bool, pool_id: str = "pool-a") -> Record:
    """An availability snapshot at noon of a day."""
    return owned(
        pool_id=pool_id,
        available=available,
        observed_at=(START + timedelta(days=day, hours=12)).isoformat(),
    )


def owned(**fields: object) -> Record:
    """A record of partner acme in production."""
    return {"partner_id": "acme", "environment": "production", **fields}


def quote(number: int, day: float, amount: str = "100") -> Record:
    """A firm quote so many days after the start."""
    return owned(
        request_id=f"r-{number}",
        pool_id="pool-a",
        side="on_ramp",
        quote_type="firm",
        quote_id=f"q-{number}",
        fiat_currency="EUR",
        fiat_amount=amount,
        available=True,
        requested_at=(START + timedelta(days=day)).isoformat(),
    )


@contextmanager
def open_facts(home: Path) -> Iterator[Facts]:
    """The facts of the first owner, caught up with the log, with their buckets refreshed."""
    with closing(open_engine(settings_of(home))) as connection:
        facts = Facts(connection, place_of(home), settings_of(home))
        facts.open()
        derive_tables(facts)
        yield facts
        facts.close()


def served(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the compared serving tables, in a fixed order."""
    with opened(place_of(home)) as build, build.connection.cursor() as cursor:
        return {table: sorted(cursor.table(table).fetchall(), key=repr) for table in COMPARED}


def publish_from_scratch(home: Path) -> None:
    """Forget every build and publish the facts anew."""
    for file in place_of(home).serving.iterdir():
        file.unlink()
    with open_facts(home) as facts:
        publish(facts)


@pytest.mark.parametrize("seed", range(2))
def test_builds_made_load_by_load_equal_one_made_from_scratch_and_one_from_landing_alone(
    seed: int, tmp_path: Path
) -> None:
    home, random = tmp_path / "home", Random(seed)
    world = contradicted(of_owner(random_world(seed, 80)), random)
    for load in scattered(tmp_path / "parts", world, random):
        ingest(home, load)
    grown, figures, dump = served(home), figures_of(home), dump_of(home)
    publish_from_scratch(home)
    assert served(home) == grown
    assert figures_of(home) == figures
    place_of(home).facts.unlink()
    publish_from_scratch(home)
    assert dump_of(home) == dump
    assert served(home) == grown
    assert figures_of(home) == figures


def test_a_late_snapshot_makes_a_reopening_of_one_days_later(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_world(home, {"availability": [snapshot(0, True), snapshot(9, True)]})
    ingest_world(home, {"availability": [snapshot(3, False)]})
    grown = served(home)
    assert [row[-1] for row in grown["availability_buckets"] if row[-1] is not None]
    publish_from_scratch(home)
    assert served(home) == grown


def test_a_trade_of_a_later_load_makes_its_quote_of_an_earlier_one_accepted(
    tmp_path: Path,
) -> None:
    quotes, trades = {"quotes": [quote(1, 0)]}, {"trades": [trade(1)]}
    ingest_world(tmp_path / "once", {**quotes, **trades})
    for number, loads in enumerate(((quotes, trades), (trades, quotes))):
        home = tmp_path / str(number)
        for load in loads:
            ingest_world(home, load)
        (path,) = served(home)["quote_paths"]
        assert path[4] == (START + timedelta(days=2)).replace(tzinfo=None)
        assert served(home) == served(tmp_path / "once")


@pytest.mark.parametrize(("gap", "held"), [(600, 600), (86_400 * 3, 86_400 * 3)])
def test_a_snapshot_holds_over_midnight_as_long_as_the_gap_allows(
    gap: int, held: int, tmp_path: Path
) -> None:
    late = owned(
        pool_id="pool-a", available=True, observed_at=(START - timedelta(minutes=2)).isoformat()
    )
    ingest_world(tmp_path / "home", {"availability": [late]}, availability_max_gap=gap)
    buckets = served(tmp_path / "home")["availability_buckets"]
    assert sum(row[3] for row in buckets) == held * 1_000_000
    assert len({row[0] for row in buckets}) == 1 + -(-gap // 86_400)


def test_late_data_changes_the_buckets_of_its_own_day_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_world(home, {"quotes": [quote(day, day) for day in range(5)]})
    before = served(home)["quote_buckets"]
    ingest_world(home, {"quotes": [quote(99, 2)]})
    after = served(home)["quote_buckets"]
    assert {row[0] for row in set(before) ^ set(after)} == {(START + timedelta(days=2)).date()}
    assert len(after) == len(before)


def test_only_changed_days_are_computed_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_world(home, {"quotes": [quote(day, day) for day in range(5)]})
    planted = (START + timedelta(days=1)).date()
    with open_facts(home) as facts:
        facts.connection.execute(
            "update facts.quote_buckets set quote_requests = 1000 where day = ?", [planted]
        )
    ingest_world(home, {"quotes": [quote(99, 2)]})
    with open_facts(home) as facts:
        counts = facts.connection.execute(
            "select quote_requests from facts.quote_buckets order by day"
        ).fetchall()
    assert counts == [(1,), (1000,), (2,), (1,), (1,)]


def test_nothing_new_publishes_nothing_new(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = ingest_world(home, {"quotes": [quote(1, 0)]}).published
    with open_facts(home) as facts:
        assert publish(facts) == first["production", "acme"]


def test_two_builds_are_kept_and_a_reader_of_the_one_before_reads_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_world(home, {"quotes": [quote(0, 0)]})
    held = open_build(place_of(home))
    for number in range(1, 4):
        ingest_world(home, {"quotes": [quote(number, 0)]})
    builds = sorted(place_of(home).serving.glob("*.duckdb"))
    assert len(builds) == KEPT_BUILDS == 2
    assert held.connection.execute("select sum(quote_requests) from quote_buckets").fetchone() == (
        1,
    )
    held.connection.close()
    pointer = read_pointer(place_of(home))
    assert pointer is not None
    assert builds[-1].name == pointer["file"]
    assert not [file for file in place_of(home).serving.iterdir() if file.name.startswith(".")]


def test_what_an_interrupted_publish_left_is_neither_read_nor_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_world(home, {"quotes": [quote(0, 0)]})
    place = place_of(home)
    pointer = json.loads((place.serving / "current.json").read_bytes())
    torn = place.serving / ".0000000009-1.tmp"
    torn.write_bytes((place.serving / pointer["file"]).read_bytes()[:5000])
    with opened(place) as build:
        assert build.build_id == pointer["build_id"]
    ingest_world(home, {"quotes": [quote(1, 0)]})
    assert not torn.exists()


def test_before_anything_is_published_a_reader_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(NothingPublishedError, match="run `utilization ingest` first"):
        open_build(place_of(tmp_path))


ESCAPES = (
    "attach '{folder}/other.duckdb'",
    "attach ':memory:' as other",
    "select * from read_csv('{folder}/secret.csv')",
    "select * from '{folder}/secret.csv'",
    "select * from read_text('{folder}/secret.csv')",
    "select * from read_blob('{folder}/secret.csv')",
    "select * from read_json('{folder}/secret.csv')",
    "select * from read_parquet('{folder}/*.parquet')",
    "select * from glob('{folder}/*')",
    "select * from duckdb_secrets(); create secret (type s3)",
    "copy quote_buckets to '{folder}/out.csv'",
    "copy (select 1) to '{folder}/out.parquet'",
    "export database '{folder}/export'",
    "import database '{folder}/export'",
    "insert into quote_buckets select * from quote_buckets",
    "delete from quote_buckets",
    "update build set partner_id = 'x'",
    "drop table build",
    "create table planted (i int)",
    "create view planted as select 1",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set memory_limit = '64GB'",
    "set allowed_directories = ['{folder}']",
    "reset all",
    "pragma temp_directory = '{folder}'",
    "install httpfs",
    "load '{folder}/evil.duckdb_extension'",
)


@pytest.fixture(scope="module")
def home_of_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds one quote."""
    home = tmp_path_factory.mktemp("one") / "home"
    ingest_world(home, {"quotes": [quote(0, 0)]})
    return home


@pytest.mark.parametrize("statement", ESCAPES)
def test_a_reader_can_neither_leave_its_file_nor_change_it(
    statement: str, home_of_one: Path, tmp_path: Path
) -> None:
    home = home_of_one
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    with opened(place_of(home)) as build:
        file = place_of(home).serving / f"{build.build_id}.duckdb"
        before = file.read_bytes()
        with pytest.raises(duckdb.Error):
            build.connection.execute(statement.format(folder=tmp_path))
        assert build.connection.execute("select count(*) from quote_buckets").fetchone() == (1,)
    assert file.read_bytes() == before
    assert not (tmp_path / "out.csv").exists()


READERS = 3
LOADS = 6


def test_readers_beside_a_writer_see_whole_builds_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_step(home, 0)
    with multiprocessing.get_context("fork").Pool(READERS) as pool:
        waiting = pool.map_async(read_along, [str(home)] * READERS)
        for step in range(1, LOADS + 1):
            write_step(home, step)
        (home / "done").touch()
        answers = waiting.get(timeout=60)
    assert all(reads > LOADS for reads, _ in answers)
    assert all(last == LOADS + 1 for _, last in answers)


def trade(number: int) -> Record:
    """The reserved trade of a quote, two days after the start."""
    return owned(
        transact_id=f"t-{number}",
        quote_id=f"q-{number}",
        pool_id="pool-a",
        side="on_ramp",
        fiat_currency="EUR",
        fiat_amount="100",
        status="reserved",
        status_at=(START + timedelta(days=2)).isoformat(),
        created_at=(START + timedelta(days=2)).isoformat(),
    )


def write_step(home: Path, step: int) -> None:
    """Load one more quote and its trade in the same publish."""
    ingest_world(home, {"quotes": [quote(step, 0)], "trades": [trade(step)]})


def read_along(name: str) -> tuple[int, int]:
    """Open and ask until the writer is done: quotes and trades must always be as many."""
    home, reads, last = Path(name), 0, 0
    while True:
        is_done = (home / "done").exists()
        with opened(place_of(home)) as build:
            quotes, trades, matched = (
                scalar(build.connection, statement)
                for statement in (
                    "select sum(quote_requests) from quote_buckets",
                    "select sum(trades) from trade_paths",
                    "select sum(quotes) from quote_paths where accepted_bucket is not null",
                )
            )
        assert quotes == trades == matched >= last, (quotes, trades, matched, last)
        reads, last = reads + 1, quotes
        if is_done:
            return reads, last


def scalar(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return int(row[0])
