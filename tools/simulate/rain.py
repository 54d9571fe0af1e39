"""Rain before the lens: streaks that are there for one picture only."""

from __future__ import annotations

import cv2
import numpy as np

from tools.simulate.fractal import Floats
from tools.simulate.outdoors import Eye

DROPS_PER_MM_H = 6.0
"""Streaks in a picture of 320x256 at 1 mm/h: drops within some metres."""
COOLER_K = 2.0
BRIGHT = 150.0


def streaks(picture: Floats, rain_mm_h: float, eye: Eye, air_k: float, rng: np.random.Generator) -> None:
    """Lay the streaks of one exposure over a picture."""
    height, width = picture.shape
    scale = width / 320
    mask = np.zeros((height, width), np.uint8)
    lean = rng.normal(0.15, 0.03)
    for _ in range(rng.poisson(min(DROPS_PER_MM_H * rain_mm_h, 400.0))):
        near = rng.random() ** 3
        long, x, y = (6 + 50 * near) * scale, rng.uniform(-5, width), rng.uniform(-40 * scale, height)
        shade = int(255 * rng.uniform(0.02, 0.12))
        ends = [(round(16 * (x - lean * part * long)), round(16 * (y + part * long))) for part in (0, 1)]
        cv2.line(mask, ends[0], ends[1], shade, 1 + round(2 * near * scale), cv2.LINE_AA, 4)
    cover = cv2.GaussianBlur(mask.astype(np.float32) * np.float32(1 / 255), (0, 0), 0.6 + 0.4 * scale)
    value = np.float32(air_k - COOLER_K if eye.band == "thermal" else BRIGHT)
    picture += cover * (value - picture)
