"""The benchmarks: each makes its records in an empty folder and comes to one figure and its bar."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.records import FIRST_DAY, Stretch, write

REPEATS = 2
MONTH = 30
YEAR = 365
QUARTER = 91
"""Days, a little more than the first quarter of the year, so that it is over."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One figure, the bar it may not pass, or has to reach, and what it was made of."""

    figure: float
    unit: str
    bar: float
    goal: float | None
    told: str
    is_least: bool = False

    @property
    def holds(self) -> bool:
        return self.figure >= self.bar if self.is_least else self.figure <= self.bar

    def line(self, name: str) -> str:
        goal = f", goal {self.goal:g}" if self.goal is not None else ""
        bar = "at least" if self.is_least else "bar"
        verdict = "ok" if self.holds else "MISSED"
        return (
            f"{name:<20} {self.figure:8.2f}{self.unit}  {bar} {self.bar:g}{goal}  {verdict}"
            f"  ({self.told})"
        )


def ingest_jsonl(folder: Path, scale: float) -> Outcome:
    """Ingestion of JSON Lines, as a multiple of what the engine alone takes for the same file."""
    return _against_bare(folder, scale, "quotes.jsonl", "bare_json", bar=4, goal=2.5)


def ingest_parquet(folder: Path, scale: float) -> Outcome:
    """The same for Parquet."""
    return _against_bare(folder, scale, "quotes.parquet", "bare_parquet", bar=5, goal=3)


def _against_bare(
    folder: Path, scale: float, name: str, statement: str, *, bar: float, goal: float
) -> Outcome:
    rows = scaled(2_000_000, scale)
    file = write("quotes", Stretch(rows, MONTH), folder / name)
    ours, engine = [], []
    for turn in range(REPEATS):
        engine.append(once("bare", statement, file, folder / f"{turn}.duckdb")["seconds"])
        home = folder / f"home-{turn}"
        run = once("ingest", home, file)
        assert run["loaded"] == rows
        ours.append(run["seconds"])
        shutil.rmtree(home)
    told = f"{rows:,} quotes: {min(ours):.2f} s against {min(engine):.2f} s"
    return Outcome(min(ours) / min(engine), "x", bar, goal, told)


def memory(folder: Path, scale: float) -> Outcome:
    """The most memory that ingesting one large file takes."""
    rows = scaled(10_000_000, scale)
    file = write("quotes", Stretch(rows, MONTH), folder / "quotes.jsonl")
    run = once("ingest", folder / "home", file)
    assert run["loaded"] == rows
    told = f"{rows:,} quotes in {run['seconds']:.1f} s"
    return Outcome(run["peak_bytes"] / 1024**3, " GiB", 2, None, told)


def batch_after_history(folder: Path, scale: float) -> Outcome:
    """One batch after a long history, as a multiple of the same batch after a short one."""
    short, long = scaled(1_000_000, scale), scaled(10_000_000, scale)
    took = {
        rows: _batch_seconds(folder / str(rows), Stretch(rows, MONTH * rows / short))
        for rows in (short, long)
    }
    told = f"after {long:,} quotes {took[long]:.2f} s, after {short:,} {took[short]:.2f} s"
    return Outcome(took[long] / took[short], "x", 1.5, None, told)


def batch_on_busier_days(folder: Path, scale: float) -> Outcome:
    """The same where the longer history lies in as many days, so that each holds more."""
    short, long = scaled(1_000_000, scale), scaled(10_000_000, scale)
    took = {
        rows: _batch_seconds(folder / str(rows), Stretch(rows, MONTH)) for rows in (short, long)
    }
    told = f"after {long:,} quotes {took[long]:.2f} s, after {short:,} {took[short]:.2f} s"
    return Outcome(took[long] / took[short], "x", 1.5, None, told)


def _batch_seconds(folder: Path, history: Stretch) -> float:
    """The best time of 20,000 quotes of the day after `history`, each time on a fresh copy."""
    folder.mkdir()
    past = write("quotes", history, folder / "quotes-past.jsonl")
    once("ingest", folder / "home", past)
    past.unlink()
    today = Stretch(20_000, 0.5, start=history.end, first=history.rows)
    batch = write("quotes", today, folder / "quotes-today.jsonl")
    took: list[float] = []
    for turn in range(REPEATS + 1):
        home = folder / f"home-{turn}"
        shutil.copytree(folder / "home", home, copy_function=_copy)
        os.sync()
        took.append(once("ingest", home, batch)["seconds"])
        shutil.rmtree(home)
    shutil.rmtree(folder)
    return min(took)


