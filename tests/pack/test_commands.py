"""The commands of a review as terminals meet them: a pack is made, verified, noted on, frozen; a
record that comes later is found out and named; and whoever runs them, where and under which zone
and locale, gets the same bytes. Method: the commands run in this process on a copy of a sample
home; what they make is held against a pack made here from another copy, and by a process in another
zone, locale and order of hashes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import cli
from pipelines.ingest import Ingestion
from pipelines.settings import load_settings
from reports.charts_growth import days
from reports.pack.blocks import Chart
from reports.pack.drawing import svg
from tests.dashboard.sample_home import LOADED_AT
from tests.pack.conftest import PARTNER, PERIOD, PROGRAM
from tests.warehouse import write_records

ROOT = Path(__file__).resolve().parent.parent.parent
WHICH = ("--partner", PARTNER, "--program", PROGRAM, "--period", PERIOD)


def run(home: Path, *arguments: object) -> tuple[int, list[dict[str, Any]], str]:
    """The exit status, the rows printed and what stands on standard error."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        cli.main(["--home", str(home), *map(str, arguments)])
    rows = [json.loads(line) for line in out.getvalue().splitlines() if line.startswith("{")]
    return int(ended.value.code or 0), rows, err.getvalue()


def late_quote(home: Path, folder: Path, when: str, name: str = "that_came_late") -> str:
    """Load one quote of an earlier time, and return the name of its batch."""
    quote = {
        "partner_id": PARTNER,
        "environment": "production",
        "request_id": f"req_{name}",
        "pool_id": "EUR-USDT",
        "side": "on_ramp",
        "quote_type": "firm",
        "quote_id": None,
        "fiat_currency": "EUR",
        "fiat_amount": "10.00",
        "available": False,
        "unavailable_reason": "pool_dry",
        "requested_at": when,
    }
    file = write_records(folder / f"quotes-{name}.jsonl", [quote])
    Ingestion(load_settings(home), at=LOADED_AT).run([file])
    log = home / "production" / PARTNER / "landing" / "batches.jsonl"
    last = json.loads(log.read_text().splitlines()[-1].rpartition("\t")[0])
    return f"{last['sequence']:010d}-{last['kind']}"


