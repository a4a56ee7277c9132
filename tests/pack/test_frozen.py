"""A frozen review stays: it appears whole or not at all, is never written again, and says so when
its files are not what was frozen. Method: folders are frozen twice, damaged, and left unfinished;
program ids are the strangest that may exist."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipelines.errors import LandingDamagedError, PipelineError
from pipelines.pack.frozen import all_frozen, freeze, read_frozen
from pipelines.places import Place

AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, "production", "acme")


def files(text: str = "report") -> dict[str, bytes]:
    data = text.encode()
    told = {"files": {"report.html": {"sha256": hashlib.sha256(data).hexdigest()}}}
    return {"report.html": data, "manifest.json": json.dumps(told).encode()}


def test_what_was_frozen_is_read_again(place: Place) -> None:
    assert read_frozen(place, "lp", "2026-06") is None
    done = freeze(place, "lp", "2026-06", files(), author="ada", at=AT)
    assert read_frozen(place, "lp", "2026-06") == done
    assert (done.author, done.at) == ("ada", AT)
    assert done.sha256 == hashlib.sha256(files()["manifest.json"]).hexdigest()
    assert list(all_frozen(place)) == [done]
    assert (done.folder / "report.html").read_bytes() == b"report"


def test_a_frozen_review_is_not_written_again(place: Place) -> None:
    done = freeze(place, "lp", "2026-06", files(), author="ada", at=AT)
    before = {path: path.read_bytes() for path in done.folder.iterdir()}
    with pytest.raises(PipelineError, match="is frozen"):
        freeze(place, "lp", "2026-06", files("other"), author="bob", at=AT)
    assert {path: path.read_bytes() for path in done.folder.iterdir()} == before
    assert all(not path.stat().st_mode & 0o222 for path in done.folder.iterdir())


def test_a_freeze_that_was_cut_off_counts_for_nothing(place: Place) -> None:
    left = place.root / "reviews" / "lp" / ".2026-06.pending"
    left.mkdir(parents=True)
    (left / "frozen.json").write_bytes(b"{")
    assert read_frozen(place, "lp", "2026-06") is None
    assert list(all_frozen(place)) == []
    freeze(place, "lp", "2026-06", files(), author="ada", at=AT)
    assert [path.name for path in left.parent.iterdir()] == ["2026-06"]


@pytest.mark.parametrize("name", ["report.html", "manifest.json", "frozen.json"])
def test_a_changed_or_lost_file_is_told(place: Place, name: str) -> None:
    done = freeze(place, "lp", "2026-06", files(), author="ada", at=AT)
    changed = done.folder / name
    data = changed.read_bytes()
    changed.chmod(0o644)
    changed.write_bytes(data.replace(b"e", b"x", 1))
    with pytest.raises(LandingDamagedError):
        read_frozen(place, "lp", "2026-06")
    changed.unlink()
    with pytest.raises(LandingDamagedError):
        read_frozen(place, "lp", "2026-06")


ids = some.text(
    some.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=128
) | some.sampled_from([".", "..", "../other", "a/b", "%2F", "a" * 128, "/" * 128])


@settings(max_examples=40)
@given(program=ids, other=ids)
def test_each_program_id_has_a_folder_of_its_own_inside(
    tmp_path_factory: pytest.TempPathFactory, program: str, other: str
) -> None:
    place = Place(tmp_path_factory.mktemp("frozen"), "production", "acme")
    done = freeze(place, program, "2026-06", files(), author="ada", at=AT)
    reviews = place.root / "reviews"
    assert done.folder.resolve().parent.parent == reviews.resolve()
    assert list(reviews.iterdir()) == [done.folder.parent]
    found = read_frozen(place, other, "2026-06")
    assert (found is not None) == (other == program)
