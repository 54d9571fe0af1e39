from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.blocks import Camera
from edge_node.camera.lens import Lens, sigma_px
from edge_node.mounting import tangent_basis

PLAIN = Camera(
    name="boson_640_14mm", band="thermal", width=640, height=512, focal_px=(1166.7, 1166.7), centre_px=(319.5, 255.5), azimuth_deg=0.0
)
WIDE = replace(PLAIN, focal_px=(500.0, 510.0), centre_px=(322.0, 250.0), distortion=(-0.28, 0.07, 0.001, -0.0008, -0.006))
FISHEYE = replace(PLAIN, focal_px=(190.0, 190.0), distortion=(0.02, -0.003, 0.0004, 0.0), fisheye=True)

cameras = st.sampled_from((PLAIN, WIDE, FISHEYE))
poses = st.tuples(st.floats(-360, 360), st.floats(-90, 90), st.floats(-180, 180))


def _posed(camera: Camera, pose: tuple[float, float, float]) -> Camera:
    return replace(camera, azimuth_deg=pose[0], tilt_deg=pose[1], roll_deg=pose[2])


def _lens(camera: Camera) -> Lens:
    return Lens(camera, camera.width, camera.height)


@given(cameras, poses, st.floats(0, 639), st.floats(0, 511))
def test_a_pixel_goes_there_and_back(camera: Camera, pose: tuple[float, float, float], x: float, y: float) -> None:
    lens = _lens(_posed(camera, pose))
    there = lens.directions(np.array([[x, y]]))
    assert there is not None
    assert np.linalg.norm(there) == pytest.approx(1, abs=1e-9)
    back = lens.points(there)
    assert back is not None
    assert back[0] == pytest.approx((x, y), abs=1e-4)


@given(cameras, poses, st.floats(10, 629), st.floats(10, 501))
def test_a_bearing_goes_there_and_back(camera: Camera, pose: tuple[float, float, float], x: float, y: float) -> None:
    lens = _lens(_posed(camera, pose))
    sighted = lens.bearing(x, y, 1.0)
    assert sighted is not None
    assume(abs(sighted.elevation_deg) < 89.99)
    assert 0 <= sighted.azimuth_deg < 360
    assert abs(sighted.correlation) <= 1
    back = lens.pixel(sighted.azimuth_deg, sighted.elevation_deg)
    assert back == pytest.approx((x, y), abs=1e-2)


@given(st.lists(st.tuples(st.floats(-320, 320), st.floats(-256, 256)), min_size=1, max_size=20))
def test_brown_is_opencvs(offsets: list[tuple[float, float]]) -> None:
    points = np.array(offsets) + np.array(WIDE.centre_px)
    directions = _lens(WIDE).directions(points)
    assert directions is not None
    flat = np.stack((directions[:, 0], -directions[:, 2], directions[:, 1]), axis=1)
    matrix = np.array([[500.0, 0, 322.0], [0, 510.0, 250.0], [0, 0, 1]])
    there, _ = cv2.projectPoints(flat, np.zeros(3), np.zeros(3), matrix, np.array(WIDE.distortion))
    assert there.reshape(-1, 2) == pytest.approx(points, abs=1e-4)


def test_fisheye_is_opencvs() -> None:
    points = np.array([[319.5, 255.5], [400.0, 255.5], [319.5, 100.0], [100.0, 300.0]])
    directions = _lens(FISHEYE).directions(points)
    assert directions is not None
    flat = np.stack((directions[:, 0], -directions[:, 2], directions[:, 1]), axis=1)
    matrix = np.array([[190.0, 0, 319.5], [0, 190.0, 255.5], [0, 0, 1]])
    there, _ = cv2.fisheye.projectPoints(flat[:, None], np.zeros((3, 1)), np.zeros((3, 1)), matrix, np.array(FISHEYE.distortion))
    assert there.reshape(-1, 2) == pytest.approx(points, abs=1e-4)


