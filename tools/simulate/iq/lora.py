"""LoRa's chirp spread spectrum (Semtech AN1200.22, SX1276 and SX1280 data sheets): frames as phases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from tools.simulate.iq.lora_coding import encode
from tools.simulate.iq.wave import Angle, Reals

PRIVATE, PUBLIC = 0x12, 0x34
"""Sync words: everybody's, and LoRaWAN's."""
DOWN_CHIRPS, QUARTER = 2, 0.25
LOW_RATE_SYMBOL_S = 0.016
"""From so long a symbol on, two bits of each are left out."""


class Lora(Struct, frozen=True):
    """How a modem is set up: `coding_rate` 1 to 4 is 4/5 to 4/8; `sx127x` False adds two empty symbols to SF 5 and 6, as later chips do."""

    sf: int
    bandwidth_hz: float
    preamble: int = 8
    coding_rate: int = 1
    sync_word: int = PRIVATE
    explicit: bool = True
    crc: bool = True
    inverted: bool = False
    sx127x: bool = True

    @property
    def symbol_s(self) -> float:
        """Seconds of one chirp."""
        return float((1 << self.sf) / self.bandwidth_hz)

    @property
    def before_symbols(self) -> float:
        """Symbols before the first that carries data: preamble, sync word, down-chirps and what SF 5 and 6 add."""
        return self.preamble + 2 + DOWN_CHIRPS + QUARTER + self._empty

    @property
    def _empty(self) -> int:
        return 0 if self.sx127x or self.sf > 6 else 2

    def symbols(self, payload: bytes) -> list[int]:
        """What a payload is sent as."""
        low_rate = self.symbol_s > LOW_RATE_SYMBOL_S
        return encode(
            payload,
            sf=self.sf,
            coding_rate=self.coding_rate,
            explicit=self.explicit,
            crc=self.crc,
            low_rate=low_rate,
            sx127x=self.sx127x,
        )

    def duration_s(self, symbols: int) -> float:
        """Time on air with so many symbols of data."""
        return (self.before_symbols + symbols) * self.symbol_s

    def frame(self, symbols: Sequence[int]) -> Chirps:
        """The wave of a frame with these symbols of data."""
        return Chirps(self, symbols)

    def before(self) -> list[int]:
        """Up-chirps before the down-chirps."""
        chips = 1 << self.sf
        return [0] * self.preamble + [(self.sync_word >> 4) * 8 % chips, (self.sync_word & 15) * 8 % chips]

    def after(self) -> list[int]:
        """Up-chirps between the down-chirps and the data."""
        return [0] * self._empty


class Chirps(Angle):
    """One frame; every chirp begins and ends at phase 0, so the phase never jumps."""

    def __init__(self, lora: Lora, symbols: Sequence[int]) -> None:
        self.duration_s = lora.duration_s(len(symbols))
        self._symbol_s, self._chips = lora.symbol_s, float(1 << lora.sf)
        before, after = lora.before(), [*lora.after(), *symbols]
        self._quarter_ends = len(before) + DOWN_CHIRPS + QUARTER
        down = DOWN_CHIRPS + 1
        self._starts = np.array([*before, *[0] * down, *after, 0], dtype=np.float64) / self._chips
        turn = -1.0 if lora.inverted else 1.0
        self._turns = np.array([turn] * len(before) + [-turn] * down + [turn] * (len(after) + 1)) * self._chips

    def cycles(self, t_s: Reals) -> Reals:
        """The integral of a frequency that climbs from its start through the band and goes on at its foot."""
        place = t_s / self._symbol_s
        place += (1 - QUARTER) * (place >= self._quarter_ends)
        k = place.astype(np.int64)
        place -= k
        start = self._starts[k]
        fallen = np.maximum(place + start - 1, 0)
        return np.asarray(self._turns[k] * (place * (place / 2 - 0.5 + start) - fallen))
