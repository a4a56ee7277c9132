"""The Overview page's tables and sentences: which figures, in which words, with which base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from pipelines.metrics.catalog import load_catalog
from pipelines.outline import Outline
from pipelines.periods import Period
from reports import format as text
from reports.figures import Answer, Row, added, lane_of
from reports.links import drill_link
from reports.tables import Cell, Column, defined, table
from reports.takeaway import Origin
from reports.wording import ENDINGS, FEW, OUTCOMES, PRESETS, REASONS, why_unknown

Rows = Mapping[tuple[Any, ...], Row]


def period_words(period: Period) -> str:
    """The period by its name and its bounds, with its zone; whether it is still open."""
    still = ", still open" if period.is_open else ""
    span = text.span(period.window, period.zone)
    zone = text.zone_name(period.window.start, period.zone)
    in_utc = "" if period.zone == "UTC" else f" · in UTC {text.span_in_utc(period.window)}"
    return f"**{PRESETS[period.preset]}{still}:** {span}, {zone}{in_utc}"


def as_of_words(period: Period) -> str:
    """As of when the page answers, where that is not the newest complete data."""
    return (
        f"As of {text.moment(period.as_of, period.zone)}: what happened later does not count,"
        " even where it is known by now."
    )


def picture_words(origin: Origin) -> str:
    """The line under a picture's title: whose figures, of which period, as of when."""
    period = origin.period
    zone = text.zone_name(period.window.start, period.zone)
    span = text.span(period.window, period.zone) + (" (still open)" if period.is_open else "")
    return (
        f"{origin.partner_id}, {origin.environment} · {span}, {zone}"
        f" · as of {text.moment(period.as_of, period.zone)}"
    )


def rows_words(rows: int) -> str:
    """How many rows a file holds."""
    return f"{text.count(rows)} rows."


def begins_words(first: datetime, zone: str) -> str:
    """That the period reaches back before the first record."""
    return (
        f"Records begin on {text.moment(first, zone)}. Nothing is known of the time before, and"
        " charts show none of it; figures of the period are of what is known."
    )


def comparison_words(comparison: Period) -> str:
    """What the small figures beside `was` belong to."""
    part = "the same elapsed part of " if comparison.is_open else ""
    return (
        f"Small figures after *was* are of {part}{text.span(comparison.window, comparison.zone)}."
    )


def lane_names(rows: Sequence[Row]) -> dict[tuple[Any, ...], str]:
    """How each lane is called: its pool, and its currency where the pool has several."""
    pools = [row["pool_id"] for row in rows]
    return {
        lane_of(row): row["pool_id"]
        if pools.count(row["pool_id"]) == 1
        else f"{row['pool_id']} in {row['currency'] or 'no currency'}"
        for row in rows
    }


@lru_cache(maxsize=32)
def standing_table(answer: Answer) -> str:
    """The seeds' dashboard row per pool: the last hour, the last 24 hours, and what stands now."""
    hour = {lane_of(row): row for row in answer.rows("last_1h")}
    day = {lane_of(row): row for row in answer.rows("24h")}
    hours, days = _series(answer, "hours"), _series(answer, "days")
    columns = [
        Column("Pool", "", is_text=True),
        defined("quote_requests", "Quotes", "last hour; bars: 24 hours"),
        defined("accepted_quotes", "Accepted", "last hour; bars: 24 hours"),
        defined("reserved_notional", "Reserved", "now; bars: 24 hours"),
        defined("settled_volume", "Settled", "last 24 h; bars: 14 days"),
        defined("unavailable_rate", "Unavailable", "last hour; n of requests"),
        defined("balance_available", "Balance available", "now; shared by its currency"),
    ]
    names = lane_names(list(day.values()))
    rows = [
        [
            Cell(names[lane], row["currency"] or ""),
            _counted(hour[lane], "quote_requests", hours[lane], "Requests in each of 24 hours"),
            _counted(hour[lane], "accepted_quotes", hours[lane], "Accepted in each of 24 hours"),
            _reserved(row, hours[lane]),
            _amount(row, "settled_volume", days[lane], "Settled on each of 14 days"),
            _rate(hour[lane], "unavailable_rate", "unavailable_quotes", "quote_requests"),
            _amount(row, "balance_available"),
        ]
        for lane, row in day.items()
    ]
    return table("Where each pool stands now", columns, rows)


