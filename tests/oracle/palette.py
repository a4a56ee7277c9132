"""The values worlds are made of, chosen for the edges they sit on."""

from __future__ import annotations

from datetime import date, timedelta

OWNERS = (("acme", "production"), ("acme", "sandbox"), ("bolt-pay", "production"))
"""(partner_id, environment); most records belong to the first."""

CURRENCIES = ("EUR", "USD")

PLACES = (
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Kolkata", date(2026, 6, 30)),
    ("UTC", date(2026, 3, 1)),
)
"""(zone, middle day): the days on which clocks change, and two ends of a month."""

AMOUNTS = ("0", "0.00000001", "3", "25", "33.33333333", "100.10", "250.5", "999.99999999", "1000")
HUGE_AMOUNT = "12345678901234567890.12345678"
LIMIT_VALUES = ("0", "0.5", "7", "1000", "2500.50", "3000000")
BALANCES = ("-12.5", "0", "40.00000001", "500", "12000")

REASONS = ("pool_dry", "engine_unavailable", "rate_unavailable", "other", None)
HTTP_STATUSES = (400, 402, 403, 409, 422, 429, 500, 503)
ERROR_CODES = (
    "amount_below_min",
    "amount_above_max",
    "limit_exceeded",
    "velocity_limit_exceeded",
    "rate_limited",
    "internal",
    "other",
    None,
)

PATHS = (
    ("reserved",),
    ("reserved", "settled"),
    ("settled",),
    ("reserved", "settled", "returned"),
    ("reserved", "failed"),
    ("reserved", "released"),
    # each has a move that is illegal, unless a tie in time lets the rank reorder it
    ("returned",),
    ("settled", "reserved"),
    ("failed", "settled", "returned"),
    ("reserved", "settled", "released"),
    ("reserved", "settled", "failed", "released", "returned"),
)

QUARTER = timedelta(minutes=15)
MICROSECOND = timedelta(microseconds=1)
STEPS = (
    timedelta(0),
    MICROSECOND,
    timedelta(seconds=30),
    QUARTER - MICROSECOND,
    QUARTER,
    timedelta(hours=1),
    timedelta(hours=24),
    timedelta(hours=26, minutes=7),
)
"""How long after one event the next one may come."""

SNAPSHOT_STEPS = (
    timedelta(seconds=20),
    timedelta(minutes=5),
    timedelta(minutes=10) - MICROSECOND,
    timedelta(minutes=10),
    timedelta(minutes=10) + MICROSECOND,
    QUARTER,
    timedelta(minutes=47),
)
"""Gaps between availability snapshots, under and over ten minutes."""

EVENT_TIMES = {
    "quotes": ("requested_at", "expires_at", "rejected_at"),
    "trades": ("created_at", "status_at"),
    "ledger": ("created_at",),
    "errors": ("occurred_at",),
    "balances": ("observed_at",),
    "availability": ("observed_at",),
}
"""The fields of each kind that say when something happened."""
