"""Chips are told, and what else is as wide has none."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links import wifi_dsss
from tests.edge_node.radio.links.cutting import burst_of, simulated, unending
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Air
from tools.simulate.iq.ofdm import Lte, OcusyncVideo
from tools.simulate.iq.video import Fpv
from tools.simulate.iq.wifi import Wifi

SEQUENCE = "10110111000"
FINE = 8


def beacon(rate_hz: float, seconds: float, offset_hz: float, snr_db: float) -> Burst:
    """Differential phase shift keying of random bits, eleven chips each, in a band of 18 MHz with noise."""
    rng = np.random.default_rng(8)
    signs = np.cumprod(rng.choice((-1.0, 1.0), round(seconds * 1e6)))
    chips = np.repeat(np.outer(signs, [2.0 * (one == "1") - 1 for one in SEQUENCE]).ravel(), FINE)
    t_s = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = chips[np.minimum((t_s * 11e6 * FINE).astype(int), len(chips) - 1)] * np.exp(2j * np.pi * (offset_hz * t_s + 0.3))
    quiet = np.zeros(round(100e-6 * rate_hz))
    samples = np.concatenate((quiet, wave, quiet))
    noise = rng.standard_normal((len(samples), 2)).view(np.complex128)[:, 0] * np.sqrt(10 ** (-snr_db / 10) * rate_hz / 18e6 / 2)
    return burst_of((samples + noise).astype(np.complex64), rate_hz, (len(quiet), len(quiet) + len(wave)), (-9e6, 9e6))


@pytest.mark.parametrize("rate_hz", [20e6, 25e6, 40e6], ids=lambda rate: f"{rate / 1e6:g}MSps")
@pytest.mark.parametrize("snr_db", [0.0, 10.0])
@pytest.mark.parametrize("offset_hz", [0.0, -60e3])
def test_chips_are_told(rate_hz: float, snr_db: float, offset_hz: float) -> None:
    found = wifi_dsss.look(beacon(rate_hz, 0.4e-3, offset_hz, snr_db))
    assert found
    assert (found.link, found.parameters) == ("wifi", {"told_by": "chips"})


def test_others_have_none() -> None:
    front, air = FrontEnd(2_444.5e6, 20e6, bits=None), Air(20.0)
    bursts = simulated(Wifi(2_444.5e6), front, 0.01, air) + simulated(OcusyncVideo(2_444.5e6), front, 0.02, air)
    bursts += [unending(Lte(2_444.5e6, 100), front, 0.01, air), unending(Fpv(center_hz=2_444.5e6), front, 0.01, air)]
    assert [wifi_dsss.look(burst) for burst in bursts] == [None] * len(bursts)


def test_contrast_of_others_is_low() -> None:
    rng = np.random.default_rng(5)
    noise = rng.standard_normal((4_000, 2), dtype=np.float32).view(np.complex64)[:, 0]
    tone = np.exp(2j * np.pi * 0.05 * np.arange(4_000)).astype(np.complex64)
    assert wifi_dsss.chipped(noise) < 1.6
    assert wifi_dsss.chipped(tone) == pytest.approx(1.0, abs=0.05)
    assert wifi_dsss.chipped(np.zeros(4_000, np.complex64)) == 0.0
