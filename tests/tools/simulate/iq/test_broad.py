"""Video and OFDM as naive receivers know them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tools.simulate.iq.listening import EXACT, first_burst, frequency_hz, recorded, sampled
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Heard
from tools.simulate.iq.ofdm import DvbT, Lte, OcusyncControl, OcusyncVideo, zadoff_chu
from tools.simulate.iq.played import Made, Played
from tools.simulate.iq.video import NTSC, PAL, Fpv, Standard
from tools.simulate.iq.wave import Sampled
from tools.simulate.iq.wifi import Wifi


def folded(samples: NDArray[np.complex64], useful: int, symbol: int) -> float:
    """How much better than usual the best place is where a symbol repeats its end, of 1."""
    product = samples[useful:] * samples[:-useful].conj()
    width = symbol - useful
    running = np.abs(np.convolve(product, np.ones(width), "valid"))
    energy = np.convolve(np.abs(samples[:-useful]) ** 2, np.ones(width), "valid")
    rows = len(running) // symbol
    fold = (running / np.maximum(energy, 1e-9))[: rows * symbol].reshape(rows, symbol).mean(axis=0)
    return float(fold.max())


@pytest.mark.parametrize("standard", [PAL, NTSC], ids=["pal", "ntsc"])
def test_lines_repeat_at_the_standards_rate(standard: Standard) -> None:
    """Without colour, whose carrier is upside down after a line of NTSC."""
    rate_hz = 16e6
    link = Fpv(standard)
    air = frequency_hz(sampled(first_burst(link).wave(), rate_hz), rate_hz)
    air = np.convolve(air - air.mean(), np.ones(9) / 9, "same")
    spectrum = np.abs(np.fft.rfft(air, 1 << 20)) ** 2
    lags = np.fft.irfft(spectrum)
    around = int(rate_hz / 15_000), int(rate_hz / 16_500)
    peak = around[1] + int(np.argmax(lags[around[1] : around[0]]))
    assert rate_hz / peak == pytest.approx(standard.line_hz, rel=1.1 / peak)
    assert lags[peak] > 0.5 * lags[0]


def test_frames_go_on_without_a_jump_of_phase() -> None:
    link = Fpv(PAL)
    front = FrontEnd(5_800e6, 20e6, bits=None, noise_dbfs=-90.0)
    samples, truth = recorded(link, front, 0.0405)
    assert len(truth) >= 2
    frequency, seam = frequency_hz(samples, 20e6), round(0.04 * 20e6)
    low, high = np.percentile(frequency[: seam // 2], (0.1, 99.9)) * 1.1
    assert low < frequency[seam - 4 : seam + 4].min() < frequency[seam - 4 : seam + 4].max() < high


def test_sync_tips_are_the_lowest_frequencies_and_take_a_fourteenth_of_the_time() -> None:
    rate_hz = 16e6
    air = frequency_hz(sampled(first_burst(Fpv(PAL)).wave(), rate_hz), rate_hz)
    middles = np.convolve(air, np.ones(24) / 24, "same")
    low, high = np.percentile(middles, (2, 99.5))
    tips = middles < low + 0.15 * (high - low)
    assert tips.mean() == pytest.approx(4.7 / 64, abs=0.03)
    assert 4e6 < high - low < 9e6


def test_wifi_folds_at_4_us_and_ofdm_of_15_khz_at_its_own() -> None:
    bursts = [burst for burst, _ in zip(Wifi(load=0.9).bursts(0.0), range(8), strict=False)]
    wifi = sampled(max(bursts, key=lambda burst: burst.duration_s).wave(), 20e6)[400:]
    dji = sampled(first_burst(OcusyncVideo()).wave(), 15.36e6)
    assert folded(wifi, 64, 80) > 0.8
    assert folded(dji, 1024, 1096) > 0.5
    assert folded(dji, 49, 61) < 0.4


def test_short_training_repeats_every_0_8_us() -> None:
    air = sampled(first_burst(Wifi()).wave(), 20e6)[:160]
    assert np.allclose(air[16:144], air[:128], atol=0.15)


def test_lte_carries_its_synchronisation_signal_every_5_ms() -> None:
    link = Lte()
    peaks = []
    for k, burst in zip(range(10), link.bursts(0.0), strict=False):
        air = sampled(burst.wave(), 15.36e6)
        best = 0.0
        for root in (25, 29, 34):
            bins = np.zeros(1024, dtype=np.complex64)
            sequence = np.delete(zadoff_chu(root, 63), 31)
            bins[-31:], bins[1:32] = sequence[:31], sequence[31:]
            found = np.abs(np.fft.ifft(np.fft.fft(air, 1 << 15) * np.fft.fft(np.fft.ifft(bins), 1 << 15).conj()))
            best = max(best, float(found.max() / np.median(found)))
        peaks.append((k, best))
    strong = [k for k, value in peaks if value > 1.5 * np.median([value for _, value in peaks])]
    assert strong == [0, 5]


def test_dvb_t_repeats_a_quarter_of_each_symbol() -> None:
    air = sampled(first_burst(DvbT()).wave(), 64e6 / 7)
    assert len(air) == 8192 + 2048
    ends = np.abs(np.vdot(air[:2048], air[8192:])) / np.linalg.norm(air[:2048]) / np.linalg.norm(air[8192:])
    assert ends > 0.98


def test_control_hops_and_lasts_half_a_millisecond() -> None:
    bursts = [burst for burst, _ in zip(OcusyncControl().bursts(0.0), range(50), strict=False)]
    assert len({burst.center_hz for burst in bursts}) > 20
    assert bursts[0].duration_s == pytest.approx(0.5e-3, abs=0.02e-3)
    assert not any(burst.aloft for burst in bursts)


def test_samples_of_another_rate_are_put_between_exactly() -> None:
    n = np.arange(2000)
    tones = sum(np.exp(2j * np.pi * f * n) for f in (0.28, -0.13, 0.05)) * np.hanning(2000)
    wave = Sampled(tones, 15.36e6)
    t_s = np.arange(100, 2400) / 19.2e6
    exact = sum(np.exp(2j * np.pi * f * t_s * 15.36e6) for f in (0.28, -0.13, 0.05)) * np.sin(np.pi * t_s * 15.36e6 / 1999) ** 2
    found = wave.at(t_s)
    scale = np.vdot(found, exact) / np.vdot(found, found)
    error = np.linalg.norm(exact - scale * found) / np.linalg.norm(exact)
    assert 20 * np.log10(error) < -50


def test_samples_of_anothers_making_are_played() -> None:
    made = Made(lambda k: np.full(1000, 1.0 + k, dtype=np.complex64), 15.36e6, 1000 / 15.36e6, 0.02, (2_440e6, 2_445e6), 9e6)
    link = Played("other", "dji_ocusync", made)
    samples, truth = recorded([Heard(link, EXACT)], FrontEnd(2_442e6, 20e6, bits=None), 0.1)
    assert [round(spot.center_hz / 1e6) for spot in truth] == [2440, 2445, 2440, 2445, 2440]
    assert np.abs(samples).max() > 100 * np.median(np.abs(samples))
