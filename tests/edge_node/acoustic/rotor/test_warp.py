"""Do all lines of a single shaft become exact with its strongest, and those of several rotors not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from edge_node.acoustic.rotor.comb import Comb
from edge_node.acoustic.rotor.warp import EXACTNESS, FINE, abs_squared, evened, exactness, fine_spectrum, straightened
from tools.simulate.sounds import RATE_HZ, Floats, coloured, series, slow

MIDDLES = np.arange(14, dtype=np.float32) * 1024 + 1024
AFTER = slice(EXACTNESS // 2, None)


def _told(sound: Floats, hz: float) -> list[float]:
    comb = Comb(hz, 0.0, 10.0, np.full(14, hz, dtype=np.float32), 0.0)
    even, fundamental_hz = straightened(sound, comb, MIDDLES)
    spectrum = fine_spectrum(even)
    return exactness(even, spectrum, abs_squared(spectrum), fundamental_hz / (RATE_HZ / FINE))


def _shaft(seed: int, hz: float) -> Floats:
    rng = np.random.default_rng(seed)
    turning = (hz * (1 + 0.01 * slow(rng, RATE_HZ, 4))).astype(np.float32)
    return series(rng, turning, np.arange(1, 20.0), 2.0)


def _one(seed: int) -> Floats:
    return _shaft(seed, 180) + 0.1 * coloured(np.random.default_rng(seed), RATE_HZ, 0)


def _four(seed: int) -> Floats:
    rotors = [_shaft(seed + 100 * k, hz) for k, hz in enumerate((176, 179, 182, 185))]
    return np.asarray(sum(rotors) / 2 + 0.1 * coloured(np.random.default_rng(seed), RATE_HZ, 0), dtype=np.float32)


def test_lines_of_one_shaft_become_exact_and_those_of_several_do_not() -> None:
    one, four = (np.array([_told(make(seed), 180) for seed in range(6)]) for make in (_one, _four))
    assert one[:, AFTER].mean(axis=0)[1] > 2 * four[:, AFTER].mean(axis=0)[1]
    assert one[:, AFTER].mean() > 1.5 * one[:, : EXACTNESS // 2].mean()


def test_a_glide_that_is_undone_is_one_line() -> None:
    hz = np.linspace(150, 250, RATE_HZ)
    sound = np.sin(2 * np.pi * np.cumsum(hz) / RATE_HZ).astype(np.float32)
    power = abs_squared(fine_spectrum(evened(sound, np.linspace(150, 250, 126))))
    peak = int(power.argmax())
    assert power[peak - 3 : peak + 4].sum() > 0.99 * power.sum()
    assert peak * RATE_HZ / FINE == pytest.approx(200, abs=1)


@pytest.mark.parametrize("make", [np.zeros, np.ones])
@pytest.mark.parametrize("hz", [60.0, 959.0])
def test_silence_has_no_lines(make: Callable[..., Floats], hz: float) -> None:
    told = _told(make(RATE_HZ, dtype=np.float32), hz)
    assert len(told) == EXACTNESS
    assert np.isfinite(told).all()
