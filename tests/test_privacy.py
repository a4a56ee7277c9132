"""What must not be stored is stored nowhere, in no form, and said nowhere.

Goal: a record that carries a private field or a secret is refused whole, and nothing of it reaches
a disk, a log or a screen; nor does free text where only known words belong, nor the value of a
field nobody declared, nor a wrong value that could say something. Method: 10,000 records of every
kind, as JSON lines, CSV and Parquet, carry one to three names of the private list, in every
spelling and at every depth, each with a canary as its value and canaries as the record's own ids.
After the real command has loaded them, and the others have looked at the home, everything the home
holds and everything that was said is swept for the canaries; a control that may be stored must be
found by the same sweep.
"""

from __future__ import annotations

import base64
import csv
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cli import main
from pipelines.contracts import MODELS, field_table
from tests.canaries import CANARY, CONTROL, forms_of, found_in_home, is_in
from tests.contracts.examples import valid
from tests.contracts.test_private import DEPTHS, PRIVATE, SPELLINGS

JSON_RECORDS, CELL_FILES, CELL_ROWS = 7_600, 24, 50
DEEP_IN_JSON = ("in a map", "far down", "in JSON as bytes", "in JSON nobody can parse")
"""Not what a line of JSON can hold, or too large to try thousands of times."""

Say = Callable[..., str]


@pytest.fixture
def say(tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Say:
    """Run the command on the test's home; returns all it printed and logged."""
    caplog.set_level(logging.DEBUG)

    def run(*arguments: object, status: int = 0) -> str:
        with pytest.raises(SystemExit) as end:
            main(["--home", str(tmp_path / "home"), *map(str, arguments)])
        out, err = capfd.readouterr()
        assert end.value.code == status, err
        return f"{out}\n{err}\n{caplog.text}"

    return run


def canary(number: int) -> str:
    """A value of its own for each record, now and then in a form that hides it."""
    word = f"{CANARY}{number}"
    packed = [word, word, word, base64.b64encode(word.encode()).decode(), word.encode().hex()]
    return packed[number % len(packed)]


def with_canary(value: Any, word: str) -> Any:
    """The burial with the canary in place of every number."""
    if isinstance(value, dict):
        return {name: with_canary(child, word) for name, child in value.items()}
    if isinstance(value, list):
        return [with_canary(child, word) for child in value]
    if isinstance(value, str):
        return re.sub(r'(\\*)": 1', rf'\1": \1"{word}\1"', value)
    return word if value == 1 or value is None else value


def base_of(kind: str, number: int) -> dict[str, Any]:
    """A record right in everything, its ids canaries."""
    record = valid(kind)
    ids = [s.name for s in field_table(kind) if s.shape.tag == "id" and s.name != "partner_id"]
    return record | {name: f"{CANARY}-{number}-{name}" for name in ids}


def private_records(random: Random) -> Iterator[tuple[str, dict[str, Any]]]:
    depths = [bury for how, bury in DEPTHS.items() if how not in DEEP_IN_JSON]
    names, spellings, kinds = list(PRIVATE), list(SPELLINGS.values()), list(MODELS)
    for number in range(JSON_RECORDS):
        record = base_of(kinds[number % len(kinds)], number)
        for _ in range(random.choice([1, 1, 2, 3])):
            name = spellings[number % len(spellings)](random.choice(names))
            record |= with_canary(random.choice(depths)(name), canary(number))
        if number % 10 == 0:
            record["note"] = f"{random.choice(['sk_live', 'pk', 'whsec'])}_{CANARY}"
        members = list(record.items())
        random.shuffle(members)
        yield kinds[number % len(kinds)], dict(members)


def write_private_lines(folder: Path, random: Random) -> int:
    files = {kind: (folder / f"{kind}-lines.jsonl").open("w") for kind in MODELS}
    written = 0
    for kind, record in private_records(random):
        separators = (",", ":") if random.random() < 0.5 else (", ", ": ")
        text = json.dumps(record, separators=separators, ensure_ascii=random.random() < 0.5)
        files[kind].write(text + "\n")
        written += 1
    for file in files.values():
        file.close()
    return written


def write_private_cells(folder: Path, random: Random) -> int:
    """CSV and Parquet: a private column, or one with a container or a secret in its text."""
    names, spellings, kinds = list(PRIVATE), list(SPELLINGS.values()), list(MODELS)
    for number in range(CELL_FILES * 2):
        kind, word = kinds[number % len(kinds)], canary(number)
        name = spellings[number % len(spellings)](random.choice(names))
        column, text = random.choice(
            [(name, word), ("note", json.dumps({name: word})), ("source", json.dumps({name: word})),
             ("note", f"whsec_{word}")]
        )  # fmt: skip
        rows = [base_of(kind, number) | {column: text} for _ in range(CELL_ROWS)]
        if number % 2:
            write_csv(folder / f"{kind}-{number}.csv", rows)
        else:
            write_parquet(folder / f"{kind}-{number}.parquet", rows, random, name, word)
    return CELL_FILES * 2 * CELL_ROWS


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        for row in rows:
            writer.writerow({k: v if isinstance(v, str) else json.dumps(v) for k, v in row.items()})


def write_parquet(
    path: Path, rows: list[dict[str, Any]], random: Random, name: str, word: str
) -> None:
    table = pa.Table.from_pylist(rows)
    nested = random.choice(
        [
            pa.array([{name: word}] * len(rows)),
            pa.array([[{"a": {name: word}}]] * len(rows)),
            pa.array([[(name, word)]] * len(rows), pa.map_(pa.string(), pa.string())),
            pa.array([json.dumps({name: word}).encode()] * len(rows)),
        ]
    )
    pq.write_table(table.append_column("meta", nested), path)


def write_control(folder: Path) -> None:
    records = [valid("quotes", request_id=f"{CONTROL}-{n}", source=CONTROL) for n in range(3)]
    text = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "quotes-control.jsonl").write_text(text)


