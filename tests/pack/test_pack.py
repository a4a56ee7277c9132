"""The pack says what the metric layer says, of its own program alone, in every format.

Method: packs of a sample home are held against tables asked for directly; the page is parsed, and
what stands in its cells is compared; notes with the nastiest texts are carried through every
format; what belongs to another program or partner is searched for in all of them."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.books.bridge import bridge_table
from pipelines.books.exceptions import exceptions_table
from pipelines.ingest import Ingestion
from pipelines.pack.due import due_reports
from pipelines.pack.frozen import freeze
from pipelines.pack.journal import Note, add_note
from pipelines.pack.scope import Wanted, named_period
from pipelines.places import Place
from pipelines.review.terms import read_terms
from pipelines.serving import opened
from pipelines.settings import Settings, load_settings
from pipelines.utilization import windows_table
from reports import format as text
from reports.pack import words
from reports.pack.blocks import (
    FIGURE,
    Cell,
    Chart,
    Column,
    Paragraph,
    Table,
    charts_of,
    in_rows,
)
from reports.pack.document import Pack, build_pack
from reports.pack.drawing import HALF, svg
from reports.pack.html import page
from reports.pack.pdf import pages, pdf, source
from reports.pack.typed import Shown, aligned, printed
from reports.pack.widths import widths
from reports.pack.writing import FORMATS, write
from tests.dashboard.sample_home import LOADED_AT
from tests.pack.conftest import PARTNER, PERIOD, PROGRAM
from tests.warehouse import write_records

POOLS = ["EUR-USDT", "EUR-USDC", "EUR-EURC", "GBP-USDT"]
ZONE = "Europe/Berlin"
NASTY = [
    '=HYPERLINK("http://x","y")',
    "@SUM(A1)",
    "</style><script>alert(1)</script>",
    '"] #panic("out of the string") \\',
    "a, b; 'c' \N{EURO SIGN} \N{CHECK MARK}",
]


class Page(HTMLParser):
    """The rows of each table by its id, and every reference the page makes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.tags: list[str] = []
        self.references: list[str] = []
        self.ids: list[str] = []
        self._rows: list[list[str]] = []
        self._in_cell = self._in_small = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append(tag)
        self.references += [value or "" for name, value in attrs if name in ("src", "href")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag == "table":
            name = (named.get("id") or "").removeprefix("table-")
            self._rows = self.tables.setdefault(name, [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._in_cell = True
            self._rows[-1].append("")
        elif tag == "small":
            self._in_small = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False
        elif tag == "small":
            self._in_small = False

    def handle_data(self, data: str) -> None:
        if self._in_cell and not self._in_small:
            self._rows[-1][-1] += data


def body_of(html: str) -> str:
    """The page without its style, in which the font is a long line of letters."""
    return re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


@pytest.fixture(scope="module")
def html(files: dict[str, bytes]) -> str:
    return files["report.html"].decode()


@pytest.fixture(scope="module")
def truth(place: Place) -> list[dict[str, Any]]:
    """The utilization rows of the week, asked for directly."""
    with opened(place) as build:
        assert build.watermark is not None
        window = named_period(PERIOD, ZONE)
        table = windows_table(build.connection, [window], as_of=build.watermark, pools=POOLS)
    return table.to_pylist()


def test_figures_of_the_page_are_those_of_the_metric_layer(
    html: str, pack: Pack, truth: list[dict[str, Any]]
) -> None:
    shown = Page(html).tables
    counts = ("quote_requests", "firm_quotes", "accepted_quotes", "expired_quotes")
    rows = {row["pool_id"]: row for row in truth}
    assert set(rows) == set(POOLS)
    quoted = {row[0]: row for row in shown["quotes"][1:]}
    ratios = {row[0]: row for row in shown["rates"][1:]}
    volumes = {row[0]: row for row in shown["amounts"][1:]}
    limits = {row[0]: row for row in shown["limit_use"][1:]}
    for pool, row in rows.items():
        cells = [cell.strip("\N{FIGURE SPACE}") for cell in quoted[pool]]
        assert [cells[place] for place in (1, 2, 6, 7)] == [text.count(row[one]) for one in counts]
        assert ratios[pool][1] == text.percent(row["quote_success_rate"])
        assert ratios[pool][6] == text.percent(row["settle_rate"])
        assert volumes[pool][3] == text.money(row["settled_volume"], row["currency"])
        assert limits[pool][2] == text.money(row["approved_band"], row["currency"])
        assert limits[pool][4] == text.percent(row["execution_utilization"])
    for name in ("quotes", "rates", "amounts"):
        for line in pack.tables[name].to_pylist():
            assert {key: rows[line["pool_id"]][key] for key in line} == line


def test_the_scorecard_adds_up_to_the_same_counts(pack: Pack, truth: list[dict[str, Any]]) -> None:
    card = {row["item"]: row["this_period"] for row in pack.tables["scorecard"].to_pylist()}
    asked = sum(row["quote_requests"] for row in truth)
    unavailable = sum(row["unavailable_quotes"] for row in truth)
    assert asked > 100
    assert f"{unavailable} of {text.count(asked)} requests" in card["Availability"]
    assert f"{sum(row['limit_errors'] for row in truth)} limit errors" in card["Limits"]


def test_the_bridge_and_the_exceptions_are_those_of_the_books(pack: Pack, place: Place) -> None:
    window = named_period(PERIOD, ZONE)
    with opened(place) as build:
        assert build.watermark is not None
        bridge = bridge_table(build.connection, [window], as_of=build.watermark)
        found = exceptions_table(build.connection, as_of=build.watermark, states=("open",))
    wanted = [row for row in bridge.to_pylist() if row["currency"] in ("EUR", "GBP")]
    names = ("currency", "opening", "pay_ins", "debits", "refunds", "unexplained", "closing")
    assert [{name: row[name] for name in names} for row in wanted] == pack.tables["bridge"].select(
        list(names)
    ).to_pylist()
    still_open = [row for row in pack.tables["exceptions"].to_pylist() if row["state"] == "open"]
    mine = [row for row in found.to_pylist() if row["currency"] in (None, "EUR", "GBP")]
    assert [row["event_at"] for row in still_open] == [row["event_at"] for row in mine]
    assert len(still_open) > 3


def test_contributions_add_up_to_the_change_of_each_total(pack: Pack) -> None:
    review = pack.figures.review
    moved: dict[str, int] = {}
    for row in pack.tables["contributions"].to_pylist():
        moved[row["figure"]] = moved.get(row["figure"], 0) + row["difference"]
        assert row["difference"] == row["this_period"] - row["span_before"] != 0
    assert moved
    for figure, difference in moved.items():
        assert difference == review.current.total(figure) - review.before.total(figure)


def test_the_page_asks_for_nothing_and_runs_nothing(html: str) -> None:
    found = Page(html)
    assert all(one.startswith("#") for one in found.references)
    assert not {"script", "link", "iframe", "img", "object", "form"} & set(found.tags)
    assert re.findall(r"url\((?!#|data:)", html) == []
    assert "default-src &#x27;none&#x27;" in html
    assert "@import" not in html
    assert sorted(found.ids) == sorted(set(found.ids))
    assert all(one[1:] in found.ids for one in found.references)


def test_every_chart_is_said_in_words_and_drawn_in_the_products_own_font(
    html: str, pack: Pack
) -> None:
    charts = charts_of(pack.sections)
    assert len(charts) >= 8
    assert html.count("<figcaption>") == len(charts)
    for chart in charts:
        assert chart.words
        assert chart.caption in html
        fonts = set(re.findall(r'font-family="([^"]+)"', svg(chart)))
        assert fonts <= {"Inter"}


def test_an_open_period_says_so_on_every_page_and_in_every_file(
    build: Callable[..., Pack], settings: Settings
) -> None:
    as_of = datetime(2026, 6, 26, 10, tzinfo=UTC)
    pack = build(as_of=as_of, allow_partial=True)
    said = "Partial period: known up to 26 Jun 2026, 12:00; it ends on 29 Jun 2026, 00:00"
    assert pack.about.partial == said
    assert pack.figures.scope.before.length == pack.figures.scope.window.length
    style, _, body = page(pack.about, pack.sections).partition("</style>")
    assert words.PARTIAL in style  # the margin of each printed page
    assert body.count(said) == 2  # the head of the page, and what stays in sight
    assert f'partial: "{said}"' in source(pack.about, pack.sections, as_of)
    with zipfile.ZipFile(io.BytesIO(write(pack, "bundle", settings))) as archive:
        for name in archive.namelist():
            if name.endswith((".csv", ".svg")):
                assert words.PARTIAL in archive.read(name).decode()
    for sheet in sheets(write(pack, "xlsx", settings)):
        assert words.PARTIAL in sheet


def test_a_complete_period_says_nothing_of_the_kind(html: str) -> None:
    assert words.PARTIAL not in html


def test_a_printed_page_carries_program_period_and_instant(pack: Pack) -> None:
    drawn = pages(pack.about, pack.sections, pack.figures.scope.as_of, 40)
    assert len(drawn) > 5
    told = source(pack.about, pack.sections, pack.figures.scope.as_of)
    for said in (pack.about.program, pack.about.period, pack.about.as_of):
        assert said in told
    assert "counter(page)" in told


def sheets(data: bytes) -> Iterator[str]:
    """The XML of each sheet of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                yield archive.read(name).decode()


@pytest.fixture(scope="module")
def noted(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Pack, Settings]:
    """The pack of a home whose review carries notes with the nastiest texts."""
    home = shutil.copytree(sample_home, tmp_path_factory.mktemp("noted") / "home")
    place = Place(home, "production", PARTNER)
    end = named_period(PERIOD, ZONE).end
    for said in NASTY:
        add_note(place, Note(PROGRAM, PERIOD, end, "limits", said, "=ada", end))
    settings = load_settings(home)
    return build_pack(settings, place, Wanted(PROGRAM, PERIOD)), settings


def test_no_text_of_a_record_becomes_markup_or_a_formula(noted: tuple[Pack, Settings]) -> None:
    pack, settings = noted
    html = page(pack.about, pack.sections)
    assert "script" not in Page(html).tags
    assert [row[1] for row in Page(html).tables["notes"][1:]] == NASTY
    assert all(one in html for one in ("&lt;/style&gt;&lt;script&gt;", "=ada"))
    assert pdf(pack.about, pack.sections, pack.figures.scope.as_of).startswith(b"%PDF")
    workbook = list(sheets(write(pack, "xlsx", settings)))
    assert all("<f>" not in sheet for sheet in workbook)
    with zipfile.ZipFile(io.BytesIO(write(pack, "bundle", settings))) as archive:
        lines = archive.read("tables/notes.csv").decode().splitlines()
        kept = pq.read_table(io.BytesIO(archive.read("tables/notes.parquet")))
    assert kept.column("note").to_pylist() == NASTY
    cells = [line for line in lines if line.startswith(PARTNER)]
    assert "'=HYPERLINK" in cells[0]
    assert "'@SUM" in cells[1]
    assert all("'=ada" in cell for cell in cells)


def test_nothing_of_another_program_or_partner_is_in_any_format(
    pack: Pack, files: dict[str, bytes]
) -> None:
    found = [body_of(files["report.html"].decode())]
    found.append(source(pack.about, pack.sections, pack.figures.scope.as_of))
    for name in ("report.xlsx", "bundle.zip"):
        with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
            names = [name for name in archive.namelist() if not name.endswith(".parquet")]
            found += [archive.read(name).decode() for name in names]
    for part in found:
        assert not re.search(r"\bBRL\b|lp_lumen_latam|orbit", part)
    assert "BRL-USDT" in str(pack.figures.outline.pools)  # it is there to be left out


def test_an_exception_of_another_program_stays_with_it(home: Path, tmp_path: Path) -> None:
    trade = {
        "partner_id": PARTNER,
        "environment": "production",
        "transact_id": "pt_of_the_other_program",
        "quote_id": "pq_of_the_other_program",
        "pool_id": "BRL-USDT",
        "side": "on_ramp",
        "fiat_currency": "BRL",
        "fiat_amount": "10.00",
        "status": "reserved",
        "status_at": "2026-06-17T10:00:00Z",
        "created_at": "2026-06-17T10:00:00Z",
    }
    file = write_records(tmp_path / "trades-other.jsonl", [trade])
    settings, place = load_settings(home), Place(home, "production", PARTNER)
    Ingestion(settings, at=LOADED_AT).run([file])
    mine, other = (
        build_pack(settings, place, Wanted(program, "2026-W25"))
        .tables["exceptions"]
        .column("transact_id")
        .to_pylist()
        for program in (PROGRAM, "lp_lumen_latam")
    )
    assert "pt_of_the_other_program" not in mine
    assert "pt_of_the_other_program" in other


def test_a_program_with_one_pool_has_its_own_pack(build: Callable[..., Pack]) -> None:
    other = build("lp_lumen_latam", "2026-W25")
    assert other.figures.scope.pools == ("BRL-USDT",)
    assert other.figures.scope.zone == "America/Sao_Paulo"
    shown = body_of(page(other.about, other.sections))
    assert not re.search(r"EUR-USD|GBP-USDT|lp_lumen_core", shown)


def test_what_is_not_known_is_a_dash_and_never_a_zero(build: Callable[..., Pack]) -> None:
    month = build(period="2026-W23")
    assert not month.figures.review.current.is_whole
    shown = Page(page(month.about, month.sections)).tables
    assert {row[3] for row in shown["scorecard"][1:]} == {text.UNKNOWN}
    assert {row[2] for row in shown["reasons"][1:]} == {text.UNKNOWN}
    weeks = month.tables["weeks"].to_pylist()
    unknown = [row for row in weeks if row["state"] == "unknown" and row["week_end"].month < 6]
    assert unknown
    assert {row["value"] for row in unknown} == {None}


def test_evidence_is_judged_by_the_partners_own_bounds(
    pack: Pack, settings: Settings, place: Place
) -> None:
    def states(**bounds: Decimal) -> dict[str, str]:
        chosen = settings.model_copy(update=bounds)
        told = build_pack(chosen, place, Wanted(PROGRAM, PERIOD)).figures
        return {one.name: one.state for one in told.evidence}

    plain = {one.name: one.state for one in pack.figures.evidence}
    assert plain["failures_low"] == "unknown"
    assert plain["compliance_agreed"] == "unknown"
    assert plain["first_day_reconciled"] == "unknown"  # records begin later than the pilot
    assert plain["support_ready"] == "met"
    assert states(failed_trade_bound=Decimal("0.9"))["failures_low"] == "met"
    assert states(failed_trade_bound=Decimal("0.0001"))["failures_low"] == "missing"
    assert plain["review_before_kept"] == "missing"


def test_what_landed_after_the_last_freeze_is_told_as_restated(home: Path) -> None:
    settings, place = load_settings(home), Place(home, "production", PARTNER)
    before = build_pack(settings, place, Wanted(PROGRAM, "2026-W25"))
    sources = [one.batch for one in before.figures.quality.lineage.sources]
    told = {
        "as_of": "2026-06-25T00:00:00Z",
        "sources": [{"batch": name} for name in sources[:-1]],
        "files": {},
    }
    files = {"manifest.json": json.dumps(told).encode()}
    freeze(place, PROGRAM, "2026-W25", files, author="ada", at=datetime(2026, 7, 1, tzinfo=UTC))
    pack = build_pack(settings, place, Wanted(PROGRAM, PERIOD))
    assert {row["batch"] for row in pack.tables["restated"].to_pylist()} <= {sources[-1]}
    assert {one.name: one.state for one in pack.figures.evidence}["review_before_kept"] == "met"
    ignorant = build_pack(settings, place, Wanted(PROGRAM, PERIOD, knows_frozen=False))
    assert "restated" not in ignorant.tables


def test_a_review_is_due_until_it_is_frozen(home: Path) -> None:
    place = Place(home, "production", PARTNER)
    with opened(place) as build:
        assert build.watermark is not None
        programs = read_terms(build.connection, build.watermark)
        first = datetime(2026, 6, 3, tzinfo=UTC)
        asked = {"first_event": first, "as_of": datetime(2026, 7, 1, tzinfo=UTC)}
        due = {one.program_id: one.period for one in due_reports(place, programs, **asked)}
        assert due == {PROGRAM: "2026-06", "lp_lumen_latam": "2026-W26"}
        files = {"manifest.json": b'{"files": {}}'}
        freeze(place, PROGRAM, "2026-06", files, author="ada", at=build.watermark)
        left = due_reports(place, programs, **asked)
    assert [one.program_id for one in left] == ["lp_lumen_latam"]


def test_every_table_of_the_bundle_is_whole_and_says_what_it_is(
    pack: Pack, files: dict[str, bytes]
) -> None:
    with zipfile.ZipFile(io.BytesIO(files["bundle.zip"])) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        names = set(archive.namelist())
        for name, table in pack.tables.items():
            kept = pq.read_table(io.BytesIO(archive.read(f"tables/{name}.parquet")))
            assert kept.replace_schema_metadata(None) == table.replace_schema_metadata(None)
            lines = archive.read(f"tables/{name}.csv").decode().split("\r\n")
            rows = [line for line in lines if line and not line.startswith("#")]
            assert manifest["tables"][name]["rows"] == table.num_rows
            assert rows[0].startswith("partner_id,environment")
    assert names == {*manifest["files"], "manifest.json"}
    assert manifest["as_of"].startswith("2026-06-30T2")
    assert manifest["filters"] == {"pools": POOLS}
    assert len(manifest["sources"]) == pack.tables["sources"].num_rows > 10


def table_of(pack: Pack, name: str) -> Table:
    tables = (block for section in pack.sections for block in section.blocks)
    (found,) = (one for one in tables if isinstance(one, Table) and one.name == name)
    return found


def cells_of(table: Table, column: int) -> list[str]:
    blank = "\N{FIGURE SPACE}\N{PUNCTUATION SPACE}"
    return [row[column].text.rstrip(blank) for row in table.rows]


def test_a_printed_table_is_cut_with_a_word_and_its_data_are_not() -> None:
    data = pa.table({"pool_id": ["a", "b", "c"]})
    cut = printed("pools", "Pools", [Shown("pool_id", "Pool")], data, zone="UTC", most=2)
    assert [len(cut.rows), cut.data.num_rows] == [2, 3]
    assert cut.note == f"The first 2 of 3 rows. {words.ALL_ROWS}"


def test_batches_are_printed_by_kind_and_each_is_in_the_data(pack: Pack) -> None:
    sources = table_of(pack, "sources")
    assert sum(map(int, cells_of(sources, 1))) == sources.data.num_rows > len(sources.rows)
    records = [int(cell.replace(",", "")) for cell in cells_of(sources, 2)]
    assert sum(records) == sum(sources.data.column("records").to_pylist())
    assert cells_of(sources, 3)[0] == "3 Jun 2026"


def test_what_the_pools_contributed_is_printed_in_one_row_for_each_count(pack: Pack) -> None:
    printed_rows = table_of(pack, "contributions")
    signs = str.maketrans({"+": "", "\N{MINUS SIGN}": "-", ",": ""})
    parts = [
        sum(int(one.rpartition(" ")[2].translate(signs)) for one in cell.split(" \N{MIDDLE DOT} "))
        for cell in cells_of(printed_rows, 4)
    ]
    assert parts == [int(cell.translate(signs)) for cell in cells_of(printed_rows, 1)]
    assert len(parts) < printed_rows.data.num_rows


def test_days_before_records_began_are_not_told_as_days_without_movement(
    build: Callable[..., Pack],
) -> None:
    early = build(period="2026-W23")
    began = early.figures.scope.first_event
    assert early.figures.scope.window.start < began - timedelta(days=1)
    days = early.tables["bridge_days"].column("window_start").to_pylist()
    assert min(days) <= began < min(days) + timedelta(days=1)
    table = table_of(early, "bridge_days")
    unknown = [row for row in table.data.to_pylist() if row["unexplained"] is None]
    known = table.data.num_rows - len(unknown)
    assert unknown
    assert f"of {known} days tie out; of {len(unknown)} it is not known" in table.note


def test_a_chart_beside_no_other_has_the_whole_width(pack: Pack) -> None:
    chart = replace(charts_of(pack.sections)[0], width=HALF)
    note = Paragraph("Between them.")
    alone, _, pair = in_rows([chart, note, chart, chart])
    assert isinstance(alone, Chart)
    assert alone.width == 0
    assert pair == [chart, chart]


@pytest.mark.parametrize(
    ("figures", "padded"),
    [
        (["1.50", "10.25"], ["1.50", "10.25"]),
        (["1", "2.50"], ["1\N{PUNCTUATION SPACE}" + 2 * "\N{FIGURE SPACE}", "2.50"]),
        (["1.5", "2.123"], ["1.5" + 2 * "\N{FIGURE SPACE}", "2.123"]),
        ([], []),
    ],
)
def test_figures_stand_by_their_decimal_mark(figures: list[str], padded: list[str]) -> None:
    assert aligned(figures) == padded


@pytest.mark.parametrize("rows", [["1.00", "9,873,186,913.24"], ["1.00", "2.00"]])
def test_a_column_is_as_wide_as_its_longest_figure_and_else_by_its_weight(rows: list[str]) -> None:
    columns = [Column("Pool", weight=9), *[Column("Sum", "", FIGURE)] * 3]
    cells = [[Cell("EUR"), Cell(one), Cell("0"), Cell("0")] for one in rows]
    parts = widths(Table("t", "T", columns, cells, pa.table({})))
    assert sum(parts) == pytest.approx(1)
    assert parts[0] == max(parts)
    assert parts[2] == parts[3] == pytest.approx(parts[0] / 9)
    need = len(max(rows, key=len)) / 108
    assert parts[1] > need
    assert (parts[1] > parts[2]) == (need > parts[2])


def test_a_table_without_room_shares_what_there_is() -> None:
    columns = [Column("A" * 40, "", FIGURE)] * 12
    parts = widths(Table("t", "T", columns, [], pa.table({})))
    assert parts == pytest.approx([1 / 12] * 12)


def test_another_pack_is_other_bytes(
    pack: Pack, files: dict[str, bytes], settings: Settings
) -> None:
    other = replace(pack, about=replace(pack.about, period="Another"))
    for form in ("html", "xlsx"):
        assert write(other, form, settings) != files[FORMATS[form]]
