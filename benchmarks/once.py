"""One measured run in a process of its own: `python -m benchmarks.once WHAT ARGUMENT...`.

The result is one JSON object on standard output. Starting Python and importing are left out.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.records import statement
from pipelines.evidence import evidence as find
from pipelines.facts import Facts, open_engine
from pipelines.findings.asking import findings_of
from pipelines.ingest import Ingestion
from pipelines.pack.scope import Wanted
from pipelines.places import places
from pipelines.publish import reach_of
from pipelines.reconciling import reconcile
from pipelines.serving import opened
from pipelines.settings import Settings
from pipelines.sqlfiles import sql_text
from pipelines.utilization import windows_table
from pipelines.windows import calendar_windows
from reports.pack.document import build_pack
from reports.pack.writing import FORMATS, written

Result = dict[str, Any]
LANDED_AT = datetime(2027, 1, 1, tzinfo=UTC)
CALLS = 7
LOOK_UPS = 8
WHOLE_TURNS = 3


def ingest(home: str, *paths: str) -> Result:
    """Ingest files as the command does, until they are published."""
    began, used = time.perf_counter(), time.process_time()
    report = Ingestion(Settings(home=Path(home)), at=LANDED_AT).run(map(Path, paths))
    loaded = sum(counts.loaded for counts in report.counts.values())
    return {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - used,
        "loaded": loaded,
        "peak_bytes": peak_bytes(),
    }


def reconcile_batch(home: str, *paths: str) -> Result:
    """What it takes to reconcile after these files, and to reconcile the whole book again."""
    settings = Settings(home=Path(home))
    Unsettled(settings, at=LANDED_AT).run(map(Path, paths))
    (place,) = places(Path(home))
    connection = open_engine(settings)
    facts = Facts(connection, place, settings)
    facts.open()
    batch = _reconciling(facts)
    nothing = _reconciling(facts)
    whole = []
    for _ in range(WHOLE_TURNS):
        connection.execute(sql_text("drop_meta.sql"), {"name": "reconciled"})
        whole.append(_reconciling(facts))
    counts = {
        name: len(connection.table(f"facts.{name}")) for name in ("trade_state", "ledger", "breaks")
    }
    facts.close()
    return {"batch": batch, "nothing": nothing, "whole": min(whole), **counts}


class Unsettled(Ingestion):
    """An ingestion that loads and leaves it at that."""

    def finish(self) -> None:
        """Close without deriving anything."""
        self._touched.clear()
        super().finish()


def _reconciling(facts: Facts) -> tuple[float, float]:
    """Seconds of wall and of processor time."""
    watermark, _ = reach_of(facts)
    began, used = time.perf_counter(), time.process_time()
    reconcile(facts.connection, facts.settings, watermark=watermark, landing=None)
    return time.perf_counter() - began, time.process_time() - used


def bare(name: str, file: str, database: str) -> Result:
    """What the engine alone takes to put the same file into a table on disk."""
    began = time.perf_counter()
    connection = duckdb.connect(database)
    connection.execute(statement(name), {"file": file})
    connection.close()
    return {"seconds": time.perf_counter() - began}


def windows(home: str) -> Result:
    """Processor time of every figure of all hours up to the watermark; the best of some calls."""
    (place,) = places(Path(home))
    with opened(place) as build:
        assert build.watermark is not None
        span = calendar_windows("1h", datetime(2026, 1, 1, tzinfo=UTC), build.watermark, "UTC")
        took = []
        for _ in range(CALLS):
            used = time.process_time()
            table = windows_table(build.connection, span, as_of=build.watermark)
            took.append(time.process_time() - used)
    return {"cpu_seconds": min(took), "first_cpu_seconds": took[0], "rows": table.num_rows}


def findings(home: str) -> Result:
    """Processor time of every finding as of the watermark, and what of it is its first call's."""
    (place,) = places(Path(home))
    settings = Settings(home=Path(home), failure_budget="0.05", availability_budget="0.01")
    with opened(place) as build:
        took = []
        for _ in range(CALLS):
            used = time.process_time()
            found = findings_of(build, settings)
            took.append(time.process_time() - used)
    return {
        "cpu_seconds": min(took),
        "first_cpu_seconds": took[0],
        "judged": len(found),
        "pools": len({one.pool_id for one in found} - {None}),
        "errors": sum(one.state == "error" for one in found),
    }


def evidence(home: str, rows: str) -> Result:
    """The worst of several look-ups, each of them from opening the facts, by request and quote."""
    (place,) = places(Path(home))
    cpu, wall, found = [], [], 0
    for turn in range(LOOK_UPS):
        # Every tenth quote is firm and traded where its number ends in 1.
        number = int(rows) * turn // LOOK_UPS // 100 * 100 + 1
        for named in (f"req_{number:012d}", f"q_{number:012d}"):
            began, used = time.perf_counter(), time.process_time()
            asked = hashlib.md5(named.encode()).hexdigest()
            story = find(Settings(home=Path(home)), place, asked, None, wait_seconds=0)
            cpu.append(time.process_time() - used)
            wall.append(time.perf_counter() - began)
            found += sum(record.kind == "quotes" for record in story.records)
    return {"cpu_seconds": max(cpu), "wall_seconds": max(wall), "found": found, "looked": len(cpu)}


def report(home: str) -> Result:
    """Seconds for the figures of a quarter's pack, and for each format it is written in."""
    settings = Settings(home=Path(home))
    (place,) = places(Path(home))
    began = time.perf_counter()
    pack = build_pack(settings, place, Wanted("lp_core", "2026-Q1"), wait_seconds=0)
    figures, used = time.perf_counter() - began, time.process_time()
    took = {}
    for form in FORMATS:
        began = time.perf_counter()
        written(pack, form, settings)
        took[form] = time.perf_counter() - began
    rows = sum(table.num_rows for table in pack.tables.values())
    return {"figures": figures, "used": used, "formats": took, "rows": rows}


def peak_bytes() -> int:
    """The most memory this process has had at once; the parent's does not count."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


RUNS: dict[str, Callable[..., Result]] = {
    run.__name__: run
    for run in (ingest, bare, windows, findings, evidence, reconcile_batch, report)
}

if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    sys.stdout.write(json.dumps(RUNS[what](*arguments)) + "\n")
