from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from msgspec.structs import replace

from tools.simulate.flyers import Flyer, Straight
from tools.simulate.lens import Reals
from tools.simulate.outdoors import Eye, Ground, Sky
from tools.simulate.scene import Weather
from tools.simulate.shapes import Ball, Flying, Multirotor
from tools.simulate.sight import Pictures, Truth
from tools.simulate.variety import pictures

STILL = Eye(tilt_deg=12.0, azimuth_deg=40.0, shake_deg=0.0, ffc_every_s=0.0)
CLEAR, BARE = Sky(cover=0.0, visibility_m=1e9), Ground(wood_deg=0.0, trees=0, houses=0, poles=0)


def at(azimuth_deg: float, elevation_deg: float, range_m: float) -> Reals:
    azimuth, elevation = np.radians([azimuth_deg, elevation_deg])
    return range_m * np.array([np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation)])


def one(body: Flying, place: Reals, eye: Eye = STILL, ground: Ground = BARE, velocity: Reals | None = None) -> Pictures:
    flyer = Flyer("it", "drone", body, Straight("it", place, np.zeros(3) if velocity is None else velocity, 0.0))
    return Pictures(eye, lambda _: [flyer], sky=CLEAR, ground=ground, seed=5)


def difference(shown: Pictures, t_s: float = 0.0) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float32]], Truth]:
    (with_it, truth), (without, _) = shown.scene(t_s), shown.scene(t_s, bodies=False)
    return with_it - without, truth


def test_the_same_seed_gives_the_same_pictures_in_any_order() -> None:
    first, second = (pictures(7, "thermal", ["drone", "bird"]) for _ in range(2))
    ahead = [first.frame(k) for k in (0, 3, 9)]
    back = [second.frame(k) for k in (9, 3, 0)][::-1]
    for (picture, truth), (other, told) in zip(ahead, back, strict=True):
        assert np.array_equal(picture, other)
        assert truth == told
    assert not np.array_equal(ahead[0][0], pictures(8, "thermal", ["drone", "bird"]).frame(0)[0])


@pytest.mark.parametrize("roll_deg", [0.0, 7.0])
def test_a_far_body_is_where_its_direction_says(roll_deg: float) -> None:
    eye = replace(STILL, roll_deg=roll_deg, distortion=(-0.1, 0.02, 0.0005, -0.0004, 0.0))
    change, truth = difference(one(Ball("b", 0.4, 20.0, string=False), at(44.0, 15.5, 200.0), eye))
    rows, columns = np.indices(change.shape)
    centroid = (columns * change).sum() / change.sum(), (rows * change).sum() / change.sum()
    shown = one(Ball("b", 0.4, 20.0), at(44.0, 15.5, 200.0), eye)
    expected = shown.lens.pixels(shown.pose(0.0)[1].to_device(at(44.0, 15.5, 1.0)))
    assert centroid == pytest.approx(tuple(expected), abs=0.05)
    (seen,) = truth.sighted
    assert (seen.azimuth_deg, seen.elevation_deg, seen.range_m) == pytest.approx((44.0, 15.5, 200.0))


@pytest.mark.parametrize("range_m", [15.0, 40.0, 110.0])
def test_a_body_is_as_large_as_its_range_makes_it(range_m: float) -> None:
    shown = one(Ball("b", 1.0, 10.0, string=False), at(40.0, 12.0, range_m))
    _, truth = difference(shown)
    expected_px = 1.0 / range_m / shown.lens.pixel_rad
    assert truth.sighted[0].box[2:] == pytest.approx((expected_px, 1.1 * expected_px), rel=0.08)


def test_a_body_under_a_pixel_loses_contrast_as_its_area_shrinks() -> None:
    sums, peaks = [], []
    for range_m in (200.0, 400.0, 800.0):
        change, _ = difference(one(Ball("b", 0.2, 20.0, string=False), at(40.0, 12.0, range_m)))
        sums.append(float(change.sum()))
        peaks.append(float(change.max()))
    assert sums[0] / sums[1] == pytest.approx(4, rel=0.15)
    assert sums[1] / sums[2] == pytest.approx(4, rel=0.15)
    assert peaks[0] > 3 * peaks[1] > 9 * peaks[2]


def test_a_body_holds_as_much_warmth_as_its_area_whatever_the_blur() -> None:
    sharp, blurred = (difference(one(Ball("b", 1.0, 10.0), at(40.0, 12.0, 40.0), replace(STILL, psf_px=psf)))[0] for psf in (0.4, 2.0))
    assert blurred.sum() == pytest.approx(sharp.sum(), rel=0.02)
    assert blurred.max() < sharp.max()


def test_truth_boxes_are_about_what_the_body_changes() -> None:
    for range_m in (8.0, 25.0, 60.0):
        change, truth = difference(one(Multirotor("m", 0.6), at(43.0, 15.0, range_m)))
        (seen,) = truth.sighted
        rows, columns = np.nonzero(np.abs(change) > 0.2 * np.abs(change).max())
        x, y, w, h = seen.box
        assert columns.min() >= x - 2
        assert columns.max() <= x + w + 1
        assert rows.min() >= y - 2
        assert rows.max() <= y + h + 1
        assert columns.max() - columns.min() + 1 >= w - 2.5
        assert seen.contrast == pytest.approx(change.max(), rel=1e-3)