@pytest.mark.parametrize(
    ("x", "y", "azimuth_deg", "elevation_deg"),
    [(319.5, 255.5, 40, 10), (319.5 + 1166.7, 255.5, 85.44, 7.05), (319.5, 255.5 - 1166.7, 40, 55)],
    ids=["centre", "right", "above"],
)
def test_what_lies_where(x: float, y: float, azimuth_deg: float, elevation_deg: float) -> None:
    sighted = _lens(replace(PLAIN, azimuth_deg=40, tilt_deg=10)).bearing(x, y, 1.0)
    assert sighted is not None
    assert (sighted.azimuth_deg, sighted.elevation_deg) == pytest.approx((azimuth_deg, elevation_deg), abs=0.01)


def test_roll_turns_the_right_side_down() -> None:
    sighted = _lens(replace(PLAIN, roll_deg=90)).bearing(319.5 + 1166.7, 255.5, 1.0)
    assert sighted is not None
    assert sighted.elevation_deg == pytest.approx(-45, abs=1e-6)


def test_at_the_zenith_an_azimuth_says_nothing() -> None:
    sighted = _lens(replace(PLAIN, tilt_deg=90)).bearing(319.5, 255.5, 1.0)
    assert sighted is not None
    assert sighted.elevation_deg == pytest.approx(90)
    assert sighted.sigma_elevation_deg == pytest.approx(0.0491, abs=1e-3)
    assert sighted.sigma_azimuth_deg > 2


def test_what_is_behind_shows_nowhere() -> None:
    lens = _lens(PLAIN)
    assert lens.pixel(180, 0) is None
    assert lens.pixel(90, 0) is None
    assert lens.pixel(0, 0) == pytest.approx((319.5, 255.5))


def test_a_fisheye_sees_beside_itself_but_not_behind() -> None:
    lens = _lens(replace(FISHEYE, distortion=()))
    assert lens.pixel(100, 0) is not None
    assert lens.pixel(180, 0) is None


def test_beyond_the_fold_of_its_model_a_lens_shows_nothing() -> None:
    lens = _lens(replace(WIDE, distortion=(-0.4,)))
    assert lens.bearing(322.0 + 500, 250, 1.0) is None
    assert lens.pixel(60, 0) is None


def test_errors_are_those_of_pixels() -> None:
    sighted = _lens(replace(PLAIN, tilt_deg=0)).bearing(319.5, 255.5, (1.0, 2.0))
    assert sighted is not None
    degree_px = np.degrees(1 / 1166.7)
    assert (sighted.sigma_azimuth_deg, sighted.sigma_elevation_deg) == pytest.approx((degree_px, 2 * degree_px), rel=1e-4)
    assert sighted.correlation == pytest.approx(0, abs=1e-6)


def test_azimuths_are_wider_higher_up() -> None:
    sighted = _lens(replace(PLAIN, tilt_deg=60)).bearing(319.5, 255.5, 1.0)
    assert sighted is not None
    assert sighted.sigma_azimuth_deg == pytest.approx(2 * sighted.sigma_elevation_deg, rel=1e-4)


def test_a_camera_that_leans_correlates_unlike_errors() -> None:
    sighted = _lens(replace(PLAIN, roll_deg=45)).bearing(319.5, 255.5, (2.0, 1.0))
    assert sighted is not None
    assert sighted.correlation == pytest.approx(-0.6, abs=1e-3)


@given(cameras, poses, st.integers(0, 1_000))
def test_errors_are_as_scattered_as_they_say(camera: Camera, pose: tuple[float, float, float], seed: int) -> None:
    lens = _lens(_posed(camera, (pose[0], pose[1] / 2, pose[2])))
    sighted = lens.bearing(200.0, 150.0, (0.5, 1.0))
    assert sighted is not None
    assume(abs(sighted.elevation_deg) < 60)
    draws = np.random.default_rng(seed).normal(size=(2_000, 2)) * (0.5, 1.0) + (200.0, 150.0)
    seen = lens.directions(draws)
    assert seen is not None
    azimuth = np.degrees(np.arctan2(seen[:, 0], seen[:, 1])) - sighted.azimuth_deg
    azimuth = (azimuth + 180) % 360 - 180
    elevation = np.degrees(np.arcsin(seen[:, 2]))
    assert np.std(azimuth) == pytest.approx(sighted.sigma_azimuth_deg, rel=0.12)
    assert np.std(elevation) == pytest.approx(sighted.sigma_elevation_deg, rel=0.12)
    assert np.corrcoef(azimuth, elevation)[0, 1] == pytest.approx(sighted.correlation, abs=0.12)


