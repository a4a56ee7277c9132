"""Bytes out of a file, unpacked, with a cap on how much may come out."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

import pyarrow as pa

from pipelines.errors import SourceRefusedError
from pipelines.settings import Settings
from pipelines.sources.discovery import SourceFile

CODECS = {"gz": "gzip", "zst": "zstd"}
PIECE_BYTES = 64 * 1024


class CappedReader:
    """A readable stream that hands over all it holds before it refuses to go on.

    It refuses where more than `cap` bytes come out, and where the packed bytes are damaged.
    """

    def __init__(
        self, stream: pa.NativeFile, *, cap: int, name: str, piece_bytes: int | None = None
    ) -> None:
        """`piece_bytes`: read at most so much at once; the piece that a damage lies in is lost."""
        self._stream = stream
        self._piece_bytes = piece_bytes
        self._left = cap
        self._cap = cap
        self._name = name
        self._refusal: SourceRefusedError | None = None

    def read(self, size: int) -> bytes:
        """Return `size` bytes, fewer before the end or a damage, none at the end.

        Raises SourceRefusedError where nothing more can be had although the end is not reached.
        """
        data = b"" if self._refusal else self._gather(size)
        if len(data) > self._left:
            data = data[: self._left]
            self._refusal = SourceRefusedError(
                f"{self._name}: holds more than {self._cap} bytes when unpacked; split it,"
                " or raise max_unpacked_bytes"
            )
        self._left -= len(data)
        if self._refusal is not None and not data:
            raise self._refusal
        return data

    def _gather(self, size: int) -> bytes:
        pieces: list[bytes] = []
        left = size
        most = self._piece_bytes or size
        try:
            while left and (piece := cast("bytes", self._stream.read(min(left, most)))):
                pieces.append(piece)
                left -= len(piece)
        except (OSError, pa.ArrowException) as error:
            self._refusal = SourceRefusedError(
                f"{self._name}: the file is damaged or cut short; send it again"
            )
            self._refusal.__cause__ = error
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


@contextmanager
def open_bytes(
    file: SourceFile, settings: Settings, progress: Callable[[int], None]
) -> Iterator[CappedReader]:
    """Open `file` for reading its content; `progress` gets the stored bytes read so far."""
    with open_stored(file, settings) as plain:
        counted = _Counted(plain, progress)
        stream = pa.PythonFile(counted, mode="r")
        cap, name = settings.max_unpacked_bytes, file.source
        if file.compression is None:
            yield CappedReader(stream, cap=cap, name=name)
        else:
            packed = pa.CompressedInputStream(stream, CODECS[file.compression])
            yield CappedReader(packed, cap=cap, name=name, piece_bytes=PIECE_BYTES)


def open_stored(file: SourceFile, settings: Settings) -> BinaryIO:
    """Open a file as it is stored; SourceRefusedError where that cannot be or it is too large."""
    try:
        # Not waiting for a writer, as opening a pipe would; a pipe is refused below.
        handle = os.open(file.path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise SourceRefusedError(
            f"{file.source}: cannot be opened ({error.strerror}); make it readable"
        ) from error
    stored = cast("BinaryIO", os.fdopen(handle, "rb", buffering=0))
    status = os.fstat(handle)
    refusal = None
    if not stat.S_ISREG(status.st_mode):
        refusal = "is no regular file; save its content as one"
    elif status.st_size > settings.max_file_bytes:
        refusal = (
            f"{status.st_size} bytes is more than {settings.max_file_bytes}; split it,"
            " or raise max_file_bytes"
        )
    elif file.compression is not None and status.st_size == 0:
        refusal = "the file is empty, not even packed; send it again"
    if refusal is not None:
        stored.close()
        raise SourceRefusedError(f"{file.source}: {refusal}")
    return stored


class _Counted:
    """Reports how far a file has been read; what pyarrow needs of a file and no more."""

    closed = False

    def __init__(self, stream: BinaryIO, progress: Callable[[int], None]) -> None:
        self._stream = stream
        self._progress = progress

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._progress(len(data))
        return data

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True
