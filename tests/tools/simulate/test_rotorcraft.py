"""What simulated rotors sound like, measured from the sound alone."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from msgspec.structs import replace

from edge_node.messages import SoundLabel
from tools.simulate.aircraft import LABELS
from tools.simulate.propagation import level_db_spl
from tools.simulate.rotorcraft import OF_KIND, PRESETS, Rotorcraft, random_rotorcraft, source_blocks, source_signal

RATE_HZ = 16_000
STEADY = Rotorcraft(
    label="multirotor", blade_pass_hz=200.0, rotors=1, spread=0, wander=0, throttle=0, jitter=0, ragged_db=0, broadband_db=-40.0
)


def spectrum(signal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.fft.rfftfreq(len(signal), 1 / RATE_HZ), np.abs(np.fft.rfft(signal * np.hanning(len(signal)))) ** 2


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_as_loud_as_it_says_and_sounds_at_its_blade_pass(name: str) -> None:
    craft = PRESETS[name]
    signal = source_signal(craft, 4.0, RATE_HZ, np.random.default_rng(1))
    assert signal.dtype == np.float32
    assert len(signal) == 4 * RATE_HZ
    assert level_db_spl(signal) == pytest.approx(craft.level_db_spl_1m, abs=1.5)
    freq_hz, power = spectrum(signal)
    width = 4 * craft.spread + 4 * craft.wander + 4 * craft.throttle + 0.02
    on = np.abs(freq_hz / craft.blade_pass_hz - 1) < width
    off = np.abs(freq_hz / craft.blade_pass_hz / 1.5 - 1) < 0.02
    assert np.max(power[on]) > 5 * np.max(power[off])


def test_a_steady_rotor_is_a_comb_that_rolls_off() -> None:
    freq_hz, power = spectrum(source_signal(STEADY, 2.0, RATE_HZ, np.random.default_rng(2)))
    peaks = [10 * np.log10(np.max(power[np.abs(freq_hz - 200.0 * k) < 3])) for k in (1, 2, 4, 8, 16)]
    assert np.polyfit(np.arange(5), peaks, 1)[0] == pytest.approx(-STEADY.roll_off_db, abs=0.2)
    assert np.sum(power[freq_hz % 100 < 3]) + np.sum(power[freq_hz % 100 > 97]) > 0.999 * np.sum(power)


def test_rotors_wander_apart() -> None:
    quad = replace(STEADY, rotors=4, spread=0.05)
    freq_hz, power = spectrum(source_signal(quad, 4.0, RATE_HZ, np.random.default_rng(3)))
    near = (freq_hz > 150) & (freq_hz < 250)
    peaks = (power[near][1:-1] > power[near][:-2]) & (power[near][1:-1] > power[near][2:]) & (power[near][1:-1] > 0.05 * power[near].max())
    assert np.sum(peaks) == 4


def test_rotors_follow_the_throttle_together() -> None:
    steered = replace(STEADY, rotors=2, spread=0.02, throttle=0.05)
    signal = source_signal(steered, 6.0, RATE_HZ, np.random.default_rng(6))
    lines_hz = []
    for part in signal.reshape(12, -1):
        freq_hz, power = spectrum(part)
        near = (freq_hz > 130) & (freq_hz < 280)
        lines_hz.append(np.sum(freq_hz[near] * power[near]) / np.sum(power[near]))
    assert np.std(lines_hz) > 0.02 * 200.0


def test_noise_comes_and_goes_with_the_blades() -> None:
    noisy = replace(STEADY, broadband_db=30.0, modulation=0.8)
    freq_hz, power = spectrum(source_signal(noisy, 4.0, RATE_HZ, np.random.default_rng(4)) ** 2)
    on, off = (np.max(power[np.abs(freq_hz - centre_hz) < 2]) for centre_hz in (200.0, 310.0))
    assert on > 20 * off


def test_blocks_join_without_a_seam() -> None:
    blocks = list(islice(source_blocks(replace(STEADY, jitter=0.002, broadband_db=-60.0), RATE_HZ, np.random.default_rng(5)), 3))
    step = np.abs(np.diff(np.concatenate(blocks)))
    assert max(step[RATE_HZ - 1], step[2 * RATE_HZ - 1]) <= np.max(step[: RATE_HZ - 1])


@pytest.mark.parametrize("kind", OF_KIND)
def test_a_random_craft_is_of_its_kind_and_of_its_seed(kind: SoundLabel) -> None:
    some = [random_rotorcraft(np.random.default_rng(seed), kind) for seed in (1, 1, 2)]
    assert some[0] == some[1] != some[2]
    assert {craft.label for craft in some} == {kind}


def test_nothing_that_has_no_rotor_is_made() -> None:
    with pytest.raises(KeyError):
        random_rotorcraft(np.random.default_rng(1), "none")


def test_a_scene_s_aircraft_are_what_their_sound_is_labelled() -> None:
    assert {name: craft.label for name, craft in PRESETS.items()} == LABELS
