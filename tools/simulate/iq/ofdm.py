"""OFDM, one FFT a symbol: DJI's OcuSync (video and hopping control), LTE-like and DVB-T-like transmitters that go on without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import pi

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from tools.simulate.iq.slots import Slots
from tools.simulate.iq.wave import OVERSAMPLED, Burst, Complexes, Sampled

SPACING_HZ = 15e3
LTE_FRAME_S, SUBFRAME_S = 10e-3, 1e-3
PSS_ROOTS = (25, 29, 34)
VIDEO_SYMBOLS, CONTROL_SYMBOLS = 15, 7
ENVELOPE_S = 5e-3
"""OcuSync's bursts come 200 times a second in flight."""
BLOCK_CARRIERS = 12


def modulated(rows: Sequence[Complexes] | Complexes, size: int, prefixes: Sequence[int]) -> Complexes:
    """Symbols of carriers about an empty middle, or about their own where they are odd, with prefixes of so many samples.

    Comes OVERSAMPLED.
    """
    carriers, fine = np.asarray(rows, dtype=np.complex64), size * OVERSAMPLED
    half = carriers.shape[1] // 2
    first = 1 - carriers.shape[1] % 2
    bins = np.zeros((len(carriers), fine), dtype=np.complex64)
    bins[:, -half:] = carriers[:, :half]
    bins[:, first : first + carriers.shape[1] - half] = carriers[:, half:]
    symbols = np.fft.ifft(bins, axis=1)
    if len(set(prefixes)) == 1:
        return np.asarray(np.concatenate((symbols[:, fine - prefixes[0] * OVERSAMPLED :], symbols), axis=1).ravel(), dtype=np.complex64)
    return np.concatenate([part for k, prefix in enumerate(prefixes) for part in (symbols[k, fine - prefix * OVERSAMPLED :], symbols[k])])


def qam(rng: Generator, count: int, bits: int = 2) -> Complexes:
    """Random points of QPSK (2 bits), 16-QAM (4) or 64-QAM (6), of mean power 1."""
    side = 1 << bits // 2
    levels = rng.integers(0, side, 2 * count, dtype=np.uint8).astype(np.float32)
    levels -= np.float32((side - 1) / 2)
    levels *= np.float32(np.sqrt(6 / (side * side - 1)))
    return levels.view(np.complex64)


def zadoff_chu(root: int, length: int) -> Complexes:
    """Of odd length."""
    n = np.arange(length)
    return np.asarray(np.exp(-1j * pi * root * n * (n + 1) / length), dtype=np.complex64)


