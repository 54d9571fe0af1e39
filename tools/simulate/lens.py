"""Directions of a camera's own frame to pixels and back: pinhole with Brown's distortion, or Kannala and Brandt's fisheye."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import Camera

Reals = NDArray[np.float64]
ROUNDS = 40


class Lens:
    """The lens of one camera; raises ValueError for one that nobody knows."""

    def __init__(self, camera: Camera) -> None:
        if camera.focal_px is None or camera.centre_px is None:
            raise ValueError(f"camera {camera.name!r} has no focal_px and centre_px: its lens must be known")
        self.width, self.height = camera.width, camera.height
        self._focal, self._centre = np.array(camera.focal_px), np.array(camera.centre_px)
        self._fisheye = camera.fisheye
        self._k = np.zeros(5)
        self._k[: len(camera.distortion)] = camera.distortion

    @property
    def pixel_rad(self) -> float:
        """What one pixel in the middle sees."""
        return float(1 / self._focal.mean())

    def pixels(self, directions: Reals) -> Reals:
        """Where (..., 3) x right, y ahead, z up fall in the picture, (..., 2); nan for what is behind."""
        x, ahead, z = np.moveaxis(np.asarray(directions, np.float64), -1, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self._fisheye:
                plane = self._bent(np.stack([x, -z], -1), ahead)
            else:
                plane = self._distorted(np.stack([x / ahead, -z / ahead], -1))
                plane = np.where(ahead[..., None] > 1e-6, plane, np.nan)
        return np.asarray(plane * self._focal + self._centre)

    def directions(self, pixels: Reals) -> Reals:
        """Unit vectors (..., 3) that pixels (..., 2) look along."""
        wanted = (np.asarray(pixels, np.float64) - self._centre) / self._focal
        if self._fisheye:
            return self._unbent(wanted)
        plane = wanted
        for _ in range(ROUNDS if self._k.any() else 0):
            plane = plane + wanted - self._distorted(plane)
        whole = np.stack([plane[..., 0], np.ones(plane.shape[:-1]), -plane[..., 1]], -1)
        return np.asarray(whole / np.linalg.norm(whole, axis=-1, keepdims=True))

    def rays(self) -> Reals:
        """Unit vectors (rows, columns, 3) of all pixels' centres."""
        columns, rows = np.meshgrid(np.arange(self.width), np.arange(self.height))
        return self.directions(np.stack([columns, rows], -1).astype(np.float64))

    def _distorted(self, plane: Reals) -> Reals:
        """Brown: k1 k2 p1 p2 k3 on x right, y down at distance 1."""
        k1, k2, p1, p2, k3 = self._k
        x, y = plane[..., 0], plane[..., 1]
        r2 = x * x + y * y
        radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
        across = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
        down = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
        return np.stack([across, down], -1)

    def _bent(self, side: Reals, ahead: Reals) -> Reals:
        """Kannala and Brandt: the angle off the axis as a radius."""
        off = np.hypot(side[..., 0], side[..., 1])
        angle = np.arctan2(off, ahead)
        return side * np.where(off > 0, self._radius(angle) / np.maximum(off, 1e-12), 1.0)[..., None]

    def _unbent(self, plane: Reals) -> Reals:
        radius = np.hypot(plane[..., 0], plane[..., 1])
        angle = radius
        for _ in range(ROUNDS):
            angle = angle + radius - self._radius(angle)
        side = plane * np.where(radius > 0, np.sin(angle) / np.maximum(radius, 1e-12), 1.0)[..., None]
        return np.stack([side[..., 0], np.cos(angle), -side[..., 1]], -1)

    def _radius(self, angle: Reals) -> Reals:
        k1, k2, k3, k4 = self._k[:4]
        a2 = angle * angle
        return np.asarray(angle * (1 + a2 * (k1 + a2 * (k2 + a2 * (k3 + a2 * k4)))))
