from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from numpy.random import default_rng

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.band import Band
from edge_node.radio.links.fsk import look
from tests.edge_node.radio.links.cut import bursts_of
from tools.simulate.iq.catalogue import CATALOGUE, link_of
from tools.simulate.iq.front_end import FrontEnd

KEYINGS = [
    ("crossfire_eu_150", 85e3, 42.3e3, 2.4e6, 0.4),
    ("sik_868_4", 4e3, 3.75e3, 2.4e6, 0.5),
    ("sik_868_64", 64e3, 63.75e3, 2.4e6, 0.3),
    ("sik_868_250", 250e3, 158.75e3, 2.4e6, 0.1),
    ("wmbus_c", 100e3, 50e3, 1e6, 17.0),
    ("radiosonde", 4_800.0, 2_400.0, 250e3, 3.0),
    ("ble", 1e6, 250e3, 4e6, 0.3),
    ("elrs_eu868_k1000", 300e3, 100e3, 2.4e6, 0.1),
    ("elrs_2g4_f1000", 650e3, 162.5e3, 4e6, 0.3),
]
OTHERS = [
    ("elrs_eu868_200", 2.4e6, 0.2),
    ("elrs_eu868_25", 2.4e6, 0.6),
    ("lorawan", 1e6, 20.0),
    ("adsb", 2.4e6, 0.05),
    ("gate_remote", 250e3, 30.0),
]


def _bursts(name: str, rate_hz: float, seconds: float, snr_db: float) -> list[Burst]:
    front = FrontEnd(CATALOGUE[name].listen_hz + (30e3 if rate_hz > 250e3 else 10e3), rate_hz, ppm=4.0)
    return [burst for burst, _ in islice(bursts_of(link_of(name, 2), front, seconds, snr_db), 6)]


@pytest.mark.parametrize(("name", "rate_bd", "deviation_hz", "rate_hz", "seconds"), KEYINGS, ids=[one[0] for one in KEYINGS])
def test_rate_and_deviation_are_right_at_12_db(name: str, rate_bd: float, deviation_hz: float, rate_hz: float, seconds: float) -> None:
    bursts = _bursts(name, rate_hz, seconds, 12.0)
    found = [finding for burst in bursts if (finding := look(burst)) is not None]
    assert len(found) >= max(1, len(bursts) - 1)
    for finding in found:
        assert finding.parameters["symbol_rate_bd"] == pytest.approx(rate_bd, rel=2e-3)
        assert finding.parameters["deviation_hz"] == pytest.approx(deviation_hz, rel=0.12)
        assert finding.carrier_offset_hz == pytest.approx(0.0, abs=0.15 * deviation_hz)


def test_numbers_hold_down_to_6_db() -> None:
    bursts = _bursts("sik_868_64", 2.4e6, 0.3, 6.0)
    found = [finding for burst in bursts if (finding := look(burst)) is not None]
    assert len(found) == len(bursts)
    assert all(finding.parameters["deviation_hz"] == pytest.approx(63.75e3, rel=0.08) for finding in found)


@pytest.mark.parametrize(("name", "rate_hz", "seconds"), OTHERS, ids=[one[0] for one in OTHERS])
def test_what_is_not_keyed_in_frequency_is_refused(name: str, rate_hz: float, seconds: float) -> None:
    bursts = _bursts(name, rate_hz, seconds, 20.0)
    assert bursts or name == "adsb"
    assert [look(burst) for burst in bursts] == [None] * len(bursts)


@pytest.mark.parametrize("bandwidth_hz", [20e3, 200e3, 1e6])
def test_noise_is_refused(bandwidth_hz: float) -> None:
    rng = default_rng(3)
    for duration_s in (0.5e-3, 3e-3, 20e-3):
        noise = rng.standard_normal(2 * round(duration_s * 2.4e6), dtype=np.float32).view(np.complex64)
        kept, _ = Band(noise, 2.4e6, 4 * bandwidth_hz).channel(0.0, bandwidth_hz)
        assert look(Burst(0, 2.4e6, duration_s, False, 0.0, None, bandwidth_hz, 3.0, -30.0, kept, 4 * bandwidth_hz, 0.0)) is None


@pytest.mark.parametrize("count", [0, 1, 50, 4000])
def test_nothing_silence_and_a_bare_carrier_are_refused(count: int) -> None:
    for samples in (np.zeros(count, dtype=np.complex64), np.ones(count, dtype=np.complex64), np.full(count, np.nan, dtype=np.complex64)):
        for bandwidth_hz in (0.0, 1e3, 200e3):
            assert look(Burst(0, 1e6, count / 1e6, False, 0.0, None, bandwidth_hz, 10.0, -20.0, samples, 1e6, 0.0)) is None
