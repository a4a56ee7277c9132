"""The copy of the buckets by the hour: it answers what the quarter hours answer, or is not asked.

Random worlds are loaded piece by piece and asked by hours, days and rolling windows; then the same
build without its copy is asked the same. Which rows were read is seen by taking the copy's away.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest

from pipelines.asof import build_as_of
from pipelines.building import BY_HOUR
from pipelines.serving import open_build
from pipelines.sqlfiles import model_text
from pipelines.utilization import windows_table
from pipelines.windows import Window, calendar_windows, rolling_window
from tests.mischief import contradicted, of_owner, scattered
from tests.oracle import random_world
from tests.warehouse import ingest, place_of, settings_of

HOUR = timedelta(hours=1)


def grown(folder: Path, seed: int) -> Path:
    """A home that loaded a random world in pieces, and published after each."""
    random = Random(seed)
    world = contradicted(of_owner(random_world(seed, 80)), random)
    for load in scattered(folder / "parts", world, random):
        ingest(folder / "home", load)
    return folder / "home"


@contextmanager
def writable(
    connection: duckdb.DuckDBPyConnection, copy: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the open build that a test may change."""
    (file,) = connection.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchall()[0]
    shutil.copyfile(file, copy)
    with closing(duckdb.connect(str(copy))) as changed:
        yield changed


def spans(as_of: datetime, zone: str) -> list[Window]:
    """Hours and days up to `as_of` in `zone`, and the windows that end there."""
    start = as_of - timedelta(days=4)
    return [
        *calendar_windows("1h", as_of - timedelta(days=1), as_of, zone),
        *calendar_windows("day", start, as_of, zone),
        *(rolling_window(name, as_of) for name in ("1h", "24h", "7d")),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_hours_answer_as_quarter_hours_do_as_of_any_instant(seed: int, tmp_path: Path) -> None:
    home, random = grown(tmp_path, seed), Random(seed)
    with closing(open_build(place_of(home)).connection) as connection:
        ((watermark, latest),) = connection.execute(
            "select watermark, latest from build"
        ).fetchall()
    moments = [None, (watermark - 30 * HOUR).replace(minute=0, second=0, microsecond=0)]
    moments += [latest - random.random() * 72 * HOUR for _ in range(2)]
    for number, moment in enumerate(moments):
        asked = moment and moment.replace(tzinfo=UTC)
        with build_as_of(settings_of(home), place_of(home), asked) as build:
            as_of = asked or watermark.replace(tzinfo=UTC)
            with writable(build.connection, tmp_path / f"{number}.duckdb") as quarters:
                quarters.execute("drop schema hours cascade")
                for zone in ("UTC", "America/New_York", "Asia/Kolkata"):
                    windows = spans(as_of, zone)
                    answer = windows_table(build.connection, windows, as_of=as_of)
                    assert answer.num_rows > 0
                    assert answer.equals(windows_table(quarters, windows, as_of=as_of))


def test_only_a_question_of_whole_hours_and_cuts_is_answered_by_the_hour(tmp_path: Path) -> None:
    home = grown(tmp_path, 1)
    build = open_build(place_of(home))
    assert build.watermark is not None
    until = build.watermark.replace(minute=0, second=0, microsecond=0)
    hours = calendar_windows("1h", until - 48 * HOUR, until, "UTC")
    quarters = calendar_windows("15m", until - 48 * HOUR, until, "UTC")

    with (
        closing(build.connection) as connection,
        writable(connection, tmp_path / "copy.duckdb") as emptied,
    ):
        for table in (*BY_HOUR, "trade_buckets"):
            emptied.execute(f"delete from hours.{table}")

        def differs(windows: list[Window], as_of: datetime) -> bool:
            whole = windows_table(connection, windows, as_of=as_of)
            return not whole.equals(windows_table(emptied, windows, as_of=as_of))

        assert differs(hours, until)
        assert differs(hours, build.watermark)
        assert not differs(quarters, until)
        assert not differs(hours[:-1], until - timedelta(minutes=15))


def test_the_copy_has_fewer_rows_and_the_same_sums(tmp_path: Path) -> None:
    with closing(open_build(place_of(grown(tmp_path, 2))).connection) as connection:
        for table, counted in (("quote_paths", "quotes"), ("trade_paths", "trades")):
            statement = "select count(*), sum({}) from {}"
            ((many, whole),) = connection.execute(statement.format(counted, table)).fetchall()
            ((few, same),) = connection.execute(
                statement.format(counted, f"hours.{table}")
            ).fetchall()
            assert few <= many
            assert same == whole


def test_flows_are_those_of_the_paths_beside_them(tmp_path: Path) -> None:
    """However a home grew, and wherever it was cut, nothing of a day is left or counted twice."""
    for seed in range(3):
        home = grown(tmp_path / str(seed), seed)
        with closing(open_build(place_of(home)).connection) as connection:
            connection.execute("create temp view flow_days as select distinct day from trade_paths")
            for catalog in ("main", "hours"):
                model = model_text("flows/trade_buckets").format(catalog=catalog)
                held = connection.execute(
                    f"select * from {catalog}.trade_buckets order by all"
                ).fetchall()
                assert held == connection.execute(f"from ({model}) order by all").fetchall()
                assert held
