"""Bins taken together, and that a wave becomes one in all bins of a group when they are turned towards it."""

from __future__ import annotations

import numpy as np

from edge_node.acoustic.direction.snapshots import TOGETHER, Snapshots, grouped, over_bins, over_groups
from edge_node.acoustic.direction.steering import Heard, Steering, plane_wave
from edge_node.acoustic.microphones import Microphones
from tests.edge_node.acoustic.waves import unit
from tools.simulate.acoustics import ARRAYS

FRAMES, CHANNELS, BINS = 5, 7, 8 * TOGETHER


def spectra(rng: np.random.Generator) -> np.ndarray:
    parts = rng.standard_normal((2, FRAMES, CHANNELS, BINS))
    return (parts[0] + 1j * parts[1]).astype(np.complex64)


def test_bins_keep_their_places() -> None:
    rng = np.random.default_rng(1)
    one, other = spectra(rng), spectra(rng)
    together = grouped(one)
    bins = np.array([0, 4, BINS - 1])
    assert np.allclose(together.of_bins(bins), one[:, :, bins].transpose(2, 1, 0))
    assert np.allclose(
        over_bins(together.power), (np.abs(one) ** 2).mean(axis=0).reshape(CHANNELS, -1, TOGETHER).mean(axis=2).T.repeat(3, 0)
    )
    assert np.allclose(together.inner(grouped(other)), (np.conj(one) * other).real.mean(axis=0).sum(axis=0), atol=1e-4)
    weights = rng.random(BINS).astype(np.float32)
    assert np.allclose(together.weighted(weights), grouped(one * weights).values)
    assert np.allclose(over_groups(weights), weights.reshape(-1, TOGETHER).sum(axis=1))


def test_products_with_rows_are_averaged_over_frames() -> None:
    rng = np.random.default_rng(2)
    sound, rows = spectra(rng), rng.standard_normal((BINS // TOGETHER, 2, CHANNELS)).astype(np.complex64)
    sums = np.einsum("tcb,bnc->tnb", sound, over_bins(rows))
    assert np.allclose(grouped(sound).crossed(rows), (np.conj(sums[:, :1]) * sums).mean(axis=0), atol=1e-4)


def test_a_null_takes_its_wave_out_of_each_bin() -> None:
    rng = np.random.default_rng(3)
    wave = spectra(rng)[:1]
    wave /= np.sqrt((np.abs(wave) ** 2).sum(axis=1, keepdims=True))
    amplitudes = spectra(rng)[:, :1]
    sound = grouped(amplitudes * wave)
    left, power = sound.without(grouped(wave), sound)
    assert np.abs(left.values).max() < 1e-5
    assert np.allclose(power, (np.abs(amplitudes[:, 0]) ** 2).mean(axis=0), rtol=1e-4)


def test_turned_towards_a_wave_all_bins_of_a_group_are_alike() -> None:
    microphones, direction, freqs_hz = (
        Microphones(np.array(ARRAYS["circular_7"].positions_m)),
        unit(70, 30),
        300.0 + 15.625 * np.arange(BINS),
    )
    wave = plane_wave((2 * np.pi / 340 * freqs_hz).astype(np.float32), microphones.positions_m, direction).T[None]
    sound = grouped(wave)
    heard = Heard(sound, None, np.full(BINS // TOGETHER, 7, np.float32), np.full(BINS, 1e-20, np.float32))
    steering = Steering(microphones, freqs_hz.astype(np.float32), 340.0)
    turned = steering.focused(heard, direction).whitened
    assert isinstance(turned, Snapshots)
    assert np.abs(np.diff(turned.values, axis=2)).max() < 1e-5
    assert np.abs(np.diff(sound.values, axis=2)).max() > 0.01
    assert np.allclose(steering.beam(steering.focused(heard, direction), direction).power, 7, rtol=1e-4)
