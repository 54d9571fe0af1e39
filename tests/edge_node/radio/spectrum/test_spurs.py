"""Lines of the receiver's own go, signals stay."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.spectrum.psd import Psd
from edge_node.radio.spectrum.spurs import Spurs
from tests.edge_node.radio.waves import NOISE, Complexes, noise

PSD = Psd(2.4e6)
LEVEL = np.full(PSD.bins, NOISE / PSD.bins, np.float32)


def cleaned(samples: Complexes) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """The last ticks of these samples after all of them were seen."""
    spurs, powers = Spurs(PSD.bins, PSD.tick_s), PSD.powers(samples)
    for first in range(0, len(powers) - 64, 64):
        part = powers[first : first + 64].copy()
        spurs.learn(part, LEVEL)
        spurs.remove(part)
    return part


def tone(seconds: float, offset_hz: float, power: float) -> Complexes:
    t = np.arange(round(seconds * 2.4e6)) / 2.4e6
    return (np.sqrt(power) * np.exp(2j * np.pi * offset_hz * t)).astype(np.complex64)


@pytest.mark.parametrize("offset_hz", [0.0, 437e3, -1_003e3])
def test_a_steady_line_is_taken_out(offset_hz: float) -> None:
    part = cleaned(noise(2.0) + tone(2.0, offset_hz, 10 * NOISE))
    assert float(part.mean(axis=0).max()) < 2.5 * LEVEL[0]


def test_what_is_keyed_stays() -> None:
    keyed = np.repeat(np.random.default_rng(1).choice([-1, 1], 9600), 500)
    samples = noise(2.0)
    samples += (tone(2.0, 437e3, 10 * NOISE) * keyed).astype(np.complex64)
    assert float(cleaned(samples).mean(axis=0).max()) > 10 * LEVEL[0]


def test_a_line_that_went_is_forgotten() -> None:
    samples = np.concatenate((noise(2.0) + tone(2.0, 437e3, 10 * NOISE), noise(4.5)))
    spurs, powers = Spurs(PSD.bins, PSD.tick_s), PSD.powers(samples)
    seen = False
    for first in range(0, len(powers) - 64, 64):
        spurs.learn(powers[first : first + 64], LEVEL)
        seen |= spurs.lines not in ((), (PSD.bins // 2,))
    assert seen
    assert not spurs.lines


def test_the_middle_is_free_where_no_spike_is() -> None:
    spurs, powers = Spurs(PSD.bins, PSD.tick_s), PSD.powers(noise(4.0))
    assert spurs.lines == (PSD.bins // 2,)
    for first in range(0, len(powers) - 64, 64):
        spurs.learn(powers[first : first + 64], LEVEL)
    assert spurs.lines == ()
    before = powers[:64].copy()
    spurs.remove(powers[:64])
    np.testing.assert_array_equal(powers[:64], before)


def test_a_comb_of_lines_is_bounded() -> None:
    spurs = Spurs(PSD.bins, PSD.tick_s)
    for _ in range(200):
        spurs.learn(np.full((64, PSD.bins), 1.0, np.float32), LEVEL)
    assert len(spurs.lines) <= 32
