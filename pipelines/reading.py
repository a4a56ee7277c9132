"""Read one partner's warehouse beside its writer: attached read-only, after a wait if need be."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.errors import HomeLockedError, NothingPublishedError
from pipelines.facts import LOCKED, RETRY_SECONDS
from pipelines.places import Place
from pipelines.settings import Settings
from pipelines.sqlfiles import sql_text


@contextmanager
def reading(
    settings: Settings, place: Place, wait_seconds: float, *, instead: str
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with the facts of `place` attached; raises as `attach_facts` does."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "autoinstall_known_extensions": False,
    }
    if settings.threads:
        config["threads"] = settings.threads
    with duckdb.connect(config=config) as connection:
        attach_facts(connection, place, wait_seconds, instead=instead)
        yield connection


def attach_facts(
    connection: duckdb.DuckDBPyConnection, place: Place, wait_seconds: float, *, instead: str
) -> None:
    """Attach the facts of `place` as `facts`, read-only.

    Raises NothingPublishedError where there are none, and HomeLockedError when a writer keeps them
    for the whole wait; `instead` says what to do then.
    """
    if not place.facts.exists():
        raise NothingPublishedError(
            f"{place.home}: holds no facts of {place.partner_id}; run `utilization rebuild`"
        )
    tries = max(int(wait_seconds / RETRY_SECONDS), 0)
    while True:
        try:
            connection.execute(sql_text("attach_read_only.sql"), {"file": str(place.facts)})
        except duckdb.IOException as error:
            if LOCKED not in str(error):
                raise
            if tries == 0:
                raise HomeLockedError(
                    f"{place.home}: a writer holds the facts of {place.partner_id}; {instead}"
                ) from error
            tries -= 1
            time.sleep(RETRY_SECONDS)
        else:
            return
