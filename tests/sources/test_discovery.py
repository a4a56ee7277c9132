"""Which files are records is decided by their names alone, the same way every time.

Goal: a folder of anything is searched wholly and safely: record files are found once each,
misnamed ones are named with what to do, everything else is passed over, and no name can hang a
reader, break a line of output or carry a secret into a row. Method: folders of real files with
right, wrong and hostile names.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.contracts import MODELS, field_table
from pipelines.errors import SourceRefusedError, UsageError
from pipelines.settings import Settings
from pipelines.sources.cells import open_parquet
from pipelines.sources.discovery import discover
from pipelines.sources.streams import open_bytes

RIGHT = {
    "quotes.jsonl": ("quotes", "json", None),
    "quotes.ndjson.gz": ("quotes", "json", "gz"),
    "trades-2026-06-01.csv.zst": ("trades", "csv", "zst"),
    "ledger_part.0001.parquet": ("ledger", "parquet", None),
    "webhooks.eu.west.jsonl": ("webhooks", "json", None),
    "balances-\u00e9\u00e8.csv": ("balances", "csv", None),
    "limits- with space.csv.gz": ("limits", "csv", "gz"),
}
MISNAMED = {
    "quote.jsonl": "no kind of record",
    "quotesx.jsonl": "no kind of record",
    "deposits-1.csv": "no kind of record",
    "quotes.parquet.gz": "compresses by itself",
}
PASSED_OVER = [
    "README.md", "quotes.txt", "quotes.json", "quotes", "Quotes.jsonl", "QUOTES.CSV",
    ".quotes.jsonl",
    "quotes.jsonl.bz2", "quotes.jsonl.tmp", "quotes.csv~", "quotes.jsonl.gz.gz", "2quotes.jsonl",
]  # fmt: skip


def touched(folder: Path, *names: str) -> list[Path]:
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return paths


def test_names_tell_kind_format_and_packing(tmp_path: Path) -> None:
    touched(tmp_path, *RIGHT)
    files, misnamed = discover([tmp_path], MODELS)
    assert {f.path.name: (f.kind, f.format, f.compression) for f in files} == RIGHT
    assert not misnamed


def test_a_misnamed_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    touched(tmp_path, *MISNAMED, *PASSED_OVER)
    files, misnamed = discover([tmp_path], MODELS)
    assert not files
    assert {each.path.name for each in misnamed} == set(MISNAMED)
    for each in misnamed:
        assert MISNAMED[each.path.name] in each.reason


@pytest.mark.parametrize("name", [name for name in PASSED_OVER if not name.startswith(".")])
def test_a_file_named_outright_is_never_passed_over(name: str, tmp_path: Path) -> None:
    files, misnamed = discover(touched(tmp_path, name), MODELS)
    assert not files
    assert len(misnamed) == 1


def test_folders_are_searched_wholly_in_a_stable_order_and_hidden_ones_are_not(
    tmp_path: Path,
) -> None:
    touched(
        tmp_path, "b/quotes.jsonl", "a/deep/er/quotes.csv", "a/ledger.jsonl", ".git/quotes.jsonl"
    )
    touched(tmp_path, "a/.cache/quotes.jsonl", "trades.jsonl", "trades.jsonl.d/quotes.jsonl")
    names = [str(f.path.relative_to(tmp_path)) for f in discover([tmp_path], MODELS)[0]]
    assert names == [
        "a/deep/er/quotes.csv", "a/ledger.jsonl", "b/quotes.jsonl", "trades.jsonl",
        "trades.jsonl.d/quotes.jsonl",
    ]  # fmt: skip


def test_a_file_reached_by_two_paths_is_read_once(tmp_path: Path) -> None:
    (path,) = touched(tmp_path, "day/quotes.jsonl")
    (tmp_path / "quotes-again.jsonl").symlink_to(path)
    files, _ = discover([tmp_path, path, tmp_path / "day"], MODELS)
    assert len(files) == 1


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "quotes-gone.jsonl").symlink_to(tmp_path / "nowhere")
    for path in (tmp_path / "nothing", tmp_path / "quotes-gone.jsonl"):
        with pytest.raises(UsageError, match="no such file or folder"):
            discover([path], MODELS)
    assert discover([tmp_path], MODELS) == ([], [])


def test_the_source_a_name_gives_is_one_its_contract_takes(tmp_path: Path) -> None:
    names = ["quotes-a b\u00e9\x1b[31m\r.jsonl", f"quotes-{'x' * 200}.jsonl", "quotes- .jsonl"]
    touched(tmp_path, *names)
    files, _ = discover([tmp_path], MODELS)
    (source,) = (spec for spec in field_table("quotes") if spec.name == "source")
    assert len(files) == 3
    for file in files:
        assert source.validator.validate_python(file.source) == file.source


def test_a_secret_in_a_name_is_refused_and_not_repeated(tmp_path: Path) -> None:
    touched(tmp_path, "quotes-sk_live_4eC39HqLyjWD.jsonl", "trades-x.whsec_abc.csv")
    files, misnamed = discover([tmp_path], MODELS)
    assert not files
    assert len(misnamed) == 2
    for each in misnamed:
        assert "holds a secret" in each.reason
        assert "4eC39" not in f"{each.path} {each.reason}"
        assert "abc" not in f"{each.path} {each.reason}"


@pytest.mark.parametrize("name", ["quotes.jsonl", "quotes.csv.gz", "quotes.parquet"])
def test_a_pipe_is_refused_without_waiting_for_a_writer(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    os.mkfifo(path)
    assert discover([tmp_path], MODELS) == ([], [])
    (file,), _ = discover([path], MODELS)
    settings = Settings(home=tmp_path / "home")
    if file.format == "parquet":
        with pytest.raises(SourceRefusedError, match="no regular file"):
            open_parquet(file, settings)
        return
    opening = open_bytes(file, settings, lambda _: None)
    with pytest.raises(SourceRefusedError, match="no regular file"):
        opening.__enter__()


def test_a_file_that_vanished_is_a_refused_file(tmp_path: Path) -> None:
    (path,) = touched(tmp_path, "quotes.jsonl")
    (file,), _ = discover([path], MODELS)
    path.unlink()
    with (
        pytest.raises(SourceRefusedError, match="cannot be opened"),
        open_bytes(file, Settings(home=tmp_path), lambda _: None),
    ):
        pass
