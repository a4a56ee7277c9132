"""The evidence for expansion, pool by pool, by the same bounds as that of the whole program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pipelines.pack.launch import MET, MISSING, UNKNOWN, Grounds, Row, bounded
from pipelines.review.intervals import Share
from pipelines.review.states import OLD_EXCEPTION


@dataclass(frozen=True)
class PoolEvidence:
    """Whether the records of one approved pool speak for expanding it."""

    pool_id: str
    state: str
    shares: Mapping[str, Share]
    """By the name of the evidence: failures, unavailable answers, limit errors."""

    old_exceptions: int | None
    """Open for over 7 days as of the pack's instant; None where exceptions cannot be found."""


def pool_evidence(grounds: Grounds, exceptions: Sequence[Row]) -> list[PoolEvidence]:
    """Return each approved pool's part of the evidence for expansion, by the same bounds."""
    bounds, found = grounds.review.asked.bounds, []
    is_reconciled = grounds.review.current.cases.exceptions is not None
    for pool in grounds.scope.terms.approved_pools:
        row = grounds.review.current.pools[pool]
        unsettled = row["failed_trades"] + row["released_trades"]
        shares = {
            "failures_low": Share(unsettled, row["left_trades"]),
            "unavailable_low": Share(row["unavailable_quotes"], row["quote_requests"]),
            "limit_errors_low": Share(row["limit_errors"], row["quote_requests"]),
        }
        judged = zip(
            shares.values(),
            (bounds.failed_trades, bounds.unavailable, bounds.limit_errors),
            strict=True,
        )
        states = {bounded("", share, bound).state for share, bound in judged}
        old = _old(pool, exceptions) if is_reconciled else None
        states.add(UNKNOWN if old is None else MISSING if old else MET)
        worst = next(state for state in (MISSING, UNKNOWN, MET) if state in states)
        found.append(PoolEvidence(pool, worst, shares, old))
    return found


def _old(pool: str, exceptions: Sequence[Row]) -> int:
    return sum(
        row["pool_id"] == pool
        and row["state"] == "open"
        and timedelta(seconds=row["age_s"]) > OLD_EXCEPTION
        for row in exceptions
    )
