"""How far microphones say they hear: by the noise where levels are known, with care where not, and never so far that they do not."""

from __future__ import annotations

import re
from itertools import islice
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from drivers.blocks import AudioBlock, MicrophoneArray
from edge_node.acoustic.detector import AcousticDetector
from edge_node.acoustic.reach import UNCALIBRATED_M, heard_to_m
from edge_node.messages import Coverage
from tests.scenes import MAST
from tools.simulate import noise, soundscape
from tools.simulate.acoustics import ARRAYS
from tools.simulate.world import World

RATE_HZ, BLOCK, NS = 48_000, 2_400, 1_000_000_000
SQUARE = ARRAYS["square_4"]
SPARE_DB = 3.01
"""Full scale is a sine's."""
COMES_S = 3
MEASURED_M = {0.0: 58.0, 2.0: 58.0, 4.0: 44.0, 8.0: 22.0}
"""By wind in m/s: where 85 % of 6 small drones each were told of within 4 s, by four microphones in a field of 42 dB."""
FIELD = (
    f'name = "A field"\nseconds = 20\n{MAST}'
    """
[weather]
wind_mps = {wind_mps}
[[drone]]
name = "small"
path = {{ kind = "hover", east_m = {east_m}, north_m = 0.0, height_m = {height_m} }}
operator = {{ east_m = 0.0, north_m = 0.0 }}
sound = {{ aircraft = "small_quad" }}
from_s = {from_s}
"""
)


def hushed(seconds: float, level_dbfs: float, seed: int = 1) -> np.ndarray:
    """White noise at four microphones, so loud from 300 Hz to 4 kHz."""
    samples = np.random.default_rng(seed).normal(0, 1, (round(seconds * RATE_HZ), 4))
    share = (4_000 - 300) / (RATE_HZ / 2)
    return (samples * 10 ** (level_dbfs / 20) / np.sqrt(share)).astype(np.float32)


