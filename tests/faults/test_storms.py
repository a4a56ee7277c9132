"""Two writers at once, a full disk and damaged files: nothing is lost, and the one line says what
to do.

Goal: the home has one writer, the others wait or leave; a disk that is full or fills up while a
load runs ends it with one clear line and nothing half-done; a warehouse that is gone, cut,
overwritten or ahead of its log is made again from landing, and damage to landing itself is never
passed over. Method: real runs of the command side by side, under a lock held by the test, under a
limit on the size of any file (which fails writes as a full disk does, at many sizes), and on homes
whose files were damaged; each time the next run must come to the warehouse of a clean one, or say
that it cannot.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.homelock import writing
from pipelines.places import places
from tests.faults.nursery import Ended, Nursery, Run
from tests.faults.remains import Remains, assert_whole, every_place, remains_of

pytestmark = pytest.mark.faults

LOCKED, FAILED, SET_ASIDE = 4, 1, 3
PATIENT = ("--wait", "100s")


def assert_clean_end(clean: Remains, nursery: Nursery, home: Path, records: Path) -> None:
    ended = nursery.run("--home", home, "ingest", records)
    assert ended.status == SET_ASIDE, ended.err
    remains = remains_of(home)
    assert remains == clean
    assert_whole(home)


def complaint(ended: Ended) -> str:
    """The one line that says why a run failed."""
    lines = [line for line in ended.err.splitlines() if line.startswith("utilization: ")]
    assert len(lines) == 1, ended.err
    assert "Traceback" not in ended.err
    return lines[0]


@pytest.fixture(scope="module")
def ingested(nursery: Nursery, records: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after one clean ingestion; copy it before touching it."""
    home = tmp_path_factory.mktemp("ingested") / "home"
    assert nursery.run("--home", home, "ingest", records).status == SET_ASIDE
    return home


@pytest.fixture
def home(ingested: Path, tmp_path: Path) -> Path:
    """A copy of the ingested home, to be damaged."""
    return Path(shutil.copytree(ingested, tmp_path / "home"))


def test_two_ingestions_at_once_lose_and_double_nothing(
    nursery: Nursery, records: Path, clean: Remains, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    run = Run(("--home", str(home), *PATIENT, "ingest", str(records)))
    for ended in nursery.run_together([run, run]):
        assert ended.status == SET_ASIDE, ended.err
    assert remains_of(home) == clean
    assert_whole(home)


def test_two_ingestions_of_different_files_at_once_come_to_one_of_all_of_them(
    nursery: Nursery, records: Path, clean: Remains, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    files = sorted(map(str, records.iterdir()))
    runs = [Run(("--home", str(home), *PATIENT, "ingest", *files[start::2])) for start in (0, 1)]
    statuses = {ended.status for ended in nursery.run_together(runs)}
    assert statuses <= {0, SET_ASIDE}
    assert remains_of(home) == clean
    assert_whole(home)


def test_a_writer_that_does_not_wait_any_longer_leaves_and_touches_nothing(
    nursery: Nursery, records: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with writing(home, 0):
        ended = nursery.run("--home", home, "--wait", "1s", "ingest", records)
        assert ended.status == LOCKED
        assert "another writer holds this home" in complaint(ended)
        assert [path.name for path in home.iterdir()] == [".writer.lock"]
    with writing(home, 0):
        pass


def test_a_lock_dies_with_its_writer(nursery: Nursery, records: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert nursery.run("--home", home, "ingest", records, kill_at="screened").was_killed
    with writing(home, 0):
        pass


def test_a_nearly_full_disk_is_refused_before_anything_is_written(
    nursery: Nursery, records: Path, clean: Remains, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    settings = home / "utilization.toml"
    settings.write_text(f"min_free_bytes = {2**60}\n")
    ended = nursery.run("--home", home, "ingest", records)
    assert ended.status == FAILED
    assert "make room and run again" in complaint(ended)
    assert not places(home)
    settings.unlink()
    assert_clean_end(clean, nursery, home, records)


def test_a_disk_that_fills_up_ends_the_run_with_one_line_and_the_next_run_completes(
    nursery: Nursery, records: Path, clean: Remains, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    failures = 0
    (first,) = records.glob("quotes-again.jsonl")
    limits = [0, 100_000, None, 0, 700, 3_000, 6_000, 12_000, 40_000, 200_000, 2_000_000]
    for most in limits:
        given = first if most is None else records
        ended = nursery.run("--home", home, "ingest", given, most_file_bytes=most)
        assert ended.status in (0, FAILED, SET_ASIDE), ended.err
        if ended.status == FAILED:
            failures += 1
            assert "make room there and run again" in complaint(ended)
    assert failures >= 6
    assert_clean_end(clean, nursery, home, records)


def overwritten(path: Path) -> None:
    path.write_bytes(b"not a database" * 1_000)


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def with_a_bad_header(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[0:64] = bytes(64)
    path.write_bytes(data)


def with_a_strange_log(path: Path) -> None:
    path.with_name(path.name + ".wal").write_bytes(b"\xff" * 5_000)


@pytest.mark.parametrize(
    "damage",
    [Path.unlink, overwritten, halved, emptied, with_a_bad_header, with_a_strange_log],
    ids=lambda damage: damage.__name__,
)
def test_a_damaged_warehouse_is_made_again_from_landing(
    damage: object, home: Path, nursery: Nursery, records: Path, clean: Remains
) -> None:
    assert callable(damage)
    for place in every_place(home):
        damage(place.facts)
    assert_clean_end(clean, nursery, home, records)


def test_a_torn_end_of_a_batch_log_is_cut_off(
    home: Path, nursery: Nursery, records: Path, clean: Remains
) -> None:
    for place in every_place(home):
        with place.log.open("ab") as log:
            log.write(b'{"counts":{"offered":7')
    assert_clean_end(clean, nursery, home, records)


def test_a_warehouse_ahead_of_its_log_is_made_again(
    home: Path, nursery: Nursery, records: Path, clean: Remains
) -> None:
    """As after a restore from a backup in which the two are not of one moment."""
    for place in every_place(home):
        lines = place.log.read_bytes().splitlines(keepends=True)
        place.log.write_bytes(b"".join(lines[:-1]))
        for path in place.landing.rglob(f"{len(lines):010d}-*.parquet"):
            path.unlink()
        for path in place.quarantine.glob(f"{len(lines):010d}-*.jsonl"):
            path.unlink()
    assert_clean_end(clean, nursery, home, records)


def test_damage_to_landing_is_told_and_never_passed_over(
    home: Path, nursery: Nursery, records: Path
) -> None:
    (place, *_) = places(home)
    segment = next(path for path in sorted(place.landing.rglob("*.parquet")))
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    place.facts.unlink()
    for command in ("ingest", "rebuild", "verify"):
        arguments = (command, records) if command == "ingest" else (command,)
        ended = nursery.run("--home", home, *arguments)
        assert ended.status == FAILED
        assert "a landed segment is damaged; restore it from a backup" in complaint(ended)


def test_a_changed_line_of_a_batch_log_is_told_and_never_passed_over(
    home: Path, nursery: Nursery, records: Path
) -> None:
    (place, *_) = places(home)
    place.log.write_bytes(place.log.read_bytes().replace(b'"loaded":', b'"loadee":', 1))
    place.facts.unlink()
    ended = nursery.run("--home", home, "ingest", records)
    assert ended.status == FAILED
    assert "is damaged; restore the file from a backup" in complaint(ended)
