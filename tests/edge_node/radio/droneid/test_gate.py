"""The gate stays shut on noise and on what is narrow or short, and opens where 9 MHz are filled, on a busy band too."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.droneid.gate import Gate
from edge_node.radio.droneid.places import offsets_hz
from edge_node.radio.droneid.waveform import RATE_HZ
from tools.simulate.iq import droneid as sender

FRAME = sender.frame(sender.block(sender.telemetry(sender.Telemetry())))


def shares(gate: Gate, samples: np.ndarray) -> np.ndarray:
    rows = samples[: len(samples) // gate.pitch * gate.pitch].reshape(-1, gate.pitch)[:, : gate.row]
    return gate.look(rows.astype(np.complex64)).shares


def noise(seconds: float, rate_hz: float, seed: int = 1) -> np.ndarray:
    return sender.noise(round(seconds * rate_hz), 1.0, np.random.default_rng(seed))


@pytest.mark.parametrize("rate_hz", [15e6, 15.36e6, 20e6, 50e6])
def test_noise_does_not_open_it(rate_hz: float) -> None:
    gate = Gate(rate_hz)
    assert not any(shares(gate, part).any() for part in np.split(noise(0.2, rate_hz), 10))


@pytest.mark.parametrize(("rate_hz", "offset_hz"), [(15e6, -2.5e6), (15.36e6, 0.0), (20e6, 4e6), (50e6, -12.47e6)])
@pytest.mark.parametrize("snr_db", [-4, 40])
def test_a_frame_opens_it_at_its_centre(rate_hz: float, offset_hz: float, snr_db: float) -> None:
    gate = Gate(rate_hz)
    shares(gate, noise(0.02, rate_hz))
    amplitude = np.sqrt(10 ** (snr_db / 10) * RATE_HZ / rate_hz)
    heard = noise(0.004, rate_hz, 2) + amplitude * sender.at_rate(FRAME, rate_hz, offset_hz=offset_hz, start_s=0.001, length_s=0.004)
    opened = shares(gate, heard)
    assert opened.any()
    places = offsets_hz(gate, opened.max(axis=0))
    assert min(abs(place - offset_hz) for place in places) < 2e6
    assert len(places) <= 8


def test_what_is_narrow_does_not_open_it() -> None:
    gate = Gate(20e6)
    shares(gate, noise(0.02, 20e6))
    spectrum = np.fft.fft(noise(0.004, 20e6, 3))
    spectrum[np.abs(np.fft.fftfreq(len(spectrum), 1 / 20e6)) > 0.75e6] = 0
    hop = np.fft.ifft(spectrum)
    assert not shares(gate, (noise(0.004, 20e6, 4) + 30 * hop).astype(np.complex64)).any()


def test_a_band_that_is_filled_most_of_the_time_has_its_floor_still() -> None:
    gate, rng = Gate(20e6), np.random.default_rng(5)
    busy = noise(0.04, 20e6) * np.repeat(np.where(rng.random(400) < 0.8, 2, 1), 2000)
    shares(gate, busy.astype(np.complex64))
    heard = 2 * noise(0.003, 20e6, 6)
    assert shares(gate, heard).any()


def test_silence_is_no_signal_and_no_trouble() -> None:
    gate = Gate(20e6)
    assert not shares(gate, np.zeros(200_000, np.complex64)).any()
    assert gate.look(np.empty((0, gate.row), np.complex64)).shares.shape == (0, gate.positions)
