"""What the Finance page asks, remembered per build as in `dashboard.store`."""

from __future__ import annotations

from datetime import timedelta

from dashboard.remembering import remembered
from dashboard.store import Bounds, Key, first_event, opened
from pipelines.books.ageing import reserved_ageing_table, reserved_trades_table
from pipelines.books.balances import (
    balance_history_table,
    balance_limits_table,
    pay_ins_table,
    standing_balances_table,
)
from pipelines.books.bridge import bridge_table
from pipelines.books.exceptions import exceptions_table, reconciliation_table
from pipelines.books.webhooks import missing_webhooks_table, webhook_health_table
from pipelines.periods import Period, cut
from pipelines.utilization import windows_table
from pipelines.windows import Window, parse_instant
from reports import movements
from reports.figures import Answer
from reports.found import Found

Plain = tuple[str, str, Bounds, str, bool]
"""A period as `dashboard.store.plain` gives it."""


@remembered(32)
def moved(key: Key, period: Plain, pools: tuple[str, ...]) -> Answer:
    """What quotes and trades of a period moved, per lane, and nothing else of it."""
    asked = _period(period)
    table = windows_table(
        opened(key).connection,
        [asked.window],
        as_of=asked.as_of,
        pools=pools,
        families=movements.FAMILIES,
    )
    return Answer(asked, table, pools, first_event(key))


@remembered(32)
def standing(key: Key, as_of: str, balance_max_age_s: float) -> Found:
    """What stands in each currency's balance."""
    max_age = timedelta(seconds=balance_max_age_s)
    moment = parse_instant(as_of)
    connection = opened(key).connection
    return Found(standing_balances_table(connection, as_of=moment, balance_max_age=max_age))


@remembered(32)
def history(key: Key, period: Plain, balance_max_age_s: float) -> Found:
    """The balance snapshots of a period."""
    asked = _period(period)
    return Found(
        balance_history_table(
            opened(key).connection,
            asked.window,
            as_of=asked.as_of,
            balance_max_age=timedelta(seconds=balance_max_age_s),
        )
    )


@remembered(32)
def limits(key: Key, period: Plain) -> Found:
    """The floors and targets of a period."""
    asked = _period(period)
    return Found(balance_limits_table(opened(key).connection, asked.window, as_of=asked.as_of))


@remembered(32)
def pay_ins(key: Key, period: Plain) -> Found:
    """The pay-ins of a period."""
    asked = _period(period)
    return Found(pay_ins_table(opened(key).connection, asked.window, as_of=asked.as_of))


@remembered(32)
def bridge(key: Key, period: Plain) -> Found:
    """The bridge of a whole period."""
    asked = _period(period)
    return Found(bridge_table(opened(key).connection, [asked.window], as_of=asked.as_of))


@remembered(32)
def bridge_by_day(key: Key, period: Plain) -> Found:
    """The bridge of each local day of a period."""
    asked = _period(period)
    days = cut(asked, "day", "day")
    return Found(bridge_table(opened(key).connection, days, as_of=asked.as_of))


@remembered(32)
def ageing(key: Key, as_of: str) -> Found:
    """What is reserved, by age."""
    return Found(reserved_ageing_table(opened(key).connection, as_of=parse_instant(as_of)))


@remembered(32)
def long_reserved(key: Key, as_of: str, over_s: float, pools: tuple[str, ...]) -> Found:
    """The trades of some pools reserved for longer than an age."""
    moment, over = parse_instant(as_of), timedelta(seconds=over_s)
    connection = opened(key).connection
    return Found(reserved_trades_table(connection, as_of=moment, over=over, pools=pools))


@remembered(32)
def reconciliation(key: Key, as_of: str) -> Found:
    """What ties out, and what is open, per currency."""
    return Found(reconciliation_table(opened(key).connection, as_of=parse_instant(as_of)))


@remembered(32)
def exceptions(key: Key, as_of: str, states: tuple[str, ...]) -> Found:
    """The exceptions in some states, the oldest first."""
    moment = parse_instant(as_of)
    return Found(exceptions_table(opened(key).connection, as_of=moment, states=states))


@remembered(32)
def webhooks(key: Key, period: Plain, lateness_s: float) -> Found:
    """What became of the webhooks of a period."""
    asked, lateness = _period(period), timedelta(seconds=lateness_s)
    connection = opened(key).connection
    return Found(
        webhook_health_table(connection, [asked.window], as_of=asked.as_of, lateness=lateness)
    )


@remembered(32)
def missing_webhooks(key: Key, period: Plain, lateness_s: float) -> Found:
    """The trades that ended in a period and whose webhook did not come."""
    asked = _period(period)
    return Found(
        missing_webhooks_table(
            opened(key).connection,
            as_of=asked.as_of,
            lateness=timedelta(seconds=lateness_s),
            start=asked.window.start,
            end=asked.window.end,
        )
    )


def _period(plain: Plain) -> Period:
    preset, zone, (start, end, name), as_of, is_open = plain
    window = Window(parse_instant(start), parse_instant(end), name)
    return Period(preset, zone, window, parse_instant(as_of), is_open)
