"""A review is noted on, decided in, taken away and frozen on its page, as it is in a terminal.

Goal: what is written stands on disk under the viewer's name, is carried to the next review, and
nothing more can be written once the review is frozen; another writer is named. Method: the real app
is driven by Streamlit's test driver on a home of its own, and the journal and the frozen packs are
read back from disk.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.grants import named
from pipelines.authors import system_user
from pipelines.errors import UsageError
from pipelines.homelock import writing
from pipelines.pack.clerk import Clerk
from pipelines.pack.frozen import read_frozen
from pipelines.pack.journal import Journal, read_journal
from pipelines.places import Place
from pipelines.settings import load_settings
from reports import review_notes as said
from tests.dashboard.reading import Open, open_at, table, words

PAGE = "review"
PROGRAM, PERIOD = "lp_lumen_core", "2026-W26"


@pytest.fixture(scope="module")
def own_home(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample home to write to."""
    return shutil.copytree(home, tmp_path_factory.mktemp("own") / "home")


@pytest.fixture(autouse=True)
def nothing_written(own_home: Path) -> Iterator[None]:
    yield
    shutil.rmtree(place_of(own_home).root / "reviews", ignore_errors=True)
    (own_home / "grants.toml").unlink(missing_ok=True)


def place_of(home: Path) -> Place:
    return Place(home, "production", "lumen-wallet")


def journal(home: Path) -> Journal:
    return read_journal(place_of(home))


def press(page: AppTest, label: str) -> AppTest:
    (button,) = [one for one in page.button if one.label == label]
    button.click().run()
    assert not page.exception
    return page


def write(page: AppTest, label: str, text: str) -> None:
    (field,) = [one for one in (*page.text_area, *page.text_input) if one.label == label]
    field.set_value(text)


def labels(page: AppTest) -> list[str]:
    return [one.label for one in page.button]


def test_a_note_appears_once_it_is_saved_under_the_viewers_name(
    own_home: Path, open_page: Open
) -> None:
    page = open_page(own_home, program=PROGRAM, cadence="weekly")
    assert said.NOTES_EMPTY in words(page)
    next(one for one in page.selectbox if one.label == said.NOTE_ON).set_value("limits")
    write(page, said.NOTE, "Raised on 15 June <b>")
    press(page, said.SAVE_NOTE)
    (row,) = table(page, said.NOTES_TITLE)
    assert (row["Item"], row["Note"]) == ("Limits", "Raised on 15 June <b>")
    (note,) = journal(own_home).notes
    assert (note.item, note.author, note.program_id) == ("limits", system_user(), PROGRAM)
    assert note.period == PERIOD
    assert [one.value for one in page.success] == [said.NOTE_SAVED]
    assert next(one for one in page.text_area if one.label == said.NOTE).value == ""


def test_a_text_that_cannot_stand_in_a_pack_is_refused_in_words_and_kept(
    own_home: Path, open_page: Open
) -> None:
    page = open_page(own_home, program=PROGRAM, cadence="weekly")
    write(page, said.NOTE, "the key is sk_live_abcdefghijklmnop")
    press(page, said.SAVE_NOTE)
    assert "looks like a key" in page.error[0].value
    assert journal(own_home).notes == ()
    (field,) = [one for one in page.text_area if one.label == said.NOTE]
    assert field.value == "the key is sk_live_abcdefghijklmnop"


def test_a_decision_is_carried_to_the_next_review_and_closed_there(
    own_home: Path, open_page: Open
) -> None:
    page = open_page(own_home, program="lp_lumen_latam", cadence="weekly")
    page.button(key="review-Previous review").click().run()
    write(page, said.DECISION, "Set bounds")
    write(page, said.OWNER, "ops")
    page.date_input[0].set_value(date(2026, 7, 15))
    press(page, said.SAVE_DECISION)
    page.button(key="review-Next review").click().run()
    (row,) = table(page, said.DECISIONS_TITLE)
    assert (row["Name"], row["State"], row["Until when"]) == ("D1", "open", "15 Jul 2026")
    write(page, said.OUTCOME, "Bounds are set")
    press(page, said.CLOSE_DECISION)
    (row,) = table(page, said.DECISIONS_TITLE)
    assert row["State"].startswith("closed in 2026-W")
    (one,) = journal(own_home).decisions
    assert (one.outcome, one.closed_by) == ("Bounds are set", system_user())
    assert said.CLOSE_DECISION not in labels(page)


