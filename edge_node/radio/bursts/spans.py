"""When a signal begins and ends, to microseconds, and the gaps in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.radio.bursts.edges import plateau, stretches

Reals = NDArray[np.float32]
Complexes = NDArray[np.complex64]

FINE_S = 8e-6
SHORTEST_GAP_S, LONGEST_GAP_S = 250e-6, 600e-6
SWEPT_GAP_S = 450e-6
"""And of what sweeps out of the receiver's band and back."""
CLEAR = 7.5
"""A gap is seen where what is missing from it is so many times the noise's spread."""
GAP_LEVEL = 0.35
MOST_SPANS = 8


def spans(band: Complexes, noise: float, power: float, rate_hz: float, shortest_gap_s: float = SHORTEST_GAP_S) -> list[tuple[float, float]]:
    """Begin and end in seconds of what is in a band (n,) of so much noise and about so much more power; several where gaps of
    `shortest_gap_s` or more part it.
    """
    fine = max(1, round(FINE_S * rate_hz))
    count = len(band) // fine
    if not count:
        return []
    parts = band[: count * fine].view(np.float32).reshape(count, 2 * fine)
    powers = np.einsum("cp,cp->c", parts, parts) / np.float32(fine)
    first, end = plateau(powers, noise, power)
    level = float(powers[first:end].mean()) - noise
    if level <= 0:
        return []
    gap = round(max(shortest_gap_s * rate_hz, (CLEAR * (noise + level / 2) / level) ** 2) / fine)
    if gap * fine > LONGEST_GAP_S * rate_hz or end - first <= 3 * gap:
        return [(first * fine / rate_hz, end * fine / rate_hz)]
    smooth = np.convolve(powers[first:end], np.full(gap, 1 / gap, np.float32), mode="same").astype(np.float32)
    found = [(first + a, first + b) for a, b in stretches(smooth, noise + GAP_LEVEL * level, 0) if b - a > gap // 2]
    if len(found) > 1:
        found = [_alone(powers, (a, b), gap, noise, level) for a, b in found[:MOST_SPANS]]
        return [(a * fine / rate_hz, b * fine / rate_hz) for a, b in found]
    return [(first * fine / rate_hz, end * fine / rate_hz)]


def _alone(powers: Reals, span: tuple[int, int], around: int, noise: float, level: float) -> tuple[int, int]:
    """The edges of one of several."""
    low, high = max(0, span[0] - around // 4), span[1] + around // 4
    begin, stop = plateau(powers[low:high], noise, level)
    return low + begin, low + stop
