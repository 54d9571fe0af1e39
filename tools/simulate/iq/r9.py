"""FrSky R9: chirps of SF 6, another channel with every packet (DIY-Multiprotocol-TX-Module, FrSkyR9)."""

from __future__ import annotations

from collections.abc import Iterator

from tools.simulate.iq.lora import Chirps, Lora
from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Burst

LORA = Lora(6, 500e3, 9, 1, explicit=False, crc=False)
PAYLOAD, INTERVAL_S = 26, 20e-3
FIRST_HZ = {"868": 859_504_640.0, "915": 914_472_960.0}
STEP_HZ, CHANNELS, HOPS = 499_712.0, 27, 29
"""Two of the 29 places are channels of the 27 once more."""


class R9(Slots):
    """A transmitter of the FLEX firmware; its step through the channels is its own."""

    def __init__(self, region: str = "868", seed: int = 1) -> None:
        self.air_s = LORA.duration_s(len(LORA.symbols(bytes(PAYLOAD))))
        super().__init__(f"r9_{region}", "frsky_r9", seed, INTERVAL_S, self.air_s)
        self.step = self.random("step").randint(1, 24)
        channels = [*range(CHANNELS), self.step, self.step + 1]
        self.centers_hz = [FIRST_HZ[region] + channel * STEP_HZ for channel in channels]

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One packet."""

        def wave() -> Chirps:
            return LORA.frame(LORA.symbols(self.random(k).randbytes(PAYLOAD)))

        yield Burst(t_s, self.air_s, self.centers_hz[k * self.step % HOPS], LORA.bandwidth_hz, wave, aloft=False)
