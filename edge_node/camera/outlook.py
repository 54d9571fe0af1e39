"""What a camera would see now: its field of view, as far as its pictures show that it looks at all."""

from __future__ import annotations

from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from drivers.blocks import Camera, Frame
from edge_node.camera.field_of_view import Sector, reach_m, sector_of
from edge_node.camera.lens import Lens
from edge_node.camera.levels import noise_of
from edge_node.camera.sharpness import Sharpness
from edge_node.messages import Coverage

PROBABILITY = {"thermal": 0.9, "visible": 0.8}
"""Of being told within the latency, as small as it may be; 0.99 and 0.94 of pictures with larger ones are covered by a told track."""
LATENCY_S, PICTURES = 2.0, 8
"""What judges take, and that an object shows in five of eight pictures."""
FRESH_NS, SLOWEST_S = 2_000_000_000, 1.0
DARK_LEVEL = 35.0
"""Of 255, the middle of what a visible camera shows: night, or its cap."""
FLAT_SIGMAS = 6.0
"""Noise alone spreads its middle nine tenths over 3.3; a sky has a gradient, a covered lens has none."""
SPARSE = 8
APART_PX, TILES, LEAST_NOISE = 4, 4, 0.5
"""Noise is at least half a step."""
MEASURED_EVERY_NS = 10_000_000_000
MOST_NOISE = 2.0
"""Levels of 256, 1 sigma: more is a camera at night."""
STEP = 0.1


class View(Struct, frozen=True):
    """Where a camera looks in pictures of one size."""

    sector: Sector | None
    reach_m: float | None


class Outlook:
    """Follows the pictures of one camera."""

    def __init__(self) -> None:
        self._frame: Frame | None = None
        self._noise, self._period_s, self._pictures = 1.0, SLOWEST_S, 0
        self._camera: Camera | None = None
        self._measured_ns: int | None = None
        self._sharpness = Sharpness()
        self._view: View | None = None

    def see(self, frame: Frame, noise: float) -> None:
        """Take a picture that shows something new, with the spread of its noise in its own units."""
        if self._frame is not None and 0 < (apart_ns := frame.t_mono_ns - self._frame.t_mono_ns) < FRESH_NS:
            self._period_s += STEP * (apart_ns / 1e9 - self._period_s)
        self._frame, self._noise = frame, noise
        self._pictures += 1
        self._sharpness.see(frame)

    def coverage(self, t_mono_ns: int) -> Coverage | None:
        """None without new pictures of late, and where lens or mounting are unknown."""
        frame = self._frame
        if frame is None or frame.camera is None or self._pictures < PICTURES or abs(t_mono_ns - frame.t_mono_ns) > FRESH_NS:
            return None
        view = self._of(frame.camera, *frame.picture.shape)
        if view.sector is None or view.reach_m is None:
            return None
        notes = troubles(frame.picture, frame.camera.band, self._noise, self._period_s)
        return Coverage(
            t_mono_ns=t_mono_ns,
            sense="sight",
            azimuth_deg=view.sector.azimuth_deg,
            width_deg=view.sector.width_deg,
            lowest_elevation_deg=view.sector.lowest_deg,
            highest_elevation_deg=view.sector.highest_deg,
            reach_m=0.0 if notes else view.reach_m,
            probability=PROBABILITY[frame.camera.band],
            latency_s=LATENCY_S + PICTURES * self._period_s,
            notes=notes,
        )

    def levels(self) -> dict[str, float]:
        """Each ten seconds how much detail the whole holds above the noise, and of each part how much of it is fine; else nothing.

        Nothing where it is dark either, and no parts where the camera does not stand still.
        """
        frame = self._frame
        if frame is None or self._pictures < PICTURES or not self._is_due(frame.t_mono_ns):
            return {}
        self._measured_ns = frame.t_mono_ns
        if troubles(frame.picture, frame.camera.band if frame.camera else "thermal", self._noise, self._period_s):
            return {}
        return whole_of(frame.picture) | parts_of(self._sharpness.parts_db())

    def _is_due(self, t_mono_ns: int) -> bool:
        return self._measured_ns is None or not 0 <= t_mono_ns - self._measured_ns < MEASURED_EVERY_NS

    def _of(self, camera: Camera, height_px: int, width_px: int) -> View:
        """Worked out anew only when the camera turns."""
        if self._view is None or camera is not self._camera:
            lens = Lens(camera, width_px, height_px)
            sector = sector_of(lens, width_px, height_px, camera.sigma_pose_deg)
            self._camera, self._view = camera, View(sector, reach_m(lens, width_px, height_px, camera.band))
        return self._view


def troubles(picture: NDArray[np.generic], band: Literal["thermal", "visible"], noise: float, period_s: float = 0.0) -> tuple[str, ...]:
    """Why nothing is seen in a picture with noise of 1 sigma, where they come so far apart; empty where something is."""
    few = picture[::SPARSE, ::SPARSE].astype(np.float64)
    low, middle, high = np.percentile(few, (5, 50, 95))
    dark = band == "visible" and picture.dtype == np.uint8 and middle < DARK_LEVEL
    flat = high - low < FLAT_SIGMAS * noise
    slow = period_s >= SLOWEST_S
    return tuple(name for name, holds in (("dark", dark), ("nothing in the picture", flat), ("too few pictures", slow)) if holds)


def whole_of(picture: NDArray[np.generic]) -> dict[str, float]:
    """How much detail a picture holds above its noise; nothing of one of 8 bits at such a gain that noise hides haze."""
    if picture.dtype == np.uint8 and noise_of(picture.astype(np.float32)) > MOST_NOISE:
        return {}
    height_px, width_px = picture.shape
    return {f"picture {width_px} x {height_px}": 10 * float(np.log10(np.mean(10 ** (details_db(picture) / 10))))}


def parts_of(sharp_db: NDArray[np.float64] | None) -> dict[str, float]:
    """The levels of parts by row and column, as sharpness tells them."""
    return {} if sharp_db is None else {f"part {row + 1}/{column + 1}": float(part) for (row, column), part in np.ndenumerate(sharp_db)}


def details_db(picture: NDArray[np.generic]) -> NDArray[np.float64]:
    """(TILES, TILES): in each part of a picture the spread of differences across `APART_PX` pixels, less what noise makes of it, to noise.

    At least 0: where there is nothing to be seen, nothing can be lost.
    """
    grey = picture.astype(np.float32)
    noise = max(noise_of(grey), LEAST_NOISE)
    rows = grey[::APART_PX]
    squares = np.square(rows[:, APART_PX:] - rows[:, :-APART_PX])
    tiles = [[float(tile.mean()) for tile in np.array_split(band, TILES, axis=1)] for band in np.array_split(squares, TILES, axis=0)]
    return np.asarray(10.0 * np.log10(np.maximum(np.array(tiles) / noise**2 - 2.0, 1.0)))
