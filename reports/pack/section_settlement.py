"""How trades ended, what they came to, and what is still reserved."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from reports import format as text
from reports.books_words import AGES
from reports.pack import words
from reports.pack.blocks import Block, Paragraph, Section, Table
from reports.pack.telling import Telling
from reports.pack.typed import Shown, printed

_RATIO = pa.decimal128(38, 6)
_ENDED = {
    "settled_trades": "Settled",
    "failed_trades": "Failed",
    "released_trades": "Released",
    "returned_trades": "Returned",
}
_VOLUMES = {
    "accepted_volume": "Created",
    "settled_volume": "Settled",
    "returned_volume": "Returned",
    "net_settled_volume": "Net settled",
    "failed_volume": "Failed",
    "released_volume": "Released",
}


def settlement(told: Telling) -> Section:
    """How trades ended, what they came to, what is reserved, and which webhooks are missing."""
    blocks: list[Block] = [
        Paragraph(words.OUTCOMES_ARE, "note"),
        _endings(told),
        _volumes(told),
        *_reserved(told),
        *_webhooks(told),
    ]
    return Section("settlement", words.SECTIONS["settlement"], blocks)


def _endings(told: Telling) -> Table:
    rates = {row["pool_id"]: row["settle_rate"] for row in told.rows}
    several = [row["pool_id"] for row in told.rows]
    lines: list[dict[str, Any]] = [
        {
            "pool_id": pool,
            "left_trades": counts["left_trades"],
            **{name: counts[name] for name in _ENDED},
            "settle_rate": rates.get(pool) if several.count(pool) == 1 else None,
        }
        for pool, counts in told.figures.review.current.pools.items()
    ]
    schema = pa.schema(
        [
            ("pool_id", pa.string()),
            ("left_trades", pa.int64()),
            *((name, pa.int64()) for name in _ENDED),
            ("settle_rate", _RATIO),
        ]
    )
    shown = [
        Shown("pool_id", "Pool", weight=1.4),
        Shown("left_trades", "Left reserved", "count"),
        *(Shown(name, title, "count") for name, title in _ENDED.items()),
        Shown("settle_rate", "Settle rate", "percent", "of those that left"),
    ]
    data = pa.Table.from_pylist(lines, schema)
    return printed("endings", "How the trades of each pool ended", shown, data, zone=told.zone)


def _volumes(told: Telling) -> Table:
    data = told.kept(("pool_id", "currency", *_VOLUMES))
    shown = [
        Shown("pool_id", "Pool", weight=1.3),
        Shown("currency", "In", weight=0.6),
        *(Shown(name, title, "money", weight=1.2) for name, title in _VOLUMES.items()),
    ]
    return printed("amounts", "What the trades came to", shown, data, zone=told.zone)


def _reserved(told: Telling) -> list[Block]:
    table = told.figures.books.reserved
    if table is None:
        return [Paragraph(words.RESERVED_UNKNOWN, "note")]
    kept = table.select(
        ["pool_id", "currency", "age", "reserved_count", "reserved_notional", "oldest_age_s"]
    )
    kept = pa.Table.from_pylist(
        [row for row in kept.to_pylist() if row["reserved_count"]], kept.schema
    )
    shown = [
        Shown("pool_id", "Pool", weight=1.4),
        Shown("currency", "In", weight=0.6),
        Shown("age", "Age", words=AGES),
        Shown("reserved_count", "Trades", "count"),
        Shown("reserved_notional", "Reserved", "money", weight=1.3),
        Shown("oldest_age_s", "Oldest", "duration"),
    ]
    caption = f"Reserved at {text.moment(told.figures.books.at, told.zone)}"
    return [printed("reserved", caption, shown, kept, zone=told.zone, empty=words.RESERVED_EMPTY)]


def _webhooks(told: Telling) -> list[Block]:
    table = told.figures.books.missing_webhooks
    if table is None:
        return [Paragraph(words.WEBHOOKS_UNKNOWN, "note")]
    shown = [
        Shown("transact_id", "Trade", weight=1.8),
        Shown("pool_id", "Pool", weight=1.2),
        Shown("status", "Ended as"),
        Shown("status_at", "On", "moment", weight=1.2),
        Shown("age_s", "Age", "duration"),
    ]
    return [
        printed(
            "missing_webhooks",
            words.WEBHOOKS_MISSING,
            shown,
            table,
            zone=told.zone,
            empty=words.WEBHOOKS_ALL_CAME,
            most=25,
        )
    ]
