"""How full each limit is, now and at the fullest of the period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pipelines.outline import Limit, Outline
from pipelines.periods import Period
from reports import format as text
from reports.figures import Answer, Row, lane_of
from reports.tables import Cell, Column, Meter, defined, table
from reports.wording import LIMITS, why_unknown


@dataclass(frozen=True)
class LimitUse:
    """How much of one limit is used now, and at most within the period."""

    limit: Limit
    figure: str
    standing: Any
    """The ratio now; for the largest order, within the period."""

    peak: Any = None
    peak_at: datetime | None = None

    @property
    def highest(self) -> Any:
        """The larger of now and the peak; None where neither is known."""
        return max(
            (share for share in (self.standing, self.peak) if share is not None), default=None
        )


USAGES = {
    "daily_band": "daily_band_usage",
    "velocity_24h": "velocity_24h_usage",
    "max_order": "max_order_usage",
}


def limit_uses(answer: Answer, outline: Outline) -> dict[tuple[Any, ...], dict[str, LimitUse]]:
    """The use of each limit in force, by lane and the limit's name."""
    return _uses(answer, outline.limits)


@lru_cache(maxsize=32)
def _uses(answer: Answer, limits: tuple[Limit, ...]) -> dict[tuple[Any, ...], dict[str, LimitUse]]:
    now = {lane_of(row): row for row in answer.rows("24h")}
    totals = {lane_of(row): row for row in answer.totals}
    peaks: dict[tuple[Any, ...], list[Row]] = {}
    for row in answer.rows("peaks"):
        peaks.setdefault(lane_of(row), []).append(row)
    uses: dict[tuple[Any, ...], dict[str, LimitUse]] = {lane: {} for lane in totals}
    for limit in limits:
        lane, figure = (limit.pool_id, limit.currency), USAGES[limit.name]
        if lane not in now or lane not in totals:
            continue
        if limit.name == "max_order":
            use = LimitUse(limit, figure, totals[lane][figure])
        else:
            highest = _highest(peaks.get(lane, []), figure, answer.period.as_of)
            use = LimitUse(limit, figure, now[lane][figure], *highest)
        uses[lane][limit.name] = use
    return uses


def _highest(rows: Sequence[Row], figure: str, as_of: datetime) -> tuple[Any, datetime | None]:
    known = [row for row in rows if row[figure] is not None]
    if not known:
        return None, None
    highest = max(known, key=lambda row: row[figure])
    return highest[figure], min(highest["window_end"], as_of)


Uses = Mapping[tuple[Any, ...], Mapping[str, LimitUse]]


def limits_table(uses: Uses, period: Period, names: Mapping[tuple[Any, ...], str]) -> str:
    """How full each limit is; the bar's dark line is the limit, the diamond the period's peak."""
    known = [use.highest for lane in uses.values() for use in lane.values() if use.highest]
    full = max([Decimal("1.1"), *known])
    columns = [
        Column("Pool", "", is_text=True),
        defined("daily_band_usage", LIMITS["daily_band"], "used today so far"),
        defined("velocity_24h_usage", LIMITS["velocity_24h"], "used in the last 24 h"),
        defined("max_order_usage", LIMITS["max_order"], "of the period"),
    ]
    rows = [
        [
            Cell(names[lane], lane[1] or ""),
            *(_limit_cell(held.get(name), USAGES[name], period, full) for name in LIMITS),
        ]
        for lane, held in uses.items()
    ]
    return table("Use of limits", columns, rows)


def _limit_cell(use: LimitUse | None, figure: str, period: Period, full: Decimal) -> Cell:
    if use is None:
        return Cell(text.UNKNOWN, "no such limit", why_unknown(figure))
    limit = use.limit
    under = f"of {text.money_with_code(limit.value, limit.currency)}"
    if limit.is_shared:
        under += f", all {limit.currency} pools"
    if use.peak is not None:
        under += f" · peak {text.percent(use.peak)}"
    if use.peak_at is not None:
        under += f", {text.short_moment(use.peak_at, period.zone)}"
    if use.standing is None:
        return Cell(text.UNKNOWN, under, why_unknown(figure))
    return Cell(text.percent(use.standing), under, meter=Meter(use.standing, full, use.peak))


def closest_words(uses: Uses, period: Period) -> str:
    """Which limit was or is the fullest, in a sentence; empty when none is known."""
    held = [use for lane in uses.values() for use in lane.values() if use.highest is not None]
    if not held:
        return ""
    use = max(held, key=lambda one: one.highest)
    limit = use.limit
    whose = f"all {limit.currency} pools" if limit.is_shared else limit.pool_id
    when = (
        f" on {text.moment(use.peak_at, period.zone)}"
        if use.peak_at is not None and use.peak == use.highest
        else ""
    )
    diamond = (
        " and the diamond the peak of the period, taken at the end of each hour"
        if any(one.peak is not None for one in held)
        else "; peaks are told for periods of up to a month"
    )
    return (
        f"Closest to a limit: **{LIMITS[limit.name].lower()} of {whose}**,"
        f" {text.percent(use.highest)}{when}. In the bars the line is the limit{diamond}."
    )
