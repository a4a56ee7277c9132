"""Random choices of one world: its zone, its days, its instants and how they are spelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from . import palette

Value = TypeVar("Value")


class Draws:
    """A place, three local days of it, and choices made by the generator given."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.zone, middle = random.choice(palette.PLACES)
        days = [middle + timedelta(days=offset) for offset in range(-1, 3)]
        self.midnights = [
            datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
            for day in days
        ]
        # instants that are drawn again and again, so that events meet on them
        self.busy = [self.quarter_hour() for _ in range(8)]

    def instant(self) -> datetime:
        """On a midnight or a quarter hour, a microsecond beside one, or anywhere."""
        draw = self.random.random()
        if draw < 0.15:
            edge = self.pick(self.midnights)
        elif draw < 0.6:
            edge = self.pick(self.busy)
        else:
            edge = self.quarter_hour()
        beside = (timedelta(0), palette.MICROSECOND, -palette.MICROSECOND)
        if self.chance(0.75):
            return edge + self.random.choices(beside, (4, 1, 1))[0]
        return edge + timedelta(microseconds=self.random.randrange(15 * 60 * 1_000_000))

    def quarter_hour(self) -> datetime:
        """Any quarter hour of the three local days."""
        ticks = (self.midnights[-1] - self.midnights[0]) // palette.QUARTER
        return self.midnights[0] + self.random.randrange(ticks) * palette.QUARTER

    def text(self, moment: datetime) -> str:
        """RFC 3339, in UTC or with the zone's own offset."""
        if self.chance(0.3):
            return moment.astimezone(ZoneInfo(self.zone)).isoformat()
        return moment.isoformat().replace("+00:00", "Z")

    def pick(self, choices: Sequence[Value]) -> Value:
        """One of these."""
        return self.random.choice(choices)

    def maybe(self, value: Value, chance: float) -> Value | None:
        """The value with this chance, else None."""
        return value if self.chance(chance) else None

    def chance(self, chance: float) -> bool:
        """True with this chance."""
        return self.random.random() < chance
