"""The bridge: what a currency held, what moved it, what it holds, and what nobody explains."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from pipelines.books.queries import answer, asked_windows, naive, require_exact
from pipelines.windows import Window


def bridge_table(
    connection: duckdb.DuckDBPyConnection, windows: Sequence[Window], *, as_of: datetime
) -> pa.Table:
    """Return one row per currency and window, in that order; windows from `as_of` on are left out.

    `opening + pay_ins - debits + refunds + unexplained = closing`, DECIMAL(38, 8) in the currency.
    Balances are what is available for new quotes, because the ledger debits what is reserved. Each
    is that of the last snapshot before its instant (`opening_basis_at`, `closing_basis_at`), with
    what the ledger moved since; null before the first. `unexplained` is null where either balance
    is, and where the window has no snapshot of its own. All is null where no ledger has arrived.
    A window closes at its end or at `as_of`, the earlier. `connection` is open on one partner's
    build; a cursor of its own is used. Raises UnalignedInstantError where a bound lies inside a
    stored bucket.
    """
    with connection.cursor() as cursor:
        asked = asked_windows(windows, as_of)
        require_exact(cursor, [*asked["window_start"].to_pylist(), *asked["closes_at"].to_pylist()])
        cursor.register("asked_windows", asked)
        return answer(cursor, "bridge", {"as_of": naive(as_of)})


def snapshots_table(
    connection: duckdb.DuckDBPyConnection, *, as_of: datetime, start: datetime | None = None
) -> pa.Table:
    """Return each balance snapshot in `[start, as_of)` by currency and time, beside the books.

    `running_ledger` is what the ledger adds up to before it, `difference` what the balance holds
    more than that since the currency's first snapshot, `reserved_per_trades` what trades held
    then, and `reserved_difference` the snapshot's `reserved_amount` less that; DECIMAL, null where
    a side is not told.
    """
    with connection.cursor() as cursor:
        start_at = None if start is None else naive(start)
        return answer(cursor, "snapshots", {"as_of": naive(as_of), "start": start_at})
