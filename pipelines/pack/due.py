"""Which reviews are due: the last complete period of each program's cadence, until it is frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.pack.frozen import read_frozen
from pipelines.pack.scope import period_name
from pipelines.places import Place
from pipelines.review.spans import review_windows
from pipelines.review.terms import Terms
from pipelines.windows import Window


@dataclass(frozen=True, slots=True)
class Due:
    """A review that nobody has frozen yet."""

    program_id: str
    period: str
    window: Window
    zone: str


def due_reports(
    place: Place,
    programs: Mapping[str, Sequence[Terms]],
    *,
    first_event: datetime | None,
    as_of: datetime,
) -> list[Due]:
    """Return the reviews due as of the aware `as_of`, one a program at most, by program.

    A program is reviewed by the cadence and zone of its terms in force; `programs` are those of
    `pipelines.review.terms.read_terms`. Older periods that nobody froze are not caught up with.
    """
    due = []
    for program_id, versions in programs.items():
        terms = versions[-1]
        cadence, zone = terms.review_cadence, terms.time_zone
        windows = review_windows(cadence, zone, first_event or as_of, as_of)
        if not windows:
            continue
        period = period_name(windows[-1], zone)
        if read_frozen(place, program_id, period) is None:
            due.append(Due(program_id, period, windows[-1], zone))
    return due
