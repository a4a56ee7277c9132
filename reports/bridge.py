"""The bridge of each balance: opening, what moved it, closing, and what nobody explains."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa

from pipelines.periods import Period
from pipelines.windows import Window
from reports import format as text
from reports.balances import Currencies
from reports.found import Found, Row
from reports.tables import Cell, Column, table

MOST_DAYS = 24
"""Rows of the table by day at most; all days stand in the table behind it."""

_MINUS = "\N{MINUS SIGN}"
_FLOWS = {"pay_ins": ("Pay-ins", 1), "debits": ("Debits", -1), "refunds": ("Refunds", 1)}
_COLUMNS = (
    Column(
        "Opening",
        "",
        "What was available at the start: the last snapshot before it and what"
        " the ledger moved since.",
    ),
    Column("+ Pay-ins", "", "Ledger entries of reason payin_credit."),
    Column(f"{_MINUS} Debits", "", "Ledger entries of reason buy_debit."),
    Column("+ Refunds", "", "Ledger entries of reason buy_refund."),
    Column("+ Unexplained", "", "What the balance holds more, or less, than the ledger says."),
    Column("= Closing", "", "What was available at the end, taken as the opening is."),
)
_NAMES = ("opening", "pay_ins", "debits", "refunds", "unexplained", "closing")
PARTS = ("Opening", "Pay-ins", "Debits", "Refunds", "Unexplained", "Closing")
KINDS = ("Balance", "In", "Out", "Unexplained")


@lru_cache(maxsize=32)
def bridge_table(found: Found, currencies: Currencies, zone: str) -> str:
    """The bridge of the whole period, a currency a row."""
    columns = [Column("Currency", "", is_text=True), *_COLUMNS]
    rows = [[Cell(row["currency"]), *_cells(row, zone)] for row in found.of(currencies)]
    return table("Balance bridge of the period", columns, rows)


@lru_cache(maxsize=32)
def days_table(found: Found, currencies: Currencies, period: Period) -> str:
    """The days that do not tie out, or of which it is not known, the newest first."""
    rows = days_shown(found, currencies)
    columns = [
        Column("Day", "", is_text=True),
        Column("Currency", "", is_text=True),
        *_COLUMNS,
    ]
    return table(
        "Balance bridge by day",
        columns,
        [[_day(row, period), Cell(row["currency"]), *_cells(row, period.zone)] for row in rows],
    )


def days_shown(found: Found, currencies: Currencies) -> list[Row]:
    """The days of `days_table`."""
    rows = [row for row in found.of(currencies) if row["unexplained"] != 0]
    # The rows come by currency, and keep that order within a day.
    return sorted(rows, key=lambda row: row["window_start"], reverse=True)[:MOST_DAYS]


@lru_cache(maxsize=32)
def days_words(found: Found, currencies: Currencies) -> str:
    """How many days tie out, and which of them the table shows."""
    rows = found.of(currencies)
    known = [row for row in rows if row["unexplained"] is not None]
    tied = [row for row in known if row["unexplained"] == 0]
    unknown = len(rows) - len(known)
    words = f"**{text.count(len(tied))} of {text.count(len(known))} days tie out**"
    words += " (a day of one currency counts as one)."
    if unknown:
        words += f" Of {text.count(unknown)} it is not known."
    if others := len(rows) - len(tied):
        words += " The table shows those that do not, or of which it is not known"
        words += f", the newest {MOST_DAYS}." if others > MOST_DAYS else "."
    return words


@lru_cache(maxsize=32)
def every_day(found: Found, currencies: Currencies, period: Period) -> pa.Table:
    """Every day of the bridge as exact amounts, with whether it ties out in words."""
    rows = found.of(currencies)
    days: dict[str, list[object]] = {
        "Day": [_day(row, period).text for row in rows],
        "Currency": [row["currency"] for row in rows],
        "Ties out": [_verdict(row) for row in rows],
    }
    for name, title in zip(_NAMES, PARTS, strict=True):
        days[title] = [row[name] for row in rows]
    return pa.table(days)


def _verdict(row: Row) -> str:
    if row["unexplained"] is None:
        return "not known"
    return "yes" if row["unexplained"] == 0 else "no"


def _day(row: Row, period: Period) -> Cell:
    day = text.span(Window(row["window_start"], row["window_end"], "day"), period.zone)
    return Cell(day, "so far" if row["window_end"] > period.as_of else "")


def _cells(row: Row, zone: str) -> list[Cell]:
    currency = row["currency"]
    return [
        _balance(row, "opening", zone),
        *(_flow(row[name], currency) for name in _FLOWS),
        _unexplained(row),
        _balance(row, "closing", zone),
    ]


def _balance(row: Row, name: str, zone: str) -> Cell:
    amount, currency = row[name], row["currency"]
    if amount is None:
        return Cell(text.UNKNOWN, "no snapshot before it", "Not known: no snapshot says it.")
    basis = text.moment(row[f"{name}_basis_at"], zone)
    exact = text.exact_money(amount, currency)
    return Cell(text.money(amount, currency), hover=f"{exact}; by the snapshot of {basis}")


def _flow(amount: Decimal | None, currency: str) -> Cell:
    if amount is None:
        return Cell(text.UNKNOWN, hover="Not known: no ledger has arrived.")
    return Cell(text.money(amount, currency), hover=text.exact_money(amount, currency))


def _unexplained(row: Row) -> Cell:
    amount, currency = row["unexplained"], row["currency"]
    if amount is None:
        why = "no snapshot of its own" if row["closing"] is not None else "a balance is missing"
        return Cell(text.UNKNOWN, f"not known: {why}", "Nothing says what the balance held.")
    if amount == 0:
        return Cell(text.money(amount, currency), "ties out")
    shown = text.exact_money(amount, currency).removesuffix(f" {currency}")
    return Cell(f"! {shown}", "not explained", is_flagged=True)


@lru_cache(maxsize=64)
def waterfall(found: Found, currency: str) -> pa.Table | None:
    """The bars of one currency's bridge; None where it has no opening or closing to stand on.

    `low` and `high` are where a bar lies, `amount` what it says, `label` what stands beside it.
    """
    row = next((row for row in found.rows if row["currency"] == currency), None)
    if row is None or row["opening"] is None or row["closing"] is None:
        return None
    level: Decimal = row["opening"]
    bars = [_bar("Opening", "Balance", Decimal(0), level, level, currency)]
    for name, (title, sign) in _FLOWS.items():
        change = sign * row[name]
        kind = "In" if sign > 0 else "Out"
        bars.append(_bar(title, kind, level, level + change, change, currency))
        level += change
    bars.append(
        _bar("Unexplained", "Unexplained", level, row["closing"], row["unexplained"], currency)
    )
    bars.append(_bar("Closing", "Balance", Decimal(0), row["closing"], row["closing"], currency))
    return pa.Table.from_pylist(bars)


def _bar(
    part: str, kind: str, start: Decimal, end: Decimal, amount: Decimal | None, currency: str
) -> dict[str, object]:
    if amount is None:
        shown = "not known"
    else:
        sign = "+" if amount > 0 and kind != "Balance" else ""
        shown = sign + text.exact_money(amount, currency)
    # Too thin to be seen beside the others, what is unexplained is written out.
    flag = "! " if amount else ""
    return {
        "part": part,
        "kind": kind,
        "label": f"{flag}{shown.removesuffix(f' {currency}')}" if kind == "Unexplained" else "",
        "low": float(min(start, end)),
        "high": float(max(start, end)),
        "amount": shown,
    }


def unknown_words(found: Found, currencies: Currencies) -> Sequence[str]:
    """What cannot be told of the period's bridge, a sentence per currency."""
    words = []
    for row in found.of(currencies):
        missing = [name for name in ("opening", "closing") if row[name] is None]
        if missing:
            words.append(
                f"{row['currency']}: the {' and the '.join(missing)} balance"
                f" {'are' if len(missing) > 1 else 'is'} not known, because no snapshot comes"
                " before. What the ledger moved is shown; whether it ties out cannot be told."
            )
        elif row["unexplained"] is None:
            words.append(
                f"{row['currency']}: no snapshot falls into the period, so the closing balance is"
                " carried forward by the ledger, and nothing says whether it is all."
            )
    return words
