"""Open a page of the real app in Streamlit's test driver, and read what stands on it."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

Open = Callable[..., AppTest]
APP = Path(__file__).resolve().parent.parent.parent / "app.py"


def open_at(path: str, **query: str | list[str]) -> AppTest:
    """The page at `path` of the address, with these choices in it."""
    page = AppTest.from_file(str(APP), default_timeout=60)
    for key, value in query.items():
        page.query_params[key] = value
    # The driver switches to pages by their files; these are functions, known by their path.
    page._page_hash = calc_hash(path)
    page.run()
    assert not page.exception
    return page


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, str]] = []
        self._label, self._part = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self.rows.append({})
        if tag in ("td", "th"):
            self._label = (given.get("data-label") or "").partition(",")[0]
            if self._label and given.get("title"):
                self.rows[-1][f"{self._label}: hover"] = given["title"] or ""
        kind = given.get("class")
        self._part = kind if kind in ("pu-figure", "pu-under") else ""

    def handle_data(self, data: str) -> None:
        if self._label and self._part:
            small = ": small" if self._part == "pu-under" else ""
            self.rows[-1][f"{self._label}{small}"] = data
        self._part = ""


def table(page: AppTest, caption: str) -> list[dict[str, str]]:
    """The rows of the table of this caption: each column's figure, `: small` line and `: hover`."""
    (html,) = [
        str(one.proto.body)
        for one in page.get("html")
        if f"<caption>{caption}</caption>" in one.proto.body
    ]
    cells = _Cells()
    cells.feed(html)
    return [row for row in cells.rows if row]


class Table(HTMLParser):
    """The cells of an HTML table: `rows[row heading][column label]` is the figure shown."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, dict[str, str]] = {}
        self._label, self._row, self._in_figure = "", "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("td", "th") and "data-label" in given:
            self._label = given["data-label"] or ""
            if tag == "th":
                self._row = ""
        self._in_figure = given.get("class") == "pu-figure"

    def handle_data(self, data: str) -> None:
        if not self._in_figure:
            return
        if not self._row:
            self._row = data
            self.rows[data] = {}
        else:
            self.rows[self._row][self._label] = data
        self._in_figure = False


def tables(page: AppTest) -> list[str]:
    """The source of each table of the page."""
    return [str(one.proto.body) for one in page.get("html") if "<table" in one.proto.body]


def read(html: str) -> dict[str, dict[str, str]]:
    """A table's figures by their row's heading and column."""
    table = Table()
    table.feed(html)
    return table.rows


def headings(page: AppTest) -> list[str]:
    return [one.value for one in page.subheader]


def words(page: AppTest) -> str:
    return "\n".join(one.value for one in [*page.markdown, *page.caption, *page.warning])
