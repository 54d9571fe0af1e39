"""A software radio: what its clock, mixer, amplifier and converter make of waves and noise."""

from __future__ import annotations

from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.random import SFC64, Generator
from numpy.typing import NDArray

from tools.simulate.iq.wave import Complexes, Reals

THERMAL_DBM_HZ = -174.0
CRYSTAL_HZ = 28_800_000.0
"""An RTL-SDR's; it hears harmonics of it."""
BITS = Literal[8, 12, 14, 16]


class FrontEnd(Struct, frozen=True):
    """A receiver about `center_hz` at `rate_hz`; what is its own is in dB below full scale, None for a part that it has not.

    `noise_dbfs` is the noise of the whole band, which its gain is set by. `ppm` is its crystal's error: what it takes for its centre and
    rate is that much higher. `iq_gain_db` and `iq_phase_deg` are how unlike its two mixers are. `bits` None does not count in steps.
    """

    center_hz: float
    rate_hz: float = 2_400_000.0
    noise_figure_db: float = 6.0
    noise_dbfs: float = -36.0
    ppm: float = 0.0
    dc_dbfs: float | None = None
    spur_dbfs: float | None = None
    iq_gain_db: float = 0.0
    iq_phase_deg: float = 0.0
    bits: BITS | None = 8

    @property
    def noise_dbm_hz(self) -> float:
        """Noise in one hertz at the antenna."""
        return THERMAL_DBM_HZ + self.noise_figure_db

    @property
    def true_rate_hz(self) -> float:
        """Samples in a second of true time."""
        return self.rate_hz * (1 + self.ppm * 1e-6)

    @property
    def true_center_hz(self) -> float:
        """Where it really listens."""
        return self.center_hz * (1 + self.ppm * 1e-6)

    def gain_dbfs_dbm(self) -> float:
        """What turns dBm at the antenna into dBFS."""
        return self.noise_dbfs - (self.noise_dbm_hz + 10 * float(np.log10(self.rate_hz)))


class Receiver:
    """Its noise, spurs and converter, for chunks of samples in order."""

    def __init__(self, front: FrontEnd, seed: str) -> None:
        self.front = front
        words = np.frombuffer(seed.encode().ljust(-(-len(seed.encode()) // 4) * 4), dtype="<u4")
        self._noise = Generator(SFC64([int(word) for word in words]))
        self._scale = np.float32(10 ** (front.gain_dbfs_dbm() / 20))
        self._tones = list(self._own_tones())

    def hear(self, antenna: Complexes, first: int) -> tuple[Complexes, float]:
        """Samples of full scale 1 and the share of them that was clipped, from amplitudes in sqrt(mW); `antenna` is used up."""
        front, count = self.front, len(antenna)
        antenna *= self._scale
        noise = self._noise.standard_normal(2 * count, dtype=np.float32)
        noise *= np.float32(10 ** (front.noise_dbfs / 20) / np.sqrt(2))
        antenna += noise.view(np.complex64)
        if front.iq_gain_db or front.iq_phase_deg:
            antenna = _unlike(antenna, front.iq_gain_db, front.iq_phase_deg)
        for offset_hz, amplitude in self._tones:
            antenna += _tone(offset_hz, amplitude, first, count, front.rate_hz)
        return _converted(antenna, front.bits)

    def _own_tones(self) -> list[tuple[float, float]]:
        front, found = self.front, []
        if front.dc_dbfs is not None:
            found.append((0.0, 10 ** (front.dc_dbfs / 20)))
        if front.spur_dbfs is not None:
            nearest = round(front.center_hz / CRYSTAL_HZ)
            offsets = (k * CRYSTAL_HZ - front.center_hz for k in (nearest - 1, nearest, nearest + 1))
            found += [(offset, 10 ** (front.spur_dbfs / 20)) for offset in offsets if abs(offset) < front.rate_hz / 2]
        return found


def oscillation(cycles: Reals) -> Complexes:
    """exp(2 pi i cycles) of (n,)."""
    turn = (cycles - np.floor(cycles)).astype(np.float32)
    turn *= np.float32(2 * np.pi)
    found = np.empty(len(turn), dtype=np.complex64)
    np.cos(turn, out=found.real)
    np.sin(turn, out=found.imag)
    return found


def _tone(offset_hz: float, amplitude: float, first: int, count: int, rate_hz: float) -> Complexes | np.complex64:
    if not offset_hz:
        return np.complex64(amplitude * (1 + 1j) / np.sqrt(2))
    return oscillation(np.arange(first, first + count, dtype=np.float64) * (offset_hz / rate_hz)) * np.float32(amplitude)


def _unlike(samples: Complexes, gain_db: float, phase_deg: float) -> Complexes:
    """The image of what two unequal mixers let through."""
    second = 10 ** (gain_db / 20) * np.exp(1j * np.radians(phase_deg))
    return np.asarray(samples * np.complex64((1 + second) / 2) + samples.conj() * np.complex64((1 - np.conj(second)) / 2))


def _converted(samples: Complexes, bits: int | None) -> tuple[Complexes, float]:
    """Eight bits lie about the middle between 127 and 128, more are signed; at most full scale."""
    parts: NDArray[np.float32] = samples.view(np.float32)
    clipped = float(np.count_nonzero(np.abs(parts) >= 1)) / max(len(parts), 1)
    if bits is None:
        return samples, clipped
    half = np.float32(127.5 if bits == 8 else 1 << (bits - 1))
    middle = np.float32(0.5 if bits == 8 else 0.0)
    parts *= half
    parts -= middle
    np.rint(parts, out=parts)
    np.clip(parts, -np.ceil(half), np.ceil(half) - 1, out=parts)
    parts += middle
    parts /= half
    return samples, clipped
