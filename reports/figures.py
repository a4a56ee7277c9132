"""The answer to one view of the Overview page, and the shapes its charts and tables want.

Nothing is defined here: figures come from `pipelines.utilization` by the names of the catalogue.
Shaping picks rows, turns columns into long form, and adds counts over pools; amounts are never
added, and no ratio is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.metrics.catalog import FAMILIES
from pipelines.periods import Period, axis_times, coarser_grain, cut, grain, last_windows
from pipelines.windows import Window, rolling_window
from reports import format as text
from reports.rows import rows_of
from reports.wording import ENDINGS, FEW, OUTCOMES

Row = Mapping[str, Any]
MOST_LINES = 5
_NEVER_COMPARED = ("band_usage", "limit_usage", "availability", "reconciliation")
COMPARED = tuple(family for family in FAMILIES if family not in _NEVER_COMPARED)
"""The families of which anything stands beside its value in the span before."""

_A_DAY = timedelta(days=1)
_PEAKS_WITHIN = timedelta(days=32)
_LABEL_SHARE = 4  # a part of at least a quarter is wide enough for its name
_INSTANT = pa.timestamp("ms")


def asked_windows(period: Period) -> list[Window]:
    """Every window the page needs of `period`, each named by the part it plays."""
    length = period.window.length
    return [
        period.window,
        rolling_window("24h", period.as_of),
        Window(period.as_of - timedelta(hours=1), period.as_of, "last_1h"),
        *cut(period, grain(length), "fine"),
        *cut(period, coarser_grain(length), "coarse"),
        *(cut(period, "1h", "peaks") if _has_peaks(period) else ()),
        *last_windows("1h", _A_DAY, period, "hours"),
        *last_windows("day", 14 * _A_DAY, period, "days"),
    ]


def _has_peaks(period: Period) -> bool:
    """Whether hours are asked for once more as `peaks`: not where the fine windows are hours."""
    length = period.window.length
    return length <= _PEAKS_WITHIN and grain(length) != "1h"


@dataclass(frozen=True, eq=False)
class Answer:
    """The utilization rows of one view, by the part their window plays on the page."""

    period: Period
    table: pa.Table
    pools: tuple[str, ...]
    """The pools asked for."""

    first_event: datetime | None = None
    """Before this nothing is known, which is not the same as nothing: no such row is shown."""

    def rows(self, part: str) -> list[Row]:
        """The rows whose window plays `part`, in the order of pools, currencies and time."""
        if part == "peaks" and grain(self.period.window.length) == "1h":
            part = "fine"
        return self._parts.get(part, [])

    @cached_property
    def _parts(self) -> dict[str, list[Row]]:
        places: dict[str, list[int]] = {}
        names = self.table.column("window").to_pylist()
        ends = self.table.column("window_end").to_pylist()
        for place, (name, end) in enumerate(zip(names, ends, strict=True)):
            unknown = self.first_event is not None and end <= self.first_event
            if name == self.period.window.name or not unknown:
                places.setdefault(name, []).append(place)
        return {name: rows_of(self.table, kept) for name, kept in places.items()}

    def part(self, part: str) -> pa.Table:
        """The rows of one part as they came, their windows named by what they are."""
        return _part(self, part)

    @cached_property
    def totals(self) -> list[Row]:
        """One row per pool and currency for the whole period."""
        seen: dict[tuple[Any, ...], Row] = {}
        for row in self.rows(self.period.window.name):
            seen.setdefault(lane_of(row), row)
        return list(seen.values())

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the rows, once each."""
        return tuple(dict.fromkeys(row["currency"] for row in self.totals if row["currency"]))

    def pools_in(self, currency: str) -> tuple[str, ...]:
        """The pools that have rows in `currency`."""
        return tuple(row["pool_id"] for row in self.totals if row["currency"] == currency)

    @cached_property
    def drawn(self) -> tuple[str, ...]:
        """The pools that charts with a line per pool show: at most five, the busiest."""
        busiest = sorted(self.totals, key=lambda row: -row["quote_requests"])
        kept = list(dict.fromkeys(row["pool_id"] for row in busiest))[:MOST_LINES]
        return tuple(pool for pool in self.pools if pool in kept)

    @property
    def has_activity(self) -> bool:
        """Whether anything was asked, traded or settled in the period."""
        return any(has_activity(row) for row in self.totals)


@lru_cache(maxsize=64)
def _part(answer: Answer, part: str) -> pa.Table:
    kept = answer.table.filter(pc.equal(answer.table["window"], part))
    length = answer.period.window.length
    called = {"fine": grain(length), "coarse": coarser_grain(length)}.get(part, part)
    names = pa.array([called] * kept.num_rows, pa.string())
    return kept.set_column(kept.schema.get_field_index("window"), "window", names)


def has_activity(row: Row) -> bool:
    """Whether a row counts a quote, a trade or an amount that moved."""
    flows = ("quote_requests", "trades_created", "settled_volume", "failed_volume")
    return any(row[name] for name in (*flows, "released_volume", "returned_volume"))


def lane_of(row: Row) -> tuple[Any, ...]:
    """What identifies a row beside its window."""
    return row["pool_id"], row["currency"]


def lane_key(lane: tuple[Any, ...]) -> str:
    """A lane as the address writes it: `EUR-USDT:EUR`."""
    pool, currency = lane
    return f"{pool}:{currency or ''}"


def added(rows: Iterable[Row], figures: Iterable[str]) -> dict[str, int]:
    """Return the sum of each count in `figures` over `rows`; amounts are not for this."""
    kept = list(rows)
    return {figure: sum(row[figure] for row in kept) for figure in figures}


