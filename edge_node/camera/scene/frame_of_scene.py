"""Pixels of the picture, and of a scene that stands still while the camera turns."""

from __future__ import annotations

from edge_node.camera.scene.similarity import Affine, Array, Similarity


class SceneFrame:
    """The scene's pixels are those of the first picture."""

    def __init__(self) -> None:
        self._kept = self._now = self._back = Similarity()

    def step(self, affine: Affine, kept_anew: bool) -> None:
        """Take in how the kept picture lies in the new one."""
        self._now = Similarity.of(affine).after(self._kept)
        if kept_anew:
            self._kept = self._now
        self._back = self._now.back()

    def restart(self) -> None:
        """Let the scene's pixels be those of the newest picture, so that small errors do not add up for ever."""
        self._kept = self._kept.after(self._back)
        self._now = self._back = Similarity()

    @property
    def strayed_px(self) -> float:
        """How far the scene's first pixel is from the picture's."""
        return abs(self._now.shift)

    def to_scene(self, points: Array) -> Array:
        """(n, 2) of the picture in the scene."""
        return self._back.of_points(points)

    def to_picture(self, points: Array) -> Array:
        """(n, 2) of the scene in the picture."""
        return self._now.of_points(points)

    def to_kept(self, points: Array) -> Array:
        """(n, 2) of the scene in the picture that ego-motion keeps."""
        return self._kept.of_points(points)

    def turned(self, velocities: Array) -> Array:
        """Velocities (n, 2) of the scene along the picture's own axes."""
        return Similarity(self._now.turn).of_points(velocities)
