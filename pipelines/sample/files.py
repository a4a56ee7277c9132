"""Where the records go: one open file per kind, in the formats that ingestion takes."""

from __future__ import annotations

import gzip
import io
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import zstandard

from pipelines.sample.render import LEDGER_HEADER

# Large kinds are packed, small ones stay readable. Parquet kinds are written by `snapshots`.
_SUFFIXES = {
    "quotes": ".jsonl.zst",
    "trades": ".jsonl.zst",
    "ledger": ".csv.gz",
    "balances": ".ndjson.gz",
    "errors": ".jsonl",
    "orders": ".jsonl.zst",
    "webhooks": ".jsonl.zst",
    "tickets": ".jsonl",
    "limits": ".csv",
    "programs": ".jsonl",
    "availability": ".parquet",
}

# Parts that people will want to read as they are.
READABLE = frozenset({"bad", "contradictions"})


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...

    def close(self) -> None: ...


class _Packed:
    """A binary file whose bytes are packed on the way; the same bytes always give the same file."""

    def __init__(self, path: Path, level: int) -> None:
        self._file = path.open("wb")
        self._out: _Sink = self._file
        if path.suffix == ".gz":
            packer = gzip.GzipFile("", "wb", compresslevel=level, fileobj=self._file, mtime=0)
            self._out = io.BufferedWriter(packer, 1 << 18)
        elif path.suffix == ".zst":
            compressor = zstandard.ZstdCompressor(level=level)
            self._out = compressor.stream_writer(self._file, closefd=False)

    def write(self, data: bytes) -> None:
        self._out.write(data)

    def close(self) -> None:
        self._out.close()
        self._file.close()


class Files:
    """The files of one lane: which are open, what was written, how many records of each kind."""

    def __init__(self, directory: Path, label: str, *, level: int) -> None:
        self._directory = directory
        self._label = label
        self._level = level  # of compression; 0: none
        self._open: dict[Path, _Packed] = {}
        self.written: list[Path] = []
        self.records: Counter[str] = Counter()
        self._in_file: Counter[Path] = Counter()

    def path(self, kind: str, part: str) -> Path:
        """The path of one file; `part` says which days or which purpose."""
        suffix = ".jsonl" if part in READABLE else _SUFFIXES[kind]
        if not self._level:
            suffix = suffix.removesuffix(".gz").removesuffix(".zst")
        return self._directory / f"{kind}-{self._label}-{part}{suffix}"

    def write(self, kind: str, part: str, blocks: Iterable[bytes], records: int) -> None:
        """Adds whole lines to a file, which is opened when its first record comes."""
        if not records:
            return
        path = self.path(kind, part)
        if path not in self._open:
            self._open[path] = _Packed(path, self._level)
            self.written.append(path)
            if kind == "ledger" and part not in READABLE:
                self._open[path].write(LEDGER_HEADER.encode("ascii"))
        for block in blocks:
            self._open[path].write(block)
        self.records[kind] += records
        self._in_file[path] += records

    def note(self, kind: str, part: str, records: int) -> Path:
        """Counts a file that another writes, and says where it belongs."""
        path = self.path(kind, part)
        self.written.append(path)
        self.records[kind] += records
        return path

    def again(self, kind: str, part: str, other: str) -> None:
        """Delivers the whole closed file of `part` once more under another name."""
        source = self.path(kind, part)
        shutil.copyfile(source, self.note(kind, other, self._in_file[source]))

    def close(self) -> None:
        """Finishes every open file."""
        for packed in self._open.values():
            packed.close()
        self._open.clear()
