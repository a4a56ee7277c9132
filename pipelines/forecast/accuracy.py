"""How true the forecasts have been: each made from earlier records alone, then compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import duckdb
import numpy as np

from pipelines.forecast.balance_demand import BalanceDemand
from pipelines.forecast.ladder import LEAST_FOLDS, BackTest
from pipelines.forecast.local_hours import LocalHours
from pipelines.forecast.pace import read_bands
from pipelines.forecast.rounding import money, ratio
from pipelines.forecast.runway import read_demand
from pipelines.forecast.samples import BAND, pinball
from pipelines.forecast.shapes import Accuracy
from pipelines.settings import Settings

_LEVELS = np.array(BAND)


def accuracy(
    connection: duckdb.DuckDBPyConnection,
    *,
    as_of: datetime,
    settings: Settings,
    since: datetime | None = None,
) -> list[Accuracy]:
    """Return how true the forecasts of each band and balance were in the weeks before `as_of`.

    A band is scored on what remained of its days at four times of the day, a balance on its net
    outflow of 24 hours, each by the rung that was in use then. A pool's own series is scored even
    where its limit is shared. With `since` only forecasts for local dates that begin then or later
    are scored.
    """
    as_of = as_of.astimezone(UTC)
    found: list[Accuracy] = []
    bands = read_bands(connection, [as_of])
    if bands is not None:
        for series, lane in enumerate(bands.lanes):
            plain = Accuracy("daily_band", lane.pool_id, lane.currency, "short_history")
            found.append(_scored(plain, bands.tested, series, bands.cells(series), since))
    demand = read_demand(connection, as_of, settings)
    if demand is not None:
        found.extend(_balances(demand, since))
    return found


def _balances(demand: BalanceDemand, since: datetime | None) -> Iterator[Accuracy]:
    for series, currency in enumerate(demand.currencies):
        plain = Accuracy("net_outflow", None, currency, "short_history")
        yield _scored(plain, demand.tested, series, demand.cells(series), since)


def _scored(
    plain: Accuracy, tested: BackTest, series: int, cells: LocalHours, since: datetime | None
) -> Accuracy:
    """Return one series' scores over the dates on which every rung could be judged."""
    dates, times = np.nonzero(tested.scored[series])
    if len(set(dates.tolist())) < LEAST_FOLDS:
        return plain
    if since is not None:
        asked = np.array([cells.begins(int(number)) >= since for number in tested.numbers[dates]])
        dates, times = dates[asked], times[asked]
        if not dates.size:
            return plain
    used = tested.rungs()[series, dates] - 1
    quantiles = tested.quantiles[:, used, series, dates, times]
    naive = tested.quantiles[:, 0, series, dates, times]
    outcome = tested.outcome[series, dates, times]
    loss = float(pinball(quantiles, outcome, _LEVELS).mean())
    naive_loss = float(pinball(naive, outcome, _LEVELS).mean())
    inside = (outcome >= quantiles[0]) & (outcome <= quantiles[2])
    mean = float(outcome.mean())
    numbers = tested.numbers[dates]
    return Accuracy(
        measure=plain.measure,
        pool_id=plain.pool_id,
        currency=plain.currency,
        state="scored",
        rung=int(tested.rung_of(int(tested.numbers[-1]) + 1)[series]),
        coverage_80=ratio(float(inside.mean())),
        pinball=money(loss),
        pinball_naive=money(naive_loss),
        skill=ratio(1 - loss / naive_loss) if naive_loss > 0 else None,
        bias=ratio(float((quantiles[1] - outcome).mean()) / mean) if mean > 0 else None,
        folds=int(outcome.size),
        scored_from=cells.begins(int(numbers[0])),
        scored_to=cells.begins(int(numbers[-1]) + 1),
    )
