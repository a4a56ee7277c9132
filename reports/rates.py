"""Rates per pool with what they are taken over, and how far they can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.shares import wilson
from reports import format as text
from reports.figures import Answer, Row, lane_of
from reports.overview import execution_table, lane_names, led
from reports.tables import Cell, Column, defined, table
from reports.wording import FEW, why_unknown

Rows = Mapping[tuple[Any, ...], Row]


@dataclass(frozen=True)
class Rate:
    """A rate of the catalogue with the two counts it is made of."""

    figure: str
    title: str
    of: str
    part: Callable[[Row], int]
    whole: Callable[[Row], int]


RATES = (
    Rate(
        "quote_success_rate",
        "Quote success",
        "of requests",
        lambda row: row["quote_requests"] - row["failed_quote_attempts"],
        lambda row: row["quote_requests"],
    ),
    Rate(
        "unavailable_rate",
        "Unavailable",
        "of requests",
        lambda row: row["unavailable_quotes"],
        lambda row: row["quote_requests"],
    ),
    Rate(
        "accepted_quote_rate",
        "Accepted",
        "of firm quotes",
        lambda row: row["accepted_quotes"],
        lambda row: row["firm_quotes"],
    ),
    Rate(
        "expiry_rate",
        "Expired",
        "of firm quotes that ended",
        lambda row: row["expired_quotes"],
        lambda row: row["firm_quotes"] - row["open_quotes"],
    ),
    Rate(
        "quote_conversion_rate",
        "Accepted",
        "of all requests",
        lambda row: row["accepted_quotes"],
        lambda row: row["quote_requests"],
    ),
)


@lru_cache(maxsize=32)
def rates_table(answer: Answer, before: Answer | None, kept: str) -> str:
    """The rates of each pool, and beside them how often a limit refused a call.

    `kept` is the query that links to what a count is made of go on with.
    """
    compared = _by_lane(before)
    columns = [
        Column("Pool", "", is_text=True),
        *(defined(rate.figure, rate.title, rate.of) for rate in RATES),
        defined("limit_errors", "Refused by a limit", "calls"),
    ]
    names = lane_names(answer.totals)
    rows = []
    for row in answer.totals:
        was = compared.get(lane_of(row), {})
        rows.append(
            [
                Cell(names[lane_of(row)], row["currency"] or ""),
                *(_linked(rate, row, was, kept) for rate in RATES),
                led(
                    Cell(text.count(row["limit_errors"]), _was(was, "limit_errors", text.count)),
                    "limit_errors",
                    row,
                    kept,
                ),
            ]
        )
    return table("Rates of each pool", columns, rows)


@lru_cache(maxsize=32)
def settled_table(answer: Answer, before: Answer | None) -> str:
    """What became of accepted demand: amounts of each pool, in its currency."""
    return execution_table(answer, _by_lane(before))


def _by_lane(before: Answer | None) -> Rows:
    return {} if before is None else {lane_of(row): row for row in before.totals}


def _linked(rate: Rate, row: Row, was: Row, kept: str) -> Cell:
    cell = rate_cell(rate, row, was)
    return led(cell, "expired_quotes", row, kept) if rate.figure == "expiry_rate" else cell


def rate_cell(rate: Rate, row: Row, was: Row) -> Cell:
    """The rate over its counts; over fewer than 30 muted and with its 95 % interval."""
    part, whole = rate.part(row), rate.whole(row)
    base = f"{text.count(part)} of {text.count(whole)}"
    bounds = wilson(part, whole)
    if row[rate.figure] is None or bounds is None:
        return Cell(text.UNKNOWN, base, why_unknown(rate.figure), is_muted=True)
    interval = f"95{text.SPACE}%: {text.percent(bounds[0])} to {text.percent(bounds[1])}"
    few = whole < FEW
    before = _was(was, rate.figure, text.percent)
    under = ", ".join(part for part in (base, before, interval if few else "") if part)
    why = f"Taken over fewer than {FEW}. " if few else ""
    return Cell(text.percent(row[rate.figure]), under, f"{why}Wilson interval, {interval}", few)


def _was(was: Row, figure: str, write: Any) -> str:
    return f"was {write(was[figure])}".replace(" ", text.SPACE) if was else ""
