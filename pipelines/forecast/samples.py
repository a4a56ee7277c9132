"""Weighted samples of what may come: quantiles, and the chance of having reached a level.

A sample is an earlier outcome as it would look from here: the forecast of now plus the error of
an earlier forecast, scaled. Errors come from forecasts that did not know their outcome, so their
quantiles are calibrated without a distribution being assumed (split conformal prediction; Vovk,
Gammerman and Shafer 2005; weighted as in Barber, Candes, Ramdas and Tibshirani 2023).
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from pipelines.forecast.local_hours import Floats, Ints

BAND = (0.1, 0.5, 0.9)
"""The quantiles that make the 80 % band and its middle."""

_LEAST_EFFECTIVE = 2.0
_LEAST_WIDTH = 1e-9
"""Of the mean: below it, samples are all alike but for rounding."""


def quantiles(samples: Floats, weights: Floats, levels: Floats) -> Floats:
    """Return L, ...: the weighted quantiles over the last axis of `samples`.

    `weights` has the shape of `samples`; samples of weight 0 do not count. With n effective
    samples, (sum w)^2 / sum w^2, a level p is moved away from the middle to what n + 1 exchangeable
    outcomes ask for, (n + 1) / n (p - 1/2) + 1/2. Between samples it is interpolated. Beyond the
    outermost one, which few samples cannot tell, it is that one or the prediction of Student's t
    with n - 1 degrees, whichever is further out. Null (nan) where no sample counts.
    """
    heights = np.broadcast_to(weights, samples.shape)
    values = np.where(heights > 0, samples, np.inf)
    order = np.argsort(values, axis=-1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=-1)
    heights = np.take_along_axis(heights, order, axis=-1)
    places, wanted = _places(heights, levels)
    counts = np.isfinite(ordered).sum(axis=-1, keepdims=True)
    places = np.where(np.isfinite(ordered), places, np.inf)
    found = []
    for number in range(len(levels)):
        below = (places <= wanted[..., number : number + 1]).sum(axis=-1, keepdims=True) - 1
        low = np.clip(below, 0, np.maximum(counts - 1, 0))
        high = np.clip(below + 1, 0, np.maximum(counts - 1, 0))
        found.append(_between(ordered, places, low, high, wanted[..., number : number + 1]))
    inner = np.where(counts[..., 0] > 0, np.stack(found), np.nan)
    last = np.take_along_axis(places, np.maximum(counts - 1, 0), axis=-1)
    return _beyond(inner, wanted, places[..., :1], last, samples, weights, levels)


def ordered_quantiles(ordered: Floats, weights: Floats, levels: Floats) -> Floats:
    """Return the same for samples that ascend along the last axis."""
    places, wanted = _places(weights, levels)
    shape = np.broadcast_shapes(ordered.shape, weights.shape)
    ordered, places = np.broadcast_to(ordered, shape), np.broadcast_to(places, shape)
    counted = np.broadcast_to(weights > 0, shape)
    numbers, last = np.arange(shape[-1]), shape[-1] - 1
    found = []
    for number in range(len(levels)):
        place = wanted[..., number : number + 1]
        below = np.where(counted & (places <= place), numbers, -1).max(axis=-1, keepdims=True)
        above = np.where(counted & (places > place), numbers, last + 1).min(axis=-1, keepdims=True)
        low = np.where(below >= 0, below, np.minimum(above, last))
        high = np.where(above <= last, above, low)
        found.append(_between(ordered, places, low, high, place))
    inner = np.where(weights.sum(axis=-1) > 0, np.stack(found), np.nan)
    ends = np.where(counted, places, np.nan)
    first, last = np.fmin.reduce(ends, axis=-1), np.fmax.reduce(ends, axis=-1)
    return _beyond(inner, wanted, first[..., None], last[..., None], ordered, weights, levels)


def _beyond(
    inner: Floats,
    wanted: Floats,
    first: Floats,
    last: Floats,
    samples: Floats,
    weights: Floats,
    levels: Floats,
) -> Floats:
    """Move quantiles beyond the outermost samples to where Student's t would put them."""
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = weights / weights.sum(axis=-1, keepdims=True)
        effective = 1 / (shares**2).sum(axis=-1)
        mean = (shares * samples).sum(axis=-1)
        bessel = effective / np.maximum(effective - 1, 1e-9)
        variance = (shares * (samples - mean[..., None]) ** 2).sum(axis=-1) * bessel
        width = np.sqrt(variance * (1 + 1 / effective))
        moved = []
        for number, level in enumerate(levels.tolist()):
            far = mean + width * _student(level, effective - 1)
            place = wanted[..., number : number + 1]
            above = np.where((place > last)[..., 0], np.maximum(inner[number], far), inner[number])
            moved.append(np.where((place < first)[..., 0], np.minimum(above, far), above))
    return np.where(np.isfinite(inner) & (effective > _LEAST_EFFECTIVE), np.stack(moved), inner)


