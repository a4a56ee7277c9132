"""Figures counted from quote attempts and from other failed calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from .facts import Failure, Quote
from .trades import Trade


def quote_figures(
    quotes: Sequence[Quote],
    trades: Sequence[Trade],
    start: datetime,
    end: datetime,
    as_of: datetime,
) -> dict[str, object]:
    """Counts and volumes of one pool's and currency's quotes requested in [start, end).

    `trades` are all of the partner's: a quote is accepted by its id alone.
    """
    # "quote attempts with requested_at in W"
    asked = [quote for quote in quotes if start <= quote.requested_at < end]
    # "of those, available and quote_type = indicative" / "firm"
    indicative = [q for q in asked if q.available and q.quote_type == "indicative"]
    firm = [q for q in asked if q.available and q.quote_type == "firm"]
    # "of those, available = false and no http_status"
    unavailable = [q for q in asked if not q.available and q.http_status is None]
    # "of those, http_status present"
    errored = [q for q in asked if q.http_status is not None]
    return {
        "quote_requests": len(asked),
        "indicative_quotes": len(indicative),
        "firm_quotes": len(firm),
        "unavailable_quotes": len(unavailable),
        "errored_quotes": len(errored),
        "unavailable_reasons": _reasons(unavailable),
        # "unavailable_quotes + errored_quotes"
        "failed_quote_attempts": len(unavailable) + len(errored),
        **_outcomes(firm, trades, as_of),
        # "sum fiat_amount of quote attempts in W", "of firm quotes in W"
        "requested_volume": _volume(asked),
        "quoted_volume": _volume(firm),
    }


def _reasons(unavailable: list[Quote]) -> dict[str, int]:
    """Map reason -> count; "unavailable with null reason counts as reason other"."""
    counts: dict[str, int] = {}
    for quote in unavailable:
        reason = quote.unavailable_reason or "other"
        counts[reason] = counts.get(reason, 0) + 1
    return counts


def _outcomes(firm: list[Quote], trades: Sequence[Trade], as_of: datetime) -> dict[str, int]:
    """Each firm quote in exactly one of accepted, rejected, expired, open."""
    counts = {"accepted_quotes": 0, "rejected_quotes": 0, "expired_quotes": 0, "open_quotes": 0}
    for quote in firm:
        created = [t.created_at for t in trades if t.quote_id == quote.quote_id]
        # "accepted if min(created_at of trades with that quote_id) < as_of"
        if created and min(created) < as_of:
            counts["accepted_quotes"] += 1
        # "not accepted, rejected_at < as_of"
        elif quote.rejected_at is not None and quote.rejected_at < as_of:
            counts["rejected_quotes"] += 1
        # "neither accepted nor rejected, expires_at < as_of"
        elif quote.expires_at is not None and quote.expires_at < as_of:
            counts["expired_quotes"] += 1
        # "the rest of the firm quotes"
        else:
            counts["open_quotes"] += 1
    return counts


def _volume(quotes: list[Quote]) -> Decimal | None:
    """Sum of known amounts; null when there are quotes but none carries one; 0 when no quotes."""
    known = [quote.amount for quote in quotes if quote.amount is not None]
    if quotes and not known:
        return None
    return sum(known, Decimal(0))


def failure_figures(
    quotes: Sequence[Quote],
    failures: Sequence[Failure],
    start: datetime,
    end: datetime,
    limit_codes: frozenset[str],
) -> dict[str, int]:
    """Failed calls in [start, end): `quotes` of one pool and currency, `failures` of the pool."""
    # "quote attempts with an http_status whose error_code is in the limit family"
    over_limit = [
        quote
        for quote in quotes
        if start <= quote.requested_at < end
        and quote.http_status is not None
        and quote.error_code in limit_codes
    ]
    transact = [
        failure.http_status
        for failure in failures
        if failure.operation == "transact" and start <= failure.occurred_at < end
    ]
    return {
        # "... plus errors of transact with 429"
        "limit_errors": len(over_limit) + transact.count(429),
        # "errors of transact with 402"
        "balance_errors": transact.count(402),
        # "errors of transact with 409"
        "transact_conflicts": transact.count(409),
    }
