"""What happened to the sample's first partner, and when.

Dates count back from the sample's last day, so a sample of any length tells the stories that fit
in it. The dates in the comments hold for a sample that ends on 2026-06-30. Times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from pipelines.sample.text import DAY_MS

HOUR_MS = 3_600_000
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Story:
    """One planted event: what a reader of the dashboard should be able to find."""

    name: str
    tells: str
    days_before_end: int
    hour: float = 0.0
    hours: float = 24.0
    pool_id: str | None = None


STORIES: dict[str, Story] = {
    story.name: story
    for story in (
        Story(
            "snapshots_missing",  # 2026-06-08
            "No availability snapshot of any pool for an hour: those minutes are unknown.",
            22,
            2.0,
            1.0,
        ),
        Story(
            "ledger_gaps",  # 2026-06-09
            "Three trades without a debit; for one of them the money left the balance all the "
            "same, so the day's ledger does not explain its balance.",
            21,
            9.0,
            15.0,
            "EUR-USDC",
        ),
        Story(
            "band_binds",  # 2026-06-11
            "Demand for EUR-USDT multiplies in the evening and meets the daily band: quotes end "
            "in limit_exceeded, calls to transact in velocity_limit_exceeded.",
            19,
            15.0,
            6.0,
            "EUR-USDT",
        ),
        Story(
            "webhooks_fail",  # 2026-06-12
            "The partner's receiver is down for an hour: first deliveries fail, a retry arrives.",
            18,
            10.0,
            1.0,
        ),
        Story(
            "late_records",  # 2026-06-13
            "An exporter was down for two hours: its quotes and trades come in a file of their "
            "own, days later.",
            17,
            14.0,
            2.0,
            "GBP-USDT",
        ),
        Story(
            "quotes_seen_again",  # 2026-06-14
            "Rejected quotes were first recorded while still open, and once more with their "
            "rejection.",
            16,
        ),
        Story(
            "band_raised",  # 2026-06-15
            "The operator raises the daily band of EUR-USDT by 40 %.",
            15,
            -2.0,  # midnight in Berlin
            0.0,
            "EUR-USDT",
        ),
        Story(
            "debit_without_trade",  # 2026-06-16
            "A debit refers to a quote that no trade carries.",
            14,
            11.0,
            0.0,
            "EUR-USDT",
        ),
        Story(
            "outage",  # 2026-06-17
            "EUR-USDC is unavailable for five hours (pool_dry, engine_unavailable), then reopens.",
            13,
            8.25,
            5.0,
            "EUR-USDC",
        ),
        Story(
            "amount_off",  # 2026-06-18
            "A debit is one cent larger than its trade.",
            12,
            9.0,
            15.0,
            "GBP-USDT",
        ),
        Story(
            "slow_release",  # 2026-06-19 and 20
            "A release of the partner's app accepts EUR-EURC quotes too slowly: for two days many "
            "expire, some meet a conflict.",
            11,
            6.0,
            42.0,
            "EUR-EURC",
        ),
        Story(
            "dead_letters",  # 2026-06-21
            "Two webhook events are dead-lettered after five attempts.",
            9,
            12.0,
            12.0,
        ),
        Story(
            "reservations_stuck",  # 2026-06-22 to 27, one a day
            "Six trades stay reserved and never reach an end.",
            8,
            10.0,
            144.0,
        ),
        Story(
            "rate_wobble",  # 2026-06-23
            "The pricing source of GBP-USDT wobbles for three hours: rate_unavailable.",
            7,
            13.0,
            3.0,
            "GBP-USDT",
        ),
        Story(
            "balance_low",  # paused from 2026-06-23, dry in the evening of the 25th
            "EUR top-ups have come short for two weeks, and stop until calls are refused for "
            "insufficient_balance; twelve hours later a transfer arrives.",
            7,
            0.0,
            168.0,
        ),
        Story(
            "refund_missing",  # 2026-06-24
            "A released trade never gets its refund.",
            6,
            9.0,
            15.0,
            "EUR-USDT",
        ),
        Story(
            "trades_returned",  # traded 2026-06-24, returned 25 to 27
            "Four settled trades are returned and refunded; no webhook tells of it.",
            6,
            8.0,
            16.0,
            "BRL-USDT",
        ),
        Story(
            "orders_missing",  # 2026-06-26
            "Two trades without an order of the partner, and an order without a trade.",
            4,
            9.0,
            15.0,
            "EUR-EURC",
        ),
        Story(
            "duplicate_entry",  # 2026-06-27
            "The ledger books one debit twice, under two entry ids.",
            3,
            9.0,
            15.0,
            "EUR-USDC",
        ),
        Story(
            "contradictions",  # 2026-06-28
            "A quote and a trade come a second time with other amounts (conflict); a settled "
            "trade is later said to have failed (illegal transition).",
            2,
            9.0,
            15.0,
            "EUR-USDT",
        ),
    )
}


def epoch_ms(day: date) -> int:
    """The first millisecond of a UTC day, since 1970."""
    return int(datetime.combine(day, time(), UTC).timestamp()) * 1_000


@dataclass(frozen=True)
class Calendar:
    """The days of a sample, and the stories that fit in them (none when `told` is false)."""

    end: date
    days: int
    told: bool

    @property
    def first(self) -> date:
        """The first day."""
        return self.end - timedelta(days=self.days - 1)

    @property
    def begin_ms(self) -> int:
        """The first instant."""
        return epoch_ms(self.first)

    @property
    def horizon_ms(self) -> int:
        """The first instant after the last day: nothing is known from here on."""
        return self.begin_ms + self.days * DAY_MS

    def day(self, number: int) -> date:
        """The day of this number, from 0."""
        return self.first + timedelta(days=number)

    def fits(self, name: str) -> bool:
        """Whether a story is part of this sample."""
        return self.told and STORIES[name].days_before_end < self.days

    def span(self, name: str) -> tuple[int, int]:
        """Begin and end of a story, in milliseconds; an empty span when it is not told."""
        if not self.fits(name):
            return self.horizon_ms, self.horizon_ms
        story = STORIES[name]
        begin = epoch_ms(self.end) - story.days_before_end * DAY_MS + round(story.hour * HOUR_MS)
        return begin, begin + round(story.hours * HOUR_MS)
