from __future__ import annotations

import numpy as np
import pytest
from msgspec import structs

from tests.tools.simulate.iq.listening import recorded
from tools.simulate.iq.elrs import elrs_900
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Air, Heard, heard

FRONT = FrontEnd(866.425e6)


def test_the_same_seed_makes_the_same_samples_whatever_the_blocks() -> None:
    links = [Heard(elrs_900("200"), Air(snr_db=10.0, taps=((0.4e-6, 0.3j),)))]
    whole = np.concatenate([block.samples for block in heard(links, FRONT, 0.2, 7)])
    cut = list(heard(links, FRONT, 0.2, 7, block_samples=16_384))
    assert np.array_equal(whole, np.concatenate([block.samples for block in cut]))
    assert [block.sequence for block in cut] == [16_384 * k for k in range(len(cut))]
    assert not np.array_equal(whole, np.concatenate([block.samples for block in heard(links, FRONT, 0.2, 8)]))


def test_a_burst_is_as_strong_as_its_truth_says() -> None:
    samples, truth = recorded([Heard(elrs_900("200"), Air(snr_db=12.0))], structs.replace(FRONT, bits=None), 0.5)
    for spot in truth[:-1]:
        first = int((spot.t_s + 2e-4) * FRONT.rate_hz)
        part = samples[first : first + int((spot.duration_s - 4e-4) * FRONT.rate_hz)]
        noise = 10 ** (FRONT.noise_dbfs / 10)
        power = np.mean(np.abs(part) ** 2) - noise
        if abs(spot.center_hz - FRONT.center_hz) < 0.8e6:
            assert 10 * np.log10(power / noise * FRONT.rate_hz / spot.bandwidth_hz) == pytest.approx(12.0, abs=0.5)


def test_noise_is_as_strong_as_said_and_eight_bits_count_in_steps() -> None:
    samples, truth = recorded([], FRONT, 0.2)
    assert truth == []
    assert 10 * np.log10(np.mean(np.abs(samples) ** 2)) == pytest.approx(FRONT.noise_dbfs, abs=0.3)
    steps = samples.view(np.float32) * 127.5 + 127.5
    assert np.allclose(steps, np.rint(steps), atol=1e-3)


@pytest.mark.parametrize(("bits", "lowest"), [(8, -1.0), (12, -1.0), (16, -1.0)])
def test_what_is_too_strong_is_clipped_and_counted(bits: int, lowest: float) -> None:
    front = structs.replace(FRONT, bits=bits, noise_dbfs=6.0)
    (block, *_) = heard([], front, 0.02, 1)
    parts = block.samples.view(np.float32)
    assert float(parts.min()) == pytest.approx(lowest)
    assert float(parts.max()) <= 1.0
    assert 0.1 < block.clipped < 0.9


def test_crystals_shift_carrier_and_clock() -> None:
    """The receiver's 100 ppm put all 86.6 kHz lower, the transmitter's -50 ppm another 43.3 kHz, and its packets last longer."""
    link = elrs_900("25")
    slow, truth = recorded([Heard(link, Air(snr_db=60.0, ppm=-50.0))], structs.replace(FRONT, ppm=100.0, bits=None), 4.0)
    spot = next(one for one in truth if abs(one.center_hz - FRONT.center_hz) < 100e3)
    assert spot.center_hz == pytest.approx(FRONT.center_hz * (1 - 50e-6), abs=1)
    assert spot.duration_s == pytest.approx(29.952e-3 * (1 + 50e-6), rel=1e-6)
    rate_hz = FRONT.rate_hz * (1 + 100e-6)
    part = slow[int(spot.t_s * rate_hz) : int((spot.t_s + spot.duration_s) * rate_hz)]
    power = np.abs(np.fft.fft(part)) ** 2
    middle = float(np.sum(np.fft.fftfreq(len(part), 1 / FRONT.rate_hz) * power) / power.sum())
    assert middle == pytest.approx(-150e-6 * FRONT.center_hz, abs=6e3)


def test_own_tones_and_unequal_mixers_show() -> None:
    front = structs.replace(
        FRONT, center_hz=864.4e6, dc_dbfs=-20.0, spur_dbfs=-25.0, bits=None, noise_dbfs=-60.0, iq_gain_db=1.0, iq_phase_deg=5.0
    )
    samples, _ = recorded([], front, 0.1)
    spectrum = 20 * np.log10(np.abs(np.fft.fft(samples) / len(samples)) + 1e-9)
    spur = round((864.0e6 - 864.4e6) * 0.1)
    assert spectrum[0] == pytest.approx(-20.0, abs=0.1)
    assert spectrum[spur] == pytest.approx(-25.0, abs=0.5)
    assert spectrum[-spur] < -80


def test_what_reaches_over_the_edge_is_cut_off_and_does_not_fold_back() -> None:
    link = elrs_900("200")
    edge = structs.replace(FRONT, center_hz=link.domain.center_hz(6) + 1.2e6, bits=None, noise_dbfs=-80.0)
    samples, truth = recorded(link, edge, 1.0)
    spot = next(one for one in truth if abs(one.center_hz - link.domain.center_hz(6)) < 10e3)
    part = samples[int(spot.t_s * edge.rate_hz) : int((spot.t_s + spot.duration_s) * edge.rate_hz)]
    power = np.fft.fftshift(np.mean(np.abs(np.fft.fft(part[: len(part) // 512 * 512].reshape(-1, 512) * np.hanning(512))) ** 2, axis=0))
    assert power[:40].mean() > 1e4 * power[-60:].mean()


def test_a_receiver_wide_enough_for_all_hears_every_packet() -> None:
    wide = FrontEnd(866.425e6, 9.6e6, bits=12)
    _, truth = recorded(elrs_900("200"), wide, 0.5)
    assert np.allclose(np.diff([spot.t_s for spot in truth]), 5e-3)
    assert len({round(spot.center_hz) for spot in truth}) == 13


def test_a_link_of_another_band_is_not_heard_and_one_that_is_switched_off_no_more() -> None:
    far, brief = elrs_900("200", "fcc915"), Heard(elrs_900("200"), Air(ppm=0.0), until_s=0.1)
    _, truth = recorded([Heard(far), brief], FRONT, 0.4)
    assert {spot.link for spot in truth} == {"elrs_eu868_200"}
    assert max(spot.t_s for spot in truth) < 0.1
