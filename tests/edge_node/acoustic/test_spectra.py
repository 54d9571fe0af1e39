"""Sound to spectra and back is what it was, however it is cut, and a frame says when it was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_node.acoustic.spectra import HEARD_RATE_HZ, Resynthesis, Spectra, frame_lengths


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000])
def test_a_tone_comes_back_at_16_khz(rate_hz: int) -> None:
    spectra, back = Spectra(rate_hz, 2), Resynthesis(rate_hz)
    t_s = np.arange(rate_hz // 2) / rate_hz
    sound = np.stack([np.sin(2 * np.pi * 1_000 * t_s), np.zeros(len(t_s))], axis=1).astype(np.float32)
    heard = np.concatenate([back.push(spectra.push(part)[:, 0]) for part in np.array_split(sound, 7)])
    made_rate_hz = rate_hz * spectra.heard_frame / spectra.frame
    assert abs(made_rate_hz / HEARD_RATE_HZ - 1) < 1e-3
    assert heard.dtype == np.float32
    inside = slice(spectra.heard_frame, len(heard) - spectra.heard_frame)
    expected = np.sin(2 * np.pi * 1_000 * (np.arange(len(heard)) / made_rate_hz - spectra.late_s))
    assert np.abs(heard - expected)[inside].max() < 1e-4


@given(st.lists(st.integers(0, 4_000), min_size=1, max_size=8), st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_how_sound_is_cut_makes_no_difference(cuts: list[int], seed: int) -> None:
    sound = np.random.default_rng(seed).standard_normal((sum(cuts), 3), dtype=np.float32)
    whole, parts = Spectra(16_000, 3), Spectra(16_000, 3)
    expected = whole.push(sound)
    got = np.concatenate([parts.push(part) for part in np.split(sound, np.cumsum(cuts)[:-1])])
    assert got.dtype == np.complex64
    assert np.array_equal(expected, got)
    assert parts.frames == len(got)


def test_a_click_is_in_the_frames_about_its_time() -> None:
    spectra = Spectra(48_000, 1)
    click = np.zeros((24_000, 1), np.float32)
    click[11_111] = 1.0
    power = (np.abs(spectra.push(click)) ** 2).sum(axis=(1, 2))
    middles_s = np.array([spectra.middle_s(frame) for frame in range(len(power))])
    assert abs(np.average(middles_s, weights=power) - 11_111 / 48_000) < spectra.hop_s / 4


def test_after_a_reset_nothing_of_before_is_left() -> None:
    spectra = Spectra(48_000, 1)
    spectra.push(np.ones((5_000, 1), np.float32))
    spectra.reset()
    assert not spectra.push(np.zeros((3_072, 1), np.float32)).any()
    assert spectra.frames == 1


def test_wrong_shapes_and_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="2 channels"):
        Spectra(48_000, 2).push(np.zeros((10, 3), np.float32))
    with pytest.raises(ValueError, match="sample rate"):
        frame_lengths(10)