def _copy(source: str, target: str) -> None:
    """A copy; files that are never written again may share their bytes."""
    if Path(source).suffix == ".parquet":
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def windows(folder: Path, scale: float) -> Outcome:
    """Processor time of every figure for 30 days of hours over 12 pools."""
    month = Stretch(scaled(1_000_000, scale), MONTH, start=FIRST_DAY)
    kinds = ("quotes", "trades", "limits", "balances", "programs", "availability")
    files = [write(kind, month, folder / f"{kind}.jsonl") for kind in kinds]
    once("ingest", folder / "home", *files)
    run = once("windows", folder / "home")
    told = f"{run['rows']:,} rows; first call {run['first_cpu_seconds'] * 1000:.0f} ms"
    return Outcome(run["cpu_seconds"] * 1000, " ms", 150, None, told)


def findings(folder: Path, scale: float) -> Outcome:
    """Processor time of every finding for 12 pools with a year of history."""
    year = Stretch(scaled(1_000_000, scale), YEAR, start=FIRST_DAY)
    kinds = ("quotes", "trades", "limits", "balances", "programs", "availability")
    files = [write(kind, year, folder / f"{kind}.parquet") for kind in kinds]
    once("ingest", folder / "home", *files)
    run = once("findings", folder / "home")
    assert run["pools"] == 12
    assert run["errors"] == 0
    told = (
        f"{run['judged']} judged of {run['pools']} pools; first call"
        f" {run['first_cpu_seconds'] * 1000:.0f} ms"
    )
    return Outcome(run["cpu_seconds"] * 1000, " ms", 1000, None, told)


def evidence(folder: Path, scale: float) -> Outcome:
    """Processor time of the story of one request or quote among very many."""
    month = Stretch(scaled(10_000_000, scale), MONTH)
    files = [
        write(kind, month, folder / f"{kind}.parquet", opaque=True) for kind in ("quotes", "trades")
    ]
    once("ingest", folder / "home", *files)
    run = once("evidence", folder / "home", month.rows)
    assert run["found"] == run["looked"]
    told = (
        f"worst of {run['looked']} among {month.rows:,} quotes; {run['wall_seconds'] * 1000:.0f} ms"
    )
    return Outcome(run["cpu_seconds"] * 1000, " ms", 300, None, f"{told} by the clock")


def reconciliation(folder: Path, scale: float) -> Outcome:
    """Trades compared with their ledger entries and orders each second, the whole book at once."""
    book = Stretch(scaled(1_000_000, scale), MONTH)
    today = Stretch(scaled(20_000, scale), 0.5, start=book.end, first=book.rows)
    once("ingest", folder / "home", *_book_files(folder / "past", book))
    run = once("reconcile_batch", folder / "home", *_book_files(folder / "today", today))
    (seconds, used), (batch, batch_used) = run["whole"], run["batch"]
    told = (
        f"{run['trade_state']:,} trades, {run['ledger']:,} entries, {run['breaks']:,} breaks:"
        f" {seconds:.2f} s, of processors {used:.2f} s; {today.rows:,} trades after them:"
        f" {batch:.2f} s, {batch_used:.2f} s; nothing after them: {run['nothing'][0]:.3f} s"
    )
    rate = run["trade_state"] / seconds / 1000
    return Outcome(rate, " k/s", 120, None, told, is_least=True)


def report(folder: Path, scale: float) -> Outcome:
    """Seconds to make a review pack of 12 pools and a quarter, in the format that takes longest."""
    quarter = Stretch(scaled(1_000_000, scale), QUARTER)
    traded = Stretch(scaled(300_000, scale), QUARTER)
    kinds = ("quotes", "limits", "balances", "programs", "availability")
    files = [write(kind, quarter, folder / f"{kind}.parquet") for kind in kinds[:1]]
    files += [write(kind, quarter, folder / f"{kind}.jsonl") for kind in kinds[1:]]
    once("ingest", folder / "home", *files, *_book_files(folder / "books", traded))
    run = once("report", folder / "home")
    each = ", ".join(f"{form} {seconds:.1f}" for form, seconds in run["formats"].items())
    worst = run["figures"] + max(run["formats"].values())
    told = f"{run['rows']:,} rows; figures {run['figures']:.1f} s, {each}"
    told += f"; of processors up to the figures {run['used']:.1f} s"
    return Outcome(worst, " s", 10, None, told)


def _book_files(folder: Path, stretch: Stretch) -> list[Path]:
    folder.mkdir()
    return [
        write(f"book_{kind}", stretch, folder / f"{kind}.parquet")
        for kind in ("trades", "ledger", "orders")
    ]


MEASURES: dict[str, Callable[[Path, float], Outcome]] = {
    measure.__name__: measure
    for measure in (
        ingest_jsonl,
        ingest_parquet,
        memory,
        batch_after_history,
        batch_on_busier_days,
        windows,
        findings,
        evidence,
        reconciliation,
        report,
    )
}


def scaled(rows: int, scale: float) -> int:
    return max(round(rows * scale), 1_000)


def once(what: str, *arguments: object) -> dict[str, Any]:
    """Run one measurement in a process of its own and return what it says."""
    command = [sys.executable, "-m", "benchmarks.once", what, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{what} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
