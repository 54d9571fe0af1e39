"""What gains do to a bearing, and which of some directions is the sharpest, beside the same done the long way."""

from __future__ import annotations

import numpy as np

from edge_node.acoustic.direction.noise_field import Mixtures
from edge_node.acoustic.direction.snapshots import TOGETHER, grouped
from edge_node.acoustic.direction.steering import Heard, Steering, plane_wave
from edge_node.acoustic.microphones import Microphones
from tests.edge_node.acoustic.waves import unit
from tools.simulate.acoustics import ARRAYS

SPEED_MPS, FRAMES = 340.0, 4
FREQS_HZ = (300.0 + 15.625 * np.arange(120 * TOGETHER)).astype(np.float32)
MICROPHONES = Microphones(np.array(ARRAYS["uma_16"].positions_m))
DIRECTION = unit(70, 30)


def heard(gains: np.ndarray, noise: float = 0.0) -> Heard:
    rng = np.random.default_rng(1)
    turns = (2 * np.pi / SPEED_MPS * FREQS_HZ).astype(np.float32)
    amplitudes = rng.standard_normal((FRAMES, 1, len(FREQS_HZ))) + 1j * rng.standard_normal((FRAMES, 1, len(FREQS_HZ)))
    spectra = amplitudes * plane_wave(turns, MICROPHONES.positions_m, DIRECTION).T * gains[:, None]
    spectra += noise * rng.standard_normal(spectra.shape)
    centres = FREQS_HZ.reshape(-1, TOGETHER).mean(axis=1)
    inverse, gain = Mixtures(MICROPHONES.positions_m, centres, SPEED_MPS).inverse(np.full(len(centres), 0.97))
    return Heard(grouped(spectra.astype(np.complex64)), inverse, gain, np.full(len(FREQS_HZ), 1e-9, np.float32))


def test_a_gain_pulls_the_slope_as_said() -> None:
    steering, weights = Steering(MICROPHONES, FREQS_HZ, SPEED_MPS), np.ones(len(FREQS_HZ), np.float32)

    def slope(gains: np.ndarray) -> np.ndarray:
        focus = steering.focused(heard(gains), DIRECTION)
        return steering.beam(focus, DIRECTION).slope(weights)

    even = heard(np.ones(16))
    pulls = steering.pulls(even, steering.beam(steering.focused(even, DIRECTION), DIRECTION), weights)
    for channel in (0, 5, 15):
        moved = np.where(np.arange(16) == channel, 0.01, 0.0)
        measured = (slope(1 + moved) - slope(1 - moved)) / 0.02
        assert np.linalg.norm(pulls[:, channel] - measured) < 0.1 * np.linalg.norm(measured)


def test_the_sharpest_of_some_directions_is_that_of_the_strongest_beam() -> None:
    steering, weights = Steering(MICROPHONES, FREQS_HZ, SPEED_MPS), np.ones(len(FREQS_HZ), np.float32)
    some = np.stack([unit(azimuth, elevation) for azimuth in range(0, 360, 24) for elevation in (10, 32, 60)])
    focus = steering.unfocused(heard(np.ones(16), noise=0.5))
    powers = [steering.beam(focus, direction).score(weights) for direction in some]
    assert np.array_equal(steering.best(focus, weights, some), some[int(np.argmax(powers))])
    assert some[int(np.argmax(powers))] @ DIRECTION > 0.99
