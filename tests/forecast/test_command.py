"""`utilization forecast`: rows for people and programs, and errors that say what to give.

Goal: each kind's rows, what-if on the command line, and every wrong value answered in one line.
Method: a generated sample in a home, and the command as a user runs it.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.dashboard.sample_home import fill_home
from tests.test_cli import run

AS_OF = ("--as-of", "2026-06-24T13:00:00Z")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill_home(tmp_path_factory, "forecast", partners=1, days=40)


def rows_of(home: Path, *options: str) -> list[dict[str, object]]:
    answer = run("--home", str(home), "forecast", "--environment", "production", *AS_OF, *options)
    assert answer.status == 0, answer.err
    return [json.loads(line) for line in answer.out.splitlines()]


def test_every_kind_has_its_rows(home: Path) -> None:
    rows = rows_of(home)
    assert {row["kind"] for row in rows} == {"pace", "runway", "accuracy"}
    paces = [row for row in rows if row["kind"] == "pace"]
    assert {row["limit_type"] for row in paces} == {"daily_band", "velocity_24h"}
    assert any(row["state"] == "projected" for row in paces)
    assert all("path" not in row and "demand" not in row for row in rows)
    assert {row["currency"] for row in rows if row["kind"] == "runway"} == {"BRL", "EUR", "GBP"}


def test_hours_and_filters_are_asked_for(home: Path) -> None:
    (only,) = rows_of(home, "--kind", "runway", "--currency", "EUR", "--hours")
    demand = only["demand"]
    assert isinstance(demand, list)
    assert set(demand[0]) == {"at", "expected", "cautious"}
    pools = {str(row["pools"]) for row in rows_of(home, "--kind", "pace", "--pool", "GBP-USDT")}
    assert pools == {"['GBP-USDT']"}


def test_assumptions_change_the_runway(home: Path) -> None:
    plain, grown = (
        rows_of(home, "--kind", "runway", "--currency", "EUR", *assumed)[0]
        for assumed in ((), ("--growth", "1", "--lead-time", "3d", "--service-level", "0.9"))
    )
    assert plain["usable_at"] != grown["usable_at"]
    assert plain["service_level"] != grown["service_level"]
    assert plain["need"] != grown["need"]


def test_csv_has_a_line_for_each_row(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "forecast.csv"
    rows_of(home, "--kind", "accuracy", "--format", "csv", "--out", str(out))
    with out.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["measure"] for line in lines} == {"daily_band", "net_outflow"}
    assert all(line["coverage_80"] for line in lines if line["state"] == "scored")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--kind", "weather"), "no forecast 'weather'; choose from pace, runway, accuracy"),
        (("--growth", "lots"), "--growth 'lots': give a number from -1 to 100"),
        (("--service-level", "1"), "--service-level '1': give a number from 0.5 to 0.999"),
        (("--pool", "XXX-YYY"), "no pool 'XXX-YYY' by then; `utilization now` lists the pools"),
        (("--currency", "XXX"), "no balance in 'XXX' by then; they are in BRL, EUR, GBP"),
    ],
)
def test_a_wrong_value_is_told_in_one_line(home: Path, options: tuple[str, ...], told: str) -> None:
    answer = run("--home", str(home), "forecast", "--environment", "production", *AS_OF, *options)
    assert (answer.status, answer.err.strip()) == (2, f"utilization: {told}")
