"""Short spellings of records for hand-worked examples, all of one partner on 15 June 2026."""

from __future__ import annotations

from datetime import UTC, datetime

from .facts import Records
from .rows import windows_rows

Row = dict[str, object]


def at(clock: str, day: str = "2026-06-15") -> str:
    """RFC 3339 text of a UTC clock time."""
    return f"{day}T{clock}Z" if clock.count(":") > 1 else f"{day}T{clock}:00Z"


def moment(clock: str, day: str = "2026-06-15") -> datetime:
    """The same instant as a datetime."""
    return datetime.fromisoformat(at(clock, day)).astimezone(UTC)


def owned(**fields: object) -> Row:
    """A record of partner acme in production."""
    return {"partner_id": "acme", "environment": "production", **fields}


def quote(requested_at: str, **fields: object) -> Row:
    """A firm quote of 100 EUR on pool-a unless told otherwise."""
    firm = {"quote_type": "firm", "available": True, "fiat_amount": "100", "quote_id": None}
    place = {"pool_id": "pool-a", "fiat_currency": "EUR"}
    return owned(requested_at=requested_at, **{**place, **firm, **fields})


def trade(transact_id: str, created_at: str, amount: str, **entered: str) -> list[Row]:
    """The observations of a trade of pool-a in EUR; `settled="<time>"` is one of them."""
    return [
        owned(
            transact_id=transact_id,
            quote_id=f"q-{transact_id}",
            pool_id="pool-a",
            fiat_currency="EUR",
            fiat_amount=amount,
            status=status,
            status_at=status_at,
            created_at=created_at,
        )
        for status, status_at in (entered or {"reserved": created_at}).items()
    ]


def limit(name: str, value: str, effective_from: str, **fields: object) -> Row:
    """A limit of pool-a in EUR with an open end unless told otherwise."""
    scope = {"pool_id": "pool-a", "currency": "EUR", "effective_to": None}
    return owned(limit_name=name, value=value, effective_from=effective_from, **{**scope, **fields})


def program(time_zone: str, program_id: str = "ramp", *pools: str) -> Row:
    """A program in force since 2026 began."""
    return owned(
        program_id=program_id,
        approved_pools=list(pools or ("pool-a",)),
        time_zone=time_zone,
        effective_from="2026-01-01T00:00:00Z",
    )


def rows(
    records: Records,
    *,
    start: str = "2026-06-15T10:00:00Z",
    end: str = "2026-06-15T11:00:00Z",
    as_of: str | None = "2026-06-30T00:00:00Z",
    window: str = "1h",
    basis: str = "available",
) -> list[Row]:
    """The rows of one window, by default 10:00 to 11:00 seen from the end of the month."""
    return windows_rows(
        records,
        partner_id="acme",
        environment="production",
        window=window,
        starts_ends=[(datetime.fromisoformat(start), datetime.fromisoformat(end))],
        as_of=None if as_of is None else datetime.fromisoformat(as_of),
        basis=basis,
    )


def figures(records: Records, names: str, **choices: str) -> list[object]:
    """The named figures of the only row there is."""
    (row,) = rows(records, **choices)
    return [row[name] for name in names.split()]
