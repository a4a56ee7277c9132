"""`python -m benchmarks [NAME...]`: one line a benchmark; exit status 1 where a bar is missed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.measures import MEASURES


def main() -> int:
    """Run the benchmarks named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--scale", type=float, default=1, help="share of the records, such as 0.1")
    parser.add_argument("--folder", type=Path, help="where to work; the system's when left out")
    chosen = parser.parse_args()
    if unknown := [name for name in chosen.names if name not in MEASURES]:
        parser.error(f"no benchmark {unknown[0]!r}; choose from {', '.join(MEASURES)}")
    missed = 0
    for name in chosen.names or MEASURES:
        with tempfile.TemporaryDirectory(prefix="benchmark-", dir=chosen.folder) as folder:
            outcome = MEASURES[name](Path(folder), chosen.scale)
        missed += not outcome.holds
        sys.stdout.write(outcome.line(name) + "\n")
        sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
