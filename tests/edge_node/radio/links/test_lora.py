from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.lora import Channel, Chirped, look, search
from tests.edge_node.radio.links.cut import bursts_of
from tools.simulate.iq.elrs import elrs_900, elrs_2400
from tools.simulate.iq.front_end import FrontEnd, oscillation
from tools.simulate.iq.lora import Lora
from tools.simulate.iq.lorawan import Lorawan
from tools.simulate.iq.r9 import R9
from tools.simulate.iq.wave import Link

RATE_HZ, OFFSET_HZ = 2.4e6, 400e3
PREAMBLES = {6: 8, 7: 8, 8: 10, 9: 10}
ELRS = {"25": (9, 10), "50": (8, 10), "100": (7, 8), "100_8ch": (6, 8), "200": (6, 8), "d50": (6, 8), "250": (5, 12), "200_8ch": (5, 12)}


def _noise(rng: Generator, count: int, snr_db: float) -> NDArray[np.complex64]:
    """Below a wave of power 1 in 500 kHz."""
    scale = np.sqrt(0.5 * RATE_HZ / 500e3 / 10 ** (snr_db / 10))
    return rng.standard_normal(2 * count, dtype=np.float32).view(np.complex64) * np.float32(scale)


def _on_air(rng: Generator, sf: int, snr_db: float) -> tuple[NDArray[np.complex64], float, float, bool]:
    """One packet at a time and with a carrier that nobody knows: samples, its first sample, its offset, and whether chirps fall."""
    lora = Lora(sf, 500e3, PREAMBLES[sf], 3, explicit=False, crc=False, inverted=bool(rng.integers(2)))
    wave = lora.frame(lora.symbols(rng.bytes(8)))
    begin_s, offset_hz = rng.uniform(0, 20 * lora.symbol_s), OFFSET_HZ + rng.uniform(-20e3, 20e3)
    t_s = np.arange(int((wave.duration_s + 22 * lora.symbol_s) * RATE_HZ)) / RATE_HZ - begin_s
    on = (t_s >= 0) & (t_s < wave.duration_s)
    samples = _noise(rng, len(t_s), snr_db)
    samples[on] += oscillation(wave.cycles(t_s[on]) + offset_hz * t_s[on])
    return samples, begin_s * RATE_HZ, offset_hz, lora.inverted


def _first(link: Link, front: FrontEnd, snr_db: float) -> list[Burst]:
    return [burst for burst, _ in islice(bursts_of(link, front, 1.0, snr_db), 3)]


@pytest.mark.parametrize(("sf", "snr_db"), [(6, -8), (7, -10), (8, -12), (9, -15)])
def test_a_packet_far_below_the_noise_is_found_blind(sf: int, snr_db: float) -> None:
    rng, found, trials = default_rng(sf), list[Chirped](), 12
    for _ in range(trials):
        samples, _, _, falling = _on_air(rng, sf, snr_db)
        found += [one for one in search(samples, RATE_HZ, [Channel(OFFSET_HZ, 500e3)], 0.01) if (one.sf, one.falling) == (sf, falling)]
    assert len(found) >= trials - 2


@pytest.mark.parametrize("sf", [6, 7, 8, 9])
def test_carrier_is_right_to_a_tenth_of_a_bin_and_the_start_to_a_tenth_of_a_symbol(sf: int) -> None:
    samples, begin, offset_hz, falling = _on_air(default_rng(sf), sf, 6.0)
    (one,) = search(samples, RATE_HZ, [Channel(OFFSET_HZ, 500e3)])
    assert (one.sf, one.falling, one.preamble, one.sync_word) == (sf, falling, PREAMBLES[sf], 0x12)
    assert one.offset_hz == pytest.approx(offset_hz, abs=0.1 * 500e3 / 2**sf)
    assert one.start == pytest.approx(begin, abs=0.1 * RATE_HZ * 2**sf / 500e3)


