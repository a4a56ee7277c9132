"""The headroom ladder: how full each limit is, which one binds each pool, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pipelines.outline import Limit, Outline
from pipelines.periods import Period
from reports import format as text
from reports.figures import Answer, Row, lane_of
from reports.limits import USAGES
from reports.tables import Cell, Column, Meter, table
from reports.wording import LIMITS, definition, why_unknown

Lane = tuple[Any, ...]
Peaks = Mapping[tuple[Any, ...], Row]
_NOW = {"daily_band": "today so far", "velocity_24h": "last 24 h", "max_order": "last 24 h"}


@dataclass(frozen=True)
class Rung:
    """One limit: whose it is, what is used of it now, and at most in the period."""

    name: str
    lanes: tuple[Lane, ...]
    """The lanes shown that it holds for."""

    currency: str | None
    is_shared: bool
    used: Decimal | None
    limit: Decimal | None
    room: Decimal | None
    usage: Decimal | None
    peak: Decimal | None
    peak_at: datetime | None
    binds: tuple[str, ...] = ()
    """The pools of which no other limit is fuller now."""

    is_loaded: bool = True
    """Whether there is such a limit at all."""

    @property
    def highest(self) -> Any:
        """The larger of now and the peak; None where neither is known."""
        known = [share for share in (self.usage, self.peak) if share is not None]
        return max(known, default=None)

    @property
    def whose(self) -> str:
        """The pool, or all pools of the currency."""
        return f"all {self.currency} pools" if self.is_shared else str(self.lanes[0][0])


def rungs(answer: Answer, outline: Outline, peaks: Iterable[Row]) -> tuple[Rung, ...]:
    """Every limit of the lanes shown, the fullest now first; what is not known stands last.

    A limit of a whole currency stands once. `peaks` are the rows of `HourlyUsage.peaks`.
    """
    now = {lane_of(row): row for row in answer.rows("24h")}
    totals = {lane_of(row): row for row in answer.totals}
    highest = {(*lane_of(peak), peak["limit_name"]): peak for peak in peaks}
    held = {(limit.pool_id, limit.currency, limit.name): limit for limit in outline.limits}
    found: dict[tuple[Any, ...], Rung] = {}
    for lane, row in now.items():
        for name in LIMITS:
            limit = held.get((*lane, name))
            rung = _rung(name, lane, limit, row, totals[lane], highest)
            key = (name, lane[1]) if rung.is_shared else (name, *lane)
            known = found.get(key)
            found[key] = rung if known is None else _joined(known, lane)
    marked = _binding(list(found.values()), now)
    return tuple(sorted(marked, key=lambda rung: (rung.usage is None, -(rung.usage or 0))))


def _rung(
    name: str,
    lane: Lane,
    limit: Limit | None,
    row: Row,
    total: Row,
    highest: Peaks,
) -> Rung:
    peak = highest.get((*lane, name), {})
    # An order is as large as it is: the largest one of the period needs no hours.
    top = total[USAGES[name]] if name == "max_order" else peak.get("peak_usage")
    return Rung(
        name,
        (lane,),
        lane[1],
        limit is not None and limit.is_shared,
        row[f"{name}_used"],
        row[f"{name}_limit"],
        row[f"{name}_room"],
        row[USAGES[name]],
        top,
        peak.get("peak_at"),
        is_loaded=limit is not None,
    )


def _joined(rung: Rung, lane: Lane) -> Rung:
    return replace(rung, lanes=(*rung.lanes, lane))


def _binding(found: Sequence[Rung], now: Mapping[Lane, Row]) -> list[Rung]:
    binds: dict[int, list[str]] = {number: [] for number in range(len(found))}
    for lane in now:
        known = [
            number
            for number, rung in enumerate(found)
            if lane in rung.lanes and rung.usage is not None
        ]
        if known:
            fullest = max(known, key=lambda number: found[number].usage or 0)
            binds[fullest].append(lane[0])
    return [replace(rung, binds=tuple(binds[number])) for number, rung in enumerate(found)]


@lru_cache(maxsize=32)
def ladder_table(found: tuple[Rung, ...], period: Period) -> str:
    """The limits from the fullest on; the bar's line is the limit, its diamond the peak."""
    full = max([Decimal("1.1"), *(rung.highest for rung in found if rung.highest is not None)])
    columns = [
        Column("Limit", "", is_text=True),
        Column("Used now", "of the limit"),
        Column("Left now", "", "The limit less what is used of it; below 0 it is exceeded."),
        Column("Peak", "of the period"),
        Column("Binds", "", "The pools of which no other limit is fuller now.", is_text=True),
    ]
    return table("Headroom", columns, [_ladder_row(rung, period, full) for rung in found])


def _ladder_row(rung: Rung, period: Period, full: Decimal) -> list[Cell]:
    binds = ", ".join(rung.binds)
    about = definition(USAGES[rung.name])
    named = Cell(f"{LIMITS[rung.name]}, {rung.whose}", _NOW[rung.name], about)
    if not rung.is_loaded:
        why = "No such limit is loaded for this pool."
        unknown = Cell(text.UNKNOWN, "no such limit", why, is_muted=True)
        return [named, unknown, *[Cell(text.UNKNOWN, hover=why, is_muted=True)] * 2, Cell("")]
    when = "" if rung.peak_at is None else text.moment(rung.peak_at, period.zone)
    peak = Cell(text.percent(rung.peak), when, "" if rung.peak is not None else _why(rung))
    return [named, _used(rung, full), _room(rung), peak, Cell(binds)]


def _used(rung: Rung, full: Decimal) -> Cell:
    of = f"of {text.money_with_code(rung.limit, rung.currency)}"
    under = f"{text.money(rung.used, rung.currency)} {of}"
    if rung.usage is None:
        return Cell(text.UNKNOWN, under, _why(rung), is_muted=True)
    meter = Meter(rung.usage, full, rung.peak)
    return Cell(text.percent(rung.usage), under, meter=meter)


def _room(rung: Rung) -> Cell:
    if rung.room is None:
        return Cell(text.UNKNOWN, hover=_why(rung), is_muted=True)
    exact = text.exact_money(rung.room, rung.currency)
    return Cell(text.money_with_code(rung.room, rung.currency), hover=exact)


def _why(rung: Rung) -> str:
    return why_unknown(USAGES[rung.name])


@lru_cache(maxsize=32)
def ladder_words(found: tuple[Rung, ...], period: Period) -> str:
    """Which limit is the fullest now, and which was in the period; empty when none is known."""
    now = [rung for rung in found if rung.usage is not None]
    if not now:
        return ""
    first = now[0]
    said = (
        f"Fullest now: **{_called(first)}**, {text.percent(first.usage)} used,"
        f" {text.money_with_code(first.room, first.currency)} left."
    )
    timed = [rung for rung in found if rung.peak is not None and rung.peak_at is not None]
    if timed:
        top = max(timed, key=lambda rung: rung.peak or 0)
        when = text.moment(top.peak_at, period.zone)
        said += f" Fullest in the period: **{_called(top)}**, {text.percent(top.peak)} on {when}."
    return (
        f"{said} In the bars the line is the limit and the diamond the peak of the period; peaks"
        " of the band and of velocity are taken at the end of each hour."
    )


def _called(rung: Rung) -> str:
    name = LIMITS[rung.name]
    return f"{name[0].lower()}{name[1:]} of {rung.whose}"