def prefixes(size: int, symbols: int) -> list[int]:
    """LTE's normal ones: every seventh symbol's is longer."""
    return [size * 80 // 1024 if k % 7 == 0 else size * 72 // 1024 for k in range(symbols)]


class OcusyncVideo(Slots):
    """The drone's downlink: fifteen symbols of 600 or 1200 carriers with known ones at both ends and in the middle, up to four together."""

    def __init__(self, center_hz: float = 2_444.5e6, megahertz: int = 10, seed: int = 1) -> None:
        super().__init__(f"ocusync_video_{megahertz}", "dji_ocusync", seed, ENVELOPE_S, 4.5e-3)
        self._center_hz, self._carriers = center_hz, 60 * megahertz
        self._size = 1 << (self._carriers * 3 // 2 - 1).bit_length()
        self._rate_hz = self._size * SPACING_HZ
        self._prefixes = [self._size * 80 // 1024] + [self._size * 72 // 1024] * (VIDEO_SYMBOLS - 1)
        self.burst_s = (VIDEO_SYMBOLS * self._size + sum(self._prefixes)) / self._rate_hz

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """As many bursts back to back as the picture needs."""
        for number in range(self.random(k).choice((2, 3, 3, 4))):
            yield Burst(t_s + number * self.burst_s, self.burst_s, self._center_hz, self._carriers * SPACING_HZ, self._wave(k, number))

    def _wave(self, k: int, number: int) -> _Making:
        return _Making(self._samples, (k, number), self._rate_hz)

    def _samples(self, k: int, number: int) -> Complexes:
        rng = default_rng([self.random(f"{k}/{number}").getrandbits(32)])
        edge, middle = (np.delete(zadoff_chu(root, self._carriers + 1), self._carriers // 2) for root in (31, 67))
        data = [qam(rng, self._carriers) for _ in range(VIDEO_SYMBOLS - 3)]
        return modulated([edge, *data[:6], middle, *data[6:], edge], self._size, self._prefixes)


class OcusyncControl(Slots):
    """The pilot's uplink: seven symbols of 72 carriers, first and last a Zadoff-Chu sequence; every burst is elsewhere in the band."""

    def __init__(self, seed: int = 1, first_hz: float = 2_402e6, last_hz: float = 2_480e6) -> None:
        super().__init__("ocusync_control", "dji_ocusync", seed, ENVELOPE_S, 0.6e-3)
        channels = 40
        self.centers_hz = [first_hz + (last_hz - first_hz) * k / (channels - 1) for k in range(channels)]
        self._hops = self.random("hops").choices(range(channels), k=512)

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One burst."""
        duration_s = CONTROL_SYMBOLS * (128 + 9) / 1.92e6
        center_hz = self.centers_hz[self._hops[k % len(self._hops)]]
        yield Burst(t_s, duration_s, center_hz, 73 * SPACING_HZ, _Making(self._samples, (k, 0), 1.92e6), aloft=False)

    def _samples(self, k: int, number: int) -> Complexes:
        rng = default_rng([self.random(f"{k}/{number}").getrandbits(32)])
        known = np.delete(zadoff_chu(25, 73), 36)
        return modulated([known, *(qam(rng, 72) for _ in range(CONTROL_SYMBOLS - 2)), known], 128, [9] * CONTROL_SYMBOLS)


class Lte(Slots):
    """A cell's downlink of 50 or 100 resource blocks: reference and synchronisation signals, and as many blocks as it has traffic for."""

    def __init__(self, center_hz: float = 806e6, blocks: int = 50, seed: int = 1, load: float = 0.6) -> None:
        super().__init__(f"lte_{blocks // 5}", "lte", seed, SUBFRAME_S, SUBFRAME_S)
        self._center_hz, self._carriers, self._load = center_hz, blocks * BLOCK_CARRIERS, load
        self._size = 1 << (self._carriers * 3 // 2 - 1).bit_length()
        self._rate_hz = self._size * SPACING_HZ
        self.first_s = 0.0
        self._cell = self.random("cell").randrange(504)

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One subframe; they go on without a gap."""
        making = _Making(self._samples, (k, 0), self._rate_hz)
        yield Burst(t_s, SUBFRAME_S, self._center_hz, self._carriers * SPACING_HZ, making, whole=False)

    def _samples(self, k: int, number: int) -> Complexes:
        rng = default_rng([self.random(f"{k}/{number}").getrandbits(32)])
        busy = np.repeat(rng.random(self._carriers // BLOCK_CARRIERS) < self._load, BLOCK_CARRIERS)
        rows = qam(rng, 14 * self._carriers, 6).reshape(14, -1) * busy
        for symbol in (0, 4, 7, 11):
            pilots = slice((self._cell + 3 * (symbol % 7 == 4)) % 6, None, 6)
            rows[symbol][pilots] = qam(default_rng([self._cell, k % 10, symbol]), len(rows[symbol][pilots]))
        if k % 5 == 0:
            middle = self._carriers // 2
            rows[6][middle - 31 : middle + 31] = np.delete(zadoff_chu(PSS_ROOTS[self._cell % 3], 63), 31)
        return modulated(rows, self._size, prefixes(self._size, 14))


class DvbT(Slots):
    """A television multiplex of 8 MHz, 8k, a guard of one quarter (EN 300 744): scattered and continual pilots, 64-QAM between."""

    def __init__(self, center_hz: float = 650e6, seed: int = 1, guard: float = 0.25) -> None:
        self._rate_hz = 64e6 / 7
        self._guard = round(8192 * guard)
        symbol_s = (8192 + self._guard) / self._rate_hz
        super().__init__("dvb_t", "dvb_t", seed, symbol_s, symbol_s)
        self.first_s = 0.0
        self._center_hz = center_hz

    def slot(self, k: int, t_s: float) -> Iterator[Burst]:
        """One symbol; they go on without a gap."""
        yield Burst(t_s, self.slot_s, self._center_hz, 6817 * 64e6 / 7 / 8192, _Making(self._samples, (k, 0), self._rate_hz), whole=False)

    def _samples(self, k: int, number: int) -> Complexes:
        rng = default_rng([self.random(f"{k}/{number}").getrandbits(32)])
        row = qam(rng, 6817, 6)
        signs: NDArray[np.float32] = default_rng([8192]).integers(0, 2, 6817).astype(np.float32) * 2 - 1
        scattered = slice(3 * (k % 4), None, 12)
        row[scattered] = signs[scattered] * np.float32(4 / 3)
        return modulated([row], 8192, [self._guard])


class _Making:
    """Samples of slot and number, made when somebody hears them."""

    def __init__(self, samples: Callable[[int, int], Complexes], what: tuple[int, int], rate_hz: float) -> None:
        self._samples, self._what, self._rate_hz = samples, what, rate_hz

    def __call__(self) -> Sampled:
        return Sampled(self._samples(*self._what), self._rate_hz * OVERSAMPLED, fine=True)