def test_noise_has_no_preambles() -> None:
    samples = _noise(default_rng(7), 480_000, 0.0)
    channels = [Channel(offset_hz, 500e3) for offset_hz in (-800e3, -300e3, 200e3, 700e3)] + [Channel(0.0, 812.5e3)]
    assert search(samples, RATE_HZ, channels) == []


def test_every_packet_of_a_piece_is_found() -> None:
    link, front = elrs_900("200", seed=4), FrontEnd(866.425e6)
    heard = [(burst, spot) for burst, spot in bursts_of(link, front, 0.6, 0.0) if abs(spot.center_hz - 866.425e6) < 50e3]
    assert heard, "the sync channel comes round once in 260 ms"
    rng = default_rng(1)
    begin = int(heard[0][1].t_s * RATE_HZ)
    samples = _noise(rng, int(0.03 * RATE_HZ), 3.0)
    starts = []
    for burst, spot in heard:
        t_s = (np.arange(len(samples)) + begin) / RATE_HZ - spot.t_s - 2e-3
        on = (t_s >= 0) & (t_s < 4.3e-3)
        if on.sum() > 4e-3 * RATE_HZ:
            wave = next(iter(link.bursts(0.0))).wave()
            samples[on] += oscillation(np.asarray(wave.cycles(t_s[on])))  # type: ignore[union-attr]
            starts.append(int(np.flatnonzero(on)[0]))
        assert burst.bandwidth_hz == 500e3
    found = search(samples, RATE_HZ, [Channel(0.0, 500e3)])
    assert [one.start for one in found] == pytest.approx(starts, abs=40)


@pytest.mark.parametrize("rate", ELRS)
def test_every_elrs_rate_is_read_through_a_receiver(rate: str) -> None:
    """Eight bits, a carrier and a clock of up to 20 ppm off."""
    sf, preamble = ELRS[rate]
    for burst in _first(elrs_900(rate, seed=3), FrontEnd(866.425e6, ppm=8.0), 6.0):
        finding = look(burst)
        assert finding is not None
        assert finding.link == "lora"
        numbers = finding.parameters
        assert (numbers["spreading_factor"], numbers["chirp_bandwidth_hz"]) == (sf, 500e3)
        assert numbers["preamble_symbols"] == preamble
        assert finding.carrier_offset_hz == pytest.approx(0.0, abs=0.15 * 500e3 / 2**sf + 300)


@pytest.mark.parametrize(("rate", "sf"), [("50", 8), ("150", 7), ("500", 5)])
def test_chirps_of_2g4_are_read(rate: str, sf: int) -> None:
    for burst in _first(elrs_2400(rate, seed=2), FrontEnd(2440.4e6, 4e6), 6.0):
        finding = look(burst)
        assert finding is not None
        assert (finding.parameters["spreading_factor"], finding.parameters["chirp_bandwidth_hz"]) == (sf, 812.5e3)


def test_r9_and_lorawan_are_read() -> None:
    burst = next(bursts_of(R9(seed=2), FrontEnd(866e6), 0.5, 6.0))[0]
    finding = look(burst)
    assert finding is not None
    assert (finding.parameters["spreading_factor"], finding.parameters["preamble_symbols"]) == (6, 9)
    for sf in (7, 10, 12):
        burst = next(bursts_of(Lorawan(seed=2, sf=sf), FrontEnd(868e6, 1e6), 30.0, 6.0))[0]
        finding = look(burst)
        assert finding is not None
        numbers = finding.parameters
        assert (numbers["spreading_factor"], numbers["chirp_bandwidth_hz"], numbers["sync_word"]) == (sf, 125e3, 0x34)


@pytest.mark.parametrize("count", [0, 1, 100, 5000])
def test_nothing_and_silence_are_no_chirps(count: int) -> None:
    silence = np.zeros(count, dtype=np.complex64)
    assert search(silence, RATE_HZ, [Channel(0.0, 500e3)]) == []
    assert look(Burst(0, RATE_HZ, 1e-3, False, 0.0, None, 500e3, 10.0, -20.0, silence, 2e6, 0.0)) is None
