"""What the panels of a review that write share: the review meant, and how a failure is told."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from dashboard.frame import Ground
from dashboard.scope import Refusal, resolve
from pipelines.errors import HomeLockedError, PipelineError, UsageError
from pipelines.pack.clerk import Clerk
from pipelines.pack.frozen import Frozen, read_frozen
from pipelines.pack.scope import period_name
from pipelines.places import Place
from pipelines.windows import Window
from reports import review_notes as words

log = logging.getLogger(__name__)

WAIT_SECONDS = 2.0
_SAID = "review-said"


@dataclass(frozen=True)
class Desk:
    """One complete review of one program, and who sits over it."""

    ground: Ground
    program_id: str
    window: Window
    zone: str

    @property
    def place(self) -> Place:
        """Where its journal and frozen packs lie."""
        handle = self.ground.handle
        return Place(Path(handle.home), handle.environment, handle.partner_id)

    @property
    def period(self) -> str:
        """Its name, such as `2026-06`."""
        return period_name(self.window, self.zone)

    @property
    def frozen(self) -> Frozen | None:
        """The frozen pack, read from disk now."""
        return read_frozen(self.place, self.program_id, self.period)

    @property
    def file_name(self) -> str:
        """What its files are called, without their suffix."""
        return f"review-{re.sub(r'[^A-Za-z0-9._-]+', '-', self.program_id)}-{self.period}"

    def key(self, name: str) -> str:
        """The key of a control that belongs to this review alone."""
        return f"{name}-{self.program_id}-{self.period}"

    @property
    def takes_more(self) -> bool:
        """Whether the viewer may write in this review; a frozen one takes no more of anybody."""
        return self.ground.may_review and self.frozen is None

    def writer(self) -> str:
        """Under whose name the viewer writes, by the grants of now; UsageError without the right.

        What a button does belongs to the page as it was drawn, and the right may be gone since.
        """
        scope = resolve(self.ground.settings, datetime.now(UTC))
        if isinstance(scope, Refusal) or self.place not in scope.reviewed:
            raise UsageError(words.MAY_NOT_WRITE)
        return scope.author

    def clerk(self) -> Clerk:
        """Who writes for the viewer, now; UsageError without the right."""
        return Clerk(
            self.ground.settings,
            self.place,
            self.program_id,
            self.period,
            self.writer(),
            datetime.now(UTC),
            WAIT_SECONDS,
        )


def attempt(panel: str, write: Callable[[], str]) -> bool:
    """Write, and keep what is to be said of it in a panel; whether it was written."""
    try:
        how, said = "done", write()
    except HomeLockedError:
        how, said = "held", words.OTHER_WRITER
    except UsageError as error:
        how, said = "wrong", f"{error}."
    except PipelineError:
        reference = secrets.token_hex(4)
        log.exception("a review could not be written to, reference %s", reference)
        how, said = "failed", words.NOT_MADE.format(reference=reference)
    st.session_state[_SAID] = (panel, how, said)
    return how == "done"


def say(panel: str) -> None:
    """Say, once, what came of the last attempt in this panel."""
    where, how, said = st.session_state.get(_SAID, ("", "", ""))
    if where != panel:
        return
    del st.session_state[_SAID]
    if how == "done":
        st.success(said, icon=":material/check:")
    elif how == "held":
        st.warning(said, icon=":material/hourglass_top:")
    else:
        st.error(said, icon=":material/error:")
