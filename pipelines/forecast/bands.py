"""Daily bands as of any instants of a span: the history is read, learned and tested once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from pipelines.forecast.band_history import BandHistory, together
from pipelines.forecast.chances import Asked, chances
from pipelines.forecast.history import covered
from pipelines.forecast.ladder import FOLDS, BackTest, back_test
from pipelines.forecast.local_hours import Floats, Ints, LocalHours
from pipelines.forecast.projection import DayProjector, Projection
from pipelines.forecast.rounding import money, quotient, ratio
from pipelines.forecast.rungs import LEAST_ELAPSED_SHARE, LEAST_HISTORY_DAYS, LEAST_REFERENCE_DAYS
from pipelines.forecast.seasons import seasons
from pipelines.forecast.shapes import Pace, PaceReason, Reach
from pipelines.windows import local_day

Levels = Mapping[tuple[str, str], Mapping[str, Any]]
"""The figures of the metrics at one instant, by pool and currency."""

_EVEN_CHANCE, _CAUTIOUS_CHANCE = 0.5, 0.1
_LOW, _MID, _HIGH = range(3)
_INSTANT_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Band:
    """A daily band: one pool's own, or one that the pools of a currency share."""

    currency: str
    pools: tuple[str, ...]
    is_shared: bool
    series: int
    used: Decimal
    limit: Decimal | None

    @property
    def pool_id(self) -> str | None:
        """None where it is shared."""
        return None if self.is_shared else self.pools[0]


