"""Small random books that are as awkward as the rules allow, and the ways in which they arrive.

A world is a few dozen scenes. The records of a scene name each other by a handful of ids, so that
quotes are shared, entries doubled, parts netted; amounts, placeholders and times are shared by all
scenes, so that what only amount and time can match is often ambiguous. Times lie on the edges of
the allowance, or a microsecond beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from tests.warehouse import Record

OWNER = {"partner_id": "acme", "environment": "production"}
MIDNIGHT = datetime(2026, 6, 10, tzinfo=UTC)
TICK = timedelta(microseconds=1)
LATENESS = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
EDGES = (
    timedelta(0),
    timedelta(seconds=20),
    MINUTE,
    MINUTE + TICK,
    timedelta(minutes=7),
    LATENESS - TICK,
    LATENESS,
    LATENESS + TICK,
    timedelta(hours=1),
)
AMOUNTS = ("100", "100", "50", "100.01", "0.01", "25")
PATHS = (
    (),
    ("settled",),
    ("settled",),
    ("failed",),
    ("released",),
    ("settled", "returned"),
    ("settled", "failed"),
    ("failed", "reserved"),
)
ORDER_STATUSES = ("completed", "processing", "Failed", "cancelled")


class Scene:
    """The records of one story, or of several that cannot be told apart."""

    def __init__(self, number: int, random: Random) -> None:
        self.random = random
        self.number = number
        self.world: dict[str, list[Record]] = {}
        self.moments = [MIDNIGHT + random.choice((-1, 0, 0, 1, 3, 7, 13, 25)) * timedelta(hours=1)]
        self.trade_ids = [f"t{number}.{place}" for place in range(random.choice((1, 1, 2, 3)))]
        self.quote_ids = [f"q{number}.{place}" for place in range(random.choice((1, 2, 3)))]
        self.references = [f"o{number}.{place}" for place in range(2)]
        self.amount = random.choice((*AMOUNTS, f"7.{number:04}", f"8.{number:04}"))
        for place in self.trade_ids:
            self._trade(place)
        for place in range(random.choice((0, 1, 1, 2, 2, 3, 5))):
            self._entry(f"e{number}.{place}")
        for reference in self.references[: random.choice((0, 1, 2))]:
            self._order(reference)
        for place in range(random.choice((0, 0, 1))):
            self._quote(f"r{number}.{place}")

    def _near(self) -> datetime:
        """An edge before or after something that happened."""
        return self.random.choice(self.moments) + self.random.choice(
            (-1, 1, 1, 1)
        ) * self.random.choice(EDGES)

    def _money(self) -> str:
        return self.amount if self.random.random() < 0.8 else self.random.choice(AMOUNTS)

    def _currency(self, odds: float = 0.1) -> str:
        return "USD" if self.random.random() < odds else "EUR"

    def _trade(self, transact_id: str) -> None:
        created_at = self._near()
        told = {
            "transact_id": transact_id,
            "quote_id": self.random.choice(self.quote_ids),
            "pool_id": self.random.choice(("pool-a", "pool-b")),
            "side": "on_ramp",
            "fiat_currency": self._currency(),
            "fiat_amount": self._money(),
        }
        reference = self.random.choice((None, None, *self.references))
        moment = created_at
        for status in ("reserved", *self.random.choice(PATHS)):
            self._add(
                "trades",
                **told,
                status=status,
                status_at=moment.isoformat(),
                created_at=(created_at + self.random.choice((timedelta(0), TICK))).isoformat(),
                partner_reference=self.random.choice((None, reference)),
            )
            self.moments.append(moment)
            moment += self.random.choice(EDGES)

    def _entry(self, entry_id: str) -> None:
        reason = self.random.choice(("buy_debit", "buy_debit", "buy_debit", "buy_refund"))
        amount = self._money()
        if self.random.random() < 0.05:
            reason = "payin_credit"
        is_debit = (reason == "buy_debit") != (self.random.random() < 0.04)
        self._add(
            "ledger",
            entry_id=entry_id,
            currency=self._currency(0.13),
            delta=f"-{amount}" if is_debit else amount,
            reason=reason,
            ref=self.random.choice(
                (
                    *(self.quote_ids * 4),
                    *self.trade_ids,
                    *self.references,
                    "placeholder",
                    "n/a",
                    "placeholder",
                    f"bank{self.number}",
                )
            ),
            transact_id=self.random.choice((None, None, None, *self.trade_ids, "t404")),
            created_at=self._near().isoformat(),
        )

    def _order(self, reference: str) -> None:
        self._add(
            "orders",
            partner_reference=reference,
            pool_id=self.random.choice(("pool-a", "pool-b")),
            quote_id=self.random.choice((None, *self.quote_ids)),
            transact_id=self.random.choice((None, *self.trade_ids, "t404")),
            status=self.random.choice(ORDER_STATUSES),
            created_at=self._near().isoformat(),
        )

    def _quote(self, request_id: str) -> None:
        self._add(
            "quotes",
            request_id=request_id,
            pool_id=self.random.choice(("pool-a", "pool-b")),
            side="on_ramp",
            quote_type="firm",
            fiat_currency="EUR",
            fiat_amount=self._money(),
            available=True,
            quote_id=self.random.choice((*self.quote_ids, f"bank{self.number}")),
            requested_at=self._near().isoformat(),
        )

    def _add(self, kind: str, **told: object) -> None:
        self.world.setdefault(kind, []).append({**OWNER, **told})


CONTRADICTIONS = {
    "trades": {"fiat_amount": ("100", "50"), "quote_id": ("q-other",), "status_at": ()},
    "ledger": {"delta": ("-100", "100"), "ref": ("placeholder", "t404"), "created_at": ()},
    "orders": {"quote_id": (None, "q-other"), "status": ("completed",), "created_at": ()},
    "quotes": {"quote_id": ("q-other",), "fiat_amount": ("100",)},
}
"""What a record may say otherwise under its key; no values: another time."""


def random_books(seed: int, scenes: int) -> dict[str, list[Record]]:
    """The records of a world, by kind, some of them contradicted; in random order."""
    random = Random(seed)
    world: dict[str, list[Record]] = {}
    for number in range(scenes):
        for kind, records in Scene(number, random).world.items():
            for record in records:
                world.setdefault(kind, []).extend(_tellings(kind, record, random))
    for records in world.values():
        random.shuffle(records)
    return world


def _tellings(kind: str, record: Record, random: Random) -> Iterator[Record]:
    yield record
    if random.random() < 0.06:
        name, values = random.choice(list(CONTRADICTIONS[kind].items()))
        if values:
            yield {**record, name: random.choice(values)}
        else:
            moment = datetime.fromisoformat(str(record[name])) + random.choice(EDGES)
            yield {**record, name: moment.isoformat()}


def in_loads(
    world: dict[str, list[Record]], random: Random, *, late: int
) -> list[dict[str, Sequence[Record]]]:
    """The world as one large load and `late` small ones, whichever record comes when."""
    loads: list[dict[str, list[Record]]] = [{} for _ in range(late + 1)]
    for kind, records in world.items():
        for record in random.sample(records, len(records)):
            place = 0 if random.random() < 0.8 else random.randint(1, late)
            loads[place].setdefault(kind, []).append(record)
    return [dict(load) for load in loads if load]
