"""Balances per currency: what stands now, how it moved, and between which floor and target."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from pipelines.books.queries import answer, naive, require_exact
from pipelines.windows import Window

MOST_SNAPSHOTS = 200
MOST_PAY_INS = 150


def standing_balances_table(
    connection: duckdb.DuckDBPyConnection, *, as_of: datetime, balance_max_age: timedelta
) -> pa.Table:
    """Return one row per currency: its last snapshot before `as_of`, with its floor and target.

    `state` is `known`, `old` (older than `balance_max_age`) or `none`; amounts, DECIMAL in the
    currency, are null unless it is known. `basis` names the field that `balance_available` comes
    from. `above_floor` = available - floor and `below_target` = target - available, negative
    on the far side and null where a side is not known. `age_s` is whole seconds.
    """
    parameters = {"as_of": naive(as_of), "balance_max_age": balance_max_age}
    with connection.cursor() as cursor:
        return answer(cursor, "standing_balances", parameters)


def balance_history_table(
    connection: duckdb.DuckDBPyConnection,
    window: Window,
    *,
    as_of: datetime,
    balance_max_age: timedelta,
    most: int = MOST_SNAPSHOTS,
) -> pa.Table:
    """Return the snapshots that hold in `window` up to `as_of`, at most `most` a currency.

    A snapshot holds from `holds_from` until the next one, and at most `balance_max_age`; the
    snapshots of one `stretch_no` follow each other without a gap until `known_to`. Of more than
    `most` (`snapshots` says how many) the first stays, and the last and the lowest of each part of
    the window, so that no low is lost. Empty where the window begins at `as_of` or later.
    """
    parameters = {**_bounds(window, as_of), "balance_max_age": balance_max_age, "most": most}
    with connection.cursor() as cursor:
        return answer(cursor, "balance_history", parameters)


def balance_limits_table(
    connection: duckdb.DuckDBPyConnection, window: Window, *, as_of: datetime
) -> pa.Table:
    """Return the steps of `balance_floor` and `balance_target` per currency within `window`.

    Half-open, `[in_force_from, in_force_to)`, clipped to the window and to `as_of`; where no step
    stands, no such limit was in force.
    """
    with connection.cursor() as cursor:
        return answer(cursor, "balance_limits", _bounds(window, as_of))


def pay_ins_table(
    connection: duckdb.DuckDBPyConnection,
    window: Window,
    *,
    as_of: datetime,
    most: int = MOST_PAY_INS,
) -> pa.Table:
    """Return the pay-ins of `window` up to `as_of`: how many, and how much, DECIMAL(38, 8).

    A row is a quarter of an hour, or a longer part where there are more than `most`. Raises
    UnalignedInstantError where a bound lies inside a stored bucket.
    """
    parameters = _bounds(window, as_of)
    with connection.cursor() as cursor:
        require_exact(cursor, parameters.values())
        return answer(cursor, "pay_ins", {**parameters, "most": most})


def _bounds(window: Window, as_of: datetime) -> dict[str, datetime]:
    return {"start": naive(window.start), "end": naive(min(window.end, as_of))}
