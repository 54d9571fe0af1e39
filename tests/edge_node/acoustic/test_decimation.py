"""What is below half the new rate stays, what is above goes, and how sound is cut makes no difference."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.acoustic.decimation import Decimator


def tone(freq_hz: float, count: int = 9_600, rate_hz: int = 48_000) -> np.ndarray:
    return np.sin(2 * np.pi * freq_hz * np.arange(count) / rate_hz).astype(np.float32)[:, None]


@pytest.mark.parametrize("freq_hz", [100.0, 3_000.0, 7_000.0])
def test_a_tone_below_stays_and_is_late(freq_hz: float) -> None:
    decimator = Decimator(1, 3)
    heard = decimator.push(tone(freq_hz))[0]
    expected = 3 * np.sin(2 * np.pi * freq_hz * (3 * np.arange(len(heard)) - decimator.late) / 48_000)
    assert np.abs(heard - expected)[64:].max() < 0.01


@pytest.mark.parametrize("freq_hz", [9_000.0, 12_500.0, 16_100.0, 23_000.0])
def test_a_tone_above_goes(freq_hz: float) -> None:
    assert np.abs(Decimator(1, 3).push(tone(freq_hz))[0, 64:]).max() < 3 * 2e-3


def test_how_sound_is_cut_makes_no_difference() -> None:
    sound = np.random.default_rng(1).standard_normal((5_000, 3), dtype=np.float32)
    whole, parts = Decimator(3, 3), Decimator(3, 3)
    expected = whole.push(sound)
    got = np.concatenate([parts.push(part) for part in np.split(sound, [7, 8, 100, 2_000, 2_047])], axis=1)
    assert expected.shape == (3, 5_000 // 48 * 16)
    assert np.allclose(expected, got, atol=1e-5)
    whole.reset()
    assert np.array_equal(whole.push(sound), expected)
    assert np.array_equal(Decimator(3, 1).push(sound), sound.T)
