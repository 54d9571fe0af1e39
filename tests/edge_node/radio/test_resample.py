"""A band keeps its tones where they were, and nothing of what is beyond."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.resample import BandCutter, placed

RATES = [15e6, 15.36e6, 16e6, 19.2e6, 20e6, 25e6, 30.72e6, 50e6, 56e6, 61.44e6]


def tone(freq_hz: float, rate_hz: float, count: int) -> np.ndarray:
    return np.exp(2j * np.pi * freq_hz * np.arange(count) / rate_hz).astype(np.complex64)


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_tone_of_the_band_comes_at_its_offset(rate_hz: float) -> None:
    cutter = BandCutter(rate_hz, 15.36e6, 0.0024, 5.2e6, 6e6)
    coefficients, offset_hz = cutter.band(cutter.spectrum(tone(2.345e6, rate_hz, cutter.taken)), 1e6)
    band = np.fft.ifft(coefficients)
    assert abs(offset_hz - 1e6) <= cutter.bin_hz / 2
    assert cutter.given == 36_864
    expected = tone(2.345e6 - offset_hz, 15.36e6, cutter.given)
    assert np.abs(band - expected)[1000:-1000].max() < 0.01


def test_a_rate_without_whole_samples_errs_by_less_than_one() -> None:
    cutter = BandCutter(17.77777e6, 15.36e6, 0.0024, 5.2e6, 6e6)
    coefficients, offset_hz = cutter.band(cutter.spectrum(tone(2e6, 17.77777e6, cutter.taken)), 1e6)
    turned = np.fft.ifft(coefficients) / tone(2e6 - offset_hz, 15.36e6, cutter.given)
    assert np.abs(np.diff(np.unwrap(np.angle(turned[1000:-1000])))).mean() * cutter.given / (2 * np.pi) < 1


def test_a_tone_beyond_the_band_is_gone() -> None:
    cutter = BandCutter(50e6, 15.36e6, 0.0024, 5.2e6, 6e6)
    coefficients, _ = cutter.band(cutter.spectrum(tone(-8e6, 50e6, cutter.taken)), -1.5e6)
    assert np.abs(np.fft.ifft(coefficients))[1000:-1000].max() < 1e-3


@pytest.mark.parametrize(("rate_hz", "flat_hz", "stop_hz"), [(10e6, 5e6, 6e6), (20e6, 6e6, 6e6), (20e6, 0.0, 6e6), (20e6, 5e6, 8e6)])
def test_a_band_that_does_not_fit_is_said(rate_hz: float, flat_hz: float, stop_hz: float) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        BandCutter(rate_hz, 15.36e6, 0.0024, flat_hz, stop_hz)


def test_what_is_placed_is_about_its_own_middle_and_goes_round() -> None:
    spectrum, flat = np.arange(8).astype(np.complex64), np.ones(5, np.float32)
    assert placed(spectrum, 3, flat, 6).real.tolist() == [3, 4, 5, 0, 1, 2]
    assert placed(spectrum, -1, flat, 7).real.tolist() == [7, 0, 1, 0, 0, 5, 6]
    assert placed(spectrum, 4, np.array([0.5, 1], np.float32), 2).real.tolist() == [4, 1.5]
    assert placed(spectrum, 2, np.ones(1, np.float32), 3).real.tolist() == [2, 0, 0]
