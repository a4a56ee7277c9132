"""A serving database in memory, filled by hand, and asked as the product asks.

Each builder writes the row that the models would write for one event: it puts the event into its
15-minute bucket, or into the finer one that begins at a cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.sqlfiles import model_text
from pipelines.utilization import now_table, rows, windows_table
from pipelines.windows import Window, parse_instant

TABLES = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
FLOWS = model_text("flows/trade_buckets").format(catalog="main")
SCHEMA = f"""{TABLES}
create view flow_days as select distinct day from trade_paths;
create view trade_buckets as {FLOWS};
"""
QUARTER = timedelta(minutes=15)
EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - serving times are naive UTC
POOL, CURRENCY = "EUR-USDT", "EUR"


def naive(text: str | None) -> datetime | None:
    """An RFC 3339 time as the serving tables hold it."""
    return None if text is None else parse_instant(text).replace(tzinfo=None)


def window(start: str, end: str, name: str = "1h") -> Window:
    return Window(parse_instant(start), parse_instant(end), name)


class Serving:
    """One partner's serving database; builders take RFC 3339 times."""

    def __init__(self, *cuts: str) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(SCHEMA)
        self.cuts = sorted(parse_instant(cut).replace(tzinfo=None) for cut in cuts)
        self.lanes: set[tuple[str, str | None]] = set()
        self.add("build", build_id="b", cuts=self.cuts)

    def add(self, table: str, **values: object) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.connection.execute(
            f"insert into {table} ({names}) values ({marks})", list(values.values())
        )

    def lane(self, pool: str, currency: str | None) -> None:
        if (pool, currency) not in self.lanes:
            self.lanes.add((pool, currency))
            self.add("lanes", pool_id=pool, currency=currency)

    def bucket(self, text: str | None) -> datetime | None:
        at = naive(text)
        if at is None:
            return None
        aligned = EPOCH + (at - EPOCH) // QUARTER * QUARTER
        return max([aligned, *(cut for cut in self.cuts if cut <= at)])

    def _place(self, at: str, pool: str, currency: str) -> dict[str, object]:
        self.lane(pool, currency)
        bucket = self.bucket(at)
        assert bucket is not None
        return {"day": bucket.date(), "bucket": bucket, "pool_id": pool, "currency": currency}

    def quotes(
        self,
        at: str,
        *,
        pool: str = POOL,
        currency: str = CURRENCY,
        indicative: int = 0,
        firm: int = 0,
        unavailable: int = 0,
        errored: int = 0,
        limit_errored: int = 0,
        requested: str | None = None,
        quoted: str | None = None,
    ) -> None:
        self.add(
            "quote_buckets",
            **self._place(at, pool, currency),
            quote_requests=indicative + firm + unavailable + errored,
            indicative_quotes=indicative,
            firm_quotes=firm,
            unavailable_quotes=unavailable,
            errored_quotes=errored,
            limit_errored_quotes=limit_errored,
            requested_amounts=int(requested is not None),
            quoted_amounts=int(quoted is not None),
            requested_volume=Decimal(requested or 0),
            quoted_volume=Decimal(quoted or 0),
        )

    def reason(self, at: str, reason: str, quotes: int) -> None:
        self.add("reason_buckets", **self._place(at, POOL, CURRENCY), reason=reason, quotes=quotes)

    def firm(
        self,
        at: str,
        *,
        accepted: str | None = None,
        rejected: str | None = None,
        expires: str | None = None,
        quotes: int = 1,
    ) -> None:
        self.quotes(at, firm=quotes)
        self.add(
            "quote_paths",
            **self._place(at, POOL, CURRENCY),
            accepted_bucket=self.bucket(accepted),
            rejected_bucket=self.bucket(rejected),
            expires_bucket=self.bucket(expires),
            quotes=quotes,
        )

    def trade(
        self,
        created: str,
        amount: str,
        *,
        settled: str | None = None,
        failed: str | None = None,
        released: str | None = None,
        returned: str | None = None,
        pool: str = POOL,
        currency: str = CURRENCY,
    ) -> None:
        left = {"settled": settled, "failed": failed, "released": released}
        status = next((name for name, at in left.items() if at is not None), None)
        self.add(
            "trade_paths",
            **self._place(created, pool, currency),
            left_bucket=self.bucket(left[status]) if status else None,
            left_status=status,
            returned_bucket=self.bucket(returned),
            trades=1,
            notional=Decimal(amount),
            oldest_created_at=naive(created),
            largest_amount=Decimal(amount),
        )

    def errors(
        self,
        at: str,
        *,
        pool: str | None = POOL,
        limit: int = 0,
        balance: int = 0,
        conflict: int = 0,
    ) -> None:
        self.add(
            "error_buckets",
            bucket=self.bucket(at),
            pool_id=pool,
            limit_errors=limit,
            balance_errors=balance,
            transact_conflicts=conflict,
        )

    def availability(
        self, at: str, *, up_s: int = 0, down_s: int = 0, reopened: str | None = None
    ) -> None:
        self.add(
            "availability_buckets",
            bucket=self.bucket(at),
            pool_id=POOL,
            available_us=up_s * 1_000_000,
            unavailable_us=down_s * 1_000_000,
            reopened_at=naive(reopened),
        )

    def balance(
        self,
        at: str,
        visible: str,
        *,
        reserved: str | None = None,
        available: str | None = None,
        currency: str = CURRENCY,
    ) -> None:
        self.add(
            "balances",
            currency=currency,
            observed_at=naive(at),
            visible_balance=Decimal(visible),
            reserved_amount=None if reserved is None else Decimal(reserved),
            available_for_new_quotes=None if available is None else Decimal(available),
        )

    def limit(
        self,
        name: str,
        value: str,
        *,
        start: str = "2020-01-01T00:00:00Z",
        end: str | None = None,
        pool: str | None = None,
        currency: str = CURRENCY,
    ) -> None:
        self.add(
            "limits",
            pool_id=pool,
            limit_name=name,
            value=Decimal(value),
            currency=currency,
            effective_from=naive(start),
            effective_to=naive(end),
        )

    def program(
        self,
        program_id: str,
        zone: str,
        *,
        pools: Sequence[str] = (POOL,),
        start: str = "2020-01-01T00:00:00Z",
    ) -> None:
        self.add(
            "programs",
            program_id=program_id,
            effective_from=naive(start),
            approved_pools=list(pools),
            time_zone=zone,
        )

    def ask(
        self, *windows: Window, as_of: str = "2027-01-01T00:00:00Z", **choices: Any
    ) -> list[dict[str, Any]]:
        table = windows_table(self.connection, windows, as_of=parse_instant(as_of), **choices)
        return list(rows(table, partner_id="acme", environment="production"))

    def one(
        self, start: str, end: str, name: str = "1h", as_of: str = "2027-01-01T00:00:00Z"
    ) -> dict[str, Any]:
        """The one row of a database with one lane."""
        self.lane(POOL, CURRENCY)
        (row,) = self.ask(window(start, end, name), as_of=as_of)
        return row

    def now(self, at: str) -> list[dict[str, Any]]:
        table = now_table(self.connection, at=parse_instant(at))
        return list(rows(table, partner_id="acme", environment="production"))


@pytest.fixture
def serving() -> Iterator[Serving]:
    """An empty serving database without cuts."""
    database = Serving()
    yield database
    database.connection.close()
