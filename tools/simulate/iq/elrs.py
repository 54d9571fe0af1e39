"""ExpressLRS: modem, timing and hops of each packet rate (ExpressLRS common.cpp, FHSS.cpp, release of 2026)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil
from random import Random

from msgspec import Struct, structs

from edge_node.messages import LinkKind
from tools.simulate.iq.fsk import Fsk, bits_of
from tools.simulate.iq.lora import Lora
from tools.simulate.iq.wave import Burst, Wave

SEQUENCE = 256
PREAMBLE_BYTE = 0x55


class Domain(Struct, frozen=True):
    """Channels of a place's rules."""

    first_hz: float
    last_hz: float
    channels: int

    def center_hz(self, channel: int) -> float:
        """Of channel 0 to `channels` - 1."""
        return self.first_hz + (self.last_hz - self.first_hz) / (self.channels - 1) * channel

    @property
    def sync_channel(self) -> int:
        """Where a receiver looks for its transmitter."""
        return self.channels // 2


DOMAINS = {
    "eu868": Domain(863.275e6, 869.575e6, 13),
    "fcc915": Domain(903.5e6, 926.9e6, 40),
    "au915": Domain(915.5e6, 926.9e6, 20),
    "in866": Domain(865.375e6, 866.95e6, 4),
    "th920": Domain(920.5e6, 924.7e6, 8),
    "au433": Domain(433.42e6, 434.42e6, 3),
    "eu433": Domain(433.1e6, 434.45e6, 3),
    "us433": Domain(433.25e6, 438e6, 8),
    "us433w": Domain(423.5e6, 438e6, 20),
    "ism2g4": Domain(2400.4e6, 2479.4e6, 80),
}


class Rate(Struct, frozen=True):
    """One row of the firmware's tables; every packet is `air_s` long and `interval_s` after the one before, the next channel after `hop`.

    `telemetry` packets are between those that the receiver sends; each is sent `sends` times.
    """

    modem: Lora | Fsk
    air_s: float
    interval_s: float
    hop: int
    telemetry: int
    payload: int = 8
    sends: int = 1

    @property
    def packet_rate_hz(self) -> float:
        """Packets a second on the air."""
        return 1 / self.interval_s


def _lora_900(sf: int, coding_rate: int, preamble: int, *, sx127x: bool = True) -> Lora:
    return Lora(sf, 500e3, preamble, coding_rate, explicit=False, crc=False, sx127x=sx127x)


def _lora_2g4(sf: int, coding_rate: int, preamble: int = 12) -> Lora:
    return Lora(sf, 812.5e3, preamble, coding_rate, explicit=False, crc=False, sx127x=False)


K1000 = Fsk(300e3, 100e3)
FLRC = Fsk(650e3, 162.5e3, 1.0)

RATES_900 = {
    "25": Rate(_lora_900(9, 3, 10), 29.95e-3, 40e-3, 2, 8),
    "50": Rate(_lora_900(8, 3, 10), 18.56e-3, 20e-3, 4, 16),
    "100": Rate(_lora_900(7, 3, 8), 8.77e-3, 10e-3, 4, 32),
    "100_8ch": Rate(_lora_900(6, 4, 8), 6.69e-3, 10e-3, 4, 32, 13),
    "200": Rate(_lora_900(6, 3, 8), 4.38e-3, 5e-3, 4, 64),
    "d50": Rate(_lora_900(6, 3, 8), 4.38e-3, 5e-3, 2, 64, sends=4),
    "250": Rate(_lora_900(5, 4, 12, sx127x=False), 3.216e-3, 4e-3, 4, 64),
    "200_8ch": Rate(_lora_900(5, 4, 12, sx127x=False), 4.24e-3, 5e-3, 4, 64, 13),
    "k1000": Rate(K1000, 0.658e-3, 1e-3, 2, 128, 13),
}
"""Later chips send SF 5 with a preamble of 12 at least, whatever the table asks."""
RATES_2G4 = {
    "50": Rate(_lora_2g4(8, 4), 10.798e-3, 20e-3, 2, 16),
    "100_8ch": Rate(_lora_2g4(7, 4), 7.605e-3, 10e-3, 4, 32, 13),
    "150": Rate(_lora_2g4(7, 4), 5.871e-3, 6.666e-3, 4, 32),
    "250": Rate(_lora_2g4(6, 4, 14), 3.3e-3, 4e-3, 4, 64),
    "333_8ch": Rate(_lora_2g4(5, 4), 2.374e-3, 3.003e-3, 4, 128, 13),
    "500": Rate(_lora_2g4(5, 2), 1.507e-3, 2e-3, 4, 128),
    "f500": Rate(FLRC, 0.389e-3, 2e-3, 2, 128),
    "f1000": Rate(FLRC, 0.389e-3, 1e-3, 2, 128),
    "d250": Rate(FLRC, 0.389e-3, 1e-3, 2, 128, sends=4),
    "d500": Rate(FLRC, 0.389e-3, 1e-3, 2, 128, sends=2),
}


