"""The whole way from blocks of sound to drones that are told of, on simulated sound and the real weights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from msgspec.structs import replace

from drivers.blocks import AudioBlock, GnssFix, MicrophoneArray
from edge_node.acoustic.detector import AcousticDetector
from edge_node.acoustic.listener import TOLD_EVERY_S
from edge_node.messages import AcousticDetection
from tools.simulate import noise
from tools.simulate.acoustics import ARRAYS, hover, scene_sound
from tools.simulate.rotorcraft import PRESETS

RATE_HZ, SECONDS = 48_000, 6.0
AZIMUTH_DEG, ELEVATION_DEG = 70.0, 35.0
SQUARE = ARRAYS["square_4"]
BLOCK = 2_400
NS = 1_000_000_000


def blocks(samples: np.ndarray, array: MicrophoneArray | None, rate_hz: int = RATE_HZ) -> Iterator[AudioBlock]:
    for first in range(0, len(samples), BLOCK):
        t_ns = first * NS // rate_hz
        yield AudioBlock(t_ns, first, 0, rate_hz, samples[first : first + BLOCK], array, 15.0)


def heard(samples: np.ndarray, array: MicrophoneArray | None, detector: AcousticDetector | None = None) -> list[AcousticDetection]:
    detector = detector or AcousticDetector()
    return [found for block in blocks(samples, array) for found in detector.step(block)]


@pytest.fixture(scope="module")
def drone() -> np.ndarray:
    """A quadcopter that hovers 40 m away, 10 dB above white noise, at four microphones."""
    rng = np.random.default_rng(11)
    sound = scene_sound(SQUARE, [(PRESETS["mid_quad"], hover(AZIMUTH_DEG, ELEVATION_DEG, 40.0))], SECONDS, rng).samples
    mixed = noise.at_snr(sound, noise.white(len(sound), 4, rng), 10.0)
    return (mixed * (0.05 / mixed.std())).astype(np.float32)


def test_an_array_says_where_a_drone_is(drone: np.ndarray) -> None:
    found = heard(drone, SQUARE)
    assert found, "a drone 10 dB above the noise for six seconds"
    assert {one.label for one in found} == {"multirotor"}
    assert len({one.track for one in found}) == 1
    last = found[-1]
    assert (last.azimuth_deg, last.elevation_deg) == pytest.approx((AZIMUTH_DEG, ELEVATION_DEG), abs=3.0)
    assert last.sigma_azimuth_deg is not None
    assert 0 < last.sigma_azimuth_deg < 5
    assert last.probability > 0.5
    assert last.blade_pass_hz == pytest.approx(PRESETS["mid_quad"].blade_pass_hz, rel=0.12)
    assert -35 < last.level_db < -20
    assert last.level_reference == "full_scale"
    assert last.snr_db > 0


def test_it_does_not_flood(drone: np.ndarray) -> None:
    times = [one.t_mono_ns for one in heard(drone, SQUARE)]
    assert min(np.diff(times)) >= TOLD_EVERY_S * NS
    assert times[0] < 4 * NS


def test_the_mounting_turns_what_is_heard(drone: np.ndarray) -> None:
    turned = heard(drone, replace(SQUARE, azimuth_deg=100.0))[-1]
    assert turned.azimuth_deg == pytest.approx(AZIMUTH_DEG + 100.0, abs=3.0)


def test_one_microphone_has_no_bearing(drone: np.ndarray) -> None:
    found = heard(drone[:, :1], None)
    assert found
    assert {(one.azimuth_deg, one.elevation_deg, one.sigma_azimuth_deg, one.sigma_elevation_deg) for one in found} == {(None,) * 4}
    assert found[-1].label == "multirotor"
    assert found[-1].snr_db > 0, "a drone that was always there is not noise"


def test_microphones_that_nobody_placed_are_one(drone: np.ndarray) -> None:
    found = heard(drone, None)
    assert found
    assert found[-1].azimuth_deg is None
    assert any("which array" in note for note in found[-1].notes)


def test_a_level_is_sound_pressure_where_the_array_was_measured(drone: np.ndarray) -> None:
    plain, measured = (heard(drone, replace(SQUARE, full_scale_db_spl=level))[-1] for level in (None, 120.0))
    assert measured.level_reference == "spl"
    assert measured.level_db == pytest.approx(plain.level_db + 120.0)


def test_lost_sound_is_not_joined(drone: np.ndarray) -> None:
    detector = AcousticDetector()
    parts = list(blocks(drone, SQUARE))
    first = [found for block in parts[:80] for found in detector.step(block)]
    later = [
        replace(b, t_mono_ns=b.t_mono_ns + 2 * NS, sequence=b.sequence + 2 * RATE_HZ, lost=2 * RATE_HZ * (k == 0))
        for k, b in enumerate(parts[80:])
    ]
    second = [found for block in later for found in detector.step(block)]
    assert first
    assert second
    assert second[0].t_mono_ns > later[0].t_mono_ns + 0.9 * NS, "only sound that belongs together is judged"


@pytest.mark.parametrize("array", [SQUARE, None])
def test_noise_is_no_drone(array: MicrophoneArray | None) -> None:
    rng = np.random.default_rng(12)
    samples = noise.diffuse(5 * RATE_HZ, np.asarray(SQUARE.positions_m), RATE_HZ, rng, 15.0).astype(np.float32) * 0.01
    detector = AcousticDetector()
    assert heard(samples, array, detector) == []
    assert detector.words().startswith("no drone heard")


def test_a_wrong_number_of_channels_is_said_and_survived(drone: np.ndarray) -> None:
    detector = AcousticDetector()
    assert heard(drone[:RATE_HZ, :3], SQUARE, detector) == []
    assert detector.words() == "this sound cannot be listened to: it has 3 channels, and square_4 has 4 microphones"
    assert heard(drone, SQUARE, detector), "and what comes after it is heard"


def test_other_blocks_pass() -> None:
    assert list(AcousticDetector().step(GnssFix(0, 0, 0, "nmea", has_fix=False))) == []


HOSTILE = st.floats(width=32, allow_nan=True, allow_infinity=True)
SHAPES = st.tuples(st.integers(0, 4_000), st.sampled_from([1, 4, 5, 65]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    arrays.arrays(np.float32, SHAPES, elements=HOSTILE, fill=HOSTILE),
    st.sampled_from([1, 999, 8_000, 16_000, 44_100, 192_000]),
    st.integers(0, 2**40),
    st.floats(-300, 300) | st.none(),
)
def test_no_sound_raises(samples: np.ndarray, rate_hz: int, sequence: int, temperature_c: float | None) -> None:
    detector = AcousticDetector()
    for array in (SQUARE, None):
        for k in range(3):
            assert list(detector.step(AudioBlock(k * NS, sequence, k, rate_hz, samples, array, temperature_c))) == []
    detector.words()


def test_wind_is_cut_off_and_noted(drone: np.ndarray) -> None:
    wind = noise.wind(len(drone), np.asarray(SQUARE.positions_m), RATE_HZ, 8.0, np.random.default_rng(13)).astype(np.float32)
    found = heard(drone + wind * np.float32(10 * drone.std() / wind.std()), SQUARE)
    assert found, "wind 20 dB above the drone, but far below it in pitch"
    assert found[-1].azimuth_deg == pytest.approx(AZIMUTH_DEG, abs=4.0)
    assert "wind" in found[-1].notes
