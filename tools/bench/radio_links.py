"""Links: packets of LoRa found far below the noise, simulated links named by kind and packet rate, and recordings of others.

`EDGE_NODE_RADIO_PACKETS` says how many packets at each spreading factor (300).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.random import Generator, default_rng
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from drivers.blocks import IqBlock
from drivers.iq_formats import unpack
from drivers.iq_names import SUFFIXES
from edge_node.messages import LinkDetection, LinkKind, RemoteIdDetection
from edge_node.radio.detector import RadioDetector
from edge_node.radio.links.lora import Channel, Chirped, search
from tools.bench.figure import Figure
from tools.simulate.iq.catalogue import CATALOGUE
from tools.simulate.iq.elrs import RATES_2G4, RATES_900, Rate
from tools.simulate.iq.front_end import oscillation
from tools.simulate.iq.lora import Lora
from tools.simulate.radio import heard

DATA = Path(os.environ.get("EDGE_NODE_DATA", Path(__file__).parents[3] / "shared" / "data")) / "radio"
PACKETS = int(os.environ.get("EDGE_NODE_RADIO_PACKETS", "300"))
SEED, RATE_HZ, WIDTH_HZ, OFFSET_HZ, ASTRAY_HZ = 2026, 2.4e6, 500e3, 400e3, 20e3
FAINT_DB = {6: -8, 7: -10, 8: -12, 9: -15}
"""In 500 kHz, for packets to be found in 95 of 100."""
PREAMBLES = {6: 8, 7: 8, 8: 10, 9: 10}
FALSE_ALARMS, AROUND_SYMBOLS = 0.01, 22
NAMED_DB = {5: 0, 6: -2, 7: -4, 8: -6, 9: -9}
"""6 dB above, SF 5 by its processing gain."""
OTHER_DB = 6.0
WIDE_HZ, WIDE_S, NARROW_S = 10e6, 3.0, 8.0
RATE_TOLERANCE = 2e-3
RECORDINGS = {
    "neg_wmbus_868.950M_1M6.cu8": (1.6e6, 868.95e6),
    "adsb_1090_2MSps.cu8": (2e6, 1090e6),
    "neg_lte20_1815.3MHz_19.2MSps.cs8": (19.2e6, 1815.3e6),
    "neg_wifi_dot11n_radiated_20MSps.cs16": (20e6, 2437e6),
    "neg_cv2x_5920MHz_15.36MSps.cf32": (15.36e6, 5920e6),
    "urh_fsk.cf32": (1e6, 868.3e6),
    "urh_homematic.cs16": (1e6, 868.3e6),
    "urh_two_participants.cs8": (1e6, 433.92e6),
    "urh_esaver.cs8": (1e6, 868.3e6),
}
BLOCK = 131_072

Complexes = NDArray[np.complex64]


class Wanted(Struct, frozen=True):
    """What a simulated link is to be called; its packet rate is None where windows and no packets are steady."""

    kind: LinkKind
    packet_rate_hz: float | None
    snr_db: float
    rate_hz: float = RATE_HZ
    seconds: float = NARROW_S


def _snr_db(rate: Rate) -> float:
    return NAMED_DB[rate.modem.sf] if isinstance(rate.modem, Lora) else OTHER_DB


ELRS_900 = {f"elrs_eu868_{name}": Wanted("elrs_900", rate.packet_rate_hz, _snr_db(rate)) for name, rate in RATES_900.items()}
ELRS_2400 = {
    f"elrs_2g4_{name}": Wanted("elrs_2400", rate.packet_rate_hz, _snr_db(rate), WIDE_HZ, WIDE_S) for name, rate in RATES_2G4.items()
}
OTHERS = {
    "crossfire_eu_150": Wanted("crossfire", 149.85, OTHER_DB),
    "crossfire_us_150": Wanted("crossfire", 149.85, OTHER_DB),
    "crossfire_eu_50": Wanted("crossfire", 50.0, OTHER_DB),
    "crossfire_us_50": Wanted("crossfire", 50.0, OTHER_DB),
    "r9_868": Wanted("frsky_r9", 50.0, NAMED_DB[6]),
    "r9_915": Wanted("frsky_r9", 50.0, NAMED_DB[6]),
    "sik_433_64": Wanted("sik", None, OTHER_DB),
    "sik_868_64": Wanted("sik", None, OTHER_DB),
    "sik_915_64": Wanted("sik", None, OTHER_DB),
}


def figures() -> Iterator[Figure]:
    """The recordings only where they are."""
    with threadpool_limits(1):
        for sf, snr_db in FAINT_DB.items():
            yield Figure(f"radio.lora_sf{sf}_{-snr_db}_db_below", found(sf, snr_db, PACKETS), "%", against=f"{PACKETS} packets")
        yield Figure("radio.lora_false", false_alarms(PACKETS), "%", against=f"{PACKETS} pieces of noise as long")
        for name, wanted in (("elrs_900", ELRS_900), ("elrs_2400", ELRS_2400), ("others", OTHERS)):
            right = sum(named(link, one) for link, one in wanted.items())
            yield Figure(f"radio.{name}_named", right, "kinds and packet rates right", len(wanted), "links")
        if DATA.is_dir():
            alarms = sum(alarms_in(name) for name in RECORDINGS)
            yield Figure("radio.false_recorded", alarms, "alarms", against=f"{len(RECORDINGS)} recordings of others")


def found(sf: int, snr_db: float, packets: int) -> float:
    """Per cent of packets that are found by spreading factor and direction, nobody knows when and how far astray."""
    rng, hits = default_rng([SEED, sf]), 0
    for _ in range(packets):
        samples, falling = on_air(rng, sf, snr_db)
        hits += any((one.sf, one.falling) == (sf, falling) for one in _searched(samples))
    return 100 * hits / packets


def false_alarms(pieces: int) -> float:
    """Per cent of pieces of noise in which anything is found: those that would hold a packet of SF 9."""
    rng, length = default_rng(SEED), round(0.055 * RATE_HZ)
    return 100 * sum(bool(_searched(_noise(rng, length, 0.0))) for _ in range(pieces)) / pieces


def _searched(samples: Complexes) -> list[Chirped]:
    return search(samples, RATE_HZ, [Channel(OFFSET_HZ, WIDTH_HZ)], FALSE_ALARMS)


def on_air(rng: Generator, sf: int, snr_db: float) -> tuple[Complexes, bool]:
    """One packet somewhere in noise, and whether its chirps fall."""
    lora = Lora(sf, WIDTH_HZ, PREAMBLES[sf], 3, explicit=False, crc=False, inverted=bool(rng.integers(2)))
    wave = lora.frame(lora.symbols(rng.bytes(8)))
    begin_s, offset_hz = rng.uniform(0, (AROUND_SYMBOLS - 2) * lora.symbol_s), OFFSET_HZ + rng.uniform(-ASTRAY_HZ, ASTRAY_HZ)
    t_s = np.arange(round((wave.duration_s + AROUND_SYMBOLS * lora.symbol_s) * RATE_HZ)) / RATE_HZ - begin_s
    on = (t_s >= 0) & (t_s < wave.duration_s)
    samples = _noise(rng, len(t_s), snr_db)
    samples[on] += oscillation(wave.cycles(t_s[on]) + offset_hz * t_s[on])
    return samples, lora.inverted


def _noise(rng: Generator, samples: int, snr_db: float) -> Complexes:
    """Below a wave of power 1."""
    scale = np.sqrt(0.5 * RATE_HZ / WIDTH_HZ / 10 ** (snr_db / 10))
    return rng.standard_normal(2 * samples, dtype=np.float32).view(np.complex64) * np.float32(scale)


def named(link: str, wanted: Wanted) -> bool:
    """Whether the node, which hears nothing else, raises alarm for this kind alone, with this packet rate in the end."""
    stream = heard([link], CATALOGUE[link].listen_hz, wanted.rate_hz, wanted.seconds, SEED, snr_db=wanted.snr_db, block_samples=BLOCK)
    told = [one for one in _told(stream) if isinstance(one, LinkDetection) and one.alarm]
    if {one.link for one in told} != {wanted.kind}:
        return False
    rate_hz, true_hz = max(told, key=lambda one: one.bursts).packet_rate_hz, wanted.packet_rate_hz
    return true_hz is None or (rate_hz is not None and abs(rate_hz / true_hz - 1) < RATE_TOLERANCE)


def alarms_in(name: str) -> int:
    """What is told of a recording that holds no drone's link."""
    rate_hz, center_hz = RECORDINGS[name]
    path = DATA / name
    samples = unpack(path.read_bytes(), SUFFIXES[path.suffix]).samples
    return sum(isinstance(one, RemoteIdDetection) or one.alarm for one in _told(_blocks(samples, rate_hz, center_hz)))


def _blocks(samples: Complexes, rate_hz: float, center_hz: float) -> Iterator[IqBlock]:
    for first in count(0, BLOCK):
        if first >= len(samples):
            return
        yield IqBlock(round(first / rate_hz * 1e9), first, 0, rate_hz, center_hz, samples[first : first + BLOCK])


def _told(stream: Iterator[IqBlock]) -> list[LinkDetection | RemoteIdDetection]:
    detector = RadioDetector()
    told = [one for block in stream for one in detector.step(block)]
    return told + list(detector.finish())
