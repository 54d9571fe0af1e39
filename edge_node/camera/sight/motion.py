"""How a track goes: speed and path in its own sizes, steadiness, what beats in its size and contrast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.float64]

T, X, Y, WIDTH, HEIGHT, CONTRAST, NOISE, FRAME, MOVING = range(9)
COLUMNS = 9
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


def features(rows: Rows) -> Floats:
    """FEATURES (27,) of at least three observations (n, COLUMNS), `MOVING` NaN where nobody knows."""
    n, t = len(rows), rows[:, T]
    seen_for = max(t[-1] - t[0], 1e-3)
    half = seen_for / 2
    size = np.log(np.maximum(rows[:, WIDTH] * rows[:, HEIGHT], 1.0)) / 2
    aspect = np.log(np.maximum(rows[:, WIDTH], 1.0) / np.maximum(rows[:, HEIGHT], 1.0))
    clear = np.log(np.abs(rows[:, CONTRAST]) / np.maximum(rows[:, NOISE], 1e-6) + 0.1)
    body = np.exp(size.mean())
    tau = (t - t[0]) / half - 1
    series = np.column_stack((rows[:, X], rows[:, Y], size, clear, aspect))
    basis = np.column_stack((np.ones(n), tau, tau * tau - 1 / 3))
    fit = np.linalg.solve(basis.T @ basis + np.diag((0, 1e-6, 1e-3)), basis.T @ series)
    off = series - basis @ fit
    spread = np.sqrt(np.mean(off * off, axis=0))
    memory = np.mean(off[1:] * off[:-1], axis=0) / (spread * spread + 1e-4)
    second = np.diff(rows[:, X : Y + 1], 2, axis=0)
    speed_px = np.hypot(fit[1, 0], fit[1, 1]) / half
    straight, turning = _path(rows)
    beat = _beat(off[:, 2:4], (n - 1) / seen_for)
    moving = rows[:, MOVING]
    moving = np.log1p(moving[~np.isnan(moving)])
    return np.array(
        (
            size.mean(),
            fit[0, 4],
            spread[4],
            clear.mean(),
            np.mean(np.sign(rows[:, CONTRAST])),
            np.log1p(speed_px / body),
            np.log1p(speed_px),
            -fit[1, 1] / half / (speed_px + 1.0),
            np.log1p(2 * np.hypot(fit[2, 0], fit[2, 1]) / half**2 / body),
            straight,
            turning,
            np.log(np.hypot(spread[0], spread[1]) / body + 0.01),
            np.log(np.sqrt(np.mean(second * second)) + 0.05),
            (memory[0] + memory[1]) / 2,
            fit[1, 2] / half,
            np.log(spread[2] + 0.02),
            memory[2],
            fit[1, 3] / half,
            np.log(spread[3] + 0.02),
            memory[3],
            *beat,
            moving.mean() if len(moving) else -1.0,
            moving.min() if len(moving) else -1.0,
            1 - n / max(rows[-1, FRAME] - rows[0, FRAME] + 1, n),
            np.log(seen_for),
        ),
        np.float32,
    )


def _path(rows: Rows) -> tuple[float, float]:
    """Way made good over way gone in up to LEGS legs, and the mean turn between them in radians."""
    n = len(rows)
    at = np.unique(np.linspace(0, n - 1, min(LEGS, n // 2) + 1).astype(int))
    legs = np.diff(rows[at, X : Y + 1], axis=0)
    lengths = np.hypot(legs[:, 0], legs[:, 1])
    straight = float(np.hypot(*legs.sum(axis=0)) / (lengths.sum() + 0.5))
    turns = np.diff(np.arctan2(legs[:, 1], legs[:, 0]))
    turns = np.abs((turns + np.pi) % (2 * np.pi) - np.pi)
    return straight, float(turns.mean()) if len(turns) else 0.0


def _beat(off: Rows, rate_hz: float) -> tuple[float, float, float]:
    """Share of the power of size and of contrast that lies in BEAT_HZ, and the share of both at its strongest line."""
    power = np.abs(np.fft.rfft(off * np.hanning(len(off))[:, None], axis=0)) ** 2
    hz = np.arange(len(power)) * rate_hz / len(off)
    within = power[(hz >= BEAT_HZ[0]) & (hz <= BEAT_HZ[1])]
    if not len(within):
        return 0.0, 0.0, 0.0
    total = power.sum(axis=0) + 1e-6
    share = within.sum(axis=0) / total
    return float(share[0]), float(share[1]), float(within.max(axis=0).sum() / total.sum())
