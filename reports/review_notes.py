"""The notes, decisions and frozen packs of a program's reviews on the screen, and their words."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.pack.frozen import Frozen
from pipelines.pack.journal import Decision, Note
from reports import format as text
from reports.review_words import ITEMS
from reports.tables import Cell, Column, table

WHOLE = "The review as a whole"
CALLED = {"review": WHOLE, **{name: title for name, (title, _) in ITEMS.items()}}
PACK_TITLE = "The review pack"
PACK_IS = (
    "One document of this program and period, with every pool of the program, that opens offline"
    " and that anybody with the same records can make again. It is made when you press a button,"
    " which takes some seconds."
)
FORMATS = {
    "html": ("HTML", "text/html"),
    "pdf": ("PDF", "application/pdf"),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "bundle": ("Bundle", "application/zip"),
}
NOTES_TITLE = "Notes"
NOTES_EMPTY = "Nobody has noted anything on this review yet."
NOTE_ON = "Note on"
NOTE = "Note"
SAVE_NOTE = "Save note"
NOTE_SAVED = "Your note is saved."
DECISIONS_TITLE = "Decisions"
DECISIONS_ARE = (
    "Those of this review, and of earlier ones until a review closes them. Nothing is changed or"
    " taken back: another note corrects a note, and closing a decision ends it."
)
DECISIONS_EMPTY = "No decision stands from this review or an earlier one."
DECISION, OWNER, DUE = "Decision", "Who sees to it", "Until when"
SAVE_DECISION = "Save decision"
DECISION_SAVED = "The decision is saved as {name}."
CLOSE, OUTCOME = "Close", "What came of it"
CLOSE_DECISION = "Close decision"
DECISION_CLOSED = "{name} is closed."
FREEZE = "Freeze this review"
FREEZE_IS = (
    "Freezing stores the pack in every format for good, as it is now. After that this review takes"
    " no note and no decision any more."
)
FREEZE_SURE = "I have read it, and it may not change any more"
FREEZE_NOW = "Freeze for good"
FREEZING = "Making the pack in every format"
FROZEN_NOW = "The review is frozen."
FROZEN_TITLE = "Frozen reviews"
FROZEN_EMPTY = "No review of this program is frozen yet."
READS_ONLY = (
    "You may read the reviews of this partner. To note, decide and freeze, your grant needs the"
    " right `may_review`; ask whoever keeps the grants of this deployment."
)
MAY_NOT_WRITE = "your grant does not let you write in this review, so nothing was saved"
OTHER_WRITER = (
    "Somebody else is writing to this home at the moment: records are being loaded, or another"
    " review is being frozen. Nothing was saved; try again in a moment."
)
NOT_MADE = (
    "That could not be done, and nothing was changed. Tell the operator this reference: {reference}"
)


def as_author(name: str) -> str:
    """Under whose name a viewer writes."""
    return f"You write as {name}."


def frozen_words(frozen: Frozen, zone: str) -> str:
    """That a review is frozen: by whom, when, and its digest."""
    return (
        f"**Frozen** by {frozen.author} on {text.moment(frozen.at, zone)}. It takes no note and no"
        f" decision any more; write in a later review. SHA-256 of its manifest: `{frozen.sha256}`"
    )


def notes_table(notes: Sequence[Note], zone: str) -> str:
    """The notes of one review in the order they were made."""
    columns = [Column(title, "", is_text=True) for title in ("Item", "Note", "By", "On")]
    rows = [
        [
            Cell(CALLED.get(one.item, one.item)),
            Cell(one.text),
            Cell(one.author),
            Cell(text.moment(one.at, zone)),
        ]
        for one in notes
    ]
    return table(NOTES_TITLE, columns, rows)


def decisions_table(decisions: Sequence[Decision], zone: str) -> str:
    """The decisions that a review has before it, each with its state."""
    titles = ("Name", "Decision", "Who sees to it", "Until when", "State", "Decided in")
    columns = [Column(title, "", is_text=True) for title in titles]
    rows = [
        [
            Cell(one.decision_id),
            Cell(one.text, one.outcome or ""),
            Cell(one.owner),
            Cell("no day set" if one.due is None else text.day(one.due)),
            Cell("open" if one.closed_in is None else f"closed in {one.closed_in}"),
            Cell(one.period, f"{one.author}, {text.moment(one.at, zone)}"),
        ]
        for one in decisions
    ]
    return table(DECISIONS_TITLE, columns, rows)


def decision_name(one: Decision) -> str:
    """A decision in a list to choose from."""
    return f"{one.decision_id}: {one.text}"


def frozen_table(found: Sequence[Frozen], zone: str) -> str:
    """Frozen reviews with their digests."""
    titles = ("Period", "Frozen by", "On", "SHA-256 of the manifest")
    columns = [Column(title, "", is_text=True) for title in titles]
    rows = [
        [
            Cell(one.period),
            Cell(one.author),
            Cell(text.moment(one.at, zone)),
            Cell(one.sha256),
        ]
        for one in found
    ]
    return table(FROZEN_TITLE, columns, rows)
