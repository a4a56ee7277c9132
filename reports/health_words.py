"""The sentences of Data health."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipelines.serving import Build
from reports import format as text
from reports.wording import KINDS

NOT_BY_POOL = (
    "This page is about all records of the partner: a choice of pools does not narrow it. The"
    " period places the days below; everything else is as the newest build holds it."
)
COVERAGE_IS = (
    "A stronger colour holds more of the kind's busiest day here. A cross is a day without records"
    " between two days with some: a file that did not arrive, or a day on which nothing happened."
    " A dash is such a day of a kind that comes only when something happens. Days before a kind's"
    " first record and after its last stay empty."
)
NO_GAPS = "No gap: every kind that comes daily has records on each day between its first and last."
NOTHING_RESTATED = (
    "None: no record has arrived for a day that had already been published as complete."
)
RESTATED_ARE = (
    "Records arrived for days that had already been published as complete, so figures of these days"
    " may differ from what was read before."
)
SET_ASIDE_ARE = (
    "These records are in no figure. `utilization quarantine list` names each with its line and"
    " what to send instead."
)
NOTHING_SET_ASIDE = "Nothing is set aside: every record offered was loaded or was known already."
DROPPED_ARE = "Undeclared fields were dropped: their names are counted, their values never kept."
NOTHING_DROPPED = "No undeclared field was dropped."
CHECKS_ARE = (
    "Identities that hold by design, looked at again in every build; one that fails blocks nothing,"
    " and says what to do."
)
LOADS_ARE = "Offered = loaded + duplicate + quarantined + refused, for every load."


def reach(watermark: datetime, required: Sequence[str], zone: str) -> str:
    """Where the page's time comes from."""
    names = ", ".join(KINDS.get(kind, kind).lower() for kind in required)
    return (
        f"Figures reach **{text.moment(watermark, zone)}** ({text.offset(watermark, zone)}): what"
        f" every required kind ({names}) has reached."
    )


def more_restated(total: int, shown: int) -> str:
    """That the table is cut."""
    return f"The newest {shown} of {text.count(total)}; the rest is in the table to take away."


def build(build: Build, zone: str) -> str:
    """Which build, by which definitions."""
    latest = f"{text.moment(build.latest, zone)}" if build.latest else text.UNKNOWN
    return (
        f"Build `{build.build_id}` · definitions `{build.definitions}` · figures to"
        f" {text.moment(build.watermark, zone)} · newest event of any kind {latest}. Two builds"
        " with the same definitions compute every figure in the same way."
    )
