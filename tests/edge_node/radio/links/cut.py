"""Bursts for tests: cut by what is known of a simulation, or crudely out of a recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.band import Band
from tools.simulate.iq.front_end import FrontEnd
from tools.simulate.iq.mixer import Air, Heard, heard
from tools.simulate.iq.wave import Link, Spot

Samples = NDArray[np.complex64]
BEFORE_S = 0.5e-3
ABOVE = 4.0


def cut(samples: Samples, front: FrontEnd, spot: Spot) -> Burst:
    """What a perfect detector would cut, at four times its bandwidth."""
    rate_hz, to_hz = front.rate_hz, 4 * spot.bandwidth_hz
    first = max(0, round((spot.t_s - BEFORE_S) * rate_hz))
    last = round((spot.t_s + spot.duration_s + BEFORE_S) * rate_hz)
    offset_hz = spot.center_hz - front.true_center_hz
    kept, middle_hz = Band(samples[first:last], rate_hz, to_hz).channel(offset_hz, 2 * spot.bandwidth_hz)
    return Burst(
        start=round(spot.t_s * rate_hz),
        rate_hz=rate_hz,
        duration_s=spot.duration_s,
        lasts=False,
        offset_hz=middle_hz,
        center_hz=front.center_hz + middle_hz,
        bandwidth_hz=spot.bandwidth_hz,
        snr_db=spot.snr_db,
        level_dbfs=-20.0,
        samples=kept,
        samples_rate_hz=to_hz,
        before_s=min(BEFORE_S, spot.t_s),
    )


def bursts_of(link: Link, front: FrontEnd, seconds: float, snr_db: float = 20.0, seed: int = 1) -> Iterator[tuple[Burst, Spot]]:
    """All of a simulated link's that lie in the receiver's band as a whole, with their truth."""
    truth: list[Spot] = []
    blocks = list(heard([Heard(link, Air(snr_db=snr_db))], front, seconds, seed, truth=truth))
    samples = np.concatenate([block.samples for block in blocks])
    for spot in truth:
        inside = abs(spot.center_hz - front.center_hz) + spot.bandwidth_hz / 2 < front.rate_hz / 2
        if inside and spot.t_s > 0 and spot.t_s + spot.duration_s < seconds:
            yield cut(samples, front, spot), spot


def recording(path: Path) -> tuple[Samples, float]:
    """Samples and rate of a file whose name says both, 1 MS/s where it does not."""
    kind = np.dtype({"cu8": "u1", "cs8": "i1", "cs16": "<i2", "cf32": "<f4"}[path.suffix[1:]])
    values = np.fromfile(path, dtype=kind).astype(np.float32)
    values -= 127.5 if kind == np.uint8 else 0
    rates = {"15.36MSps": 15.36e6, "19.2MSps": 19.2e6, "20MSps": 20e6, "1M6": 1.6e6, "2MSps": 2e6, "50MSps": 50e6}
    rate_hz = next((rate for name, rate in rates.items() if f"_{name}" in path.name), 1e6)
    return (values[: len(values) // 2 * 2].view(np.complex64) / np.float32(np.abs(values).max())), rate_hz


def loud_parts(samples: Samples, rate_hz: float, step_s: float = 0.1e-3, most_s: float = 0.1) -> Iterator[Burst]:
    """Whatever is louder than the quiet fifth of a recording, each with the bandwidth of 99 % of its power; else pieces of all of it."""
    step = max(8, round(step_s * rate_hz))
    power = np.mean(np.abs(samples[: len(samples) // step * step].reshape(-1, step)) ** 2, axis=1)
    quiet = float(np.quantile(power, 0.2))
    loud = power > ABOVE * quiet
    if not loud.any() or loud.mean() > 0.7:
        loud[:] = True
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(np.int8), [0]))))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        for first in range(begin, end, round(most_s / step_s)):
            last = min(end, first + round(most_s / step_s))
            yield _part(samples, rate_hz, first * step, last * step, quiet)


def _part(samples: Samples, rate_hz: float, first: int, last: int, quiet: float) -> Burst:
    before = min(first, round(BEFORE_S * rate_hz))
    part = samples[first:last]
    size = min(1024, 1 << (len(part).bit_length() - 1))
    rows = part[: len(part) // size * size].reshape(-1, size) * np.hanning(size)
    spectrum = np.fft.fftshift(np.mean(np.abs(np.fft.fft(rows)) ** 2, axis=0))
    total = np.cumsum(spectrum) / spectrum.sum()
    low, high = np.searchsorted(total, (0.005, 0.995))
    width_hz = float(max(high - low, 2)) * rate_hz / size
    offset_hz = (float(low + high) / 2 - size / 2) * rate_hz / size
    to_hz = min(rate_hz, 4 * width_hz)
    kept, middle_hz = Band(samples[first - before : last + before], rate_hz, to_hz).channel(offset_hz, 2 * width_hz)
    power = float(np.mean(np.abs(part) ** 2))
    return Burst(
        start=first,
        rate_hz=rate_hz,
        duration_s=(last - first) / rate_hz,
        lasts=False,
        offset_hz=middle_hz,
        center_hz=None,
        bandwidth_hz=width_hz,
        snr_db=10 * float(np.log10(max(power / max(quiet, 1e-12) - 1, 0.1))),
        level_dbfs=10 * float(np.log10(power)),
        samples=kept,
        samples_rate_hz=to_hz,
        before_s=before / rate_hz,
    )
