"""The `utilization` command, as terminals and scripts meet it.

Goal: what each command prints, in which shape and order, and how it ends, is what its users build
on; and nobody ever sees a traceback. Method: `cli.main` runs in this process on one small sample
home; commands that change a home run on a copy of it; a few records written by hand say what
`now` has to count; one call runs as a process of its own.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cli
from pipelines.homelock import writing
from tests.warehouse import write_records

ROOT = Path(__file__).resolve().parent.parent


def words(text: str) -> list[str]:
    return text.split()


COUNTS = words(
    "quote_requests indicative_quotes firm_quotes unavailable_quotes errored_quotes"
    " failed_quote_attempts accepted_quotes rejected_quotes expired_quotes open_quotes"
    " trades_created limit_errors balance_errors transact_conflicts ledger_exceptions"
    " reserved_count oldest_reserved_age_s"
)
RATIOS = words(
    "quote_utilization execution_utilization reserved_utilization failure_utilization"
    " quote_success_rate unavailable_rate accepted_quote_rate quote_conversion_rate expiry_rate"
    " conflict_rate settle_rate daily_band_usage velocity_24h_usage max_order_usage"
)
MINUTES = ["availability_minutes", "unavailable_minutes", "unknown_minutes"]
MONEY = words(
    "requested_volume quoted_volume accepted_volume settled_volume failed_volume released_volume"
    " returned_volume net_settled_volume reserved_notional balance_visible balance_reserved"
    " balance_available approved_band"
)
IDENTITY = words("partner_id environment pool_id currency window window_start window_end as_of")
ROW = [
    *IDENTITY,
    *COUNTS[:5],
    "unavailable_reasons",
    *COUNTS[5:11],
    *MONEY[:8],
    *COUNTS[11:15],
    "reserved_notional",
    *COUNTS[15:],
    *MONEY[9:12],
    *RATIOS,
    "approved_band",
    *MINUTES,
    "reopened_at",
]
"""The names of a windows row in their order, written out from the published definition."""

DAY = ("--from", "2026-06-29T00:00:00Z", "--to", "2026-06-30T00:00:00Z")
PRODUCTION = ("--partner", "lumen-wallet", "--environment", "production")


@dataclass(frozen=True)
class Answer:
    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def table(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.out)))


def run(*arguments: object, home: Path | None = None) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    chosen = ["--home", home] if home is not None else []
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        cli.main(map(str, [*chosen, *arguments]))
    return Answer(int(ended.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "sample"
    assert run("sample", folder, "--days", 3, "--quotes-per-day", 40).status == 0
    return folder


@pytest.fixture(scope="module")
def home(sample: Path) -> Path:
    folder = sample.parent / "home"
    assert run("ingest", sample, home=folder).status == 3
    return folder


@pytest.fixture
def changeable(home: Path, tmp_path: Path) -> Path:
    shutil.copytree(home, tmp_path / "home")
    return tmp_path / "home"


def quote(number: int, requested_at: str, **fields: object) -> dict[str, object]:
    return {
        "partner_id": "acme",
        "environment": "production",
        "request_id": f"r{number}",
        "pool_id": "EUR-USDT",
        "side": "on_ramp",
        "quote_type": "firm",
        "fiat_currency": "EUR",
        "fiat_amount": "10.00",
        "available": True,
        "requested_at": requested_at,
        **fields,
    }


# --- sample and ingest ---


def test_sample_writes_files_and_tells_how_many_records_of_each_kind(tmp_path: Path) -> None:
    answer = run("sample", tmp_path / "new", "--days", 1, "--quotes-per-day", 10, "--seed", 3)
    assert answer.status == 0
    told = {row["kind"]: row["records"] for row in answer.rows}
    assert told["quotes"] > 0
    assert {path.name.partition("-")[0] for path in (tmp_path / "new").iterdir()} == told.keys()


def test_ingest_tells_for_each_kind_and_partner_what_became_of_its_records(
    sample: Path, tmp_path: Path
) -> None:
    answer = run("ingest", sample, "--format", "json", home=tmp_path / "home")
    assert answer.status == 3
    names = "kind environment partner_id offered loaded duplicate quarantined refused seconds"
    assert {tuple(row) for row in answer.rows} == {tuple(names.split())}
    for row in answer.rows:
        parts = ("loaded", "duplicate", "quarantined", "refused")
        assert row["offered"] == sum(row[part] for part in parts)
    assert re.search(
        r"^quotes-lumen-wallet-bad\.jsonl:1: quarantined: fiat_amount: ", answer.err, re.M
    )


def test_ingest_again_loads_nothing_and_says_so(sample: Path, changeable: Path) -> None:
    before = run("now", *PRODUCTION, home=changeable)
    answer = run("ingest", sample, home=changeable)
    assert answer.status == 3
    header, *lines = [line.split() for line in answer.out.splitlines()]
    assert header == words("kind partner offered loaded duplicate quarantined refused")
    assert {line[3] for line in lines if len(line) == len(header)} == {"0"}
    assert run("now", *PRODUCTION, home=changeable) == before


def test_ingest_of_clean_records_ends_with_zero(tmp_path: Path) -> None:
    file = write_records(tmp_path / "quotes.jsonl", [quote(1, "2026-06-01T10:00:00Z")])
    answer = run("ingest", file, home=tmp_path / "home")
    assert (answer.status, answer.err) == (0, "reading quotes.jsonl\npublishing production/acme\n")


def test_ingest_for_one_partner_refuses_the_records_of_others(tmp_path: Path) -> None:
    file = write_records(tmp_path / "quotes.jsonl", [quote(1, "2026-06-01T10:00:00Z")])
    answer = run("ingest", file, "--partner", "other", home=tmp_path / "home")
    assert answer.status == 3
    assert "quotes.jsonl:1: refused: is of another partner than --partner" in answer.err


def test_a_damaged_file_is_refused_in_one_line_and_blocks_no_other(
    sample: Path, tmp_path: Path
) -> None:
    whole = next(sample.glob("availability*.parquet")).read_bytes()
    (tmp_path / "availability-cut.parquet").write_bytes(whole[: len(whole) // 2])
    write_records(tmp_path / "quotes.jsonl", [quote(1, "2026-06-01T10:00:00Z")])
    answer = run("ingest", tmp_path, "--format", "json", home=tmp_path / "home")
    assert answer.status == 3
    told = answer.err.splitlines()[-1]
    assert told.startswith("availability-cut.parquet: refused: ")
    assert told.endswith("not a readable Parquet file; send it again")
    assert {(row["kind"], row["loaded"]) for row in answer.rows} == {
        ("availability", 0),
        ("quotes", 1),
    }


# --- windows ---


@pytest.fixture(scope="module")
def hours(home: Path) -> list[dict[str, Any]]:
    answer = run("windows", "--window", "1h", *DAY, *PRODUCTION, home=home)
    assert answer.status == 0
    return answer.rows


def test_a_windows_row_has_every_name_in_its_order(hours: list[dict[str, Any]]) -> None:
    assert {tuple(row) for row in hours} == {tuple(ROW)}


def test_every_pool_has_every_window_quiet_ones_included(hours: list[dict[str, Any]]) -> None:
    windows = Counter(row["pool_id"] for row in hours)
    assert len(windows) > 3
    assert set(windows.values()) == {24}
    assert any(row["quote_requests"] == 0 for row in hours)
    assert any(row["quote_requests"] > 0 for row in hours)


@pytest.mark.parametrize(
    ("names", "form"),
    [
        (MONEY, r"-?\d+\.\d{2,8}"),
        (RATIOS, r"-?\d+\.\d{6}"),
        (MINUTES, r"\d+\.\d{6}"),
        (["window_start", "window_end", "as_of"], r"\d{4}-\d\d-\d\dT[\d:]{8}(\.\d{6})?Z"),
    ],
)
def test_money_ratios_minutes_and_times_are_text_of_one_form(
    hours: list[dict[str, Any]], names: list[str], form: str
) -> None:
    values = [row[name] for row in hours for name in names if row[name] is not None]
    assert len(values) > len(hours)
    assert [value for value in values if not re.fullmatch(form, value)] == []


def test_counts_and_ages_are_whole_numbers_and_what_is_missing_is_null(
    hours: list[dict[str, Any]],
) -> None:
    assert {type(row[name]) for row in hours for name in COUNTS} == {int, type(None)}
    assert {row["ledger_exceptions"] for row in hours} == {0}
    quiet = next(row for row in hours if row["quote_requests"] == 0)
    assert quiet["failure_utilization"] is None
    assert quiet["unavailable_reasons"] == {}


def test_a_range_is_widened_to_whole_windows_of_the_zone(home: Path) -> None:
    inside = ("--from", "2026-06-29T03:00:00Z", "--to", "2026-06-29T04:00:00Z")
    zone = ("--time-zone", "Asia/Kolkata")
    (row,) = run(
        "windows", "--window", "day", *inside, *zone, "--pool", "EUR-USDT", *PRODUCTION, home=home
    ).rows
    assert row["window_start"] == "2026-06-28T18:30:00Z"
    assert row["window_end"] == "2026-06-29T18:30:00Z"


def test_a_window_that_starts_at_as_of_is_not_printed(home: Path) -> None:
    as_of = ("--as-of", "2026-06-29T05:00:00Z", "--pool", "EUR-USDT")
    rows = run("windows", "--window", "1h", *DAY, *as_of, *PRODUCTION, home=home).rows
    assert [row["window_start"] for row in rows][-1] == "2026-06-29T04:00:00Z"


def test_csv_says_what_json_says(hours: list[dict[str, Any]], home: Path) -> None:
    answer = run("windows", "--window", "1h", *DAY, "--format", "csv", *PRODUCTION, home=home)
    expected = [
        {
            name: "" if value is None else value if isinstance(value, str) else json.dumps(value)
            for name, value in row.items()
        }
        for row in hours
    ]
    assert answer.table == expected


def test_csv_of_no_rows_still_has_its_header(home: Path) -> None:
    later = ("--from", "2027-01-01T00:00:00Z", "--to", "2027-01-02T00:00:00Z")
    answer = run("windows", "--window", "day", *later, "--format", "csv", *PRODUCTION, home=home)
    assert answer.out == ",".join(ROW) + "\r\n"


def test_csv_disarms_text_that_a_spreadsheet_would_run(tmp_path: Path) -> None:
    pools = ["=HYPERLINK(1)", "@x", "-2+3", "EUR-USDT"]
    records = [
        quote(number, "2026-06-01T10:00:00Z", pool_id=pool) for number, pool in enumerate(pools)
    ]
    file = write_records(tmp_path / "quotes.jsonl", records)
    assert run("ingest", file, home=tmp_path / "home").status == 0
    at = ("now", "--at", "2026-06-01T11:00:00Z")
    assert {row["pool_id"] for row in run(*at, home=tmp_path / "home").rows} == set(pools)
    table = run(*at, "--format", "csv", home=tmp_path / "home").table
    assert {row["pool_id"] for row in table} == {"'=HYPERLINK(1)", "'@x", "'-2+3", "EUR-USDT"}


def test_parquet_keeps_exact_types(hours: list[dict[str, Any]], home: Path, tmp_path: Path) -> None:
    out = ("--format", "parquet", "--out", tmp_path / "hours.parquet")
    assert run("windows", "--window", "1h", *DAY, *out, *PRODUCTION, home=home).out == ""
    table = pq.read_table(tmp_path / "hours.parquet")
    assert table.schema.names == ROW
    types = {name: table.schema.field(name).type for name in ROW}
    assert {types[name] for name in COUNTS} == {pa.int64()}
    assert all(pa.types.is_decimal(types[name]) and types[name].scale == 8 for name in MONEY)
    assert all(pa.types.is_decimal(types[name]) and types[name].scale == 6 for name in RATIOS)
    assert types["as_of"] == pa.timestamp("us", tz="UTC")
    wanted = [
        None if row["approved_band"] is None else Decimal(row["approved_band"]) for row in hours
    ]
    assert table.column("approved_band").to_pylist() == wanted


# --- evidence ---


@pytest.fixture(scope="module")
def traded(sample: Path) -> dict[str, Any]:
    """The first record of a trade of the sample."""
    file = next(path for path in sample.glob("trades-lumen-wallet-20*") if path.is_file())
    with duckdb.connect() as connection:
        found = connection.execute("select transact_id, quote_id from read_json($1)", [str(file)])
        transact_id, quote_id = found.fetchone() or ("", "")
    return {"transact_id": transact_id, "quote_id": quote_id}


def test_evidence_tells_the_story_of_an_id_as_text_json_and_a_page(
    home: Path, traded: dict[str, Any], tmp_path: Path
) -> None:
    asked, page = traded["transact_id"], tmp_path / "evidence.html"
    shown = run("evidence", asked, home=home)
    assert (shown.status, shown.err) == (0, "")
    assert shown.out.startswith(f"trade {asked}\nproduction/lumen-wallet, as of ")
    (row,) = run("evidence", asked, "--format", "json", home=home).rows
    assert (row["found_as"], row["support_packet"]["transact_id"]) == (["trade"], asked)
    assert {record["kind"] for record in row["records"]} >= {"quotes", "trades", "ledger"}
    written = run("evidence", asked, "--format", "html", "--out", page, home=home)
    assert (written.status, written.out) == (0, "")
    assert asked in page.read_text(encoding="utf-8")


def test_evidence_can_be_asked_as_of_a_past_moment(home: Path, traded: dict[str, Any]) -> None:
    asked = ("evidence", traded["quote_id"], "--format", "json", *PRODUCTION)
    (now,) = run(*asked, home=home).rows
    first = min(record["at"] for record in now["records"])
    answer = run(*asked, "--as-of", first, home=home)
    assert (answer.status, answer.out) == (2, "")
    assert f"no record carries this id before {first}, but later ones do" in answer.err


# --- now ---


def test_now_at_any_instant_counts_what_came_before_it(tmp_path: Path) -> None:
    times = ("10:07:10.000001", "10:07:20", "10:07:30")
    records = [quote(n, f"2026-06-01T{time}Z") for n, time in enumerate(times)]
    file = write_records(tmp_path / "quotes.jsonl", records)
    run("ingest", file, home=tmp_path / "home")
    counted = {
        at: run("now", "--at", f"2026-06-01T{at}Z", home=tmp_path / "home").rows[0]["quotes_1h"]
        for at in ("10:07:20", "10:07:20.000001", "11:07:10.000001", "11:07:10.000002", "12:00:00")
    }
    assert list(counted.values()) == [1, 2, 3, 2, 0]


def test_now_at_the_watermark_is_what_was_published(home: Path) -> None:
    published = run("now", *PRODUCTION, home=home)
    assert published.status == 0
    (as_of,) = {row["as_of"] for row in published.rows}
    assert run("now", "--at", as_of, *PRODUCTION, home=home) == published
    offset = datetime.fromisoformat(as_of).astimezone(UTC).isoformat()
    assert run("now", "--at", offset, *PRODUCTION, home=home) == published


def test_now_equals_the_rolling_windows_that_end_at_that_instant(home: Path) -> None:
    at = "2026-06-29T12:07:31.5Z"
    rolling = {
        length: {
            row["pool_id"]: row
            for row in run(
                *("windows", "--window", f"rolling-{length}", "--to", at, "--as-of", at),
                *PRODUCTION,
                home=home,
            ).rows
        }
        for length in ("1h", "24h")
    }
    rows = run("now", "--at", at, *PRODUCTION, home=home).rows
    assert len(rows) == len(rolling["1h"]) > 0
    for row in rows:
        hour, day = (rolling[length][row["pool_id"]] for length in ("1h", "24h"))
        assert row["quotes_1h"] == hour["quote_requests"]
        assert row["unavailable_rate"] == hour["unavailable_rate"]
        assert row["settled_notional_24h"] == day["settled_volume"]
        assert row["reserved_notional"] == hour["reserved_notional"]


# --- operations ---


def test_status_tells_how_fresh_each_source_is_and_what_was_set_aside(home: Path) -> None:
    rows = run("status", home=home).rows
    assert {row["row"] for row in rows} == {
        *("build", "source", "load", "set_aside", "dropped_field", "check", "unassigned")
    }
    sources = [row for row in rows if row["row"] == "source"]
    assert {row["kind"] for row in sources} >= {"quotes", "trades", "ledger", "balances"}
    assert {type(row["age_s"]) for row in sources if row["newest_event_at"]} == {int}
    builds = {
        row["environment"]: row["unpublished_batches"] for row in rows if row["row"] == "build"
    }
    assert builds == {"production": False, "sandbox": False}


def test_status_as_csv_has_a_column_for_every_name_of_any_row(home: Path) -> None:
    rows = run("status", *PRODUCTION, home=home).rows
    table = run("status", *PRODUCTION, "--format", "csv", home=home).table
    assert len(table) == len(rows)
    assert set(table[0]) == {name for row in rows for name in row}


def test_quarantine_list_says_where_and_why_and_keeps_nothing_private(home: Path) -> None:
    answer = run("quarantine", "list", home=home)
    assert answer.status == 0
    rows = answer.rows
    assert {row["disposition"] for row in rows} == {"quarantined", "refused"}
    for row in rows:
        assert row["reason"]
        assert row["rule"] == "conflict" or row["line_number"] > 0
    private = [row for row in rows if "private" in row["reason"]]
    assert private
    assert {row["fields"] for row in private} == {"{}"}


def test_quarantine_replay_leaves_what_is_still_wrong(changeable: Path) -> None:
    before = run("quarantine", "list", home=changeable)
    answer = run("quarantine", "replay", home=changeable)
    assert answer.status == 0
    assert [(row["environment"], row["loaded"]) for row in answer.rows] == [
        ("production", 0),
        ("sandbox", 0),
    ]
    assert run("quarantine", "list", home=changeable) == before


def test_verify_finds_a_row_that_is_gone_and_rebuild_brings_it_back(changeable: Path) -> None:
    whole = run("verify", *PRODUCTION, home=changeable)
    assert (whole.status, whole.rows[-1]["differ"]) == (0, 0)
    facts = changeable / "production" / "lumen-wallet" / "facts.duckdb"
    with duckdb.connect(str(facts)) as connection:
        connection.execute("delete from limits")
    broken = run("verify", *PRODUCTION, home=changeable)
    assert broken.status == 1
    checks = [row["check"] for row in broken.rows if "check" in row]
    assert "limits rows" in checks
    assert broken.err.endswith("differ from what was landed; run `utilization rebuild`\n")
    assert run("rebuild", *PRODUCTION, home=changeable).status == 0
    assert run("verify", *PRODUCTION, home=changeable) == whole


def test_verify_says_which_landed_file_is_damaged(changeable: Path) -> None:
    segment = next((changeable / "production").glob("*/landing/trades/*/*.parquet"))
    segment.write_bytes(segment.read_bytes()[:-1] + b"?")
    answer = run("verify", *PRODUCTION, home=changeable)
    assert answer.status == 1
    assert answer.err == (
        f"utilization: {segment}: a landed segment is damaged; restore it from a backup\n"
    )


def test_rebuild_gives_the_same_figures_under_a_new_build(changeable: Path) -> None:
    before = run("now", *PRODUCTION, home=changeable)
    old = run("status", *PRODUCTION, home=changeable).rows[0]["build_id"]
    answer = run("rebuild", *PRODUCTION, home=changeable)
    assert answer.status == 0
    assert answer.rows[0]["build_id"] != old
    assert run("now", *PRODUCTION, home=changeable) == before


# --- how it ends ---


def test_another_writer_ends_a_writing_command_with_four_and_no_reading_one(
    home: Path, sample: Path
) -> None:
    with writing(home, 0):
        for command in (["ingest", sample], ["verify"], ["rebuild"], ["quarantine", "replay"]):
            answer = run("--wait", "1s", *command, home=home)
            assert answer.status == 4
            assert answer.err.splitlines()[-1] == (
                f"utilization: {home}: another writer holds this home; wait for it, or raise --wait"
            )
        assert run("now", *PRODUCTION, home=home).status == 0
        assert run("status", home=home).status == 0


WRONG = [
    ("", "Missing command; see `utilization --help`"),
    ("bogus", "No such command 'bogus'; see `utilization --help`"),
    ("ingest", "Missing argument 'paths'; see `utilization ingest --help`"),
    ("windows", "Missing option '--window'; see `utilization windows --help`"),
    ("windows --window day", "a day window needs --from and --to"),
    ("--wait never now", "'never' is not a duration; write 90s, 15m, 1h or 7d"),
    ("now --format xml", "no format 'xml'; choose one of json, csv, parquet"),
    ("now --format parquet", "Parquet goes to a file; name it with --out"),
    ("now --basis x", "no basis 'x'; choose one of available, visible"),
    (
        "now --at 2026-06-30",
        "'2026-06-30' is not an RFC 3339 time with an offset; write 2026-06-30T10:15:00Z",
    ),
    (
        "windows --window rolling-1h --pool NOPE",
        "no pool 'NOPE' by then; `utilization now` lists the pools",
    ),
    ("evidence x --format csv", "no format 'csv'; choose one of text, json, html"),
    ("evidence x --format html", "a page goes to a file; name it with --out"),
    (
        "evidence zqNobody",
        "production/lumen-wallet: no record carries this id; check it, and --partner and"
        " --environment",
    ),
    (
        "windows --window fortnight --from 2026-06-29T00:00:00Z --to 2026-06-30T00:00:00Z",
        "no window 'fortnight'; choose one of 15m, 1h, day, week, month, quarter",
    ),
    (
        "windows --window day --from 2026-06-29T00:00:00Z --to 2026-06-30T00:00:00Z"
        " --time-zone Mars/X",
        "no time zone 'Mars/X'; give an IANA name such as Europe/Paris",
    ),
]


@pytest.mark.parametrize(("call", "line"), WRONG)
def test_a_wrong_call_ends_with_two_and_one_line(call: str, line: str, home: Path) -> None:
    assert run(*call.split(), home=home) == Answer(2, "", f"utilization: {line}\n")


def test_a_home_that_holds_nothing_or_several_partners_says_what_to_name(tmp_path: Path) -> None:
    empty = run("now", home=tmp_path / "home")
    assert (empty.status, empty.err) == (
        2,
        f"utilization: {tmp_path / 'home'}: no such partner and environment; ingest first, or"
        " choose with --partner, --environment or --home\n",
    )
    records = [quote(1, "2026-06-01T10:00:00Z", partner_id=name) for name in ("acme", "other")]
    run("ingest", write_records(tmp_path / "quotes.jsonl", records), home=tmp_path / "home")
    several = run("now", home=tmp_path / "home")
    assert (several.status, several.err) == (
        2,
        f"utilization: {tmp_path / 'home'}: several partners; name one: --partner\n",
    )
    chosen = ("now", "--partner", "other", "--at", "2026-06-01T11:00:00Z")
    assert [row["partner_id"] for row in run(*chosen, home=tmp_path / "home").rows] == ["other"]


def test_settings_that_do_not_exist_are_named(tmp_path: Path) -> None:
    (tmp_path / "utilization.toml").write_text('colour = "red"\n', encoding="utf-8")
    answer = run("now", home=tmp_path)
    assert (answer.status, answer.err) == (
        2,
        f"utilization: {tmp_path}/utilization.toml: colour: Extra inputs are not permitted\n",
    )


def test_a_file_that_cannot_be_written_ends_with_one(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "missing" / "now.csv"
    answer = run("now", "--format", "csv", "--out", out, *PRODUCTION, home=home)
    assert (answer.status, answer.err) == (1, f"utilization: {out}: No such file or directory\n")


def test_the_process_itself_ends_with_the_status_and_no_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "cli.py", "--home", str(tmp_path), "ingest", "nowhere.jsonl"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "utilization: nowhere.jsonl: no such file or folder; name one that exists\n"
    )


def commands() -> list[list[str]]:
    groups = {group.name: group.typer_instance for group in cli.app.registered_groups}
    assert groups
    found: list[list[str]] = [[], *([str(name)] for name in groups)]
    found += [[command.name or _name(command)] for command in cli.app.registered_commands]
    for name, group in groups.items():
        assert group is not None
        parts = group.registered_commands
        found += [[str(name), part.name or _name(part)] for part in parts]
    return found


def _name(command: Any) -> str:
    return str(command.callback.__name__)


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_help_shows_an_example_of_every_command(command: list[str]) -> None:
    answer = run(*command, "--help")
    assert answer.status == 0
    assert re.search(rf"^ *Example: utilization .*{' '.join(command)}", answer.out, re.M)
