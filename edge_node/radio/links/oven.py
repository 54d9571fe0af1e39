"""A microwave oven: one tone that sweeps megahertz for half of each mains cycle, no faster than the mains voltage."""

from __future__ import annotations

import numpy as np

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.rates import Complexes

BAND_HZ = 2.39e9, 2.51e9
SHORTEST_S, LONGEST_S = 1e-3, 13e-3
NARROWEST_HZ = 2e6
ROW_S = 25e-6
FEWEST, ROWS = 16, 400
BESIDE = 3
TONE = 0.6
"""Share of power in the strongest bin and those beside it, of most rows: no modulation of that width leaves so much."""
STEADY, SWEPT = 6, 0.15
"""Bins that it moves by at most from one row to the next, in three of four; and share of the band that it passes."""


def look(burst: Burst) -> Finding | None:
    """Of kind "unknown", named in the parameters; None where the burst is known to be in another band."""
    if not SHORTEST_S <= burst.duration_s <= LONGEST_S or burst.bandwidth_hz < NARROWEST_HZ:
        return None
    if burst.center_hz is not None and not BAND_HZ[0] <= burst.center_hz <= BAND_HZ[1]:
        return None
    rows = _rows(burst)
    if len(rows) < FEWEST:
        return None
    tone, moved, swept = _ridge(rows)
    if tone < TONE or moved > STEADY or swept < SWEPT:
        return None
    return Finding("unknown", tone, None, {"known": "microwave_oven"})


def _rows(burst: Burst) -> Complexes:
    """Pieces (k, n) of ROW_S of the burst."""
    size = 1 << max(4, int(ROW_S * burst.samples_rate_hz)).bit_length() - 1
    begin = round(burst.before_s * burst.samples_rate_hz)
    rows = burst.samples[begin : begin + round(burst.duration_s * burst.samples_rate_hz)]
    return rows[: len(rows) // size * size].reshape(-1, size)[:ROWS]


def _ridge(rows: Complexes) -> tuple[float, float, float]:
    """Share of power on the ridge, bins that it moves by from row to row, share of the band that it passes."""
    size = rows.shape[1]
    power = np.abs(np.fft.fft(rows * np.hanning(size).astype(np.float32), axis=1)) ** 2
    ridge = power.argmax(axis=1)
    near = (ridge[:, None] + np.arange(-BESIDE, BESIDE + 1)) % size
    tone = float(np.median(np.take_along_axis(power, near, axis=1).sum(axis=1) / np.maximum(power.sum(axis=1), 1e-20)))
    places = (ridge + size // 2) % size
    steps = np.abs(np.diff(places))
    low, high = np.percentile(places, (5, 95))
    return tone, float(np.percentile(np.minimum(steps, size - steps), 75)), float(high - low) / size
