"""Scenes of fusion: the same by the same seed, with errors of the size that is said, and nothing from whom is hidden."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from edge_node.messages import BearingDetection, CameraDetection, PositionDetection
from tools.bench.fusion_pointing import SOUND_MPS, Camera, Microphones, apart_deg, direction_deg
from tools.bench.fusion_scenes import LENGTH_S, SCENES, made
from tools.bench.fusion_sensors import HERE, NOBODY, Radar
from tools.bench.fusion_truth import STEP_S, crossing, straight

TIMES = np.arange(0.0, 30.0 + STEP_S / 2, STEP_S)
PAST = straight(TIMES, 15.0, np.array([0.0, 200.0, 50.0]), np.array([10.0, 0.0, 0.0]))


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_its_seed(name: str) -> None:
    one, again, other = (msgspec.msgpack.encode([scan.detections for scan in made(name, seed).scans]) for seed in (3, 3, 4))
    assert one == again != other


@pytest.mark.parametrize("name", SCENES)
def test_scans_are_in_order_and_of_one_sensor_and_moment(name: str) -> None:
    scene = made(name, 1)
    times = [scan.t_s for scan in scene.scans]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(LENGTH_S, abs=1.0)
    assert all(len({(one.sensor, one.t_mono_ns) for one in scan.detections}) <= 1 for scan in scene.scans)


@pytest.mark.parametrize("name", SCENES)
def test_flights_move_as_their_velocity_says(name: str) -> None:
    for flight in made(name, 2).flights:
        moved = np.diff(flight.place, axis=0) / STEP_S
        assert np.abs(moved - (flight.velocity[1:] + flight.velocity[:-1]) / 2).max() < 0.2
        assert np.linalg.norm(flight.velocity, axis=1).max() < 25


def test_plots_err_by_their_sigmas() -> None:
    off = []
    for scan in Radar(rate_hz=20.0, false_a_scan=2.0).scans([PAST], 30.0, np.random.default_rng(1), {}):
        for one, whose in zip(scan.detections, scan.whose, strict=True):
            if whose == NOBODY:
                continue
            assert isinstance(one, PositionDetection)
            assert one.altitude_wgs84_m is not None
            place = HERE.to_enu(one.latitude_deg, one.longitude_deg, one.altitude_wgs84_m)
            sigma = (one.sigma_horizontal_m, one.sigma_horizontal_m, one.sigma_vertical_m or 0.0)
            off.append((np.array(place) - PAST.at(scan.t_s)[:3]) / sigma)
    assert np.std(off, axis=0) == pytest.approx([1, 1, 1], abs=0.1)


def test_bearings_err_by_their_sigmas() -> None:
    off = []
    for scan in Camera().scans([PAST], 30.0, np.random.default_rng(1), {}):
        for one in scan.detections:
            assert isinstance(one, BearingDetection)
            azimuth, elevation = direction_deg(PAST.at(scan.t_s)[:3])
            aside = (one.azimuth_deg - azimuth + 180) % 360 - 180
            off.append((aside / one.sigma_azimuth_deg, ((one.elevation_deg or 0.0) - elevation) / (one.sigma_elevation_deg or 0.0)))
    assert np.std(off, axis=0) == pytest.approx([1, 1], abs=0.15)


def test_sound_comes_from_where_it_was_sent() -> None:
    heard = next(scan for scan in Microphones(sigma_deg=1e-6).scans([PAST], 30.0, np.random.default_rng(2), {}) if scan.t_s == 15.0)
    azimuth, _ = direction_deg(PAST.at(15.0)[:3])
    late_deg = np.degrees(10.0 * 206.0 / SOUND_MPS / 200.0)
    (said,) = heard.detections
    assert (azimuth - said.azimuth_deg + 180) % 360 - 180 == pytest.approx(late_deg, abs=0.1)


def test_who_is_hidden_is_not_seen_and_comes_back_under_another_number() -> None:
    scans = list(Camera(numbered=True, detects=1.0).scans([PAST], 30.0, np.random.default_rng(3), {0: [(10.0, 15.0)]}))
    assert all(bool(scan.detections) != (10.0 <= scan.t_s <= 15.0) for scan in scans)
    numbers = [one.track for scan in scans for one in scan.detections if isinstance(one, CameraDetection)]
    assert sorted(set(numbers)) == [1, 2]
    assert numbers == sorted(numbers)


def test_two_that_cross_are_one_to_a_camera_when_they_meet() -> None:
    one, other = crossing(np.random.default_rng(4), LENGTH_S, 300.0, 150.0)
    apart = np.array([apart_deg(one.at(t_s)[:3], other.at(t_s)[:3]) for t_s in np.arange(0, LENGTH_S, 0.1)])
    met = (apart[1:-1] < apart[:-2]) & (apart[1:-1] < apart[2:]) & (apart[1:-1] < 0.3)
    assert met.sum() == 3
    seen = {len(scan.detections) for scan in Camera(detects=1.0).scans([one, other], LENGTH_S, np.random.default_rng(5), {})}
    assert seen == {1, 2}


def test_false_plots_come_as_often_as_asked_for() -> None:
    scans = list(Radar(false_a_scan=30.0).scans([], 100.0, np.random.default_rng(6), {}))
    assert np.mean([len(scan.detections) for scan in scans]) == pytest.approx(30, rel=0.1)
