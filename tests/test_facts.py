"""The warehouse is a cache of landing: deleted, cut, flipped or behind, it comes back the same from
the landed batches; landing itself, when it is damaged, says so in one clear line.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from pipelines.batch_log import BatchLog
from pipelines.dump import canonical_dump, table_digests
from pipelines.errors import LandingDamagedError
from pipelines.facts import Facts, open_engine
from pipelines.places import Place
from pipelines.settling import derive_tables
from tests.mischief import contradicted, of_owner
from tests.oracle import random_world
from tests.warehouse import (
    counts_of,
    dump_of,
    ingest,
    ingest_world,
    place_of,
    settings_of,
    write_world,
)

WORLD = contradicted(of_owner(random_world(1, 60)), Random(1))
LATE = of_owner(random_world(2, 40))
Harm = Callable[[Path, Random], None]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one world in it, closed cleanly."""
    home = tmp_path_factory.mktemp("loaded") / "home"
    ingest_world(home, WORLD)
    return home


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose writer was killed with commits still in the write-ahead log."""
    home = tmp_path_factory.mktemp("interrupted") / "home"
    files = write_world(home.with_name("files"), WORLD)
    killed = run_and_kill(home, files, at="facts_committed:5")
    assert killed == -signal.SIGKILL
    assert wal_of(place_of(home)).stat().st_size > 1000
    return home


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The dump after both worlds, from a home that nothing ever happened to."""
    home = tmp_path_factory.mktemp("expected") / "home"
    ingest_world(home, WORLD)
    ingest_world(home, LATE)
    return dump_of(home)


def run_and_kill(home: Path, files: list[Path], *, at: str) -> int:
    """Ingest in a process of its own that dies at a named step; returns its exit status."""
    code = (
        "import sys; from pathlib import Path; from tests.warehouse import ingest;"
        "ingest(Path(sys.argv[1]), [Path(each) for each in sys.argv[2:]])"
    )
    command = [sys.executable, "-c", code, str(home), *map(str, files)]
    root = Path(__file__).parents[1]
    environment = {"UTILIZATION_KILL_AT": at, "PYTHONPATH": str(root), "PATH": ""}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True).returncode


def wal_of(place: Place) -> Path:
    return place.facts.with_name(place.facts.name + ".wal")


def copy_of(home: Path, tmp_path: Path) -> Path:
    """A copy of a home to damage, with the late files' folder beside it."""
    return Path(shutil.copytree(home, tmp_path / "home"))


def flip(path: Path, random: Random) -> None:
    """Turn over one bit of a file."""
    data = bytearray(path.read_bytes())
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    path.write_bytes(data)


