from __future__ import annotations

import cv2
import numpy as np
import pytest

from drivers.blocks import Camera
from edge_node.mounting import Mounting, angles_deg
from tools.simulate.lens import Lens

PINHOLE = Camera("pinhole", "thermal", 320, 256, (750.0, 752.0), (160.3, 126.1))
BROWN = Camera("brown", "visible", 640, 512, (520.0, 520.0), (319.5, 255.5), (-0.28, 0.09, 0.001, -0.0008, -0.01))
FISHEYE = Camera("fisheye", "visible", 640, 512, (260.0, 260.0), (319.5, 255.5), (-0.01, 0.004, -0.002, 0.0003), fisheye=True)


@pytest.mark.parametrize("camera", [PINHOLE, BROWN, FISHEYE], ids=lambda camera: camera.name)
def test_pixels_come_back_from_their_directions(camera: Camera) -> None:
    lens = Lens(camera)
    pixels = np.random.default_rng(1).uniform((0, 0), (camera.width - 1, camera.height - 1), (2000, 2))
    directions = lens.directions(pixels)
    assert np.allclose(np.linalg.norm(directions, axis=-1), 1)
    again = lens.directions(lens.pixels(directions))
    off_deg = np.degrees(np.linalg.norm(again - directions, axis=-1))
    assert off_deg.max() < 0.01


@pytest.mark.parametrize("camera", [PINHOLE, BROWN], ids=lambda camera: camera.name)
def test_pixels_are_those_of_opencv(camera: Camera) -> None:
    assert camera.focal_px is not None
    assert camera.centre_px is not None
    places = np.random.default_rng(2).uniform((-0.4, 1.0, -0.3), (0.4, 1.0, 0.3), (500, 3))
    matrix = np.array([[camera.focal_px[0], 0, camera.centre_px[0]], [0, camera.focal_px[1], camera.centre_px[1]], [0, 0, 1.0]])
    as_opencv = np.stack([places[:, 0], -places[:, 2], places[:, 1]], 1)
    expected, _ = cv2.projectPoints(as_opencv, np.zeros(3), np.zeros(3), matrix, np.array(camera.distortion or (0.0,) * 5))
    assert np.allclose(Lens(camera).pixels(places), expected[:, 0], atol=1e-6)


def test_a_known_direction_falls_where_the_mounting_says() -> None:
    lens, mounting = Lens(PINHOLE), Mounting(120.0, 10.0, 0.0)
    azimuth, elevation = np.radians([123.0, 12.0])
    direction = np.array([np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation)])
    x, y = lens.pixels(mounting.to_device(direction))
    assert x > 160.3
    assert y < 126.1
    back = angles_deg(mounting.to_enu(lens.directions(np.array([x, y]))))
    assert back == pytest.approx((123.0, 12.0), abs=0.01)


def test_what_is_behind_has_no_pixel() -> None:
    assert np.isnan(Lens(PINHOLE).pixels(np.array([0.1, -1.0, 0.0]))).all()


def test_a_camera_without_a_lens_is_refused() -> None:
    with pytest.raises(ValueError, match="its lens must be known"):
        Lens(Camera("bare", "thermal", 160, 120))
