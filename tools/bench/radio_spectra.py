"""Bytes of an RTL-SDR to averaged spectra beside nothing but the Fourier transforms of as many windows, and beside liquid-dsp.

`EDGE_NODE_LIQUID` names liquid-dsp's library where the system does not find it; its spectrogram gets samples that are converted already.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from drivers.iq_formats import unpack
from edge_node.radio.spectrum.fourier import Fourier
from edge_node.radio.spectrum.psd import Psd
from tools.bench.figure import Figure

VARIABLE, FFTW = "EDGE_NODE_LIQUID", "pyfftw"
PLANS = {"1024": 20e6, "2400k": 2.4e6}
"""1024 bins without overlap, and what a receiver of 2.4 MS/s gets: 512 bins, half overlapped."""
BLOCK = 131_072
"""Samples that a driver hands over at once."""
SAMPLES, ROUNDS, SEED = 1 << 22, 9, 2026
LEVEL, ZERO = 20.0, 127.4
LIQUID_HANN = 2


def figures() -> Iterator[Figure]:
    """With numpy's transform, and with pyfftw's where it is installed."""
    data = noise()
    with threadpool_limits(1):
        for name, rate_hz in PLANS.items():
            yield from _plan(name, rate_hz, data)
        yield from _liquid(data)


def noise() -> bytes:
    """cu8 at a fair gain: nothing is clipped."""
    drawn = np.random.default_rng(SEED).normal(ZERO, LEVEL, 2 * SAMPLES)
    return np.clip(drawn, 1, 254).astype(np.uint8).tobytes()


def _plan(name: str, rate_hz: float, data: bytes) -> Iterator[Figure]:
    with _without_fftw():
        works = {"numpy": spectra(rate_hz, data), "bare numpy": transforms(rate_hz)}
    if fftw := find_spec(FFTW) is not None:
        works |= {"pyfftw": spectra(rate_hz, data), "bare pyfftw": transforms(rate_hz)}
    rates = in_turn(works)
    yield Figure(f"radio.psd_{name}", rates["numpy"], "MS/s", rates["bare numpy"], "bare numpy FFT")
    if fftw:
        yield Figure(f"radio.psd_{name}_fftw", rates["pyfftw"], "MS/s", rates["bare numpy"], "bare numpy FFT")
        yield Figure(f"radio.psd_{name}_fftw_bound", rates["pyfftw"], "MS/s", rates["bare pyfftw"], "bare pyfftw")
    else:
        print(f"pyfftw is not installed: no radio.psd_{name}_fftw", file=sys.stderr)


def in_turn(works: dict[str, Callable[[], None]]) -> dict[str, float]:
    """MS/s of each, turn and turn about, at its best."""
    spent = [{name: _spent_s(work) for name, work in works.items()} for _ in range(ROUNDS)]
    return {name: SAMPLES / min(turn[name] for turn in spent) / 1e6 for name in works}


def spectra(rate_hz: float, data: bytes) -> Callable[[], None]:
    """All of the bytes, block by block, as the node has them."""
    psd, view = Psd(rate_hz), memoryview(data)
    out = np.empty((BLOCK // psd.tick, psd.bins), np.float32)

    def work() -> None:
        for first in range(0, len(data), 2 * BLOCK):
            psd.powers(unpack(view[first : first + 2 * BLOCK], "cu8").samples, out)

    return work


def transforms(rate_hz: float) -> Callable[[], None]:
    """Of as many windows as SAMPLES hold."""
    psd = Psd(rate_hz)
    rows = 32_768 // psd.bins
    fourier, times = Fourier(rows, psd.bins), SAMPLES // psd.hop // rows
    fourier.given.view(np.float32)[:] = np.random.default_rng(SEED).standard_normal((rows, 2 * psd.bins), np.float32)

    def work() -> None:
        for _ in range(times):
            fourier.run(rows)

    return work


def _liquid(data: bytes) -> Iterator[Figure]:
    path = os.environ.get(VARIABLE) or find_library("liquid")
    if path is None:
        print(f"liquid-dsp is not measured: it is not installed, and {VARIABLE} does not name its library", file=sys.stderr)
        return
    rate_hz = PLANS["1024"]
    with _without_fftw():
        works = {"ours": spectra(rate_hz, data), "liquid": spectrogram(ctypes.CDLL(path), Psd(rate_hz).bins, data)}
    rates = in_turn(works)
    yield Figure("radio.psd_1024_liquid", rates["ours"], "MS/s", rates["liquid"], "liquid-dsp, samples converted beforehand")


def spectrogram(library: ctypes.CDLL, bins: int, data: bytes) -> Callable[[], None]:
    """liquid-dsp's spgramcf: a Hann window, no overlap."""
    samples: NDArray[np.complex64] = unpack(data, "cu8").samples
    library.spgramcf_create.restype = ctypes.c_void_p
    made, got = ctypes.c_void_p(library.spgramcf_create(bins, LIQUID_HANN, bins, bins)), np.empty(bins, np.float32)

    def work() -> None:
        library.spgramcf_reset(made)
        library.spgramcf_write(made, ctypes.c_void_p(samples.ctypes.data), len(samples))
        library.spgramcf_get_psd(made, ctypes.c_void_p(got.ctypes.data))

    return work


@contextmanager
def _without_fftw() -> Iterator[None]:
    """What is made in here is made with numpy's transform."""
    before = {name: sys.modules[name] for name in (FFTW,) if name in sys.modules}
    sys.modules[FFTW] = None  # type: ignore[assignment]  # an import of it fails then
    try:
        yield
    finally:
        del sys.modules[FFTW]
        sys.modules.update(before)


def _spent_s(work: Callable[[], None]) -> float:
    begun_s = time.process_time()
    work()
    return time.process_time() - begun_s
