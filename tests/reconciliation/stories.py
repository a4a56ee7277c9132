"""Small books to tell a story with: a trade, its entries, its order, by the minute of one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.books.exceptions import exceptions_table
from pipelines.serving import opened
from tests.warehouse import Record, ingest_world, place_of

MORNING = datetime(2026, 6, 10, 9, tzinfo=UTC)
OWNER = {"partner_id": "acme", "environment": "production"}


def at(minutes: float) -> str:
    """RFC 3339, so many minutes after nine."""
    return (MORNING + timedelta(minutes=minutes)).isoformat()


def trade(
    number: int,
    minutes: float,
    amount: str = "100.00",
    *,
    ends: str = "",
    after: float = 1,
    **more: Any,
) -> list[Record]:
    """The observations of trade `t<number>` with quote `q<number>`: reserved, then how it ends."""
    told = {
        **OWNER,
        "transact_id": f"t{number}",
        "quote_id": f"q{number}",
        "pool_id": "EUR-USDT",
        "side": "on_ramp",
        "fiat_currency": "EUR",
        "fiat_amount": amount,
        "created_at": at(minutes),
        **more,
    }
    steps = [("reserved", minutes)]
    if ends == "returned":
        steps += [("settled", minutes + after), ("returned", minutes + 2 * after)]
    elif ends:
        steps.append((ends, minutes + after))
    return [{**told, "status": status, "status_at": at(when)} for status, when in steps]


def entry(number: int | str, minutes: float, delta: str, ref: str, **more: Any) -> Record:
    """Ledger entry `e<number>`: a debit below zero, a refund above."""
    reason = "buy_debit" if delta.startswith("-") else "buy_refund"
    return {
        **OWNER,
        "entry_id": f"e{number}",
        "currency": "EUR",
        "delta": delta,
        "reason": reason,
        "ref": ref,
        "created_at": at(minutes),
        **more,
    }


def clock(minutes: float) -> dict[str, list[Record]]:
    """Records that move the watermark to so many minutes after nine, in a pool of their own."""
    quote = {
        **OWNER,
        "request_id": f"r-{minutes}",
        "pool_id": "GBP-USDT",
        "side": "on_ramp",
        "quote_type": "indicative",
        "fiat_currency": "GBP",
        "available": False,
        "requested_at": at(minutes),
    }
    tick = trade(9000 + round(minutes), minutes, "1.00", fiat_currency="GBP", pool_id="GBP-USDT")
    paid = entry(f"-tick-{minutes}", minutes, "-1.00", f"q{9000 + round(minutes)}", currency="GBP")
    return {"quotes": [quote], "trades": tick, "ledger": [paid]}


def world(*parts: Mapping[str, Sequence[Record]]) -> dict[str, list[Record]]:
    """The records of several worlds together."""
    together: dict[str, list[Record]] = {}
    for part in parts:
        for kind, records in part.items():
            together.setdefault(kind, []).extend(records)
    return together


def load(home: Path, *parts: Mapping[str, Sequence[Record]], **choices: Any) -> None:
    """Ingest these parts as one load."""
    ingest_world(home, world(*parts), **choices)


def exceptions(home: Path, *states: str, minutes: float | None = None) -> list[dict[str, Any]]:
    """The exceptions of the published build in these states, as of the watermark or a minute."""
    with opened(place_of(home)) as build:
        as_of = MORNING + timedelta(minutes=minutes) if minutes is not None else build.watermark
        assert as_of is not None
        chosen = states or ("open", "pending")
        return exceptions_table(build.connection, as_of=as_of, states=chosen).to_pylist()


def kinds(home: Path, *states: str, minutes: float | None = None) -> list[tuple[str, str]]:
    """(kind, state) of each exception, in the order of their event times."""
    return [(row["kind"], row["state"]) for row in exceptions(home, *states, minutes=minutes)]
