"""What the balances held, what moved them, and what does not tie out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reports import charts_finance
from reports import format as text
from reports.balances import history, history_words
from reports.books_words import EXCEPTIONS, MATCHES
from reports.bridge import MOST_DAYS, unknown_words, waterfall
from reports.found import Found
from reports.pack import words
from reports.pack.blocks import (
    FIGURE,
    Block,
    Cell,
    Chart,
    Column,
    Paragraph,
    Section,
    Table,
)
from reports.pack.drawing import HALF
from reports.pack.telling import Telling
from reports.pack.typed import Shown, aligned, cut_words, printed, with_minus

_BALANCES = {
    "balance_available": "Available",
    "balance_visible": "Visible",
    "balance_reserved": "Reserved",
    "balance_floor": "Floor",
    "above_floor": "Above floor",
    "balance_target": "Target",
}
_BRIDGE = {
    "opening": "Opening",
    "pay_ins": "Pay-ins",
    "debits": "\N{MINUS SIGN} Debits",
    "refunds": "Refunds",
    "unexplained": "Unexplained",
    "closing": "Closing",
}
_HEIGHT = 150
MOST_EXCEPTIONS = 50
"""Printed at most, the oldest; every one is in the bundle and the workbook."""


def books(told: Telling) -> Section:
    """Balances between floor and target, and the bridge from opening to closing."""
    blocks: list[Block] = [
        Paragraph(words.BALANCES_ARE, "note"),
        _balances(told),
        *_histories(told),
        _bridge(told),
        *(Paragraph(one, "note") for one in unknown_words(told.bridge, told.currencies)),
        *_waterfalls(told),
        _bridge_days(told),
    ]
    return Section("books", words.SECTIONS["books"], blocks)


def _balances(told: Telling) -> Table:
    shown = [
        Shown("currency", "Currency", weight=0.8),
        *(Shown(name, title, "money", weight=1.2) for name, title in _BALANCES.items()),
        Shown("observed_at", "Snapshot", "short", weight=1.2),
    ]
    names = ["currency", "state", "basis", "observed_at", *_BALANCES]
    caption = f"What each balance held at {text.moment(told.figures.books.at, told.zone)}"
    data = told.figures.books.balances.select(names)
    return printed("balances", caption, shown, data, zone=told.zone, empty=words.BALANCES_EMPTY)


def _histories(told: Telling) -> list[Block]:
    found = told.figures.books
    parts = Found(found.history), Found(found.limits), Found(found.pay_ins)
    blocks: list[Block] = []
    for currency in told.currencies:
        table = history(*parts, currency, told.period)
        if table.num_rows == 0:
            continue
        said = history_words(parts[0], parts[1], currency, told.zone)
        blocks.append(
            Chart(
                f"balance_{currency}",
                f"Available balance, {currency}",
                f"{said[0].upper()}{said[1:]}. {words.BALANCE_DRAWN}",
                {**charts_finance.history(), "height": _HEIGHT},
                table,
            )
        )
    return blocks


def _bridge(told: Telling) -> Table:
    shown = [
        Shown("currency", "Currency", weight=0.8),
        *(Shown(name, title, "money", weight=1.2) for name, title in _BRIDGE.items()),
    ]
    names = ["currency", *_BRIDGE, "opening_basis_at", "closing_basis_at"]
    data = told.figures.books.bridge.select(names)
    caption, empty = "Bridge of the period", words.BRIDGE_UNKNOWN
    return printed("bridge", caption, shown, data, zone=told.zone, empty=empty)


def _waterfalls(told: Telling) -> list[Block]:
    blocks: list[Block] = []
    for currency in told.currencies:
        table = waterfall(told.bridge, currency)
        if table is None:
            continue
        bars = {row["part"]: with_minus(row["amount"]) for row in table.to_pylist()}
        blocks.append(
            Chart(
                f"bridge_{currency}",
                f"From opening to closing, {currency}",
                f"Opening {bars['Opening']}; unexplained {bars['Unexplained']}; closing"
                f" {bars['Closing']}.",
                {**charts_finance.bridge(), "height": _HEIGHT},
                table,
                HALF,
            )
        )
    return blocks


def _bridge_days(told: Telling) -> Table:
    """All days since records began; printed those that do not tie out, or are not known to."""
    names = ["window_start", "currency", *_BRIDGE]
    days = told.figures.books.bridge_days
    began = pa.scalar(told.figures.scope.first_event, days.schema.field("window_end").type)
    data = days.filter(pc.greater(days.column("window_end"), began)).select(names)
    rows = data.to_pylist()
    loose = [row for row in rows if row["unexplained"] != 0]
    shown = [
        Shown("window_start", "Day", "local_day", weight=1.1),
        Shown("currency", "Currency", weight=0.8),
        *(Shown(name, title, "money", weight=1.2) for name, title in _BRIDGE.items()),
    ]
    caption = "Days that do not tie out, or of which it is not known"
    unknown = sum(row["unexplained"] is None for row in loose)
    note = _tied(len(rows), len(loose), unknown) if rows else ""
    table = printed(
        "bridge_days",
        caption,
        shown,
        pa.Table.from_pylist(loose, data.schema),
        zone=told.zone,
        empty="Every day ties out." if rows else words.BRIDGE_UNKNOWN,
        note=note,
        most=MOST_DAYS,
    )
    return replace(table, data=data)


def _tied(days: int, loose: int, unknown: int) -> str:
    words_ = f"{text.count(days - loose)} of {text.count(days - unknown)} days tie out"
    not_known = f"; of {text.count(unknown)} it is not known" if unknown else ""
    return f"{words_}{not_known}. A day of one currency counts as one."


def exceptions(told: Telling) -> Section:
    """What is open, by kind and age, and one by one with its ids."""
    data = told.figures.books.exceptions
    blocks: list[Block] = [Paragraph(words.EXCEPTIONS_ARE, "note")]
    if data.num_rows:
        blocks += [_ageing(data, told.zone), _kinds(data, told.zone)]
    blocks.append(_items(told, data))
    return Section("exceptions", words.SECTIONS["exceptions"], blocks)


_DAY = 86_400
_AGES = {"Under 24 h": _DAY, "1 to 3 days": 3 * _DAY, "3 to 7 days": 7 * _DAY}
_OVER = "Over 7 days"


def _age_of(age_s: int) -> str:
    return next((name for name, limit in _AGES.items() if age_s < limit), _OVER)


def _ageing(data: pa.Table, zone: str) -> Table:
    """Open exceptions by currency and age."""
    counted: dict[str | None, dict[str, int]] = {}
    for row in data.to_pylist():
        if row["state"] == "open":
            ages = counted.setdefault(row["currency"], dict.fromkeys((*_AGES, _OVER), 0))
            ages[_age_of(row["age_s"])] += 1
    lines = [
        {"currency": currency, **ages}
        for currency, ages in sorted(counted.items(), key=lambda one: one[0] or "~")
    ]
    names = (*_AGES, _OVER)
    schema = pa.schema([("currency", pa.string()), *((name, pa.int64()) for name in names)])
    shown = [
        Shown("currency", "Currency", words={None: words.NO_CURRENCY}),
        *(Shown(name, name, "count", "open") for name in names),
    ]
    table = pa.Table.from_pylist(lines, schema)
    return printed(
        "exception_ages",
        "Open exceptions by age",
        shown,
        table,
        zone=zone,
        empty=words.NONE_OPEN,
    )


def _kinds(data: pa.Table, zone: str) -> Table:
    counted: dict[str, int] = {}
    for kind in data.column("kind").to_pylist():
        counted[kind] = counted.get(kind, 0) + 1
    lines = [
        {"kind": kind, "exceptions": counted[kind], "means": EXCEPTIONS[kind][1]}
        for kind in EXCEPTIONS
        if kind in counted
    ]
    schema = pa.schema([("kind", pa.string()), ("exceptions", pa.int64()), ("means", pa.string())])
    shown = [
        Shown("kind", "Kind", weight=1.4, words=_CALLED),
        Shown("exceptions", "Items", "count", weight=0.5),
        Shown("means", "What it means", weight=4),
    ]
    return printed(
        "exception_kinds", "Kinds", shown, pa.Table.from_pylist(lines, schema), zone=zone
    )


_CALLED = {kind: said[0] for kind, said in EXCEPTIONS.items()}
_IDS = ("transact_id", "entry_id", "quote_id", "partner_reference")


def _items(told: Telling, data: pa.Table) -> Table:
    """Every exception with its ids."""
    rows = data.to_pylist()[:MOST_EXCEPTIONS]
    amounts = aligned(
        [with_minus(text.money_with_code(row["amount"], row["currency"])) for row in rows]
    )
    columns = [
        Column("Kind", weight=1.4),
        Column("State", weight=0.8),
        Column("Pool", weight=1.0),
        Column("Amount", "", FIGURE, 1.2),
        Column("Age", "since", weight=1.45),
        Column("Ids", "trade, entry, quote, order", weight=2.3),
    ]
    cells = [_item(row, amount, told.zone) for row, amount in zip(rows, amounts, strict=True)]
    caption = f"Exceptions as of {text.moment(told.figures.scope.as_of, told.zone)}"
    note = cut_words(len(rows), data.num_rows)
    is_known = told.figures.review.now_open.exceptions is not None
    empty = words.EXCEPTIONS_EMPTY if is_known else words.EXCEPTIONS_UNKNOWN
    return Table("exceptions", caption, columns, cells, data, empty, note)


def _item(row: dict[str, Any], amount: str, zone: str) -> list[Cell]:
    ids = [row[name] for name in _IDS if row[name]]
    matched = MATCHES[row["match"]] if row["kind"] != "balance_mismatch" else ""
    return [
        Cell(_CALLED[row["kind"]], matched),
        Cell(row["state"]),
        Cell(row["pool_id"] or text.UNKNOWN),
        Cell(amount),
        Cell(
            text.UNKNOWN if row["age_s"] is None else text.duration(row["age_s"]),
            text.moment(row["event_at"], zone),
        ),
        Cell(ids[0] if ids else text.UNKNOWN, " · ".join(ids[1:])),
    ]
