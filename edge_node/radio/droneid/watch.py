"""A stream through the gate: where a search is due, and the samples that it is due in."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from edge_node.radio.droneid.gate import Gate
from edge_node.radio.droneid.held import Held
from edge_node.radio.droneid.waveform import FRAME, RATE_HZ

Complexes = NDArray[np.complex64]
Reals = NDArray[np.float32]

PIECE_S = 0.0024
# A faint frame may be half over before the gate opens.
LEAD_S = 0.25e-3
OVERLAP_S = FRAME / RATE_HZ + 0.05e-3
# A window that ends a frame of one piece; a frame of the next would fill later ones too.
TRAILING_S = 0.15e-3
# What is not wholly there yet is searched when so much more of it is.
TRY_AGAIN_S = 0.3e-3


class Piece(Struct):
    """Samples from `start` on for PIECE_S, with the largest share that each box had; `tried` is up to where it was searched before.

    `uneven` says that something narrow is in one of them.
    """

    start: int
    shares: Reals
    uneven: bool
    tried: int = 0


class Watch:
    """Numbers samples from 0; frames lie wholly in one piece, as pieces overlap where one is not enough."""

    def __init__(self, rate_hz: float) -> None:
        self.held, self.gate = Held(), Gate(rate_hz)
        self.length = round(PIECE_S * rate_hz)
        self._lead, self._again = round(LEAD_S * rate_hz), round(TRY_AGAIN_S * rate_hz)
        self._step = self.length - round(OVERLAP_S * rate_hz)
        self._served = self._step - round(TRAILING_S * rate_hz)
        self.reset()

    def reset(self) -> None:
        """The next sample does not follow the last one."""
        self.held = Held()
        self.gate.reset()
        self._next_row = 0
        self._last: Piece | None = None
        self._pending: list[Piece] = []

    def add(self, samples: Complexes) -> None:
        """What follows; `forget` comes between two of these."""
        border = self.held.stop
        self.held.add(samples)
        # What lies across the border is copied, the rest is not.
        across = -(-(border - self._next_row) // self.gate.pitch)
        self._look(min(across, self._rows()))
        self._look(self._rows())

    def _rows(self) -> int:
        """How many are wholly there and not yet looked at."""
        return max(0, (self.held.stop - self._next_row - self.gate.row) // self.gate.pitch + 1)

    def _look(self, count: int) -> None:
        if count <= 0:
            return
        row, pitch, first = self.gate.row, self.gate.pitch, self._next_row
        samples = self.held.take(first, first + (count - 1) * pitch + row)
        stride = samples.strides[0]
        opened = self.gate.look(as_strided(samples, (count, row), (pitch * stride, stride), writeable=False))
        self._next_row = first + count * pitch
        for k in np.flatnonzero(opened.shares.any(axis=1)):
            self._open(first + (int(k) - self.gate.window + 1) * pitch, opened.shares[k], uneven=bool(opened.uneven[k]))

    def _open(self, start: int, shares: Reals, *, uneven: bool) -> None:
        last = self._last
        if last is not None and start <= last.start + self._served:
            np.maximum(last.shares, shares, out=last.shares)
            last.uneven |= uneven
            return
        earliest = self.held.start if last is None else max(self.held.start, last.start + self._step)
        self._last = Piece(max(start - self._lead, earliest), shares.copy(), uneven)
        self._pending.append(self._last)

    def due(self, *, final: bool = False) -> Iterator[tuple[Piece, bool]]:
        """Pieces to be searched now, and whether all of it is there that will be."""
        pending, self._pending = self._pending, []
        for piece in pending:
            whole = final or self.held.stop >= piece.start + self.length
            if not whole:
                self._pending.append(piece)
            if whole or self.held.stop >= max(piece.tried, piece.start + self._lead) + self._again:
                piece.tried = self.held.stop
                yield piece, whole

    def forget(self) -> None:
        """What no piece will need."""
        needed = self._next_row - self.gate.window * self.gate.pitch - self._lead
        self.held.keep(min([needed, *(piece.start for piece in self._pending)]))
