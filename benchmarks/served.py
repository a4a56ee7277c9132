"""A dashboard in a process of its own, on a home of its own, with what that process has used."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from pipelines.advice import keep_advice
from pipelines.places import Place, places
from pipelines.publish import POINTER, read_pointer
from pipelines.settings import Settings
from reports.demo import ROOT, dashboard_command

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PATIENCE_S = 60
SESSION_KEPT_S = 2
"""How long the server keeps a session that was closed; as set, two minutes."""

ORDINARY = Path(__file__).with_name("ordinary.py")


class Served:
    """What is published of one partner, copied, so that it can be published again and again."""

    def __init__(self, home: Path, folder: Path) -> None:
        (self._from,) = places(home)
        self.home = folder
        self._place = Place(folder, self._from.environment, self._from.partner_id)
        self._place.serving.mkdir(parents=True)
        self._turn = 0
        # As `utilization ingest` does; advice beside a build is read, not worked out.
        keep_advice(self._from, Settings(home=home))
        self.publish()

    def publish(self) -> None:
        """Publish the same build under another name: nothing that was remembered fits it."""
        pointer = read_pointer(self._from)
        assert pointer is not None
        self._turn += 1
        name = f"{self._turn:010d}-1.duckdb"
        built = self._from.serving / pointer["file"]
        for ending in (".duckdb", ".advice.json"):
            made = self._place.serving / name
            shutil.copy(built.with_suffix(ending), made.with_suffix(ending))
        waiting = self._place.serving / "waiting"
        waiting.write_text(json.dumps({**pointer, "file": name}), encoding="utf-8")
        waiting.replace(self._place.serving / POINTER)


class Server:
    """The dashboard as it is served, or with `is_ordinary` the same pages in the ordinary way."""

    def __init__(self, home: Path, *, is_ordinary: bool = False, remembers: bool = False) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        own = {
            "UTILIZATION_HOME": str(home),
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": str(SESSION_KEPT_S),
            "ORDINARY_REMEMBERS": "yes" if remembers else "",
        }
        command = dashboard_command(self.port, browser=False)
        if is_ordinary:  # as everybody gets it: without our settings of the server
            own["STREAMLIT_RUNNER_POST_SCRIPT_GC"] = "true"
            command = [str(ORDINARY) if part.endswith("asgi.py") else part for part in command]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=sys.stderr,
        )

    def __enter__(self) -> Self:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                address = f"http://127.0.0.1:{self.port}/_stcore/health"
                with urllib.request.urlopen(address, timeout=2) as answer:
                    if answer.read() == b"ok":
                        return self
            except OSError:
                time.sleep(0.1)
        self._process.kill()
        raise SystemExit("the dashboard did not start")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_S)

    @property
    def cpu_s(self) -> float:
        """The processor time of all its threads so far, ended ones included."""
        told = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
        user, system = told.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) * TICK_S

    @property
    def resident_mib(self) -> float:
        """The memory it holds now."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024
