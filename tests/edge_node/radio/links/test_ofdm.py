"""OcuSync is told from LTE's kin by its frame and never by width."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links import ofdm
from tests.edge_node.radio.links.cutting import burst_of, recording, simulated, unending, whole
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Air
from tools.simulate.iq.ofdm import Lte, OcusyncControl, OcusyncVideo, modulated, prefixes, qam
from tools.simulate.iq.wave import OVERSAMPLED, Link

BAND_HZ = 2_444.5e6
DRONEID = "dji_droneid_mavic_air_2_50MSps.cf32"
CONTROL_HOPS = (0.0, 0.55e-3, 1.9e6, 3.1e6), (0.62e-3, 1.19e-3, -8.1e6, -6.8e6)
"""In DRONEID: begin, end, lowest and highest offset."""
DRONEID_FRAMES = (1.78e-3, 2.45e-3, -2.6e6, 6.6e6), (1.78e-3, 3.2e-3, -2.6e6, 6.6e6), (3.24e-3, 3.9e-3, -17.1e6, -7.9e6)


def control(seed: int = 1) -> Link:
    return OcusyncControl(seed, 2_441e6, 2_448e6)


def links_of(bursts: list[Burst]) -> list[str | None]:
    return [found.link if (found := ofdm.look(burst)) else None for burst in bursts]


@pytest.mark.parametrize("rate_hz", [15.36e6, 20e6, 50e6], ids=lambda rate: f"{rate / 1e6:g}MSps")
@pytest.mark.parametrize("snr_db", [3.0, 10.0])
def test_control_is_told_at_any_rate(rate_hz: float, snr_db: float) -> None:
    found = simulated(control(), FrontEnd(BAND_HZ, rate_hz, bits=None), 0.05, Air(snr_db))
    assert len(found) >= 8
    assert links_of(found).count("dji_ocusync") >= len(found) - 1
    assert all(one is None or one.parameters["form"] == "control" for one in map(ofdm.look, found))


@pytest.mark.parametrize("megahertz", [10, 20])
@pytest.mark.parametrize("snr_db", [0.0, 10.0])
def test_video_is_told(megahertz: int, snr_db: float) -> None:
    found = simulated(OcusyncVideo(BAND_HZ, megahertz), FrontEnd(BAND_HZ, 30.72e6, bits=None), 0.012, Air(snr_db))
    assert links_of(found) == ["dji_ocusync"] * len(found)
    assert {(one.parameters["form"], one.parameters["root"]) for one in map(ofdm.look, found) if one} == {("video", 31.0)}


@pytest.mark.parametrize("seed", range(1, 5))
def test_frames_back_to_back_are_one_burst_of_video(seed: int) -> None:
    burst = unending(OcusyncVideo(BAND_HZ, seed=seed), FrontEnd(BAND_HZ, 20e6, bits=None), 0.012, Air(6.0))
    assert links_of([burst]) == ["dji_ocusync"]


@pytest.mark.parametrize("echo", [(0.9e-6, 0.7 + 0.2j), (2.5e-6, -0.5j)], ids=["near", "far"])
def test_echoes_leave_the_frame_what_it_is(echo: tuple[float, complex]) -> None:
    front = FrontEnd(BAND_HZ, 20e6, bits=None)
    video = simulated(OcusyncVideo(BAND_HZ), front, 0.012, Air(10.0, taps=(echo,)))
    hops = simulated(control(), front, 0.05, Air(10.0, taps=(echo,)))
    assert links_of(video + hops).count("dji_ocusync") >= len(video + hops) - 1


def test_carrier_is_where_the_oscillator_puts_it() -> None:
    front = FrontEnd(BAND_HZ, 20e6, bits=None)
    bursts = simulated(control(), front, 0.05, Air(10.0, ppm=4.0))
    off = [found.carrier_offset_hz for one in bursts if (found := ofdm.look(one)) and found.carrier_offset_hz is not None]
    assert len(off) == len(bursts)
    assert np.abs(off).max() < 400


def test_real_control_hops_are_ocusync_and_droneid_is_left_to_its_reader(shared_data: Path) -> None:
    samples, rate_hz = recording(shared_data / "radio" / DRONEID), 50e6

    def cut(begin_s: float, end_s: float, low_hz: float, high_hz: float) -> Burst:
        return burst_of(samples, rate_hz, (round(begin_s * rate_hz), round(end_s * rate_hz)), (low_hz, high_hz))

    hops = [ofdm.look(cut(*place)) for place in CONTROL_HOPS]
    assert [hop and (hop.link, hop.parameters["form"]) for hop in hops] == [("dji_ocusync", "control")] * 2
    assert [hop and hop.parameters["root"] for hop in hops] == [7.0, 7.0]
    assert links_of([cut(*place) for place in DRONEID_FRAMES]) == [None] * len(DRONEID_FRAMES)


@pytest.mark.parametrize(
    ("name", "rate_hz"), [("neg_cv2x_5920MHz_15.36MSps.cf32", 15.36e6), ("neg_lte20_1815.3MHz_19.2MSps.cs8", 19.2e6)], ids=["cv2x", "lte20"]
)
def test_real_kin_of_lte_raise_no_alarm(name: str, rate_hz: float, shared_data: Path) -> None:
    found = links_of(list(whole(recording(shared_data / "radio" / name), rate_hz)))
    assert "lte" in found
    assert set(found) <= {"lte", None}


@pytest.mark.parametrize("seconds", [0.5e-3, 1e-3, 5e-3])
@pytest.mark.parametrize("blocks", [6, 50])
def test_width_and_time_alone_make_no_ocusync(seconds: float, blocks: int) -> None:
    """As wide and as long as its bursts are, with its spacing and prefixes, but data at the ends."""
    rng = np.random.default_rng(5)
    symbols, size = round(seconds / 71.43e-6), 128 if blocks == 6 else 1024
    rate_hz, half_hz = size * 15e3 * OVERSAMPLED, blocks * 90e3 + 7.5e3
    wave = modulated([qam(rng, 12 * blocks) for _ in range(symbols)], size, prefixes(size, symbols))
    quiet = np.zeros(round(100e-6 * rate_hz), np.complex64)
    samples = np.concatenate((quiet, wave, quiet))
    noise = rng.standard_normal((2, len(samples))).astype(np.float32) * np.abs(wave).std() * 0.05
    burst = burst_of(samples + noise[0] + 1j * noise[1], rate_hz, (len(quiet), len(quiet) + len(wave)), (-half_hz, half_hz))
    assert links_of([burst]) == ["lte"]


@pytest.mark.parametrize("rate_hz", [2.4e6, 20e6], ids=["part", "whole"])
@pytest.mark.parametrize("snr_db", [0.0, 10.0])
def test_lte_is_lte_in_whole_or_in_part(rate_hz: float, snr_db: float) -> None:
    assert links_of([unending(Lte(), FrontEnd(806e6, rate_hz, bits=None), 0.02, Air(snr_db))]) == ["lte"]


@pytest.mark.parametrize(("width_hz", "seconds"), [(1.1e6, 0.5e-3), (2e6, 0.5e-3), (1.2e6, 1.1e-3), (9e6, 1e-3)])
def test_noise_is_nothing(width_hz: float, seconds: float) -> None:
    rng = np.random.default_rng(2)
    found = set()
    for _ in range(40):
        noise = rng.standard_normal((round((seconds + 1e-4) * 1.25 * width_hz), 2), dtype=np.float32).view(np.complex64)[:, 0]
        margin = round(50e-6 * 1.25 * width_hz)
        found |= set(links_of([burst_of(noise, 1.25 * width_hz, (margin, len(noise) - margin), (-width_hz / 2, width_hz / 2))]))
    assert found == {None}


@pytest.mark.parametrize("spur_db", [0.0, 20.0])
def test_a_tone_beside_the_signal_changes_nothing(spur_db: float) -> None:
    burst = unending(Lte(), FrontEnd(806e6, 15.36e6, bits=None), 0.01, Air(6.0))
    level = np.sqrt(np.mean(np.abs(burst.samples) ** 2)) * 10 ** (spur_db / 20)
    tone = level * np.exp(2j * np.pi * 0.071 * np.arange(len(burst.samples)))
    fields = {field: getattr(burst, field) for field in Burst.__struct_fields__}
    spoilt = Burst(**fields | {"samples": (burst.samples + tone).astype(np.complex64)})
    assert links_of([spoilt]) == ["lte"]
    assert links_of([Burst(**fields | {"samples": tone.astype(np.complex64)})]) == [None]
