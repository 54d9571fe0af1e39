"""The sweep is seen in a frame however faint and with echoes, and in nothing that fills the band as Wi-Fi and LTE do."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.droneid.receiver import DroneIdReceiver
from edge_node.radio.droneid.sweep import Sweep
from tests.edge_node.radio.droneid.waves import air, heard
from tools.simulate.iq import droneid as sender
from tools.simulate.iq.ofdm import Lte
from tools.simulate.iq.wave import Link
from tools.simulate.iq.wifi import Wifi
from tools.simulate.radio import heard as on_the_air

RATES_HZ = (15e6, 15.36e6, 20e6, 50e6)
ECHOES = ((0.3e-6, 0.8), (1e-6, 0.7), (3e-6, 0.6))
BUSY: dict[str, Link] = {"wifi": Wifi(load=0.9), "lte": Lte(2_437e6, 100)}


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("echoes", [(), ECHOES], ids=["plain", "echoes"])
def test_a_faint_frame_may_be_one(rate_hz: float, echoes: tuple[tuple[float, float], ...]) -> None:
    rng, sweep = np.random.default_rng(1), Sweep(rate_hz)
    for k in range(10):
        samples = air(rng, k, 60, rate_hz)[0]
        for delay_s, gain in echoes:
            late = round(delay_s * rate_hz)
            samples[late:] += gain * samples[:-late]
        samples += sender.noise(len(samples), 10**0.4 * rate_hz / 15.36e6, rng)
        assert sweep.may_hold_a_frame(samples)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_noise_and_silence_hold_none(rate_hz: float) -> None:
    sweep, count = Sweep(rate_hz), round(0.1 * rate_hz)
    assert not sweep.may_hold_a_frame(sender.noise(count, 1.0, np.random.default_rng(2)))
    assert not sweep.may_hold_a_frame(np.zeros(count, np.complex64))
    assert not sweep.may_hold_a_frame(np.zeros(10, np.complex64))


@pytest.mark.parametrize("name", BUSY)
def test_a_busy_band_costs_no_search(name: str) -> None:
    samples = np.concatenate([block.samples for block in on_the_air([BUSY[name]], 2_437e6, 20e6, 0.06, 3)])
    receiver = DroneIdReceiver()
    assert heard(receiver, samples, 20e6) == []
    assert receiver.opened > 10
    assert receiver.searches <= 1


def test_a_link_in_its_band_that_drowns_the_sweep_does_not_hide_a_frame() -> None:
    rng, receiver, found = np.random.default_rng(4), DroneIdReceiver(), []
    for k in range(5):
        samples = air(rng, k, 0, 20e6)[0]
        spectrum = np.fft.fft(sender.noise(len(samples), 1.0, rng))
        spectrum[np.abs(np.fft.fftfreq(len(samples), 1 / 20e6) - 1e6) > 50e3] = 0
        samples += 300 * np.fft.ifft(spectrum).astype(np.complex64)
        assert not Sweep(20e6).may_hold_a_frame(samples)
        found += receiver.step(samples, 20e6, None, k * 4_000_000)
    assert [one.sequence for one in found + receiver.finish()] == list(range(5))