def sequence(seed: int, channels: int) -> list[int]:
    """The firmware's hops: the sync channel at the head of every round of all channels, the others in an order of their own."""
    sync = channels // 2
    count = SEQUENCE // channels * channels
    hops = [sync if k % channels == 0 else 0 if k % channels == sync else k % channels for k in range(count)]
    state = seed
    for k in range(count):
        if k % channels:
            state = (214013 * state + 2531011) % (1 << 31)
            other = k // channels * channels + (state >> 16) % (channels - 1) + 1
            hops[k], hops[other] = hops[other], hops[k]
    return hops


class Elrs:
    """A transmitter and its receiver; a binding phrase (the seed) gives the order of hops and which way chirps go."""

    def __init__(self, name: str, rate: Rate, domain: Domain, seed: int) -> None:
        self.name, self.rate, self.domain = name, rate, domain
        self.kind: LinkKind = "elrs_2400" if domain.first_hz > 2e9 else "elrs_900"
        random = Random(f"{seed}/{name}/elrs")
        self._seed, uid = f"{seed}/{name}", random.getrandbits(31)
        self.hops = sequence(uid, domain.channels)
        self._first_s, self._first_hop = random.random() * rate.interval_s, random.randrange(len(self.hops))
        self._inverted = bool(uid & 1)
        self._frame = self._lora(rate.modem) if isinstance(rate.modem, Lora) else self._fsk(rate.modem)

    @property
    def longest_s(self) -> float:
        """Of a packet."""
        return self.rate.air_s

    @property
    def bandwidth_hz(self) -> float:
        """Of a packet."""
        return self.rate.modem.bandwidth_hz

    def bursts(self, from_s: float) -> Iterator[Burst]:
        """Every packet; the drone answers in every `telemetry`-th slot."""
        rate = self.rate
        centers = [self.domain.center_hz(channel) for channel in self.hops]
        k = max(0, ceil((from_s - self._first_s) / rate.interval_s))
        air_s = self._frame(0).duration_s
        while True:
            center_hz = centers[(self._first_hop + k // rate.hop) % len(centers)]
            t_s = self._first_s + k * rate.interval_s
            yield Burst(t_s, air_s, center_hz, rate.modem.bandwidth_hz, self._wave(k), aloft=k % rate.telemetry == 0)
            k += 1

    def _wave(self, k: int) -> Callable[[], Wave]:
        return lambda: self._frame(k // self.rate.sends)

    def _payload(self, packet: int) -> bytes:
        return Random(f"{self._seed}/{packet}").randbytes(self.rate.payload)

    def _lora(self, modem: Lora) -> Callable[[int], Wave]:
        """Where the chip's long interleaver, which nobody has published, is on, as many symbols without meaning."""
        lora = structs.replace(modem, inverted=self._inverted)
        count = round(self.rate.air_s / lora.symbol_s - lora.before_symbols)
        long_interleaved = lora.bandwidth_hz > 500e3

        def frame(packet: int) -> Wave:
            if long_interleaved:
                return lora.frame(self._any(packet, count, 1 << lora.sf))
            return lora.frame(lora.symbols(self._payload(packet)))

        return frame

    def _any(self, packet: int, count: int, below: int) -> Sequence[int]:
        random = Random(f"{self._seed}/{packet}")
        return [random.randrange(below) for _ in range(count)]

    def _fsk(self, modem: Fsk) -> Callable[[int], Wave]:
        """A preamble, the sync word of the binding phrase, and coded bits, as many as the time on air has room for."""
        before = bits_of(bytes([PREAMBLE_BYTE]) * 4 + Random(self._seed).randbytes(4))
        count = round(self.rate.air_s * modem.rate_bd) - len(before)
        return lambda packet: modem.frame([*before, *self._any(packet, count, 2)])


def elrs_900(rate: str, domain: str = "eu868", seed: int = 1) -> Elrs:
    """A link of the rate's name in RATES_900."""
    return Elrs(f"elrs_{domain}_{rate}", RATES_900[rate], DOMAINS[domain], seed)


def elrs_2400(rate: str, seed: int = 1) -> Elrs:
    """A link of the rate's name in RATES_2G4."""
    return Elrs(f"elrs_2g4_{rate}", RATES_2G4[rate], DOMAINS["ism2g4"], seed)
