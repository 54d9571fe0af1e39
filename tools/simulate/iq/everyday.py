"""What else is on the air every day, keyed or chirped and often by a clock as drones' links are: what must raise no alarm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import pi

import numpy as np
from msgspec import Struct

from tools.simulate.iq.fsk import Fsk, Shifts
from tools.simulate.iq.lora import PUBLIC, Chirps, Lora
from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Angle, Burst, Reals, Sampled, Wave

MESH = 0x2B
"""Meshtastic's sync word."""
DOWNLINKS_HZ = tuple(923.3e6 + 0.6e6 * k for k in range(8))
"""LoRaWAN's of 500 kHz in the United States and Australia, which are channels of ExpressLRS as well."""


class Chirping(Struct, frozen=True):
    """A modem, how many bytes it sends, how often, and where; `irregular` is how far packets are from their clock, in slots."""

    lora: Lora
    lengths: tuple[int, int]
    every_s: float
    centers_hz: tuple[float, ...]
    irregular: float = 0.0


CHIRPING = {
    "mesh_long": Chirping(Lora(11, 250e3, 16, 1, MESH), (30, 30), 1.0, (869.525e6,)),
    "mesh_turbo": Chirping(Lora(7, 500e3, 16, 1, MESH), (20, 60), 0.25, (915.25e6,), 0.5),
    "gateway": Chirping(Lora(8, 500e3, 8, 1, PUBLIC, crc=False, inverted=True), (12, 45), 0.2, DOWNLINKS_HZ, 0.4),
    "gateway_by_clock": Chirping(Lora(7, 500e3, 8, 1, PUBLIC, crc=False, inverted=True), (20, 20), 0.1, DOWNLINKS_HZ),
    "alarm_hopping": Chirping(Lora(9, 500e3, 8, 1), (12, 40), 0.3, tuple(902.75e6 + 0.5e6 * k for k in range(50)), 0.4),
}


class Chirper(Slots):
    """A sender of one of CHIRPING."""

    def __init__(self, name: str, seed: int = 1) -> None:
        self._kind = kind = CHIRPING[name]
        longest_s = kind.lora.duration_s(len(kind.lora.symbols(bytes(kind.lengths[1]))))
        super().__init__(name, "lorawan" if kind.lora.sync_word == PUBLIC else "lora", seed, kind.every_s, longest_s)

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One packet."""
        kind, random = self._kind, self.random(k)
        symbols = kind.lora.symbols(random.randbytes(random.randint(*kind.lengths)))
        center_hz = random.choice(kind.centers_hz)

        def wave() -> Chirps:
            return kind.lora.frame(symbols)

        begins_s = t_s + kind.irregular * random.random() * kind.every_s
        yield Burst(begins_s, kind.lora.duration_s(len(symbols)), center_hz, kind.lora.bandwidth_hz, wave)


class Shifting(Struct, frozen=True):
    """A modem of two or four levels, how long its bursts are, how often they come, and where."""

    fsk: Fsk
    air_s: float
    every_s: float
    centers_hz: tuple[float, ...]
    levels: int = 2


SHIFTING = {
    "z_wave": Shifting(Fsk(100e3, 29e3, 0.6), 4e-3, 0.12, (869.85e6,)),
    "sensor_by_clock": Shifting(Fsk(64e3, 63.75e3, 0.5), 6e-3, 0.1, (868.3e6,)),
    "meter_hopping": Shifting(Fsk(50e3, 25e3, 0.5), 20e-3, 0.06, tuple(902.4e6 + 0.4e6 * k for k in range(60))),
    "tire": Shifting(Fsk(19.2e3, 35e3), 8e-3, 0.1, tuple(433.92e6 + 7e3 * k for k in range(-4, 5))),
    "pager": Shifting(Fsk(1_200, 4_500), 1.0, 1.001, (466.075e6,)),
    "dmr": Shifting(Fsk(4_800, 1_944, 0.5), 27.5e-3, 60e-3, (446.05e6,), 4),
    "tetra_like": Shifting(Fsk(18e3, 4_500, 0.35), 14e-3, 56.67e-3, (390.1e6,), 4),
    "gsm": Shifting(Fsk(270_833.0, 67_708.0, 0.3), 0.546e-3, 4.615e-3, tuple(935.2e6 + 0.2e6 * k for k in range(12))),
    "dect": Shifting(Fsk(1.152e6, 288e3, 0.5), 0.368e-3, 10e-3, (1_888.704e6,)),
    "zigbee": Shifting(Fsk(2e6, 500e3), 3e-3, 0.03, (2_450e6,)),
    "mouse": Shifting(Fsk(2e6, 320e3, 0.5), 0.15e-3, 8e-3, (2_442e6, 2_448e6, 2_454e6)),
}


class Shifter(Slots):
    """A sender of one of SHIFTING."""

    def __init__(self, name: str, seed: int = 1) -> None:
        self._kind = kind = SHIFTING[name]
        self._count = round(kind.air_s * kind.fsk.rate_bd)
        super().__init__(name, "fsk", seed, kind.every_s, self._count / kind.fsk.rate_bd)

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One burst."""
        kind, random = self._kind, self.random(k)

        def wave() -> Shifts:
            levels = np.array([random.randrange(kind.levels) for _ in range(self._count)])
            return Shifts(kind.fsk, 2.0 * levels / (kind.levels - 1) - 1)

        yield Burst(t_s, self.longest_s, random.choice(kind.centers_hz), kind.fsk.bandwidth_hz, wave)


