"""A first look at microphones within seconds: which are silent, clipped, off the middle, weak, upside down or the same as another.

What needs longer (swapped, late, noisy) the health room judges while the node runs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import AudioBlock, MicrophoneArray
from edge_node.acoustic.microphones import speed_of_sound_mps
from edge_node.messages import Finding

Real = NDArray[np.float32]
Vector = NDArray[np.float64]

SILENT_DBFS = -100.0
"""No microphone with its preamplifier is so quiet: MEMS ones have -90 to -100 of their own noise in 24 bits."""
BELOW_OTHERS_DB, WEAK_DB = 30.0, 12.0
RAIL, CLIPPED_SHARE = 0.999, 1e-3
DC = 0.02
FRAME_S = 0.1
LOWEST_HZ = 60.0
TURN = 1 / 4
"""Of a wave across the whole array: below that any two microphones hear a sound with the same sign, whatever its direction."""
FEWEST_TO_TELL, FEWEST_FRAMES = 3, 8
TOGETHER = 0.6
"""Share of the low sound that one common wave must hold before its signs are believed: wind is different at each microphone."""
LEAST_PART = 0.3
WEIGHED = 4
"""Power of a bin's common share by which it counts: of simulated sites with wind 12 of 13 then show an inverted microphone, not 6."""
COMPARED = 256
MOST = 8.0
"""Times full scale: no device says more, and a file that does would overflow."""