def _student(level: float, degrees: Floats) -> Floats:
    """Return the quantile of Student's t by the expansion of Abramowitz and Stegun, 26.7.5."""
    z = NormalDist().inv_cdf(level)
    freedom = np.maximum(degrees, 1.0)
    one, two = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    expanded: Floats = z + one / freedom + two / freedom**2
    return expanded


def _places(weights: Floats, levels: Floats) -> tuple[Floats, Floats]:
    """Return the places of samples from 0 to 1, by ascending value, and the places wanted."""
    total = weights.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = total**2 / (weights**2).sum(axis=-1, keepdims=True)
        places = (np.cumsum(weights, axis=-1) - weights / 2) / total
        return places, (effective + 1) / effective * (levels - 0.5) + 0.5


def _between(ordered: Floats, places: Floats, low: Ints, high: Ints, wanted: Floats) -> Floats:
    """Interpolate between two neighbours of the place wanted."""
    below, above = (np.take_along_axis(places, at, axis=-1) for at in (low, high))
    first, second = (np.take_along_axis(ordered, at, axis=-1) for at in (low, high))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(above > below, np.clip((wanted - below) / (above - below), 0, 1), 0.0)
        found: Floats = np.where(share > 0, first + share * (second - first), first)[..., 0]
    return found


def reach_probability(samples: Floats, weights: Floats, level: Floats) -> Floats:
    """Return the chance that an outcome is at `level` or above, over the last axis, 0 to 1.

    Each sample counts with a normal kernel of Silverman's width, 0.9 s n^(-1/5), so that the chance
    moves with the distance to the level, and not by whole samples only.
    """
    total = weights.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = weights / total
        mean = (shares * samples).sum(axis=-1, keepdims=True)
        spread = np.sqrt((shares * (samples - mean) ** 2).sum(axis=-1, keepdims=True))
        width = 0.9 * spread * (1 / (shares**2).sum(axis=-1, keepdims=True)) ** -0.2
        away = (samples - level[..., None]) / width
    is_spread = width > _LEAST_WIDTH * np.abs(mean)
    chance = np.where(is_spread, normal_below(away), (samples >= level[..., None]) * 1.0)
    return np.where(total[..., 0] > 0, (shares * chance).sum(axis=-1), np.nan)


def normal_below(away: Floats) -> Floats:
    """Return the share of a standard normal distribution below each value."""
    known = np.clip(np.nan_to_num(away), -8.0, 8.0)
    # A logistic curve of cubic argument: at most 0.00014 from the exact share (Page 1977).
    curve: Floats = 1 / (1 + np.exp(-known * (1.5976 + 0.070566 * known * known)))
    return curve


def normal_quantiles(levels: Floats) -> Floats:
    """Return the quantiles of a standard normal distribution."""
    return np.array([NormalDist().inv_cdf(level) for level in levels.tolist()])


def pinball(forecasts: Floats, outcome: Floats, levels: Floats) -> Floats:
    """Return the mean pinball loss over the first axis: max(p (y - q), (p - 1) (y - q))."""
    missed = outcome[None] - forecasts
    p = levels.reshape(-1, *[1] * outcome.ndim)
    loss: Floats = np.maximum(p * missed, (p - 1) * missed).mean(axis=0)
    return loss
