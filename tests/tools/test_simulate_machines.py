"""Are simulated sounds sound, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.acoustic.rotor.model import LABELS
from tools.simulate import channel
from tools.simulate.machines import MACHINES
from tools.simulate.sounds import RATE_HZ, coloured, pulses, scattered, series


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_sounds_at_unit_level_and_repeats_by_its_seed(name: str) -> None:
    label, make = MACHINES[name]
    sound = make(np.random.default_rng(1), RATE_HZ)
    assert label in LABELS[2:]
    assert sound.shape == (RATE_HZ,)
    assert sound.dtype == np.float32
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(1, abs=0.01)
    assert np.array_equal(sound, make(np.random.default_rng(1), RATE_HZ))
    assert not np.array_equal(sound, make(np.random.default_rng(2), RATE_HZ))


@pytest.mark.parametrize(("step", "_"), channel.STEPS, ids=lambda step: getattr(step, "__name__", ""))
def test_a_channel_keeps_length_and_stays_finite(step: object, _: float) -> None:
    assert callable(step)
    for seed in range(3):
        sound = step(np.random.default_rng(seed), coloured(np.random.default_rng(9), RATE_HZ, -3))
        assert sound.shape == (RATE_HZ,)
        assert np.isfinite(sound).all()


def test_a_low_pass_takes_what_is_high() -> None:
    rng = np.random.default_rng(3)
    tone = series(rng, np.full(RATE_HZ, 7900, dtype=np.float32), np.ones(1), 0.0)
    assert np.std(channel.low_pass(rng, tone)) < 0.1


def test_two_sounds_are_mixed_at_their_ratio() -> None:
    rng = np.random.default_rng(4)
    low, high = (series(rng, np.full(RATE_HZ, hz, dtype=np.float32), np.ones(1), 0.0) for hz in (500, 3000))
    power = np.abs(np.fft.rfft(channel.mixed(low, high, 6.0))) ** 2
    assert 10 * np.log10(power[500] / power[3000]) == pytest.approx(6, abs=0.1)


def test_warping_changes_pitch_and_not_length() -> None:
    rng = np.random.default_rng(5)
    tone = series(rng, np.full(3 * RATE_HZ, 1000, dtype=np.float32), np.ones(1), 0.0)
    heard = [channel.warped(rng, tone, RATE_HZ, 0.25, 0.0) for _ in range(20)]
    pitch_hz = [int(np.abs(np.fft.rfft(sound)).argmax()) for sound in heard]
    assert all(len(sound) == RATE_HZ for sound in heard)
    assert 795 <= min(pitch_hz) < 950
    assert 1050 < max(pitch_hz) <= 1255


def test_scattering_takes_the_peaks_of_pulses_and_keeps_their_rate() -> None:
    rng = np.random.default_rng(4)
    clicks = pulses(rng, np.full(RATE_HZ, 50, dtype=np.float32), 0.0, 0.0)
    spread = scattered(rng, clicks)
    assert np.mean(spread**4) / np.mean(spread**2) ** 2 < 0.5 * np.mean(clicks**4) / np.mean(clicks**2) ** 2
    envelope = np.abs(np.fft.rfft(spread**2 - np.mean(spread**2)))
    assert int(envelope[20:75].argmax()) + 20 == 50


def test_scintillation_moves_levels_alone() -> None:
    sounds = [channel.scintillated(np.random.default_rng(seed), coloured(np.random.default_rng(9), RATE_HZ, -3)) for seed in range(12)]
    levels = [np.std(sound.reshape(20, -1), axis=1) for sound in sounds]
    assert all(np.isfinite(sound).all() and sound.shape == (RATE_HZ,) for sound in sounds)
    assert 0.05 < np.mean([level.std() / level.mean() for level in levels]) < 0.6
