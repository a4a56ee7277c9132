"""A steady month in memory, and what can be done to its last hours, for tests of single rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.findings.finding import Finding
from pipelines.findings.judging import read_findings
from pipelines.findings.options import Options
from tests.metrics.conftest import SCHEMA

HERE = Path(__file__).parent
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
POOL, OTHER, THIRD = "EUR-USDT", "EUR-USDC", "GBP-USDT"


def naive(instant: datetime) -> datetime:
    """An aware instant as the serving tables hold it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def ago(**length: float) -> datetime:
    """So long before `NOW`, as the serving tables hold it."""
    return naive(NOW - timedelta(**length))


class Month:
    """Thirty steady days of three pools up to `NOW`; nothing fires in them."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(SCHEMA)
        self.connection.execute((HERE / "webhooks.sql").read_text(encoding="utf-8"))
        steady = (HERE / "steady.sql").read_text(encoding="utf-8")
        for statement in self.connection.extract_statements(steady):
            given = {"now": naive(NOW)} if statement.named_parameters else {}
            self.connection.execute(statement, given)

    def set(self, table: str, what: str, *, hours: float, pool: str | None = POOL) -> None:
        """Change the rows of the last `hours`, of one pool or of all where `pool` is None."""
        of = "" if pool is None else f" and pool_id = '{pool}'"
        self.connection.execute(
            f"update {table} set {what} where bucket >= ?{of}", [ago(hours=hours)]
        )

    def drop(self, table: str, *, hours: float, pool: str | None = POOL) -> None:
        """Take the rows of the last `hours` away."""
        of = "" if pool is None else f" and pool_id = '{pool}'"
        self.connection.execute(f"delete from {table} where bucket >= ?{of}", [ago(hours=hours)])

    def add(self, table: str, **values: object) -> None:
        """One more row."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self.connection.execute(
            f"insert into {table} ({names}) values ({marks})", list(values.values())
        )

    def trade(self, pool: str = POOL, *, hours: float, notional: int = 50, **values: Any) -> None:
        """A trade created so many hours ago, still reserved unless told."""
        self.add(
            "trade_paths",
            bucket=ago(hours=hours),
            pool_id=pool,
            currency=pool[:3],
            trades=1,
            notional=notional,
            oldest_created_at=ago(hours=hours),
            largest_amount=notional,
            **values,
        )

    def errors(self, *, hours: float, pool: str | None = POOL, **counts: int) -> None:
        """Failed calls to transact, so many hours ago."""
        zero = {"limit_errors": 0, "balance_errors": 0, "transact_conflicts": 0}
        self.add("error_buckets", bucket=ago(hours=hours), pool_id=pool, **{**zero, **counts})

    def exception(
        self,
        kind: str,
        *,
        hours: float,
        closed: float | None = None,
        pool: str | None = POOL,
        entry_id: str | None = None,
    ) -> None:
        """An exception that opened so many hours ago, and closed so many hours ago."""
        self.add(
            "exceptions",
            exception_id=f"{kind}-{hours}",
            kind=kind,
            pool_id=pool,
            event_at=ago(hours=hours),
            opens_at=ago(hours=hours),
            closes_at=None if closed is None else ago(hours=closed),
            is_current=True,
            entry_id=entry_id or f"le_{kind}",
        )

    def findings(self, options: Options | None = None, **asked: Any) -> list[Finding]:
        """What all rules say at `NOW`, or as asked."""
        moments = {"as_of": NOW, "watermark": NOW, **asked}
        return read_findings(self.connection, options=options or Options(), **moments)

    def told(
        self, rule: str, about: str | None = POOL, options: Options | None = None, **asked: Any
    ) -> Finding:
        """What one rule says of a pool, a currency or, where None, of neither."""
        (found,) = [
            finding
            for finding in self.findings(options, **asked)
            if finding.rule == rule
            and about in (finding.pool_id, finding.currency)
            and (about is not None or finding.pool_id is finding.currency is None)
        ]
        return found
