"""Runway: how long each balance lasts, by when money must be sent, how much, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa

from pipelines.forecast.shapes import Runway, TopUp
from pipelines.settings import Settings
from reports import advice_words as words
from reports import format as text
from reports.balances import Currencies
from reports.forecast_files import INSTANT_UTC, MONEY, as_rows
from reports.tables import Cell, Column, table

_NOTHING = Decimal(0)


def of_currencies(found: Sequence[Runway], currencies: Currencies) -> tuple[Runway, ...]:
    """Those of some currencies, the first to send money for at the top."""
    kept = [one for one in found if currencies is None or one.currency in currencies]
    last = max((one.send_by for one in kept if one.send_by is not None), default=None)
    return tuple(sorted(kept, key=lambda one: (one.send_by is None, one.send_by or last)))


COLUMNS = (
    Column("Balance", "available now", is_text=True),
    Column("Lasts", "as likely as not", "Until the floor is reached, with an even chance."),
    Column("Lasts, cautiously", "9 times in 10", "Until the floor is reached one in ten times."),
    Column("Send by", "", "The last moment to send money that is usable before the floor."),
    Column("Suggested amount", "if sent now", words.AMOUNT_RULE),
    Column("What you may do", "", is_text=True),
    Column("Last top-up", "", "What it left missing to last until more could be usable."),
)


@lru_cache(maxsize=32)
def runway_table(found: tuple[Runway, ...], zone: str, *, is_stale: bool) -> str:
    """Each balance: how long it lasts, by when to send how much, what to do, the last top-up."""
    rows = [row(one, zone, is_stale=is_stale) for one in found]
    return table(words.RUNWAY_TITLE, COLUMNS, rows)


def row(one: Runway, zone: str, *, is_stale: bool) -> list[Cell]:
    """The cells of one balance under `COLUMNS`."""
    available = one.available if one.available_now is None else one.available_now
    held = text.money_with_code(available, one.currency)
    named = Cell(one.currency, held, text.exact_money(available, one.currency))
    if one.state != "projected":
        why = Cell(text.UNKNOWN, suppressed_words(one, zone), is_muted=True)
        unknown = [Cell(text.UNKNOWN, is_muted=True)] * 3
        return [named, why, *unknown, _action(one, zone, is_stale=is_stale), _last(one, zone)]
    return [
        named,
        _lasts(one.runway_p50_s, one.runs_out_p50_at, one, zone),
        _lasts(one.runway_p90_s, one.runs_out_p90_at, one, zone),
        _send_by(one, zone),
        _amount(one),
        _action(one, zone, is_stale=is_stale),
        _last(one, zone),
    ]


def suppressed_words(one: Runway, zone: str) -> str:
    """Why nothing is projected, and until when."""
    if one.reason is None:
        return ""
    why = words.RUNWAY_REASONS[one.reason]
    if one.enough_history_at is not None:
        return f"{why}; enough from {text.moment(one.enough_history_at, zone)} on"
    return why


def _lasts(seconds: int | None, at: datetime | None, one: Runway, zone: str) -> Cell:
    if seconds is None or at is None:
        beyond = text.UNKNOWN if one.horizon_end is None else text.local_day(one.horizon_end, zone)
        return Cell("longer", f"than to {beyond}")
    if seconds <= 0:
        return Cell("at the floor", "now", is_flagged=True)
    return Cell(text.duration(seconds), f"to {text.short_moment(at, zone)}")


def _send_by(one: Runway, zone: str) -> Cell:
    if one.send_by is None:
        return Cell("no need yet")
    left = int((one.send_by - one.as_of).total_seconds())
    shown = text.short_moment(one.send_by, zone)
    if left <= 0:
        return Cell(shown, "already past", is_flagged=True)
    return Cell(shown, f"in {text.duration(left)}")


def _amount(one: Runway) -> Cell:
    if one.amount_high is None or one.amount_low is None:
        return Cell(text.UNKNOWN, is_muted=True)
    if one.amount_high <= 0:
        return Cell("nothing", "the target is kept")
    low, high = (text.money(side, one.currency) for side in (one.amount_low, one.amount_high))
    target = f"to the target of {text.money(one.target, one.currency)}"
    shown = high if low == high else f"{low} to {high}"
    return Cell(f"{shown} {one.currency}", target, amount_words(one))


def amount_words(one: Runway) -> str:
    """The rule behind an amount, with the figures it was taken from."""
    derived = " (from expected demand: none is set)" if one.is_target_derived else ""
    return (
        f"{words.AMOUNT_RULE} Target {text.money_with_code(one.target, one.currency)}{derived};"
        f" cautious means {text.percent(one.service_level)} sure."
    )


def _action(one: Runway, zone: str, *, is_stale: bool) -> Cell:
    if is_stale:
        return Cell("No advice on old records.", is_muted=True)
    check = ""
    if one.next_check_at is not None:
        check = f"next check {text.short_moment(one.next_check_at, zone)}"
    return Cell(words.RUNWAY_ACTIONS[one.action], check)


def _last(one: Runway, zone: str) -> Cell:
    last = one.last_top_up
    if last is None:
        return Cell(text.UNKNOWN, "none is recorded", is_muted=True)
    when = text.short_moment(last.at, zone)
    return Cell(text.money(last.amount, one.currency), f"{when}; {_closed(last, one.currency)}")


def _closed(last: TopUp, currency: str) -> str:
    if last.gap_before is None or last.gap_after is None:
        return "not known what was missing"
    if last.gap_before <= 0:
        return "nothing was missing"
    if last.gap_after <= 0:
        return "closed the gap"
    return f"left {text.money(last.gap_after, currency)} missing"


@lru_cache(maxsize=32)
def compared_table(as_set: Runway, assumed: Runway, zone: str) -> str:
    """One balance as it is set, and under other assumptions."""
    columns = [
        Column("", "", is_text=True),
        Column("Lasts", "as likely as not"),
        Column("Lasts, cautiously", "9 times in 10"),
        Column("Send by"),
        Column("Suggested amount", "if sent now", words.AMOUNT_RULE),
    ]
    rows = []
    for title, one in (("As set", as_set), ("What if", assumed)):
        cells = row(one, zone, is_stale=False)
        rows.append([Cell(title), *cells[1:5]])
    return table(words.WHAT_IF, columns, rows)


def coming(one: Runway, settings: Settings, planned: str) -> tuple[tuple[datetime, Decimal], ...]:
    """Money on its way: by the settings, and an amount sent as of now, as text; with its times."""
    known = [
        (top_up.at, top_up.amount)
        for top_up in settings.planned_top_ups
        if top_up.currency == one.currency and top_up.at > one.as_of
    ]
    if planned and one.usable_at is not None:
        known.append((one.usable_at, Decimal(planned)))
    return tuple(sorted(known))


def drawn_until(one: Runway) -> datetime:
    """How far a picture of it looks: a day beyond where it runs out and where money is usable."""
    ends = [one.runs_out_p50_at, one.runs_out_p90_at, one.usable_at]
    least = one.as_of + timedelta(days=3)
    last = max([least, *(at + timedelta(days=1) for at in ends if at is not None)])
    return last if one.horizon_end is None else min(last, one.horizon_end)


_FILE = pa.schema(
    [
        ("currency", pa.string()),
        ("as_of", INSTANT_UTC),
        *((name, pa.string()) for name in ("state", "reason", "action", "basis")),
        ("enough_history_at", INSTANT_UTC),
        ("balance_at", INSTANT_UTC),
        *((name, MONEY) for name in ("available", "available_now", "reserved", "floor", "target")),
        *((name, pa.bool_()) for name in ("is_floor_derived", "is_target_derived")),
        ("need", MONEY),
        ("service_level", MONEY),
        *((name, pa.int64()) for name in ("runway_p50_s", "runway_p90_s")),
        *((name, INSTANT_UTC) for name in ("runs_out_p50_at", "runs_out_p90_at")),
        *((name, INSTANT_UTC) for name in ("send_by", "usable_at")),
        *((name, MONEY) for name in ("amount_low", "amount_high")),
        *((name, INSTANT_UTC) for name in ("next_check_at", "next_peak_at", "horizon_end")),
        ("rung", pa.int64()),
        ("last_top_up.at", INSTANT_UTC),
        *((f"last_top_up.{name}", MONEY) for name in ("amount", "need", "gap_before", "gap_after")),
    ]
)


@lru_cache(maxsize=16)
def file(found: tuple[Runway, ...]) -> pa.Table:
    """The top-up worksheet: every figure of each balance, for those who take it away."""
    return as_rows(found, _FILE)
