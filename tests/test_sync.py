"""`utilization sync` loads what is put into an inbox, once, and sends what is due.

Goal: a file is loaded once and moved aside; looks that find nothing change nothing; what is still
being written, damaged or misnamed stays and is said once; a kill between loading and moving loses
and doubles nothing; another writer, a missing folder and a signal end in the statuses promised;
notices and review packs reach those they are for, once. Method: small homes and folders, looked at
through the product at chosen instants, or by the command; a service on the loopback address.
"""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import cli
from pipelines.findings.sending import Delivery
from pipelines.homelock import writing
from pipelines.inbox import TAKEN, Inboxes, Load
from pipelines.pack.delivering import deliver_reports
from pipelines.places import Place
from pipelines.publish import read_pointer
from pipelines.settings import load_settings
from pipelines.sqlfiles import definitions_version
from pipelines.windows import parse_instant
from reports.pack.parcel import parcels, report_message
from tests.findings.receiver import Receiver, receiving
from tests.warehouse import dump_of, place_of, settings_of, write_records

ROOT = Path(__file__).resolve().parent.parent
SCOPE = {"partner_id": "acme", "environment": "production"}


def quote(number: int, **fields: object) -> dict[str, object]:
    return {
        **SCOPE,
        "request_id": f"req_{number}",
        "pool_id": "EUR-USDC",
        "side": "on_ramp",
        "fiat_currency": "EUR",
        "fiat_amount": "10.00",
        "quote_type": "indicative",
        "available": True,
        "requested_at": f"2026-06-01T10:{number:02}:00Z",
        **fields,
    }


