"""Two-level FSK, with or without a Gaussian filter: its numbers, and a refusal of all that is not."""

from __future__ import annotations

import numpy as np
from msgspec import Struct, structs

from edge_node.radio.bursts.burst import Burst
from edge_node.radio.links.band import Band, Complexes
from edge_node.radio.links.finding import Finding
from edge_node.radio.links.shifts import FASTEST, MOST_SAMPLES, SLOWEST, Keying, keying_of

WIDEST_HZ = 2.5e6
"""No narrow link is wider."""
OPEN, SNUG = 1.3, 1.05
"""The filter's width: in the burst's bandwidths at first, in those of Carson's rule once it is known."""
PER_BANDWIDTH, PER_SYMBOL = 3, 9
"""Samples."""
NEAR = 0.9
"""The rate that was found first and the second are so near each other."""
MOST_KURTOSIS = 1.62
"""E|x|^4 / (E|x|^2)^2 of a carrier of constant power is 1, of that in noise 5 dB below it 1.43, of noise and of keyed carriers 2."""
LEAST_LINE, LEAST_LEVELS, LEAST_BALANCE = 12.0, 2.1, 0.15
"""Levels: noise has 1.3 and chirps 1.7."""
INDICES = (0.3, 4.5)


class Sought(Struct, frozen=True):
    """Rates between which a keying is looked for, and the filter: its middle from the burst's, and its width."""

    slowest_bd: float
    fastest_bd: float
    offset_hz: float
    width_hz: float


def look(burst: Burst) -> Finding | None:
    """Two-level FSK, told once roughly and once through a filter that fits; None where the band ends within it."""
    if burst.is_cut_off or not 0 < burst.bandwidth_hz < WIDEST_HZ:
        return None
    rough = _keying(burst, Sought(burst.bandwidth_hz * SLOWEST, burst.bandwidth_hz * FASTEST, 0.0, OPEN * burst.bandwidth_hz))
    if rough is None:
        return None
    width_hz = SNUG * (2 * abs(rough.deviation_hz) + rough.rate_bd)
    fine = _keying(burst, Sought(NEAR * rough.rate_bd, rough.rate_bd / NEAR, rough.carrier_hz, width_hz))
    return None if fine is None or not plausible(fine) else _finding(fine)


def plausible(keying: Keying) -> bool:
    """Two levels that change by a clock."""
    return (
        keying.line >= LEAST_LINE
        and keying.levels >= LEAST_LEVELS
        and keying.balance >= LEAST_BALANCE
        and INDICES[0] < keying.index < INDICES[1]
    )


def _keying(burst: Burst, sought: Sought) -> Keying | None:
    """Of the burst's own time; None where its power is not constant."""
    to_hz = max(PER_SYMBOL * sought.slowest_bd, PER_BANDWIDTH * sought.width_hz)
    most = round((burst.before_s + MOST_SAMPLES / to_hz) * burst.samples_rate_hz)
    x, middle_hz = Band(burst.samples[:most], burst.samples_rate_hz, to_hz).channel(sought.offset_hz, sought.width_hz)
    x = _within(x, burst, to_hz)
    if len(x) < PER_SYMBOL or kurtosis(x) > MOST_KURTOSIS:
        return None
    found = keying_of(x, to_hz, sought.slowest_bd, sought.fastest_bd)
    return None if found is None else structs.replace(found, carrier_hz=found.carrier_hz + middle_hz)


def _within(x: Complexes, burst: Burst, rate_hz: float) -> Complexes:
    begin = round(burst.before_s * rate_hz)
    return x[begin : begin + round(burst.duration_s * rate_hz)]


def kurtosis(x: Complexes) -> float:
    """E|x|^4 / (E|x|^2)^2 of (n,)."""
    power = x.real**2 + x.imag**2
    mean = float(np.mean(power))
    return float(np.mean(power**2)) / max(mean * mean, 1e-30)


def _finding(keying: Keying) -> Finding:
    score = min(1.0, keying.levels / 5) * min(1.0, keying.line / 100)
    return Finding(
        "fsk",
        score,
        keying.carrier_hz,
        {
            "symbol_rate_bd": round(keying.rate_bd, 1),
            "deviation_hz": round(keying.deviation_hz, 1),
            "modulation_index": round(keying.index, 3),
            "symbols": keying.symbols,
        },
    )