def cut(path: Path, random: Random) -> None:
    """Keep the first part of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: random.randrange(len(data))])


def remove(path: Path, random: Random) -> None:
    path.unlink()


def dump_after_late(home: Path) -> list[str]:
    """Load the late world and read every table, whatever that runs into."""
    ingest_world(home, LATE)
    with closing(open_engine(settings_of(home))) as connection:
        facts = Facts(connection, place_of(home), settings_of(home))
        facts.open()
        return facts.derive(read_all)


def read_all(facts: Facts) -> list[str]:
    derive_tables(facts)
    return list(canonical_dump(facts.connection))


@pytest.mark.parametrize(
    ("harm", "seed"),
    [(remove, 0), *((cut, seed) for seed in range(2)), *((flip, seed) for seed in range(6))],
)
def test_a_harmed_warehouse_comes_back_the_same_with_the_next_load(
    harm: Harm, seed: int, loaded: Path, expected: list[str], tmp_path: Path
) -> None:
    home = copy_of(loaded, tmp_path)
    harm(place_of(home).facts, Random(seed))
    assert dump_after_late(home) == expected


@pytest.mark.parametrize(
    ("harm", "seed"),
    [(remove, 0), *((cut, seed) for seed in range(2)), *((flip, seed) for seed in range(3))],
)
def test_a_harmed_write_ahead_log_loses_nothing(
    harm: Harm, seed: int, interrupted: Path, expected: list[str], tmp_path: Path
) -> None:
    home = copy_of(interrupted, tmp_path)
    harm(wal_of(place_of(home)), Random(seed))
    ingest_world(home, WORLD)
    assert dump_after_late(home) == expected


def test_batches_that_only_landing_has_are_replayed_before_the_part_in_hand_is_loaded(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    files = write_world(tmp_path / "files", {"quotes": WORLD["quotes"]})
    assert run_and_kill(home, files, at="log_appended") == -signal.SIGKILL
    told = counts_of(ingest_world(home, {"quotes": LATE["quotes"]}))
    assert told["loaded"] + told["duplicate"] + told["quarantined"] == len(LATE["quotes"])
    ingest_world(tmp_path / "calm", {"quotes": [*WORLD["quotes"], *LATE["quotes"]]})
    assert dump_of(home) == dump_of(tmp_path / "calm")


def test_opening_alone_catches_up_and_digests_tell_warehouses_apart(
    loaded: Path, tmp_path: Path
) -> None:
    home = copy_of(loaded, tmp_path)
    digests = list(digests_of(home))
    place_of(home).facts.unlink()
    assert list(digests_of(home)) == digests
    ingest_world(home, LATE)
    changed = dict(digests_of(home))
    assert {name for name, found in digests if changed[name] != found} > {"quotes", "trades"}


def digests_of(home: Path) -> Iterator[tuple[str, tuple[int, str]]]:
    with closing(open_engine(settings_of(home))) as connection:
        facts = Facts(connection, place_of(home), settings_of(home))
        facts.open()
        derive_tables(facts)
        yield from table_digests(connection).items()


def test_a_whole_warehouse_replays_nothing(loaded: Path, tmp_path: Path) -> None:
    home = copy_of(loaded, tmp_path)
    ingest_world(home, LATE)
    place = place_of(home)
    with closing(open_engine(settings_of(home))) as connection:
        facts = Facts(connection, place, settings_of(home))
        facts.open()
        batches = connection.execute("select sequence from facts.batches order by 1").fetchall()
    landed = [record.sequence for record, _ in BatchLog(place.log).read()]
    assert [sequence for (sequence,) in batches] == landed


def test_a_warehouse_of_another_version_is_made_anew(loaded: Path, tmp_path: Path) -> None:
    home = copy_of(loaded, tmp_path)
    with closing(open_engine(settings_of(home))) as connection:
        connection.execute(f"attach '{place_of(home).facts}' as facts")
        connection.execute("update facts.meta set value = '0' where name = 'schema'")
        connection.execute("delete from facts.quotes")
    assert ingest(home, []).is_clean
    ingest_world(home, {"quotes": WORLD["quotes"][:1]})
    assert dump_of(home) == dump_of(loaded)


@pytest.mark.parametrize("harm", [flip, cut, remove])
def test_a_damaged_segment_stops_a_rebuild_with_a_clear_line(
    harm: Harm, loaded: Path, tmp_path: Path
) -> None:
    home = copy_of(loaded, tmp_path)
    place = place_of(home)
    segment = sorted(place.landing.rglob("*.parquet"))[3]
    harm(segment, Random(3))
    place.facts.unlink()
    with pytest.raises(LandingDamagedError, match=r"a landed segment is .*; restore it") as raised:
        ingest_world(home, LATE)
    assert str(segment.name) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_damaged_line_of_the_batch_log_stops_a_rebuild_with_a_clear_line(
    loaded: Path, tmp_path: Path
) -> None:
    home = copy_of(loaded, tmp_path)
    place = place_of(home)
    lines = place.log.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b'"kind"', b'"kinD"')
    place.log.write_bytes(b"".join(lines))
    place.facts.unlink()
    with pytest.raises(LandingDamagedError, match=r"entry at byte \d+ is damaged; restore"):
        ingest_world(home, LATE)
