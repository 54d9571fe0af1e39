from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from drivers.blocks import Camera
from edge_node.camera.lens import Lens
from edge_node.camera.mask import mask_of

CAMERA = Camera(name="any", band="visible", width=320, height=256, focal_px=(400, 400), centre_px=(159.5, 127.5), azimuth_deg=20)


def test_nothing_is_masked_where_nothing_was_said() -> None:
    assert not mask_of(CAMERA, (256, 320)).any()


def test_what_was_drawn_is_masked() -> None:
    mask = mask_of(replace(CAMERA, masks=(((0, 200), (319, 200), (319, 255), (0, 255)),)), (256, 320))
    assert mask[200:].all()
    assert not mask[:200].any()


def test_two_polygons_over_each_other_both_count() -> None:
    square = ((10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0))
    mask = mask_of(replace(CAMERA, masks=(square, square)), (256, 320))
    assert mask[20, 20]
    assert mask.sum() == 21 * 21


def test_a_polygon_goes_with_the_picture_size() -> None:
    drawn = replace(CAMERA, masks=(((0, 128), (319, 128), (319, 255), (0, 255)),))
    assert mask_of(drawn, (512, 640))[256:].all()
    assert not mask_of(drawn, (512, 640))[:256].any()


@pytest.mark.parametrize("corner", [1e30, float("nan"), -1e30], ids=["far", "no number", "far left"])
def test_a_polygon_may_be_nonsense(corner: float) -> None:
    assert mask_of(replace(CAMERA, masks=(((0, 0), (corner, 0), (0, corner)), (), ((1, 1),))), (256, 320)).shape == (256, 320)


@pytest.mark.parametrize(("tilt_deg", "roll_deg"), [(0, 0), (10, 0), (5, 30), (-80, 3)], ids=["level", "up", "rolled", "down"])
def test_the_ground_is_masked(tilt_deg: float, roll_deg: float) -> None:
    lens = Lens(replace(CAMERA, tilt_deg=tilt_deg, roll_deg=roll_deg, lowest_elevation_deg=2.0), 320, 256)
    x, y = np.meshgrid(np.arange(320.0), np.arange(256.0))
    seen = lens.directions(np.stack((x.ravel(), y.ravel()), axis=1))
    assert seen is not None
    elevation_deg = np.degrees(np.arcsin(seen[:, 2])).reshape(256, 320)
    sure = np.abs(elevation_deg - 2.0) > 0.02
    assert ((elevation_deg < 2.0) == lens.mask)[sure].all()


def test_beside_a_fisheyes_picture_nothing_is_looked_for() -> None:
    fisheye = replace(CAMERA, focal_px=(60, 60), fisheye=True, distortion=(-0.05,), tilt_deg=90, lowest_elevation_deg=0.0)
    mask = Lens(fisheye, 320, 256).mask
    assert mask[0, 0]
    assert not mask[127, 159]


def test_without_a_heading_the_ground_is_not_known() -> None:
    assert not Lens(replace(CAMERA, azimuth_deg=None, lowest_elevation_deg=2.0), 320, 256).mask.any()
