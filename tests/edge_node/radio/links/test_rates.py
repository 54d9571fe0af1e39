"""Rates are changed without harm, and tones are silenced."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.links.rates import SPUR, at_rate


def tone(hz: float, rate_hz: float, count: int) -> np.ndarray:
    return np.exp(2j * np.pi * hz / rate_hz * np.arange(count)).astype(np.complex64)


@pytest.mark.parametrize(("rate_hz", "wanted_hz"), [(20e6, 15.36e6), (50e6, 15.36e6), (2.4e6, 1.92e6), (1.6e6, 3.84e6), (19.2e6, 30.72e6)])
def test_a_tone_stays_where_it_is(rate_hz: float, wanted_hz: float) -> None:
    samples = at_rate(tone(0.3e6, rate_hz, 60_000), rate_hz, wanted_hz)
    assert len(samples) == pytest.approx(60_000 * wanted_hz / rate_hz, abs=2)
    middle = slice(len(samples) // 4, len(samples) * 3 // 4)
    exact = tone(0.3e6, wanted_hz, len(samples))
    assert np.abs(samples - exact)[middle].max() < 0.02


def test_what_is_above_half_the_new_rate_is_gone() -> None:
    samples = at_rate(tone(4e6, 20e6, 50_000), 20e6, 1.92e6)
    assert np.abs(samples[500:-500]).max() < 0.01


def test_tones_are_silenced_and_noise_is_kept() -> None:
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((40_000, 2), dtype=np.float32).view(np.complex64)[:, 0]
    kept = at_rate(noise + 3 * tone(1.234e6, 20e6, 40_000), 20e6, 20e6, SPUR)
    assert np.mean(np.abs(kept) ** 2) == pytest.approx(np.mean(np.abs(noise) ** 2), rel=0.03)
    untouched = at_rate(noise, 20e6, 20e6, SPUR)
    assert np.allclose(untouched, noise, atol=1e-4)
