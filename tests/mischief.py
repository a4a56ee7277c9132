"""What a world goes through before it arrives: told twice, contradicted, split and shuffled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

from tests.warehouse import FORMS, OWNER, Record, World, write_records

Item = TypeVar("Item")
DECISIVE = {
    "quotes": ("fiat_amount", ("77.7", "88.8")),
    "trades": ("fiat_amount", ("77.7", "88.8")),
    "ledger": ("delta", ("-1", "12.5")),
    "balances": ("visible_balance", ("1", "2")),
    "availability": ("available", (True, False)),
    "errors": ("http_status", (402, 409)),
    "limits": ("value", ("5", "6")),
    "programs": ("time_zone", ("Asia/Tokyo", "America/Lima")),
}
"""A field of each kind that decides figures, and values that contradict what was told."""


def of_owner(world: World, owner: tuple[str, str] = OWNER) -> dict[str, list[Record]]:
    """The records of one owner alone."""
    return {
        kind: [each for each in records if (each["environment"], each["partner_id"]) == owner]
        for kind, records in world.items()
    }


def contradicted(world: World, random: Random) -> dict[str, list[Record]]:
    """The world with a share of its records told again, otherwise, or with what came later."""
    return {
        kind: [each for record in records for each in _tellings(kind, record, random)]
        for kind, records in world.items()
    }


def _tellings(kind: str, record: Record, random: Random) -> Iterator[Record]:
    yield record
    if random.random() < 0.2:
        yield {**record, "source": random.choice(("api", "webhook"))}
    field, values = DECISIVE[kind]
    if random.random() < 0.2:
        yield {**record, field: random.choice(values)}
    if random.random() < 0.1:
        yield {**record, field: random.choice(values), "program_id": "ramp-9"}
    if kind == "quotes" and record.get("quote_id") is not None and random.random() < 0.5:
        yield {**record, "rejected_at": None}
        yield {**record, "rejected_at": record["expires_at"]}


def scattered(folder: Path, world: World, random: Random) -> list[list[Path]]:
    """Write a world in several files of any form, in any order, some twice, as loads of files."""
    files = []
    for kind, records in world.items():
        shuffled = random.sample(list(records), len(records))
        for number, part in enumerate(_parts(shuffled, random)):
            form = "jsonl" if kind == "programs" else random.choice(FORMS)
            files.append(write_records(folder / f"{kind}-{number}.{form}", part))
    files += random.sample(files, len(files) // 4)
    random.shuffle(files)
    return list(_parts(files, random))


def _parts(items: Sequence[Item], random: Random) -> Iterator[list[Item]]:
    """Cut a sequence into one to three pieces."""
    cuts = sorted(random.randrange(len(items) + 1) for _ in range(random.randrange(3)))
    for start, end in zip([0, *cuts], [*cuts, len(items)], strict=True):
        if start < end:
            yield list(items[start:end])
