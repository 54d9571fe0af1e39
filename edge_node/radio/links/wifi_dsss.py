"""Wi-Fi's oldest form, in which most beacons of 2.4 GHz are still sent: Barker's 11 chips once a microsecond (IEEE 802.11-2020, 15)."""

from __future__ import annotations

import numpy as np

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.rates import SPUR, Complexes, at_rate

RATE_HZ, SYMBOL = 20e6, 20
BARKER = np.array([1, -1, 1, 1, -1, 1, 1, 1, -1, -1, -1], np.float32)
CHIPS = BARKER[np.arange(SYMBOL) * len(BARKER) // SYMBOL]
NARROWEST_HZ, WIDEST_HZ = 8e6, 30e6
LOOKED_S = 192e-6
"""Its long preamble and header; the short ones, 96 us, are most of that."""
SHORTEST_S = 90e-6
CONTRAST = 2.5
"""Of the best place in a microsecond over the usual one: noise and every other kind stay below 1.6."""


def look(burst: Burst) -> Finding | None:
    """wifi, whatever its chips say."""
    wide = NARROWEST_HZ <= burst.bandwidth_hz <= min(WIDEST_HZ, burst.samples_rate_hz)
    if not wide or burst.duration_s < SHORTEST_S or len(burst.samples) < SHORTEST_S * burst.samples_rate_hz:
        return None
    count = round((LOOKED_S + burst.before_s) * burst.samples_rate_hz)
    contrast = chipped(at_rate(burst.samples[:count], burst.samples_rate_hz, RATE_HZ, SPUR))
    return Finding("wifi", min(1.0, contrast / (2 * CONTRAST)), None, {"told_by": "chips"}) if contrast >= CONTRAST else None


def chipped(samples: Complexes) -> float:
    """How much of Barker's sequence there is at one place in each microsecond, over the median of all places."""
    found = np.correlate(samples, CHIPS.astype(np.complex64), "valid")
    power = (found.real**2 + found.imag**2)[: len(found) // SYMBOL * SYMBOL].reshape(-1, SYMBOL).sum(axis=0)
    return float(power.max() / max(float(np.median(power)), 1e-20)) if power.any() and np.isfinite(power).all() else 0.0
