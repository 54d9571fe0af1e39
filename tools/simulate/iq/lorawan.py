"""LoRaWAN sensors of a neighbourhood (RP002-1.0.4, EU868): what must raise no alarm."""

from __future__ import annotations

from collections.abc import Iterator

from tools.simulate.iq.lora import PUBLIC, Chirps, Lora
from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import Burst

CHANNELS_HZ = (868.1e6, 868.3e6, 868.5e6, 867.1e6, 867.3e6, 867.5e6, 867.7e6, 867.9e6)
SHARES = {7: 8, 8: 3, 9: 2, 10: 2, 11: 1, 12: 1}
"""How often each spreading factor is used, about as adaptive rates leave it."""


class Lorawan(Slots):
    """One uplink every `every_s` in the mean, from a sensor, on a channel and with a spreading factor that nobody can foretell."""

    def __init__(self, seed: int = 1, every_s: float = 3.0, sf: int | None = None) -> None:
        super().__init__("lorawan" if sf is None else f"lorawan_sf{sf}", "lorawan", seed, every_s, 2.8)
        self._sf = sf

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One uplink."""
        random = self.random(k)
        sf = self._sf or random.choices([*SHARES], weights=[*SHARES.values()])[0]
        lora = Lora(sf, 125e3, sync_word=PUBLIC)
        symbols = lora.symbols(bytes([0x40]) + random.randbytes(random.randint(19, 45)))

        def wave() -> Chirps:
            return lora.frame(symbols)

        begins_s = t_s + random.random() * self.slot_s
        yield Burst(begins_s, lora.duration_s(len(symbols)), random.choice(CHANNELS_HZ), lora.bandwidth_hz, wave)
