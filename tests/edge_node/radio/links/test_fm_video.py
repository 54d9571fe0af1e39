"""Analog video by its lines, and what has as many beats a second but is none."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links import fm_video
from tests.edge_node.radio.links.cutting import BEFORE_S, unending
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Air
from tools.simulate.iq.ofdm import DvbT, Lte
from tools.simulate.iq.video import NTSC, PAL, Fpv, Standard
from tools.simulate.iq.wave import Link

STANDARDS = pytest.mark.parametrize(("standard", "name"), [(PAL, "pal"), (NTSC, "ntsc")], ids=["pal", "ntsc"])


def video(standard: Standard, seconds: float, snr_db: float, rate_hz: float = 10e6) -> Burst:
    return unending(Fpv(standard), FrontEnd(5_800e6, rate_hz, bits=None), seconds, Air(snr_db))


@STANDARDS
@pytest.mark.parametrize("snr_db", [0.0, 10.0])
@pytest.mark.parametrize("rate_hz", [8.5e6, 20e6], ids=lambda rate: f"{rate / 1e6:g}MSps")
def test_standards_are_told(standard: Standard, name: str, snr_db: float, rate_hz: float) -> None:
    found = fm_video.look(video(standard, 0.02, snr_db, rate_hz))
    assert found
    assert found.link == "analog_video"
    assert found.parameters["standard"] == name
    assert found.parameters["line_rate_hz"] == pytest.approx(standard.line_hz, abs=3)
    assert float(found.parameters["over_other_standard_db"]) > 12


@STANDARDS
@pytest.mark.parametrize(("rate_hz", "offset_hz"), [(2.4e6, 0.0), (3.2e6, 0.0), (5e6, 1.5e6)], ids=["rtl_sdr", "wider", "beside"])
def test_a_narrow_receiver_hears_enough(standard: Standard, name: str, rate_hz: float, offset_hz: float) -> None:
    found = fm_video.look(unending(Fpv(standard, 1_280e6), FrontEnd(1_280e6 + offset_hz, rate_hz), 0.05, Air(6.0)))
    assert found
    assert found.parameters["standard"] == name


@STANDARDS
def test_two_fields_tell_their_rate(standard: Standard, name: str) -> None:
    found = fm_video.look(video(standard, 0.05, 6.0))
    assert found
    assert (found.parameters["standard"], found.parameters["field_rate_hz"]) == (
        name,
        pytest.approx({"pal": 50.0, "ntsc": 59.94}[name], abs=0.05),
    )
    assert "field_rate_hz" not in (fm_video.look(video(standard, 0.01, 6.0)) or found).parameters


@pytest.mark.parametrize("link", [Lte(650e6), DvbT(), DvbT(guard=1 / 32)], ids=["lte", "dvb_t", "dvb_t_short"])
def test_other_wide_ones_are_none(link: Link) -> None:
    """Fourteen carriers of 8k television are as far apart as PAL's lines."""
    assert fm_video.look(unending(link, FrontEnd(650e6, 10e6, bits=None), 0.05, Air(20.0))) is None


@pytest.mark.parametrize("rate_hz", [1e6, 2.4e6, 10e6])
def test_chirps_at_pals_line_rate_are_too_narrow(rate_hz: float) -> None:
    """As LoRa of SF5 and 500 kHz sends them: 15 625 a second."""
    t_s = np.arange(round(0.02 * rate_hz)) / rate_hz % 64e-6
    wave = np.exp(2j * np.pi * (500e3 / 64e-6 / 2 * t_s**2 - 250e3 * t_s)).astype(np.complex64)
    burst = Burst(0, rate_hz, 0.02 - 2 * BEFORE_S, True, 0.0, None, 0.5e6, 30.0, 0.0, wave, rate_hz, BEFORE_S)
    assert fm_video.look(burst) is None


@pytest.mark.parametrize("seconds", [0.004, 0.02, 0.05])
def test_noise_is_nothing(seconds: float) -> None:
    rng = np.random.default_rng(3)
    for _ in range(10):
        noise = rng.standard_normal((round((seconds + 2 * BEFORE_S) * 10e6), 2), dtype=np.float32).view(np.complex64)[:, 0]
        assert fm_video.look(Burst(0, 10e6, seconds, True, 0.0, None, 8e6, 3.0, -20.0, noise, 10e6, BEFORE_S)) is None
