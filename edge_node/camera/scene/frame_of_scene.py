"""Pixels of the picture, and of a scene that stands still while the camera turns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_node.camera.scene.ego_motion import Affine

Array = NDArray[np.float64]

EYE = np.eye(3)


class SceneFrame:
    """The scene's pixels are those of the first picture."""

    def __init__(self) -> None:
        self._kept: Array = EYE
        self._now: Array = EYE
        self._back: Array = EYE

    def step(self, affine: Affine, kept_anew: bool) -> None:
        """Take in how the kept picture lies in the new one."""
        self._now = np.vstack([affine, [0.0, 0.0, 1.0]]) @ self._kept
        if kept_anew:
            self._kept = self._now
        self._back = np.asarray(np.linalg.inv(self._now), np.float64)

    def restart(self) -> None:
        """Let the scene's pixels be those of the newest picture, so that small errors do not add up for ever."""
        self._kept = self._kept @ self._back
        self._now = self._back = EYE

    @property
    def strayed_px(self) -> float:
        """How far the scene's first pixel is from the picture's."""
        return float(np.hypot(self._now[0, 2], self._now[1, 2]))

    def to_scene(self, points: Array) -> Array:
        """(n, 2) of the picture in the scene."""
        return np.asarray(points @ self._back[:2, :2].T + self._back[:2, 2])

    def to_picture(self, points: Array) -> Array:
        """(n, 2) of the scene in the picture."""
        return np.asarray(points @ self._now[:2, :2].T + self._now[:2, 2])

    def to_kept(self, points: Array) -> Array:
        """(n, 2) of the scene in the picture that ego-motion keeps."""
        return np.asarray(points @ self._kept[:2, :2].T + self._kept[:2, 2])

    def turned(self, velocities: Array) -> Array:
        """Velocities (n, 2) of the scene along the picture's own axes."""
        return np.asarray(velocities @ self._now[:2, :2].T)