@pytest.fixture(scope="module")
def told_by(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of a page made by the command."""
    out = tmp_path_factory.mktemp("reported") / "pack.html"
    run(sample_home, "report", *WHICH, "--out", out)
    return out.with_name("pack.html.manifest.json")


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
def test_a_report_is_written_with_a_manifest(
    sample_home: Path, tmp_path: Path, files: dict[str, bytes], form: str
) -> None:
    out = tmp_path / f"pack.{form}"
    status, (told,), _ = run(sample_home, "report", *WHICH, "--format", form, "--out", out)
    assert status == 0
    data = out.read_bytes()
    assert data == files[f"report.{form}"]
    assert told["sha256"] == hashlib.sha256(data).hexdigest()
    manifest = Path(told["manifest"])
    (entry,) = json.loads(manifest.read_text())["files"].values()
    assert entry == {"bytes": len(data), "sha256": told["sha256"]}


def test_a_manifest_verifies_where_nothing_changed(sample_home: Path, told_by: Path) -> None:
    status, rows, err = run(sample_home, "report", "--verify", told_by)
    assert (status, err) == (0, "")
    assert [row["differences"] for row in rows] == [0]


def test_a_bundle_is_its_own_manifest(sample_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "pack.zip"
    run(sample_home, "report", *WHICH, "--format", "bundle", "--out", out)
    assert run(sample_home, "report", "--verify", out)[0] == 0


def test_a_late_record_is_found_out_and_its_batch_is_named_and_one_of_a_later_time_is_none(
    home: Path, tmp_path: Path, told_by: Path
) -> None:
    late_quote(home, tmp_path, "2026-06-30T23:59:00Z", "of_a_later_time")
    assert run(home, "report", "--verify", told_by)[0] == 0
    batch = late_quote(home, tmp_path, "2026-06-24T10:00:00Z")
    status, rows, err = run(home, "report", "--verify", told_by)
    assert status == 1
    assert batch in err
    assert err.count("\n") == 1
    differ = {row["name"]: row for row in rows if "differs" in row}
    assert differ["quotes"]["columns"] == ["quote_requests", "unavailable_quotes"]
    assert "report.html" in differ
    assert "amounts" not in differ  # no amount moved
    (cause,) = (row for row in rows if row.get("cause") == "later batch")
    assert (cause["batch"], cause["days"]) == (batch, {"2026-06-24": 1})
    (record,) = cause["earliest"]
    assert record["requested_at"] == "2026-06-24T10:00:00Z"
    assert record["request_id"]


def test_a_file_that_was_changed_after_it_was_handed_out_is_named(
    sample_home: Path, tmp_path: Path, files: dict[str, bytes]
) -> None:
    bundle = tmp_path / "pack.zip"
    with zipfile.ZipFile(io.BytesIO(files["bundle.zip"])) as sound:
        kept = {name: sound.read(name) for name in sound.namelist()}
    kept["tables/quotes.csv"] = kept["tables/quotes.csv"].replace(b"1", b"2")
    kept["tables/added.csv"] = b"nobody made this"
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, data in kept.items():
            archive.writestr(name, data)
    status, rows, err = run(sample_home, "report", "--verify", bundle)
    assert status == 1
    assert "the records still give the same pack, but a file was changed" in err
    named = {(row["differs"], row["name"]) for row in rows if "differs" in row}
    assert named == {("handed out", f"tables/{name}.csv") for name in ("quotes", "added")}


def test_a_pack_written_by_another_version_of_a_library_names_it(
    sample_home: Path, tmp_path: Path, told_by: Path
) -> None:
    told = json.loads(told_by.read_bytes())
    assert set(told["made_with"]) == {"pyarrow", "typst", "vl-convert-python", "xlsxwriter"}
    told["made_with"]["vl-convert-python"] = "0.1"
    told["files"]["report.html"]["sha256"] = "0" * 64
    manifest = tmp_path / "pack.html.manifest.json"
    manifest.write_text(json.dumps(told))
    status, rows, _ = run(sample_home, "report", "--verify", manifest)
    assert (status, rows[0]) == (1, {"differs": "file", "name": "report.html"})
    (cause,) = (row for row in rows if "cause" in row)
    assert (cause["cause"], cause["name"], cause["was"]) == ("library", "vl-convert-python", "0.1")


def test_a_page_that_was_changed_beside_its_manifest_is_named(
    sample_home: Path, tmp_path: Path, told_by: Path
) -> None:
    manifest = shutil.copy(told_by, tmp_path / told_by.name)
    assert run(sample_home, "report", "--verify", manifest)[0] == 0  # the page lies elsewhere
    (tmp_path / "pack.html").write_text("another page")
    status, rows, _ = run(sample_home, "report", "--verify", manifest)
    assert (status, rows[0]) == (1, {"differs": "handed out", "name": "report.html"})


def test_another_bound_is_named_as_the_cause(home: Path, told_by: Path) -> None:
    (home / "utilization.toml").write_text("failed_trade_bound = 0.0001\n")
    status, rows, _ = run(home, "report", "--verify", told_by)
    assert status == 1
    causes = [row for row in rows if "cause" in row]
    assert [(row["cause"], row["name"], row["was"]) for row in causes] == [
        ("setting", "failed_trade_bound", None)
    ]


def test_notes_and_decisions_stand_in_the_pack_and_change_it_only_when_they_are_made(
    home: Path, tmp_path: Path, told_by: Path
) -> None:
    out = tmp_path / "pack.html"
    note = ("review", "note", *WHICH, "--item", "limits", "Raised on 15 June")
    assert run(home, *note)[0] == 0
    decide = ("review", "decide", *WHICH, "--owner", "ops", "--due", "2026-07-15", "Set bounds")
    (made,) = run(home, *decide)[1]
    assert (made["decision_id"], made["state"]) == ("D1", "open")
    assert run(home, "report", "--verify", told_by)[0] == 0  # as of its own lines of the journal
    run(home, "report", *WHICH, "--out", out)
    page = out.read_text()
    assert all(said in page for said in ("Raised on 15 June", "Set bounds", "15 Jul 2026"))
    closed = run(home, "review", "decide", *WHICH, "--close", "D1", "Done in July")[1]
    assert closed[0]["state"] == "closed"
    listed = run(home, "review", "list", "--partner", PARTNER)[1]
    assert [row["row"] for row in listed][:2] == ["note", "decision"]
    assert {row["author"] for row in listed if "author" in row} == {_user()}


def _user() -> str:
    return subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()


def test_a_frozen_review_stays_as_it_is(home: Path, tmp_path: Path) -> None:
    freeze = ("review", "freeze", *WHICH)
    run(home, "review", "note", *WHICH, "Before the freeze")
    status, (told,), _ = run(home, *freeze)
    assert (status, told["is_new"]) == (0, True)
    folder = Path(told["frozen"])
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(kept) == {
        *("report.html", "report.pdf", "report.xlsx", "bundle.zip"),
        *("manifest.json", "frozen.json"),
    }
    assert b"Before the freeze" in kept["report.html"]
    status, (again,), _ = run(home, *freeze)
    assert (status, again["is_new"], again["sha256"]) == (0, False, told["sha256"])
    assert again["at"] == told["at"]
    for late in (("note",), ("decide", "--owner", "ops")):
        status, _, err = run(home, "review", *late, *WHICH, "Too late")
        assert (status, "is frozen" in err) == (2, True)
    late_quote(home, tmp_path, "2026-06-24T10:00:00Z")
    status, _, err = run(home, *freeze)
    assert status == 1
    assert "would be another today" in err
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == kept


def test_two_homes_with_the_same_records_freeze_the_same_bytes(
    home: Path, files: dict[str, bytes]
) -> None:
    (told,) = run(home, "review", "freeze", *WHICH)[1]
    assert {name: (Path(told["frozen"]) / name).read_bytes() for name in files} == files


def clock_change() -> Chart:
    """Two days around the end of summer time on Lord Howe Island, by the hour."""
    at = [datetime(2026, 4, 4) + timedelta(hours=hour) for hour in range(48)]  # noqa: DTZ001
    ends = [one + timedelta(hours=1) for one in at]
    data = pa.table({"start": at, "end": ends, "used": [1.0] * 48, "band": [1.0] * 48})
    return Chart("c", "c", "c", days(), data)


def test_the_bytes_depend_on_no_zone_locale_or_hash_seed_of_the_machine(
    sample_home: Path, files: dict[str, bytes]
) -> None:
    script = (
        "import hashlib, sys; from pathlib import Path\n"
        "from pipelines.places import Place; from pipelines.settings import load_settings\n"
        "from pipelines.pack.scope import Wanted; from reports.pack.document import build_pack\n"
        "from reports.pack.drawing import svg; from reports.pack.writing import whole\n"
        "from tests.pack.test_commands import clock_change\n"
        "home, partner, *which = sys.argv[1:]; settings = load_settings(Path(home))\n"
        "pack = build_pack(settings, Place(Path(home), 'production', partner), Wanted(*which))\n"
        "for data in (svg(clock_change()).encode(), *whole(pack, settings).values()):\n"
        "    print(hashlib.sha256(data).hexdigest())\n"
    )
    elsewhere = {"TZ": "Australia/Lord_Howe", "LC_ALL": "C", "PYTHONHASHSEED": "77"}
    done = subprocess.run(
        [sys.executable, "-c", script, sample_home, PARTNER, PROGRAM, PERIOD],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **elsewhere},
        check=True,
        capture_output=True,
        text=True,
    )
    here = svg(clock_change())
    assert here.count("<path") > 48
    made = (here.encode(), *files.values())
    assert done.stdout.split() == [hashlib.sha256(data).hexdigest() for data in made]


@pytest.fixture(scope="module")
def refusing(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that nothing should be written to."""
    return shutil.copytree(sample_home, tmp_path_factory.mktemp("refusing") / "home")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report",), "--program and --period"),
        (("report", *WHICH, "--format", "docx"), "no format 'docx'"),
        (("report", *WHICH[:-1], "2026-06"), "is not over"),
        (("report", *WHICH[:-1], "next month"), "no period"),
        (("report", *WHICH[:2], "--program", "lp_none", "--period", PERIOD), "no program"),
        (("report", "--verify", "absent.json"), "absent.json"),
        (("review", "note", *WHICH, "--item", "weather", "x"), "no item 'weather'"),
        (("review", "note", *WHICH, " "), "is empty"),
        (("review", "decide", *WHICH, "x"), "--owner"),
        (("review", "decide", *WHICH, "--owner", "ops", "--due", "soon", "x"), "is not a day"),
        (("review", "decide", *WHICH, "--close", "D7", "x"), "no decision 'D7'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    refusing: Path, arguments: tuple[str, ...], said: str
) -> None:
    status, rows, err = run(refusing, *arguments)
    assert status in (1, 2)
    assert (rows, err.count("\n")) == ([], 1)
    assert said in err


def test_a_file_that_is_no_manifest_is_refused(sample_home: Path, tmp_path: Path) -> None:
    for number, data in enumerate((b"", b"[]", b"{}", b'{"format": 99}', b"PK\x03\x04")):
        file = tmp_path / f"{number}.json"
        file.write_bytes(data)
        status, _, err = run(sample_home, "report", "--verify", file)
        assert (status, "manifest" in err) == (2, True)


def test_every_command_shows_an_example() -> None:
    for command in (("report",), *(("review", one) for one in ("note", "decide", "freeze"))):
        out = io.StringIO()
        with redirect_stdout(out), pytest.raises(SystemExit) as ended:
            cli.main([*command, "--help"])
        assert not ended.value.code
        assert f"utilization {' '.join(command)} " in " ".join(out.getvalue().split())
