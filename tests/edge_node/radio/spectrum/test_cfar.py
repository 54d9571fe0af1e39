"""What stands out of noise, and how often noise does."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.spectrum.cfar import LONGEST, Cfar
from edge_node.radio.spectrum.psd import Psd
from tests.edge_node.radio.waves import NOISE, Complexes, add_burst, noise

PSD = Psd(2.4e6)


def found(samples: Complexes) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Marks of all ticks of these samples that are looked at, over a floor that is known."""
    cfar, powers, rows = Cfar(PSD), PSD.powers(samples) * np.float32(PSD.bins / NOISE), []
    for first in range(0, len(powers) - cfar.ticks + 1, LONGEST):
        cfar.look(powers[first : first + cfar.ticks], 0.0)
        rows.append(cfar.found[:LONGEST].copy())
        cfar.go_on()
    return np.concatenate(rows)


def test_noise_is_rarely_marked() -> None:
    marked = found(noise(6.0)).any(axis=1)
    begins = np.count_nonzero(np.diff(marked.astype(np.int8)) == 1)
    assert begins <= 6


@pytest.mark.parametrize(("snr_db", "seconds", "span_hz"), [(-6, 20e-3, 500e3), (3, 1e-3, 500e3), (10, 5e-3, 100e3), (20, 3e-3, 20e3)])
def test_bursts_of_every_shape_are_marked(snr_db: float, seconds: float, span_hz: float) -> None:
    samples = noise(0.15)
    add_burst(samples, 0.05, seconds, 400e3, snr_db, span_hz)
    marks = found(samples)
    inside = marks[round(0.05 / PSD.tick_s) : round((0.05 + seconds) / PSD.tick_s)]
    middle = PSD.bins // 2 + round(400e3 / PSD.bin_hz)
    half = max(1, round(span_hz / PSD.bin_hz / 2 * 0.8))
    assert float(inside[:, middle - half : middle + half].mean()) > 0.6


def test_the_gap_between_two_strong_packets_stays_empty() -> None:
    samples = noise(0.1)
    for k in range(10):
        add_burst(samples, 0.02 + k * 5e-3, 4.4e-3, -300e3, 15)
    marks = found(samples)
    marked = marks.any(axis=1)
    for k in range(9):
        end_s = 0.02 + k * 5e-3 + 4.4e-3
        assert not marked[int(end_s / PSD.tick_s) : int((end_s + 0.6e-3) / PSD.tick_s) + 1].all()


def test_a_strong_narrow_signal_does_not_paint_a_wide_box() -> None:
    samples = noise(0.1)
    add_burst(samples, 0.03, 40e-3, 0.6e6, 30, 30e3)
    marks = found(samples)[round(0.035 / PSD.tick_s) : round(0.065 / PSD.tick_s)]
    assert float(marks.sum(axis=1).mean()) * PSD.bin_hz < 150e3


def test_strong_and_what_is_far_from_it() -> None:
    samples = noise(0.1)
    add_burst(samples, 0.03, 30e-3, -0.8e6, 12)
    add_burst(samples, 0.03, 30e-3, 0.8e6, 0)
    marks = found(samples)[round(0.035 / PSD.tick_s) : round(0.055 / PSD.tick_s)]
    for offset_hz in (-0.8e6, 0.8e6):
        middle = PSD.bins // 2 + round(offset_hz / PSD.bin_hz)
        assert float(marks[:, middle - 30 : middle + 30].mean()) > 0.8
