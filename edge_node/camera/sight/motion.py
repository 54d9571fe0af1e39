"""How a track goes: speed and path in its own sizes, steadiness, what beats in its size and contrast."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import atan2, copysign, hypot, isnan, log, log1p, nan, pi, remainder, sqrt

import numpy as np
from numpy.typing import NDArray

from edge_node.camera.observation import Observation

Floats = NDArray[np.float32]
Rows = NDArray[np.float64]

T, X, Y, SIZE, CLEAR, ASPECT, SIGN, FRAME, MOVING = range(9)
COLUMNS = 9
"""Of one observation: time, place, logarithms of size, of contrast over noise and of width over height, hot or cold, picture, change."""
MOST_MOVING = 1e3
FEATURES = (
    "size",
    "aspect",
    "aspect_spread",
    "clear",
    "polarity",
    "speed",
    "speed_px",
    "rising",
    "acceleration",
    "straight",
    "turning",
    "off_path",
    "shake",
    "path_memory",
    "growth",
    "size_spread",
    "size_memory",
    "clear_growth",
    "clear_spread",
    "clear_memory",
    "size_beat",
    "clear_beat",
    "beat_peak",
    "moving",
    "moving_least",
    "gaps",
    "seen_for",
)
BEAT_HZ = (3.0, 15.0)  # of birds' wings
LEGS = 8


def row(seen: Observation) -> tuple[float, ...]:
    """One observation, COLUMNS of it; numbers that a logarithm cannot take are taken for the least that it can."""
    width, height = max(seen.box[2], 1.0), max(seen.box[3], 1.0)
    moving = nan if seen.moving is None or isnan(seen.moving) else log1p(min(max(seen.moving, 0.0), MOST_MOVING))
    clear = log(abs(seen.contrast) / max(seen.noise, 1e-6) + 0.1)
    size, aspect = log(width * height) / 2, log(width / height)
    return seen.t_s, seen.scene_x, seen.scene_y, size, clear, aspect, copysign(1, seen.contrast), seen.frame, moving


def features(rows: Rows) -> Floats:
    """FEATURES (27,) of at least three observations (n, COLUMNS), `MOVING` NaN where nobody knows."""
    n = len(rows)
    ones = np.ones(n)
    mean = ones @ rows / n
    seen_for = max(float(rows[-1, T] - rows[0, T]), 1e-3)
    half = seen_for / 2
    tau = (rows[:, T] - mean[T]) / half
    bent = tau * tau
    bent -= (ones @ bent) / n
    bent -= tau * ((bent @ tau) / (tau @ tau + 1e-6))
    series = rows[:, X : ASPECT + 1] - mean[X : ASPECT + 1]
    rate = tau @ series / (tau @ tau + 1e-6)
    curve = bent @ series / (bent @ bent + 1e-3)
    off = series - np.outer(tau, rate) - np.outer(bent, curve)
    variance = ones @ (off * off) / n
    memory = (ones[1:] @ (off[1:] * off[:-1]) / (n - 1) / (variance + 1e-4)).tolist()
    spread_x, spread_y, size_spread, clear_spread, aspect_spread = np.sqrt(variance).tolist()
    (rate_x, rate_y, growth, clear_growth, _), (curve_x, curve_y, *_) = (rate / half).tolist(), curve.tolist()
    second = rows[2:, X : Y + 1] - 2 * rows[1:-1, X : Y + 1] + rows[:-2, X : Y + 1]
    size, clear, aspect, polarity = mean[SIZE : SIGN + 1].tolist()
    body = float(np.exp(size))
    speed = hypot(rate_x, rate_y)
    straight, turning = _path(rows)
    return np.array(
        (
            size,
            aspect,
            aspect_spread,
            clear,
            polarity,
            log1p(speed / body),
            log1p(speed),
            -rate_y / (speed + 1.0),
            log1p(2 * hypot(curve_x, curve_y) / half**2 / body),
            straight,
            turning,
            log(hypot(spread_x, spread_y) / body + 0.01),
            log(sqrt(float(np.vdot(second, second)) / (2 * (n - 2))) + 0.05),
            (memory[0] + memory[1]) / 2,
            growth,
            log(size_spread + 0.02),
            memory[2],
            clear_growth,
            log(clear_spread + 0.02),
            memory[3],
            *_beat(off[:, 2:4], (n - 1) / seen_for),
            *_moving(rows[:, MOVING], float(mean[MOVING])),
            1 - n / max(float(rows[-1, FRAME] - rows[0, FRAME]) + 1, n),
            log(seen_for),
        ),
        np.float32,
    )


def _path(rows: Rows) -> tuple[float, float]:
    """Way made good over way gone in up to LEGS legs, and the mean turn between them in radians."""
    places = rows[_stops(len(rows)), X : Y + 1].tolist()
    legs = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(places)]
    gone = sum(hypot(*leg) for leg in legs)
    made_good = hypot(places[-1][0] - places[0][0], places[-1][1] - places[0][1])
    ways = [atan2(y, x) for x, y in legs]
    turns = [abs(remainder(b - a, 2 * pi)) for a, b in pairwise(ways)]
    return made_good / (gone + 0.5), sum(turns) / max(len(turns), 1)


@cache
def _stops(n: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, n - 1, min(LEGS, n // 2) + 1).astype(np.intp))


def _beat(off: Rows, rate_hz: float) -> tuple[float, float, float]:
    """Share of the power of size and of contrast that lies in BEAT_HZ, and the share of both at its strongest line."""
    spectrum = np.fft.rfft(off * _window(len(off)), axis=0)
    power = spectrum.real**2 + spectrum.imag**2
    bin_hz = max(rate_hz, 1e-3) / len(off)
    first, last = int(np.ceil(min(BEAT_HZ[0] / bin_hz, 1e6))), int(min(BEAT_HZ[1] / bin_hz, 1e6)) + 1
    within = power[first:last]
    if not len(within):
        return 0.0, 0.0, 0.0
    size, clear = (np.add.reduce(power) + 1e-6).tolist()
    of_size, of_clear = np.add.reduce(within).tolist()
    peaks = float(np.maximum.reduce(within).sum())
    return of_size / size, of_clear / clear, peaks / (size + clear)


@cache
def _window(n: int) -> Rows:
    return np.asarray(np.hanning(n)[:, None])


def _moving(moving: Rows, mean: float) -> tuple[float, float]:
    """Mean and least change where it is known, -1 where it never is."""
    if isnan(mean):
        moving = moving[~np.isnan(moving)]
        if not len(moving):
            return -1.0, -1.0
        mean = float(moving.mean())
    return mean, float(moving.min())
