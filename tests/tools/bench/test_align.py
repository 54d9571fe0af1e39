"""The bench of alignment: a part of its flight through the node's own detectors, and its poor flights."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.field.align.bearings import Pose
from edge_node.messages import CameraDetection
from edge_node.mounting import angles_deg
from tools.bench.align import LATE_S, POOR, claimed, judged, poor, wrongly
from tools.bench.align_bound import bound, truly
from tools.bench.align_flights import ACROSS, AROUND, BEGUN_NS, remote_id, world
from tools.bench.align_sensed import EARS, EYE, MEASURED, heard, late, seen

EARS_POSE = Pose(EARS.azimuth_deg, EARS.tilt_deg, EARS.roll_deg)
HEARD_S = 34.0


def test_what_the_acoustic_detector_hears_aligns_its_array() -> None:
    flown, told = world(AROUND, 4, microphones=EARS), wrongly(EARS_POSE, 4)
    run = judged(claimed(flown), late(heard(flown, told, HEARD_S), LATE_S), EARS_POSE, told)
    assert not run.found.trouble
    assert run.found.used > 40
    assert np.abs(run.off_deg).max() < 2.0
    assert abs(run.late_s) < 0.15
    assert run.chi2 < 18.5


def test_the_model_errs_as_it_says() -> None:
    flown, told = world(AROUND, 2), wrongly(EARS_POSE, 2)
    run = judged(claimed(flown), late(MEASURED.heard(flown, EARS_POSE, told, 60.0), LATE_S), EARS_POSE, told)
    assert np.abs(run.off_deg).max() < 1.5
    assert run.chi2 < 18.5


@pytest.mark.parametrize("name", POOR)
def test_poor_flights_are_named(name: str) -> None:
    run = poor(POOR[name], 1)
    assert run.found.trouble or run.found.unseen


def test_a_camera_sees_the_flight_and_is_told_otherwise() -> None:
    flown = world(AROUND, 1, camera=EYE)
    said = list(seen(flown, Pose(15.0, 19.0, 4.0), 1.0))
    assert all(one.sensor == "camera" for one in said)


def test_remote_id_is_of_the_flight() -> None:
    said = list(remote_id(world(AROUND, 3), 10.0))
    assert {one.transport for one in said} == {"wifi_beacon"}
    assert all(0 <= one.t_mono_ns - BEGUN_NS <= 10_000_000_000 for one in said)
    assert any(one.ids for one in said)


def test_no_camera_can_do_better_than_errors_of_places_let_it() -> None:
    flown = world(ACROSS, 1, camera=EYE)
    true, path = Pose(EYE.azimuth_deg, EYE.tilt_deg, EYE.roll_deg), claimed(flown)
    times = np.arange(1.0, 59.0, 0.25)
    angles = [angles_deg(direction) for direction in truly(flown, BEGUN_NS / 1e9 + times).directions]
    said = [
        CameraDetection(
            t_mono_ns=BEGUN_NS + round(t_s * 1e9),
            sensor="camera",
            frame=frame,
            track=1,
            box=(0.0, 0.0, 3.0, 3.0),
            label="drone",
            probability=0.9,
            snr=6.0,
            azimuth_deg=azimuth_deg,
            elevation_deg=elevation_deg,
            sigma_azimuth_deg=0.05,
            sigma_elevation_deg=0.05,
        )
        for frame, (t_s, (azimuth_deg, elevation_deg)) in enumerate(zip(times, angles, strict=True))
    ]
    least, half = bound(flown, said, true, true, path), bound(flown, said[::6], true, true, path)
    assert 0.1 < np.sqrt(least.mean_square_deg2) < 1.0
    assert least.mean_square_deg2 < half.mean_square_deg2
    assert 0.9 < least.within(1.0, 0.1) <= 1.0
