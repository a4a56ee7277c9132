"""One partner's records never reach another's folder, file, screen or message.

Goal: what belongs to one partner and environment lies in that partner's folder alone, is published
in that partner's file alone, and a connection that serves one partner can name nothing else,
whatever it is asked. Method: two partners, each in two environments, with canaries of their own in
every field that may hold one, are loaded from the same files; every file of each folder is swept
for the others' canaries. Two homes that differ only in what one partner sent must serve the other
the same bytes of answers. A serving connection is asked for everything SQL has to leave its
database with. Partner ids that are paths, differ in case or hide letters are refused by the
contract.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipelines.contracts import MODELS, judge
from pipelines.errors import NothingPublishedError
from pipelines.ingest import Ingestion
from pipelines.places import Place, places
from pipelines.serving import open_build, opened
from tests.canaries import CONTROL, found_in_home
from tests.contracts.examples import valid
from tests.warehouse import LANDED_AT, figures_of, settings_of

PARTNERS = ("alder", "birch")
OWNERS = tuple(product(("production", "sandbox"), PARTNERS))


def mark(owner: tuple[str, str]) -> str:
    """A word that only this owner's records carry."""
    environment, partner = owner
    return f"zq{environment[:4]}{partner}Plume"


def records_of(kind: str, owner: tuple[str, str], count: int) -> list[dict[str, Any]]:
    """Good records of one owner; whatever text they may hold carries the owner's mark."""
    environment, partner_id = owner
    found = []
    for number in range(count):
        record = valid(kind, environment=environment, partner_id=partner_id)
        for name, value in record.items():
            if (
                name.endswith(("_id", "reference", "product_area", "product"))
                and name != "partner_id"
            ):
                record[name] = f"{mark(owner)}-{value}-{number}"
        record |= {"source": mark(owner), "program_id": mark(owner)}
        found.append(record)
    return found


def write_mixed(folder: Path, counts: dict[tuple[str, str], int]) -> Path:
    """One file a kind, the records of all owners in turn, a wrong one of each among them."""
    folder.mkdir()
    for kind in MODELS:
        rows = [row for owner, count in counts.items() for row in records_of(kind, owner, count)]
        rows += [row | {"environment": owner[0], "partner_id": owner[1], "bogus": mark(owner)}
                 for owner in counts for row in wrong_of(kind, owner)]  # fmt: skip
        lines = sorted(json.dumps(row) for row in rows)
        (folder / f"{kind}.jsonl").write_text("\n".join(lines))
    return folder


def wrong_of(kind: str, owner: tuple[str, str]) -> list[dict[str, Any]]:
    time = MODELS[kind].event_time
    (row,) = records_of(kind, owner, 1)
    return [row | {time: "yesterday"}, row | {"program_id": None, time: None}]


