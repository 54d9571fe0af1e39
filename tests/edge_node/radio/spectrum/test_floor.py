"""The floor is that of the noise, whatever else is there."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_node.radio.spectrum.floor import Floor
from edge_node.radio.spectrum.psd import Psd
from tests.edge_node.radio.waves import NOISE, add_burst, noise

LOOK = 64
PSD = Psd(2.4e6)
TRUE = NOISE / PSD.bins


def learnt(powers: NDArray[np.float32], threshold: float = np.inf) -> Floor:
    """A floor that saw these ticks, marked as occupied where they are above a threshold over the true floor."""
    floor = Floor(PSD)
    floor.begin(powers[:LOOK])
    for first in range(0, len(powers) - LOOK, LOOK):
        part = powers[first : first + LOOK]
        smooth = part.reshape(LOOK, -1, 16).mean(axis=2).repeat(16, axis=1)
        floor.learn(part, smooth > threshold * TRUE)
    return floor


def test_noise_alone() -> None:
    floor = learnt(PSD.powers(noise(2.0)))
    assert float(floor.level.mean()) == pytest.approx(TRUE, rel=0.01)
    assert float(floor.level.std()) < 0.04 * TRUE


def test_the_first_look_is_near() -> None:
    floor = learnt(PSD.powers(noise(0.03)))
    assert float(floor.level.mean()) == pytest.approx(TRUE, rel=0.05)


@pytest.mark.parametrize("duty", [0.3, 0.88])
def test_bursts_do_not_lift_it(duty: float) -> None:
    samples = noise(2.0)
    for k in range(399):
        add_burst(samples, k * 5e-3, duty * 5e-3, 300e3, 15)
    floor = learnt(PSD.powers(samples), threshold=3.0)
    assert float(floor.level.mean()) == pytest.approx(TRUE, rel=0.03)


def test_what_was_there_from_the_first_is_a_signal() -> None:
    samples = noise(1.0)
    add_burst(samples, 0.0, 1.0, 200e3, 12)
    floor = learnt(PSD.powers(samples), threshold=3.0)
    assert float(floor.level[PSD.bins // 2 + 20 : PSD.bins // 2 + 60].mean()) == pytest.approx(TRUE, rel=0.08)


def test_another_gain_is_learnt() -> None:
    floor = learnt(PSD.powers(noise(1.0)))
    louder = PSD.powers(noise(5.0, power=20 * NOISE))
    for first in range(0, len(louder) - LOOK, LOOK):
        part = louder[first : first + LOOK]
        floor.learn(part, part > 3 * floor.level)
    assert float(floor.level.mean()) == pytest.approx(20 * TRUE, rel=0.05)


def test_silence_has_a_floor_above_nothing() -> None:
    floor = learnt(np.zeros((4 * LOOK, PSD.bins), np.float32))
    assert np.all(floor.level > 0)
    assert np.all(np.isfinite(floor.level))
