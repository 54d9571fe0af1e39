"""Small drawn scenes: ground of random texture under a smooth sky, seen by a camera that may turn, and blobs in it."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
WIDTH, HEIGHT = 320, 256


@cache
def panorama(seed: int = 1) -> NDArray[np.float32]:
    """A scene wider than a picture (HEIGHT + 100, WIDTH + 400), in grey levels."""
    rng = np.random.default_rng(seed)
    height, width = HEIGHT + 100, WIDTH + 400
    sky = np.linspace(90, 130, height, dtype=np.float32)[:, None] * np.ones((1, width), np.float32)
    texture = cv2.GaussianBlur(rng.normal(0, 90, (height, width)).astype(np.float32), (0, 0), 2.0)
    ground = int(0.75 * height)
    sky[ground:] = 60 + 2 * texture[ground:]
    return sky


def seen(scene: NDArray[np.float32], right_px: float = 0.0, down_px: float = 0.0, noise: float = 1.0, seed: int = 0) -> Grey:
    """The picture of a camera that looks so far to the right and down of the scene's corner at (50, 50)."""
    matrix = np.array([[1.0, 0.0, 50 + right_px], [0.0, 1.0, 50 + down_px]])
    picture = cv2.warpAffine(scene, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    rng = np.random.default_rng(seed)
    return np.clip(picture + rng.normal(0, noise, picture.shape), 0, 255).astype(np.uint8)


def with_blob(picture: Grey, x: float, y: float, side_px: float = 8.0, levels: float = 60.0) -> Grey:
    """A picture with a round spot in it whose middle is at x, y, its edge as soft as a lens makes it."""
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    far = ((columns - x) ** 2 + (rows - y) ** 2) / (side_px / 2) ** 2
    return np.clip(picture + levels * np.exp(-(far**2)), 0, 255).astype(np.uint8)
