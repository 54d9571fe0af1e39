"""A walk around an array, and what it tells."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.health.calibration import Calibration, calibrate
from tools.simulate.acoustics import ARRAYS
from tools.simulate.noise import at_snr, white
from tools.simulate.propagation import Numbers, at_microphones

RATE_HZ, TEMPERATURE_C = 32_000, 15.0
ARRAY = ARRAYS["square_4"]
TRUE_M = np.array(ARRAY.positions_m) + 1e-3 * np.array([[3, -2, 0], [-2, 1, 0], [0, 4, 0], [-1, -3, 0]])


def walked(turns: float, seconds: float = 24.0, ahead_s: float = 3.0) -> NDArray[np.float32]:
    """Hiss 5 m away that stands ahead and then goes around clockwise."""
    rng = np.random.default_rng(0)

    def path(t_s: Numbers) -> Numbers:
        azimuth = 2 * np.pi * turns * np.clip((t_s - ahead_s) / (seconds - ahead_s), 0, 1)
        return np.stack([5 * np.sin(azimuth), 5 * np.cos(azimuth), 0.3 * np.sin(azimuth)], axis=-1)

    hiss = white(ceil((seconds + 0.1) * RATE_HZ), 1, rng)[:, 0]
    heard = at_microphones(hiss, path, TRUE_M, RATE_HZ, temperature_c=TEMPERATURE_C, lead_s=0.1, absorption=False)
    return at_snr(heard, white(len(heard), len(TRUE_M), rng), 20.0, rate_hz=RATE_HZ)


@pytest.fixture(scope="module")
def circle() -> NDArray[np.float32]:
    return walked(turns=1.1)


def calibrated(sound: NDArray[np.float32], array: MicrophoneArray = ARRAY, **known: float | bool) -> Calibration:
    return calibrate(array, sound, RATE_HZ, TEMPERATURE_C, **{"ahead_s": 3.0, "clockwise": True} | known)  # type: ignore[arg-type]


def test_places_gains_and_delays_are_found(circle: NDArray[np.float32]) -> None:
    gains = np.array([1.0, 0.7, 1.5, 1.1], np.float32)
    sound = circle * gains
    sound[:, 2] = np.roll(sound[:, 2], 4)
    found = calibrated(sound)
    assert found.problems == ()
    off_m = np.array(found.positions_m) - TRUE_M
    assert np.abs(off_m - off_m.mean(axis=0)).max() < 5e-4
    assert max(found.sigma_m) < 1e-3
    assert np.array(found.delays_s) * RATE_HZ == pytest.approx([0, 0, 4, 0], abs=0.05)
    ratio = np.array(found.gains) * gains
    assert ratio / ratio.mean() == pytest.approx(np.ones(4), abs=0.02)
    assert found.turned_deg == pytest.approx(396, abs=5)


def test_who_walks_the_other_way_finds_a_mirrored_map(circle: NDArray[np.float32]) -> None:
    assert any("mirrored" in problem for problem in calibrated(circle, clockwise=False).problems)
    mirrored = MicrophoneArray("mirrored", tuple((-x, y, z) for x, y, z in ARRAY.positions_m))
    assert any("mirrored" in problem for problem in calibrated(circle, mirrored).problems)


def test_a_turned_map_is_named(circle: NDArray[np.float32]) -> None:
    turned = MicrophoneArray("turned", tuple((y, -x, z) for x, y, z in ARRAY.positions_m))
    assert any("straight ahead" in problem for problem in calibrated(circle, turned).problems)


def test_half_a_circle_is_not_enough(circle: NDArray[np.float32]) -> None:
    assert any("whole circle" in problem for problem in calibrated(circle[: len(circle) // 2]).problems)


def test_noise_without_a_source_is_refused() -> None:
    with pytest.raises(ValueError, match="louder"):
        calibrated(white(20 * RATE_HZ, 4, np.random.default_rng(1)))


@pytest.mark.parametrize("places", [((0.0, 0.0, 0.0),), tuple((0.05 * k, 0.0, 0.0) for k in range(4))])
def test_an_array_that_cannot_be_calibrated_so_is_refused(places: tuple[tuple[float, float, float], ...]) -> None:
    with pytest.raises(ValueError, match="three microphones"):
        calibrated(np.zeros((RATE_HZ, len(places)), np.float32), MicrophoneArray("few", places))
