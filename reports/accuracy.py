"""How true forecasts have been, per daily band and balance."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa

from pipelines.forecast.shapes import Accuracy
from pipelines.windows import Window
from reports import advice_words as words
from reports import format as text
from reports.forecast_files import INSTANT_UTC, MONEY, SHARE, as_rows
from reports.tables import Cell, Column, table

_AIM = Decimal("0.8")


def of_pools(found: Sequence[Accuracy], pools: Sequence[str]) -> tuple[Accuracy, ...]:
    """Those of some pools, and of the balances in their currencies."""
    held = {one.currency for one in found if one.pool_id in pools}
    return tuple(
        one
        for one in found
        if (one.currency in held if one.pool_id is None else one.pool_id in pools)
    )


COLUMNS = (
    Column("Forecast", "", is_text=True),
    Column("Inside the 80 % band", f"aim {text.percent(_AIM)}", words.COVERAGE_IS),
    Column("Beside naive", "by its loss", words.SKILL_IS),
    Column("Loss", "mean pinball", words.PINBALL_IS),
    Column("Bias", "of the outcome", words.BIAS_IS),
    Column("Method in use", "", is_text=True),
    Column("Compared", "with what happened", is_text=True),
)


@lru_cache(maxsize=32)
def accuracy_table(found: tuple[Accuracy, ...], zone: str) -> str:
    """Each series: how often its band was right, how much better than naive, how far off."""
    return table(words.ACCURACY_TITLE, COLUMNS, [row(one, zone) for one in found])


def row(one: Accuracy, zone: str) -> list[Cell]:
    """The cells of one series under `COLUMNS`."""
    named = Cell(f"{words.MEASURES[one.measure]}, {one.pool_id or one.currency}")
    if one.state != "scored":
        unknown = Cell(text.UNKNOWN, "too few days yet", is_muted=True)
        return [named, unknown, *[Cell(text.UNKNOWN, is_muted=True)] * 5]
    loss = text.money_with_code(one.pinball, one.currency)
    naive = f"naive {text.money(one.pinball_naive, one.currency)}"
    return [
        named,
        Cell(text.percent(one.coverage_80)),
        Cell(_skill(one.skill)),
        Cell(loss, naive),
        Cell(_bias(one.bias)),
        Cell(words.RUNGS[one.rung or 1]),
        _compared(one, zone),
    ]


def _skill(skill: Decimal | None) -> str:
    if skill is None:
        return text.UNKNOWN
    side = "better" if skill > 0 else "worse"
    return "the same" if skill == 0 else f"{text.percent(abs(skill))} {side}"


def _bias(bias: Decimal | None) -> str:
    if bias is None:
        return text.UNKNOWN
    side = "too high" if bias > 0 else "too low"
    return "none" if bias == 0 else f"{text.percent(abs(bias))} {side}"


def _compared(one: Accuracy, zone: str) -> Cell:
    if one.scored_from is None or one.scored_to is None:
        return Cell(text.UNKNOWN, is_muted=True)
    span = text.span(Window(one.scored_from, one.scored_to, "scored"), zone)
    return Cell(f"{text.count(one.folds)} forecasts", span)


_FILE = pa.schema(
    [
        *((name, pa.string()) for name in ("measure", "pool_id", "currency", "state")),
        ("rung", pa.int64()),
        ("coverage_80", SHARE),
        *((name, MONEY) for name in ("pinball", "pinball_naive")),
        *((name, SHARE) for name in ("skill", "bias")),
        ("folds", pa.int64()),
        *((name, INSTANT_UTC) for name in ("scored_from", "scored_to")),
    ]
)


@lru_cache(maxsize=16)
def file(found: tuple[Accuracy, ...]) -> pa.Table:
    """Every score, for those who take them away."""
    return as_rows(found, _FILE)