def ingest(home: Path, folder: Path, partner: str | None = None) -> None:
    report = Ingestion(settings_of(home), at=LANDED_AT, partner=partner).run([folder])
    assert all(counts.adds_up for counts in report.counts.values())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both partners in both environments, loaded from the same files."""
    folder = tmp_path_factory.mktemp("isolation")
    ingest(folder / "home", write_mixed(folder / "records", dict.fromkeys(OWNERS, 3)))
    return folder / "home"


def test_each_owner_has_a_folder_and_a_build(home: Path) -> None:
    assert {(place.environment, place.partner_id) for place in places(home)} == set(OWNERS)
    for owner in OWNERS:
        with opened(Place(home, *owner)) as build:
            assert (build.environment, build.partner_id) == owner


@pytest.mark.parametrize("owner", OWNERS)
def test_no_file_of_an_owner_holds_anything_of_another(home: Path, owner: tuple[str, str]) -> None:
    root = Place(home, *owner).root
    for other in OWNERS:
        found = found_in_home(mark(other), root)
        assert bool(found) == (other == owner), found
    kept = found_in_home(mark(owner), root)
    for part in ("landing/quotes", "quarantine/", "facts.duckdb (table quotes)", "serving/"):
        assert any(part in where for where in kept), part


def test_nothing_of_an_owner_lies_outside_the_owners_folders(home: Path) -> None:
    outside = [path for path in home.iterdir() if path.name not in ("production", "sandbox")]
    for owner in OWNERS:
        for path in outside:
            assert not path.is_dir() or found_in_home(mark(owner), path) == []


def test_what_one_partner_sends_changes_no_answer_to_the_other(tmp_path: Path) -> None:
    answers = []
    for name, count in (("few", 1), ("many", 40)):
        counts = dict.fromkeys(OWNERS, count) | {("production", "alder"): 3}
        ingest(tmp_path / name, write_mixed(tmp_path / f"{name}-records", counts))
        answers.append(figures_of(tmp_path / name, ("production", "alder")))
    assert answers[0]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("partner", PARTNERS)
def test_an_ingestion_for_one_partner_takes_no_other(partner: str, tmp_path: Path) -> None:
    counts = dict.fromkeys(OWNERS, 2)
    folder = write_mixed(tmp_path / "records", counts)
    ingest(tmp_path / "home", folder, partner=partner)
    found = {(place.environment, place.partner_id) for place in places(tmp_path / "home")}
    assert found == {owner for owner in OWNERS if owner[1] == partner}
    for owner in OWNERS:
        for place in places(tmp_path / "home"):
            is_own = owner == (place.environment, place.partner_id)
            assert bool(found_in_home(mark(owner), place.root)) == is_own


def escapes(target: Path, out: Path) -> list[str]:
    """Statements that would leave the database they are run in."""
    return [
        f"attach '{target}' as other",
        f"attach '{target}' as other (read_only)",
        f"select * from '{target}'",
        f"select * from read_text('{target}')",
        f"select * from read_blob('{target}')",
        f"select * from read_csv('{target}')",
        f"select * from read_json('{target}')",
        f"select * from read_parquet('{target.with_suffix('.parquet')}')",
        f"select * from glob('{target.parent}/*')",
        f"select * from parquet_metadata('{target}')",
        f"copy (select 1) to '{out}'",
        f"copy (select 1) to '{out}' (format parquet)",
        f"export database '{out}'",
        f"import database '{target.parent}'",
        "select getenv('HOME')",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "set allowed_directories = ['/']",
        "set temp_directory = '/'",
        "set memory_limit = '64GB'",
        "pragma enable_external_access = true",
        "reset lock_configuration",
        "install httpfs",
        "load httpfs",
        f"load '{target}'",
        "create table mine as select 1",
        "create secret s (type s3)",
        "delete from build",
        f"attach ':memory:' as scratch; copy from database scratch to '{out}'",
        "select * from 'https://example.com/x.csv'",
    ]


@pytest.mark.parametrize("number", range(len(escapes(Path("t"), Path("o")))))
def test_a_serving_connection_cannot_leave_its_database(
    number: int, home: Path, tmp_path: Path
) -> None:
    other = Place(home, "production", "birch")
    out = tmp_path / "out"
    with opened(other) as theirs:
        target = other.serving / f"{theirs.build_id}.duckdb"
    statement = escapes(target, out)[number]
    with opened(Place(home, "production", "alder")) as build:
        before = settings_of_engine(build.connection)
        with pytest.raises(duckdb.Error):
            asked(build.connection, statement)
        assert settings_of_engine(build.connection) == before
        assert attached(build.connection) <= {build.build_id, "system", "temp"}
    assert not out.exists()


def settings_of_engine(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    wanted = ("enable_external_access", "lock_configuration", "access_mode", "allowed_directories")
    rows = asked(connection, "select name, value from duckdb_settings()")
    return {name: value for name, value in rows if name in wanted}


def attached(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in asked(connection, "select database_name from duckdb_databases()")}


def asked(connection: duckdb.DuckDBPyConnection, question: str) -> list[Any]:
    with connection.cursor() as cursor:
        return cursor.execute(question).fetchall()


def test_a_python_object_beside_a_serving_connection_is_not_its_table(home: Path) -> None:
    secret = pa.table({"answer": [42]})
    with opened(Place(home, "production", "alder")) as build, pytest.raises(duckdb.Error):
        build.connection.cursor().execute("select * from secret").fetchall()
    assert secret.num_rows == 1


@pytest.mark.parametrize(
    "partner",
    [
        "..", ".", "", "/", "../birch", "alder/..", "alder/../birch", "alder\\birch", "/etc",
        "~", "-x",
        "_x", "Alder", "ALDER", "alDer", "alder ", " alder", "alder\n", "alder\0", "al.der",
        "\u0430lder",
        "\uff41lder", "a" * 64, "alder%2f", "con:", "alder;birch", "*", "alder\u200b", "\u00e1lder",
    ],
)  # fmt: skip
def test_a_partner_id_that_is_a_path_or_another_spelling_is_refused(
    partner: str, tmp_path: Path
) -> None:
    for kind in MODELS:
        verdict = judge(kind, valid(kind, partner_id=partner))
        assert verdict.record is None
        assert [fault.field for fault in verdict.faults] == ["partner_id"]
    (tmp_path / "quotes.jsonl").write_text(json.dumps(valid("quotes", partner_id=partner)))
    ingest(tmp_path / "home", tmp_path / "quotes.jsonl")
    assert places(tmp_path / "home") == []
    assert {path.name for path in (tmp_path / "home").iterdir()} == {"unassigned"}


@pytest.mark.parametrize(
    "environment", ["Production", "prod", "test", "unassigned", "", "../sandbox"]
)
def test_an_environment_of_another_name_is_refused(environment: str, tmp_path: Path) -> None:
    (tmp_path / "quotes.jsonl").write_text(json.dumps(valid("quotes", environment=environment)))
    ingest(tmp_path / "home", tmp_path / "quotes.jsonl")
    assert places(tmp_path / "home") == []


def test_the_place_of_unassigned_records_is_never_served(tmp_path: Path) -> None:
    wrong = valid("quotes", partner_id="No One", source=CONTROL)
    (tmp_path / "quotes.jsonl").write_text(json.dumps(wrong))
    ingest(tmp_path / "home", tmp_path / "quotes.jsonl")
    with pytest.raises(NothingPublishedError):
        open_build(Place(tmp_path / "home", "unassigned", "-"))