def ratios_table(answer: Answer, compared: Rows, basis: str) -> str:
    """The four ratios of the period per pool, each with its numerator and denominator."""
    columns = [
        Column("Pool", "", is_text=True),
        defined("quote_utilization", "Quote utilization", "quoted / approved band"),
        defined("execution_utilization", "Execution utilization", "settled / approved band"),
        defined("reserved_utilization", "Reserved utilization", f"reserved / {basis} balance"),
        defined("failure_utilization", "Failure utilization", "failed attempts / requests"),
    ]
    names = lane_names(answer.totals)
    rows = []
    for row in answer.totals:
        was = compared.get(lane_of(row), {})
        rows.append(
            [
                Cell(names[lane_of(row)], row["currency"] or ""),
                _share(row, was, "quote_utilization", "quoted_volume", "approved_band"),
                _share(row, was, "execution_utilization", "settled_volume", "approved_band"),
                _share(row, was, "reserved_utilization", "reserved_notional", f"balance_{basis}"),
                _failure(row, was),
            ]
        )
    return table("Utilization of the period", columns, rows)


def execution_table(answer: Answer, compared: Rows) -> str:
    """What became of accepted demand: amounts per pool, in the pool's currency."""
    figures = {
        "accepted_volume": "Accepted",
        "settled_volume": "Settled",
        "failed_volume": "Failed",
        "released_volume": "Released",
        "returned_volume": "Returned",
    }
    columns = [
        Column("Pool", "", is_text=True),
        defined("trades_created", "Trades", "created"),
        *(defined(figure, title, "amount") for figure, title in figures.items()),
        defined("settle_rate", "Settle rate", "of trades that ended"),
    ]
    names = lane_names(answer.totals)
    rows = [
        [
            Cell(names[lane_of(row)], row["currency"] or ""),
            Cell(
                text.count(row["trades_created"]),
                _was(compared.get(lane_of(row), {}), "trades_created", text.count),
            ),
            *(_amount(row, figure) for figure in figures),
            _ratio(row, "settle_rate", compared.get(lane_of(row), {})),
        ]
        for row in answer.totals
    ]
    return table("From accepted to settled", columns, rows)


@lru_cache(maxsize=32)
def reasons_table(answer: Answer, kept: str) -> str:
    """Why quotes were not given or not executed, per pool, and the lane's minutes.

    `kept` is the query that links to what a count is made of go on with.
    """
    seen = {reason for row in answer.totals for reason in row["unavailable_reasons"]}
    reasons = [reason for reason in REASONS if reason in seen]
    columns = [
        Column("Pool", "", is_text=True),
        defined("unavailable_rate", "Unavailable", "of requests"),
        *(Column(REASONS[reason], reason) for reason in reasons),
        defined("limit_errors", "Refused by a limit", "calls"),
        defined("balance_errors", "Refused for balance", "calls"),
        defined("transact_conflicts", "Conflicts", "calls"),
        defined("availability_minutes", "Lane available", "minutes of those known"),
    ]
    names = lane_names(answer.totals)
    rows = [
        [
            Cell(names[lane_of(row)], row["currency"] or ""),
            led(
                _rate(row, "unavailable_rate", "unavailable_quotes", "quote_requests"),
                "unavailable_quotes",
                row,
                kept,
            ),
            *(Cell(text.count(row["unavailable_reasons"].get(name, 0))) for name in reasons),
            led(Cell(text.count(row["limit_errors"])), "limit_errors", row, kept),
            *(Cell(text.count(row[name])) for name in ("balance_errors", "transact_conflicts")),
            _minutes(row),
        ]
        for row in answer.totals
    ]
    return table("Why quotes were not given or not executed", columns, rows)


def led(cell: Cell, figure: str, row: Row, kept: str) -> Cell:
    """`cell` as a way to what the count `figure` of `row` is made of, where it is not 0."""
    return replace(cell, link=drill_link(figure, lane_of(row), kept)) if row[figure] else cell


def funnel_words(answer: Answer) -> list[str]:
    """The funnel as two sums that add up."""
    requests = added(answer.totals, ["quote_requests", *OUTCOMES])
    firm = added(answer.totals, ["firm_quotes", *ENDINGS])
    return [
        _sum("requests", requests["quote_requests"], {OUTCOMES[n]: requests[n] for n in OUTCOMES}),
        _sum("firm quotes", firm["firm_quotes"], {ENDINGS[n]: firm[n] for n in ENDINGS}),
    ]


