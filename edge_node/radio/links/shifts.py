"""Two-level frequency keying, blind: symbol rate, deviation and carrier, by a delay line and what its output does at each symbol.

A sample times the conjugate of one a little earlier turns by the frequency; its square falls at every change of level and so has a line
at the symbol rate, whose phase says where symbols are.
"""

from __future__ import annotations

from math import pi

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.links.band import Complexes

Reals = NDArray[np.float32]
MOST_SAMPLES = 1 << 15
SLOWEST, FASTEST = 1 / 7, 1.15
"""Symbol rates that are looked for, in bandwidths: of h = 0.5 and h = 2, measured too narrow or too wide."""
DELAY = 1 / 16
"""Of the sample rate over the bandwidth: so far apart are the two samples of the delay line, in 1 / bandwidth."""
CLIPPED = 2.0
"""Frequencies further off than so many typical ones are clicks of noise."""
NEIGHBOURS, BESIDE = 3, 40
"""The line's own bins, and those on either side that it is compared with."""
LEAST_SYMBOLS, LEAST_INSIDE = 12, 4


class Keying(Struct, frozen=True):
    """`line` is how far the symbol rate's line stands out of its neighbours; `levels` how far apart the two levels are, in their widths.

    `balance` is the share of the rarer level.
    """

    rate_bd: float
    deviation_hz: float
    carrier_hz: float
    line: float
    levels: float
    balance: float
    symbols: int

    @property
    def index(self) -> float:
        """Modulation index h."""
        return 2 * self.deviation_hz / self.rate_bd


def keying_of(samples: Complexes, rate_hz: float, slowest_bd: float, fastest_bd: float) -> Keying | None:
    """Of samples (n,) that hold the burst and no more; None where they are too few or silent."""
    x = samples[:MOST_SAMPLES]
    first = _frequency(x, rate_hz, max(1, round(rate_hz / fastest_bd / 4)))
    if len(first) * slowest_bd < LEAST_SYMBOLS * rate_hz / 4 or not np.any(first):
        return None
    rate_bd, _, _ = _line(first, rate_hz, slowest_bd, fastest_bd)
    smooth = _frequency(x, rate_hz, max(1, round(rate_hz / rate_bd / 2)))
    rate_bd, phase, line = _line(smooth, rate_hz, max(slowest_bd, 0.8 * rate_bd), min(fastest_bd, 1.25 * rate_bd))
    return _levels(smooth, rate_hz, rate_bd, phase, line)


def _frequency(x: Complexes, rate_hz: float, width: int) -> Reals:
    """(n,) Hz at samples, the mean of `width` turns of the delay line about each."""
    delay = max(1, width // 2)
    turns = x[delay:] * x[:-delay].conj()
    total = np.cumsum(np.concatenate((np.zeros(1), turns)), dtype=np.complex128)
    mean = total[width:] - total[:-width]
    return np.asarray(np.angle(mean) * (rate_hz / (2 * pi * delay)), dtype=np.float32)


def _line(frequency: Reals, rate_hz: float, slowest_bd: float, fastest_bd: float) -> tuple[float, float, float]:
    """Symbol rate, phase of its line at the first sample, and how much its power is of its neighbours' median."""
    away = frequency - np.float32((np.quantile(frequency, 0.1) + np.quantile(frequency, 0.9)) / 2)
    limit = np.float32(CLIPPED * float(np.median(np.abs(away))) + 1e-9)
    bent = np.minimum(np.abs(away), limit)
    bent -= bent.mean()
    size = 1 << (2 * len(bent) - 1).bit_length()
    spectrum = np.fft.rfft(bent * np.hanning(len(bent)), size)
    power = spectrum.real**2 + spectrum.imag**2
    low, high = max(2, int(slowest_bd / rate_hz * size)), min(len(power) - 2, int(fastest_bd / rate_hz * size) + 1)
    if high <= low:
        return slowest_bd, 0.0, 0.0
    best = low + int(np.argmax(power[low:high]))
    around = np.concatenate((power[max(1, best - BESIDE) : max(1, best - NEIGHBOURS)], power[best + NEIGHBOURS + 1 : best + BESIDE]))
    place = best + _between(*(float(np.log(one + 1e-30)) for one in power[best - 1 : best + 2]))
    phase = float(np.angle(spectrum[best])) - pi * (place - best) * len(bent) / size
    return place * rate_hz / size, phase, float(power[best] / (np.median(around) + 1e-30))


def _between(low: float, middle: float, high: float) -> float:
    bend = low - 2 * middle + high
    return 0.0 if bend >= 0 else max(-0.5, min(0.5, (low - high) / (2 * bend)))


def _levels(frequency: Reals, rate_hz: float, rate_bd: float, phase: float, line: float) -> Keying | None:
    """What each symbol's middle shows: the bent frequency is greatest there."""
    period = rate_hz / rate_bd
    first = -phase / (2 * pi) * period % period
    middles = np.arange(first, len(frequency) - 1, period).astype(np.int64)
    if len(middles) < LEAST_SYMBOLS:
        return None
    shown = frequency[middles].astype(np.float64)
    split = float(np.median(shown))
    for _ in range(6):
        above = shown > split
        if above.all() or not above.any():
            return None
        split = float(np.median(shown[above]) + np.median(shown[~above])) / 2
    above = shown > split
    inside = np.zeros(len(shown), dtype=bool)
    inside[1:-1] = (above[1:-1] == above[:-2]) & (above[1:-1] == above[2:])
    high, low = (shown[inside & side] if np.count_nonzero(inside & side) >= LEAST_INSIDE else shown[side] for side in (above, ~above))
    deviation = float(np.median(high) - np.median(low)) / 2
    width = float(np.sqrt((np.var(high) * len(high) + np.var(low) * len(low)) / (len(high) + len(low))))
    return Keying(
        rate_bd=rate_bd,
        deviation_hz=deviation,
        carrier_hz=float(np.median(high) + np.median(low)) / 2,
        line=line,
        levels=deviation / max(width, 1e-9),
        balance=float(min(above.mean(), 1 - above.mean())),
        symbols=len(shown),
    )
