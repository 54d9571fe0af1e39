"""How the camera moved: found to a small part of a pixel, through a pan, with letters burnt in, and not where there is only sky."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_node.camera.scene.ego_motion import EgoMotion
from edge_node.camera.scene.frame_of_scene import SceneFrame
from tests.edge_node.camera.pictures import HEIGHT, WIDTH, panorama, seen, with_blob


def test_a_shaking_mast_is_followed_to_a_tenth_of_a_pixel() -> None:
    scene, ego = panorama(), EgoMotion()
    ego.step(seen(scene))
    for number, (right, down) in enumerate([(0.4, -0.2), (2.5, 1.1), (-3.0, 0.7)]):
        affine = ego.step(seen(scene, right, down, seed=number + 1))
        assert ego.sure
        assert affine[:, 2] + affine[:, :2] @ (WIDTH / 2, HEIGHT / 2) - (WIDTH / 2, HEIGHT / 2) == pytest.approx((-right, -down), abs=0.1)


def test_a_pan_far_beyond_the_first_picture_keeps_its_count() -> None:
    scene, ego, frame = panorama(), EgoMotion(), SceneFrame()
    kept = 0
    for step in range(100):
        affine = ego.step(seen(scene, 3.0 * step, 0.0, seed=step))
        frame.step(affine, ego.kept_anew)
        kept += ego.kept_anew
    assert kept > 3
    assert frame.to_scene(np.array([[160.0, 200.0]]))[0] == pytest.approx((160 + 297, 200), abs=2.0)


def test_points_of_scene_and_picture_go_there_and_back() -> None:
    frame = SceneFrame()
    frame.step(np.array([[0.99, 0.02, 5.0], [-0.02, 0.99, -3.0]]), kept_anew=True)
    points = np.array([[10.0, 20.0], [300.0, 7.5]])
    assert frame.to_picture(frame.to_scene(points)) == pytest.approx(points)
    assert frame.to_kept(points) == pytest.approx(frame.to_picture(points))
    frame.restart()
    assert frame.to_scene(points) == pytest.approx(points)


def test_larger_pictures_tell_in_their_own_pixels() -> None:
    scene, ego = panorama(), EgoMotion()
    first, then = (cv2.resize(seen(scene, right), (1280, 1024), interpolation=cv2.INTER_CUBIC) for right in (0.0, 2.0))
    ego.step(np.asarray(first, np.uint8))
    affine = ego.step(np.asarray(then, np.uint8))
    assert affine[0, 2] + affine[0, :2] @ (640, 512) - 640 == pytest.approx(-8.0, abs=0.5)


def test_a_clear_sky_gives_no_hold_and_a_drone_in_it_none_either() -> None:
    ego, sky = EgoMotion(), np.full((HEIGHT, WIDTH), 120, np.uint8)
    for step in range(5):
        affine = ego.step(with_blob(sky, 100 + 5 * step, 100))
        assert not ego.sure
        assert np.array_equal(affine, np.eye(3)[:2])


def test_another_picture_altogether_is_kept_anew() -> None:
    ego = EgoMotion()
    ego.step(seen(panorama(1)))
    ego.step(seen(panorama(2)))
    assert ego.kept_anew
    assert not ego.sure
