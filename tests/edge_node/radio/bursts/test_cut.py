"""Bands out of a piece of stream."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.bursts.cut import Cut, noise_width_hz, padded, rate_for
from tests.edge_node.radio.waves import NOISE, noise

RATE_HZ = 2.4e6


def test_rates_are_few_and_wide_enough() -> None:
    rates = {rate_for(RATE_HZ, width_hz) for width_hz in np.geomspace(1e3, 3e6, 200)}
    assert len(rates) <= 14
    assert rate_for(RATE_HZ, 3e6) == RATE_HZ
    assert all(rate_for(RATE_HZ, width_hz) >= min(RATE_HZ, 2.5 * width_hz) for width_hz in (30e3, 100e3, 500e3, 900e3))


@pytest.mark.parametrize("count", [1, 511, 512, 5000, 123_457])
def test_lengths_suit_every_rate(count: int) -> None:
    length = padded(count)
    assert length >= count
    assert all(length * rate_for(RATE_HZ, width_hz) / RATE_HZ % 2 == 0 for width_hz in np.geomspace(1e3, 3e6, 50))


@pytest.mark.parametrize("out_hz", [RATE_HZ, 1.2e6, 900e3, 300e3])
def test_a_tone_comes_out_as_it_went_in(out_hz: float) -> None:
    n = np.arange(9000)
    tone = (0.5 * np.exp(2j * np.pi * 420e3 / RATE_HZ * n)).astype(np.complex64)
    cut = Cut(tone, RATE_HZ)
    offset_hz = cut.placed(400e3)
    found = cut.band(offset_hz, out_hz)
    t = np.arange(len(found)) / out_hz
    expected = 0.5 * np.exp(2j * np.pi * (420e3 - offset_hz) * t)
    inside = slice(40, -40)
    assert np.abs(found[inside] - expected[inside]).max() < 0.02


@pytest.mark.parametrize("out_hz", [RATE_HZ, 1.2e6, 225e3])
def test_the_noise_in_a_band_is_what_it_is_said_to_be(out_hz: float) -> None:
    found = Cut(noise(0.1), RATE_HZ).band(0.0, out_hz)
    assert float(np.mean(np.abs(found) ** 2)) == pytest.approx(NOISE * noise_width_hz(RATE_HZ, out_hz) / RATE_HZ, rel=0.03)