class MicrophoneCheck:
    """Takes blocks of one stream; another number of channels or rate begins anew."""

    def __init__(self) -> None:
        self._array: MicrophoneArray | None = None
        self._temperature_c: float | None = None
        self._begin(0, 0)

    def take(self, block: AudioBlock) -> None:
        """Look at one block."""
        samples, rate_hz = np.clip(np.nan_to_num(block.samples, posinf=0.0, neginf=0.0), -MOST, MOST), block.sample_rate_hz
        if samples.shape[1] != self.channels or rate_hz != self._rate_hz:
            self._begin(samples.shape[1], rate_hz)
        if not samples.size:
            return
        self._array = block.array
        self._temperature_c = block.temperature_c
        self.frames += len(samples)
        self._sum += samples.sum(axis=0, dtype=np.float64)
        self._squares += np.sum(np.square(samples, dtype=np.float64), axis=0)
        self._at_rail += np.count_nonzero(np.abs(samples) >= RAIL, axis=0)
        few = samples[:COMPARED]
        self._same &= (few[:, :, None] == few[:, None, :]).all(axis=0)
        self._collect(samples)

    def _begin(self, channels: int, rate_hz: int) -> None:
        self.channels, self._rate_hz, self.frames = channels, rate_hz, 0
        self._sum, self._squares, self._at_rail = np.zeros(channels), np.zeros(channels), np.zeros(channels, np.int64)
        self._same = ~np.eye(channels, dtype=bool)
        self._rest: Real = np.empty((0, channels), np.float32)
        self._cross: NDArray[np.complex128] = np.zeros((0, channels, channels), np.complex128)
        self._pieces = 0
        self._array = self._temperature_c = None

    def _collect(self, samples: Real) -> None:
        """Cross-spectra (bins, channels, channels) of the low sound."""
        size = round(FRAME_S * self._rate_hz)
        waiting = np.concatenate((self._rest, samples))
        low, high = self._band()
        while len(waiting) >= size and low < high:
            spectra = np.fft.rfft(waiting[:size] * np.hanning(size)[:, None].astype(np.float32), axis=0)[low:high]
            crossed = np.einsum("bi,bj->bij", spectra, spectra.conj())
            self._cross = crossed + (self._cross if self._pieces else 0)
            self._pieces += 1
            waiting = waiting[size:]
        self._rest = waiting[-size:]

    def _band(self) -> tuple[int, int]:
        """Bins in which an array of this size hears one phase; empty where nobody knows its size or it is too big."""
        if self._array is None or self.channels < FEWEST_TO_TELL:
            return 0, 0
        places = np.array(self._array.positions_m).reshape(-1, 3)
        if len(places) != self.channels:
            return 0, 0
        aperture_m = float(np.linalg.norm(places[:, None] - places, axis=2).max())
        highest_hz = min(TURN * speed_of_sound_mps(self._temperature_c) / max(aperture_m, 1e-3), 0.4 * self._rate_hz)
        return round(LOWEST_HZ * FRAME_S), round(highest_hz * FRAME_S)

    @property
    def levels_dbfs(self) -> Vector:
        """(channels,): of each, without what is constant."""
        variance = self._squares / max(self.frames, 1) - np.square(self._sum / max(self.frames, 1))
        return np.asarray(10 * np.log10(np.maximum(variance, 1e-20)))

    def words(self) -> str:
        """Such as "16 channels at 48000 Hz, -52 dBFS"."""
        level = f", {np.median(self.levels_dbfs):.0f} dBFS" if self.channels and self.frames else ""
        return f"{self.channels} channel{'s' * (self.channels != 1)} at {self._rate_hz} Hz{level}"

    def findings(self, about: str) -> tuple[Finding, ...]:
        """What is wrong with them."""
        if not self.frames or not self.channels:
            return ()
        silent = self._silent()
        if silent.all():
            touch = "look at the array's plug and power; is it muted (alsamixer)?"
            return (Finding(about=about, name="microphones_silent", grade="fail", words="no microphone hears anything", touch=touch),)
        return tuple(self._wrong(about, silent))

    def _silent(self) -> NDArray[np.bool_]:
        levels = self.levels_dbfs
        return np.asarray((levels < SILENT_DBFS) | (levels < np.median(levels) - BELOW_OTHERS_DB))

    def _wrong(self, about: str, silent: NDArray[np.bool_]) -> Iterator[Finding]:
        levels, dc, clipped = self.levels_dbfs, self._sum / self.frames, self._at_rail / self.frames
        middle = np.median(levels[~silent])
        for k in range(self.channels):
            name = f"microphone {k + 1}"
            if silent[k]:
                yield _warn(
                    about,
                    "microphone_silent",
                    f"{name} is silent ({levels[k]:.0f} dBFS)",
                    "look at its plug, its cable and for water in the hole",
                )
                continue
            if clipped[k] > CLIPPED_SHARE:
                yield _warn(
                    about,
                    "microphone_clipped",
                    f"{name} is clipped in {clipped[k]:.1%} of its samples",
                    "turn its gain down, or shield it from wind",
                )
            if abs(dc[k]) > DC:
                yield _warn(
                    about,
                    "microphone_dc",
                    f"{name} sits {dc[k]:+.2f} of full scale off the middle",
                    "look for water or a broken solder joint at it",
                )
            if levels[k] < middle - WEAK_DB:
                yield _warn(
                    about,
                    "microphone_weak",
                    f"{name} is {middle - levels[k]:.0f} dB below the others",
                    "look for dirt or water in the hole",
                )
        yield from self._alike(about, silent)
        for k in self._inverted(silent):
            yield _warn(
                about, "microphone_inverted", f"microphone {k + 1} is upside down (its polarity is swapped)", "exchange its two wires"
            )

    def _alike(self, about: str, silent: NDArray[np.bool_]) -> Iterator[Finding]:
        """Channels that are one and the same to the last bit: a mono device, or a channel map that names one twice."""
        for one, other in np.argwhere(np.triu(self._same & ~silent[:, None] & ~silent)):
            touch = "look at the channel map in the array's file, and at the device's own: it copies a channel"
            yield _warn(about, "microphones_alike", f"microphones {one + 1} and {other + 1} say the same to the last bit", touch)
            return

    def _inverted(self, silent: NDArray[np.bool_]) -> list[int]:
        """Those whose sign is against the others' in the low sound that all of them hear."""
        live = np.flatnonzero(~silent)
        if self._pieces < FEWEST_FRAMES or len(live) < FEWEST_TO_TELL:
            return []
        cross = self._cross.real[:, live][:, :, live]
        power = np.sqrt(np.maximum(np.einsum("bii->bi", cross), 1e-30))
        coherence = cross / (power[:, :, None] * power[:, None, :])
        together = np.mean(coherence**2, axis=(1, 2))  # wind blows below, so bins that all hear alike count most
        values, vectors = np.linalg.eigh(np.average(coherence, axis=0, weights=together**WEIGHED))
        common = vectors[:, -1] * np.sqrt(len(live))
        if values[-1] < TOGETHER * len(live):
            return []
        sign = np.sign(np.sum(np.sign(common)))
        return [int(live[k]) for k in np.flatnonzero(common * sign < -LEAST_PART)] if sign else []


def _warn(about: str, name: str, words: str, touch: str) -> Finding:
    return Finding(about=about, name=name, grade="warn", words=words, touch=touch)
