"""The IQ of a scene as it happens: what a receiver that tunes at will hears from now on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import IqBlock
from tools.simulate.iq import mixer
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Heard

FOR_EVER_S = 1e6
Bytes = NDArray[np.uint8]


class IqOnAir:
    """Links by the clock since `begun_s` (monotonic), as an rtl_tcp server's Air: made on demand, at some hundredths of a core a MS/s.

    `noise_dbfs` is the receiver's noise, by which its gain is set: near transmitters want it low.
    """

    def __init__(
        self, links: Sequence[Heard], begun_s: float, seed: int, noise_dbfs: float = -36.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._links, self._begun_s, self._seed, self._noise_dbfs, self._clock = links, begun_s, seed, noise_dbfs, clock
        self._tuned = (0, 0)
        self._next = -1
        self._blocks: Iterator[IqBlock] = iter(())
        self._kept = np.empty(0, np.uint8)

    def __call__(self, center_hz: int, rate_hz: int, first: int, count: int) -> bytes:
        """These samples as cu8; they go on where the last ones ended, unless it was tuned meanwhile or another client came."""
        if (center_hz, rate_hz) != self._tuned or first != self._next:
            self._tune(center_hz, rate_hz)
        parts = [self._kept]
        while sum(map(len, parts)) < 2 * count:
            parts.append(as_cu8(next(self._blocks)))
        told = np.concatenate(parts)
        self._kept, self._next = told[2 * count :], first + count
        return told[: 2 * count].tobytes()

    def _tune(self, center_hz: int, rate_hz: int) -> None:
        front = FrontEnd(center_hz, rate_hz, noise_dbfs=self._noise_dbfs)
        self._tuned, self._kept = (center_hz, rate_hz), np.empty(0, np.uint8)
        self._blocks = mixer.heard(self._links, front, FOR_EVER_S, self._seed, from_s=max(0.0, self._clock() - self._begun_s))


def as_cu8(block: IqBlock) -> Bytes:
    """What an RTL2832U hands over, two bytes a sample."""
    return np.asarray(np.rint(block.samples.view(np.float32) * 127.5 + 127.5), np.uint8)
