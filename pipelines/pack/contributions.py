"""What each pool contributed to the change of each count since the span before.

Counts are added over pools, so a pool's own difference is its exact contribution: those of one
count add up to the difference of its total.
"""

from __future__ import annotations

from pipelines.review.changes import WATCHED, Change
from pipelines.review.readings import Reading


def contributions(now: Reading, before: Reading) -> list[Change]:
    """Return the pools' differences, count by count, the largest without sign first; none of 0.

    Empty where either span is not known whole.
    """
    if not (now.is_whole and before.is_whole):
        return []
    found = []
    for figure in WATCHED:
        moved = [
            Change(pool, figure, int(row[figure]), int(before.pools[pool][figure]))
            for pool, row in now.pools.items()
        ]
        kept = [one for one in moved if one.difference]
        found += sorted(kept, key=lambda one: (-abs(one.difference), one.pool_id))
    return found