def _sum(whole: str, total: int, parts: Mapping[str, int]) -> str:
    terms = " + ".join(f"{text.count(number)} {title.lower()}" for title, number in parts.items())
    return f"**{text.count(total)} {whole}** = {terms}"


def programs_words(outline: Outline) -> str:
    """Each program with its phase and the zone its band resets in."""
    return "; ".join(
        f"{program.product} ({program.phase}, band resets at midnight {program.time_zone})"
        for program in outline.programs
    )


def _series(answer: Answer, part: str) -> dict[tuple[Any, ...], list[Row]]:
    series: dict[tuple[Any, ...], list[Row]] = {}
    for row in answer.rows(part):
        series.setdefault(lane_of(row), []).append(row)
    return series


def _counted(row: Row, figure: str, series: Sequence[Row], title: str) -> Cell:
    bars = [one[figure] for one in series]
    return Cell(text.count(row[figure]), bars=bars, bars_title=f"{title}, highest {max(bars)}")


def _amount(row: Row, figure: str, series: Sequence[Row] = (), title: str = "") -> Cell:
    amount, currency = row[figure], row["currency"]
    hover = why_unknown(figure) if amount is None else text.exact_money(amount, currency)
    bars = [one[figure] for one in series]
    known = [bar for bar in bars if bar is not None]
    highest = f"{title}, highest {text.money_with_code(max(known), currency)}" if known else title
    return Cell(text.money(amount, currency), hover=hover, bars=bars, bars_title=highest)


def _reserved(row: Row, series: Sequence[Row]) -> Cell:
    under = ""
    if row["reserved_count"]:
        trades = "trade" if row["reserved_count"] == 1 else "trades"
        oldest = text.duration(row["oldest_reserved_age_s"])
        under = f"{text.count(row['reserved_count'])} {trades}, oldest {oldest}"
    cell = _amount(row, "reserved_notional", series, "Reserved at the end of each of 24 hours")
    return Cell(cell.text, under, cell.hover, bars=cell.bars, bars_title=cell.bars_title)


def _rate(row: Row, figure: str, part: str, whole: str) -> Cell:
    base = f"{text.count(row[part])} of {text.count(row[whole])}"
    if row[figure] is None:
        return Cell(text.UNKNOWN, base, why_unknown(figure), is_muted=True)
    few = row[whole] < FEW
    hover = f"Taken over fewer than {FEW}: read the counts." if few else ""
    return Cell(text.percent(row[figure]), base, hover, is_muted=few)


def _share(row: Row, was: Row, figure: str, top: str, bottom: str) -> Cell:
    currency = row["currency"]
    base = f"{text.money(row[top], currency)} / {text.money(row[bottom], currency)}"
    before = _was(was, figure, text.percent)
    if row[figure] is None:
        return Cell(text.UNKNOWN, base, why_unknown(figure))
    exact = f"{text.exact_money(row[top], currency)} / {text.exact_money(row[bottom], currency)}"
    return Cell(text.percent(row[figure]), f"{base}{before and ' · ' + before}", exact)


def _failure(row: Row, was: Row) -> Cell:
    cell = _rate(row, "failure_utilization", "failed_quote_attempts", "quote_requests")
    before = _was(was, "failure_utilization", text.percent)
    return Cell(cell.text, f"{cell.under}{before and ' · ' + before}", cell.hover, cell.is_muted)


def _ratio(row: Row, figure: str, was: Row) -> Cell:
    hover = why_unknown(figure) if row[figure] is None else ""
    return Cell(text.percent(row[figure]), _was(was, figure, text.percent), hover)


def _was(was: Row, figure: str, write: Any) -> str:
    return f"was {write(was[figure])}".replace(" ", text.SPACE) if was else ""


def _minutes(row: Row) -> Cell:
    known = row["availability_minutes"] + row["unavailable_minutes"]
    unknown = row["unknown_minutes"]
    under = f"of {text.minutes(known)}" + (
        f", {text.minutes(unknown)} not known" if unknown else ""
    )
    if not known:
        return Cell(text.UNKNOWN, under, load_catalog()["unknown_minutes"].formula)
    return Cell(text.minutes(row["availability_minutes"]), under)
