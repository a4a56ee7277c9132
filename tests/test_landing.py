"""Landing keeps what was accepted for good: a segment a day, allow-listed columns and no others,
names and bytes synced before the log names them, and nothing of a batch that never got that far.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest

from pipelines.batch_log import BatchLog, BatchRecord, Counts
from pipelines.contracts import MODELS, field_table
from pipelines.errors import LandingDamagedError, PipelineError
from pipelines.landing import clear_unfinished, require_space, sha256_of
from pipelines.places import Place, write_durably
from tests.mischief import contradicted, of_owner
from tests.oracle import random_world
from tests.warehouse import dump_of, ingest, ingest_world, place_of, write_records

START = datetime(2026, 6, 15, 22, tzinfo=UTC)


def entry(number: int, **fields: object) -> dict[str, object]:
    """A ledger entry, an hour after the one before."""
    return {
        "partner_id": "acme",
        "environment": "production",
        "entry_id": f"e-{number}",
        "currency": "EUR",
        "delta": "-1.5",
        "reason": "buy_debit",
        "ref": "q-1",
        "created_at": (START + timedelta(hours=number)).isoformat(),
        **fields,
    }


def batch(sequence: int) -> BatchRecord:
    return BatchRecord(sequence, "quotes", "quotes.jsonl", "2026-06-15T00:00:00Z", Counts(1, 1))


def records_of(place: Place) -> list[BatchRecord]:
    return [record for record, _ in BatchLog(place.log).read()]


def test_each_day_of_a_batch_is_one_segment_named_after_the_batch(tmp_path: Path) -> None:
    ingest_world(tmp_path / "home", {"ledger": [entry(number) for number in range(5)]})
    landing = place_of(tmp_path / "home").landing
    names = [str(path.relative_to(landing)) for path in sorted(landing.rglob("*.parquet"))]
    assert names == [
        "ledger/day=2026-06-15/0000000001-ledger.parquet",
        "ledger/day=2026-06-16/0000000001-ledger.parquet",
    ]
    (record,) = records_of(place_of(tmp_path / "home"))
    assert [(segment.path, segment.rows) for segment in record.segments] == [
        (names[0], 2),
        (names[1], 3),
    ]
    for segment in record.segments:
        path = landing / segment.path
        assert (path.stat().st_size, sha256_of(path)) == (segment.bytes, segment.sha256)


def test_segments_hold_the_contracts_columns_and_no_others(tmp_path: Path) -> None:
    world = contradicted(of_owner(random_world(5, 80)), Random(5))
    planted = {
        kind: [{**record, "colour": "canary"} for record in records]
        for kind, records in world.items()
    }
    ingest_world(tmp_path / "home", planted)
    landing = place_of(tmp_path / "home").landing
    kinds = set()
    for path in landing.rglob("*.parquet"):
        kind = path.relative_to(landing).parts[0]
        kinds.add(kind)
        assert pq.read_schema(path).names == [
            "partner_id",
            "environment",
            *(
                spec.name
                for spec in field_table(kind)
                if spec.name not in ("partner_id", "environment", "source")
            ),
            "source",
        ]
        assert b"canary" not in path.read_bytes()
    assert kinds <= set(MODELS)
    assert len(kinds) > 5


def test_money_lands_to_the_last_digit(tmp_path: Path) -> None:
    amounts = ["0.00000001", "12345678901234567890.12345678", "-99999999999999999999.99999999"]
    entries = [entry(number, delta=amount) for number, amount in enumerate(amounts)]
    ingest_world(tmp_path / "home", {"ledger": entries})
    landed = [
        str(row["delta"])
        for path in sorted(place_of(tmp_path / "home").landing.rglob("*.parquet"))
        for row in pq.read_table(path, partitioning=None).to_pylist()
    ]
    assert [f"{value}" for value in sorted(landed)] == sorted(["1E-8", *amounts[1:]])


def test_a_segment_is_on_disk_before_the_log_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[tuple[str, str]] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink().name
        steps.append(("sync", name))
        real_fsync(handle)

    def replace(self: Path, target: Path) -> Path:
        steps.append(("rename", Path(target).name))
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    ingest_world(tmp_path / "home", {"ledger": [entry(0)]})
    landed = "0000000001-ledger.parquet"
    renamed = steps.index(("rename", landed))
    written = [name for step, name in steps[:renamed] if step == "sync"]
    assert any(name.endswith(".parquet") for name in written)
    named = steps.index(("sync", "batches.jsonl"))
    assert {("sync", "day=2026-06-15"), ("sync", "ledger")} <= set(steps[renamed:named])
    assert ("sync", "landing") in steps[named:]


def test_the_log_gives_back_what_was_appended_from_any_position(tmp_path: Path) -> None:
    log = BatchLog(tmp_path / "landing" / "batches.jsonl")
    ends = [0]
    for sequence in range(1, 4):
        ends.append(log.append(batch(sequence), ends[-1]))
    assert ends[-1] == log.size
    assert [record.sequence for record, _ in log.read()] == [1, 2, 3]
    assert [record.sequence for record, _ in log.read(ends[2])] == [3]
    assert [end for _, end in log.read()] == ends[1:]


@pytest.mark.parametrize("kept", [1, 40, -1])
def test_a_torn_last_line_is_no_batch_and_is_cut_by_the_next_append(
    kept: int, tmp_path: Path
) -> None:
    log = BatchLog(tmp_path / "batches.jsonl")
    whole = log.append(batch(1), 0)
    log.append(batch(2), whole)
    data = log.path.read_bytes()
    log.path.write_bytes(data[: whole + kept] if kept > 0 else data[:kept])
    assert [record.sequence for record, _ in log.read()] == [1]
    log.append(batch(3), whole)
    assert [record.sequence for record, _ in log.read()] == [1, 3]


def test_a_log_cut_anywhere_in_its_last_line_reads_as_the_lines_before(tmp_path: Path) -> None:
    log = BatchLog(tmp_path / "batches.jsonl")
    whole = log.append(batch(1), 0)
    log.append(batch(2), whole)
    data = log.path.read_bytes()
    for end in range(whole, len(data)):
        log.path.write_bytes(data[:end])
        assert [record.sequence for record, _ in log.read()] == [1]


def test_any_changed_byte_of_a_whole_line_is_told(tmp_path: Path) -> None:
    log = BatchLog(tmp_path / "batches.jsonl")
    log.append(batch(1), 0)
    data = log.path.read_bytes()
    for place in range(len(data) - 1):
        changed = bytes([data[place] ^ 1])
        log.path.write_bytes(data[:place] + changed + data[place + 1 :])
        with pytest.raises(LandingDamagedError, match=r"byte \d+ is damaged"):
            list(log.read())


def test_a_torn_log_is_mended_by_the_next_load(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ingest_world(home, {"ledger": [entry(0)]})
    with place_of(home).log.open("ab") as log:
        log.write(b'{"bytes":12')
    ingest_world(home, {"ledger": [entry(1)]})
    assert [record.sequence for record in records_of(place_of(home))] == [1, 2]
    ingest_world(tmp_path / "calm", {"ledger": [entry(0), entry(1)]})
    assert dump_of(home) == dump_of(tmp_path / "calm")


def test_what_an_unfinished_batch_moved_is_removed_and_a_landed_one_keeps_its_files(
    tmp_path: Path,
) -> None:
    place = place_of(tmp_path)
    for sequence in (1, 2):
        name = f"{sequence:010d}-ledger"
        target = f"ledger/day=2026-06-15/{name}.parquet"
        write_durably(place.landing / target, b"segment")
        write_durably(place.pending / name / "rows" / "left.parquet", b"rest")
        intent = b'{"targets": ["%s"]}' % target.encode()
        write_durably(place.pending / name / "intent.json", intent)
    clear_unfinished(place, next_sequence=2)
    assert [path.name for path in place.landing.rglob("*.parquet")] == ["0000000001-ledger.parquet"]
    assert not list(place.pending.iterdir())


def test_no_batch_is_begun_on_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    require_space(place_of(tmp_path / "home"), 0)
    with pytest.raises(PipelineError, match="make room and run again"):
        require_space(place_of(tmp_path / "home"), 2**62)
    file = write_records(tmp_path / "ledger.jsonl", [entry(0)])
    with pytest.raises(PipelineError, match="bytes free is less than"):
        ingest(tmp_path / "home", [file], min_free_bytes=2**62)
    assert not (tmp_path / "home").exists()
