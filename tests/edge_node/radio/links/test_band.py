from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.links.band import Band


@pytest.mark.parametrize(("rate_hz", "to_hz"), [(2.4e6, 1e6), (2.4e6, 1.625e6), (1.6e6, 2.4e6), (15.36e6, 1e6), (2.4e6 / 7, 250e3)])
def test_a_tone_keeps_its_frequency_and_power(rate_hz: float, to_hz: float) -> None:
    width_hz = 0.4 * min(rate_hz, to_hz)
    tone_hz = 0.1 * rate_hz + 0.2 * width_hz
    samples = np.exp(2j * np.pi * tone_hz / rate_hz * np.arange(20_000)).astype(np.complex64)
    cut, middle_hz = Band(samples, rate_hz, to_hz).channel(0.1 * rate_hz, width_hz)
    assert len(cut) == pytest.approx(20_000 * to_hz / rate_hz, abs=2)
    inner = cut[len(cut) // 4 : -len(cut) // 4]
    assert np.abs(inner) == pytest.approx(1.0, abs=0.02)
    turn = np.angle(np.mean(inner[1:] * inner[:-1].conj()))
    assert turn * to_hz / (2 * np.pi) + middle_hz == pytest.approx(tone_hz, abs=1e-5 * rate_hz)


def test_a_tone_beside_the_channel_is_gone() -> None:
    samples = np.exp(2j * np.pi * 0.3 * np.arange(20_000)).astype(np.complex64)
    cut, _ = Band(samples, 1e6, 0.5e6).channel(0.0, 200e3)
    assert np.abs(cut[500:-500]).max() < 1e-3


def test_what_is_no_number_is_silence() -> None:
    samples = np.ones(1000, dtype=np.complex64)
    samples[100:200] = np.nan
    samples[300] = np.inf
    samples[400] = 1e30
    cut, _ = Band(samples, 1e6, 0.5e6).channel(0.0, 100e3)
    assert np.isfinite(cut.view(np.float32)).all()
