"""A reader of the dashboard without a browser: Streamlit's own messages over its WebSocket.

It sends what the browser's part of Streamlit sends, keeps large messages as that does, and names
them in each later run so that they are not sent again.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

PATIENCE_S = 120
ZONE = "Europe/London"


class FailedRunError(RuntimeError):
    """A run that ended in an error, or a page with a part that says it failed."""


@dataclass(slots=True)
class Run:
    """What came of one run of a page."""

    wall_s: float = 0
    """From asking to the end of the run, as the reader sees it."""

    sent_bytes: int = 0
    """Of all messages together, before any compression on the way."""

    elements: dict[str, int] = field(default_factory=dict)
    """How many of each type were drawn; one the reader already holds counts as `kept`."""


class Reader:
    """One session with the dashboard at `port`, at the page `path` with the query `query`."""

    def __init__(self, port: int, path: str = "", query: str = "") -> None:
        self._path, self._query = path, query
        self._page_hash = ""
        self._kept: set[str] = set()
        self._open = ExitStack()
        self._opening = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            compression=None,
            open_timeout=PATIENCE_S,
        )

    def __enter__(self) -> Self:
        self._socket = self._open.enter_context(self._opening)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def run(self) -> Run:
        """Ask for the page, again where it was asked for before, and read it to its end."""
        found = Run()
        asked = time.perf_counter()
        self._socket.send(self._request().SerializeToString())
        while not self._take(found):
            pass
        found.wall_s = time.perf_counter() - asked
        return found

    def _request(self) -> BackMsg:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self._query
        state.page_name = "" if self._page_hash else self._path
        state.page_script_hash = self._page_hash
        state.cached_message_hashes.extend(self._kept)
        state.context_info.timezone = ZONE
        state.context_info.locale = "en-GB"
        return message

    def _take(self, found: Run) -> bool:
        """Read one message; whether it was the run's last."""
        frame = self._socket.recv(timeout=PATIENCE_S)
        message = ForwardMsg.FromString(frame)
        found.sent_bytes += len(frame)
        if message.metadata.cacheable and message.hash:
            self._kept.add(message.hash)
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "ref_hash":
            _count(found, "kept")
        elif kind == "delta" and message.delta.HasField("new_element"):
            element = message.delta.new_element
            name = element.WhichOneof("type")
            _count(found, name)
            if name in ("exception", "alert"):
                raise FailedRunError(f"{self._path or 'overview'}: {element}")
        if kind != "script_finished":
            return False
        if message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
            raise FailedRunError(f"{self._path or 'overview'}: the run ended early")
        return True


def _count(found: Run, name: str) -> None:
    found.elements[name] = found.elements.get(name, 0) + 1
