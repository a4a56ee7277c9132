"""Open what was published: one partner's newest build, read-only, unable to name anything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.errors import NothingPublishedError, OutdatedBuildError
from pipelines.places import Place
from pipelines.publish import read_pointer
from pipelines.sqlfiles import definitions_version, sql_text

MEMORY_LIMIT = "512MB"
IDLE_OPTIMIZERS = (
    "filter_pullup",
    "empty_result_pullup",
    "cte_filter_pusher",
    "regex_range",
    "common_subexpressions",
    "common_aggregate",
    "limit_pushdown",
    "top_n",
    "top_n_window_elimination",
    "compressed_materialization",
    "duplicate_groups",
    "sampling_pushdown",
    "join_filter_pushdown",
    "extension",
    "aggregate_function_rewriter",
    "late_materialization",
    "common_subplan",
    "join_elimination",
    "window_self_join",
    "projection_pullup",
    "outer_join_simplification",
    "partitioned_execution",
    "partial_aggregate_pushdown",
    "remote_pushdown",
    "grouping_sets",
    "type_pushdown",
    "scalar_fn_pushdown",
    "distinct_aggregate_rewrite",
    "aggregate_reuse",
    "projection_placement",
    "redundant_order_keys",
)
"""Steps of planning that find nothing in our questions, which are many small statements: planning
them costs more than running them, and each step walks the whole plan."""


@dataclass(frozen=True, slots=True)
class Build:
    """One published build, open. Use a cursor of `connection` for each query, never itself."""

    build_id: str
    partner_id: str
    environment: str
    watermark: datetime | None
    """Aware UTC: what every required source has reached; None before anything arrived."""

    latest: datetime | None
    """Aware UTC: the newest event of any source."""

    definitions: str
    connection: duckdb.DuckDBPyConnection


def current_file(place: Place) -> Path:
    """The file of the newest build; NothingPublishedError when there is none yet."""
    pointer = read_pointer(place)
    if pointer is None:
        raise NothingPublishedError(
            f"nothing is published for {place.environment}/{place.partner_id} in {place.home};"
            " run `utilization ingest` first"
        )
    return place.serving / str(pointer["file"])


def open_build(place: Place) -> Build:
    """Open the newest build of `place`; a publisher that replaces it does not disturb this one."""
    while True:
        file = current_file(place)
        try:
            return open_file(file)
        except duckdb.IOException:
            # Two publishes while this one was opening: the pointer names a newer file by now.
            if current_file(place) == file:
                raise


def open_file(file: Path) -> Build:
    """Open one serving file: read-only, external access off, configuration locked.

    Raises OutdatedBuildError where another version of the product made it.
    """
    connection = duckdb.connect(
        str(file),
        read_only=True,
        config={
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": MEMORY_LIMIT,
            "disabled_optimizers": ",".join(IDLE_OPTIMIZERS),
            # Answers are small: handing out their parts costs more than it saves, and each
            # session's own thread works on its own question anyway.
            "threads": 1,
            "lock_configuration": True,
        },
    )
    row = connection.execute(sql_text("opened.sql")).fetchone()
    if row is None:
        connection.close()
        raise NothingPublishedError(f"{file}: holds no build; run `utilization rebuild`")
    build_id, partner_id, environment, watermark, latest, definitions = row
    if definitions != definitions_version():
        connection.close()
        raise OutdatedBuildError(
            f"the figures of {environment}/{partner_id} were worked out by another version; run"
            " `utilization rebuild`, or load anything"
        )
    return Build(
        build_id,
        partner_id,
        environment,
        _aware(watermark),
        _aware(latest),
        definitions,
        connection,
    )


@contextmanager
def opened(place: Place) -> Iterator[Build]:
    """The newest build of `place`, closed at the end."""
    build = open_build(place)
    try:
        yield build
    finally:
        build.connection.close()


def is_outdated(place: Place) -> bool:
    """Whether what is published was made by another version of the product, and must be renewed."""
    pointer = read_pointer(place)
    if pointer is None:
        return False
    made_by, _, _ = str(pointer["definitions"]).partition("/")
    return made_by != definitions_version()


def is_dated(place: Place) -> bool:
    """Whether anything with a time of its own has been published: else there is nothing to ask."""
    if read_pointer(place) is None:
        return False
    with opened(place) as build:
        return build.watermark is not None


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None else None
