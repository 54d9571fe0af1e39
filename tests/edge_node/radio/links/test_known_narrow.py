from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.known_narrow import look, named
from edge_node.radio.links.lora import Channel, search
from edge_node.radio.links.tables import fits
from tests.edge_node.radio.links.cut import bursts_of, loud_parts, recording
from tools.simulate.iq.catalogue import CATALOGUE, link_of
from tools.simulate.iq.front_end import FrontEnd

KNOWN = [
    ("lorawan", "lorawan", 1e6, 30.0),
    ("wmbus_t", "wmbus", 1e6, 17.0),
    ("radiosonde", "radiosonde", 250e3, 3.0),
    ("ble", "ble", 4e6, 0.3),
    ("adsb", "adsb", 4e6, 0.05),
    ("gate_remote", "unknown", 250e3, 30.0),
]
DRONES = {"elrs_900", "elrs_2400", "crossfire", "frsky_r9", "sik", "lora"}


@pytest.mark.parametrize(("name", "kind", "rate_hz", "seconds"), KNOWN, ids=[one[0] for one in KNOWN])
def test_known_ones_are_named_as_what_they_are(name: str, kind: str, rate_hz: float, seconds: float) -> None:
    front = FrontEnd(CATALOGUE[name].listen_hz + 20e3, rate_hz, ppm=3.0)
    bursts = [burst for burst, _ in islice(bursts_of(link_of(name, 3), front, seconds, 14.0), 5)]
    findings = [look(burst) for burst in bursts]
    assert findings
    assert {finding.link for finding in findings if finding} == {kind}
    assert findings.count(None) <= len(findings) // 4
    assert not any(fits(finding.parameters) for finding in findings if finding)


@pytest.mark.parametrize("pattern", ["neg_*", "urh_*", "adsb_*"])
def test_no_real_recording_holds_a_drones_link(shared_data: Path, pattern: str) -> None:
    paths = sorted((shared_data / "radio").glob(pattern))
    assert paths
    for path in paths:
        samples, rate_hz = recording(path)
        for burst in islice(loud_parts(samples, rate_hz), 60):
            finding = look(burst)
            assert finding is None or (finding.link != "lora" and not fits(finding.parameters)), path.name


def test_real_aircraft_and_a_real_meter_are_named(shared_data: Path) -> None:
    samples, rate_hz = recording(shared_data / "radio" / "adsb_1090_2MSps.cu8")
    named_so = Counter(finding.link if (finding := look(burst)) else None for burst in islice(loud_parts(samples, rate_hz), 40))
    assert named_so["adsb"] > 25
    samples, rate_hz = recording(shared_data / "radio" / "neg_wmbus_868.950M_1M6.cu8")
    meters = [finding for burst in loud_parts(samples, rate_hz) if (finding := look(burst)) and finding.link == "wmbus"]
    assert meters


def test_the_blind_search_finds_no_drone_in_real_recordings(shared_data: Path) -> None:
    for name in ("neg_wmbus_868.950M_1M6.cu8", "adsb_1090_2MSps.cu8", "urh_homematic.cs16"):
        samples, rate_hz = recording(shared_data / "radio" / name)
        piece = samples[: round(0.1 * rate_hz)]
        assert search(piece, rate_hz, [Channel(offset_hz, 500e3) for offset_hz in (-240e3, 0.0, 240e3)]) == [], name


def test_names_need_the_right_place_and_numbers() -> None:
    meter = Finding("fsk", 0.8, 0.0, {"symbol_rate_bd": 100.2e3, "deviation_hz": 48e3})
    assert named(meter, 868.95e6).link == "wmbus"
    assert named(meter, 915e6).link == "fsk"
    assert named(meter, None).score < named(meter, 868.95e6).score
    private = Finding("lora", 0.9, 0.0, {"chirp_bandwidth_hz": 125e3, "spreading_factor": 9, "sync_word": 0x12})
    assert named(private, 868.1e6).link == "lora"


@pytest.mark.parametrize("bandwidth_hz", [0.0, 1.0, 12.5e3, 500e3, 2e6])
def test_no_input_raises(bandwidth_hz: float) -> None:
    rng = np.random.default_rng(1)
    wild = rng.standard_normal(4000, dtype=np.float32).view(np.complex64)
    wild[50:60] = np.inf
    for samples in (wild, wild[:3], wild[:0], np.full(500, 1e30, dtype=np.complex64)):
        burst = Burst(0, 1e6, len(samples) / 1e6, True, 0.0, None, bandwidth_hz, 5.0, -20.0, samples, 1e6, 0.0)
        assert look(burst) is None
