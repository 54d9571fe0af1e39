"""Time bent until a comb stands still: by its track, then by its strongest line, which makes every line of a single shaft exact."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge_node.acoustic.rotor.comb import Comb, Floats

Spectrum = NDArray[np.complex64]

FINE = 16_384
PIECES = 125
SMOOTHING = np.array([0.1, 0.25, 0.3, 0.25, 0.1])
ORDERS = np.arange(1, 25)
REFERENCES = 12  # orders of which the strongest line is taken
REACH = 0.3  # of an order: what belongs to that line
PHASES = 1024
STEADIED = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
MOST = 0.06
EXACT, BESIDE = 3, 0.45  # bins and orders about a multiple
GROUPS = ((0, 4), (4, 10), (10, 24))
RANKS = (1, 3, 6)
EXACTNESS = 2 * (len(GROUPS) + len(RANKS))


def straightened(window: Floats, comb: Comb, middles: Floats) -> tuple[Floats, float]:
    """The window (n,) after undoing the comb's wander, and its fundamental in Hz; its frames have `middles` (frames,) in samples."""
    smooth = np.convolve(np.pad(comb.track_hz.astype(np.float64), 2, mode="edge"), SMOOTHING, "valid")
    hz = np.interp(np.linspace(0, len(window), PIECES + 1), middles, smooth)
    return evened(window, hz), float((hz[1:] + hz[:-1]).mean() / 2)


def evened(window: Floats, speed: NDArray[np.float64]) -> Floats:
    """The window (n,) as it were if what turned at `speed`, at knots spread evenly over it, had turned steadily; its length stays."""
    n, pieces = len(window), len(speed) - 1
    turned = np.concatenate([[0.0], np.cumsum(speed[1:] + speed[:-1])])
    knots = np.linspace(0, 1, pieces + 1)
    when = np.interp(knots * turned[-1], turned, knots * (n - 1))
    length = -(-n // pieces)
    places = (when[:-1, None] + (when[1:] - when[:-1])[:, None] * (np.arange(length) / length)).ravel()[:n]
    whole = np.minimum(places.astype(np.intp), n - 2)
    part = (places - whole).astype(np.float32)
    here = window[whole]
    return np.asarray(here + (window[whole + 1] - here) * part)


def fine_spectrum(window: Floats) -> Spectrum:
    """Spectrum (FINE / 2 + 1,) of a whole window (n,), n at most FINE."""
    return np.asarray(np.fft.rfft(window * _hanning(len(window)), FINE))


@lru_cache
def _hanning(n: int) -> Floats:
    return np.hanning(n).astype(np.float32)


def abs_squared(spectrum: Spectrum) -> Floats:
    """Power of a spectrum."""
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


def exactness(even: Floats, spectrum: Spectrum, power: Floats, spacing: float) -> list[float]:
    """How exact multiples lines are, in a straightened window (n,) and when time follows its strongest line: (EXACTNESS,).

    `spacing` is the fundamental in bins of the window's `fine_spectrum`. All lines of one shaft share the smallest unevenness of its
    turning, so they become exact with any of them; those of several rotors do not.
    """
    order, line = _strongest(power, spacing)
    if not order:
        return [0.0] * EXACTNESS
    before = _shares(power, spacing)
    locked = abs_squared(fine_spectrum(evened(even, _speed(spectrum, line, spacing, len(even)))))
    reach = round(REACH * spacing)
    after = _shares(locked, (line - reach + int(locked[line - reach : line + reach + 1].argmax())) / order)
    after[order - 1] = before[order - 1] = 0.0
    return [*_summed(before), *_summed(after)]


def _edges(spacing: float, bins: int, reach: float, orders: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First places of what lies within `reach` bins of multiples, and of what follows."""
    middle = orders * spacing
    low, high = (middle - reach + 0.5).astype(np.intp), (middle + reach + 1.5).astype(np.intp)
    return np.minimum(low, bins), np.minimum(high, bins)


def _shares(power: Floats, spacing: float) -> NDArray[np.float64]:
    """Per order the share of power that is at the exact multiple, above what noise would have there (orders,); 0 outside the band."""
    sums = np.concatenate([[0.0], np.cumsum(power, dtype=np.float64)])
    low, high = _edges(spacing, len(power), BESIDE * spacing, ORDERS)
    near, far = _edges(spacing, len(power), EXACT, ORDERS)
    shares = (sums[far] - sums[near]) / np.maximum(sums[high] - sums[low], 1e-12) - (far - near) / np.maximum(high - low, 1)
    return np.asarray(np.where((ORDERS + BESIDE) * spacing < len(power) - 1, shares, 0.0))


def _strongest(power: Floats, spacing: float) -> tuple[int, int]:
    """Order and bin of the line that stands out most among the first orders; order 0 when none is within the band."""
    orders = ORDERS[:REFERENCES][(ORDERS[:REFERENCES] + 2 * REACH) * spacing < len(power) - 1]
    if not len(orders):
        return 0, 0
    low, high = _edges(spacing, len(power), REACH * spacing, orders)
    peaks = np.maximum.reduceat(power, np.ravel([low, high], order="F"))[::2]
    means = np.add.reduceat(power, np.ravel([low, high], order="F"))[::2] / (high - low)
    best = int((peaks / (means + np.float32(1e-12)) * np.sqrt(orders)).argmax())
    return int(orders[best]), int(low[best]) + int(power[low[best] : high[best]].argmax())


def _speed(spectrum: Spectrum, line: int, spacing: float, n: int) -> NDArray[np.float64]:
    """How fast a line turns, relative to its mean, at knots spread evenly over a window of n samples."""
    reach = round(REACH * spacing)
    offsets = np.arange(-reach, reach + 1)
    alone = np.zeros(PHASES, dtype=np.complex64)
    alone[offsets] = spectrum[line + offsets] * np.exp(-0.5 * (2 * offsets / reach) ** 2)
    turning = np.unwrap(np.angle(np.fft.ifft(alone)[: -(-n * PHASES // FINE)]))
    speed = np.diff(np.convolve(turning, STEADIED, "valid")) * (PHASES / (2 * np.pi * line))
    return np.asarray(1 + np.clip(np.pad(speed, (len(turning) - len(speed)) // 2), -MOST, MOST))


def _summed(shares: NDArray[np.float64]) -> list[float]:
    ranked = np.sort(shares)[::-1]
    return [float(shares[first:last].mean()) for first, last in GROUPS] + [float(ranked[rank]) for rank in RANKS]
