"""Finance shows what the core says of balances, ledger, trades, exceptions and webhooks.

Goal: every figure on the page equals the core's answer to the same question, in the viewer's own
days; what was never loaded is said and is not zero; a choice of pools narrows to their currencies;
the settings decide what is too old and what is held for long. Method: the real `app.py` is run by
Streamlit's own test driver on homes made by the ordinary ingestion.
"""

from __future__ import annotations

import gzip
import io
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.books.ageing import reserved_ageing_table, reserved_trades_table
from pipelines.books.balances import standing_balances_table
from pipelines.books.bridge import bridge_table
from pipelines.books.exceptions import exceptions_table, reconciliation_table
from pipelines.books.webhooks import webhook_health_table
from pipelines.homelock import writing
from pipelines.ingest import Ingestion
from pipelines.periods import Period, choose_period, cut
from pipelines.places import Place
from pipelines.sample import write_sample
from pipelines.serving import Build, opened
from pipelines.settings import load_settings
from pipelines.utilization import windows_table
from reports import books_words, wording
from reports import format as text
from reports.movements import FIGURES
from tests.dashboard.reading import Open, read, tables, words
from tests.dashboard.sample_home import LOADED_AT

PAGE = "finance"
Ask = Callable[[Build, Period], pa.Table]

PANELS = [
    "What is in the balance",
    "How long balances last",
    "Balance over the period",
    "Does the ledger explain the balance",
    "What trades moved in the period",
    "Reserved, by age",
    "Open exceptions",
    "Webhooks of the period",
]


