"""A partner's life in a serving database in memory: trades by day and hour, ledger, balance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow as pa

from pipelines.settings import Settings
from pipelines.windows import format_instant
from tests.metrics.conftest import CURRENCY, POOL, Serving

SETTINGS = Settings(home=Path("home"))
START = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday; the clocks of Europe move on 29 March."""

_MORE_TABLES = """
create table landed_days(kind varchar, day date, records bigint, late_records bigint);
create table ledger_buckets(
    day date, bucket timestamp, currency varchar, reason varchar, entries bigint,
    amount decimal(38, 8)
);
create table balance_marks(
    day date, bucket timestamp, currency varchar, observed_at timestamp,
    visible_balance decimal(28, 8), reserved_amount decimal(28, 8),
    balance_available decimal(28, 8), ledger_in_bucket decimal(38, 8),
    reserved_in_bucket decimal(38, 8)
);
"""


class Life(Serving):
    """Trades of one pool and more, with their debits, as regular as a week is."""

    def __init__(self, zone: str = "Europe/Berlin", band: str | None = "2000") -> None:
        self._held: dict[str, list[dict[str, object]]] | None = None
        super().__init__()
        self.connection.execute(_MORE_TABLES)
        self.program("p", zone)
        if band is not None:
            self.limit("daily_band", band, pool=POOL)

    def add(self, table: str, **values: object) -> None:
        """Insert a row, or hold it until the days that are being lived are over."""
        if self._held is None or table == "lanes":
            super().add(table, **values)
        else:
            self._held.setdefault(table, []).append(values)

    def _let_go(self) -> None:
        held, self._held = self._held or {}, None
        for table, rows in held.items():
            self.connection.register("held_rows", pa.Table.from_pylist(rows))
            self.connection.execute(f"insert into {table} by name select * from held_rows")
            self.connection.unregister("held_rows")

    def days(
        self, first: int, last: int, *, seed: int = 1, scale: Decimal = Decimal(1), pool: str = POOL
    ) -> None:
        """Live the days from `first` to before `last`, counted from `START`."""
        self._held = {}
        for day in range(first, last):
            rng = Random(f"{seed} {pool} {day}")
            for hour in range(24):
                for _ in range(_orders(rng, day % 7, hour)):
                    minutes = 15 * rng.randrange(4)
                    at = START + timedelta(days=day, hours=hour, minutes=minutes)
                    fails = rng.random() < 0.05
                    self.order(at, Decimal(rng.randrange(5, 60)) * scale, pool=pool, fails=fails)
            self.landed(day)
        self._let_go()

    def order(
        self, at: datetime, amount: Decimal, *, pool: str = POOL, fails: bool = False
    ) -> None:
        """One trade and its debit; one that fails does so half an hour later."""
        later = format_instant(at + timedelta(minutes=30))
        self.trade(
            format_instant(at), str(amount), pool=pool, **{"failed" if fails else "settled": later}
        )
        self.entry(at, "buy_debit", -amount)
        if fails:
            self.entry(at + timedelta(minutes=30), "buy_refund", amount)

    def entry(self, at: datetime, reason: str, amount: Decimal) -> None:
        bucket = self.bucket(format_instant(at))
        assert bucket is not None
        self.add(
            "ledger_buckets",
            day=bucket.date(),
            bucket=bucket,
            currency=CURRENCY,
            reason=reason,
            entries=1,
            amount=amount,
        )

    def landed(self, day: int) -> None:
        self.add("landed_days", kind="trades", day=(START + timedelta(days=day)).date(), records=1)

    def snapshot(self, at: datetime, available: str, *, reserved: str = "0") -> None:
        """A balance of which `available` is free, on a quarter of an hour."""
        visible = Decimal(available) + Decimal(reserved)
        text = format_instant(at)
        self.balance(text, str(visible), reserved=reserved, available=available)
        self.add(
            "balance_marks",
            day=at.date(),
            bucket=self.bucket(text),
            currency=CURRENCY,
            observed_at=at.replace(tzinfo=None),
            visible_balance=visible,
            reserved_amount=Decimal(reserved),
            balance_available=Decimal(available),
            ledger_in_bucket=Decimal(0),
            reserved_in_bucket=Decimal(0),
        )

    def reaches(self, at: datetime) -> None:
        """Every required source has reached this instant."""
        self.connection.execute("update build set watermark = ?", [at.replace(tzinfo=None)])

    def forget_from(self, at: datetime) -> None:
        """Remove what happened from an instant on, as if it were still to come."""
        moment = at.replace(tzinfo=None)
        for table in ("trade_paths", "ledger_buckets"):
            self.connection.execute(f"delete from {table} where bucket >= ?", [moment])
        self.connection.execute(
            "update trade_paths set left_bucket = null, left_status = null where left_bucket >= ?",
            [moment],
        )
        self.connection.execute("delete from landed_days where day > ?", [moment.date()])


def _orders(rng: Random, weekday: int, hour: int) -> int:
    busy = (0.2, 1.0)[8 <= hour < 20] * (1.0 if weekday < 5 else 0.4)
    return sum(rng.random() < busy for _ in range(4))


def a_life(days: int, **choices: str | None) -> Life:
    """A life of some whole days, known to the end of the last."""
    life = Life(**choices)  # type: ignore[arg-type]
    life.days(0, days)
    life.reaches(START + timedelta(days=days))
    return life


def at_hour(day: int, hour: float) -> datetime:
    """The instant `hour` hours of UTC into a day counted from `START`."""
    return START + timedelta(days=day, hours=hour)


def instants(first: datetime, step: timedelta, count: int) -> Sequence[datetime]:
    """Some instants, equally far apart."""
    return [first + turn * step for turn in range(count)]
