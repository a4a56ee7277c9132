"""Write in the journal of one review, under one name: only here, and only until it is frozen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.errors import UsageError
from pipelines.homelock import writing
from pipelines.pack.figures import opened_scope
from pipelines.pack.frozen import read_frozen
from pipelines.pack.journal import Decision, Note, add_decision, add_note, close_decision
from pipelines.pack.scope import Wanted
from pipelines.places import Place
from pipelines.review.states import ITEMS
from pipelines.settings import Settings

WHOLE = "review"
"""The item of a note on the whole review."""


@dataclass(frozen=True)
class Clerk:
    """Who writes in which review, and when.

    Each method holds the home for writing, and raises HomeLockedError when another keeps it for the
    whole wait, and UsageError where there is no such review, where it is frozen, or for a text that
    cannot stand in a pack.
    """

    settings: Settings
    place: Place
    program_id: str
    period: str
    author: str
    at: datetime
    wait_seconds: float

    def note(self, item: str, text: str) -> None:
        """Note something on an item; UsageError names the items there are."""
        if item not in (*ITEMS, WHOLE):
            raise UsageError(f"no item {item!r}; choose one of {', '.join((*ITEMS, WHOLE))}")
        with self._writing() as end:
            note = Note(self.program_id, self.period, end, item, text, self.author, self.at)
            add_note(self.place, note)

    def decide(self, text: str, owner: str, due: date | None) -> Decision:
        """Record a decision with who sees to it and until when."""
        with self._writing() as end:
            asked = Decision(
                "", self.program_id, self.period, end, text, owner, due, self.author, self.at
            )
            return add_decision(self.place, asked)

    def close(self, decision_id: str, outcome: str) -> Decision:
        """Close an open decision in this review, with what came of it."""
        with self._writing() as end:
            return close_decision(
                self.place,
                decision_id,
                program_id=self.program_id,
                period=self.period,
                period_end=end,
                outcome=outcome,
                author=self.author,
                at=self.at,
            )

    @contextmanager
    def _writing(self) -> Iterator[datetime]:
        """Hold the home, and yield when the period ends."""
        with writing(self.settings.home, self.wait_seconds):
            if read_frozen(self.place, self.program_id, self.period) is not None:
                raise UsageError(
                    f"the review of {self.period} is frozen; note and decide in a later one"
                )
            wanted = Wanted(self.program_id, self.period, allow_partial=True)
            with opened_scope(
                self.settings, self.place, wanted, wait_seconds=self.wait_seconds
            ) as found:
                end = found[2].whole.end
            yield end
