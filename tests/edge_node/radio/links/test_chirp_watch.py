from __future__ import annotations

import numpy as np
import pytest

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.chirp_channels import listening
from edge_node.radio.links.chirp_watch import ChirpWatch
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.lora import Channel, search
from edge_node.radio.links.tables import fits
from tools.simulate.iq.elrs import elrs_900
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Air, Heard, heard
from tools.simulate.iq.wave import Spot

FRONT = FrontEnd(866.2e6, ppm=4.0)
CASES = [("200", -2.0, 0.6), ("100", -4.0, 0.6), ("50", -6.0, 1.2), ("25", -9.0, 1.2)]


def _watched(rate: str, snr_db: float, seconds: float, block: int) -> tuple[list[tuple[Burst, Finding]], list[Spot]]:
    truth: list[Spot] = []
    link, channels = elrs_900(rate, seed=2), listening(FRONT.center_hz, FRONT.rate_hz)[:1]
    watch = ChirpWatch(FRONT.rate_hz, FRONT.center_hz, channels, duty=1.0)
    blocks = heard([Heard(link, Air(snr_db=snr_db))], FRONT, seconds, 1, block_samples=block, truth=truth)
    found = [one for block in blocks for one in watch.add(block.samples)]
    on_channel = [spot for spot in truth if abs(spot.center_hz - FRONT.true_center_hz - channels[0].offset_hz) < 40e3]
    return found, [spot for spot in on_channel if 0 < spot.t_s < seconds - 0.09]


@pytest.mark.parametrize(("rate", "snr_db", "seconds"), CASES)
def test_packets_below_the_noise_are_told_once_each_and_name_their_link(rate: str, snr_db: float, seconds: float) -> None:
    found, sent = _watched(rate, snr_db, seconds, 70_001)
    assert sent
    starts = [burst.start / FRONT.rate_hz for burst, _ in found]
    assert len(found) == len(sent)
    assert starts == pytest.approx([spot.t_s for spot in sent], abs=0.6e-3)
    period_s = float(np.min(np.diff(starts)))
    burst, finding = found[0]
    best = fits(finding.parameters, period_s=period_s, air_s=burst.duration_s, channels_hz=[burst.center_hz or 0.0])[0]
    assert (best.link, best.grid) == ("elrs_900", "eu868")
    assert best.plan in ({"200", "d50"} if rate == "200" else {rate})


def test_blocks_of_any_size_are_the_same() -> None:
    one, other = (_watched("100", 0.0, 0.4, block)[0] for block in (10_007, 400_000))
    assert [burst.start for burst, _ in one] == [burst.start for burst, _ in other]


def test_it_listens_where_transmitters_meet() -> None:
    eu, fcc = listening(866.2e6, 2.4e6), listening(915e6, 2.4e6)
    assert [channel.offset_hz for channel in eu[::2]] == pytest.approx([0.225e6] * (len(eu) // 2), abs=1)
    assert fcc[0].offset_hz == pytest.approx(0.5e6, abs=1)
    assert {channel.spreading for channel in eu[1::2]} == {(6,)}, "R9 and Crossfire"
    assert {channel.bandwidth_hz for channel in listening(2440e6, 2.4e6)} == {812.5e3}
    assert listening(864.3e6, 1.6e6), "no sync channel is there, others are"
    assert listening(100e6, 2.4e6) == []
    assert len(listening(866e6, 20e6)) <= 24


def test_chirps_half_a_bandwidth_beside_a_channel_are_not_its_own() -> None:
    link = elrs_900("200", "in866", seed=2)
    samples = np.concatenate([block.samples for block in heard([Heard(link, Air(snr_db=6.0))], FRONT, 0.3, 1)])
    for beside_hz in (-250e3, 250e3):
        channels = [Channel(link.domain.center_hz(k) - FRONT.center_hz + beside_hz, 500e3) for k in range(4)]
        inside = [channel for channel in channels if abs(channel.offset_hz) < 0.9e6]
        assert search(samples, FRONT.rate_hz, inside) == []


def test_what_is_lost_is_not_joined_and_little_is_kept() -> None:
    watch = ChirpWatch(2.4e6, 866.2e6, duty=0.1)
    noise = np.random.default_rng(1).standard_normal(400_000, dtype=np.float32).view(np.complex64)
    for start in (0, 10**9, 10**12):
        watch.restart(start)
        assert watch.add(noise) == []
    assert watch.add(noise[:0]) == []
