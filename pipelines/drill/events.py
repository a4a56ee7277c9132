"""What a count of one lane and window is made of: each event with its instant, reason and ids.

Quotes, failed calls and ended trades are read from the facts, a window's days of one lane alone;
exceptions and reserved trades from a build, which lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.books.ageing import reserved_trades_table
from pipelines.books.queries import in_utc
from pipelines.errors import UsageError
from pipelines.places import Place
from pipelines.reading import reading
from pipelines.settings import Settings
from pipelines.windows import Window

FROM_FACTS = (
    "unavailable_quotes",
    "errored_quotes",
    "limit_errors",
    "expired_quotes",
    "undelivered_trades",
)
FROM_BUILD = ("ledger_exceptions",)
IDS = ("transact_id", "quote_id", "request_id", "entry_id", "partner_reference")
"""The ids an event may have, the one that says the most first."""

MOST_RESERVED = 100_000
_FOLDER = Path(__file__).parent
_INSTEAD = "try again, or raise --wait"
_AGES = {timedelta(days=7): "over_7d", timedelta(days=3): "3d_to_7d", timedelta(days=1): "1d_to_3d"}
_YOUNGEST = "under_1d"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which count of which lane and window, as of an aware instant."""

    name: str
    pool_id: str
    currency: str | None
    window: Window
    as_of: datetime


def read_events(settings: Settings, place: Place, asked: Asked, *, wait_seconds: float) -> pa.Table:
    """The events of a count of `FROM_FACTS`, from the facts of `place`; see `find_events`.

    Raises HomeLockedError when a writer keeps the facts for the wait.
    """
    with reading(settings, place, wait_seconds, instead=_INSTEAD) as facts:
        return find_events(facts, asked, settings.limit_error_codes)


def find_events(
    connection: duckdb.DuckDBPyConnection, asked: Asked, limit_codes: tuple[str, ...] = ()
) -> pa.Table:
    """Return one row per event, the newest first: its time, reason, ids, amount and currency.

    `connection` holds the facts for a count of `FROM_FACTS`, a build for one of `FROM_BUILD`;
    UsageError for another. `event_at` is aware UTC, `amount` DECIMAL(28, 8) or null.
    """
    if asked.name not in (*FROM_FACTS, *FROM_BUILD):
        raise UsageError(f"no events of {asked.name!r}")
    text = (_FOLDER / f"{asked.name}.sql").read_text(encoding="utf-8")
    given: Mapping[str, Any] = {
        "start": _naive(asked.window.start),
        "closes_at": _naive(min(asked.window.end, asked.as_of)),
        "as_of": _naive(asked.as_of),
        "pool_id": asked.pool_id,
        "currency": asked.currency,
        "limit_codes": list(limit_codes),
    }
    with connection.cursor() as cursor:
        (statement,) = cursor.extract_statements(text)
        used = {name: given[name] for name in statement.named_parameters}
        return in_utc(cursor.execute(statement, used).to_arrow_table())


def reserved_events(
    connection: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    over: timedelta,
    trades: str = "open_trades",
) -> pa.Table:
    """Return the trades reserved at `as_of` for longer than `over`, in the same shape by pool.

    `event_at` is when they were created, `reason` their age, `pool_id` their pool. `connection` and
    `trades` as for `reserved_trades_table`, whose errors it raises.
    """
    held = reserved_trades_table(
        connection, as_of=as_of, over=over, trades=trades, most=MOST_RESERVED
    )
    rows = [
        {
            "event_at": row["created_at"],
            "reason": _age(timedelta(seconds=row["age_s"])),
            "request_id": None,
            "quote_id": row["quote_id"],
            "transact_id": row["transact_id"],
            "entry_id": None,
            "partner_reference": row["partner_reference"],
            "amount": row["fiat_amount"],
            "currency": row["currency"],
            "pool_id": row["pool_id"],
        }
        for row in reversed(held.to_pylist())
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def read_reserved(
    settings: Settings, place: Place, *, as_of: datetime, over: timedelta, wait_seconds: float
) -> pa.Table:
    """The same from the facts of `place`, as of any instant.

    Raises HomeLockedError when a writer keeps the facts for the wait.
    """
    with reading(settings, place, wait_seconds, instead=_INSTEAD) as facts:
        return reserved_events(facts, as_of=as_of, over=over, trades="facts.trade_state")


def _age(age: timedelta) -> str:
    return next((name for over, name in _AGES.items() if age > over), _YOUNGEST)


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


_SCHEMA = pa.schema(
    [
        ("event_at", pa.timestamp("us", tz="UTC")),
        ("reason", pa.string()),
        ("request_id", pa.string()),
        ("quote_id", pa.string()),
        ("transact_id", pa.string()),
        ("entry_id", pa.string()),
        ("partner_reference", pa.string()),
        ("amount", pa.decimal128(28, 8)),
        ("currency", pa.string()),
        ("pool_id", pa.string()),
    ]
)
