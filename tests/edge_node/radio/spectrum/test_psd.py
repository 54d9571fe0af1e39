"""Averaged spectra: power, place, and how much a sum of them is worth."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from edge_node.radio.spectrum import fourier
from edge_node.radio.spectrum.psd import Psd
from tests.edge_node.radio.waves import NOISE, noise

RATES_HZ = (250e3, 1e6, 2.4e6, 15.36e6, 20e6)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_powers_add_up_to_the_mean_square(rate_hz: float) -> None:
    psd = Psd(rate_hz)
    powers = psd.powers(noise(0.05, rate_hz=rate_hz))
    assert powers.shape[1] == psd.bins
    assert float(powers.sum(axis=1).mean()) == pytest.approx(NOISE, rel=0.02)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_tick_is_about_as_long_at_every_rate(rate_hz: float) -> None:
    psd = Psd(rate_hz)
    assert 0.15e-3 < psd.tick_s < 0.3e-3
    assert psd.tick == psd.rows * psd.hop


@pytest.mark.parametrize("offset_hz", [-1.1e6, -3e3, 700e3])
def test_a_tone_is_in_its_bin(offset_hz: float) -> None:
    psd = Psd(2.4e6)
    tone = np.exp(2j * np.pi * offset_hz / 2.4e6 * np.arange(psd.tick * 8 + psd.beyond)).astype(np.complex64)
    powers = psd.powers(tone)
    assert len(powers) == 8
    assert abs(psd.frequency_hz(float(powers[3].argmax())) - offset_hz) <= psd.bin_hz / 2
    assert float(powers[3].sum()) == pytest.approx(1.0, rel=0.01)


@pytest.mark.parametrize(("ticks", "bins"), [(1, 1), (4, 20), (16, 100)])
@pytest.mark.parametrize("rate_hz", [2.4e6, 20e6])
def test_sums_spread_as_much_as_they_are_said_to(rate_hz: float, ticks: int, bins: int) -> None:
    psd = Psd(rate_hz)
    powers = psd.powers(noise(1.0 if rate_hz < 5e6 else 0.15, rate_hz=rate_hz)) * psd.bins / NOISE
    count, width = len(powers) // ticks, psd.bins // bins
    boxes = powers[: count * ticks, : width * bins].reshape(count, ticks, width, bins).mean(axis=(1, 3))
    assert 1 / float(boxes.var()) == pytest.approx(psd.independent(ticks, bins), rel=0.12)


def test_it_does_not_matter_how_many_ticks_come_at_once() -> None:
    psd, samples = Psd(2.4e6), noise(0.02)
    whole = psd.powers(samples)
    some = [psd.powers(samples[k * psd.tick : (k + 3) * psd.tick + psd.beyond]) for k in range(0, 60, 3)]
    np.testing.assert_allclose(np.concatenate(some), whole[:60], rtol=1e-5)


def test_too_few_samples_hold_no_tick() -> None:
    psd = Psd(2.4e6)
    assert psd.powers(noise(1e-4)).shape == (0, psd.bins)


def test_without_pyfftw_numpy_does_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = noise(0.01)
    there = Psd(2.4e6).powers(samples)
    monkeypatch.setitem(sys.modules, "pyfftw", None)
    np.testing.assert_allclose(Psd(2.4e6).powers(samples), there, rtol=1e-4)
    assert fourier.Fourier(4, 8).run(2).shape == (2, 8)


def test_numpy_is_left_as_it_was() -> None:
    before = np.getbufsize()
    Psd(2.4e6).powers(noise(0.01))
    assert np.getbufsize() == before