def looked_at(say: Say) -> str:
    """Everything the other commands say of the home."""
    said = [
        say("status"), say("quarantine", "list"), say("quarantine", "list", "--format", "csv"),
        say("quarantine", "replay"), say("windows", "--window", "rolling-24h"), say("now"),
        say("verify"),
    ]  # fmt: skip
    return "\n".join(said)


def test_ten_thousand_private_records_leave_nothing_anywhere(tmp_path: Path, say: Say) -> None:
    random = Random(20)
    folder = tmp_path / "records"
    folder.mkdir()
    written = write_private_lines(folder, random) + write_private_cells(folder, random)
    assert written == 10_000
    write_control(folder)
    said = say("ingest", folder, "--format", "json", status=3) + looked_at(say)
    totals = [json.loads(line) for line in said.splitlines() if line.startswith('{"kind"')]
    assert sum(row.get("refused", 0) for row in totals) == written
    assert sum(row.get("loaded", 0) for row in totals) == 3
    assert [line for line in said.splitlines() if is_in(CANARY, line.encode())] == []
    assert found_in_home(CANARY, tmp_path / "home") == []
    assert_control_is_found(tmp_path / "home")


def assert_control_is_found(home: Path) -> None:
    places = found_in_home(CONTROL, home)
    assert any("(column request_id)" in place for place in places)
    assert any("(table quotes)" in place for place in places)


FREE_TEXT = f"{CANARY} said that: why?"


def odd_values(kind: str) -> Iterator[dict[str, Any]]:
    """One record for each field: text where it does not belong."""
    for spec in field_table(kind):
        if spec.shape.tag in ("id", "label"):
            yield {spec.name: FREE_TEXT + "\u00e9"}
            yield {spec.name: CANARY * 10}
        else:
            yield {spec.name: FREE_TEXT}
            yield {spec.name: [FREE_TEXT]}
            yield {spec.name: {"a": CANARY}}


