"""The rows of `utilization windows`, one per pool, currency and window, by plain loops."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from typing import NamedTuple

from .facts import Facts, Records, read_facts
from .limits import approved_band, band_instants, limit_usage
from .quotes import failure_figures, quote_figures
from .ratio import Figure, ratio
from .stocks import availability_figures, balance_figures, reserved_figures
from .trades import Trade, fold_trades, settled_and_left, trade_figures
from .zones import pool_zone

LIMIT_FAMILY = frozenset(
    {"amount_below_min", "amount_above_max", "limit_exceeded", "velocity_limit_exceeded"}
)
EXACT_DIGITS = 80
"""More digits than any sum of DECIMAL(28,8) needs, so no sum is ever rounded."""


class Choices(NamedTuple):
    """What a caller may choose beside the windows."""

    basis: str
    availability_max_gap: timedelta
    balance_max_age: timedelta
    limit_codes: frozenset[str]


def windows_rows(
    records: Records,
    *,
    partner_id: str,
    environment: str,
    window: str,
    starts_ends: Sequence[tuple[datetime, datetime]],
    as_of: datetime | None,
    basis: str = "available",
    availability_max_gap: timedelta = timedelta(minutes=10),
    balance_max_age: timedelta = timedelta(hours=24),
    limit_codes: frozenset[str] = LIMIT_FAMILY,
) -> list[dict[str, object]]:
    """One row per (pool, currency) and window, ordered by pool, currency and window start.

    `records[kind]` are the records that stand after loading; trades are single observations.
    `window` names the windows in `starts_ends` (UTC); "24h" is the rolling one. `as_of` None means
    the watermark, without which nothing is printed. Money is Decimal in the row's currency, ratios
    and minutes are Decimals of 6 places, ages whole seconds, missing figures None.
    `ledger_exceptions` is left out: reconciliation has an oracle of its own.
    """
    facts = read_facts(records, partner_id, environment)
    trades = fold_trades(facts.observations)
    if as_of is None:
        as_of = watermark(facts)
    if as_of is None:
        return []
    choices = Choices(basis, availability_max_gap, balance_max_age, limit_codes)
    rows = []
    with localcontext() as context:
        context.prec = EXACT_DIGITS
        for pool_id, currency in reported_pools(facts, trades, as_of):
            for start, end in starts_ends:
                # "a window that starts at or after as_of is not printed"
                if start >= as_of:
                    continue
                # "W is shortened to min(end, as_of)"; stocks are taken at that same instant T
                span = (start, min(end, as_of))
                figures = _figures(facts, trades, pool_id, currency, window, span, as_of, choices)
                heading = {
                    "partner_id": partner_id,
                    "environment": environment,
                    "pool_id": pool_id,
                    "currency": currency,
                    "window": window,
                    "window_start": start,
                    "window_end": end,
                    "as_of": as_of,
                }
                rows.append({**heading, **figures})
    return rows


def watermark(facts: Facts) -> datetime | None:
    """The newest event time that every required kind present has reached."""
    required = (
        [quote.requested_at for quote in facts.quotes],
        [observation.status_at for observation in facts.observations],
        facts.ledger_times,
    )
    return min((max(times) for times in required if times), default=None)


def reported_pools(
    facts: Facts, trades: Sequence[Trade], as_of: datetime
) -> list[tuple[str, str | None]]:
    """The (pool, currency) pairs that get a row; "events at or after as_of do not exist"."""
    priced = {(q.pool_id, q.currency) for q in facts.quotes if q.requested_at < as_of}
    priced |= {(t.pool_id, t.currency) for t in trades if t.first_event_at < as_of}
    limited = {(each.pool_id, each.currency) for each in facts.limits if each.pool_id is not None}
    # "every pool seen in quotes, trades, availability, errors, pool-specific limits
    # or approved_pools"
    pools = {pool for pool, _ in priced} | {pool for pool, _ in limited if pool is not None}
    pools |= {each.pool_id for each in facts.snapshots if each.observed_at < as_of}
    pools |= {e.pool_id for e in facts.failures if e.pool_id is not None and e.occurred_at < as_of}
    pools |= {pool for program in facts.programs for pool in program.approved_pools}
    pairs: list[tuple[str, str | None]] = []
    for pool in sorted(pools):
        # "a pool's currencies come from its quotes and trades (fiat_currency), else its limits'
        # currency, else null"
        traded_in = sorted(currency for owner, currency in priced if owner == pool)
        limited_in = sorted(currency for owner, currency in limited if owner == pool)
        currencies: Sequence[str | None] = traded_in or limited_in or [None]
        pairs += [(pool, currency) for currency in currencies]
    return pairs


def _figures(
    facts: Facts,
    trades: Sequence[Trade],
    pool_id: str,
    currency: str | None,
    window: str,
    span: tuple[datetime, datetime],
    as_of: datetime,
    choices: Choices,
) -> dict[str, object]:
    """Every figure of one row; `span` is W up to `as_of`."""
    start, at = span
    quotes = [q for q in facts.quotes if q.pool_id == pool_id and q.currency == currency]
    own_trades = [t for t in trades if t.pool_id == pool_id and t.currency == currency]
    failures = [failure for failure in facts.failures if failure.pool_id == pool_id]
    snapshots = [snapshot for snapshot in facts.snapshots if snapshot.pool_id == pool_id]
    zone = pool_zone(facts.programs, pool_id, as_of)
    instants = band_instants(window, start, at, zone)
    figures: dict[str, object] = {
        **quote_figures(quotes, trades, start, at, as_of),
        **trade_figures(own_trades, start, at),
        **failure_figures(quotes, failures, start, at, choices.limit_codes),
        **reserved_figures(own_trades, at),
        **balance_figures(facts.balances, currency, at, choices.balance_max_age),
        "approved_band": approved_band(facts.limits, pool_id, currency, instants),
        **availability_figures(snapshots, start, at, choices.availability_max_gap),
    }
    return {
        **figures,
        **_ratios(figures, choices.basis),
        "settle_rate": ratio(*settled_and_left(own_trades, start, at)),
        **limit_usage(facts.limits, trades, pool_id, currency, start, at, zone),
    }


def _ratios(figures: dict[str, object], basis: str) -> dict[str, Decimal | None]:
    """The ratios whose two sides are other figures of the same row."""

    def of(name: str) -> Figure:
        value = figures[name]
        assert value is None or isinstance(value, int | Decimal), f"{name} is a number"
        return value

    def count(name: str) -> int:
        value = figures[name]
        assert isinstance(value, int), f"{name} is a count"
        return value

    asked, failed = count("quote_requests"), count("failed_quote_attempts")
    firm, conflicts = count("firm_quotes"), count("transact_conflicts")
    return {
        "quote_utilization": ratio(of("quoted_volume"), of("approved_band")),
        "execution_utilization": ratio(of("settled_volume"), of("approved_band")),
        "reserved_utilization": ratio(of("reserved_notional"), of(f"balance_{basis}")),
        "failure_utilization": ratio(failed, asked),
        # "1 - failure_utilization"
        "quote_success_rate": ratio(asked - failed, asked),
        "unavailable_rate": ratio(of("unavailable_quotes"), asked),
        "accepted_quote_rate": ratio(of("accepted_quotes"), firm),
        "quote_conversion_rate": ratio(of("accepted_quotes"), asked),
        "expiry_rate": ratio(of("expired_quotes"), firm - count("open_quotes")),
        "conflict_rate": ratio(conflicts, count("trades_created") + conflicts),
    }
