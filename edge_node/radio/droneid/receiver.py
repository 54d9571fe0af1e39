"""IQ to DroneID: a gate, a search where it opens, and what each frame says; nothing is known beforehand of when and where."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from edge_node.messages import RemoteIdDetection
from edge_node.radio.droneid import frame, message
from edge_node.radio.droneid.carriers import Soft, soft_bits
from edge_node.radio.droneid.places import offsets_hz
from edge_node.radio.droneid.search import Search, Where
from edge_node.radio.droneid.sweep import Sweep
from edge_node.radio.droneid.watch import PIECE_S, Piece, Watch
from edge_node.radio.droneid.waveform import BEFORE, PREFIX, RATE_HZ, SPACING_HZ, SYMBOL

LEAST_RATE_HZ, MOST_RATE_HZ = 15e6, 250e6
# A block is looked at in parts, so that what is remembered of it stays small.
PART_S = 0.02
LEAST_SYMBOLS, LEAST_SNR_DB = 3, -7.0
MOST_RECENT = 32
LEGACY_LIKENESS = 0.4


class DroneIdReceiver:
    """Takes a stream of IQ of 15 MS/s or more, cut anywhere; a slower one holds no frame and gives none.

    `frames` were told; `failed` had both Zadoff-Chu symbols, but their CRC24A never fitted, and were not. The gate opened so often as
    `opened` says, and `searches` is how often there might have been a frame.
    """

    def __init__(self) -> None:
        self.frames = self.failed = self.opened = self.searches = 0
        self._stream: tuple[float, float | None] | None = None

    def step(
        self, samples: NDArray[np.complex64], rate_hz: float, center_hz: float | None, t_mono_ns: int, *, broken: bool = False
    ) -> list[RemoteIdDetection]:
        """What samples (n,) hold, the first of which met the antenna at `t_mono_ns`; `broken` says that they do not follow the last ones.

        A frame that is cut by their end is told as soon as what is there of it can be decoded.
        """
        found: list[RemoteIdDetection] = []
        if broken or self._stream != (rate_hz, center_hz):
            found += self.finish()
            self._begin(rate_hz, center_hz)
        if self._stream is None:
            return found
        part = round(PART_S * rate_hz)
        samples = np.asarray(samples, np.complex64)
        with np.errstate(all="ignore"):
            for k in range(0, len(samples), part):
                self._anchor = self._watch.held.stop, t_mono_ns + round(k * 1e9 / rate_hz)
                self._watch.add(samples[k : k + part])
                found += sorted(self._found(final=False), key=lambda one: one.t_mono_ns)
                self._watch.forget()
        return found

    def finish(self) -> list[RemoteIdDetection]:
        """What can be told of a frame that goes on beyond the last sample, as no more will come."""
        found = []
        if self._stream is not None:
            with np.errstate(all="ignore"):
                found = list(self._found(final=True))
        self._stream = None
        return found

    def _begin(self, rate_hz: float, center_hz: float | None) -> None:
        if not LEAST_RATE_HZ <= rate_hz <= MOST_RATE_HZ:
            self._stream = None
            return
        self._stream = rate_hz, center_hz
        self._rate_hz, self._center_hz = rate_hz, center_hz
        self._watch = Watch(rate_hz)
        self._sweep, self._search = Sweep(rate_hz), Search(rate_hz, PIECE_S)
        self._told: list[Where] = []
        self._lost: list[Where] = []

    def _found(self, *, final: bool) -> Iterator[RemoteIdDetection]:
        for piece, whole in self._watch.due(final=final):
            self.opened += 1
            unsound: list[Where] = []
            for where, soft, block in self._decoded(piece):
                if block is None:
                    unsound.append(where)
                    continue
                self._told = [*self._told, where][-MOST_RECENT:]
                self.frames += 1
                yield self._detection(where, soft, block)
            if whole:
                self._count(unsound)

    def _count(self, unsound: list[Where]) -> None:
        """Each frame once, and only where no other try succeeded."""
        for where in unsound:
            if not any(where.overlaps(other) for other in (*self._told, *self._lost)):
                self._lost = [*self._lost, where][-MOST_RECENT:]
                self.failed += 1

    def _decoded(self, piece: Piece) -> Iterator[tuple[Where, Soft, bytes | None]]:
        """Frames of a piece that were not told yet, since the stream began; None for the bytes of one whose check fails."""
        held, start_s = self._watch.held, piece.start / self._rate_hz
        samples = _scaled(held.take(piece.start, piece.start + self._watch.length))
        if not piece.uneven and not self._sweep.may_hold_a_frame(samples[: held.stop - piece.start]):
            return
        self.searches += 1
        there = round((held.stop - piece.start) * RATE_HZ / self._rate_hz)
        known = [Where(one.t_s - start_s, one.offset_hz) for one in self._told]
        for one in self._search.frames(samples, offsets_hz(self._watch.gate, piece.shares), known):
            soft = soft_bits(one.band, one.sync, there)
            if soft and soft.symbols >= LEAST_SYMBOLS and soft.snr_db >= LEAST_SNR_DB:
                where = Where(one.where.t_s + start_s, one.offset_hz + soft.carriers * SPACING_HZ)
                yield where, soft, frame.decode(soft.bits)

    def _detection(self, where: Where, soft: Soft, block: bytes) -> RemoteIdDetection:
        said = message.decode(block)
        legacy = soft.first_symbol is not None and soft.first_symbol < LEGACY_LIKENESS
        notes = [f"snr {soft.snr_db:.1f} dB", *said.pop("notes")]
        if legacy:
            notes.append("legacy form of 8 symbols")
        if self._center_hz is None:
            notes.append(f"{where.offset_hz / 1e6:+.3f} MHz from the middle of the band")
        center_hz = None if self._center_hz is None else round(self._center_hz + where.offset_hz)
        return RemoteIdDetection(
            t_mono_ns=self._began_ns(where, legacy=legacy),
            transport="dji_droneid",
            transmitter="",
            center_hz=center_hz,
            crc24_ok=True,
            notes=tuple(notes),
            **said,
        )

    def _began_ns(self, where: Where, *, legacy: bool) -> int:
        number, t_ns = self._anchor
        before = BEFORE - (SYMBOL + PREFIX if legacy else 0)
        return t_ns + round((where.t_s - before / RATE_HZ - number / self._rate_hz) * 1e9)


def _scaled(samples: NDArray[np.complex64]) -> NDArray[np.complex64]:
    """To a peak of 1; what is not a number, or is beyond all numbers, is 0."""
    parts = np.ascontiguousarray(samples).view(np.float32)
    peak = max(float(parts.max(initial=0)), -float(parts.min(initial=0)))
    if not np.isfinite(peak):
        parts = np.nan_to_num(parts, nan=0, posinf=0, neginf=0)
        peak = float(np.abs(parts).max(initial=0))
    return np.asarray(parts / np.float32(peak) if peak > 0 else parts, np.float32).view(np.complex64)
