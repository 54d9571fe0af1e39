"""TBS Crossfire: 2-FSK at 150 Hz (g3gg0's analysis of the air, 2020), and chirps at 50 Hz."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from tools.simulate.iq.fsk import Fsk, Shifts, bits_of
from tools.simulate.iq.lora import Chirps, Lora
from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Burst

FSK = Fsk(85_000, 42_300)
SLOT_S = 6.666666666e-3 * 1.00101
GRID_HZ = 260_010.0
FIRST_HZ = {"eu": 860e6, "us": 900e6}
CHANNELS, ROUND = 50, 150
UP_BYTES, DOWN_BYTES = 23, 13
BEFORE = bytes([0xAA] * 4)
"""A preamble; a sync word of as many bytes follows."""
DOWN_AFTER_S = 3.4e-3
LORA = Lora(6, 500e3, 8, 1, explicit=False, crc=False)
"""Of the 50 Hz mode nobody has published spreading and bandwidth: this is the slowest of 500 kHz that has room for both ways in 20 ms."""
LORA_SLOT_S, LORA_DOWN_AFTER_S = 20e-3, 10e-3


class Crossfire(Slots):
    """The pilot in the first part of each slot on channels 0 to 49, the drone in the second, fifty channels up."""

    def __init__(self, region: str = "eu", seed: int = 1) -> None:
        super().__init__(f"crossfire_{region}_150", "crossfire", seed, SLOT_S, 4e-3)
        self._first_hz, random = FIRST_HZ[region], self.random("hops")
        rounds = [random.sample(range(CHANNELS), CHANNELS) for _ in range(ROUND // CHANNELS)]
        self.hops = [channel for one in rounds for channel in one]
        self._sync = random.randbytes(4)

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """Both ways."""
        center_hz = self._first_hz + self.hops[k % ROUND] * GRID_HZ
        yield self._burst(k, t_s, center_hz, UP_BYTES, aloft=False)
        yield self._burst(k, t_s + DOWN_AFTER_S, center_hz + CHANNELS * GRID_HZ, DOWN_BYTES, aloft=True)

    def _burst(self, k: int, t_s: float, center_hz: float, length: int, *, aloft: bool) -> Burst:
        def wave() -> Shifts:
            return FSK.frame(bits_of(BEFORE + self._sync + self.random(f"{k}/{aloft}").randbytes(length)))

        duration_s = 8 * (2 * len(BEFORE) + length) / FSK.rate_bd
        return Burst(t_s, duration_s, center_hz, FSK.bandwidth_hz, wave, aloft=aloft)


class CrossfireLora(Slots):
    """The 50 Hz mode on the same grid."""

    def __init__(self, region: str = "eu", seed: int = 1) -> None:
        super().__init__(f"crossfire_{region}_50", "crossfire", seed, LORA_SLOT_S, LORA_DOWN_AFTER_S)
        self._first_hz = FIRST_HZ[region]
        self.hops = self.random("hops").sample(range(CHANNELS), CHANNELS)

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """Both ways."""
        center_hz = self._first_hz + self.hops[k % CHANNELS] * GRID_HZ
        for after_s, shift, length, aloft in ((0.0, 0, UP_BYTES, False), (LORA_DOWN_AFTER_S, CHANNELS, DOWN_BYTES, True)):
            duration_s = LORA.duration_s(len(LORA.symbols(bytes(length))))
            wave = _chirps(self.random(f"{k}/{aloft}"), length)
            yield Burst(t_s + after_s, duration_s, center_hz + shift * GRID_HZ, LORA.bandwidth_hz, wave, aloft=aloft)


def _chirps(random: Random, length: int) -> Callable[[], Chirps]:
    return lambda: LORA.frame(LORA.symbols(random.randbytes(length)))
