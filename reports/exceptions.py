"""What does not tie out: how much, how old, of which kind, and one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import pyarrow as pa

from pipelines.shares import wilson
from reports import format as text
from reports.balances import Currencies
from reports.books_words import EXCEPTIONS, MATCHES
from reports.books_words import exception as called
from reports.found import Found, Row
from reports.links import story_link
from reports.tables import Cell, Column, table
from reports.wording import FEW

MOST_ROWS = 25
NO_CURRENCY = "Orders"
AGES = {
    "open_under_1d": "Under 24 h",
    "open_1d_to_3d": "1 to 3 days",
    "open_3d_to_7d": "3 to 7 days",
    "open_over_7d": "Over 7 days",
}
_LABEL_SHARE = 3  # a part of at least a third is wide enough for its name
_RATE = (
    "Trades that tie out with the ledger / trades that had time to be booked, since both sides are"
    " known. It is not about one period."
)
_RISK = (
    "Sum of the amounts of open exceptions, without sign. Where some state no amount, it is at"
    " least this."
)


@lru_cache(maxsize=32)
def reconciliation_table(found: Found, currencies: Currencies) -> str:
    """Per currency: what ties out, what is open by age whatever the period, and its value."""
    columns = [
        Column("Currency", "", is_text=True),
        Column("Match rate", "trades tied out", _RATE),
        *(
            Column(title.replace(" ", text.SPACE), "open", "Open exceptions by age, of all time.")
            for title in AGES.values()
        ),
        Column("Value at risk", "of all open", _RISK),
        Column("Pending", "not open yet", "Breaks whose counterpart may still be booked in time."),
        Column("Weak matches", "by amount and time", "Pairs that no id joins: a guess."),
    ]
    rows = [
        [
            Cell(row["currency"] or NO_CURRENCY, "" if row["currency"] else "have no currency"),
            _match_rate(row),
            *(_open(row[name]) for name in AGES),
            _at_risk(row),
            Cell(text.count(row["pending_exceptions"])),
            Cell(text.count(row["weak_matches"])),
        ]
        for row in _of(found, currencies)
    ]
    return table("Open exceptions", columns, rows)


def _of(found: Found, currencies: Currencies) -> list[Row]:
    return found.of(None if currencies is None else (*currencies, None))


def has_any(found: Found, currencies: Currencies) -> bool:
    """Whether anything is open or pending."""
    return any(
        row["open_exceptions"] or row["pending_exceptions"] for row in _of(found, currencies)
    )


def _match_rate(row: Row) -> Cell:
    if row["trades"] is None:
        return Cell(text.UNKNOWN, "nothing compared", "Not known: a side has not been loaded.")
    judged = row["trades"] - row["pending_trades"]
    tied = judged - row["untied_trades"]
    base = f"{text.count(tied)} of {text.count(judged)}".replace(" ", text.SPACE)
    bounds = wilson(tied, judged)
    if row["match_rate"] is None or bounds is None:
        return Cell(text.UNKNOWN, base, "Not known: no trade had time to be booked.")
    if judged >= FEW:
        return Cell(text.percent(row["match_rate"]), base)
    span = f"95 %: {text.percent(bounds[0])} to {text.percent(bounds[1])}".replace(" ", text.SPACE)
    hover = f"Taken over fewer than {FEW}: the interval is Wilson's."
    return Cell(text.percent(row["match_rate"]), f"{base} · {span}", hover, is_muted=True)


def _open(number: int) -> Cell:
    return Cell(text.count(number), is_muted=not number)


def _at_risk(row: Row) -> Cell:
    amount, currency = row["value_at_risk"], row["currency"]
    silent = row["open_without_amount"]
    without = f"{text.count(silent)} of {text.count(row['open_exceptions'])} state no amount"
    if amount is None or (not currency and not amount):
        return Cell(text.UNKNOWN, without if silent else "", "Not known: no amount is stated.")
    exact = text.exact_money(amount, currency)
    return Cell(text.money(amount, currency), without if silent else "", exact)


@lru_cache(maxsize=32)
def ageing(found: Found, currencies: Currencies) -> pa.Table:
    """Open exceptions per currency, stacked by age: counts, which may stand side by side."""
    kept = [row for row in _of(found, currencies) if row["open_exceptions"]]
    widest = max((row["open_exceptions"] for row in kept), default=0)
    return pa.Table.from_pylist(
        [
            {
                "currency": row["currency"] or NO_CURRENCY,
                "age": title,
                "order": order,
                "exceptions": row[name],
                "label": title if row[name] * _LABEL_SHARE >= widest else "",
            }
            for row in kept
            for order, (name, title) in enumerate(AGES.items())
        ]
    )


def of_currencies(found: Found, currencies: Currencies, kinds: Sequence[str] = ()) -> list[Row]:
    """The exceptions of these currencies, and of none, of these kinds (all where empty)."""
    return [row for row in _of(found, currencies) if not kinds or row["kind"] in kinds]


def kinds_of(rows: Sequence[Row]) -> list[str]:
    """The kinds among the rows, in the order of the glossary."""
    seen = {row["kind"] for row in rows}
    return [kind for kind in EXCEPTIONS if kind in seen]


def kinds_table(rows: Sequence[Row]) -> str:
    """Each kind among the rows: how many, what it means, what to do."""
    counted = Counter(row["kind"] for row in rows)
    columns = [
        Column("Kind", "", is_text=True),
        Column("Open"),
        Column("What it means", "", is_text=True),
        Column("What to do", "", is_text=True),
    ]
    lines = [
        [Cell(called(kind)), Cell(text.count(counted[kind])), *map(Cell, EXCEPTIONS[kind][1:])]
        for kind in kinds_of(rows)
    ]
    return table("Kinds of exceptions", columns, lines)


def exceptions_table(rows: Sequence[Row], caption: str, zone: str, kept: str = "") -> str:
    """The oldest of the rows one by one, each with a link to its story that keeps `kept`."""
    columns = [
        Column("Kind", "", is_text=True),
        Column("Amount"),
        Column("Age", "since"),
        Column("Pool", "", is_text=True),
        Column("About", "trade, entry, quote, order", is_text=True),
    ]
    return table(caption, columns, [_line(row, zone, kept) for row in rows[:MOST_ROWS]])


def _line(row: Row, zone: str, kept: str) -> list[Cell]:
    first, *others = _ids(row)
    link = story_link(first, kept) if first else ""
    amount, currency = row["amount"], row["currency"]
    return [
        Cell(called(row["kind"]), _matched(row), EXCEPTIONS[row["kind"]][1]),
        Cell(
            text.money_with_code(amount, currency),
            "" if amount is not None else "states none",
            text.exact_money(amount, currency),
        ),
        Cell(
            "resolved" if row["age_s"] is None else text.duration(row["age_s"]),
            text.moment(row["event_at"], zone),
        ),
        Cell(
            row["pool_id"] or text.UNKNOWN,
            hover="" if row["pool_id"] else "No pool is known.",
        ),
        Cell(first or _without_id(row), " · ".join(others), link=link),
    ]


def _matched(row: Row) -> str:
    if row["kind"] == "balance_mismatch":
        return ""
    guess = f"; could be {', '.join(row['candidates'])}" if row["candidates"] else ""
    return MATCHES[row["match"]] + guess


def _ids(row: Row) -> list[str]:
    """The ids that the exception names, the one that says the most first; an empty one for none."""
    named = ("transact_id", "entry_id", "quote_id", "partner_reference")
    return [row[name] for name in named if row[name]] or [""]


def _without_id(row: Row) -> str:
    return (
        f"the balance in {row['currency']}" if row["kind"] == "balance_mismatch" else text.UNKNOWN
    )


def count_words(rows: Sequence[Row], what: str) -> str:
    """How many of the rows the table shows."""
    number = len(rows)
    if number > MOST_ROWS:
        return f"The {MOST_ROWS} oldest of {text.count(number)} {what}."
    return f"{text.count(number)} {what}, the oldest first."


def full_table(rows: Sequence[Row]) -> pa.Table:
    """Every row with every column, kinds in words; times are UTC."""
    return pa.Table.from_pylist([{**row, "kind": called(row["kind"])} for row in rows])
