"""Two-level frequency keying, blind: symbol rate, deviation and carrier, by a delay line and what its output does at each symbol.

A sample times the conjugate of one a little earlier turns by the frequency; its square falls at every change of level and so has a line
at the symbol rate, whose phase says where symbols are.
"""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.radio.links.band import Complexes

Reals = NDArray[np.float32]
MOST_SAMPLES = 1 << 14
SLOWEST, FASTEST = 1 / 7, 1.15
"""Symbol rates that are looked for, in bandwidths: of h = 0.5 and h = 2, measured too narrow or too wide."""
DELAY = 1 / 16
"""Of the sample rate over the bandwidth: so far apart are the two samples of the delay line, in 1 / bandwidth."""
OUTER = (0.1, 0.9)
"""Between these parts of all frequencies is the middle."""
CLIPPED = 2.0
"""Frequencies further off than so many typical ones are clicks of noise."""
NEIGHBOURS, BESIDE = 3, 40
"""The line's own bins, and those on either side that it is compared with."""
SMOOTH = 0.75
"""Symbols over which the frequency is a mean once their length is known."""
CANDIDATES, RIVAL = 6, 0.3
"""Rates that are tried: those whose line has this much of the strongest's power."""
AROUND = 0.03
CLEAR = 100.0
"""A line that stands out so much leaves no doubt."""
KEPT = 0.9
"""Of its deviation, when the rate is a part of what it was taken for."""
MULTIPLES, MOST_RUNS = (4, 3, 2), 0.9
LEAST_SYMBOLS, LEAST_INSIDE = 12, 2


class Keying(Struct, frozen=True):
    """`line` is how far the symbol rate's line stands out of its neighbours; `levels` how far apart the two levels are, in their widths.

    `balance` is the share of the rarer level; levels last multiples of `together` symbols, which is 1 unless the line was a harmonic.
    """

    rate_bd: float
    deviation_hz: float
    carrier_hz: float
    line: float
    levels: float
    balance: float
    symbols: int
    together: int = 1

    @property
    def index(self) -> float:
        """Modulation index h."""
        return 2 * self.deviation_hz / self.rate_bd


def keying_of(samples: Complexes, rate_hz: float, slowest_bd: float, fastest_bd: float) -> Keying | None:
    """Of samples (n,) that hold the burst and no more: of the rates whose lines stand out most, that which tells the levels best apart.

    None where they are too few or silent.
    """
    x = samples[:MOST_SAMPLES]
    first = frequency_of(x, rate_hz, max(1, round(rate_hz / fastest_bd / 4)))
    if len(first) * slowest_bd < LEAST_SYMBOLS * rate_hz / 4 or not np.any(first):
        return None
    found = [_keying_at(x, rate_hz, rate_bd) for rate_bd in _lines(first, rate_hz, slowest_bd, fastest_bd)]
    best = max((one for one in found if one is not None), key=lambda one: one.levels * sqrt(min(one.line, CLEAR)), default=None)
    slower = None if best is None or best.together == 1 else _keying_at(x, rate_hz, best.rate_bd / best.together)
    return slower if best and slower and slower.deviation_hz > KEPT * best.deviation_hz else best


def _keying_at(x: Complexes, rate_hz: float, about_bd: float) -> Keying | None:
    """With a mean that fits about this rate."""
    smooth = frequency_of(x, rate_hz, max(1, round(rate_hz / about_bd * SMOOTH)))
    spectrum, power = _bent(smooth)
    size = 2 * (len(power) - 1)
    low, high = _bins(len(power), size / rate_hz, about_bd * (1 - AROUND), about_bd * (1 + AROUND))
    best = low + int(np.argmax(power[low:high]))
    beside = np.concatenate((power[max(1, best - BESIDE) : max(1, best - NEIGHBOURS)], power[best + NEIGHBOURS + 1 : best + BESIDE]))
    place = best + _between(*(float(np.log(one + 1e-30)) for one in power[best - 1 : best + 2]))
    phase = float(np.angle(spectrum[best])) - pi * (place - best) * len(smooth) / size
    line = float(power[best] / (np.median(beside) + 1e-30))
    return _levels(smooth, rate_hz, place * rate_hz / size, phase, line)


def frequency_of(x: Complexes, rate_hz: float, width: int) -> Reals:
    """(n,) Hz at samples, the mean of `width` turns of the delay line about each."""
    delay = max(1, width // 2)
    turns = x[delay:] * x[:-delay].conj()
    total = np.cumsum(np.concatenate((np.zeros(1), turns)), dtype=np.complex128)
    mean = total[width:] - total[:-width]
    return np.asarray(np.angle(mean) * (rate_hz / (2 * pi * delay)), dtype=np.float32)


def _bent(frequency: Reals) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
    """Spectrum of how far the frequency is from the middle, and its power."""
    low, high = np.quantile(frequency, OUTER)
    away = frequency - np.float32((low + high) / 2)
    limit = np.float32(CLIPPED * float(np.median(np.abs(away))) + 1e-9)
    bent = np.minimum(np.abs(away), limit)
    bent -= bent.mean()
    spectrum = np.fft.rfft(bent * np.hanning(len(bent)).astype(np.float32), 1 << len(bent).bit_length())
    return spectrum, spectrum.real**2 + spectrum.imag**2


def _bins(count: int, per_hz: float, low_hz: float, high_hz: float) -> tuple[int, int]:
    low = min(max(2, int(low_hz * per_hz)), count - 4)
    return low, max(low + 1, min(count - 2, int(high_hz * per_hz) + 1))


def _lines(frequency: Reals, rate_hz: float, slowest_bd: float, fastest_bd: float) -> list[float]:
    """Rates of the strongest lines, the strongest first."""
    _, power = _bent(frequency)
    per_hz = 2 * (len(power) - 1) / rate_hz
    low, high = _bins(len(power), per_hz, slowest_bd, fastest_bd)
    left: NDArray[np.float64] = power[low:high].copy()
    found: list[float] = []
    most = float(left.max())
    while len(found) < CANDIDATES and left.max() > RIVAL * most:
        best = int(np.argmax(left))
        found.append((low + best) / per_hz)
        left[max(0, best - NEIGHBOURS) : best + NEIGHBOURS + 1] = 0
    return found


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
        together=_together(above),
    )


def _together(above: NDArray[np.bool_]) -> int:
    """What nearly all lengths between changes are multiples of."""
    lengths = np.diff(np.flatnonzero(np.diff(above)))
    if len(lengths) < LEAST_SYMBOLS:
        return 1
    return next((times for times in MULTIPLES if np.mean(lengths % times == 0) > MOST_RUNS), 1)
