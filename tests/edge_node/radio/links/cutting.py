"""Bursts out of samples, as plainly as one can: known borders from a simulator's truth, or power over time of a recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.rates import at_rate
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Air, Heard, heard
from tools.simulate.iq.wave import Link, Spot

Complexes = NDArray[np.complex64]

BEFORE_S, MOST_S = 50e-6, 0.05
SPARE = 1.25
ROW_S = 20e-6
"""Power is measured for so long; shorter pieces and gaps are of what is beside them."""


def burst_of(
    samples: Complexes, rate_hz: float, span: tuple[int, int], band_hz: tuple[float, float], center_hz: float | None = None
) -> Burst:
    """Samples [begin, end) of a stream and the band of them between two offsets, at a rate a little above its width."""
    begin, end = span
    middle_hz, width_hz = sum(band_hz) / 2, band_hz[1] - band_hz[0]
    margin = round(BEFORE_S * rate_hz)
    first, last = max(0, begin - margin), min(len(samples), min(end, begin + round(MOST_S * rate_hz)) + margin)
    moved = samples[first:last] * np.exp(-2j * np.pi * middle_hz / rate_hz * np.arange(last - first))
    own_hz = rate_hz / max(1, int(rate_hz / (width_hz * SPARE)))
    kept = at_rate(moved.astype(np.complex64), rate_hz, own_hz)
    return Burst(
        start=begin,
        rate_hz=rate_hz,
        duration_s=(end - begin) / rate_hz,
        lasts=end - begin > MOST_S * rate_hz,
        offset_hz=middle_hz,
        center_hz=None if center_hz is None else center_hz + middle_hz,
        bandwidth_hz=width_hz,
        snr_db=10.0,
        level_dbfs=float(10 * np.log10(np.mean(np.abs(kept) ** 2) + 1e-20)),
        samples=kept,
        samples_rate_hz=own_hz,
        before_s=(begin - first) / rate_hz,
    )


def simulated(link: Link, front: FrontEnd, seconds: float, air: Air, most: int = 8) -> list[Burst]:
    """What is sent in bursts, each as the truth has it."""
    samples, spots = _heard(link, front, seconds, air)
    found = []
    for spot in spots[:most]:
        half, offset_hz = spot.bandwidth_hz / 2, spot.center_hz - front.center_hz
        band = max(-front.rate_hz / 2, offset_hz - half), min(front.rate_hz / 2, offset_hz + half)
        begin, end = round(spot.t_s * front.rate_hz), round((spot.t_s + spot.duration_s) * front.rate_hz)
        if end <= len(samples) and begin >= 0:
            found.append(burst_of(samples, front.rate_hz, (begin, end), band, front.center_hz))
    return found


def unending(link: Link, front: FrontEnd, seconds: float, air: Air) -> Burst:
    """What never stops, all that is heard of it as one burst."""
    samples, spots = _heard(link, front, seconds, air)
    half = min(spots[0].bandwidth_hz, front.rate_hz) / 2
    return burst_of(samples, front.rate_hz, (0, len(samples)), (-half, half), front.center_hz)


def _heard(link: Link, front: FrontEnd, seconds: float, air: Air) -> tuple[Complexes, list[Spot]]:
    spots: list[Spot] = []
    blocks = heard([Heard(link, air)], front, seconds, 1, truth=spots)
    return np.concatenate([block.samples for block in blocks]), spots


SCALES = {"cu8": ("u1", 127.4, 128.0), "cs8": ("i1", 0.0, 128.0), "cs16": ("<i2", 0.0, 32768.0), "cf32": ("<f4", 0.0, 1.0)}


def recording(path: Path) -> Complexes:
    """Samples of a file whose name ends in its format."""
    kind, zero, full = SCALES[path.suffix[1:]]
    raw = np.fromfile(path, dtype=kind).astype(np.float32)
    return ((raw - np.float32(zero)) / np.float32(full)).view(np.complex64)


def pieces(samples: Complexes, rate_hz: float, center_hz: float | None = None) -> Iterator[Burst]:
    """Whole pieces of a recording that are louder than its quietest tenth, with the band that holds 99 % of each."""
    row = max(16, round(ROW_S * rate_hz))
    power = (np.abs(samples[: len(samples) // row * row]) ** 2).reshape(-1, row).mean(axis=1)
    loud = np.convolve(power > 3 * np.quantile(power, 0.1), np.ones(3), "same") > 0
    edges = np.flatnonzero(np.diff(loud, prepend=False, append=False)) * row
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        yield from whole(samples, rate_hz, (int(begin), int(end)), center_hz)


def whole(samples: Complexes, rate_hz: float, span: tuple[int, int] | None = None, center_hz: float | None = None) -> Iterator[Burst]:
    """All of it in pieces of MOST_S, whatever is on and off."""
    begin, end = span or (0, len(samples))
    for first in range(begin, end, round(MOST_S * rate_hz)):
        last = min(end, first + round(MOST_S * rate_hz))
        yield burst_of(samples, rate_hz, (first, last), occupied(samples[first:last], rate_hz), center_hz)


def occupied(samples: Complexes, rate_hz: float, share: float = 0.99) -> tuple[float, float]:
    """Offsets between which so much of the power above the floor lies."""
    size = min(512, 1 << int(np.log2(len(samples) / 2)))
    rows = samples[: len(samples) // size * size].reshape(-1, size) * np.hanning(size)
    power = np.mean(np.abs(np.fft.fftshift(np.fft.fft(rows, axis=1), axes=1)) ** 2, axis=0)
    above = np.cumsum(np.maximum(power - np.quantile(power, 0.1), 0) + 1e-20)
    low, high = np.searchsorted(above / above[-1], ((1 - share) / 2, (1 + share) / 2))
    return (low - size / 2) * rate_hz / size, (high + 1 - size / 2) * rate_hz / size
