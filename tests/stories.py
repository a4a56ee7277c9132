"""One order from its quote to its refund, in records of every kind, for tests of evidence."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.evidence import evidence
from pipelines.story import Story
from tests.warehouse import OWNER, ingest_world, place_of, settings_of

Record = dict[str, Any]
World = dict[str, list[Record]]
IDS = {
    "request": "req-1",
    "quote": "quote-1",
    "trade": "trade-1",
    "event": "event-settled-1",
    "order": "order-1",
    "ledger_entry": "entry-debit-1",
}
"""Every id by which the first order can be asked for."""

TRADE_CALL = "req-call-1"
AS_OF = datetime(2026, 6, 9, tzinfo=UTC)


def at(text: str) -> str:
    """`3 10:00` is the third of June at ten."""
    day, time = text.split()
    return f"2026-06-{int(day):02}T{time}:00Z"


def quote(number: int = 1, when: str = "1 10:00", **fields: Any) -> Record:
    """A firm quote that expires after a quarter of an hour."""
    return {
        **_scope(),
        "request_id": f"req-{number}",
        "quote_id": f"quote-{number}",
        **_lane(),
        "quote_type": "firm",
        "available": True,
        "rate": "1.0731",
        "requested_at": at(when),
        "expires_at": at(f"{when.split(maxsplit=1)[0]} 10:15"),
        **fields,
    }


def trade(status: str, when: str, number: int = 1, **fields: Any) -> Record:
    """One observation of the trade of a quote."""
    return {
        **_scope(),
        "transact_id": f"trade-{number}",
        "quote_id": f"quote-{number}",
        "request_id": f"req-call-{number}",
        "partner_reference": f"order-{number}",
        **_lane(),
        "status": status,
        "status_at": at(when),
        "created_at": at("1 10:01"),
        **fields,
    }


def entry(reason: str, delta: str, when: str, number: int = 1, **fields: Any) -> Record:
    """A ledger entry that refers to the quote."""
    return {
        **_scope(),
        "entry_id": f"entry-{reason.partition('_')[2]}-{number}",
        "currency": "EUR",
        "delta": delta,
        "reason": reason,
        "ref": f"quote-{number}",
        "created_at": at(when),
        **fields,
    }


def order(number: int = 1, **fields: Any) -> Record:
    """The partner's own record."""
    return {
        **_scope(),
        "partner_reference": f"order-{number}",
        "pool_id": "EUR-USDT",
        "quote_id": f"quote-{number}",
        "transact_id": f"trade-{number}",
        "status": "done",
        "created_at": at("1 10:01"),
        **fields,
    }


def webhook(status: str, when: str, number: int = 1, **fields: Any) -> Record:
    """A delivery of the event of the trade's end."""
    return {
        **_scope(),
        "event_id": f"event-{status}-{number}",
        "attempt": 1,
        "event_type": f"pool.transaction.{status}",
        "transact_id": f"trade-{number}",
        "outcome": "delivered",
        "occurred_at": at(when),
        **fields,
    }


def failed_call(number: int = 1, **fields: Any) -> Record:
    """A call to transact that met a conflict."""
    return {
        **_scope(),
        "request_id": f"req-failed-{number}",
        "operation": "transact",
        "pool_id": "EUR-USDT",
        "quote_id": f"quote-{number}",
        "http_status": 409,
        "error_code": "conflict",
        "occurred_at": at("1 10:02"),
        **fields,
    }


def ticket(**fields: Any) -> Record:
    """An open escalation of the first trade."""
    return {
        **_scope(),
        "ticket_id": "ticket-1",
        "ticket_type": "escalation",
        "severity": "S2",
        "transact_id": "trade-1",
        "opened_at": at("2 09:00"),
        "updated_at": at("2 09:00"),
        **fields,
    }


def whole() -> World:
    """An order that was settled, then returned and refunded; nothing is missing."""
    return {
        "quotes": [quote()],
        "trades": [
            trade("reserved", "1 10:01"),
            trade("settled", "1 10:05"),
            trade("returned", "3 12:00"),
        ],
        "ledger": [
            entry("buy_debit", "-100.00", "1 10:01"),
            entry("buy_refund", "100.00", "3 12:00"),
        ],
        "orders": [order()],
        "webhooks": [webhook("settled", "1 10:05")],
        "errors": [failed_call()],
        "tickets": [ticket()],
    }


def others(count: int = 20) -> World:
    """Orders of other ids, so that a story has something to leave out."""
    numbers = range(100, 100 + count)
    return {
        "quotes": [quote(number) for number in numbers],
        "trades": [trade("reserved", "1 10:01", number) for number in numbers],
        "ledger": [entry("buy_debit", "-100.00", "1 10:01", number) for number in numbers],
        "orders": [order(number) for number in numbers],
        "webhooks": [webhook("failed", "1 10:09", number) for number in numbers],
    }


def late() -> World:
    """One quote much later, so that the watermark has passed everything else."""
    when = {"requested_at": at("8 00:00"), "expires_at": at("8 00:15")}
    return {
        "quotes": [quote(900, **when)],
        "trades": [
            trade("reserved", "8 00:00", 900, created_at=at("8 00:00"), partner_reference=None)
        ],
        "ledger": [entry("payin_credit", "5000.00", "8 00:00", 900, ref="transfer-1")],
    }


def together(*worlds: World) -> World:
    """All records of several worlds."""
    kinds = dict.fromkeys(kind for world in worlds for kind in world)
    return {kind: [r for world in worlds for r in world.get(kind, [])] for kind in kinds}


def load(home: Path, *worlds: World) -> Path:
    """Ingest worlds, with one late quote after them, into a home."""
    ingest_world(home, together(*worlds, late()))
    return home


def story(
    home: Path, asked: str, as_of: datetime | None = AS_OF, owner: tuple[str, str] = OWNER
) -> Story:
    """The story of an id."""
    return evidence(settings_of(home), place_of(home, owner), asked, as_of, wait_seconds=0)


def told(found: Story) -> list[tuple[str, str, str]]:
    """What makes two stories the same: kind, time and key of each record, and the match."""
    keys = ("entry_id", "event_id", "ticket_id", "status", "request_id", "partner_reference")
    return [
        (
            record.kind,
            record.at.isoformat(),
            next(str(record.fields[key]) for key in keys if record.fields.get(key)),
        )
        for record in found.records
    ]


def lacks(found: Story) -> set[str]:
    """What is missing."""
    return {item.what for item in found.missing}


def put(home: Path, table: str, rows: Iterable[Record]) -> None:
    """Write rows into a table of the facts, as a reconciliation does."""
    with closing(duckdb.connect(str(place_of(home).facts))) as connection:
        for row in rows:
            names = ", ".join(row)
            values = ", ".join(f"${name}" for name in row)
            connection.execute(f"insert into {table} ({names}) values ({values})", row)


def _scope() -> Record:
    return {"partner_id": OWNER[1], "environment": OWNER[0]}


def _lane() -> Record:
    return {
        "pool_id": "EUR-USDT",
        "side": "on_ramp",
        "fiat_currency": "EUR",
        "fiat_amount": "100.00",
        "network": "tron",
    }