def test_freezing_asks_first_shows_the_hash_and_ends_writing(
    own_home: Path, open_page: Open
) -> None:
    page = open_page(own_home, program=PROGRAM, cadence="weekly")
    (button,) = [one for one in page.button if one.label == said.FREEZE_NOW]
    assert button.disabled
    assert read_frozen(place_of(own_home), PROGRAM, PERIOD) is None
    next(one for one in page.checkbox if one.label == said.FREEZE_SURE).check().run()
    press(page, said.FREEZE_NOW)
    frozen = read_frozen(place_of(own_home), PROGRAM, PERIOD)
    assert frozen is not None
    assert frozen.author == system_user()
    assert frozen.sha256 in words(page)
    assert not {said.SAVE_NOTE, said.SAVE_DECISION, said.FREEZE_NOW} & set(labels(page))
    told = json.loads((frozen.folder / "manifest.json").read_bytes())
    assert told["is_partial"] is False
    clerk = Clerk(
        load_settings(own_home), place_of(own_home), PROGRAM, PERIOD, "a", datetime.now(UTC), 0
    )
    with pytest.raises(UsageError, match="is frozen"):
        clerk.note("limits", "Too late")


def test_another_writer_is_named_and_nothing_is_lost(own_home: Path, open_page: Open) -> None:
    page = open_page(own_home, program=PROGRAM, cadence="weekly")
    write(page, said.NOTE, "Watch it")
    with writing(own_home, 0):
        press(page, said.SAVE_NOTE)
    assert [one.value for one in page.warning] == [said.OTHER_WRITER]
    assert journal(own_home).notes == ()
    press(page, said.SAVE_NOTE)
    assert [one.text for one in journal(own_home).notes] == ["Watch it"]


GRANT = '[[grant]]\nemail = "ana@example.com"\npartner = "lumen-wallet"\n'
MAY_REVIEW = f"{GRANT}may_review = true\n"


def sign_in(home: Path, monkeypatch: pytest.MonkeyPatch, grants: str) -> AppTest:
    """The page as a signed-in person of these grants sees it."""
    (home / "grants.toml").write_text(grants, encoding="utf-8")
    monkeypatch.setenv("UTILIZATION_HOME", str(home))
    page = open_at(PAGE, program=PROGRAM, cadence="weekly")
    page.secrets["auth"] = {"redirect_uri": "http://localhost/oauth2callback"}
    page.user = {
        "is_logged_in": True,
        "email": "ana@example.com",
        "email_verified": True,
        "exp": datetime.now(UTC).timestamp() + 3600,
    }
    page.run()
    assert not page.exception
    return page


def test_a_grant_for_looking_takes_the_pack_away_and_says_why_it_cannot_write(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sign_in(own_home, monkeypatch, GRANT)
    assert said.READS_ONLY in words(page)
    assert len(page.get("download_button")) >= len(said.FORMATS)
    assert not {said.SAVE_NOTE, said.SAVE_DECISION, said.FREEZE_NOW} & set(labels(page))


def test_with_the_right_a_person_writes_until_it_is_taken_away(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sign_in(own_home, monkeypatch, MAY_REVIEW)
    assert said.READS_ONLY not in words(page)
    write(page, said.NOTE, "Raised on 15 June")
    press(page, said.SAVE_NOTE)
    (note,) = journal(own_home).notes
    assert (note.text, note.author) == ("Raised on 15 June", "ana@example.com")
    write(page, said.NOTE, "One too many")
    (own_home / "grants.toml").write_text(GRANT, encoding="utf-8")
    press(page, said.SAVE_NOTE)
    assert [one.value for one in page.error] == [f"{said.MAY_NOT_WRITE}."]
    assert len(journal(own_home).notes) == 1


def test_the_pack_is_offered_in_every_format(own_home: Path, open_page: Open) -> None:
    page = open_page(own_home, program=PROGRAM, cadence="weekly")
    offered = [one.proto.label for one in page.get("download_button")]
    assert offered == [label for label, _ in said.FORMATS.values()]


def test_no_pack_and_no_form_where_no_period_is_complete(own_home: Path, open_page: Open) -> None:
    page = open_page(own_home, program="lp_lumen_latam", cadence="quarterly")
    assert said.SAVE_NOTE not in labels(page)
    assert not page.get("download_button")


def test_a_person_is_named_by_a_verified_email_else_by_the_subject() -> None:
    claims = {"email": "ana@example.com", "sub": "auth|7"}
    assert named({**claims, "email_verified": True}) == "ana@example.com"
    assert named(claims) == "auth|7"
