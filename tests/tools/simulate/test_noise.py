"""Noise of the simulator: its level, its spectrum and its coherence between microphones."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from tools.simulate import noise
from tools.simulate.acoustics import ARRAYS
from tools.simulate.propagation import speed_of_sound_mps

RATE_HZ = 16_000
PLACES = ((0.0, 0.0, 0.0), (0.05, 0.0, 0.0), (0.0, 0.15, 0.0))


def cross_spectra(sound: np.ndarray, length: int = 512) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz and cross-spectra (F, M, M)."""
    frames = sound[: len(sound) // length * length].reshape(-1, length, sound.shape[1]) * np.hanning(length)[:, None]
    spectra = np.fft.rfft(frames, axis=1)
    return np.fft.rfftfreq(length, 1 / RATE_HZ), np.einsum("tfm,tfn->fmn", spectra, spectra.conj()) / len(frames)


def coherence(cross: np.ndarray, a: int, b: int) -> np.ndarray:
    return cross[:, a, b] / np.sqrt(cross[:, a, a].real * cross[:, b, b].real)


@pytest.mark.parametrize("shape", ["white", "pink"])
def test_a_diffuse_field_has_the_coherence_of_all_directions(shape: noise.Shape) -> None:
    sound = noise.diffuse(30 * RATE_HZ, PLACES, RATE_HZ, np.random.default_rng(1), 20.0, shape=shape)
    freq_hz, cross = cross_spectra(sound)
    assert np.std(sound) == pytest.approx(1.0, rel=0.05)
    for mic, apart_m in ((1, 0.05), (2, 0.15)):
        expected = np.sinc(2 * freq_hz * apart_m / speed_of_sound_mps(20.0))
        assert np.sqrt(np.mean(np.abs(coherence(cross, 0, mic) - expected)[2:] ** 2)) < 0.05


def test_pink_falls_by_3_db_an_octave() -> None:
    freq_hz, cross = cross_spectra(noise.diffuse(20 * RATE_HZ, PLACES, RATE_HZ, np.random.default_rng(2), shape="pink"))
    power = 10 * np.log10(cross[:, 0, 0].real)
    band = (freq_hz > 200) & (freq_hz < 6000)
    assert np.polyfit(np.log2(freq_hz[band]), power[band], 1)[0] == pytest.approx(-3.0, abs=0.3)


def test_wind_is_low_gusty_incoherent_and_grows_with_the_square_of_its_speed() -> None:
    slow, fast = (noise.wind(30 * RATE_HZ, PLACES, RATE_HZ, speed_mps, np.random.default_rng(3)) for speed_mps in (4.0, 8.0))
    assert np.std(fast) / np.std(slow) == pytest.approx(4.0, rel=0.35)
    freq_hz, cross = cross_spectra(slow, 4096)
    power = cross[:, 0, 0].real
    assert np.sum(power[freq_hz < 100]) > 0.95 * np.sum(power)
    assert np.mean(np.abs(coherence(cross, 0, 2))[(freq_hz > 50) & (freq_hz < 1000)]) < 0.25
    strength = np.sqrt(np.mean(slow.reshape(-1, RATE_HZ // 2, 3) ** 2, axis=(1, 2)))
    assert np.max(strength) > 1.6 * np.min(strength)


def test_a_place_outdoors_has_more_low_than_high_and_is_the_same_for_the_same_seed() -> None:
    places = ARRAYS["square_4"].positions_m
    one, two = (noise.ambient(2 * RATE_HZ, places, RATE_HZ, np.random.default_rng(5)) for _ in range(2))
    freq_hz, cross = cross_spectra(one)
    power = cross[:, 0, 0].real
    assert np.array_equal(one, two)
    assert np.all(np.std(one, axis=0) > 0.5)
    assert np.mean(power[(freq_hz > 60) & (freq_hz < 300)]) > 10 * np.mean(power[freq_hz > 7500])


@pytest.mark.parametrize("band_hz", [None, (300.0, 2000.0)])
def test_the_mix_has_the_ratio_asked_for(band_hz: tuple[float, float] | None) -> None:
    rng = np.random.default_rng(6)
    signal = 0.02 * noise.diffuse(RATE_HZ, PLACES, RATE_HZ, rng, shape="pink")
    mix = noise.at_snr(signal, noise.white(RATE_HZ, 3, rng), -10.0, band_hz, rate_hz=RATE_HZ)
    spectra = [np.abs(np.fft.rfft(part, axis=0)) ** 2 for part in (signal, mix - signal)]
    freq_hz = np.fft.rfftfreq(RATE_HZ, 1 / RATE_HZ)
    low_hz, high_hz = band_hz or (0.0, RATE_HZ)
    powers = [float(np.sum(part[(freq_hz >= low_hz) & (freq_hz <= high_hz)])) for part in spectra]
    assert mix.dtype == np.float32
    assert 10 * np.log10(powers[0] / powers[1]) == pytest.approx(-10.0, abs=0.1)


def test_blocks_of_any_length_are_the_same_sound() -> None:
    def blocks() -> list[np.ndarray]:
        return [np.arange(k, k + 7, dtype=np.float32) for k in range(0, 70, 7)]

    for n in (1, 3, 7, 20):
        joined = np.concatenate(list(islice(noise.rechunked(iter(blocks()), n), 60 // n)))
        assert np.array_equal(joined, np.arange(60 // n * n))
