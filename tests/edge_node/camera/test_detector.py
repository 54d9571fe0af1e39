"""The whole way from frames to detections: what is told of a warm speck, and what is not taken from a camera in trouble."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from msgspec.structs import replace

from drivers.blocks import Camera, Frame, RadioFrame
from edge_node.camera.detector import CameraDetector, band_of
from edge_node.messages import CameraDetection
from tests.edge_node.camera.pictures import HEIGHT, WIDTH, panorama, seen, with_blob

RATE_HZ = 30.0
FOCAL_PX = 400.0
CAMERA = Camera(
    "test",
    "thermal",
    WIDTH,
    HEIGHT,
    focal_px=(FOCAL_PX, FOCAL_PX),
    centre_px=((WIDTH - 1) / 2, (HEIGHT - 1) / 2),
    azimuth_deg=350.0,
    tilt_deg=10.0,
    sigma_pose_deg=0.5,
    kelvin_per_count=0.01,
    kelvin_at_zero=0.0,
)
COUNTS_A_LEVEL = 8


def way(k: int) -> tuple[float, float]:
    """Where the warm speck is in the k-th picture."""
    return 60.0 + 1.5 * k, 70.0


def frames(count: int, camera: Camera | None = CAMERA, first: int = 0) -> Iterator[Frame]:
    """A radiometric camera's pictures of a speck of 30 levels, each COUNTS_A_LEVEL hundredths of a kelvin."""
    scene = panorama()
    for k in range(first, first + count):
        levels = with_blob(seen(scene, seed=k), *way(k), 8, 60)
        counts = (27_000 + COUNTS_A_LEVEL * levels.astype(np.uint16)).astype(np.uint16)
        yield Frame(round(k / RATE_HZ * 1e9), k, 0, counts, camera)


def told(detector: CameraDetector, given: Iterable[Frame]) -> list[list[CameraDetection]]:
    return [list(detector.step(frame)) for frame in given]


def test_a_warm_speck_is_told_with_bearing_size_and_temperature() -> None:
    rows = told(CameraDetector(), frames(60))
    assert np.mean([bool(row) for row in rows[30:]]) > 0.95
    last = rows[-1][0]
    x, y = way(59)
    assert last.frame == 59
    assert last.t_mono_ns == round(59 / RATE_HZ * 1e9)
    assert (last.box[0] + last.box[2] / 2, last.box[1] + last.box[3] / 2) == pytest.approx((x, y), abs=2.0)
    assert last.azimuth_deg == pytest.approx(350 + np.degrees(np.arctan2(x - 159.5, FOCAL_PX * np.cos(np.radians(15)))), abs=1.0)
    assert last.elevation_deg == pytest.approx(10 + np.degrees(np.arctan2(127.5 - y, FOCAL_PX)), abs=0.6)
    assert last.sigma_azimuth_deg is not None
    assert 0.02 < last.sigma_azimuth_deg < 1.0
    assert last.sigma_pose_deg == 0.5
    assert last.azimuth_rate_dps == pytest.approx(np.degrees(1.5 * RATE_HZ / FOCAL_PX), abs=2.5)
    assert last.temperature_k == pytest.approx(270 + 0.08 * (105 + 60), abs=2.0)
    assert last.snr > 10
    assert sum(last.probabilities.values()) == pytest.approx(1.0)
    assert last.probability == last.probabilities["drone"]


def test_without_a_camera_there_are_pixels_alone() -> None:
    last = told(CameraDetector(), frames(40, None))[-1][0]
    assert (last.azimuth_deg, last.size_deg, last.temperature_k, last.range_m) == (None, None, None, None)


def test_masks_and_the_ground_are_not_looked_at() -> None:
    masked = replace(CAMERA, masks=(((0.0, 0.0), (320.0, 0.0), (320.0, 120.0), (0.0, 120.0)),))
    assert not any(told(CameraDetector(), frames(40, masked)))
    detector = CameraDetector()
    assert not any(told(detector, frames(40, replace(CAMERA, lowest_elevation_deg=89.0))))
    assert "masks leave nothing" in detector.words()


def test_pictures_without_news_are_left_out_and_counted() -> None:
    detector = CameraDetector()
    told(detector, frames(30))
    for frame in frames(5, first=30):
        assert not detector.step(replace(frame, shutter=True))
        assert not detector.step(replace(frame, repeated=True))
    assert "10 pictures without news" in detector.words()
    assert any(told(detector, frames(12, first=35)))


def test_a_head_that_turns_keeps_its_tracks() -> None:
    detector = CameraDetector()
    before = told(detector, frames(40))[-1][0]
    after = told(detector, frames(5, replace(CAMERA, azimuth_deg=80.0), first=40))[-1][0]
    assert after.track == before.track
    assert after.azimuth_deg is not None
    assert before.azimuth_deg is not None
    assert (after.azimuth_deg - before.azimuth_deg) % 360 == pytest.approx(90, abs=2)


def test_another_size_or_band_begins_anew() -> None:
    detector = CameraDetector()
    assert any(told(detector, frames(30)))
    assert not any(told(detector, (replace(frame, picture=frame.picture[:200]) for frame in frames(3))))
    assert not any(told(detector, frames(3, replace(CAMERA, band="visible"))))


def test_other_blocks_and_impossible_pictures_are_nothing() -> None:
    detector = CameraDetector()
    assert not detector.step(RadioFrame(0, 0, 0, "wifi", b""))
    for picture in (np.zeros((10, 10), np.uint8), np.zeros((300, 300, 3), np.uint8), np.zeros((300, 300), np.float32)):
        assert not detector.step(Frame(0, 0, 0, picture))  # type: ignore[arg-type]
        assert "cannot be looked at" in detector.words()


@settings(max_examples=12, deadline=None)
@given(
    st.lists(arrays(np.uint16, (24, 40), elements=st.integers(0, 65_535), fill=st.integers(0, 65_535)), max_size=6),
    st.lists(st.integers(-(2**62), 2**62), min_size=6, max_size=6),
)
def test_no_picture_and_no_time_raises(pictures: list[np.ndarray], times: list[int]) -> None:
    detector = CameraDetector()
    for k, (picture, t_ns) in enumerate(zip(pictures, times, strict=False)):
        detector.step(Frame(t_ns, k, 0, picture, CAMERA))


def test_what_took_a_picture_is_told_by_what_it_shows() -> None:
    day = np.vstack([np.full((300, 640), 180, np.uint8), np.full((212, 640), 70, np.uint8)])
    assert band_of(day) == "visible"
    assert band_of(255 - day) == "thermal"
    assert band_of(day.astype(np.uint16)) == "thermal"
    assert band_of(day[:, :320]) == "thermal"
