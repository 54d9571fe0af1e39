from __future__ import annotations

from itertools import islice, pairwise

import numpy as np
import pytest

from tests.tools.simulate.iq.listening import first_burst, occupied_hz, sampled
from tools.simulate.iq.elrs import DOMAINS, RATES_2G4, RATES_900, Elrs, elrs_900, elrs_2400, sequence
from tools.simulate.iq.fsk import Fsk

LINKS = {**{f"900 {rate}": elrs_900(rate) for rate in RATES_900}, **{f"2400 {rate}": elrs_2400(rate) for rate in RATES_2G4}}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_packets_come_at_their_rate_last_as_long_as_measured_and_hop_when_due(link: Elrs) -> None:
    bursts = list(islice(link.bursts(0.0), 400))
    assert np.allclose(np.diff([burst.t_s for burst in bursts]), link.rate.interval_s)
    assert first_burst(link).wave().duration_s == pytest.approx(link.rate.air_s, rel=0.01)
    changes = [k for k, (before, after) in enumerate(pairwise(bursts)) if before.center_hz != after.center_hz]
    assert all(apart % link.rate.hop == 0 for apart in np.diff(changes))
    assert min(np.diff(changes)) == link.rate.hop
    assert sum(burst.aloft for burst in bursts) == pytest.approx(400 / link.rate.telemetry, abs=1)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_packets_are_as_wide_as_their_modem(link: Elrs) -> None:
    rate_hz = 4 * link.bandwidth_hz
    width_hz = occupied_hz(sampled(first_burst(link).wave(), rate_hz), rate_hz)
    if isinstance(link.rate.modem, Fsk):
        assert 0.6 < width_hz / link.bandwidth_hz < 1.4
    else:
        assert 0.95 < width_hz / link.bandwidth_hz < 1.22, "chirps of 32 chips leak a fifth"


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_sync_channel_comes_once_a_round_and_all_channels_as_often(domain: str) -> None:
    channels = DOMAINS[domain].channels
    hops = sequence(0x1234567, channels)
    assert len(hops) == 256 // channels * channels
    assert all((hop == channels // 2) == (k % channels == 0) for k, hop in enumerate(hops))
    assert np.array_equal(np.bincount(hops), np.full(channels, 256 // channels))


def test_eu868_has_its_grid() -> None:
    grid = [DOMAINS["eu868"].center_hz(k) for k in range(13)]
    assert np.allclose(np.diff(grid), 525e3)
    assert grid[DOMAINS["eu868"].sync_channel] == pytest.approx(866.425e6)


def test_bursts_are_the_same_from_wherever_one_begins_to_listen() -> None:
    link = elrs_900("200", seed=9)
    late = [burst for burst in islice(link.bursts(0.0), 400) if burst.t_s >= 1.0]
    for one, other in zip(late, link.bursts(1.0), strict=False):
        assert (one.t_s, one.center_hz, one.aloft) == (other.t_s, other.center_hz, other.aloft)


def test_d50_says_everything_four_times() -> None:
    waves = [sampled(burst.wave(), 1e6) for burst in islice(elrs_900("d50").bursts(0.0), 9)]
    same = [bool(np.array_equal(one, other)) for one, other in pairwise(waves)]
    assert same == [True, True, True, False, True, True, True, False]
