"""How a sample is written: the same arguments give the same bytes, memory does not grow with the
number of quotes, the counts are exact, and a folder that holds something is left alone.
"""

from __future__ import annotations

import hashlib
import shutil
import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.sample import STORIES, write_sample
from tests.sample.reading import files_of, kind_of, raw_rows, rows, text_of


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def test_the_same_arguments_give_the_same_bytes_and_another_seed_gives_others(
    tmp_path: Path,
) -> None:
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        write_sample(tmp_path / name, days=9, quotes_per_day=120, partners=2, seed=seed)

    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert digests(tmp_path / "one") != digests(tmp_path / "three")


def test_packing_changes_the_files_but_not_the_records(tmp_path: Path) -> None:
    packed = write_sample(tmp_path / "packed", days=2, quotes_per_day=80)
    plain = write_sample(tmp_path / "plain", days=2, quotes_per_day=80, packed=False)

    assert packed.counts == plain.counts
    for one, other in zip(packed.files, plain.files, strict=True):
        assert text_of(one) == text_of(other)
    assert not [path for path in plain.files if path.suffix in {".gz", ".zst"}]


def test_memory_does_not_grow_with_the_number_of_quotes(tmp_path: Path) -> None:
    def peak(quotes_per_day: int) -> int:
        tracemalloc.start()
        write_sample(tmp_path / "big", days=1, quotes_per_day=quotes_per_day, packed=False)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        shutil.rmtree(tmp_path / "big")
        return highest

    peak(1_000)  # tables that are made once
    assert peak(400_000) < 1.2 * peak(130_000)


def test_the_summary_counts_every_line_and_names_every_file(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    told: list[int] = []
    summary = write_sample(folder, days=10, quotes_per_day=100, report=told.append)

    assert set(summary.files) == set(folder.iterdir())
    counts: dict[str, int] = {}
    for path in summary.files:
        bad = "-bad." in path.name
        found = len(text_of(path).splitlines()) if bad else sum(1 for _ in raw_rows(path))
        counts[kind_of(path)] = counts.get(kind_of(path), 0) + found
    assert summary.counts == counts
    assert sum(told) == len(rows(folder, "quotes")) + len(
        rows(folder, "quotes", environment="sandbox")
    )


def test_a_partner_has_exactly_the_quotes_asked_for(sample: Path) -> None:
    assert len({row["request_id"] for row in rows(sample, "quotes")}) == 45 * 500


def test_a_sample_tells_the_stories_that_fit_in_its_days(tmp_path: Path) -> None:
    short = write_sample(tmp_path / "short", days=3, quotes_per_day=50)
    whole = write_sample(tmp_path / "whole", days=30, quotes_per_day=50, end=date(2027, 1, 15))

    assert {story.name for story in short.stories} == {"contradictions"}
    assert whole.stories == tuple(STORIES.values())


def test_days_before_a_busy_size_share_files_and_busy_days_do_not(tmp_path: Path) -> None:
    write_sample(tmp_path / "quiet", days=8, quotes_per_day=60)
    write_sample(tmp_path / "busy", days=2, quotes_per_day=20_000)

    quiet = [path.name for path in files_of(tmp_path / "quiet", "quotes")]
    busy = [path.name for path in files_of(tmp_path / "busy", "quotes")]
    assert quiet == [
        "quotes-lumen-wallet-2026-06-23_2026-06-29.jsonl.zst",
        "quotes-lumen-wallet-2026-06-30.jsonl.zst",
    ]
    assert busy == [f"quotes-lumen-wallet-2026-06-{day}.jsonl.zst" for day in (29, 30)]


@pytest.mark.parametrize("wrong", [(0, 9, 1, 7), (9, 0, 1, 7), (9, 9, 0, 7), (9, 9, 1, -1)])
def test_numbers_too_small_are_refused(tmp_path: Path, wrong: tuple[int, int, int, int]) -> None:
    days, quotes, partners, seed = wrong

    with pytest.raises(UsageError):
        write_sample(
            tmp_path / "none", days=days, quotes_per_day=quotes, partners=partners, seed=seed
        )
    assert not (tmp_path / "none").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")

    with pytest.raises(UsageError):
        write_sample(tmp_path, days=1, quotes_per_day=10)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
