"""Weighted quantiles and chances: what they must be on samples small enough to check.

Goal: order, scale, weights and few samples. Method: hand-made samples, numpy's own quantiles, and
the exact normal distribution.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.forecast.samples import (
    BAND,
    normal_below,
    normal_quantiles,
    ordered_quantiles,
    pinball,
    quantiles,
    reach_probability,
)

LEVELS = np.array(BAND)
values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)


@given(values, st.floats(1e-3, 1e3))
def test_bands_are_ordered_inside_the_samples_and_grow_with_the_scale(
    drawn: list[float], scale: float
) -> None:
    samples = np.array(drawn)
    weights = np.linspace(0.2, 1.0, len(samples))
    low, mid, high = quantiles(samples, weights, LEVELS)
    assert low <= mid <= high
    assert samples.min() <= mid <= samples.max()
    np.testing.assert_allclose(
        quantiles(samples * scale, weights, LEVELS), np.array([low, mid, high]) * scale, atol=1e-3
    )


@given(values, st.integers(0, 2**32 - 1))
def test_the_two_ways_of_asking_agree(drawn: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    samples = np.array(drawn)
    weights = rng.random(len(samples)) * (rng.random(len(samples)) < 0.7)
    order = np.argsort(samples, kind="stable")
    one = quantiles(samples, weights, LEVELS)
    other = ordered_quantiles(samples[order], weights[order], LEVELS)
    np.testing.assert_allclose(one, other)


def test_many_equal_weights_give_the_ordinary_quantile() -> None:
    samples = np.random.default_rng(1).normal(size=20_000)
    found = quantiles(samples, np.ones(20_000), LEVELS)
    np.testing.assert_allclose(found, np.quantile(samples, LEVELS), atol=0.01)


def test_samples_of_no_weight_do_not_count() -> None:
    samples = np.array([1.0, 2.0, 3.0, 1e9, -1e9])
    weights = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    found = quantiles(samples, weights, LEVELS)
    np.testing.assert_allclose(found, quantiles(samples[:3], weights[:3], LEVELS))
    assert found[1] == 2.0
    assert np.isnan(quantiles(samples, np.zeros(5), LEVELS)).all()


def test_few_samples_give_a_wider_band() -> None:
    samples = np.arange(1.0, 101.0)
    few = quantiles(samples[45:55], np.ones(10), np.array([0.9]))
    assert few[0] > np.quantile(samples[45:55], 0.9)


def test_beyond_few_samples_the_t_distribution_tells() -> None:
    samples = np.random.default_rng(3).normal(100, 10, (20_000, 8))
    high = quantiles(samples, np.ones((20_000, 8)), np.array([0.99]))[0]
    outcome = np.random.default_rng(4).normal(100, 10, 20_000)
    assert 0.985 < float((outcome <= high).mean()) < 0.995


def test_the_chance_of_reaching_falls_with_the_distance_and_is_a_half_in_the_middle() -> None:
    samples = np.random.default_rng(2).normal(100, 10, (1, 400))
    chances = [
        float(reach_probability(samples, np.ones((1, 400)), np.array([level]))[0])
        for level in (0, 80, 100, 110, 130, 300)
    ]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.999
    assert chances[-1] < 0.001
    assert abs(chances[2] - 0.5) < 0.05
    assert abs(chances[3] - 0.16) < 0.04


def test_samples_that_all_agree_leave_no_doubt() -> None:
    same, ones = np.full((1, 5), 7.0), np.ones((1, 5))
    assert reach_probability(same, ones, np.array([7.0]))[0] == 1
    assert reach_probability(same, ones, np.array([7.1]))[0] == 0


def test_the_normal_curve_is_close_enough_and_its_quantiles_are_exact() -> None:
    steps = np.linspace(-5, 5, 101)
    exact = [NormalDist().cdf(step) for step in steps]
    assert np.abs(normal_below(steps) - exact).max() < 0.0002
    np.testing.assert_allclose(normal_quantiles(LEVELS), [-1.2815516, 0, 1.2815516], atol=1e-6)


def test_pinball_loss_is_that_of_the_textbook() -> None:
    forecasts = np.array([[8.0], [10.0], [12.0]])
    # 0.1 * 3 for the low, 0.5 * 1 for the middle, 0.1 * 1 for the high, over three.
    assert abs(float(pinball(forecasts, np.array([11.0]), LEVELS)[0]) - 0.9 / 3) < 1e-12
