"""Bearings of exact plane waves: right, honest, of several at once, and with what is wrong with an array taken into account."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.blocks import MicrophoneArray
from edge_node.acoustic.direction.locator import Arrival, Locator
from edge_node.acoustic.spectra import Spectra
from edge_node.mounting import tangent_basis
from tests.edge_node.acoustic.waves import RATE_HZ, apart_deg, noise, unit, wave
from tools.simulate.acoustics import ARRAYS
from tools.simulate.noise import diffuse

SQUARE, CIRCLE, UMA = ARRAYS["square_4"], ARRAYS["circular_7"], ARRAYS["uma_16"]
FREQS_HZ = Spectra(RATE_HZ, 1).freqs_hz


def heard(array: MicrophoneArray, sound: np.ndarray, **options: object) -> list[Arrival]:
    locator = Locator(array, FREQS_HZ, temperature_c=15.0)
    return locator.locate(Spectra(RATE_HZ, len(array.positions_m)).push(sound.astype(np.float32)), **options)


@pytest.mark.parametrize("array", [SQUARE, CIRCLE, UMA], ids=lambda array: array.name)
@pytest.mark.parametrize(("azimuth_deg", "elevation_deg"), [(0, 45), (123, 20), (260, 70), (300, 88)])
def test_one_wave_in_little_noise(array: MicrophoneArray, azimuth_deg: float, elevation_deg: float) -> None:
    rng, direction = np.random.default_rng(5), unit(azimuth_deg, elevation_deg)
    (arrival,) = heard(array, wave(array, direction, rng) + 0.1 * noise(array, rng))
    assert apart_deg(arrival.direction, direction) < 0.6
    assert arrival.elevation_known
    assert arrival.strength > 0.9
    assert arrival.snr_db == pytest.approx(20, abs=2.5)


def test_sigma_is_honest() -> None:
    rng, squares = np.random.default_rng(6), []
    for _ in range(60):
        direction = unit(rng.uniform(0, 360), rng.uniform(25, 80))
        arrival = heard(CIRCLE, wave(CIRCLE, direction, rng) + 2.0 * noise(CIRCLE, rng))[0]
        off = tangent_basis(arrival.direction) @ (direction - arrival.direction)
        squares.append(off @ np.linalg.solve(arrival.covariance, off))
    # Mean of chi-square with two degrees over 60, with room for sigma a third too small or too large.
    assert 0.9 < np.mean(squares) < 3.6


def test_noise_from_all_sides_does_not_draw_a_bearing_up() -> None:
    rng, direction, locator = np.random.default_rng(7), unit(200, 25), Locator(CIRCLE, FREQS_HZ, temperature_c=15.0)
    spectra = Spectra(RATE_HZ, 7)
    errors, glances = [], []
    for _ in range(6):
        field = diffuse(9_216, CIRCLE.positions_m, RATE_HZ, rng)
        spectra.reset()
        frames = spectra.push(wave(CIRCLE, direction, rng) + 1.8 * field)
        errors.append(apart_deg(locator.locate(frames)[0].direction, direction))
        glance = locator.glance(frames)
        assert glance is not None
        glances.append(apart_deg(glance, direction))
    assert np.mean(errors) < 3.0
    assert np.mean(errors) < np.mean(glances) / 2


@pytest.mark.parametrize(("array", "apart"), [(SQUARE, 90), (CIRCLE, 40), (UMA, 40)], ids=["square", "circle", "uma"])
def test_two_at_once(array: MicrophoneArray, apart: float) -> None:
    rng, both = np.random.default_rng(8), (unit(100, 30), unit(100 + apart, 30))
    sound = wave(array, both[0], rng) + 0.7 * wave(array, both[1], rng) + 0.1 * noise(array, rng)
    found = heard(array, sound)
    assert len(found) == 2
    assert found[0].snr_db >= found[1].snr_db
    for direction in both:
        assert min(apart_deg(arrival.direction, direction) for arrival in found) < 3


def test_clear_sources_are_followed_and_one_that_jumps_is_found_again() -> None:
    rng, locator, spectra = np.random.default_rng(16), Locator(UMA, FREQS_HZ, temperature_c=15.0), Spectra(RATE_HZ, 16)

    def at(*azimuths_deg: float) -> list[float]:
        spectra.reset()
        sound = sum((wave(UMA, unit(azimuth, 30), rng) for azimuth in azimuths_deg), 0.1 * noise(UMA, rng))
        found = locator.locate(spectra.push(np.asarray(sound, np.float32)))
        return [min(apart_deg(arrival.direction, unit(azimuth, 30)) for arrival in found) for azimuth in azimuths_deg]

    assert max(max(at(3.0 * look, 120.0 - 3.0 * look)) for look in range(12)) < 1
    assert max(at(200.0)) < 1
    assert max(at(20.0)) < 1


def test_a_weak_source_beside_a_clear_one_is_heard_in_most_looks() -> None:
    rng, locator, spectra = np.random.default_rng(17), Locator(CIRCLE, FREQS_HZ, temperature_c=15.0), Spectra(RATE_HZ, 7)
    strong, weak, heard_looks = unit(40, 30), unit(160, 40), 0
    for _ in range(12):
        spectra.reset()
        sound = wave(CIRCLE, strong, rng) + 0.15 * wave(CIRCLE, weak, rng) + 0.5 * noise(CIRCLE, rng)
        found = locator.locate(spectra.push(sound))
        assert apart_deg(found[0].direction, strong) < 2
        heard_looks += any(apart_deg(arrival.direction, weak) < 8 for arrival in found)
    assert heard_looks >= 10


def test_nothing_in_noise_alone_and_in_silence() -> None:
    rng = np.random.default_rng(9)
    assert [heard(UMA, noise(UMA, rng)) for _ in range(5)] == [[]] * 5
    assert heard(UMA, np.zeros((9_216, 16))) == []
    assert heard(UMA, np.zeros((100, 16))) == []


def test_gains_delays_and_dead_microphones() -> None:
    rng, direction = np.random.default_rng(10), unit(50, 40)
    spoilt = replace(CIRCLE, gains=(1.0, 2.0, 0.5, 1.0, 1.0, 3.0, 1.0), delays_s=(0.0, 1e-4, 0.0, -5e-5, 0.0, 0.0, 0.0))
    sound = wave(spoilt, direction, rng) + 0.05 * noise(CIRCLE, rng)
    assert apart_deg(heard(spoilt, sound)[0].direction, direction) < 0.6
    assert apart_deg(heard(CIRCLE, sound)[0].direction, direction) > 2
    sound[:, 3] = 5.0 * rng.standard_normal(len(sound))
    locator, spectra = Locator(spoilt, FREQS_HZ, temperature_c=15.0), Spectra(RATE_HZ, 7).push(sound.astype(np.float32))
    locator.mute = (3,)
    assert apart_deg(locator.locate(spectra)[0].direction, direction) < 0.6
    with pytest.raises(ValueError, match="at least one channel"):
        locator.mute = range(7)


def test_unequal_gains_that_nobody_measured_do_not_spoil_diffuse_noise() -> None:
    rng, direction, locator = np.random.default_rng(15), unit(200, 30), Locator(CIRCLE, FREQS_HZ, temperature_c=15.0)
    gains = (10 ** (rng.normal(0, 1.5, 7) / 20)).astype(np.float32)
    spectra, errors = Spectra(RATE_HZ, 7), []
    for _ in range(6):
        spectra.reset()
        sound = gains * (wave(CIRCLE, direction, rng) + 1.8 * diffuse(9_216, CIRCLE.positions_m, RATE_HZ, rng))
        errors.append(apart_deg(locator.locate(spectra.push(sound))[0].direction, direction))
    assert np.mean(errors[1:]) < 4.0


def test_air_warmer_than_thought_moves_elevation_within_sigma() -> None:
    rng, direction = np.random.default_rng(11), unit(10, 20)
    spectra = Spectra(RATE_HZ, 16).push(wave(UMA, direction, rng) + 0.05 * noise(UMA, rng))
    (known,), (thought,) = (Locator(UMA, FREQS_HZ, temperature_c=c).locate(spectra) for c in (15.0, 3.0))
    assert apart_deg(known.direction, direction) < 0.3
    assert 2 < apart_deg(thought.direction, direction) < 4
    (unknown,) = Locator(UMA, FREQS_HZ).locate(spectra)
    assert np.degrees(np.sqrt(unknown.covariance[1, 1])) > 2
    assert unknown.covariance[0, 0] == pytest.approx(known.covariance[0, 0], rel=0.1)


def test_a_line_does_not_know_elevation() -> None:
    line = MicrophoneArray("line", tuple((0.05 * k, 0.0, 0.0) for k in range(4)))
    rng, direction = np.random.default_rng(12), unit(40, 0)
    (arrival,) = heard(line, wave(line, direction, rng) + 0.1 * noise(line, rng))
    assert not arrival.elevation_known
    assert apart_deg(arrival.direction, direction) < 1
    assert np.sqrt(arrival.covariance[1, 1]) > 0.5 > 10 * np.sqrt(arrival.covariance[0, 0])


def test_a_comb_hears_only_its_own_bins() -> None:
    rng, tonal, other = np.random.default_rng(13), unit(30, 40), unit(210, 30)
    t_s = np.arange(9_216) / RATE_HZ
    early_s = np.asarray(CIRCLE.positions_m) @ tonal / 340.275
    tones = sum(np.sin(2 * np.pi * 500 * k * (t_s[:, None] + early_s)) for k in range(1, 11))
    sound = 0.12 * tones + wave(CIRCLE, other, rng) + 0.05 * noise(CIRCLE, rng)
    assert apart_deg(heard(CIRCLE, sound)[0].direction, other) < 3
    assert apart_deg(heard(CIRCLE, sound, comb_hz=500.0)[0].direction, tonal) < 3
    (near,) = heard(CIRCLE, sound, comb_hz=500.0, towards=unit(35, 45))
    assert apart_deg(near.direction, tonal) < 3


def test_steering_keeps_what_comes_from_there_and_loses_noise() -> None:
    rng, direction = np.random.default_rng(14), unit(75, 35)
    clean, own = wave(UMA, direction, rng), noise(UMA, rng)
    locator = Locator(UMA, FREQS_HZ, temperature_c=15.0)
    signal, rest = (locator.steer(Spectra(RATE_HZ, 16).push(sound), direction) for sound in (clean, own))
    single = Spectra(RATE_HZ, 16).push(clean)[:, 0]
    band = (FREQS_HZ > 200) & (FREQS_HZ < 7_000)
    assert np.mean(np.abs(signal[:, band]) ** 2) == pytest.approx(np.mean(np.abs(single[:, band]) ** 2), rel=0.05)
    power = np.mean(np.abs(rest) ** 2) / np.mean(np.abs(Spectra(RATE_HZ, 16).push(own)) ** 2)
    assert power == pytest.approx(1 / 16, rel=0.2)


@given(
    places=st.lists(st.tuples(*[st.floats(-2, 2)] * 3), min_size=1, max_size=5),
    seed=st.integers(0, 2**32 - 1),
    loudness=st.sampled_from((1e-12, 1.0, 1e6)),
)
@example(
    places=[(0.0, 0.0, -1.827702420478042), (0.0, 0.0, -0.3), (0.0, 0.0, -0.3), (-1.827702420478042, -0.8786465393942968, -0.3)],
    seed=316,
    loudness=1.0,
)
@settings(max_examples=15, deadline=None)
def test_any_geometry_gives_finite_bearings(places: list[tuple[float, float, float]], seed: int, loudness: float) -> None:
    array, rng = MicrophoneArray("odd", tuple(places)), np.random.default_rng(seed)
    for sound in (wave(array, unit(20, 50), rng), noise(array, rng)):
        for arrival in heard(array, loudness * sound):
            assert np.linalg.norm(arrival.direction) == pytest.approx(1)
            assert np.all(np.linalg.eigvalsh(arrival.covariance) > 0)
            assert np.isfinite(arrival.snr_db)
