"""The rest of a review: what changed, each pool, the program's terms and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from pipelines.review.intervals import FEW, Share
from pipelines.review.scorecard import Review
from pipelines.review.terms import Terms
from reports import format as text
from reports.review_words import CADENCES, COUNTED, PHASES, READY
from reports.tables import Cell, Column, defined, table

Row = Mapping[str, Any]
LIMIT_TITLES = {
    "daily_band": "Daily band",
    "velocity_24h": "Velocity, 24 h",
    "max_order": "Largest order",
    "min_order": "Smallest order",
    "first_order_limit": "First order",
    "balance_floor": "Balance floor",
    "balance_target": "Balance target",
}
USED = ("daily_band", "velocity_24h", "max_order")
_MINUTE_US = 60_000_000
_SECOND_US = 1_000_000


def changes_table(review: Review) -> str:
    """The counts that changed most, by pool."""
    columns = [
        Column("Pool", "", is_text=True),
        Column("What", "", is_text=True),
        Column("Difference"),
        Column("This period"),
        Column("Span before"),
    ]
    rows = [
        [
            Cell(change.pool_id),
            Cell(COUNTED[change.figure]),
            Cell(text.signed(change.difference)),
            Cell(text.count(change.current)),
            Cell(text.count(change.before)),
        ]
        for change in review.changes
    ]
    return table("What changed", columns, rows)


def pools_table(review: Review) -> str:
    """Each pool's part in the figures of the scorecard, with the span before."""
    columns = [
        Column("Pool", "", is_text=True),
        defined("quote_requests", "Requests"),
        defined("unavailable_rate", "Unavailable", "of requests; of known minutes"),
        defined("limit_errors", "Limit errors", "calls"),
        Column("Left reserved", "trades; how they ended"),
        *(defined(f"{name}_usage", LIMIT_TITLES[name], "highest, when") for name in USED),
    ]
    return table("Each pool", columns, [_pool_row(review, pool) for pool in review.asked.pools])


def pools_file(review: Review) -> pa.Table:
    """Each pool's counts in both spans, as they are taken away."""
    lines = [
        {
            "span": span,
            "pool_id": pool,
            **{name: row[name] for name in (*COUNTED, "left_trades")},
            "unavailable_s": row["unavailable_us"] // _SECOND_US,
            "known_s": (row["unavailable_us"] + row["available_us"]) // _SECOND_US,
        }
        for span, reading in (("this_period", review.current), ("span_before", review.before))
        for pool, row in reading.pools.items()
        if span == "this_period" or reading.is_whole
    ]
    return pa.Table.from_pylist(lines)


def _pool_row(review: Review, pool: str) -> list[Cell]:
    now = review.current.pools[pool]
    was = review.before.pools[pool] if review.before.is_whole else None
    return [
        Cell(pool),
        _counted(now, was, "quote_requests"),
        _unavailable(now),
        _counted(now, was, "limit_errors"),
        _endings(now, was),
        *(_peak(review, pool, f"{name}_usage") for name in USED),
    ]


def _unavailable(now: Row) -> Cell:
    share = Share(now["unavailable_quotes"], now["quote_requests"])
    down, up = now["unavailable_us"], now["available_us"]
    said = f"{text.count(share.part)} of {text.count(share.whole)}"
    if down + up:
        said += f"; {text.count(down // _MINUTE_US)} of {text.count((down + up) // _MINUTE_US)} min"
    return Cell(text.percent(share.value), said, is_muted=share.whole < FEW)


def _endings(now: Row, was: Row | None) -> Cell:
    said = (
        f"{text.count(now['failed_trades'])} failed, {text.count(now['released_trades'])} released;"
        f" {text.count(now['returned_trades'])} returned"
    )
    before = f" · was {text.count(was['left_trades'])}" if was else ""
    return Cell(text.count(now["left_trades"]), f"{said}{before}")


def _peak(review: Review, pool: str, figure: str) -> Cell:
    peaks = {one.figure: one for one in review.current.peaks if one.pool_id == pool}
    if figure not in peaks:
        return Cell(text.UNKNOWN, "", "No such limit in force, or no use of it known.")
    peak = peaks[figure]
    return Cell(text.percent(peak.usage), text.short_moment(peak.at, review.asked.zone))


