"""What the change of settled volume is made of: pool by pool, and its largest parts first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipelines.findings.decomposition import Decomposition
from pipelines.findings.rules import FACTORS
from pipelines.pack.figures import BEFORE
from pipelines.pack.settled import (
    UNATTRIBUTED,
    Lane,
    Part,
    by_currency,
    ranked,
    settled_changes,
)
from reports.pack import words
from reports.pack.blocks import Block, Heading, Paragraph, Table
from reports.pack.telling import Telling
from reports.pack.typed import Shown, printed

MOST_PARTS = 12
_MONEY = pa.decimal128(38, 8)
_NAMES = [(name, pa.string()) for name in ("currency", "pool_id")]
_CHANGE = pa.schema(
    [*_NAMES, *((name, _MONEY) for name in (*FACTORS, UNATTRIBUTED, "settled_change"))]
)
_PARTS = pa.schema(
    [
        *_NAMES,
        ("factor", pa.string()),
        ("amount", _MONEY),
        ("share_of_change", pa.decimal128(38, 6)),
    ]
)
_ALL_POOLS = "All pools"
_CALLED = {
    "demand": "Demand",
    "acceptance": "Acceptance",
    "execution": "Execution",
    "settlement": "Settlement",
    UNATTRIBUTED: "Unattributed",
}


def settled_change(told: Telling) -> Sequence[Block]:
    """The exact parts of the change, ranked, and each pool's with the sum of its currency."""
    before = told.usage(BEFORE).to_pylist()
    changes = settled_changes(told.rows, before) if told.before is not None else {}
    return (
        Heading("Settled volume"),
        Paragraph(words.SETTLED_ARE, "note"),
        _ranked(told, ranked(changes)),
        _pools(told, changes),
    )


def _ranked(told: Telling, parts: Sequence[Part]) -> Table:
    lines = [
        {
            "currency": one.currency,
            "pool_id": one.pool_id,
            "factor": one.factor,
            "amount": one.amount,
            "share_of_change": one.share,
        }
        for one in parts
    ]
    shown = [
        Shown("currency", "Currency", weight=0.7),
        Shown("factor", "Part", weight=1.0, words=_CALLED),
        Shown("pool_id", "Pool", weight=1.2),
        Shown("amount", "Added", "money", weight=1.2),
        Shown("share_of_change", "Of the change", "percent", "of the currency"),
    ]
    return printed(
        "settled_parts",
        words.SETTLED_RANKED,
        shown,
        pa.Table.from_pylist(lines, _PARTS),
        zone=told.zone,
        empty=words.NO_SETTLED_CHANGE,
        most=MOST_PARTS,
    )


def _pools(told: Telling, changes: Mapping[Lane, Decomposition]) -> Table:
    """Each pool, and under the pools of a currency their sum."""
    lines = []
    for currency, whole in by_currency(changes).items():
        mine = {pool: one for (pool, code), one in changes.items() if code == currency}
        lines += [_line(pool, currency, one) for pool, one in mine.items()]
        if len(mine) > 1:
            lines.append(_line(None, currency, whole))
    shown = [
        Shown("pool_id", "Pool", weight=1.2, words={None: _ALL_POOLS}),
        Shown("currency", "In", weight=0.6),
        *(Shown(name, title, "money", weight=1.1) for name, title in _CALLED.items()),
        Shown("settled_change", "Change", "money", "their sum", 1.2),
    ]
    return printed(
        "settled_change",
        words.SETTLED_CHANGE,
        shown,
        pa.Table.from_pylist(lines, _CHANGE),
        zone=told.zone,
        empty=words.NO_SETTLED_CHANGE,
    )


def _line(pool_id: str | None, currency: str, one: Decomposition) -> dict[str, Any]:
    return {
        "pool_id": pool_id,
        "currency": currency,
        **one.parts,
        UNATTRIBUTED: one.unattributed,
        "settled_change": one.change,
    }
