"""Sound on its way against closed formulas and the tables of the standard."""

from __future__ import annotations

import numpy as np
import pytest

from tools.simulate.acoustics import ARRAYS, fly_by, hover
from tools.simulate.propagation import Ground, Path, absorption_db_per_m, at_microphones, emission_s, level_db_spl, speed_of_sound_mps

RATE_HZ = 48_000
MIDDLE = np.zeros((1, 3))
SPEED_MPS = speed_of_sound_mps(15.0)


def tone(freq_hz: float, seconds: float, level_pa: float = 1.0) -> np.ndarray:
    return (level_pa * np.sin(2 * np.pi * freq_hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


# dB/km at 63 Hz, 125 Hz, .. 8 kHz by (temperature, humidity), as ISO 9613-2:1996 table 2 has them from ISO 9613-1.
TABLE = {
    (10.0, 70.0): (0.1, 0.4, 1.0, 1.9, 3.7, 9.7, 32.8, 117.0),
    (20.0, 70.0): (0.1, 0.3, 1.1, 2.8, 5.0, 9.0, 22.9, 76.6),
    (30.0, 70.0): (0.1, 0.3, 1.0, 3.1, 7.4, 12.7, 23.1, 59.3),
    (15.0, 20.0): (0.3, 0.6, 1.2, 2.7, 8.2, 28.2, 88.8, 202.0),
    (15.0, 50.0): (0.1, 0.5, 1.2, 2.2, 4.2, 10.8, 36.2, 129.0),
    (15.0, 80.0): (0.1, 0.3, 1.1, 2.4, 4.1, 8.3, 23.7, 82.8),
}


@pytest.mark.parametrize("air", TABLE)
def test_absorption_is_that_of_the_standards_table(air: tuple[float, float]) -> None:
    bands_hz = 1000.0 * 10 ** (0.3 * np.arange(-4, 4))
    assert 1000 * absorption_db_per_m(bands_hz, *air) == pytest.approx(TABLE[air], rel=0.01, abs=0.06)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.25, 0.4])
