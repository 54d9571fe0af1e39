"""What a camera says it would see: its sector for sure, as far as a small drone has pixels, and nothing while it does not look."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from drivers.blocks import Camera, Frame
from edge_node.camera.detector import CameraDetector
from edge_node.camera.field_of_view import FARTHEST_M, LOWEST_DEG, reach_m, sector_of
from edge_node.camera.lens import Lens
from edge_node.messages import Coverage
from tests.edge_node.camera.pictures import HEIGHT, WIDTH, panorama, seen

FOCAL_PX, RATE_HZ, NS = 1_500.0, 9.0, 1_000_000_000
CAMERA = Camera(
    "test",
    "thermal",
    WIDTH,
    HEIGHT,
    focal_px=(FOCAL_PX, FOCAL_PX),
    centre_px=((WIDTH - 1) / 2, (HEIGHT - 1) / 2),
    azimuth_deg=350.0,
    tilt_deg=12.0,
    sigma_pose_deg=0.5,
)
FISHEYE = replace(CAMERA, focal_px=(70.0, 70.0), fisheye=True, tilt_deg=90.0)


def covered(camera: Camera | None, pictures: int = 30, detector: CameraDetector | None = None, rate_hz: float = RATE_HZ) -> Coverage | None:
    detector = detector or CameraDetector()
    scene = panorama()
    for k in range(pictures):
        detector.step(Frame(round(k / rate_hz * NS), k, 0, seen(scene, seed=k), camera))
    return detector.coverage(round(pictures / rate_hz * NS))


@pytest.mark.parametrize(
    "camera",
    [
        CAMERA,
        replace(CAMERA, roll_deg=12.0),
        replace(CAMERA, tilt_deg=60.0, focal_px=(300.0, 300.0)),
        replace(CAMERA, focal_px=(200.0, 200.0), distortion=(-0.2, 0.05, 0.0, 0.0, 0.0)),
        replace(CAMERA, lowest_elevation_deg=11.0),
        replace(CAMERA, masks=(((0.0, 0.0), (100.0, 0.0), (100.0, 256.0), (0.0, 256.0)),)),
        FISHEYE,
        replace(FISHEYE, masks=(((0.0, 0.0), (320.0, 0.0), (320.0, 70.0), (0.0, 70.0)),)),
    ],
)
def test_all_of_the_sector_is_in_the_picture_even_where_the_mounting_is_wrong(camera: Camera) -> None:
    lens = Lens(camera, WIDTH, HEIGHT)
    sector = sector_of(lens, WIDTH, HEIGHT, camera.sigma_pose_deg)
    assert sector is not None
    assert sector.lowest_deg >= LOWEST_DEG
    for across in np.linspace(-0.5, 0.5, 9):
        for elevation_deg in np.linspace(sector.lowest_deg, min(sector.highest_deg, 89.9), 9):
            for off_deg in (-1.0, 1.0):
                pixel = lens.pixel(sector.azimuth_deg + across * sector.width_deg + off_deg, elevation_deg)
                assert pixel is not None
                x, y = (round(value) for value in pixel)
                assert 0 <= x < WIDTH
                assert 0 <= y < HEIGHT
                assert not lens.mask[y, x]


def test_a_sector_is_most_of_the_picture() -> None:
    sector = sector_of(Lens(CAMERA, WIDTH, HEIGHT), WIDTH, HEIGHT, 0.0)
    assert sector is not None
    assert sector.azimuth_deg == pytest.approx(350.0, abs=0.5)
    assert sector.width_deg == pytest.approx(2 * np.degrees(np.arctan(WIDTH / 2 / FOCAL_PX)), rel=0.15)
    assert (sector.lowest_deg, sector.highest_deg) == pytest.approx((7.3, 16.7), abs=0.5)
    around = sector_of(Lens(FISHEYE, WIDTH, HEIGHT), WIDTH, HEIGHT, 0.5)
    assert around is not None
    assert (around.width_deg, around.highest_deg) == (360.0, 90.0)


def test_what_looks_down_or_nowhere_covers_nothing() -> None:
    assert covered(replace(CAMERA, tilt_deg=-40.0)) is None
    assert covered(replace(CAMERA, azimuth_deg=None)) is None
    assert covered(replace(CAMERA, focal_px=None, centre_px=None)) is None
    assert covered(None) is None
    assert covered(replace(CAMERA, masks=(((0.0, 0.0), (320.0, 0.0), (320.0, 256.0), (0.0, 256.0)),))) is None


def test_it_reaches_as_far_as_a_small_drone_has_pixels() -> None:
    assert reach_m(Lens(CAMERA, WIDTH, HEIGHT), WIDTH, HEIGHT, "thermal") == pytest.approx(0.25 * FOCAL_PX / 4, rel=0.02)
    assert reach_m(Lens(CAMERA, WIDTH, HEIGHT), WIDTH, HEIGHT, "visible") == pytest.approx(0.25 * FOCAL_PX / 5, rel=0.02)
    longest = replace(CAMERA, focal_px=(50_000.0, 50_000.0))
    assert reach_m(Lens(longest, WIDTH, HEIGHT), WIDTH, HEIGHT, "thermal") == FARTHEST_M


def test_pictures_make_the_coverage() -> None:
    said = covered(CAMERA)
    assert said is not None
    assert (said.sense, said.notes, said.probability) == ("sight", (), 0.9)
    assert said.reach_m == pytest.approx(94, abs=2)
    assert 2.0 < said.latency_s < 4.0
    assert covered(CAMERA, 7) is None
    slow = covered(CAMERA, rate_hz=0.9)
    assert slow is not None
    assert (slow.reach_m, slow.notes) == (0.0, ("too few pictures",))


@pytest.mark.parametrize("camera", [CAMERA, replace(CAMERA, band="visible")])
def test_night_and_a_covered_lens(camera: Camera) -> None:
    detector, rng = CameraDetector(), np.random.default_rng(5)
    for k in range(30):
        detector.step(Frame(round(k / RATE_HZ * NS), k, 0, rng.normal(20, 1.0, (HEIGHT, WIDTH)).clip(0, 255).astype(np.uint8), camera))
    said = detector.coverage(round(30 / RATE_HZ * NS))
    assert said is not None
    assert said.reach_m == 0.0
    assert "nothing in the picture" in said.notes
    assert ("dark" in said.notes) == (camera.band == "visible")


def test_a_picture_of_16_bits_that_shows_a_sky_is_none_that_shows_nothing() -> None:
    for gradient, empty in ((400.0, False), (0.0, True)):
        detector, rng = CameraDetector(), np.random.default_rng(6)
        sky = 27_000 + np.linspace(0, gradient, HEIGHT)[:, None]
        for k in range(30):
            picture = (sky + rng.normal(0, 5.0, (HEIGHT, WIDTH))).astype(np.uint16)
            detector.step(Frame(round(k / RATE_HZ * NS), k, 0, picture, CAMERA))
        said = detector.coverage(round(30 / RATE_HZ * NS))
        assert said is not None
        assert (said.notes == ("nothing in the picture",)) == empty


def test_pictures_without_news_cover_nothing() -> None:
    detector = CameraDetector()
    assert covered(CAMERA, detector=detector) is not None
    for k in range(30, 60):
        detector.step(Frame(round(k / RATE_HZ * NS), k, 0, seen(panorama()), CAMERA, repeated=True))
    assert detector.coverage(round(60 / RATE_HZ * NS)) is None
    assert CameraDetector().coverage(0) is None
