"""How much of the change of settled volume each finding's part of the funnel explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import duckdb

from pipelines.findings.catalogue import RULES
from pipelines.findings.decomposition import STAGES, Decomposition, decompose, together
from pipelines.findings.finding import Explained, Finding
from pipelines.utilization import windows_table
from pipelines.windows import Window

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
OPEN = ("firing", "pending", "recovering")
_MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Change:
    """What changed between a window and the one before it, by pool and currency, and by currency.

    `before` is as long, ends no later than the window starts, and begins on the same weekday at the
    same time.
    """

    window: Window
    before: Window
    pools: Mapping[tuple[str, str], Decomposition]
    currencies: Mapping[str, Decomposition]


def read_change(
    connection: duckdb.DuckDBPyConnection, *, as_of: datetime, length: timedelta = DAY
) -> Change:
    """Return what changed from the like window before to the `length` before the aware `as_of`.

    `as_of` is a whole quarter hour, so that any build answers for it; raises as `windows_table`.
    """
    shift = -(-length // WEEK) * WEEK
    window = Window(as_of - length, as_of, "now")
    before = Window(window.start - shift, window.end - shift, "before")
    table = windows_table(
        connection, [before, window], as_of=as_of, families=("demand", "execution")
    )
    volumes: dict[tuple[str, str], dict[str, dict[str, Decimal | None]]] = {}
    for row in table.to_pylist():
        if row["currency"] is not None:
            lane = volumes.setdefault((row["pool_id"], row["currency"]), {})
            lane[row["window"]] = _volumes(row)
    found = {
        lane: decompose(known["before"], known["now"])
        for lane, known in volumes.items()
        if known.keys() == {"before", "now"}
    }
    pools = {lane: one for lane, one in found.items() if one is not None}
    return Change(window, before, pools, _by_currency(pools))


def explain(
    connection: duckdb.DuckDBPyConnection, findings: Sequence[Finding], as_of: datetime
) -> list[Finding]:
    """Return the findings, the open ones with how much of the last day's change they explain.

    The day is compared with the same day of the week before.
    """
    if not any(_asks(finding) for finding in findings):
        return list(findings)
    change = read_change(connection, as_of=as_of)
    return [
        replace(finding, explained=_explained(change, finding)) if _asks(finding) else finding
        for finding in findings
    ]


def _asks(finding: Finding) -> bool:
    rule = RULES.get(finding.rule)
    return finding.state in OPEN and rule is not None and rule.explains is not None


def _explained(change: Change, finding: Finding) -> Explained | None:
    factor = RULES[finding.rule].explains
    lanes = [
        lane
        for lane in change.pools
        if finding.pool_id in (None, lane[0]) and finding.currency in (None, lane[1])
    ]
    currencies = {currency for _, currency in lanes}
    if factor is None or len(currencies) != 1:
        return None
    (currency,) = currencies
    whole = change.currencies[currency]
    part = together([change.pools[lane] for lane in lanes]).parts[factor]
    share = None
    if part is not None and whole.change:
        share = (part / whole.change).quantize(_MILLIONTH, ROUND_HALF_EVEN) + 0
    return Explained(
        factor,
        currency,
        part,
        whole.change,
        share,
        change.window.start,
        change.window.end,
        change.before.start,
        change.before.end,
    )


def _volumes(row: Mapping[str, Any]) -> dict[str, Decimal | None]:
    ended = row["settled_volume"] + row["failed_volume"] + row["released_volume"]
    return {stage: row.get(stage, ended) for stage in STAGES}


def _by_currency(
    pools: Mapping[tuple[str, str], Decomposition],
) -> dict[str, Decomposition]:
    found: dict[str, list[Decomposition]] = {}
    for (_, currency), one in pools.items():
        found.setdefault(currency, []).append(one)
    return {currency: together(several) for currency, several in found.items()}
