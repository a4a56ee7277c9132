"""What is reserved, for how long, and which trades have been held the longest."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

import pyarrow as pa

from pipelines.books.ageing import MOST_LISTED
from reports import format as text
from reports.books_words import AGES
from reports.found import Found, Row
from reports.links import story_link
from reports.tables import Cell, Column, table

MOST_ROWS = 15
_LABEL_SHARE = 3  # a part of at least a third is wide enough for its name


def currencies_reserved(found: Found, pools: tuple[str, ...]) -> tuple[str, ...]:
    """The currencies in which something of these pools is reserved."""
    return tuple(dict.fromkeys(row["currency"] for row in _held(found, pools)))


def _held(found: Found, pools: tuple[str, ...]) -> list[Row]:
    return [row for row in found.rows if row["reserved_count"] and row["pool_id"] in pools]


@lru_cache(maxsize=32)
def ageing_table(found: Found, pools: tuple[str, ...]) -> str:
    """What is reserved of each pool, by age: the amount, and over how many trades."""
    by_lane: dict[tuple[str, str], dict[str, Row]] = {}
    for row in found.rows:
        if row["pool_id"] in pools:
            by_lane.setdefault((row["pool_id"], row["currency"]), {})[row["age"]] = row
    columns = [
        Column("Pool", "", is_text=True),
        *(Column(title, "reserved", _DEFINITION) for title in AGES.values()),
        Column("Oldest"),
    ]
    rows = [
        [
            Cell(pool, currency),
            *(_amount(ages[age]) for age in AGES),
            Cell(_oldest(ages.values()), "" if _any(ages.values()) else "none reserved"),
        ]
        for (pool, currency), ages in by_lane.items()
    ]
    return table("Reserved, by age", columns, rows)


_DEFINITION = (
    "Sum of the amounts of trades that had not left `reserved`, by the time since they were made."
)


def _any(ages: object) -> bool:
    return any(row["reserved_count"] for row in ages)  # type: ignore[attr-defined]


def _oldest(ages: object) -> str:
    known = [row["oldest_age_s"] for row in ages if row["reserved_count"]]  # type: ignore[attr-defined]
    return text.duration(max(known)) if known else text.UNKNOWN


def _amount(row: Row) -> Cell:
    number = row["reserved_count"]
    trades = "1 trade" if number == 1 else f"{text.count(number)} trades"
    shown = text.money(row["reserved_notional"], row["currency"])
    exact = text.exact_money(row["reserved_notional"], row["currency"])
    return Cell(shown, trades if number else "", exact, is_muted=not number)


@lru_cache(maxsize=64)
def ageing(found: Found, pools: tuple[str, ...], currency: str) -> pa.Table:
    """One currency's reserved amounts per pool, stacked by age; `label` where there is room."""
    rows = [row for row in _held(found, pools) if row["currency"] == currency]
    whole: dict[str, float] = {}
    for row in rows:
        whole[row["pool_id"]] = whole.get(row["pool_id"], 0.0) + float(row["reserved_notional"])
    widest = max(whole.values(), default=0.0)
    order = list(AGES)
    return pa.Table.from_pylist(
        [
            {
                "pool": row["pool_id"],
                "age": AGES[row["age"]],
                "order": order.index(row["age"]),
                # The picture's own number; what is read stands beside it, exact.
                "value": float(row["reserved_notional"]),
                "amount": text.exact_money(row["reserved_notional"], currency),
                "trades": row["reserved_count"],
                "oldest": text.duration(row["oldest_age_s"]),
                "label": AGES[row["age"]]
                if float(row["reserved_notional"]) * _LABEL_SHARE >= widest
                else "",
            }
            for row in rows
        ]
    )


@lru_cache(maxsize=32)
def long_words(found: Found, over: timedelta) -> str:
    """How many trades are reserved for longer than the partner's own bound, and the oldest."""
    age = text.duration(over // timedelta(seconds=1))
    if not found.rows:
        return f"No trade of these pools is reserved for longer than {age}, the age that is set."
    number = len(found.rows)
    many = f"At least {text.count(number)}" if number >= MOST_LISTED else text.count(number)
    trades = "trade is" if number == 1 else "trades are"
    shown = f" The table shows the {MOST_ROWS} oldest." if number > MOST_ROWS else ""
    oldest = text.duration(found.rows[0]["age_s"])
    return (
        f"**{many} {trades} reserved for longer than {age}**, the age that is set; the oldest for"
        f" {oldest}.{shown}"
    )


@lru_cache(maxsize=32)
def long_table(found: Found, zone: str, kept: str = "") -> str:
    """The trades reserved the longest, each with a link to its story that keeps `kept`."""
    columns = [
        Column("Trade", "", is_text=True),
        Column("Pool", "", is_text=True),
        Column("Amount"),
        Column("Reserved since"),
        Column("Age"),
        Column("Quote", "and order", is_text=True),
    ]
    rows = [
        [
            Cell(row["transact_id"], link=story_link(row["transact_id"], kept)),
            Cell(row["pool_id"], row["network"] or ""),
            Cell(
                text.money_with_code(row["fiat_amount"], row["currency"]),
                hover=text.exact_money(row["fiat_amount"], row["currency"]),
            ),
            Cell(text.moment(row["created_at"], zone)),
            Cell(text.duration(row["age_s"])),
            Cell(row["quote_id"], row["partner_reference"] or ""),
        ]
        for row in found.rows[:MOST_ROWS]
    ]
    return table("Trades reserved the longest", columns, rows)
