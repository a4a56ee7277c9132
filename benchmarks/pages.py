"""What the pages of the dashboard cost: a first load, a rerun, many sessions, the memory of each.

The dashboard runs in a process of its own, as it is served, and is asked by `benchmarks.reader`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measures import Outcome, once, scaled
from benchmarks.reader import Reader
from benchmarks.records import BUSY, Stretch, write_busy
from benchmarks.served import SESSION_KEPT_S, Served, Server

QUOTES = 10_000_000
DAYS = 35
PAGES = {
    "overview": ("", ""),
    "growth": ("growth", ""),
    "finance": ("finance", ""),
    "review": ("review", ""),
    "investigate": ("investigate", "figure=unavailable_quotes&lane=POOL-01:EUR"),
    "health": ("health", ""),
}
"""Each page's address and query."""

FIRST_TURNS, WARM_TURNS, TURNS = 5, 3, 20
SESSIONS, RERUNS = 16, 12
WAVES, WAVE = 4, 25


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a page came to, of several."""

    wall_ms: float
    cpu_ms: float
    sent_kib: float


Costs = dict[str, Cost]


def pages(folder: Path, scale: float, home: Path | None = None) -> dict[str, Outcome]:
    """Each bar of the pages, on a home of many quotes; `home` is kept, and used where it exists."""
    home = home or folder / "home"
    rows = scaled(QUOTES, scale)
    if not home.exists():
        _fill(home, folder, rows)
    served = Served(home, folder / "served")
    with Server(served.home) as server:
        _each(lambda page: _read(server, page, 1))
        firsts = _firsts(server, served)
        reruns = _each(lambda page: _rerun(server, page))
        rate, rate_told = _sessions(server)
    with Server(served.home) as server:
        memory, memory_told = _memory(server)
    plain, remembering = (_ordinary(served.home, remembers=is_so) for is_so in (False, True))
    return {
        "page_first": _worst("cpu_ms", firsts, "ms", 400, "wall", "wall_ms"),
        "page_rerun": _worst("cpu_ms", reruns, "ms", 50, "wall", "wall_ms"),
        "page_bytes": _worst("sent_kib", reruns, "KiB", 150, "at first", "sent_kib", firsts),
        "page_ordinary": _times(plain, remembering, reruns),
        "page_sessions": Outcome(rate, " /s", 30, None, rate_told, is_least=True),
        "page_memory": Outcome(memory, " MiB", 2, None, memory_told),
    }


def _fill(home: Path, folder: Path, rows: int) -> None:
    month = Stretch(rows, DAYS)
    files = [write_busy(kind, month, folder / f"{kind}.parquet") for kind in BUSY]
    once("ingest", home, *files)
    for file in files:
        file.unlink()


def _each(measure: Callable[[str], Cost]) -> Costs:
    return {page: measure(page) for page in PAGES}


def _read(server: Server, page: str, turns: int) -> Cost:
    """Open a page as someone new does, and run it `turns` times; the best by the clock."""
    with Reader(server.port, *PAGES[page]) as reader:
        used = server.cpu_s
        runs = [reader.run() for _ in range(turns)]
        cpu_s = server.cpu_s - used
    return Cost(
        min(run.wall_s for run in runs) * 1000,
        cpu_s / turns * 1000,
        runs[-1].sent_bytes / 1024,
    )


def _firsts(server: Server, served: Served) -> Costs:
    """Each page as the first one of a new build, when nothing of the build is remembered."""
    found: dict[str, list[Cost]] = {page: [] for page in PAGES}
    for _ in range(FIRST_TURNS):
        for page, costs in found.items():
            served.publish()
            costs.append(_read(server, page, 1))
    return {
        page: Cost(
            min(cost.wall_ms for cost in costs),
            min(cost.cpu_ms for cost in costs),
            costs[-1].sent_kib,
        )
        for page, costs in found.items()
    }


def _rerun(server: Server, page: str) -> Cost:
    """The same page again for someone who has it open."""
    with Reader(server.port, *PAGES[page]) as reader:
        for _ in range(WARM_TURNS):
            reader.run()
        used = server.cpu_s
        runs = [reader.run() for _ in range(TURNS)]
        cpu_s = server.cpu_s - used
    wall_s = sorted(run.wall_s for run in runs)[TURNS // 2]
    return Cost(wall_s * 1000, cpu_s / TURNS * 1000, runs[-1].sent_bytes / 1024)


def _ordinary(home: Path, *, remembers: bool) -> Costs:
    with Server(home, is_ordinary=True, remembers=remembers) as server:
        return _each(lambda page: _rerun(server, page))


def _sessions(server: Server) -> tuple[float, str]:
    """Runs a second of many sessions at once, over all pages."""
    paths = [list(PAGES.values())[number % len(PAGES)] for number in range(SESSIONS)]
    with ExitStack() as open_ones, ThreadPoolExecutor(SESSIONS) as threads:
        readers = [open_ones.enter_context(Reader(server.port, *path)) for path in paths]
        for _ in range(WARM_TURNS):
            list(threads.map(Reader.run, readers))
        began, used = time.perf_counter(), server.cpu_s
        list(threads.map(lambda reader: [reader.run() for _ in range(RERUNS)], readers))
        took, cpu_s = time.perf_counter() - began, server.cpu_s - used
    runs = SESSIONS * RERUNS
    told = f"{SESSIONS} sessions, {runs} reruns; {runs / cpu_s:.0f} for a second of processor"
    return runs / took, told


def _memory(server: Server) -> tuple[float, str]:
    """What an open session holds; waves of sessions open and close, and none may leave much.

    The first wave is not counted: it fills what all sessions share.
    """
    held, left = [], []
    for _ in range(1 + WAVES):
        before = server.resident_mib
        with ExitStack() as open_ones:
            for number in range(WAVE):
                path = list(PAGES.values())[number % len(PAGES)]
                open_ones.enter_context(Reader(server.port, *path)).run()
            held.append(server.resident_mib - before)
        time.sleep(SESSION_KEPT_S * 3)
        left.append(server.resident_mib)
    most = max(held[1:]) / WAVE
    told = (
        f"{most:.2f} held by each of {WAVE} open; the process holds {left[0]:.0f} MiB, and"
        f" {left[-1]:.0f} after {WAVES} times {WAVE} more were opened and closed"
    )
    return max(most, (left[-1] - left[0]) / (WAVE * WAVES)), told


def _worst(
    name: str,
    costs: Costs,
    unit: str,
    bar: float,
    beside: str,
    other: str,
    others: Costs | None = None,
) -> Outcome:
    told = ", ".join(
        f"{page} {getattr(cost, name):.0f} ({getattr((others or costs)[page], other):.0f})"
        for page, cost in costs.items()
    )
    worst = max(getattr(cost, name) for cost in costs.values())
    return Outcome(worst, f" {unit}", bar, None, f"worst of: {told}; in brackets {beside}")


def _times(plain: Costs, remembering: Costs, ours: Costs) -> Outcome:
    """How many times as much the ordinary pages take, and in brackets where they remember."""
    times = {page: cost.cpu_ms / ours[page].cpu_ms for page, cost in plain.items()}
    told = ", ".join(
        f"{page} {times[page]:.1f} ({remembering[page].cpu_ms / cost.cpu_ms:.1f})"
        for page, cost in ours.items()
    )
    beside = "in brackets where st.cache_data remembers answers"
    return Outcome(min(times.values()), "x", 5, None, f"least of: {told}; {beside}", is_least=True)
