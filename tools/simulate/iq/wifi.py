"""Wi-Fi of 20 MHz (IEEE 802.11-2020, clause 17): training, 312.5 kHz carriers, 4 us symbols, acknowledgements and CSMA's gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator, default_rng

from tools.simulate.iq.ofdm import modulated, qam
from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import OVERSAMPLED, Burst, Complexes, Sampled

RATE_HZ, WIDTH_HZ = 20e6, 16.6e6
SIFS_S, BACKOFF_SLOT_S, DIFS_S = 16e-6, 9e-6, 34e-6
TRAINING_S, SYMBOL_S, ACK_SYMBOLS = 16e-6, 4e-6, 2
SLOT_S, MOST_SYMBOLS = 10e-3, 300
BEACON_EVERY = 10
BEACON_SYMBOLS = 40
SHORT = np.zeros(53, dtype=np.complex64)
SHORT[[2, 10, 22, 38, 42, 46, 50]] = np.sqrt(13 / 6) * (1 + 1j)
SHORT[[6, 14, 18, 30, 34]] = -np.sqrt(13 / 6) * (1 + 1j)
LONG = np.array(
    [int(sign + "1") for sign in "++--++-+-++++++--++-+-++++"] + [0] + [int(sign + "1") for sign in "+--++-+-+-----++--+-+-++++"],
    dtype=np.complex64,
)
PILOTS = {5: 1, 19: 1, 33: 1, 47: -1}
"""Places of 53 about an empty middle."""


class Wifi(Slots):
    """An access point and a station; `load` is the share of time with frames on the air, beside beacons."""

    def __init__(self, center_hz: float = 2_437e6, seed: int = 1, load: float = 0.4) -> None:
        super().__init__("wifi", "wifi", seed, SLOT_S, TRAINING_S + (MOST_SYMBOLS + 1) * SYMBOL_S)
        self._center_hz, self._load = center_hz, load

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """A beacon every tenth time, then frames and their acknowledgements, each after its gap."""
        random, spent_s = self.random(k), 0.0
        if k % BEACON_EVERY == 0:
            yield self._burst(f"{k}/beacon", t_s, BEACON_SYMBOLS, 1)
            spent_s += air_s(BEACON_SYMBOLS)
        number, budget_s = 0, self._load * SLOT_S
        while True:
            symbols = random.randint(4, MOST_SYMBOLS)
            spent_s += DIFS_S + random.randrange(16) * BACKOFF_SLOT_S
            if spent_s + air_s(symbols) + SIFS_S + air_s(ACK_SYMBOLS) > budget_s:
                return
            yield self._burst(f"{k}/{number}", t_s + spent_s, symbols, random.choice((2, 4, 6)))
            spent_s += air_s(symbols) + SIFS_S
            yield self._burst(f"{k}/{number}/ack", t_s + spent_s, ACK_SYMBOLS, 2)
            spent_s += air_s(ACK_SYMBOLS)
            number += 1

    def _burst(self, what: str, t_s: float, symbols: int, bits: int) -> Burst:
        return Burst(t_s, air_s(symbols), self._center_hz, WIDTH_HZ, self._wave(what, symbols, bits))

    def _wave(self, what: str, symbols: int, bits: int) -> Callable[[], Sampled]:
        return lambda: Sampled(
            frame(default_rng([self.random(what).getrandbits(32)]), symbols, max(2, bits)), RATE_HZ * OVERSAMPLED, fine=True
        )


def air_s(symbols: int) -> float:
    """With training and the SIGNAL field."""
    return TRAINING_S + (symbols + 1) * SYMBOL_S


def frame(rng: Generator, symbols: int, bits: int) -> Complexes:
    """Short and long training, SIGNAL and data, OVERSAMPLED."""
    short = np.tile(modulated([SHORT], 64, [0])[: 16 * OVERSAMPLED], 10)
    long = modulated([LONG, LONG], 64, [32, 0])
    rows = np.concatenate((_symbols(rng, 1, 2), _symbols(rng, symbols, bits)))
    return np.concatenate((short, long, modulated(rows, 64, [16] * len(rows))))


def _symbols(rng: Generator, count: int, bits: int) -> Complexes:
    """Data of 48 carriers and four pilots about an empty middle, (count, 53)."""
    rows = qam(rng, 53 * count, bits).reshape(count, 53)
    rows[:, 26] = 0
    signs = rng.integers(0, 2, count) * 2 - 1
    for place, value in PILOTS.items():
        rows[:, place] = signs * value
    return rows
