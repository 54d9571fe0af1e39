"""What sits on a camera's window: drops that refract and a spider's web, both far out of focus, as they show in a picture.

The window is a few centimetres before a lens that looks at infinity: each point of it is spread over the lens's pupil, and shows as a
disc of pupil over distance (radians). A drop is itself a short lens: what is seen through it is blurred over a large part of the scene,
upside down. A thread covers a few hundredths of the pupil; it shows where it is lit, by the sun or by the camera's own infrared light.
"""

from __future__ import annotations

import cv2
import numpy as np
from msgspec import Struct

from tools.simulate.fractal import Floats

DROP_MEDIAN_M, DROP_LOG_SIGMA = 1.2e-3, 0.4
MOST_DROPS = 400
THREAD_M, SPACING_M, RADIALS = 4e-5, 3e-3, 20
"""Of a thread with dew or dust on it; dry ones are a tenth as thick."""
SCENE_BLUR = 0.15
"""Of the picture's width, what a drop makes of the scene."""


class Window(Struct, frozen=True):
    """How far a window is before a lens, how wide the pupil is, and what a pixel of the picture is (radians)."""

    pixel_rad: float
    distance_m: float = 0.03
    pupil_m: float = 2e-3

    @property
    def pixels_per_m(self) -> float:
        """Of the picture, for what sits on the window."""
        return 1.0 / (self.distance_m * self.pixel_rad)

    def blurred(self, cover: Floats) -> Floats:
        """Spread over the pupil."""
        side = max(3, 2 * round(self.pupil_m * self.pixels_per_m / 2) + 1)
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)).astype(np.float32)
        return np.asarray(cv2.filter2D(cover, cv2.CV_32F, disc / disc.sum(), borderType=cv2.BORDER_REFLECT), np.float32)


def drops(shape: tuple[int, int], window: Window, share: float, rng: np.random.Generator) -> Floats:
    """(rows, columns): how much of the light of each pixel goes through drops that cover a share of the window."""
    rows, columns = shape
    around = round(2 * DROP_MEDIAN_M * window.pixels_per_m)
    mask = np.zeros((rows + 2 * around, columns + 2 * around), np.uint8)
    for _ in range(MOST_DROPS):
        if mask.mean() >= 255 * share:
            break
        radius_px = max(1, round(DROP_MEDIAN_M * float(np.exp(DROP_LOG_SIGMA * rng.standard_normal())) * window.pixels_per_m))
        place = int(rng.integers(mask.shape[1])), int(rng.integers(mask.shape[0]))
        cv2.circle(mask, place, radius_px, 255, -1)
    cover = window.blurred(mask.astype(np.float32) * np.float32(1 / 255))
    return np.ascontiguousarray(cover[around : around + rows, around : around + columns])


def web(shape: tuple[int, int], window: Window, rng: np.random.Generator) -> Floats:
    """(rows, columns): the share of the pupil that a web covers, whose hub is somewhere in the picture."""
    rows, columns = shape
    scale = window.pixels_per_m
    hub = np.array([rng.uniform(0, columns), rng.uniform(0, rows)])
    mask = np.zeros((rows, columns), np.float32)
    turns = np.sort(rng.uniform(0, 2 * np.pi, RADIALS))
    spokes = np.stack([np.cos(turns), np.sin(turns)], -1)
    reach_px = float(np.hypot(rows, columns))
    line = np.zeros((rows, columns), np.uint8)
    ends = [np.stack([hub, hub + reach_px * spoke]) for spoke in spokes]
    rings = [hub + radius * spokes for radius in np.arange(SPACING_M * scale, reach_px, SPACING_M * scale)]
    for path in (*ends, *(np.concatenate([ring, ring[:1]]) for ring in rings)):
        cv2.polylines(line, [np.rint(path).astype(np.int32)], False, 255, 1, cv2.LINE_AA)
    mask += line.astype(np.float32) * np.float32(min(THREAD_M * scale, 1.0) / 255)
    return window.blurred(mask)


def seen_through(picture: Floats, cover: Floats) -> Floats:
    """A picture where a share of the light of each pixel goes through drops."""
    wide = SCENE_BLUR * picture.shape[1]
    small = cv2.resize(picture, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
    turned = cv2.resize(cv2.GaussianBlur(small[::-1, ::-1], (0, 0), wide / 8), picture.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(picture + cover * (turned - picture), np.float32)


def behind_web(picture: Floats, cover: Floats, shine: float) -> Floats:
    """A picture behind threads that shine by so much more than it would cover."""
    return np.asarray(picture * (1 - cover) + np.float32(shine) * cover, np.float32)