def published_by_another_version(place: Place) -> str:
    """Make the newest build look as if other definitions had made it; returns its id."""
    pointer = read_pointer(place)
    with closing(duckdb.connect(str(place.serving / pointer["file"]))) as connection:
        connection.execute("update build set definitions = 'another'")
        connection.execute("drop table trade_buckets")
    pointer["definitions"] = pointer["definitions"].replace(definitions_version(), "another")
    (place.serving / "current.json").write_text(json.dumps(pointer), encoding="utf-8")
    return str(pointer["build_id"])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home with one inbox, whose files are read at once."""
    folder, inbox = tmp_path / "home", tmp_path / "in"
    folder.mkdir()
    inbox.mkdir()
    (folder / "utilization.toml").write_text('inbox = "../in"\ninbox_quiet = 0\nthreads = 1\n')
    return folder


@pytest.fixture
def inbox(home: Path) -> Path:
    return home.with_name("in")


def run(home: Path, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        cli.main(["--home", str(home), "--wait", "0s", *arguments])
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    return int(ended.value.code or 0), rows, err.getvalue()


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def taken(inbox: Path) -> list[str]:
    return [name.partition("/")[2].partition("/")[2] for name in files_in(inbox) if "/" in name]


def test_a_file_is_loaded_once_and_moved_aside(home: Path, inbox: Path) -> None:
    write_records(inbox / "quotes-a.jsonl", [quote(1), quote(2)])
    write_records(inbox / "deeper" / "quotes-b.csv", [quote(3)])
    status, (done,), err = run(home, "sync", "--once")
    assert (status, err) == (0, "")
    assert (done["files"], done["loaded"], done["duplicate"]) == (2, 3, 0)
    day = done["at"][:10]
    assert files_in(inbox) == [
        f"{TAKEN}/{day}/deeper/quotes-b.csv",
        f"{TAKEN}/{day}/quotes-a.jsonl",
    ]
    (build, *_) = run(home, "status")[1]
    assert (build["latest"], build["unpublished_batches"]) == ("2026-06-01T10:03:00Z", False)


def test_a_look_that_finds_nothing_says_nothing_and_touches_nothing(
    home: Path, inbox: Path
) -> None:
    write_records(inbox / "quotes.jsonl", [quote(1)])
    run(home, "sync", "--once")
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    with writing(home, 0):  # it does not even ask for the home
        assert run(home, "sync", "--once") == (0, [], "")
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


def test_a_name_that_comes_again_the_same_day_is_kept_beside_the_first(
    home: Path, inbox: Path
) -> None:
    for number in (1, 2, 3):
        write_records(inbox / "quotes.jsonl", [quote(number)])
        assert run(home, "sync", "--once")[1][0]["loaded"] == 1
    assert taken(inbox) == ["quotes.jsonl", "quotes.jsonl.2", "quotes.jsonl.3"]


def test_what_another_version_published_is_published_again(home: Path, inbox: Path) -> None:
    write_records(inbox / "quotes.jsonl", [quote(1)])
    run(home, "sync", "--once")
    build = published_by_another_version(place_of(home))
    status, _, said = run(home, "now")
    assert status == 1
    assert "were worked out by another version; run `utilization rebuild`" in said
    assert run(home, "sync", "--once")[0] == 0
    assert read_pointer(place_of(home))["build_id"] != build
    assert run(home, "now")[0] == 0


def test_what_is_still_being_written_waits(home: Path, inbox: Path) -> None:
    write_records(inbox / "quotes.jsonl", [quote(1)])
    os.utime(inbox / "quotes.jsonl", (0, 0))  # a copy that keeps the times of its original
    for name in (".quotes-2.jsonl", "quotes-3.jsonl.part", "quotes-4.csv.tmp"):
        write_records(inbox / name, [quote(2)])
    inboxes = Inboxes(settings_of(home, inbox=("../in",), inbox_quiet=timedelta(seconds=5)))
    changed = datetime.fromtimestamp((inbox / "quotes.jsonl").stat().st_ctime, UTC)
    assert inboxes.look(changed + timedelta(seconds=4)).ready == []
    (found,) = inboxes.look(changed + timedelta(seconds=6)).ready
    assert found.file.path.name == "quotes.jsonl"


def load(inboxes: Inboxes, at: datetime) -> Load:
    return inboxes.load(inboxes.look(at).ready, at)


def test_a_file_that_cannot_be_read_stays_is_said_once_and_read_again_when_it_changed(
    home: Path, inbox: Path
) -> None:
    settings = settings_of(home, inbox=("../in",), inbox_quiet=timedelta(0))
    inboxes, at = Inboxes(settings), datetime.now(UTC) + timedelta(hours=1)
    (inbox / "quotes-bad.jsonl.gz").write_bytes(b"no archive")
    (inbox / "notes.csv").write_text("a,b\n1,2\n")
    write_records(inbox / "quotes.jsonl", [quote(1)])
    look = inboxes.look(at)
    assert len(look.faults) == 1
    assert look.faults[0].startswith("notes.csv: not loaded: ")
    done = inboxes.load(look.ready, at)
    (fault,) = done.faults
    assert fault.startswith("quotes-bad.jsonl.gz: stays in the inbox: ")
    assert done.taken == 1
    assert taken(inbox) == ["quotes.jsonl"]
    later = inboxes.look(at)
    assert (later.ready, later.faults) == ([], [])
    write_records(inbox / "quotes-bad.jsonl.gz", [quote(2)])
    assert load(inboxes, at).taken == 1
    assert taken(inbox) == ["quotes-bad.jsonl.gz", "quotes.jsonl"]


def test_a_file_that_is_replaced_while_it_is_read_is_read_again(home: Path, inbox: Path) -> None:
    settings = settings_of(home, inbox=("../in",), inbox_quiet=timedelta(0))
    inboxes, at = Inboxes(settings), datetime.now(UTC) + timedelta(hours=1)
    path = write_records(inbox / "quotes-1.jsonl", [quote(1)])
    write_records(inbox / "quotes-2.jsonl", [quote(2)])
    ready = inboxes.look(at).ready
    asked: list[bool] = []

    def replaced() -> bool:
        asked.append(True)
        if len(asked) == 2:  # the first file was loaded, the second is next
            write_records(inbox / "next", [quote(3), quote(4)]).rename(path)
        return False

    done = inboxes.load(ready, at, replaced)
    assert (done.taken, len(done.faults)) == (1, 1)
    assert (taken(inbox), path.exists()) == (["quotes-2.jsonl"], True)
    assert load(inboxes, at).report.counts["quotes", "production", "acme"].loaded == 2
    assert taken(inbox) == ["quotes-1.jsonl", "quotes-2.jsonl"]


def test_records_that_were_set_aside_end_in_status_3_and_the_file_is_done(
    home: Path, inbox: Path
) -> None:
    write_records(inbox / "quotes.jsonl", [quote(1), quote(2, side="sideways")])
    status, (done,), err = run(home, "sync", "--once")
    assert (status, done["loaded"], done["quarantined"]) == (3, 1, 1)
    assert "quotes.jsonl:2: quarantined: side" in err
    assert taken(inbox) == ["quotes.jsonl"]


def test_another_writer_ends_a_look_in_status_4_and_nothing_moves(home: Path, inbox: Path) -> None:
    write_records(inbox / "quotes.jsonl", [quote(1)])
    with writing(home, 0):
        status, rows, err = run(home, "sync", "--once")
    assert (status, rows) == (4, [])
    assert "another writer holds this home" in err
    assert files_in(inbox) == ["quotes.jsonl"]
    assert run(home, "sync", "--once")[0] == 0


def test_a_missing_folder_is_a_failure_and_the_others_are_loaded(home: Path, inbox: Path) -> None:
    (home / "utilization.toml").write_text('inbox = ["gone", "../in"]\ninbox_quiet = 0\n')
    write_records(inbox / "quotes.jsonl", [quote(1)])
    status, (done,), err = run(home, "sync", "--once")
    assert (status, done["loaded"]) == (1, 1)
    assert "gone: no such folder" in err


def process(home: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "--home", str(home), "sync", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.faults
def test_killed_between_loading_and_moving_nothing_is_lost_or_doubled(
    home: Path, inbox: Path
) -> None:
    write_records(inbox / "quotes.jsonl", [quote(1), quote(2)])
    killed = process(home, "--once", UTILIZATION_KILL_AT="inbox_loaded")
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert files_in(inbox) == ["quotes.jsonl"]
    before = dump_of(home)
    status, (done,), _ = run(home, "sync", "--once")
    assert (status, done["loaded"], done["duplicate"]) == (0, 0, 2)
    assert dump_of(home) == before
    assert taken(inbox) == ["quotes.jsonl"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_loop_with_status_0(home: Path, inbox: Path, number: int) -> None:
    running = process(home, "--every", "1s")
    try:
        write_records(inbox / ".quotes", [quote(1)]).rename(inbox / "quotes.jsonl")
        assert running.stdout is not None
        assert json.loads(running.stdout.readline())["loaded"] == 1
        running.send_signal(number)
        _, err = running.communicate(timeout=30)
        assert (running.returncode, err) == (0, "")
    finally:
        running.kill()
        running.communicate()


# --- what is due ---

TERMS = {
    **SCOPE,
    "program_id": "lp_acme",
    "effective_from": "2026-06-01T00:00:00Z",
    "product": "wallet",
    "approved_pools": ["EUR-USDC"],
    "phase": "ongoing",
    "time_zone": "UTC",
    "review_cadence": "weekly",
    "funding_ready": True,
    "webhooks_ready": True,
    "monitoring_ready": True,
    "support_ready": True,
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def recipient(name: str, url: str, **fields: object) -> str:
    chosen = {"name": name, "url": url, "partners": ["acme"], "reports": True, **fields}
    lines = [f"{key} = {json.dumps(value)}" for key, value in chosen.items()]
    return "\n".join(["", "[[recipients]]", *lines, ""])


def send_to(home: Path, *recipients: str) -> None:
    with (home / "utilization.toml").open("a", encoding="utf-8") as file:
        file.writelines(recipients)


@pytest.fixture
def reviewed(home: Path, inbox: Path) -> Path:
    """A home whose inbox holds the first days of June, so that the week from the first is due."""
    days = range(1, 10)
    quotes = [quote(day, requested_at=f"2026-06-{day:02}T10:00:00Z") for day in days]
    write_records(inbox / "quotes.jsonl", quotes)
    write_records(inbox / "programs.jsonl", [TERMS])
    return home


def deliver(home: Path, at: datetime) -> list[Delivery]:
    settings, place = load_settings(home), place_of(home)
    return deliver_reports(
        settings,
        place,
        at=at,
        compose=report_message,
        attach=parcels(settings, place, 0),
        wait_seconds=0,
    )


QUIET = {"rules": ["reservations_stuck"]}


def test_a_review_pack_that_is_due_is_delivered_once_with_its_file(
    reviewed: Path, inbox: Path, receiver: Receiver
) -> None:
    send_to(
        reviewed,
        recipient("ops", receiver.url(), **QUIET),
        recipient("others", receiver.url(), **QUIET, partners=["globex"]),
        recipient("sandbox", receiver.url(), **QUIET, environments=["sandbox"]),
        recipient("notices", receiver.url(), **QUIET, reports=False),
    )
    status, (done,), err = run(reviewed, "sync", "--once")
    assert (status, err, done["reports"], done["undelivered"]) == (0, "", 1, 0)
    (posted,) = receiver.posted
    assert posted["title"] == "Review pack: lp_acme, Week of 1 Jun 2026 (acme, production)"
    assert "utilization report --program lp_acme --period 2026-W23" in posted["message"]
    pack, manifest = posted["attachments"]
    assert (pack["filename"], pack["mimetype"]) == (
        "review-lp_acme-2026-W23.pdf",
        "application/pdf",
    )
    assert base64.b64decode(pack["base64"]).startswith(b"%PDF")
    assert json.loads(base64.b64decode(manifest["base64"]))["period"] == "2026-W23"
    assert run(reviewed, "sync", "--once") == (0, [], "")
    write_records(inbox / "quotes.jsonl", [quote(9, requested_at="2026-06-10T00:00:00Z")])
    assert run(reviewed, "sync", "--once")[1][0]["reports"] == 0
    assert len(receiver.posted) == 1
    (told,) = run(reviewed, "findings", "deliveries")[1]
    assert (told["recipient"], told["kind"], told["state"]) == ("ops", "report", "sent")
    assert (told["program_id"], told["period"]) == ("lp_acme", "2026-W23")


def test_a_review_pack_that_does_not_arrive_is_seen_and_does_not_hold_back_the_load(
    reviewed: Path, receiver: Receiver
) -> None:
    send_to(reviewed, recipient("ops", receiver.url("hook-secret"), **QUIET))
    receiver.status = 503
    status, (done,), err = run(reviewed, "sync", "--once")
    assert (status, err, done["files"], done["undelivered"]) == (1, "", 2, 1)
    (told,) = run(reviewed, "findings", "deliveries")[1]
    assert (told["state"], told["attempts"]) == ("retrying", 1)
    assert told["fault"] == "the service answered with HTTP status 503"
    (row,) = [row for row in run(reviewed, "status")[1] if row["row"] == "undelivered"]
    assert (row["state"], row["deliveries"]) == ("retrying", 1)
    assert run(reviewed, "sync", "--once") == (0, [], "")  # not yet its time again
    assert "hook-secret" not in json.dumps([done, told, row])
    receiver.status = 200
    (sent,) = deliver(reviewed, parse_instant(told["retry_at"]))
    assert (sent.state, sent.attempts, sent.notice_id) == ("sent", 2, told["notice_id"])
    assert [one["filename"][-4:] for one in receiver.posted[0]["attachments"]] == [".pdf", "json"]


def test_notices_are_sent_by_the_same_look(home: Path, inbox: Path, receiver: Receiver) -> None:
    write_records(inbox / "quotes.jsonl", [quote(1)])
    send_to(home, recipient("ops", receiver.url(), min_severity="notice"))
    status, (done,), err = run(home, "sync", "--once")
    assert (status, err) == (0, "")
    assert done["notices"] == len(receiver.posted) >= 1
    assert all("acme, production" in title for title in receiver.titles)
    assert run(home, "sync", "--once") == (0, [], "")
