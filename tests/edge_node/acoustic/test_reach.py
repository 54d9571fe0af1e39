"""How far microphones say they hear: by the noise where levels are known, with care where not, and not at all in wind."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from drivers.blocks import AudioBlock, MicrophoneArray
from edge_node.acoustic.detector import AcousticDetector
from edge_node.acoustic.reach import FARTHEST_M, UNCALIBRATED_M, heard_to_m
from edge_node.messages import Coverage
from tools.simulate import noise
from tools.simulate.acoustics import ARRAYS

RATE_HZ, BLOCK, NS = 48_000, 2_400, 1_000_000_000
SQUARE = ARRAYS["square_4"]
SPARE_DB = 3.01
"""Full scale is a sine's."""


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
def test_a_calibrated_array_hears_as_far_as_the_page_says(noise_db_spl: float) -> None:
    measured = replace(SQUARE, full_scale_db_spl=120.0)
    said = covered(hushed(4.0, noise_db_spl - 120.0 - SPARE_DB), measured)
    assert said is not None
    assert (said.sense, said.width_deg, said.notes) == ("sound", 360.0, ())
    page = (Path(__file__).parents[3] / "docs" / "acoustic.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| {noise_db_spl:.0f} dB: [^|]*\| \d+ / (\d+) / \d+ ", page, re.MULTILINE)
    assert row
    assert said.reach_m == pytest.approx(min(float(row[1]), FARTHEST_M), rel=0.06)


def test_loud_noise_takes_the_reach_of_an_array_that_nobody_calibrated() -> None:
    detector = AcousticDetector()
    quiet = covered(hushed(5.0, -60.0), SQUARE, detector)
    loud = covered(hushed(8.0, -40.0, 2), SQUARE, detector, 5 * RATE_HZ)
    assert quiet is not None
    assert loud is not None
    assert quiet.reach_m == pytest.approx(UNCALIBRATED_M, rel=0.05)
    assert loud.reach_m < 0.2 * UNCALIBRATED_M


def test_wind_and_silence_reach_nothing_and_say_so() -> None:
    blown = noise.wind(6 * RATE_HZ, np.asarray(SQUARE.positions_m), RATE_HZ, 8.0, np.random.default_rng(3))
    windy = covered((0.2 * blown / blown.std()).astype(np.float32) + hushed(6.0, -70.0), SQUARE)
    assert windy is not None
    assert (windy.reach_m, windy.notes) == (0.0, ("wind",))
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