def covered(
    samples: np.ndarray, array: MicrophoneArray | None, detector: AcousticDetector | None = None, first: int = 0
) -> Coverage | None:
    detector = detector or AcousticDetector()
    for at in range(0, len(samples), BLOCK):
        detector.step(AudioBlock((first + at) * NS // RATE_HZ, first + at, 0, RATE_HZ, samples[at : at + BLOCK], array, 15.0))
    return detector.coverage((first + len(samples)) * NS // RATE_HZ)


@pytest.mark.parametrize("noise_db_spl", [30.0, 40.0, 50.0])
def test_a_calibrated_array_hears_nearly_as_far_as_the_page_says(noise_db_spl: float) -> None:
    measured = replace(SQUARE, full_scale_db_spl=120.0)
    said = covered(hushed(4.0, noise_db_spl - 120.0 - SPARE_DB), measured)
    assert said is not None
    assert (said.sense, said.width_deg, said.notes) == ("sound", 360.0, ())
    page = (Path(__file__).parents[3] / "docs" / "acoustic.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| {noise_db_spl:.0f} dB: [^|]*\| (\d+) / (\d+) / \d+ ", page, re.MULTILINE)
    assert row
    assert float(row[1]) < said.reach_m <= float(row[2])


def field(wind_mps: float, from_s: float, range_m: float, tmp_path: Path) -> World:
    """A small drone that sounds from a time on, in the noise of a field by day."""
    scene = tmp_path / f"{wind_mps}-{range_m:.0f}.toml"
    scene.write_text(FIELD.format(wind_mps=wind_mps, from_s=from_s, east_m=0.9 * range_m, height_m=6 + 0.42 * range_m))
    return World.load(scene, 5)


def listened(world: World, seconds: float) -> tuple[Coverage, bool]:
    """What is said to be heard before the drone sounds, and whether it was told of."""
    array = replace(soundscape.mounted(world), full_scale_db_spl=110.0)
    detector, said, told, rate_hz = AcousticDetector(), None, False, 16_000
    for second, sound in enumerate(islice(soundscape.blocks(world), ceil(seconds))):
        for at in range(0, rate_hz, 1_600):
            first = second * rate_hz + at
            found = detector.step(AudioBlock(first * NS // rate_hz, first, 0, rate_hz, sound[at : at + 1_600], array, 15.0))
            told |= bool(found) and second >= COMES_S
        if second + 1 == COMES_S:
            said = detector.coverage(COMES_S * NS)
    assert said is not None
    return said, told


@pytest.mark.parametrize("wind_mps", [0.0, 2.0, 4.0, 8.0])
def test_what_is_well_within_the_reach_is_heard_in_any_wind_and_what_is_well_beyond_is_not(wind_mps: float, tmp_path: Path) -> None:
    alone, _ = listened(field(wind_mps, 99.0, 500.0, tmp_path), COMES_S)
    reach_m = alone.reach_m
    assert reach_m == pytest.approx(MEASURED_M[wind_mps], rel=0.5)
    assert ("wind" in alone.notes) == (wind_mps > 0)
    for range_m, heard in ((reach_m / 1.5, True), (reach_m * 3.0, False)):
        said, told = listened(field(wind_mps, COMES_S, range_m, tmp_path), COMES_S + said_within_s(alone))
        assert said.reach_m == pytest.approx(reach_m, rel=0.01)
        assert told is heard


def said_within_s(said: Coverage) -> float:
    """With a third of a second for the sound's way."""
    return said.latency_s + 0.33


def test_loud_noise_takes_the_reach_of_an_array_that_nobody_calibrated() -> None:
    detector = AcousticDetector()
    quiet = covered(hushed(5.0, -60.0), SQUARE, detector)
    loud = covered(hushed(8.0, -40.0, 2), SQUARE, detector, 5 * RATE_HZ)
    assert quiet is not None
    assert loud is not None
    assert quiet.reach_m == pytest.approx(UNCALIBRATED_M, rel=0.05)
    assert loud.reach_m < 0.2 * UNCALIBRATED_M


def test_wind_takes_the_reach_of_an_array_that_nobody_calibrated_though_it_always_blows() -> None:
    blown = noise.wind(6 * RATE_HZ, np.asarray(SQUARE.positions_m), RATE_HZ, 8.0, np.random.default_rng(3))
    around = noise.diffuse(6 * RATE_HZ, np.asarray(SQUARE.positions_m), RATE_HZ, np.random.default_rng(3), shape="pink")
    windy = covered(((blown + 2.5e-3 * around) / 20).astype(np.float32), SQUARE)
    assert windy is not None
    assert windy.notes == ("wind",)
    assert 0.1 * UNCALIBRATED_M < windy.reach_m < 0.7 * UNCALIBRATED_M


def test_silence_reaches_nothing_and_says_so() -> None:
    dead = covered(np.zeros((4 * RATE_HZ, 4), np.float32), SQUARE)
    assert dead is not None
    assert (dead.reach_m, dead.notes) == (0.0, ("silence",))


def test_a_dead_microphone_takes_the_reach() -> None:
    samples = noise.diffuse(25 * RATE_HZ, np.asarray(SQUARE.positions_m), RATE_HZ, np.random.default_rng(4), 15.0).astype(np.float32) * 0.01
    samples[:, 2] = 0.0
    said = covered(samples, SQUARE)
    assert said is not None
    assert said.reach_m == 0.0
    assert "channel 3 is silent" in said.notes[0]


def test_nothing_is_covered_before_sound_came_and_long_after_it() -> None:
    detector = AcousticDetector()
    assert detector.coverage(0) is None
    assert covered(hushed(1.0, -60.0), SQUARE, detector) is None
    assert covered(hushed(4.0, -60.0), SQUARE, detector, RATE_HZ) is not None
    assert detector.coverage(9 * NS) is None
    assert covered(hushed(4.0, -60.0)[:, :1], None) is not None, "one microphone hears as far"


def test_reach_falls_with_noise_and_ends() -> None:
    reaches = [heard_to_m(noise_db) for noise_db in range(20, 90, 5)]
    assert reaches == sorted(reaches, reverse=True)
    assert reaches[-1] == 0.0
