"""A finding lists what to start from, each thing once.

Goal: records that are an exception in two ways are one id, the oldest first, and at most as many
are listed as a packet holds. Method: exceptions in a steady month in memory.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.findings.ids import MOST_IDS, with_ids
from pipelines.places import Place
from pipelines.settings import Settings
from tests.findings.worlds import POOL, Month


def ids_of(month: Month) -> tuple[str, ...]:
    (found,) = with_ids(
        [
            one
            for one in month.findings()
            if (one.rule, one.pool_id) == ("ledger_does_not_tie", POOL)
        ],
        build=month.connection,
        lanes=[(POOL, "EUR")],
        settings=Settings(),
        place=Place(Path("nowhere"), "production", "lumen-wallet"),
        wait_seconds=0,
    )
    return found.ids


def test_what_is_an_exception_twice_is_listed_once() -> None:
    month = Month()
    for hours, entry in ((9, "le_1"), (8, "le_2"), (7, "le_1")):
        month.exception("amount_mismatch", hours=hours, entry_id=entry)
    assert ids_of(month) == ("le_1", "le_2")


def test_as_many_different_ids_are_listed_as_may_be() -> None:
    month = Month()
    for number in range(MOST_IDS + 5):
        for kind in ("amount_mismatch", "duplicate_entry"):
            month.exception(kind, hours=30 - number / 2, entry_id=f"le_{number:02d}")
    assert ids_of(month) == tuple(f"le_{number:02d}" for number in range(MOST_IDS))
