"""Lines of a log that say themselves whether they are whole: JSON, a tab, its checksum."""

from __future__ import annotations

import zlib


def checked_line(body: bytes) -> bytes:
    """The line that holds `body`, which has no line break of its own."""
    return b"%s\t%08x\n" % (body, zlib.crc32(body))


def body_of(line: bytes) -> bytes | None:
    """What a line holds, or None where it is not as it was written."""
    body, _, mark = line.rstrip(b"\n").rpartition(b"\t")
    is_whole = line.endswith(b"\n") and mark == b"%08x" % zlib.crc32(body)
    return body if is_whole else None