@pytest.fixture(scope="module")
def untied_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose ledger lacks one entry."""
    folder = tmp_path_factory.mktemp("untied")
    home, records = folder / "home", folder / "records"
    home.mkdir()
    write_sample(records, days=3, quotes_per_day=40, partners=1)
    (file,) = records.glob("ledger-lumen-wallet-2*.csv.gz")
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(
        gzip.compress(b"".join(lines[: len(lines) // 2] + lines[len(lines) // 2 + 1 :]))
    )
    with writing(home, 30):
        Ingestion(load_settings(home), at=LOADED_AT).run([records])
    return home


@pytest.fixture(scope="module")
def bare_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with quotes, trades and limits, and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    home, records = folder / "home", folder / "records"
    home.mkdir()
    write_sample(records, days=3, quotes_per_day=40, partners=1)
    kept = [path for kind in ("quotes", "trades", "limits") for path in records.glob(f"{kind}-*")]
    with writing(home, 30):
        Ingestion(load_settings(home), at=LOADED_AT).run(kept)
    return home


def ask(home: Path, question: Ask, preset: str = "7d", zone: str = "UTC") -> list[dict[str, Any]]:
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        period = choose_period(preset, build.watermark, zone)
        return question(build, period).to_pylist(maps_as_pydicts="strict")


def table_of(page: AppTest, caption: str) -> str:
    (html,) = [one for one in tables(page) if f"<caption>{caption}</caption>" in one]
    return html


def money(row: dict[str, Any], *names: str) -> list[str]:
    return [text.money(row[name], row["currency"]) for name in names]


def test_the_page_has_all_its_panels_and_none_fails(open_page: Open) -> None:
    page = open_page()
    assert page.title[0].value == wording.QUESTIONS["Finance"]
    assert [one.value for one in page.subheader] == PANELS
    assert not page.error
    assert not page.info


def test_what_stands_is_what_the_core_says(home: Path, open_page: Open) -> None:
    shown = read(table_of(open_page(), "What is in the balance"))
    rows = ask(
        home,
        lambda build, period: standing_balances_table(
            build.connection, as_of=period.as_of, balance_max_age=timedelta(hours=24)
        ),
    )
    assert list(shown) == [row["currency"] for row in rows]
    names = ("balance_available", "balance_visible", "balance_reserved")
    limits = ("balance_floor", "balance_target")
    for row in rows:
        assert list(shown[row["currency"]].values())[:5] == money(row, *names, *limits)
        assert row["balance_available"] is not None


def test_a_balance_older_than_the_setting_allows_is_not_known(
    home: Path, tmp_path: Path, open_page: Open
) -> None:
    old = tmp_path / "home"
    shutil.copytree(home, old)
    (old / "utilization.toml").write_text('balance_max_age = "PT1M"\n', encoding="utf-8")
    page = open_page(old)
    for row in read(table_of(page, "What is in the balance")).values():
        assert row["Available"] == text.UNKNOWN
    html = table_of(page, "What is in the balance").replace(text.SPACE, " ")
    assert "the last snapshot is older than 1 min" in html
    assert "too old:" in html


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_the_bridge_is_the_cores_for_the_period_and_its_days(
    home: Path, open_page: Open, zone: str
) -> None:
    page = open_page(tz=zone)
    shown = read(table_of(page, "Balance bridge of the period"))
    rows = ask(
        home,
        lambda build, period: bridge_table(build.connection, [period.window], as_of=period.as_of),
        zone=zone,
    )
    names = ("opening", "pay_ins", "debits", "refunds", "unexplained", "closing")
    assert rows
    for row in rows:
        expected = money(row, *names)
        if row["unexplained"]:
            expected[4] = f"! {expected[4]}"
        assert list(shown[row["currency"]].values()) == expected
    days = ask(
        home,
        lambda build, period: bridge_table(
            build.connection, cut(period, "day", "day"), as_of=period.as_of
        ),
        zone=zone,
    )
    known = [row for row in days if row["unexplained"] is not None]
    tied = sum(row["unexplained"] == 0 for row in known)
    assert f"**{tied} of {len(known)} days tie out**" in words(page)


def test_a_day_that_does_not_tie_out_is_shown(untied_home: Path, open_page: Open) -> None:
    page = open_page(untied_home)
    days = ask(
        untied_home,
        lambda build, period: bridge_table(
            build.connection, cut(period, "day", "day"), as_of=period.as_of
        ),
    )
    untied = [row for row in days if row["unexplained"] != 0]
    assert any(row["unexplained"] for row in untied)
    html = table_of(page, "Balance bridge by day")
    for row in untied:
        assert all(f">{figure}<" in html for figure in money(row, "opening", "debits", "closing"))
    assert html.count("<tr") == 1 + len(untied)


def test_what_trades_moved_is_what_the_metric_layer_says(home: Path, open_page: Open) -> None:
    shown = read(table_of(open_page(), "What trades moved"))
    rows = ask(
        home,
        lambda build, period: windows_table(build.connection, [period.window], as_of=period.as_of),
    )
    assert rows
    for row in rows:
        assert list(shown[row["pool_id"]].values()) == money(row, *FIGURES)


def test_what_is_reserved_is_told_by_age_and_the_oldest_by_id(home: Path, open_page: Open) -> None:
    page = open_page()
    shown = read(table_of(page, "Reserved, by age"))
    ages = ask(home, lambda build, p: reserved_ageing_table(build.connection, as_of=p.as_of))
    for row in ages:
        title = f"{books_words.AGES[row['age']]}, reserved"
        assert [shown[row["pool_id"]][title]] == money(row, "reserved_notional")
    assert any(row["reserved_count"] for row in ages)
    oldest = ask(
        home,
        lambda build, p: reserved_trades_table(
            build.connection, as_of=p.as_of, over=timedelta(hours=1)
        ),
    )
    assert oldest
    listed = read(table_of(page, "Trades reserved the longest"))
    assert list(listed) == [row["transact_id"] for row in oldest[:15]]
    assert f"**{len(oldest)} trade" in words(page)


def test_open_exceptions_are_those_of_all_time_whatever_the_period(
    home: Path, open_page: Open
) -> None:
    rows = ask(home, lambda build, p: reconciliation_table(build.connection, as_of=p.as_of))
    found = ask(
        home,
        lambda build, p: exceptions_table(build.connection, as_of=p.as_of, states=["open"]),
    )
    assert found
    for period in ("7d", "yesterday"):
        page = open_page(period=period)
        shown = read(table_of(page, "Open exceptions"))
        for row in rows:
            line = shown[row["currency"] or "Orders"]
            assert line["Over" + text.SPACE + "7" + text.SPACE + "days, open"] == str(
                row["open_over_7d"]
            )
            assert line["Match rate, trades tied out"] == text.percent(row["match_rate"])
        listed = table_of(page, "Exceptions: open exceptions")
        for row in found[:25]:
            assert (row["transact_id"] or row["entry_id"] or row["quote_id"] or "") in listed


def test_a_choice_of_kinds_narrows_the_list(home: Path, open_page: Open) -> None:
    found = ask(
        home,
        lambda build, p: exceptions_table(build.connection, as_of=p.as_of, states=["open"]),
    )
    kind = found[0]["kind"]
    page = open_page()
    page.multiselect(key="kind").set_value([kind]).run()
    assert page.query_params["kind"] == kind
    listed = read(table_of(page, "Exceptions: open exceptions"))
    assert set(listed) == {books_words.EXCEPTIONS[kind][0]}
    number = sum(row["kind"] == kind for row in found)
    assert f"{number} open exceptions, the oldest first." in words(page)


def test_webhooks_are_those_of_the_core(home: Path, open_page: Open) -> None:
    shown = read(table_of(open_page(), "Webhooks of the period"))
    rows = ask(
        home,
        lambda build, p: webhook_health_table(
            build.connection, [p.window], as_of=p.as_of, lateness=timedelta(minutes=15)
        ),
    )
    assert sum(row["events"] for row in rows)
    for row in rows:
        line = list(shown[books_words.EVENT_TYPES[row["event_type"]]].values())
        names = ("events", "delivered_events", "duplicated_events", "failed", "dead_lettered")
        assert line[:5] == [text.count(row[name]) for name in names]
        assert line[6] == text.count(row["missing_events"])


def test_a_choice_of_pools_narrows_the_books_to_their_currencies(open_page: Open) -> None:
    page = open_page(pool=["GBP-USDT"])
    assert books_words.BOOKS_BY_CURRENCY in words(page)
    assert list(read(table_of(page, "What is in the balance"))) == ["GBP"]
    assert list(read(table_of(page, "Balance bridge of the period"))) == ["GBP"]
    assert list(read(table_of(page, "What trades moved"))) == ["GBP-USDT"]
    assert list(read(table_of(page, "Reserved, by age"))) == ["GBP-USDT"]
    assert set(read(table_of(page, "Open exceptions"))) <= {"GBP", "Orders"}


def test_what_was_never_loaded_is_said_and_is_not_zero(bare_home: Path, open_page: Open) -> None:
    page = open_page(bare_home)
    assert [one.value for one in page.subheader] == PANELS
    assert not page.error
    said = [one.value for one in page.info]
    assert len(said) == 6
    assert all("not loaded" in one and "it is not zero" in one for one in said)
    captions = [one for html in tables(page) for one in html.split("caption>")[1:2]]
    assert not any("balance" in one.lower() or "Webhooks" in one for one in captions)
    assert table_of(page, "What trades moved")


def test_one_failing_panel_leaves_the_others(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> str:
        raise RuntimeError("made to fail")

    monkeypatch.setattr("reports.bridge.bridge_table", broken)
    page = open_page()
    assert [one.value for one in page.subheader] == PANELS
    assert len(page.error) == 1
    assert table_of(page, "Webhooks of the period")


def test_no_chart_draws_nothing_or_more_than_1500_marks(open_page: Open) -> None:
    page = open_page(pool=["EUR-USDT"])
    charts = page.get("vega_lite_chart")
    assert charts
    for one in charts:
        rows = pa.ipc.open_stream(io.BytesIO(one.proto.data.data)).read_all().num_rows
        assert 0 < rows <= 1500


def test_an_earlier_moment_is_answered_as_of_then_and_says_what_it_does_not_list(
    home: Path, open_page: Open
) -> None:
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        moment = build.watermark.replace(hour=9, minute=15, second=0, microsecond=0)
        table = reconciliation_table(build.connection, as_of=moment)
        ages = reserved_ageing_table(build.connection, as_of=moment)
    page = open_page(as_of="moment", moment=moment.isoformat())
    assert not page.error
    assert books_words.NOT_LISTED_THEN in words(page)
    shown = read(table_of(page, "Open exceptions"))
    for row in table.to_pylist():
        assert shown[row["currency"] or "Orders"]["Pending, not open yet"] == str(
            row["pending_exceptions"]
        )
    held = read(table_of(page, "Reserved, by age"))
    for row in ages.to_pylist():
        title = f"{books_words.AGES[row['age']]}, reserved"
        assert [held[row["pool_id"]][title]] == money(row, "reserved_notional")


def test_the_tables_taken_away_are_narrowed_as_the_page_is(open_page: Open) -> None:
    page = open_page(pool=["GBP-USDT"])
    page.session_state["take-away"] = True
    page.run()
    names = page.selectbox(key="take-away-table").options
    assert {"Balances", "Bridge by day", "Open exceptions", "Webhooks"} <= set(names)
    assert names[0] == "Balances"
    assert "1 rows." in words(page)