def _counted(now: Row, was: Row | None, name: str) -> Cell:
    return Cell(text.count(now[name]), f"was {text.count(was[name])}" if was else "")


def terms_table(versions: Sequence[Terms]) -> str:
    """Every version of a program's terms, the one in force first; a change is marked."""
    columns = [
        Column("In force from", "", is_text=True),
        Column("Phase", "", is_text=True),
        Column("Approved pools", "", is_text=True),
        Column("Ready", "as recorded", is_text=True),
        Column("Reviewed", "", is_text=True),
        Column("Funding", "", is_text=True),
        Column("Support", "label", is_text=True),
        Column("First order", "at most"),
    ]
    earlier = [None, *versions[:-1]]
    rows = [_terms_row(one, before) for before, one in zip(earlier, versions, strict=True)]
    return table("Terms of the program", columns, rows[::-1])


def _terms_row(terms: Terms, before: Terms | None) -> list[Cell]:
    ready = [name for field, name in READY.items() if getattr(terms, field)]
    missing = [name for field, name in READY.items() if not getattr(terms, field)]
    open_words = f"not recorded as ready: {', '.join(missing).lower()}" if missing else "all four"
    earlier = before or terms
    phase, cadence = PHASES[terms.phase], CADENCES[terms.review_cadence].lower()
    return [
        Cell(text.local_day(terms.effective_from, terms.time_zone), terms.time_zone),
        Cell(phase, _was(PHASES[earlier.phase], phase)),
        Cell(
            ", ".join(terms.approved_pools) or text.UNKNOWN,
            _pools_words(earlier.approved_pools, terms.approved_pools),
        ),
        Cell(", ".join(ready) or "None", open_words),
        Cell(f"every {cadence}", _was(CADENCES[earlier.review_cadence].lower(), cadence)),
        Cell(terms.funding_model or text.UNKNOWN),
        Cell(terms.support_sla_label or text.UNKNOWN),
        Cell(text.money(terms.first_order_limit, None)),
    ]


def _was(before: str, now: str) -> str:
    return f"was {before}" if before != now else ""


def _pools_words(before: Sequence[str], now: Sequence[str]) -> str:
    added = [f"+ {pool}" for pool in now if pool not in before]
    gone = [f"\N{MINUS SIGN} {pool}" for pool in before if pool not in now]
    return ", ".join([*added, *gone])


def limits_table(history: pa.Table, zone: str, as_of: datetime) -> str:
    """A row per pool, or for all pools of a currency, and a column per limit, with its history."""
    held: dict[tuple[str, str], dict[str, list[Row]]] = {}
    for row in history.to_pylist():
        whose = (row["pool_id"] or f"All {row['currency']} pools", row["currency"])
        held.setdefault(whose, {}).setdefault(row["limit_name"], []).append(row)
    names = [name for name in LIMIT_TITLES if any(name in limits for limits in held.values())]
    columns = [
        Column("Pool", "", is_text=True),
        *(Column(LIMIT_TITLES[name], "in force; since when") for name in names),
    ]
    rows = [
        [
            Cell(whose, currency),
            *(_limit_cell(limits.get(name, []), zone, as_of) for name in names),
        ]
        for (whose, currency), limits in held.items()
    ]
    return table("Limits and their history", columns, rows)


def _limit_cell(versions: Sequence[Row], zone: str, as_of: datetime) -> Cell:
    """The value in force, and each earlier one with the day it ended or was replaced."""
    if not versions:
        return Cell(text.UNKNOWN, "", "No such limit is recorded here.")
    *earlier, last = versions
    said = [f"since {text.local_day(last['effective_from'], zone)}"]
    is_over = last["effective_to"] is not None and last["effective_to"] <= as_of
    if is_over:
        said = [f"{text.money(last['value'], None)} until {_day(last['effective_to'], zone)}"]
    said += [
        f"{text.money(one['value'], None)} until {_day(after['effective_from'], zone)}"
        for one, after in zip(earlier[::-1], versions[::-1], strict=False)
    ]
    value = "none in force" if is_over else text.money(last["value"], last["currency"])
    return Cell(value, "; ".join(said))


def _day(instant: datetime, zone: str) -> str:
    return text.local_day(instant, zone)