def test_rates_are_those_of_the_bearing() -> None:
    lens = _lens(replace(WIDE, tilt_deg=30, roll_deg=20, azimuth_deg=350))
    here, there = lens.bearing(400, 100, 1.0), lens.bearing(400.3, 99.8, 1.0)
    assert here is not None
    assert there is not None
    rates = lens.rates_dps(400, 100, 3.0, -2.0)
    turned = (there.azimuth_deg - here.azimuth_deg + 180) % 360 - 180
    assert rates == pytest.approx((10 * turned, 10 * (there.elevation_deg - here.elevation_deg)), rel=1e-2)


def test_a_larger_box_has_a_middle_that_is_known_less() -> None:
    small, large = sigma_px((0, 0, 2, 2)), sigma_px((0, 0, 60, 20))
    assert small == pytest.approx((0.54, 0.54), abs=0.01)
    assert large == pytest.approx((6.0, 2.06), abs=0.03)
    sighted = _lens(PLAIN).bearing_of((319, 255, 2, 2))
    assert sighted is not None
    assert sighted.azimuth_deg == pytest.approx(0, abs=1e-9)


def test_a_size_is_that_of_an_arc() -> None:
    size = _lens(PLAIN).angular_size_rad((314.5, 250.5, 10, 10))
    assert size == pytest.approx((10 / 1166.7, 10 / 1166.7), rel=1e-3)
    assert _lens(FISHEYE).angular_size_rad((5_000, 0, 10, 10)) is None


def test_another_picture_size_has_the_same_bearings() -> None:
    whole, half = Lens(replace(WIDE, tilt_deg=5), 640, 512), Lens(replace(WIDE, tilt_deg=5), 320, 256)
    here, there = whole.bearing(100.5, 40.5, 2.0), half.bearing(50.0, 20.0, 1.0)
    assert here is not None
    assert there is not None
    assert (here.azimuth_deg, here.elevation_deg) == pytest.approx((there.azimuth_deg, there.elevation_deg), abs=1e-6)
    assert here.sigma_azimuth_deg == pytest.approx(there.sigma_azimuth_deg, rel=1e-3)


def test_nobody_knows_the_lens_or_where_it_points() -> None:
    lensless, unplaced = _lens(replace(PLAIN, focal_px=None)), _lens(replace(PLAIN, azimuth_deg=None))
    for lens in (lensless, unplaced):
        assert lens.bearing(1, 1, 1.0) is None
        assert lens.bearing_of((1, 1, 2, 2)) is None
        assert lens.pixel(0, 0) is None
        assert lens.rates_dps(1, 1, 1, 1) is None
    assert lensless.angular_size_rad((0, 0, 4, 4)) is None
    assert unplaced.angular_size_rad((0, 0, 4, 4)) is not None


@given(cameras, poses, st.floats(0, 639), st.floats(0, 511))
def test_one_point_is_as_one_of_many_and_its_slopes_are_differences(
    camera: Camera, pose: tuple[float, float, float], x: float, y: float
) -> None:
    lens = _lens(_posed(camera, pose))
    many = lens.directions(np.array([[x, y], [x - 0.01, y], [x + 0.01, y], [x, y - 0.01], [x, y + 0.01]]))
    one = lens._linear(x, y)
    assert many is not None
    assert one is not None
    assert one[0] == pytest.approx(many[0], abs=1e-8)
    differences = (many[2::2] - many[1::2]) / 0.02
    assert np.array(one[1:]) == pytest.approx(tangent_basis(one[0]) @ differences.T, abs=1e-6)


def test_no_number_is_no_direction() -> None:
    assert _lens(WIDE).bearing(float("nan"), 1, 1.0) is None
    assert _lens(FISHEYE).bearing(1e300, 1, 1.0) is None