@lru_cache(maxsize=32)
def requests_over_time(answer: Answer) -> pa.Table:
    """Quote requests per fine window and outcome, added over the pools of the answer."""
    by_window: dict[tuple[datetime, datetime], list[Row]] = {}
    for row in answer.rows("fine"):
        by_window.setdefault((row["window_start"], row["window_end"]), []).append(row)
    frame = Frame(answer.period, list(by_window))
    lines = []
    for (start, end), rows in by_window.items():
        for order, (figure, number) in enumerate(added(rows, OUTCOMES).items()):
            lines.append(
                {
                    **frame.place(start, end),
                    "outcome": OUTCOMES[figure],
                    "order": order,
                    "quotes": number,
                }
            )
    return pa.Table.from_pylist(
        lines, _schema(outcome=pa.string(), order=pa.int64(), quotes=pa.int64())
    )


@dataclass(frozen=True)
class BandFigure:
    """Which figure shows the use of the band over time, and where its points lie."""

    name: str
    at: str
    part: str = "coarse"


def band_figure(period: Period) -> BandFigure:
    """Within two days the day's band as it fills up, else each day's share that was settled."""
    if coarser_grain(period.window.length) == "1h":
        return BandFigure("daily_band_usage", "end")
    return BandFigure("execution_utilization", "start")


@lru_cache(maxsize=32)
def band_over_time(answer: Answer) -> pa.Table:
    """The use of the approved band per pool over the coarse windows."""
    figure = band_figure(answer.period)
    return _lines(answer, figure.part, figure.name, at=figure.at)


@lru_cache(maxsize=32)
def unavailable_over_time(answer: Answer) -> pa.Table:
    """The unavailable rate per pool and coarse window, with the requests it is taken over.

    Over fewer than 30 there is a point but no line; over none the rate is unknown: no point.
    """
    return _lines(answer, "coarse", "unavailable_rate", over="quote_requests")


@lru_cache(maxsize=32)
def reserved_over_time(answer: Answer, currency: str) -> pa.Table:
    """Reserved notional of each pool of `currency` at the end of each fine window."""
    return _lines(answer, "fine", "reserved_notional", at="end", currency=currency)


def _lines(
    answer: Answer,
    part: str,
    figure: str,
    *,
    at: str = "start",
    over: str | None = None,
    currency: str | None = None,
) -> pa.Table:
    rows = [
        row
        for row in answer.rows(part)
        if row["pool_id"] in answer.drawn and currency in (None, row["currency"])
    ]
    frame = Frame(answer.period, [(row["window_start"], row["window_end"]) for row in rows])
    lines = []
    for row in rows:
        place = frame.place(row["window_start"], row["window_end"])
        few = over is not None and row[over] < FEW
        # The picture's own number; what is read stands beside it, exact.
        value = None if row[figure] is None else float(row[figure])
        lines.append(
            {
                **place,
                "at": place[at],
                "pool": row["pool_id"],
                "value": value,
                "line": None if few else value,
                "shown": _shown(row, figure, over),
                "base": f"fewer than {FEW}" if few else f"{FEW} or more",
            }
        )
    return pa.Table.from_pylist(
        lines,
        _schema(
            at=_INSTANT,
            pool=pa.string(),
            value=pa.float64(),
            line=pa.float64(),
            shown=pa.string(),
            base=pa.string(),
        ),
    )


def _shown(row: Row, figure: str, over: str | None) -> str:
    if figure == "reserved_notional":
        return text.exact_money(row[figure], row["currency"])
    return text.percent(row[figure]) + (f" of {text.count(row[over])}" if over else "")


@lru_cache(maxsize=32)
def funnel(answer: Answer) -> pa.Table:
    """Requests by outcome and firm quotes by ending, added over the pools of the answer.

    `label` is empty where the part is too small to be written into.
    """
    widest = max(1, added(answer.totals, ["quote_requests"])["quote_requests"])
    lines = []
    for stage, titles in (("Quote requests", OUTCOMES), ("Firm quotes", ENDINGS)):
        for order, (figure, number) in enumerate(added(answer.totals, titles).items()):
            fits = number * _LABEL_SHARE >= widest
            label = titles[figure] if fits else ""
            lines.append(
                {
                    "stage": stage,
                    "part": titles[figure],
                    "order": order,
                    "quotes": number,
                    "label": label,
                }
            )
    return pa.Table.from_pylist(lines)


class Frame:
    """Where windows lie on a time axis, and how they read."""

    def __init__(self, period: Period, bounds: Iterable[tuple[datetime, datetime]]) -> None:
        self._period = period
        instants = sorted({at for pair in bounds for at in pair})
        self._axis = dict(zip(instants, axis_times(instants, period.zone), strict=True))
        self._places: dict[tuple[datetime, datetime], dict[str, Any]] = {}

    def place(self, start: datetime, end: datetime) -> dict[str, Any]:
        """A window's two places on the axis, its name, and whether it is complete."""
        bounds = start, end
        if bounds not in self._places:
            self._places[bounds] = {
                "start": self._axis[start],
                "end": self._axis[end],
                "window": text.span(Window(start, end, "shown"), self._period.zone),
                "state": "partial" if end > self._period.as_of else "complete",
            }
        return self._places[bounds]


def _schema(**columns: pa.DataType) -> pa.Schema:
    placed = {
        "start": _INSTANT,
        "end": _INSTANT,
        "window": pa.string(),
        "state": pa.string(),
    }
    return pa.schema(list((placed | columns).items()))
