"""High against low sound, as microphones tell it."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.acoustic.looks import Look
from edge_node.acoustic.spectra import Spectra
from edge_node.acoustic.tilt import EVERY_NS, Tilt

RATE_HZ = 48_000


def look(spectra: Spectra, t_mono_ns: int, highs_db: float = 0.0, all_db: float = 0.0) -> Look:
    rng = np.random.default_rng(t_mono_ns)
    noise = rng.normal(0, 1.0, (6, 4, 2 * spectra.bins)).view(np.complex128).astype(np.complex64)
    noise *= np.float32(10 ** (all_db / 20))
    noise[:, :, spectra.freqs_hz > 2_000] *= np.float32(10 ** (highs_db / 20))
    return Look(t_mono_ns, noise, after_gap=False)


def test_it_tells_by_how_much_highs_are_weaker_named_by_how_loud_the_lows_are() -> None:
    spectra = Spectra(RATE_HZ, 4)
    told = []
    for number, (highs_db, all_db) in enumerate(((0.0, 0.0), (-12.0, 0.0), (-12.0, 30.0))):
        tilt = Tilt(spectra)
        tilt.push(look(spectra, number, highs_db, all_db))
        told.append(*tilt.take().items())
    (even, flat_db), (soaked, dull_db), (louder, same_db) = told
    assert flat_db == pytest.approx(0.0, abs=0.3)
    assert dull_db == pytest.approx(-12.0, abs=0.3)
    assert same_db == pytest.approx(-12.0, abs=0.3)
    assert (even == soaked, int(louder.split()[-1]) - int(even.split()[-1])) == (True, 30)


def test_one_look_in_ten_seconds_told_once_and_none_of_silence_or_slow_sound() -> None:
    spectra = Spectra(RATE_HZ, 4)
    tilt = Tilt(spectra)
    told = 0
    for second in range(40):
        tilt.push(look(spectra, second * EVERY_NS // 10))
        told += bool(tilt.take())
    assert told == 4
    silent = Tilt(spectra)
    silent.push(Look(0, np.zeros((6, 4, spectra.bins), np.complex64), after_gap=False))
    slow = Spectra(8_000, 4)
    dull = Tilt(slow)
    dull.push(look(slow, 0))
    assert silent.take() == dull.take() == {}
