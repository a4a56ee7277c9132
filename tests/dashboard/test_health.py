"""Data health tells what came, what was set aside, what changed later and what is missing.

Goal: the page's counts are those of the build, a day without records is told from a quiet one and
from a time before the records, and late records name the days they changed. Method: the real app is
run by Streamlit's test driver on the sample's home, and on a home into which records with gaps and
late ones were loaded in two runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.findings.journal import Entry, append, journal_of
from pipelines.health import Health, read_health
from pipelines.ingest import Ingestion
from pipelines.outline import read_outline
from pipelines.places import Place
from pipelines.serving import Build, opened
from pipelines.settings import load_settings
from reports import format as text
from reports.health_notices import NOBODY, NONE_YET, NOTHING_SNOOZED
from reports.health_words import NO_GAPS, NOTHING_RESTATED
from reports.wording import KINDS
from tests.dashboard.reading import headings, open_at, table, words
from tests.warehouse import write_records

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
PANELS = [
    "How far records reach",
    "Days with records",
    "Days that changed later",
    "Set aside and dropped",
    "Checks",
    "Loads",
    "Notices",
    "What this page was made of",
]


@pytest.fixture
def page(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("UTILIZATION_HOME", str(home))
    return open_at("health")


def told(home: Path) -> tuple[Build, Health]:
    with opened(Place(home, "production", "lumen-wallet")) as build:
        return build, read_health(build)


def test_the_page_has_all_its_panels_and_none_fails(page: AppTest) -> None:
    assert headings(page) == PANELS
    assert not page.error


def test_the_reach_of_each_kind_is_that_of_the_build(home: Path, page: AppTest) -> None:
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        outline = read_outline(build, build.watermark)
        watermark = build.watermark
    shown = {row["Records"]: row for row in table(page, "How far records reach")}
    for one in outline.arrived:
        row = shown[KINDS[one.kind]]
        assert row["Kept"] == text.count(one.records)
        assert row["Newest event"] == text.moment(one.newest_event_at, "UTC")
        if one.newest_event_at == watermark and "Records: small" in row:
            assert row["Ahead"] == "holds it"
    required = [name for name, row in shown.items() if row.get("Records: small") == "required"]
    assert required == ["Quotes", "Trades", "Ledger"]


def test_loads_and_what_was_set_aside_are_counted(home: Path, page: AppTest) -> None:
    _, health = told(home)
    newest = health.loads.to_pylist()[0]
    row = table(page, "The newest loads")[0]
    assert row["Source"] == newest["source"]
    assert [row[name.capitalize()] for name in ("offered", "loaded", "duplicate")] == [
        text.count(newest[name]) for name in ("offered", "loaded", "duplicate")
    ]
    total = sum(health.set_aside.column("records").to_pylist())
    assert total > 0
    assert sum(int(row["Records"]) for row in table(page, "Set aside")) == total
    dropped = {row["Field"] for row in table(page, "Fields dropped")}
    assert dropped == set(health.dropped.column("name").to_pylist())


def test_every_check_stands_with_its_state(home: Path, page: AppTest) -> None:
    _, health = told(home)
    rows = table(page, "Checks")
    failing = [row for row in rows if "Fails" in row["State"]]
    faults = [number for number in health.checks.column("faults").to_pylist() if number]
    assert len(rows) == health.checks.num_rows > 0
    assert len(failing) == len(faults)
    assert all(row["What to do"] for row in failing)


def test_the_build_and_its_definitions_are_named(home: Path, page: AppTest) -> None:
    build, _ = told(home)
    assert f"`{build.build_id}`" in words(page)
    assert f"`{build.definitions}`" in words(page)


def test_a_home_loaded_once_has_nothing_restated(page: AppTest) -> None:
    assert NOTHING_RESTATED in words(page)
    assert NO_GAPS in words(page)


RECIPIENT = """
[[recipients]]
name = "on-call"
url = "slack://token-secret/b/c/#alerts"
partners = ["lumen-wallet"]
"""


@pytest.fixture
def settled(home: Path) -> Iterator[Place]:
    """A partner with a recipient; what a test wrote is taken away again."""
    place = Place(home, "production", "lumen-wallet")
    config, journal = home / "utilization.toml", journal_of(place)
    before = config.read_bytes() if config.exists() else None
    with config.open("ab") as file:
        file.write(RECIPIENT.encode())
    yield place
    journal.unlink(missing_ok=True)
    if before is None:
        config.unlink()
    else:
        config.write_bytes(before)


def notice(number: int, event: Any, at: datetime, **given: Any) -> Entry:
    return Entry(
        event,
        at,
        "balance_low",
        currency="EUR",
        notice_id=f"n_{number}",
        recipient="on-call",
        kind="firing",
        severity="critical",
        **given,
    )


def test_without_recipients_the_page_says_how_to_have_somebody_told(page: AppTest) -> None:
    assert NOBODY in words(page)
    assert NOTHING_SNOOZED in words(page)


def test_what_became_of_notices_and_snoozes_is_shown_and_no_url(
    home: Path, settled: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UTILIZATION_HOME", str(home))
    assert NONE_YET in words(open_at("health"))
    later = START + timedelta(minutes=2)
    until = datetime.now(UTC) + timedelta(days=2)
    given = {"until": until, "reason": "<b>known</b>", "author": "ada"}
    append(
        settled,
        [
            notice(1, "intent", START, title="t", body="b"),
            notice(1, "failed", later, fault="the service answered with HTTP status 503"),
            notice(2, "intent", START, title="t", body="b"),
            notice(2, "sent", later),
            Entry("snooze", START, "expiry_spike", "EUR-USDC", **given),
        ],
    )
    page = open_at("health")
    failed, sent = table(page, "Notices")
    assert "tried again" in failed["What became of it"]
    assert failed["What became of it: small"] == "the service answered with HTTP status 503"
    assert failed["Next attempt"] == text.moment(later + timedelta(minutes=5), "UTC")
    assert ("Sent" in sent["What became of it"], sent["Attempts"]) == (True, "1")
    assert "2 notices: 1 sent, 1 failed and to be tried again." in words(page)
    (row,) = table(page, "Snoozed rules")
    assert (row["By"], row["Snoozed: small"]) == ("ada", "EUR-USDC")
    assert row["Until"] == text.moment(until, "UTC")
    assert all("token-secret" not in str(one.proto) for one in page.main)
    assert all("<b>known</b>" not in one.proto.body for one in page.get("html"))


def snapshot(day: int) -> dict[str, Any]:
    return {
        "partner_id": "acme",
        "environment": "production",
        "pool_id": "pool-a",
        "available": True,
        "observed_at": (START + timedelta(days=day)).isoformat(),
    }


def quote(day: int) -> dict[str, Any]:
    return {
        "partner_id": "acme",
        "environment": "production",
        "request_id": f"r{day}",
        "pool_id": "pool-a",
        "side": "on_ramp",
        "quote_type": "firm",
        "quote_id": f"q{day}",
        "fiat_currency": "EUR",
        "fiat_amount": "10.00",
        "available": True,
        "requested_at": (START + timedelta(days=day)).isoformat(),
    }


@pytest.fixture(scope="module")
def gappy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Quotes on each of eight days; availability with a gap, and one record that came late."""
    home: Path = tmp_path_factory.mktemp("gappy") / "home"
    home.mkdir()
    folder = home.parent / "in"
    runs = [
        ("quotes-a.jsonl", [quote(day) for day in range(8)], 10),
        ("availability-a.jsonl", [snapshot(day) for day in (1, 2, 6)], 10),
        ("availability-b.jsonl", [snapshot(4)], 11),
    ]
    for name, records, day in runs:
        file = write_records(folder / name, records)
        at = datetime(2026, 6, day, tzinfo=UTC)
        Ingestion(load_settings(home), at=at).run([file])
    return home


@pytest.fixture
def gappy_page(gappy: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("UTILIZATION_HOME", str(gappy))
    return open_at("health", period="custom", days="2026-06-01..2026-06-08")


def test_days_without_records_in_between_are_told(gappy_page: AppTest) -> None:
    assert "**Availability**: none on 4 Jun 2026, 6 Jun 2026" in words(gappy_page)
    assert NO_GAPS not in words(gappy_page)


def test_what_came_late_names_the_day_it_changed(gappy_page: AppTest) -> None:
    (row,) = table(gappy_page, "Restated days")
    assert (row["Day"], row["Late records of"], row["Records"]) == (
        "5 Jun 2026",
        "Availability",
        "1",
    )


def test_a_required_kind_that_never_came_is_told(gappy_page: AppTest) -> None:
    rows = {row["Records"]: row for row in table(gappy_page, "How far records reach")}
    assert rows["Trades"]["Newest event"] == "None has arrived"
    assert rows["Trades"]["Kept"] == text.UNKNOWN
