"""What is taken away in a browser is what the page shows: every row of a table, a picture of a
chart, and a link that shows the same days again."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipelines.periods import choose_period
from pipelines.places import Place
from pipelines.serving import opened
from pipelines.utilization import windows_table
from tests.e2e.conftest import OpenPage, settle

pytestmark = pytest.mark.e2e


def taken(page: Page, button: str, folder: Path) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button, exact=True).first.click()
    file = folder / "taken"
    waiting.value.save_as(file)
    return file.read_bytes()


def test_files_and_links_hold_what_the_page_shows(
    open_page: OpenPage, home: Path, tmp_path: Path
) -> None:
    page = open_page("/?pool=EUR-USDT&pool=GBP-USDT")
    page.get_by_text("Take it away: files and links").click()
    settle(page)

    text = taken(page, "CSV", tmp_path).decode()
    lines = text.split("\r\n")
    rows = list(csv.DictReader(io.StringIO("\r\n".join(x for x in lines if not x.startswith("#")))))
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        period = choose_period("7d", build.watermark, "UTC")
        table = windows_table(
            build.connection,
            [period.window],
            as_of=period.as_of,
            pools=["EUR-USDT", "GBP-USDT"],
        )
    wanted = {row["pool_id"]: row["quote_requests"] for row in table.to_pylist()}
    assert {row["pool_id"]: int(row["quote_requests"]) for row in rows} == wanted
    assert any(line.startswith("# sha256: ") for line in lines)
    assert taken(page, "XLSX, all tables", tmp_path).startswith(b"PK")
    assert taken(page, "Parquet", tmp_path).startswith(b"PAR1")

    follows, frozen = (
        page.get_by_text(re.compile(r"^http://127\.0\.0\.1")).nth(n).inner_text() for n in (0, 1)
    )
    assert follows.endswith("?pool=EUR-USDT&pool=GBP-USDT")
    address = frozen.partition("?")[2]
    again = open_page(f"/?{address}")
    first, last = period.window.start.date(), period.window.end.date()
    expect(again.get_by_text("Chosen days:")).to_be_visible()
    assert f"days={first}.." in frozen
    assert f"..{last}" not in frozen, "the last day is the one before the end"


def test_a_chart_is_taken_away_as_a_picture(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/")
    page.get_by_text("The same as a table, and as files").first.click()
    settle(page)
    assert taken(page, "PNG", tmp_path).startswith(b"\x89PNG")
    drawn = taken(page, "SVG", tmp_path)
    assert drawn.startswith(b"<svg")
    assert b"lumen-wallet" in drawn