def write_odd_records(folder: Path) -> None:
    for kind in MODELS:
        lines = [json.dumps(valid(kind, note=FREE_TEXT, more=[CANARY], **{FREE_TEXT: 1}))]
        lines += [json.dumps(valid(kind, **change)) for change in odd_values(kind)]
        lines += [
            f'{{"partner_id":"acme-pay","note":"{CANARY}"',
            f'{{"{CANARY}":1,"{CANARY}":2}}',
            f'["{CANARY}"]',
            CANARY,
            json.dumps({"a": CANARY}) + json.dumps({"a": CANARY}),
            json.dumps(valid(kind, poolId=CANARY, pool_id=CANARY + "x")),
        ]
        (folder / f"{kind}.jsonl").write_text("\n".join(lines))
    header = "partner_id,environment,pool_id,observed_at,available,note"
    rows = [f"acme-pay,production,{CANARY},too,many,{CANARY},cells", f'"{CANARY}"x', CANARY,
            f"acme-pay,production,EUR-USDT,{FREE_TEXT},{FREE_TEXT},{CANARY}"]  # fmt: skip
    (folder / "availability-rows.csv").write_text("\n".join([header, *rows]))
    table = pa.table({"pool_id": [FREE_TEXT], "available": [FREE_TEXT], FREE_TEXT: [CANARY]})
    pq.write_table(table, folder / "availability-odd.parquet")
    (folder / f"quotes-sk_live_{CANARY}.jsonl").write_text(json.dumps(valid("quotes")))
    (folder / "trades-damaged.parquet").write_bytes(CANARY.encode() * 100)
    (folder / "ledger-damaged.csv.gz").write_bytes(CANARY.encode() * 100)


def test_text_where_it_does_not_belong_leaves_nothing_anywhere(tmp_path: Path, say: Say) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    write_odd_records(folder)
    write_control(folder)
    said = say("ingest", folder, status=3) + looked_at(say)
    assert [line for line in said.splitlines() if is_in(CANARY, line.encode())] == []
    assert found_in_home(CANARY, tmp_path / "home") == []
    assert_control_is_found(tmp_path / "home")


@pytest.mark.parametrize(
    ("kind", "field"),
    [("quotes", "unavailable_reason"), ("quotes", "error_code"), ("errors", "error_code")],
)
@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_reason_in_words_of_its_own_is_stored_as_other(
    kind: str, field: str, form: str, tmp_path: Path, say: Say
) -> None:
    record = valid(kind, **{field: CANARY})
    path = tmp_path / f"{kind}.{form}"
    if form == "jsonl":
        path.write_text(json.dumps(record))
    elif form == "csv":
        write_csv(path, [record])
    else:
        pq.write_table(pa.Table.from_pylist([record]), path)
    said = say("ingest", path)
    home = tmp_path / "home"
    assert [line for line in said.splitlines() if is_in(CANARY, line.encode())] == []
    assert found_in_home(CANARY, home) == []
    (segment,) = home.rglob("landing/**/*.parquet")
    assert pq.read_table(segment).column(field).to_pylist() == ["other"]


def test_records_of_another_partner_than_the_one_named_leave_nothing(
    tmp_path: Path, say: Say
) -> None:
    mine = valid("quotes", partner_id="mine", request_id=CONTROL, source=CONTROL)
    theirs = [
        valid("quotes", partner_id="theirs", request_id=f"{CANARY}{n}", source=CANARY)
        for n in range(5)
    ]
    path = tmp_path / "quotes.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in (mine, *theirs)))
    said = say("ingest", "--partner", "mine", path, status=3)
    assert [line for line in said.splitlines() if is_in(CANARY, line.encode())] == []
    assert found_in_home(CANARY, tmp_path / "home") == []
    assert found_in_home(CONTROL, tmp_path / "home")


def test_a_sweep_finds_a_word_in_every_form_it_promises(tmp_path: Path) -> None:
    word = f"before {CANARY}7 after".encode()
    for lead in range(3):
        packed = base64.b64encode(b"x" * lead + word)
        assert is_in(CANARY, b"..." + packed + b"...")
    assert is_in(CANARY, word.hex().encode())
    assert is_in(CANARY, word.decode().encode("utf-16-le"))
    assert not is_in(CANARY, b"zqCanary" * 20)
    assert len(set(forms_of(CANARY))) == 7
    pq.write_table(
        pa.table({"a": [f"{CANARY}{n % 3}" for n in range(9_999)]}), tmp_path / "a.parquet"
    )
    assert "a.parquet (column a)" in found_in_home(CANARY, tmp_path)
