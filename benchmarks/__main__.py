"""`python -m benchmarks [NAME...]`: one line a benchmark; exit status 1 where a bar is missed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.forecast_measures import FORECASTS
from benchmarks.measures import MEASURES, Outcome
from benchmarks.pages import pages
from benchmarks.sample_findings import SAMPLES

SINGLE = {**MEASURES, **FORECASTS, **SAMPLES}
NAMES = (*SINGLE, "pages")
GROUPS = {"forecast": tuple(FORECASTS), "findings_sample": tuple(SAMPLES)}
"""Names that stand for several benchmarks."""


def main() -> int:
    """Run the benchmarks named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*GROUPS, *NAMES)))
    parser.add_argument("--scale", type=float, default=1, help="share of the records, such as 0.1")
    parser.add_argument("--folder", type=Path, help="where to work; the system's when left out")
    parser.add_argument("--home", type=Path, help="the home of `pages`; filled where it is new")
    chosen = parser.parse_args()
    names = [one for name in chosen.names or NAMES for one in GROUPS.get(name, (name,))]
    if unknown := [name for name in names if name not in NAMES]:
        parser.error(f"no benchmark {unknown[0]!r}; choose from {', '.join((*GROUPS, *NAMES))}")
    missed = 0
    for name in names:
        with tempfile.TemporaryDirectory(prefix="benchmark-", dir=chosen.folder) as folder:
            outcomes = _measured(name, Path(folder), chosen.scale, chosen.home)
        for called, outcome in outcomes.items():
            missed += not outcome.holds
            sys.stdout.write(outcome.line(called) + "\n")
            sys.stdout.flush()
    return 1 if missed else 0


def _measured(name: str, folder: Path, scale: float, home: Path | None) -> dict[str, Outcome]:
    if name == "pages":
        return pages(folder, scale, home)
    return {name: SINGLE[name](folder, scale)}


if __name__ == "__main__":
    sys.exit(main())
