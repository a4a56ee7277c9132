"""The set-wise way in and the judge agree on every record.

Goal: a file may be checked as whole columns, which is quick, because that accepts exactly the
records, with exactly the values, that the models accept one by one, and sets aside exactly the
others for the same rules. Method: random raw records of every kind, right and wrong in every way
we could think of, are written as JSON lines, CSV and Parquet; both ways read the file, and their
outcomes are compared whole: accepted rows, refusals, quarantine rules and the counts of dropped
names.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contracts import MODELS
from tests.screening.mangling import any_value, as_json, broken, draw_pairs, joined, respelled
from tests.screening.typed_columns import draw_table
from tests.screening.ways import judged_csv, judged_json, judged_parquet, screened

KINDS = sorted(MODELS)
many = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
randoms = st.builds(Random, st.integers(0, 2**32))


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", KINDS)
@many
@given(random=randoms)
def test_json_lines_come_to_the_same_both_ways(
    kind: str, random: Random, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    style = random.choice(["compact", "compact", "spaced", "odd"])
    share = random.choice([0.0, 0.0, 1.0, 0.3])
    lines = []
    for _ in range(random.randrange(1, 12)):
        pairs = respelled(random, kind, draw_pairs(random, kind), share)
        line = as_json(random, pairs, style if random.random() < 0.9 else "odd")
        lines.append(broken(random, line) if random.random() < 0.25 else line)
    data = joined(random, lines)
    outcome, _ = screened(engine, write(tmp_path, f"{kind}.jsonl", data))
    assert outcome == judged_json(kind, data)


@pytest.mark.parametrize("kind", KINDS)
@many
@given(random=randoms)
def test_csv_rows_come_to_the_same_both_ways(
    kind: str, random: Random, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [dict(draw_pairs(random, kind)) for _ in range(random.randrange(1, 8))]
    names = list(dict.fromkeys(name for row in rows for name in row if name))
    header = [name for name, _ in respelled(random, kind, [(n, None) for n in names], 0.2)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=random.choice(["\n", "\r\n"]))
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    path = write(tmp_path, f"{kind}.csv", text.getvalue().encode())
    outcome, _ = screened(engine, path)
    assert outcome == judged_csv(kind, text.getvalue())


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.replace("\n", " ")


@pytest.mark.parametrize("kind", KINDS)
@many
@given(random=randoms)
def test_parquet_rows_come_to_the_same_both_ways(
    kind: str, random: Random, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / f"{kind}.parquet"
    draw_table(random, kind, path)
    outcome, _ = screened(engine, path)
    assert outcome == judged_parquet(kind, path)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_no_bytes_at_all_upset_the_screen(
    data: bytes, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    outcome, _ = screened(engine, write(tmp_path, "quotes.jsonl", data))
    assert outcome == judged_json("quotes", data)
    screened(engine, write(tmp_path, "quotes.csv", data))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=randoms, batch_rows=st.integers(1, 7))
def test_where_a_part_ends_changes_nothing(
    random: Random, batch_rows: int, engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for kind, ending in (("quotes", "jsonl"), ("programs", "jsonl")):
        lines = [as_json(random, draw_pairs(random, kind), "compact") for _ in range(20)]
        path = write(tmp_path, f"{kind}.{ending}", "\n".join(lines).encode())
        whole, _ = screened(engine, path)
        assert screened(engine, path, batch_rows=batch_rows)[0] == whole


def test_a_value_drawn_is_wrong_for_some_field_and_right_for_another() -> None:
    random = Random(1)
    drawn = {type(any_value(random)) for _ in range(200)}
    assert drawn >= {str, int, float, bool, type(None), list, dict}
