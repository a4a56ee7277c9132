"""Pace: how each limit stands, where the day of a band is heading, and when it would be reached."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa

from pipelines.forecast.rungs import LEAST_ELAPSED_SHARE
from pipelines.forecast.shapes import Pace
from reports import advice_words as words
from reports import format as text
from reports.forecast_files import INSTANT_UTC, MONEY, SHARE, as_rows
from reports.growth import Lane
from reports.tables import Cell, Column, Meter, table
from reports.wording import LIMITS

_SLIGHT = Decimal("0.0001")
_NOTHING, _FULL = Decimal(0), Decimal("1.1")


def of_pools(found: Sequence[Pace], pools: Sequence[str]) -> tuple[Pace, ...]:
    """Those that one of `pools` counts against: bands first, the fullest to be first."""
    kept = [one for one in found if set(one.pools) & set(pools)]
    return tuple(sorted(kept, key=lambda one: (one.limit_type, -_pressing(one))))


def _pressing(one: Pace) -> Decimal:
    """What is expected to be used of the limit; what is used of it where nothing is projected."""
    return max(one.projected_usage or _NOTHING, one.usage or _NOTHING)


def whose(one: Pace) -> str:
    """The pool, or all pools of the currency."""
    return one.pool_id if one.pool_id is not None else f"all {one.currency} pools"


def lane_of_band(one: Pace) -> Lane:
    """A lane whose trades count against a band."""
    return one.pools[0], one.currency


def is_band(one: Pace) -> bool:
    """Whether it is a daily band, which can be drawn through its day."""
    return one.limit_type == "daily_band" and one.limit is not None


@lru_cache(maxsize=32)
def pace_table(found: tuple[Pace, ...], zone: str) -> str:
    """Each limit: used, left, where its day is heading, how likely and when it is reached."""
    columns = [
        Column("Limit", "", is_text=True),
        Column("Used", "of the limit"),
        Column("Left", "", "The limit less what is used of it; below 0 it is exceeded."),
        Column("End of the day", "80 % band", "What is expected to be used when the day ends."),
        Column("Chance", "to reach it", "How likely the limit is reached before the day ends."),
        Column("Reached at", "as likely as not", "When that has an even chance, and one in ten."),
    ]
    return table(words.PACE_TITLE, columns, [_row(one, zone) for one in found])


def _row(one: Pace, zone: str) -> list[Cell]:
    named = Cell(f"{LIMITS[one.limit_type]}, {whose(one)}", _window(one, zone))
    return [named, _used(one), _left(one), *_ahead(one, zone)]


def _window(one: Pace, zone: str) -> str:
    if one.limit_type == "velocity_24h":
        return f"24 h to {text.short_moment(one.window_end, zone)}"
    day = text.local_day(one.window_start, one.time_zone)
    return f"{day}, {one.time_zone}"


def _used(one: Pace) -> Cell:
    of = f"of {text.money_with_code(one.limit, one.currency)}" if one.limit is not None else ""
    under = f"{text.money(one.used, one.currency)} {of}".strip()
    if one.usage is None:
        return Cell(text.UNKNOWN, under, words.PACE_REASONS["no_limit"], is_muted=True)
    full = max(one.usage, one.projected_usage or one.usage, _FULL)
    return Cell(text.percent(one.usage), under, meter=Meter(one.usage, full, one.projected_usage))


def _left(one: Pace) -> Cell:
    hover = text.exact_money(one.headroom, one.currency)
    return Cell(text.money_with_code(one.headroom, one.currency), hover=hover)


def _ahead(one: Pace, zone: str) -> list[Cell]:
    """What is projected, or why nothing is; of a rolling cap, what leaves it next."""
    if one.limit_type == "velocity_24h":
        never = Cell(text.UNKNOWN, words.PACE_REASONS["rolling_window"], is_muted=True)
        return [never, Cell(text.UNKNOWN, is_muted=True), _release(one, zone)]
    if one.state != "projected":
        why = Cell(text.UNKNOWN, suppressed_words(one, zone), is_muted=True)
        return [why, Cell(text.UNKNOWN, is_muted=True), Cell(text.UNKNOWN, is_muted=True)]
    low, high = (text.money(side, one.currency) for side in (one.projected_low, one.projected_high))
    share = text.percent(one.projected_usage)
    middle = text.money_with_code(one.projected_mid, one.currency)
    heading = Cell(middle, f"{low} to {high}", f"{share} of the limit")
    return [heading, Cell(_chance(one)), _reached(one, zone)]


def _chance(one: Pace) -> str:
    """An estimate is never certain: 0 and 1 are told only of a limit that is reached."""
    if one.headroom is not None and one.headroom <= 0:
        return text.percent(one.probability_of_reaching)
    if one.probability_of_reaching is None:
        return text.UNKNOWN
    return text.percent(min(max(one.probability_of_reaching, _SLIGHT), 1 - _SLIGHT))


def _reached(one: Pace, zone: str) -> Cell:
    if one.headroom is not None and one.headroom <= 0:
        return Cell("reached")
    early = one.reaches_early_at
    under = "" if early is None else f"one in ten by {text.short_moment(early, zone)}"
    if one.reaches_at is None:
        return Cell("not before it resets", under, is_muted=early is None)
    return Cell(text.short_moment(one.reaches_at, zone), under)


def _release(one: Pace, zone: str) -> Cell:
    if one.next_release_at is None:
        return Cell(text.UNKNOWN, "nothing is used", is_muted=True)
    amount = text.money_with_code(one.next_release_amount, one.currency)
    return Cell(text.short_moment(one.next_release_at, zone), f"next {amount} leave the window")


def suppressed_words(one: Pace, zone: str) -> str:
    """Why nothing is projected, and until when."""
    if one.reason is None:
        return ""
    why = words.PACE_REASONS[one.reason]
    if one.enough_history_at is not None:
        return f"{why}; enough from {text.moment(one.enough_history_at, zone)} on"
    if one.reason == "early":
        return f"{why}; {words.early(one.elapsed_share, LEAST_ELAPSED_SHARE)}"
    return why


def projected_words(one: Pace, zone: str) -> str:
    """Where the day of one band is heading, in a sentence."""
    if one.state != "projected":
        return f"Nothing is projected for {whose(one)}: {suppressed_words(one, zone)}."
    low, high = (
        text.money_with_code(side, one.currency) for side in (one.projected_low, one.projected_high)
    )
    middle = text.money_with_code(one.projected_mid, one.currency)
    return (
        f"**{middle}** expected by the end of the day ({low} to {high} in 8 of 10 such days),"
        f" {text.percent(one.projected_usage)} of the band of"
        f" {text.money_with_code(one.limit, one.currency)}. Chance of reaching it:"
        f" {_chance(one)}. Rests on {one.reference_days} earlier days;"
        f" method: {words.RUNGS[one.rung or 1]}."
    )


_FILE = pa.schema(
    [
        *((name, pa.string()) for name in ("limit_type", "pool_id", "currency", "time_zone")),
        *((name, INSTANT_UTC) for name in ("window_start", "window_end", "as_of")),
        *((name, MONEY) for name in ("limit", "used")),
        ("usage", SHARE),
        ("headroom", MONEY),
        *((name, pa.string()) for name in ("state", "reason")),
        ("enough_history_at", INSTANT_UTC),
        *((name, MONEY) for name in ("projected_low", "projected_mid", "projected_high")),
        *((name, SHARE) for name in ("projected_usage", "probability_of_reaching")),
        *((name, INSTANT_UTC) for name in ("reaches_at", "reaches_early_at")),
        ("elapsed_share", SHARE),
        *((name, pa.int64()) for name in ("reference_days", "rung")),
        ("next_release_at", INSTANT_UTC),
        ("next_release_amount", MONEY),
    ]
)


@lru_cache(maxsize=16)
def file(found: tuple[Pace, ...]) -> pa.Table:
    """Every figure of each limit, for those who take them away."""
    return as_rows(found, _FILE)
