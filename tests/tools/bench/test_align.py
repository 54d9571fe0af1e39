"""The bench of alignment: a part of its flight through the node's own detectors, and its poor flights."""

from __future__ import annotations

import numpy as np
import pytest

from edge_node.field.align.bearings import Pose
from tools.bench.align import LATE_S, POOR, claimed, judged, poor, wrongly
from tools.bench.align_flights import AROUND, BEGUN_NS, remote_id, world
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
