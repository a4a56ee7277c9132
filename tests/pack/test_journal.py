"""Notes and decisions of reviews last: what was written stays as it was, a decision is carried from
review to review until one closes it, and any earlier state can be read again. Method: journals are
written line by line, cut and damaged, and read up to every line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines.errors import LandingDamagedError, UsageError
from pipelines.pack.journal import (
    Decision,
    Note,
    add_decision,
    add_note,
    close_decision,
    journal_file,
    open_decisions,
    read_journal,
)
from pipelines.places import Place

AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
MAY, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (6, 7, 8))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, "production", "acme")


def note(text: str = "Watch it", program: str = "lp", period: str = "2026-06") -> Note:
    return Note(program, period, JUNE, "limits", text, "ada", AT)


def decision(period: str, end: datetime, program: str = "lp", due: date | None = None) -> Decision:
    return Decision("", program, period, end, f"Decided in {period}", "ops", due, "ada", AT)


def close(place: Place, which: str, period: str, end: datetime) -> Decision:
    return close_decision(
        place,
        which,
        program_id="lp",
        period=period,
        period_end=end,
        outcome="Done",
        author="bob",
        at=AT,
    )


def states(place: Place, end: datetime) -> dict[str, str]:
    found = read_journal(place).decisions_for("lp", end)
    return {one.decision_id: "open" if one.closed_in is None else "closed" for one in found}


def test_a_note_is_read_as_it_was_written(place: Place) -> None:
    add_note(place, note("EUR-USDT:\n  raised\tto 29,000 \N{EURO SIGN}"))
    add_note(place, note("of another program", program="other"))
    (found,) = read_journal(place).notes_of("lp", "2026-06")
    assert found == note("EUR-USDT: raised to 29,000 \N{EURO SIGN}")


def test_a_decision_is_carried_until_a_review_closes_it(place: Place) -> None:
    first = add_decision(place, decision("2026-05", MAY, due=date(2026, 6, 20)))
    second = add_decision(place, decision("2026-06", JUNE))
    assert (first.decision_id, second.decision_id) == ("D1", "D2")
    assert states(place, MAY) == {"D1": "open"}
    assert states(place, JULY) == {"D1": "open", "D2": "open"}
    closed = close(place, "D1", "2026-06", JUNE)
    assert (closed.outcome, closed.closed_by, closed.closed_in) == ("Done", "bob", "2026-06")
    # Open as its own review saw it, closed in the one that closed it, gone from the next.
    assert states(place, MAY) == {"D1": "open"}
    assert states(place, JUNE) == {"D1": "closed", "D2": "open"}
    assert states(place, JULY) == {"D2": "open"}


def test_overdue_is_what_is_open_after_its_day(place: Place) -> None:
    add_decision(place, decision("2026-05", MAY, due=date(2026, 6, 20)))
    add_decision(place, decision("2026-05", MAY))
    found = read_journal(place).decisions_for("lp", JUNE)
    assert open_decisions(found, date(2026, 6, 20)) == (2, 0)
    assert open_decisions(found, date(2026, 6, 21)) == (2, 1)


def test_every_earlier_state_can_be_read_again(place: Place) -> None:
    seen = [read_journal(place)]
    for number in range(4):
        add_note(place, note(f"note {number}"))
        seen.append(read_journal(place))
    assert [len(one.notes) for one in seen] == [0, 1, 2, 3, 4]
    assert len({one.sha256 for one in seen}) == 5
    assert [read_journal(place, one.entries) for one in seen] == seen
    with pytest.raises(UsageError, match="holds 4 of the 9 lines"):
        read_journal(place, 9)


def test_a_decision_cannot_be_closed_twice_nor_before_it_was_made_nor_by_others(
    place: Place,
) -> None:
    add_decision(place, decision("2026-06", JUNE))
    add_decision(place, decision("2026-06", JUNE, program="other"))
    with pytest.raises(UsageError, match="was made in the review of 2026-06"):
        close(place, "D1", "2026-05", MAY)
    for missing in ("D2", "D9", ""):
        with pytest.raises(UsageError, match="no decision"):
            close(place, missing, "2026-06", JUNE)
    close(place, "D1", "2026-06", JUNE)
    with pytest.raises(UsageError, match="was closed in the review of 2026-06"):
        close(place, "D1", "2026-07", JULY)


@pytest.mark.parametrize(
    "text", ["", "   ", "x" * 2001, "a\x00b", "a\u202eb", "the key is sk_live_abcdefghijklmnop"]
)
def test_a_text_that_cannot_stand_in_a_pack_is_refused_and_not_written(
    place: Place, text: str
) -> None:
    with pytest.raises(UsageError):
        add_note(place, note(text))
    assert not journal_file(place).exists()


def test_a_line_that_a_crash_cut_off_is_none_and_the_next_takes_its_place(place: Place) -> None:
    add_note(place, note("whole"))
    with journal_file(place).open("ab") as file:
        file.write(b'{"entry":"note","at":"20')
    assert len(read_journal(place).notes) == 1
    add_note(place, note("after the crash"))
    assert [one.text for one in read_journal(place).notes] == ["whole", "after the crash"]


def test_a_line_that_is_not_as_it_was_written_is_told(place: Place) -> None:
    add_note(place, note("one"))
    add_note(place, note("two"))
    data = journal_file(place).read_bytes()
    journal_file(place).write_bytes(data.replace(b"one", b"won", 1))
    with pytest.raises(LandingDamagedError, match="line 1 is damaged"):
        read_journal(place)
