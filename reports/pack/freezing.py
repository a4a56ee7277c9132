"""Freeze a review: store the pack in every format for good, or show that it is stored already."""

from __future__ import annotations

from datetime import datetime

from pipelines.errors import PipelineError
from pipelines.pack.frozen import Frozen, freeze, read_frozen
from pipelines.pack.scope import Wanted
from pipelines.places import Place
from pipelines.settings import Settings
from pipelines.windows import parse_instant
from reports.pack.document import build_pack
from reports.pack.verifying import wanted_by
from reports.pack.writing import whole


def freeze_review(
    settings: Settings,
    place: Place,
    program_id: str,
    period: str,
    *,
    as_of: datetime | None,
    author: str,
    at: datetime,
    wait_seconds: float,
) -> tuple[Frozen, bool]:
    """Freeze the review and return it, with whether it was frozen just now.

    One that is frozen already is made again as of its own instant, journal and records, and left
    as it is. Raises PipelineError where it would not be the same today, or where another `as_of`
    is asked for than that of the frozen one.
    """
    known = read_frozen(place, program_id, period)
    if known is None:
        wanted = Wanted(program_id, period, as_of)
        pack = build_pack(settings, place, wanted, wait_seconds=wait_seconds)
        files = whole(pack, settings)
        return freeze(place, program_id, period, files, author=author, at=at), True
    told = known.manifest
    if as_of is not None and as_of != parse_instant(told["as_of"]):
        raise PipelineError(
            f"{known.folder}: this review is frozen as of {told['as_of']}; it cannot be frozen anew"
        )
    again = build_pack(settings, place, wanted_by(told), wait_seconds=wait_seconds)
    same = all(
        (known.folder / name).read_bytes() == data for name, data in whole(again, settings).items()
    )
    if not same:
        raise PipelineError(
            f"{known.folder}: this review is frozen, and would be another today; see"
            " `utilization report --verify` with its manifest"
        )
    return known, False