class Bands:
    """The daily bands of a partner's lanes, and what their history says of each date."""

    def __init__(self, history: BandHistory, first_as_of: datetime, last_as_of: datetime) -> None:
        self.lanes = history.lanes
        self.limits = history.limits
        self._dates = history.dates
        self.currencies = sorted({lane.currency for lane in history.lanes})
        groups = [[number] for number in range(len(history.lanes))] + [
            [number for number, lane in enumerate(history.lanes) if lane.currency == currency]
            for currency in self.currencies
        ]
        self.zones = [history.lanes[group[0]].time_zone for group in groups]
        self.history = together(history, groups)
        usual = seasons(self.history)
        places = [
            self.cells(n).place(at)[0]
            for n in range(len(groups))
            for at in (first_as_of, last_as_of)
        ]
        folds = FOLDS + max(places) - min(places)
        self.tested: BackTest = back_test(self.history, usual, max(places), folds)
        self._projector = DayProjector(self.history, usual, self.tested)
        whole = covered(self.history)
        first_whole = np.where(whole.any(axis=1), whole.argmax(axis=1), self._dates.count)
        self.enough: Ints = first_whole + LEAST_HISTORY_DAYS

    def cells(self, series: int) -> LocalHours:
        """Return the cells of local time in which the days of a series are kept."""
        return self.cells_of(self.zones[series])

    def cells_of(self, zone: str) -> LocalHours:
        """Return the cells of local time in which the days of a zone are kept."""
        return self._dates.of(zone)

    def in_force(self, levels: Levels) -> Iterator[Band]:
        """Yield the bands that stand at one instant, those of one pool first."""
        shared: dict[str, list[str]] = {}
        for number, lane in enumerate(self.lanes):
            row = levels.get((lane.pool_id, lane.currency))
            if row is not None and row["daily_band_is_shared"]:
                shared.setdefault(lane.currency, []).append(lane.pool_id)
            elif row is not None:
                used, limit = row["daily_band_used"], row["daily_band_limit"]
                yield Band(lane.currency, (lane.pool_id,), False, number, used, limit)
        for currency, pools in sorted(shared.items()):
            row = levels[pools[0], currency]
            series = len(self.lanes) + self.currencies.index(currency)
            used, limit = row["daily_band_used"], row["daily_band_limit"]
            yield Band(currency, tuple(pools), True, series, used, limit)

    def paces(
        self, as_of: datetime, levels: Levels, *, is_stale: bool, with_path: bool
    ) -> Iterator[Pace]:
        """Yield each band as of an instant within the span."""
        bands = list(self.in_force(levels))
        so_far, limits = np.zeros(len(self.zones)), np.full(len(self.zones), np.inf)
        for band in bands:
            so_far[band.series] = float(band.used)
            limits[band.series] = float(band.limit) if band.limit else np.inf
        zones = {self.zones[band.series] for band in bands}
        found = {} if is_stale else {zone: self._project(zone, as_of, so_far) for zone in zones}
        chances = {zone: found[zone].reach(limits) for zone in found}
        for band in bands:
            zone = self.zones[band.series]
            plain = self._standing(as_of, band)
            if is_stale:
                yield replace(plain, reason="stale" if band.limit else "no_limit")
                continue
            chance = chances[zone][band.series]
            yield self._projected(plain, band.series, found[zone], chance, with_path=with_path)

    def chances(
        self, left: Floats, series: Ints, numbers: Ints, so_far: Floats, limits: Floats
    ) -> Floats:
        """Return the chance of reaching each of some limits, on as many dates, by their days' ends.

        NaN where it is not told; one that is surely under a half may be told as 0.
        """
        dates, places = np.unique(numbers, return_inverse=True)
        used = np.stack([self._projector.rungs(date) for date in dates.tolist()])[places, series]
        return chances(self._projector.learned(left), Asked(series, numbers, used, so_far, limits))

    def _project(self, zone: str, as_of: datetime, so_far: Floats) -> Projection:
        number, left = self.cells_of(zone).place(as_of)
        return self._projector.project(number, left, so_far)

    def _standing(self, as_of: datetime, band: Band) -> Pace:
        """Return the band as it stands, without a projection."""
        zone = self.zones[band.series]
        day = local_day(zone, as_of - _INSTANT_BEFORE)
        return Pace(
            pool_id=band.pool_id,
            currency=band.currency,
            limit_type="daily_band",
            pools=band.pools,
            window_start=day.start,
            window_end=day.end,
            as_of=as_of,
            time_zone=zone,
            limit=band.limit,
            used=band.used,
            usage=quotient(band.used, band.limit),
            headroom=None if band.limit is None else band.limit - band.used,
            state="suppressed",
        )

    def _projected(
        self, plain: Pace, series: int, projection: Projection, chance: Floats, *, with_path: bool
    ) -> Pace:
        """Return the pace with its projection, or with the reason why there is none."""
        cells = self.cells(series)
        number, left = cells.place(plain.as_of)
        enough = int(self.enough[series])
        told = replace(
            plain,
            elapsed_share=ratio(projection.elapsed_share[series]),
            reference_days=int(projection.reference_days[series]),
            rung=int(projection.rungs[series]),
        )
        is_reached = plain.headroom is not None and plain.limit and plain.headroom <= 0
        if is_reached:
            told = replace(told, probability_of_reaching=ratio(1), reaches_at=plain.as_of)
            told = replace(told, reaches_early_at=plain.as_of)
        if reason := _reason(told, number < enough):
            begins = cells.begins(enough) if reason == "short_history" else None
            return replace(told, reason=reason, enough_history_at=begins)
        ends = [end for end, share in zip(cells.ends(number), left, strict=True) if share > 0]
        paths = projection.quantiles[:, series]
        told = replace(
            told,
            state="projected",
            projected_low=money(paths[_LOW, -1]),
            projected_mid=money(paths[_MID, -1]),
            projected_high=money(paths[_HIGH, -1]),
            projected_usage=quotient(money(paths[_MID, -1]), plain.limit),
            path=_path(ends, paths) if with_path else (),
        )
        if is_reached:
            return told
        return replace(
            told,
            probability_of_reaching=ratio(chance[-1]),
            reaches_at=_first_at(plain.as_of, ends, chance, _EVEN_CHANCE),
            reaches_early_at=_first_at(plain.as_of, ends, chance, _CAUTIOUS_CHANCE),
        )


def _reason(told: Pace, is_short: bool) -> PaceReason | None:
    if not told.limit:
        return "no_limit"
    if is_short:
        return "short_history"
    if told.reference_days < LEAST_REFERENCE_DAYS:
        return "few_reference_days"
    if told.elapsed_share is None or float(told.elapsed_share) < LEAST_ELAPSED_SHARE:
        return "early"
    return None


def _first_at(
    as_of: datetime, ends: Sequence[datetime], chance: Floats, level: float
) -> datetime | None:
    """Return when the chance first is `level`, between the ends of two cells in proportion."""
    place = int(np.argmax(chance >= level))
    if chance[place] < level:
        return None
    before, at = (0.0, as_of) if place == 0 else (float(chance[place - 1]), ends[place - 1])
    share = (level - before) / (float(chance[place]) - before)
    moment = at + (ends[place] - at) * share
    return moment.replace(microsecond=0)


def _path(ends: Sequence[datetime], paths: Floats) -> tuple[Reach, ...]:
    steps = zip(ends, *paths, strict=True)
    return tuple(Reach(at, money(low), money(mid), money(high)) for at, low, mid, high in steps)