class _Voice(Angle):
    """Frequency modulated by many tones of a voice's band, or by nothing."""

    def __init__(self, tones_hz: Sequence[float], deviation_hz: float, duration_s: float) -> None:
        self.duration_s, self._tones_hz, self._deviation_hz = duration_s, tones_hz, deviation_hz

    def cycles(self, t_s: Reals) -> Reals:
        """The integral of their sum."""
        found = np.zeros(len(t_s))
        for hz in self._tones_hz:
            found += self._deviation_hz / len(self._tones_hz) / (2 * pi * hz) * np.sin(2 * pi * hz * t_s)
        return found


class Talker(Slots):
    """Frequency modulation that goes on and on: a voice radio, a broadcast, or a bare carrier."""

    def __init__(self, name: str, center_hz: float, deviation_hz: float, seed: int = 1) -> None:
        super().__init__(name, "unknown", seed, 0.5, 0.5)
        self._center_hz, self._deviation_hz = center_hz, deviation_hz

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """Half a second of it."""
        tones_hz = [self.random(f"{k}/{one}").uniform(300, 3_000) for one in range(5)]
        width_hz = 2 * (self._deviation_hz + 3_000)
        yield Burst(t_s, 0.5, self._center_hz, width_hz, lambda: _Voice(tones_hz, self._deviation_hz, 0.5), whole=False)


DAB_HZ, DAB_CARRIERS, DAB_USEFUL, DAB_PREFIX, DAB_SYMBOLS, DAB_NULL = 2.048e6, 1536, 2048, 504, 76, 2656


class Dab(Slots):
    """Digital radio (EN 300 401, mode I): 1 536 carriers of 1 kHz, and silence at the beginning of each frame of 96 ms."""

    def __init__(self, center_hz: float = 223.936e6, seed: int = 1) -> None:
        super().__init__("dab", "unknown", seed, 96e-3, 96e-3)
        self._center_hz = center_hz

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One frame."""
        yield Burst(t_s, 96e-3, self._center_hz, 1.536e6, self._wave(k), whole=False)

    def _wave(self, k: int) -> Callable[[], Wave]:
        def wave() -> Wave:
            random = np.random.default_rng(k)
            carriers = np.r_[1 : DAB_CARRIERS // 2 + 1, -(DAB_CARRIERS // 2) : 0]
            spectrum = np.zeros((DAB_SYMBOLS, DAB_USEFUL), np.complex64)
            spectrum[:, carriers] = np.exp(0.5j * pi * random.integers(0, 4, (DAB_SYMBOLS, DAB_CARRIERS)))
            useful = np.fft.ifft(spectrum, axis=1)
            samples = np.concatenate((np.zeros(DAB_NULL), np.concatenate((useful[:, -DAB_PREFIX:], useful), axis=1).ravel()))
            return Sampled(samples.astype(np.complex64), DAB_HZ)

        return wave
