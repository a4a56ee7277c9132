"""A pack names the batches it rests on: all with a record from before its instant, and no other,
also on the day that holds the instant. Method: small batches are landed around an instant and the
lineage is compared with what was in their files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipelines.pack.sources import later_sources, read_lineage, sources_table
from tests.contracts.examples import valid
from tests.warehouse import ingest, place_of, write_records

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


def quotes(folder: Path, name: str, *times: str) -> Path:
    records = [
        valid(
            "quotes",
            partner_id="acme",
            environment="production",
            request_id=f"{name}-{number}",
            requested_at=time,
            expires_at=None,
            rejected_at=None,
        )
        for number, time in enumerate(times)
    ]
    return write_records(folder / f"quotes-{name}.jsonl", records)


def land(tmp_path: Path, **batches: tuple[str, ...]) -> Path:
    home = tmp_path / "home"
    ingest(home, [quotes(tmp_path, name, *times) for name, times in batches.items()])
    return home


def test_a_batch_counts_by_the_times_of_its_records(tmp_path: Path) -> None:
    home = land(
        tmp_path,
        before=("2026-06-28T10:00:00Z", "2026-06-29T10:00:00Z"),
        just_before=("2026-06-30T11:59:59.999Z", "2026-06-30T18:00:00Z"),
        at_it=("2026-06-30T12:00:00Z",),
        after=("2026-07-01T00:00:00Z",),
        late=("2026-06-02T00:00:00Z", "2026-07-02T00:00:00Z"),
    )
    found = read_lineage(place_of(home), NOON).sources
    assert [one.source.split("-")[1] for one in found] == [
        "before.jsonl",
        "just_before.jsonl",
        "late.jsonl",
    ]
    assert found[0].days == ((found[0].first_day, 1), (found[0].last_day, 1))
    # Of the last one only what lies before counts.
    assert found[2].rows == 1
    assert found[2].last_day.isoformat() == "2026-06-02"
    assert sources_table(found).num_rows == 3


def test_later_batches_are_those_a_manifest_does_not_name(tmp_path: Path) -> None:
    home = land(tmp_path, first=("2026-06-28T10:00:00Z",))
    told = [one.batch for one in read_lineage(place_of(home), NOON).sources]
    ingest(home, [quotes(tmp_path, "tomorrow", "2026-07-03T10:00:00Z")])
    assert later_sources(told, read_lineage(place_of(home), NOON).sources) == []
    ingest(home, [quotes(tmp_path, "late", "2026-06-27T10:00:00Z")])
    (late,) = later_sources(told, read_lineage(place_of(home), NOON).sources)
    assert late.source == "quotes-late.jsonl"


def test_what_was_offered_is_told_up_to_the_last_source(tmp_path: Path) -> None:
    home = land(tmp_path, first=("2026-06-28T10:00:00Z", "2026-06-28T10:00:00Z"))
    ingest(home, [quotes(tmp_path, "tomorrow", "2026-07-03T10:00:00Z")])
    offered = read_lineage(place_of(home), NOON).offered
    assert offered["quotes"].offered == 2
    assert offered["quotes"].adds_up
