"""From pixels to directions and back: lens, mounting, and what an error of pixels makes of a bearing."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from drivers.blocks import Camera
from edge_node.camera.distortion import Brown, Distortion, Fisheye, Numbers
from edge_node.camera.mask import mask_of
from edge_node.mounting import Mounting, angles_deg, tangent_basis

Box = tuple[float, float, float, float]

LEAST_SIGMA_PX = 0.5
"""Of the middle of a point: half of the pixels that it lights up are lit by chance."""
SIGMA_OVER_SIDE = 0.1
"""Of the middle of a box to its side: a body that turns is not lit evenly, and the edges of its box come and go with its arms."""
STEP_PX = 0.5
LEAST_COSINE = 0.02
"""Of elevation: nearer to the zenith an azimuth says nothing."""
MOST_SIGMA_DEG = 180.0


class Sighted(Struct, frozen=True, gc=False):
    """A direction, degrees from true north and up from the horizon, with its random 1-sigma errors and their correlation."""

    azimuth_deg: float
    elevation_deg: float
    sigma_azimuth_deg: float
    sigma_elevation_deg: float
    correlation: float


class Lens:
    """One camera as it sees and stands now, in pixels of a picture of `width` x `height`, whatever size its file speaks of.

    Bearings are None where lens or azimuth are unknown, and where the lens shows nothing.
    """

    def __init__(self, camera: Camera, width: int, height: int) -> None:
        self._camera, self._shape = camera, (height, width)
        self._scale = np.array([width / max(camera.width, 1), height / max(camera.height, 1)])
        self._focal: Numbers | None = None
        self._model: Distortion | None = None
        if camera.focal_px is not None and camera.centre_px is not None:
            self._focal = np.array(camera.focal_px) * self._scale
            self._centre = (np.array(camera.centre_px) + 0.5) * self._scale - 0.5
            self._model = Fisheye(camera.distortion) if camera.fisheye else Brown(camera.distortion)
        known = self._model is not None and camera.azimuth_deg is not None
        self._mounting = Mounting(camera.azimuth_deg or 0.0, camera.tilt_deg, camera.roll_deg) if known else None

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """(rows, columns), True where nothing is looked for."""
        return mask_of(self._camera, self._shape, self._up if self._mounting else None)

    def directions(self, points: Numbers) -> Numbers | None:
        """Unit vectors (n, 3) in ENU of points (n, 2), nan where the lens shows nothing; None where lens or azimuth are unknown."""
        return None if self._mounting is None else self._mounting.to_enu(self._seen(points))

    def points(self, directions: Numbers) -> Numbers | None:
        """Points (n, 2) at which directions (n, 3) in ENU show, nan where they do not; they may lie outside the picture."""
        if self._mounting is None or self._model is None or self._focal is None:
            return None
        return np.asarray(self._model.places(self._mounting.to_device(directions)) * self._focal + self._centre)

    def bearing(self, x: float, y: float, sigma_px: float | tuple[float, float]) -> Sighted | None:
        """The direction of a point whose error is `sigma_px` (right and down where they differ)."""
        linear = self._linear(x, y)
        if linear is None:
            return None
        direction, slopes = linear
        spread = slopes * np.broadcast_to(np.asarray(sigma_px, np.float64), 2)
        covariance = spread @ spread.T
        azimuth_deg, elevation_deg = angles_deg(direction)
        along, up = np.sqrt(np.diag(covariance))
        return Sighted(
            azimuth_deg,
            elevation_deg,
            min(float(np.degrees(along)) / _shrink(direction), MOST_SIGMA_DEG),
            float(np.degrees(up)),
            float(covariance[0, 1] / (along * up)) if along > 0 and up > 0 else 0.0,
        )

    def bearing_of(self, box: Box) -> Sighted | None:
        """The direction of the middle of a box."""
        return self.bearing(box[0] + (box[2] - 1) / 2, box[1] + (box[3] - 1) / 2, sigma_px(box))

    def rates_dps(self, x: float, y: float, right_px_s: float, down_px_s: float) -> tuple[float, float] | None:
        """How azimuth and elevation of a point go that moves across the picture of a camera that stands still."""
        linear = self._linear(x, y)
        if linear is None:
            return None
        direction, slopes = linear
        along, up = np.degrees(slopes @ np.array([right_px_s, down_px_s]))
        return float(along) / _shrink(direction), float(up)

    def pixel(self, azimuth_deg: float, elevation_deg: float) -> tuple[float, float] | None:
        """Where a direction shows; None where it does not."""
        azimuth, elevation = np.radians([azimuth_deg, elevation_deg])
        flat = np.cos(elevation)
        points = self.points(np.array([[np.sin(azimuth) * flat, np.cos(azimuth) * flat, np.sin(elevation)]]))
        return None if points is None or np.isnan(points).any() else (float(points[0, 0]), float(points[0, 1]))

    def angular_size_rad(self, box: Box) -> tuple[float, float] | None:
        """How wide and how high a box is seen, through its middle; None where the lens is unknown or shows no such place."""
        if self._model is None:
            return None
        left, top, right, bottom = box[0] - 0.5, box[1] - 0.5, box[0] + box[2] - 0.5, box[1] + box[3] - 0.5
        x, y = (left + right) / 2, (top + bottom) / 2
        seen = self._seen(np.array([[left, y], [right, y], [x, top], [x, bottom]]))
        if np.isnan(seen).any():
            return None
        chords = np.linalg.norm(seen[1::2] - seen[::2], axis=1)
        width, height = 2 * np.arcsin(np.minimum(chords / 2, 1.0))
        return float(width), float(height)

    def _seen(self, points: Numbers) -> Numbers:
        """Unit vectors in the camera's own frame."""
        if self._model is None or self._focal is None:
            return np.full((len(points), 3), np.nan)
        return self._model.directions((points - self._centre) / self._focal)

    def _linear(self, x: float, y: float) -> tuple[Numbers, Numbers] | None:
        """The direction in ENU of a point, and (2, 2) how it moves along rising azimuth and elevation, rad per pixel right and down."""
        seen = self.directions(np.array([[x, y], [x - STEP_PX, y], [x + STEP_PX, y], [x, y - STEP_PX], [x, y + STEP_PX]]))
        if seen is None or np.isnan(seen).any():
            return None
        slopes = (seen[2::2] - seen[1::2]) / (2 * STEP_PX)
        return seen[0], tangent_basis(seen[0]) @ slopes.T

    def _up(self, points: Numbers) -> Numbers:
        """The sine of the elevation of points, nan where the lens shows nothing."""
        seen = self.directions(points)
        return np.full(len(points), np.nan) if seen is None else seen[:, 2]


def sigma_px(box: Box) -> tuple[float, float]:
    """The error of a box's middle, right and down, which grows with the box."""
    return float(np.hypot(LEAST_SIGMA_PX, SIGMA_OVER_SIDE * box[2])), float(np.hypot(LEAST_SIGMA_PX, SIGMA_OVER_SIDE * box[3]))


def _shrink(direction: Numbers) -> float:
    """The cosine of the elevation, by which an azimuth's degree is shorter than an arc's."""
    return max(float(np.hypot(direction[0], direction[1])), LEAST_COSINE)