def test_a_delay_of_part_of_a_sample_is_exact_to_70_db(share: float) -> None:
    freq_hz = share * RATE_HZ
    ranges_m = 1.0 + SPEED_MPS / RATE_HZ * np.linspace(0, 1, 9)
    heard = at_microphones(
        tone(freq_hz, 0.3), hover(0, 0, 0), np.stack([ranges_m, 0 * ranges_m, 0 * ranges_m], axis=1), RATE_HZ, absorption=False
    )
    t_s = np.arange(len(heard))[:, None] / RATE_HZ - ranges_m / SPEED_MPS
    inside = slice(RATE_HZ // 10, -RATE_HZ // 10)
    error = heard[inside] - (np.sin(2 * np.pi * freq_hz * t_s) / ranges_m)[inside]
    assert 20 * np.log10(np.max(np.std(error, axis=0)) * np.sqrt(2)) < -70.0


def test_a_pass_is_heard_with_the_doppler_shift_of_the_closed_formula() -> None:
    freq_hz, path = 1000.0, fly_by(30.0, 20.0, 25.0, closest_s=1.5)
    heard = at_microphones(tone(freq_hz, 3.5), path, MIDDLE, RATE_HZ, lead_s=0.5)[:, 0]
    spectrum = np.fft.fft(heard)
    spectrum[len(heard) // 2 :] = 0
    phase = np.unwrap(np.angle(np.fft.ifft(spectrum)))
    t_s = np.arange(0.2, 2.8, 0.1)
    measured_hz = np.array([phase[round(t * RATE_HZ) + 480] - phase[round(t * RATE_HZ) - 480] for t in t_s]) / (2 * np.pi * 960 / RATE_HZ)
    emitted = emission_s(path, t_s, MIDDLE, SPEED_MPS)[:, 0]
    place, velocity = path(emitted), (path(emitted + 1e-4) - path(emitted - 1e-4)) / 2e-4
    towards_mps = -np.sum(place * velocity, axis=1) / np.linalg.norm(place, axis=1)
    assert measured_hz == pytest.approx(freq_hz / (1.0 - towards_mps / SPEED_MPS), rel=1e-4)
    assert measured_hz[0] > 1.05 * freq_hz
    assert measured_hz[-1] < 0.95 * freq_hz


@pytest.mark.parametrize(("freq_hz", "range_m"), [(200.0, 30.0), (1000.0, 100.0), (4000.0, 100.0), (8000.0, 300.0)])
def test_the_level_falls_by_spreading_and_absorption(freq_hz: float, range_m: float) -> None:
    heard = at_microphones(tone(freq_hz, 1.5), hover(30, 20, range_m), MIDDLE, RATE_HZ, lead_s=1.2)[2000:-2000]
    expected = level_db_spl(tone(freq_hz, 1.0)) - 20 * np.log10(range_m) - range_m * float(absorption_db_per_m(freq_hz))
    assert level_db_spl(heard) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("halves", [0.1, 1.0, 2.0])
def test_hard_ground_adds_the_images_sound_with_its_delay(halves: float) -> None:
    range_m, sine, height_m = 60.0, 0.5, 2.0
    image_m = np.sqrt(range_m**2 + (2 * height_m) ** 2 + 4 * height_m * range_m * sine)
    freq_hz = halves * SPEED_MPS / (image_m - range_m) / 2
    free, grounded = (
        at_microphones(tone(freq_hz, 0.8), hover(0, 30, range_m), MIDDLE, RATE_HZ, lead_s=0.3, ground=ground)[4000:-4000]
        for ground in (None, Ground(-height_m, flow_resistivity=2e9))
    )
    ratio = np.std(grounded) / np.std(free)
    assert ratio == pytest.approx(abs(1 + range_m / image_m * np.exp(-1j * np.pi * halves)), abs=0.06)


def test_soft_ground_takes_more_at_grazing_incidence_and_never_gives() -> None:
    reflection = np.abs(Ground(-2.0).reflection(np.array([100.0, 1000.0, 8000.0]), np.array([0.05, 0.5, 1.0])))
    assert np.all(reflection <= 1.0)
    assert np.all(np.diff(reflection[2]) < 0)


def test_before_the_sound_arrives_there_is_silence() -> None:
    heard = at_microphones(tone(500, 0.5), hover(0, 0, 68.0), MIDDLE, RATE_HZ)[:, 0]
    arrives = round(68.0 / SPEED_MPS * RATE_HZ)
    assert np.max(np.abs(heard[: arrives - 600])) < 1e-6
    assert np.std(heard[arrives + 600 :]) > 0.005


def test_two_halves_with_a_lead_are_the_whole() -> None:
    rng = np.random.default_rng(4)
    signal = rng.standard_normal(RATE_HZ, dtype=np.float32)
    path, places, cut = fly_by(20.0), ARRAYS["circular_7"].positions_m, RATE_HZ // 2

    def later(t_s: np.ndarray) -> np.ndarray:
        return path(t_s + 0.75)

    def at_start(t_s: np.ndarray) -> np.ndarray:
        return path(t_s + 0.25)

    whole = at_microphones(signal, at_start, places, RATE_HZ)
    second = at_microphones(signal[cut - 12_000 :], later, places, RATE_HZ, lead_s=0.25)
    apart = second[2000:-2000] - whole[cut + 2000 : -2000]
    assert np.max(np.abs(apart)) < 3e-4 * np.max(np.abs(whole)), "but for the filters' blocks, which begin elsewhere"


def test_what_outruns_its_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="as fast"):
        at_microphones(tone(100, 0.1), _outrunning(), MIDDLE, RATE_HZ)


def _outrunning() -> Path:
    return fly_by(speed_mps=400.0, closest_s=2.0)
