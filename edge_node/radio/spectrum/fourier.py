"""Many Fourier transforms of one length at once, by pyfftw where it is installed, by numpy's pocketfft where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex64]

KEPT_BYTES = 8 << 20
"""The C library gives memory back to the system by the largest piece that was ever freed: without a large one it does so with every
transform's scratch space, and the system's handing it out again takes three times as long as the transform."""

SHORT_BUFFER = 128
"""Numbers that numpy's loops buffer at most. Its own 8192 are more than a row of most spectra, and then it copies rows together before it
multiplies them by one that is the same for all: twice the time."""


def _fftw() -> Any:
    """The optional library, which is under another licence and twice as fast; None where it is not there."""
    try:
        return import_module("pyfftw")
    except ImportError:
        return None


class Fourier:
    """Transforms of the rows of `given` (rows, size), which is filled by the caller, into `made` of the same shape."""

    def __init__(self, rows: int, size: int) -> None:
        np.empty(KEPT_BYTES, np.uint8)
        fftw = _fftw()
        empty: Callable[..., Complexes] = fftw.empty_aligned if fftw else np.empty
        self.given, self.made = empty((rows, size), dtype=np.complex64), empty((rows, size), dtype=np.complex64)
        self.given[:] = 0
        self._plan = fftw.FFTW(self.given, self.made, axes=(1,)) if fftw else None

    def run(self, rows: int) -> Complexes:
        """The transforms of the first so many rows, in the rows of `made`."""
        if self._plan is not None:
            self._plan.execute()
            return self.made[:rows]
        single: Any = np.fft.fft  # whose types know no single precision
        single(self.given[:rows], axis=1, out=self.made[:rows])
        return self.made[:rows]


@contextmanager
def short_buffers() -> Iterator[None]:
    """Rows of SHORT_BUFFER numbers and more are multiplied by a window where they are."""
    before = np.setbufsize(SHORT_BUFFER)
    try:
        yield
    finally:
        np.setbufsize(before)