def test_what_moves_fast_is_smeared_along_its_way() -> None:
    still, fast = (
        difference(one(Ball("b", 0.3, 10.0), at(40.0, 12.0, 40.0), velocity=v))[0] for v in (np.zeros(3), np.array([40.0, -33.0, 0.0]))
    )
    wide = [np.ptp(np.nonzero(np.abs(change) > 0.3)[1]) for change in (still, fast)]
    assert wide[1] > wide[0] + 5
    assert fast.max() < 0.7 * still.max()


def test_the_sky_is_coldest_at_the_zenith() -> None:
    means = []
    for tilt_deg in (90.0, 60.0, 30.0, 12.0):
        picture, _ = Pictures(replace(STILL, tilt_deg=tilt_deg), sky=CLEAR, ground=BARE).scene(0.0)
        means.append(float(picture[:100].mean()))
    assert means == sorted(means)
    assert 220 < means[0] < 255


def test_the_ground_hides_what_is_behind_it_and_not_what_is_before() -> None:
    wood = Ground(hills_deg=0.0, wood_deg=9.0, wood_share=1.0, trees=0, houses=0, poles=0)
    seen = [
        difference(one(Ball("b", size, 20.0), at(40.0, 4.0, range_m), ground=wood))[1].sighted[0].seen
        for size, range_m in ((2, 1000), (0.4, 100))
    ]
    assert seen[0] < 0.2
    assert seen[1] == pytest.approx(1.0)


def test_a_body_at_the_edge_is_cut_off() -> None:
    shown = one(Ball("b", 2.0, 10.0, string=False), at(40.0 + 11.9, 12.0, 30.0))
    (seen,) = difference(shown)[1].sighted
    assert seen.box[0] + seen.box[2] == pytest.approx(320.0)
    assert 0.05 < seen.seen < 0.95


def test_the_mast_shakes_and_the_pan_turns() -> None:
    shaky = Pictures(replace(STILL, shake_deg=0.05, pan_deg=10.0, pan_dps=2.0), sky=CLEAR, ground=BARE)
    azimuths = [shaky.pose(t_s)[0].azimuth_deg for t_s in (0.0, 2.5, 5.0, 10.0)]
    assert azimuths == pytest.approx([40.0, 45.0, 50.0, 40.0])
    real = [shaky.pose(0.1 * k)[1].to_enu(np.array([0.0, 1.0, 0.0])) for k in range(20)]
    steady = Pictures(replace(STILL, pan_deg=10.0, pan_dps=2.0), sky=CLEAR, ground=BARE)
    ideal = [steady.pose(0.1 * k)[1].to_enu(np.array([0.0, 1.0, 0.0])) for k in range(20)]
    off_deg = np.degrees(np.linalg.norm(np.array(real) - ideal, axis=1))
    assert 0.01 < off_deg.std() + off_deg.mean() < 0.3


def test_clouds_drift_and_leaves_move_with_the_wind() -> None:
    leafy = Ground(wood_share=1.0, leafy=1.0)
    shown = Pictures(STILL, sky=Sky(cover=0.5, drift_mps=10), ground=leafy, weather=Weather(wind_mps=6))
    calm = Pictures(STILL, sky=Sky(cover=0.0), ground=leafy, weather=Weather(wind_mps=0))
    (now, _), (later, _) = shown.scene(0.0), shown.scene(5.0)
    assert np.abs(later - now)[:60].std() > 0.2
    assert np.abs(later - now)[-60:].std() > 0.05
    assert np.array_equal(calm.scene(0.0)[0], calm.scene(5.0)[0])


def test_rain_is_there_for_one_picture() -> None:
    wet, dry = (Pictures(STILL, sky=replace(CLEAR, rain_mm_h=rain), ground=BARE) for rain in (5.0, 0.0))
    streaks = [wet.scene(t_s)[0] - dry.scene(t_s)[0] for t_s in (0.0, 0.1)]
    assert all(np.abs(one).max() > 0.5 for one in streaks)
    assert np.corrcoef(streaks[0].ravel(), streaks[1].ravel())[0, 1] < 0.3


def test_both_bands_see_the_same_world() -> None:
    seen = []
    for band in ("thermal", "visible"):
        shown = one(Multirotor("m", 0.6), at(43.0, 15.0, 20.0), replace(STILL, band=band))
        picture, truth = shown.frame(0)
        assert picture.dtype == (np.uint16 if band == "thermal" else np.uint8)
        seen.append(truth.sighted[0].box)
    assert seen[0] == seen[1]


def test_a_frame_costs_no_more_than_its_area() -> None:
    cv2.setNumThreads(1)
    costs = []
    for width, height in ((160, 128), (640, 512)):
        shown = Pictures(replace(STILL, width=width, height=height), sky=Sky(cover=0.5))
        shown.frame(0)
        began = time.process_time()
        for k in range(5):
            shown.frame(k)
        costs.append(time.process_time() - began)
    assert costs[1] < 40 * costs[0]
