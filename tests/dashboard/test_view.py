"""The view that an address asks for: program, period, comparison and the moment it is answered for.

Goal: a link shows the same view to everybody, whenever it is opened, and what it asks for that does
not exist is said. Method: the real `app.py` in Streamlit's own test driver, on the sample.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipelines.outline import read_outline
from pipelines.periods import last_quarter_hour
from pipelines.places import Place
from pipelines.serving import opened
from pipelines.windows import format_instant
from reports import format as text
from reports import wording
from tests.dashboard.reading import Open

PAGE = ""


@pytest.fixture
def watermark(home: Path) -> datetime:
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.watermark is not None
        return build.watermark


def said(page: AppTest) -> str:
    return "\n".join(str(one.value) for one in [*page.markdown, *page.caption])


def test_a_chosen_moment_is_that_quarter_of_an_hour_and_is_said(
    open_page: Open, watermark: datetime
) -> None:
    moment = watermark - timedelta(days=1, minutes=7)
    page = open_page(as_of="moment", moment=format_instant(moment), period="24h")
    told = text.moment(last_quarter_hour(moment), "UTC")
    assert f"As of {told}: what happened later does not count" in said(page)
    assert text.moment(watermark, "UTC") in said(page), "the badge still tells how far data reach"


def test_the_newest_event_is_further_on_than_complete_data(
    open_page: Open, watermark: datetime, home: Path
) -> None:
    with opened(Place(home, "production", "lumen-wallet")) as build:
        assert build.latest is not None
        newest = max(last_quarter_hour(build.latest), watermark)
    page = open_page(as_of="latest", period="today")
    assert (f"As of {text.moment(newest, 'UTC')}" in said(page)) == (newest != watermark)


@pytest.mark.parametrize(
    ("moment", "warning"),
    [
        ("next tuesday", wording.MOMENT_UNREADABLE),
        ("2099-01-01T00:00:00Z", wording.MOMENT_TO_COME),
    ],
)
def test_a_moment_that_cannot_be_shown_is_said_and_complete_data_stand_there(
    open_page: Open, moment: str, warning: str
) -> None:
    page = open_page(as_of="moment", moment=moment)
    assert warning in [one.value for one in page.warning]
    assert "what happened later does not count" not in said(page)


def test_a_program_shows_its_approved_pools_only(open_page: Open, home: Path) -> None:
    with opened(Place(home, "production", "lumen-wallet")) as build:
        outline = read_outline(build, build.watermark or datetime.now(UTC))
    program = outline.programs[-1]
    others = set(outline.pools) - set(program.pools)
    assert others
    page = open_page(program=program.program_id)
    tables = "".join(str(one.proto.body) for one in page.get("html"))
    assert all(f">{pool}<" in tables for pool in program.pools)
    assert not any(f">{pool}<" in tables for pool in others)
    assert page.multiselect(key="pool").options == list(program.pools)


def test_the_year_before_says_when_nothing_is_known_of_it(open_page: Open) -> None:
    assert "Nothing to compare with" in said(open_page(vs="year"))
