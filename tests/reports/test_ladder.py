"""The ladder holds each limit once, the fullest first, and never calls what is unknown empty.

Goal: a limit of a currency stands once for all its pools, the binding limit is the fullest one
known, and a limit without a usage or without a value says why. Method: rows and limits by hand.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from pipelines.outline import Limit, Outline
from pipelines.periods import Period
from pipelines.windows import Window
from reports import format as text
from reports import ladder, wording
from reports.figures import Answer

NAMES = ("daily_band", "velocity_24h", "max_order")
AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
PERIOD = Period(
    "7d", "UTC", Window(datetime(2026, 6, 23, tzinfo=UTC), AS_OF, "period"), AS_OF, is_open=False
)
Row = dict[str, Any]


def row(pool: str, window: str, **usages: str | None) -> Row:
    found: Row = {
        "pool_id": pool,
        "currency": "EUR",
        "window": window,
        "window_end": AS_OF,
        "quote_requests": 1,
    }
    for name in NAMES:
        usage = usages.get(name, "0.1")
        share = None if usage is None else Decimal(usage)
        limit = None if share is None else Decimal(1000)
        found |= {
            f"{name}_usage": share,
            f"{name}_used": None if share is None else Decimal(1000) * share,
            f"{name}_limit": limit,
            f"{name}_room": None if limit is None else limit - Decimal(1000) * (share or 0),
        }
    return found


def rungs(
    *pools: Row, missing: tuple[str, ...] = (), peaks: tuple[Row, ...] = ()
) -> tuple[ladder.Rung, ...]:
    rows = [one | {"window": window} for one in pools for window in ("period", "24h")]
    table = pa.Table.from_pylist(rows)
    limits = tuple(
        Limit(one["pool_id"], "EUR", name, Decimal(1000), is_shared=name == "velocity_24h")
        for one in pools
        for name in NAMES
        if name not in missing
    )
    names = tuple(one["pool_id"] for one in pools)
    outline = Outline((), "UTC", names, limits, (), table, None, frozenset())
    return ladder.rungs(Answer(PERIOD, table, names), outline, peaks)


def test_a_limit_of_the_currency_stands_once_for_all_its_pools() -> None:
    found = rungs(row("A", "24h", velocity_24h="0.9"), row("B", "24h", velocity_24h="0.9"))
    (shared,) = [rung for rung in found if rung.name == "velocity_24h"]
    assert shared.lanes == (("A", "EUR"), ("B", "EUR"))
    assert shared.whose == "all EUR pools"
    assert shared.binds == ("A", "B")


def test_the_fullest_now_stands_first_and_the_unknown_last() -> None:
    found = rungs(row("A", "24h", daily_band="0.5", velocity_24h="1.2", max_order=None))
    assert [rung.name for rung in found] == ["velocity_24h", "daily_band", "max_order"]
    assert [rung.binds for rung in found] == [("A",), (), ()]


def test_what_is_unknown_says_why_and_is_no_zero() -> None:
    found = rungs(row("A", "24h", max_order=None), missing=("daily_band",))
    html = ladder.ladder_table(found, PERIOD)
    assert wording.why_unknown("max_order_usage") in html
    assert "no such limit" in html
    assert html.count(f">{text.UNKNOWN}<") >= 5
    assert ">0.0" not in html


def test_peaks_are_the_hours_and_the_largest_order_the_periods() -> None:
    at = datetime(2026, 6, 25, 17, tzinfo=UTC)
    peak = {
        "pool_id": "A",
        "currency": "EUR",
        "limit_name": "daily_band",
        "peak_usage": Decimal("0.95"),
        "peak_at": at,
    }
    found = {rung.name: rung for rung in rungs(row("A", "24h", max_order="0.3"), peaks=(peak,))}
    assert (found["daily_band"].peak, found["daily_band"].peak_at) == (Decimal("0.95"), at)
    assert (found["max_order"].peak, found["max_order"].peak_at) == (Decimal("0.3"), None)
    assert found["velocity_24h"].peak is None
    said = ladder.ladder_words(tuple(found.values()), PERIOD)
    assert "daily band of A" in said
    assert "25 Jun 2026, 17:00" in said


def test_an_exceeded_limit_has_less_than_nothing_left() -> None:
    (first, *_) = rungs(row("A", "24h", daily_band="1.25"))
    assert first.room == Decimal(-250)
    html = ladder.ladder_table((first,), PERIOD)
    assert f"125.0{text.SPACE}%" in html
    assert "-250.00 EUR" in html


@pytest.mark.parametrize("missing", [NAMES])
def test_without_any_limit_there_is_no_sentence(missing: tuple[str, ...]) -> None:
    empty = row("A", "24h", daily_band=None, velocity_24h=None, max_order=None)
    assert ladder.ladder_words(rungs(empty, missing=missing), PERIOD) == ""
