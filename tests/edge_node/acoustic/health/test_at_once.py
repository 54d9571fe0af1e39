"""What shows at once: a channel that falls silent, two that change places, that both are over, and what is heard meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from msgspec import Struct
from numpy.typing import NDArray

from drivers.blocks import AudioBlock, MicrophoneArray
from edge_node.acoustic.detector import AcousticDetector
from edge_node.acoustic.health.hush import Hush
from edge_node.acoustic.health.self_check import SelfCheck
from tools.simulate import noise
from tools.simulate.acoustics import ARRAYS, hover, scene_sound
from tools.simulate.rotorcraft import PRESETS

RATE_HZ, BLOCK, NS = 48_000, 2_400, 1_000_000_000
SQUARE, MANY = ARRAYS["square_4"], ARRAYS["uma_16"]
AZIMUTH_DEG, ELEVATION_DEG = 70.0, 35.0
SOON_S = 4.0
Sound = NDArray[np.float32]


class Told(Struct, frozen=True):
    """What was said of a drone, and what was known of the microphones then."""

    t_s: float
    azimuth_deg: float | None
    problem: str


def drone(array: MicrophoneArray, seconds: float) -> Sound:
    """A quadcopter that hovers 40 m away, 10 dB above noise from all around."""
    rng = np.random.default_rng(11)
    sound = scene_sound(array, [(PRESETS["mid_quad"], hover(AZIMUTH_DEG, ELEVATION_DEG, 40.0))], seconds, rng).samples
    places = np.asarray(array.positions_m)
    mixed = noise.at_snr(sound, noise.diffuse(len(sound), places, RATE_HZ, rng, shape="pink"), 10.0)
    return np.asarray(mixed * (0.05 / mixed.std()), np.float32)


def spoilt(sound: Sound, begin_s: float, end_s: float, channels: list[int], instead: list[int] | None) -> Sound:
    """With some channels in the places of others for a while, or silent."""
    sound, part = sound.copy(), slice(round(begin_s * RATE_HZ), round(end_s * RATE_HZ))
    sound[part, channels] = 0.0 if instead is None else sound[part, instead]
    return sound


def told(sound: Sound, array: MicrophoneArray) -> Iterator[Told]:
    detector = AcousticDetector()
    for first in range(0, len(sound), BLOCK):
        for one in detector.step(AudioBlock(first * NS // RATE_HZ, first, 0, RATE_HZ, sound[first : first + BLOCK], array, 15.0)):
            yield Told(first / RATE_HZ, one.azimuth_deg, detector.problem)


def is_right(one: Told) -> bool:
    return one.azimuth_deg is not None and abs(one.azimuth_deg - AZIMUTH_DEG) < 5


def test_a_dead_microphone_is_left_out_within_a_second_and_taken_back() -> None:
    heard = list(told(spoilt(drone(SQUARE, 12.0), 4.0, 8.0, [2], None), SQUARE))
    assert all(is_right(one) for one in heard if not 4.0 < one.t_s < 6.0)
    assert all("channel 3 is silent" in one.problem for one in heard if 5.0 < one.t_s < 8.0)
    assert not any(one.problem for one in heard if one.t_s < 4.0 or one.t_s > 10.0)
    assert heard[-1].t_s > 11.0


def test_while_channels_are_swapped_a_drone_is_heard_without_a_wrong_bearing() -> None:
    heard = list(told(spoilt(drone(SQUARE, 18.0), 4.0, 10.0, [0, 1], [1, 0]), SQUARE))
    swapped = [one for one in heard if 4.0 + SOON_S < one.t_s < 10.0]
    assert swapped
    assert {one.azimuth_deg for one in swapped} == {None}
    assert all("are swapped" in one.problem for one in swapped)
    assert "channels 1 and 2" in swapped[0].problem
    after = [one for one in heard if one.t_s > 10.0 + SOON_S]
    assert after
    assert all(is_right(one) and not one.problem for one in after)


@pytest.mark.parametrize("pair", [[0, 1], [3, 12]], ids=str)
def test_of_many_microphones_two_that_are_swapped_are_named(pair: list[int]) -> None:
    sound, check = drone(MANY, 3 * SOON_S), SelfCheck(MANY, RATE_HZ)
    begin, end = (round(k * SOON_S * RATE_HZ) for k in (1, 2))
    for faulty, part in ((False, sound[:begin]), (True, spoilt(sound, 0, 99, pair, pair[::-1])[begin:end]), (False, sound[end:])):
        for first in range(0, len(part), BLOCK):
            check.push(part[first : first + BLOCK])
        assert [fault.channels for fault in check.faults()] == [tuple(pair)] * faulty


def hissing(*levels: float) -> Sound:
    rng = np.random.default_rng(5)
    return np.asarray(0.01 * rng.standard_normal((RATE_HZ // 10, len(levels)), dtype=np.float32) * np.float32(levels), np.float32)


def pushed(hush: Hush, sound: Sound, seconds: float) -> set[int]:
    for _ in range(round(10 * seconds)):
        hush.push(sound)
    return set(hush.dead_db)


def test_zeros_are_dead_at_once_and_what_is_far_below_the_others_after_two_seconds() -> None:
    assert pushed(Hush(4, RATE_HZ), hissing(1, 0, 1, 1), 0.5) == {1}
    low = Hush(4, RATE_HZ)
    assert pushed(low, hissing(1, 1, 1, 0.003), 1.8) == set()
    assert pushed(low, hissing(1, 1, 1, 0.003), 0.4) == {3}
    assert low.dead_db[3] == pytest.approx(-50, abs=1)
    assert pushed(low, hissing(1, 1, 1, 1), 0.8) == {3}
    assert pushed(low, hissing(1, 1, 1, 1), 0.4) == set()


@pytest.mark.parametrize("levels", [(1, 0.02, 1, 1), (0, 0, 0, 0), (1e-6, 0, 0, 0), (1,), (0,)], ids=str)
def test_who_is_soft_or_has_nobody_to_be_compared_with_is_not_dead(levels: tuple[float, ...]) -> None:
    assert pushed(Hush(len(levels), RATE_HZ), hissing(*levels), 5.0) == set()


def test_a_loose_contact_is_not_known_before_it_stays_away() -> None:
    hush = Hush(4, RATE_HZ)
    for _ in range(10):
        assert pushed(hush, hissing(1, 0, 1, 1), 0.3) == set()
        assert pushed(hush, hissing(1, 1, 1, 1), 0.1) == set()
