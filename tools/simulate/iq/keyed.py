"""Carriers switched on and off: remotes and sensors at 433.92 MHz, and ADS-B (RTCA DO-260B): what must raise no alarm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tools.simulate.iq.fsk import bits_of
from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Burst, Complexes, Drawn, Reals

SENSOR_HZ, ADSB_HZ = 433.92e6, 1090e6
ADSB_PREAMBLE = (1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0)
ADSB_HALF_S = 0.5e-6
ADSB_POLYNOMIAL = 0xFFF409
SENSOR_WIDTH_HZ, ADSB_WIDTH_HZ = 20e3, 2e6


class Keyed(Drawn):
    """On and off by turns for so many seconds each, on first; of mean power 1 over its duration."""

    def __init__(self, lengths_s: Sequence[float]) -> None:
        self._edges = np.cumsum(lengths_s)
        self.duration_s = float(self._edges[-1])
        self._amplitude = np.float32(np.sqrt(self.duration_s / sum(lengths_s[::2])))

    def at(self, t_s: Reals) -> Complexes:
        """Either of two amplitudes."""
        on = np.searchsorted(self._edges, t_s, side="right") % 2 == 0
        return np.asarray(on * self._amplitude, dtype=np.complex64)


class Thermometer(Slots):
    """A garden thermometer of the kind of Nexus-TH: pulses of 0.5 ms, gaps of 1 or 2 ms a bit, the same 36 bits twelve times."""

    def __init__(self, seed: int = 1, every_s: float = 57.0, *, celsius: float = 21.5, humidity: int = 55, device: int = 0xA5) -> None:
        super().__init__("thermometer", "unknown", seed, every_s, 2.0)
        word = device << 28 | 0x8 << 24 | (round(celsius * 10) & 0xFFF) << 12 | 0xF << 8 | humidity
        once = [length for k in range(35, -1, -1) for length in (0.5e-3, 2e-3 if word >> k & 1 else 1e-3)]
        self._wave = Keyed([*[length for _ in range(12) for length in [*once, 0.5e-3, 4e-3]], 0.5e-3, 1e-3])

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:  # noqa: ARG002 - every telegram is the same
        """One telegram."""
        yield Burst(t_s, self._wave.duration_s, SENSOR_HZ, SENSOR_WIDTH_HZ, lambda: self._wave)


class GateRemote(Slots):
    """A hand-held remote with a fixed code (EV1527): 24 bits of 4 x 0.35 ms while the button is held."""

    def __init__(self, seed: int = 1, every_s: float = 20.0) -> None:
        super().__init__("gate_remote", "unknown", seed, every_s, 2.0)
        unit_s, code = 0.35e-3, self.random("code").getrandbits(24)
        once = [part * unit_s for k in range(24) for part in ((3, 1) if code >> k & 1 else (1, 3))]
        self._wave = Keyed([*once, unit_s, 31 * unit_s] * 8)

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One press."""
        yield Burst(t_s + self.random(k).random() * self.slot_s / 2, self._wave.duration_s, SENSOR_HZ, SENSOR_WIDTH_HZ, lambda: self._wave)


class Adsb(Slots):
    """Aircraft in the sky together: extended squitters of 120 us at random times, `rate_hz` in the mean."""

    def __init__(self, seed: int = 1, rate_hz: float = 200.0) -> None:
        super().__init__("adsb", "adsb", seed, 1 / rate_hz, 130e-6)

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One squitter."""

        def wave() -> Keyed:
            return Keyed(_runs([*ADSB_PREAMBLE, *(half for bit in squitter_bits(self.random(k).randbytes(10)) for half in (bit, 1 - bit))]))

        yield Burst(t_s + self.random(f"{k}/t").random() * (self.slot_s - 120e-6), 120e-6, ADSB_HZ, ADSB_WIDTH_HZ, wave)


def squitter_bits(load: bytes) -> list[int]:
    """DF 17 of ten bytes more, and the parity."""
    bits = bits_of(bytes([0x8D]) + load)
    value = 0
    for bit in bits:
        value = (value << 1 & 0xFFFFFF) ^ (ADSB_POLYNOMIAL if (value >> 23 ^ bit) & 1 else 0)
    return bits + [value >> k & 1 for k in range(23, -1, -1)]


def _runs(halves: Sequence[int]) -> list[float]:
    """Lengths of equal ones, from a first that is on."""
    edges = [0, *(np.flatnonzero(np.diff(halves)) + 1), len(halves)]
    return [float(length) * ADSB_HALF_S for length in np.diff(edges)]
