"""From pixels to directions and back: lens, mounting, and what an error of pixels makes of a bearing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import asin, degrees, dist, hypot

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from drivers.blocks import Camera
from edge_node.camera.distortion import Brown, Distortion, Fisheye, Numbers, Ray, Triple
from edge_node.camera.mask import mask_of
from edge_node.mounting import Mounting, angles_deg, tangent_basis

Box = tuple[float, float, float, float]
Pair = tuple[float, float]

LEAST_SIGMA_PX = 0.5
"""Of the middle of a point: half of the pixels that it lights up are lit by chance."""
SIGMA_OVER_SIDE = 0.1
"""Of the middle of a box to its side: a body that turns is not lit evenly, and the edges of its box come and go with its arms."""
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
        self._focal, self._centre = (1.0, 1.0), (0.0, 0.0)
        self._model: Distortion | None = None
        if camera.focal_px is not None and camera.centre_px is not None:
            (focal_x, focal_y), (centre_x, centre_y) = camera.focal_px, camera.centre_px
            across, down = width / max(camera.width, 1), height / max(camera.height, 1)
            self._focal = focal_x * across, focal_y * down
            self._centre = (centre_x + 0.5) * across - 0.5, (centre_y + 0.5) * down - 0.5
            self._model = Fisheye(camera.distortion) if camera.fisheye else Brown(camera.distortion)
        known = self._model is not None and camera.azimuth_deg is not None
        self._mounting = Mounting(camera.azimuth_deg or 0.0, camera.tilt_deg, camera.roll_deg) if known else None
        self._turn: list[list[float]] = self._mounting.to_enu(np.eye(3)).T.tolist() if self._mounting else []

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """(rows, columns), True where nothing is looked for."""
        return mask_of(self._camera, self._shape, self._up if self._mounting else None)

    def directions(self, points: Numbers) -> Numbers | None:
        """Unit vectors (n, 3) in ENU of points (n, 2), nan where the lens shows nothing; None where lens or azimuth are unknown."""
        return None if self._mounting is None else self._mounting.to_enu(self._seen(points))

    def points(self, directions: Numbers) -> Numbers | None:
        """Points (n, 2) at which directions (n, 3) in ENU show, nan where they do not; they may lie outside the picture."""
        if self._mounting is None or self._model is None:
            return None
        return np.asarray(self._model.places(self._mounting.to_device(directions)) * self._focal + self._centre)

    def bearing(self, x: float, y: float, sigma_px: float | tuple[float, float]) -> Sighted | None:
        """The direction of a point whose error is `sigma_px` (right and down where they differ)."""
        linear = self._linear(x, y)
        if linear is None:
            return None
        direction, (along_right, along_down), (up_right, up_down) = linear
        right, down = sigma_px if isinstance(sigma_px, tuple) else (sigma_px, sigma_px)
        along, up = hypot(along_right * right, along_down * down), hypot(up_right * right, up_down * down)
        cross = along_right * up_right * right * right + along_down * up_down * down * down
        return Sighted(
            *angles_deg(direction),
            min(degrees(along) / _shrink(direction), MOST_SIGMA_DEG),
            degrees(up),
            min(max(cross / (along * up), -1.0), 1.0) if along > 0 and up > 0 else 0.0,
        )

    def bearing_of(self, box: Box) -> Sighted | None:
        """The direction of the middle of a box."""
        return self.bearing(box[0] + (box[2] - 1) / 2, box[1] + (box[3] - 1) / 2, sigma_px(box))

    def rates_dps(self, x: float, y: float, right_px_s: float, down_px_s: float) -> tuple[float, float] | None:
        """How azimuth and elevation of a point go that moves across the picture of a camera that stands still."""
        linear = self._linear(x, y)
        if linear is None:
            return None
        direction, slopes_along, slopes_up = linear
        along, up = (degrees(by_right * right_px_s + by_down * down_px_s) for by_right, by_down in (slopes_along, slopes_up))
        return along / _shrink(direction), up

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
        width, height = self._apart_rad((left, y), (right, y)), self._apart_rad((x, top), (x, bottom))
        return None if width is None or height is None else (width, height)

    def _apart_rad(self, one: tuple[float, float], other: tuple[float, float]) -> float | None:
        """The angle between what shows at two points, by its chord, which keeps small ones."""
        a, b = self._ray(*one), self._ray(*other)
        return None if a is None or b is None else 2 * asin(min(dist(a[0], b[0]) / 2, 1.0))

    def _ray(self, x: float, y: float) -> Ray | None:
        """What shows at a point in the camera's own frame, and how it moves with the point per focal length."""
        if self._model is None:
            return None
        (focal_x, focal_y), (centre_x, centre_y) = self._focal, self._centre
        return self._model.ray((float(x) - centre_x) / focal_x, (float(y) - centre_y) / focal_y)

    def _seen(self, points: Numbers) -> Numbers:
        """Unit vectors in the camera's own frame."""
        if self._model is None:
            return np.full((len(points), 3), np.nan)
        return self._model.directions((points - self._centre) / self._focal)

    def _linear(self, x: float, y: float) -> tuple[Triple, Pair, Pair] | None:
        """The direction in ENU of a point, and how it moves along rising azimuth and along rising elevation, rad a pixel right and down."""
        ray = self._ray(x, y)
        if ray is None or self._mounting is None:
            return None
        direction, right, down = ([_dot(row, vector) for row in self._turn] for vector in ray)
        along, up = tangent_basis(direction).tolist()
        focal_x, focal_y = self._focal
        return (
            (direction[0], direction[1], direction[2]),
            (_dot(along, right) / focal_x, _dot(along, down) / focal_y),
            (_dot(up, right) / focal_x, _dot(up, down) / focal_y),
        )

    def _up(self, points: Numbers) -> Numbers:
        """The sine of the elevation of points, nan where the lens shows nothing."""
        seen = self.directions(points)
        return np.full(len(points), np.nan) if seen is None else seen[:, 2]


def sigma_px(box: Box) -> tuple[float, float]:
    """The error of a box's middle, right and down, which grows with the box."""
    return hypot(LEAST_SIGMA_PX, SIGMA_OVER_SIDE * box[2]), hypot(LEAST_SIGMA_PX, SIGMA_OVER_SIDE * box[3])


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _shrink(direction: Triple) -> float:
    """The cosine of the elevation, by which an azimuth's degree is shorter than an arc's."""
    return max(hypot(direction[0], direction[1]), LEAST_COSINE)
