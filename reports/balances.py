"""The balances of a partner: what stands now, and how it moved between floor and target."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pyarrow as pa

from pipelines.periods import Period
from reports import format as text
from reports.books_words import BALANCE_BASES, BALANCE_BASES_LONG
from reports.found import INSTANT, Found, Row, on_axis
from reports.tables import Cell, Column, Meter, defined, table
from reports.wording import why_unknown

AVAILABLE, FLOOR, TARGET, PAY_IN = "Available balance", "Floor", "Target", "Pay-in"
_LIMITS = {"balance_floor": FLOOR, "balance_target": TARGET}
_QUARTER_HOUR = timedelta(minutes=15)

Currencies = tuple[str, ...] | None
"""The currencies to show; None for all."""


@lru_cache(maxsize=32)
def standing_table(
    found: Found, currencies: Currencies, as_of: datetime, zone: str, max_age: timedelta
) -> str:
    """What each balance holds, between which floor and target, and by which snapshot."""
    columns = [
        Column("Currency", "", is_text=True),
        defined("balance_available", "Available"),
        defined("balance_visible", "Visible"),
        defined("balance_reserved", "Reserved"),
        Column("Floor", "", "The lower limit of this balance, in force as of the time shown."),
        Column("Target", "", "The level this balance is meant to be at, in force as of the time."),
        Column("Snapshot", "behind the balance", is_text=True),
    ]
    rows = [
        [
            Cell(row["currency"]),
            _available(row, max_age),
            _amount(row, "balance_visible"),
            _reserved(row),
            _floor(row),
            _target(row),
            _snapshot(row, as_of, zone, max_age),
        ]
        for row in found.of(currencies)
    ]
    return table("What is in the balance", columns, rows)


def as_of_words(as_of: datetime, zone: str) -> str:
    """As of when balances are told, and how to read their bars."""
    return (
        f"As of {text.moment(as_of, zone)}, whatever period is shown. In the bars the line is the"
        " target and the dashed line the floor. Currencies are never added up."
    )


def _available(row: Row, max_age: timedelta) -> Cell:
    amount, currency, target = row["balance_available"], row["currency"], row["balance_target"]
    if amount is None:
        return Cell(text.UNKNOWN, unknown_words(row, max_age), why_unknown("balance_available"))
    meter = None
    if target is not None:
        full = max(amount, target) * Decimal("1.1")
        meter = Meter(amount, full, mark=target, floor=row["balance_floor"]) if full > 0 else None
    return Cell(
        text.money(amount, currency),
        BALANCE_BASES[row["basis"]],
        f"{text.exact_money(amount, currency)}; {BALANCE_BASES_LONG[row['basis']]}",
        meter=meter,
    )


def unknown_words(row: Row, max_age: timedelta) -> str:
    """Why a balance has no amount; empty where it has one."""
    if row["state"] == "none":
        return "not known: no snapshot of this balance"
    if row["state"] == "old":
        oldest = text.duration(max_age // timedelta(seconds=1))
        return f"not known: the last snapshot is older than {oldest}"
    return ""


def _amount(row: Row, figure: str) -> Cell:
    amount, currency = row[figure], row["currency"]
    hover = why_unknown(figure) if amount is None else text.exact_money(amount, currency)
    return Cell(text.money(amount, currency), hover=hover)


def _reserved(row: Row) -> Cell:
    cell = _amount(row, "balance_reserved")
    silent = row["state"] == "known" and row["balance_reserved"] is None
    return Cell(cell.text, "not stated by the snapshot" if silent else "", cell.hover)


def _floor(row: Row) -> Cell:
    floor, above, currency = row["balance_floor"], row["above_floor"], row["currency"]
    if floor is None:
        return Cell(text.UNKNOWN, "no floor in force")
    shown, hover = text.money(floor, currency), text.exact_money(floor, currency)
    if above is None:
        return Cell(shown, "not known whether it is kept", hover)
    if above < 0:
        return Cell(shown, f"below it by {text.money(-above, currency)}", hover, is_flagged=True)
    return Cell(shown, f"{text.money(above, currency)} above it", hover)


def _target(row: Row) -> Cell:
    target, below, currency = row["balance_target"], row["below_target"], row["currency"]
    if target is None:
        return Cell(text.UNKNOWN, "no target in force")
    shown, hover = text.money(target, currency), text.exact_money(target, currency)
    if below is None:
        return Cell(shown, "not known how far", hover)
    if below > 0:
        return Cell(shown, f"{text.money(below, currency)} to go", hover)
    return Cell(shown, f"reached, {text.money(-below, currency)} over", hover)


def _snapshot(row: Row, as_of: datetime, zone: str, max_age: timedelta) -> Cell:
    if row["observed_at"] is None:
        return Cell(text.UNKNOWN, "none has arrived")
    old = f"{text.duration(row['age_s'])} old at {text.short_moment(as_of, zone)}"
    oldest = text.duration(max_age // timedelta(seconds=1))
    is_old = row["state"] == "old"
    return Cell(
        text.moment(row["observed_at"], zone).replace(" ", text.SPACE),
        f"too old: {old}" if is_old else old,
        f"A snapshot is an answer for {oldest}; after that the balance is not known.",
        is_flagged=is_old,
    )


@lru_cache(maxsize=64)
def history(
    snapshots: Found, limits: Found, pay_ins: Found, currency: str, period: Period
) -> pa.Table:
    """One currency's balance over a period: snapshots, steps of floor and target, pay-ins.

    `series` says which; `at` is where a mark begins and `until` where a step ends. A new `stretch`
    begins where the balance was not known in between.
    """
    rows = [row for row in snapshots.rows if row["currency"] == currency]
    steps = [row for row in limits.rows if row["currency"] == currency]
    paid = [row for row in pay_ins.rows if row["currency"] == currency]
    instants = [
        *(row[name] for row in rows for name in ("holds_from", "known_to")),
        *(row[name] for row in steps for name in ("in_force_from", "in_force_to")),
        *(row["first_at"] for row in paid),
    ]
    axis = on_axis(instants, period.zone)
    lines = [
        *_balance_lines(rows, axis, currency, period.zone),
        *(_step_line(row, axis, period.zone) for row in steps),
        *(_pay_in_line(row, axis, period.zone) for row in paid),
    ]
    return pa.Table.from_pylist(lines, _HISTORY)


_HISTORY = pa.schema(
    [
        ("series", pa.string()),
        ("at", INSTANT),
        ("until", INSTANT),
        ("value", pa.float64()),
        ("stretch", pa.int64()),
        ("when", pa.string()),
        ("amount", pa.string()),
    ]
)


def _balance_lines(
    rows: list[Row], axis: dict[datetime, datetime], currency: str, zone: str
) -> list[dict[str, Any]]:
    lines = []
    for number, row in enumerate(rows):
        shown = text.exact_money(row["balance_available"], currency)
        line = {
            "series": AVAILABLE,
            "at": axis[row["holds_from"]],
            # The picture's own number; what is read stands beside it, exact.
            "value": float(row["balance_available"]),
            "stretch": row["stretch_no"],
            "when": text.moment(row["observed_at"], zone),
            "amount": shown,
        }
        lines.append(line)
        is_last = number + 1 == len(rows) or rows[number + 1]["stretch_no"] != row["stretch_no"]
        if is_last and row["known_to"] > row["holds_from"]:
            lines.append({**line, "at": axis[row["known_to"]]})
    return lines


def _step_line(row: Row, axis: dict[datetime, datetime], zone: str) -> dict[str, Any]:
    since, to = (text.moment(row[name], zone) for name in ("in_force_from", "in_force_to"))
    return {
        "series": _LIMITS[row["limit_name"]],
        "at": axis[row["in_force_from"]],
        "until": axis[row["in_force_to"]],
        "value": float(row["value"]),
        "when": f"{since} to {to}",
        "amount": text.exact_money(row["value"], row["currency"]),
    }


def _pay_in_line(row: Row, axis: dict[datetime, datetime], zone: str) -> dict[str, Any]:
    when = f"{text.moment(row['first_at'], zone)} to {text.moment(_end(row), zone)}"
    many = f" in {text.count(row['entries'])} pay-ins" if row["entries"] > 1 else ""
    return {
        "series": PAY_IN,
        "at": axis[row["first_at"]],
        "value": 0.0,
        "when": when,
        "amount": text.exact_money(row["amount"], row["currency"]) + many,
    }


def _end(row: Row) -> datetime:
    end: datetime = row["last_at"] + _QUARTER_HOUR
    return end


@lru_cache(maxsize=64)
def history_words(snapshots: Found, limits: Found, currency: str, zone: str) -> str:
    """The lowest of a period's snapshots, and how many of them are drawn; empty for none."""
    rows = [row for row in snapshots.rows if row["currency"] == currency]
    if not rows:
        return ""
    lowest = min(rows, key=lambda row: row["balance_available"])
    amount = text.money_with_code(lowest["balance_available"], currency)
    every = rows[0]["snapshots"]
    drawn = f" ({text.count(len(rows))} of {text.count(every)} snapshots drawn)"
    return (
        f"lowest {amount} on {text.moment(lowest['observed_at'], zone)}"
        f"{_against_floor(lowest, limits)}{drawn if len(rows) < every else ''}"
    )


def _against_floor(lowest: Row, limits: Found) -> str:
    """Whether the lowest balance was below the floor in force at the time."""
    for step in limits.of([lowest["currency"]]):
        is_then = step["in_force_from"] <= lowest["holds_from"] < step["in_force_to"]
        if step["limit_name"] == "balance_floor" and is_then:
            side = "below" if lowest["balance_available"] < step["value"] else "not below"
            return f", {side} the floor of {text.money(step['value'], lowest['currency'])}"
    return ""
