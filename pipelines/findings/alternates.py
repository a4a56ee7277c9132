"""Other pools that the same programs approve, and that could quote just now."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from pipelines.findings.grid import slots_of
from pipelines.findings.signals import SLOT_US, Signals

LOOKED_AT = timedelta(hours=1)
_DOWN_ABOVE = 0.5


def alternate_pools(signals: Signals, pool_id: str) -> tuple[str, ...]:
    """The other approved pools of the programs of `pool_id` at the last instant, by name.

    Left out are those that were mostly unavailable in the last hour, by snapshots or by answers.
    Having quoted then promises nothing for later.
    """
    at_us = (signals.grid.count - 1) * SLOT_US
    rows = [
        row
        for row in signals.read("programs").to_pylist()
        if row["from_us"] <= at_us and (row["to_us"] is None or row["to_us"] > at_us)
    ]
    programs = {row["program_id"] for row in rows if row["pool_id"] == pool_id}
    entitled = {row["pool_id"] for row in rows if row["program_id"] in programs} - {pool_id}
    return tuple(sorted(pool for pool in entitled if not _is_down(signals, pool)))


def _is_down(signals: Signals, pool_id: str) -> bool:
    if pool_id not in signals.pools:
        return True
    row = signals.pools.index(pool_id)
    pairs = (("unavailable_minutes", "known_minutes"), ("unavailable_quotes", "quote_requests"))
    for part, whole in pairs:
        down, known = (signals.total(name, slots_of(LOOKED_AT))[row, -1] for name in (part, whole))
        if np.isfinite(known) and known > 0 and down > _DOWN_ABOVE * known:
            return True
    return False
