"""What a pack's figures rest on: records and gaps, source batches, what was added later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa

from pipelines.health import coverage_table
from pipelines.pack.frozen import Frozen, read_frozen
from pipelines.pack.queries import query
from pipelines.pack.scope import Scope, period_name
from pipelines.pack.sources import Lineage, Source, later_sources, read_lineage
from pipelines.places import Place
from pipelines.review.spans import window_before
from pipelines.windows import parse_instant

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Quality:
    """What the figures rest on."""

    coverage: pa.Table
    lineage: Lineage
    frozen_before: Frozen | None
    """The review before, where it was frozen."""

    restated: Sequence[Source] | None
    """Batches with records of the time that the review before was told of, landed after it was
    frozen; None where it was not."""


def read_quality(
    connection: duckdb.DuckDBPyConnection, scope: Scope, *, knows_frozen: bool
) -> Quality:
    """Return what the window rests on; `knows_frozen` as in `Wanted`."""
    with connection.cursor() as cursor:
        ((through,),) = cursor.execute(query("last_load")).fetchall()
    first, last = scope.window.start.date(), (scope.window.end - timedelta(microseconds=1)).date()
    # A day that is still under way as of the pack's instant may gain records after it.
    if datetime(last.year, last.month, last.day, tzinfo=UTC) + _DAY > scope.as_of:
        last -= _DAY
    earlier = period_name(window_before(scope.whole, scope.zone), scope.zone)
    frozen = read_frozen(scope.place, scope.program_id, earlier) if knows_frozen else None
    return Quality(
        coverage=coverage_table(connection, first, max(first, last)),
        lineage=read_lineage(scope.place, scope.as_of, through=through),
        frozen_before=frozen,
        restated=None if frozen is None else _restated(scope.place, frozen, through),
    )


def _restated(place: Place, frozen: Frozen, through: int) -> list[Source]:
    told_of = parse_instant(frozen.manifest["as_of"])
    now = read_lineage(place, told_of, through=through)
    return later_sources((one["batch"] for one in frozen.manifest["sources"]), now.sources)
