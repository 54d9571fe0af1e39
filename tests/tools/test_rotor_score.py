"""Do scores of scores say what they name."""

from __future__ import annotations

import numpy as np
import pytest

from tools.rotor_data import Clip
from tools.rotor_score import auc, brier, calibration_error, found_at, reliability, windows
from tools.simulate.sounds import RATE_HZ, coloured


def test_a_perfect_score_and_a_blind_one() -> None:
    drone = np.arange(2000) % 2 == 0
    assert (auc(drone.astype(float), drone), found_at(drone.astype(float), drone)) == (1, 1)
    blind = np.random.default_rng(1).uniform(size=2000)
    assert auc(blind, drone) == pytest.approx(0.5, abs=0.05)
    assert found_at(blind, drone) < 0.05


def test_honest_probabilities_have_no_calibration_error_and_bold_ones_have() -> None:
    rng = np.random.default_rng(2)
    said = rng.uniform(size=20_000)
    drone = rng.uniform(size=len(said)) < said
    assert calibration_error(said, drone) < 0.02
    assert calibration_error(np.where(said > 0.5, 0.99, 0.01), drone) > 0.2
    assert sum(count for _, _, count in reliability(said, drone)) == len(said)
    assert brier(drone.astype(float), drone) == 0


def test_windows_overlap_by_half_and_noise_is_at_its_ratio() -> None:
    sound = coloured(np.random.default_rng(3), 3 * RATE_HZ, 0.0)
    clip = Clip("drone/x.wav", "x", "drone", "", sound)
    clean, noisy = windows([clip]), windows([clip], -10.0)
    assert len(clean.sounds) == len(noisy.sounds) == 5
    assert clean.drone.all()
    assert np.std(noisy.sounds[0] - clean.sounds[0]) == pytest.approx(np.sqrt(10), rel=0.3)
