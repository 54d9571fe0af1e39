"""Angles of node.toml from a rotation, and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.field.align.angles import pose_of, sigmas_deg, within_180
from edge_node.field.align.bearings import Pose
from edge_node.field.align.lines import turned, vector_of

ANGLES = st.builds(Pose, st.floats(0, 359.9), st.floats(-89, 89), st.floats(-179, 179))


@given(ANGLES)
def test_a_pose_comes_back(pose: Pose) -> None:
    told = pose_of(pose.matrix(), pose)
    for one, other in ((told.azimuth_deg, pose.azimuth_deg), (told.tilt_deg, pose.tilt_deg), (told.roll_deg, pose.roll_deg)):
        assert within_180(one - other) == pytest.approx(0, abs=1e-6)


@given(ANGLES, st.floats(-180, 180), st.floats(-180, 180))
def test_whatever_it_is_told_near_it_is_the_same_pose(pose: Pose, tilt_deg: float, roll_deg: float) -> None:
    told = pose_of(pose.matrix(), Pose(0.0, tilt_deg, roll_deg))
    assert np.abs(told.matrix() - pose.matrix()).max() < 1e-9


@given(st.tuples(*[st.floats(-1.7, 1.7)] * 3))
def test_a_rotation_vector_comes_back(vector: tuple[float, float, float]) -> None:
    assert vector_of(turned(np.eye(3), np.array(vector))) == pytest.approx(np.array(vector), abs=1e-6)


def test_what_hangs_upside_down_stays_told_so() -> None:
    assert pose_of(Pose(10.0, 150.0, 5.0).matrix(), Pose(0.0, 160.0, 0.0)).tilt_deg == pytest.approx(150.0)


def test_sigmas_are_of_each_angle() -> None:
    level = sigmas_deg(Pose(0.0).matrix(), np.diag(np.radians([1.0, 2.0, 3.0]) ** 2), Pose())
    assert level == pytest.approx((3.0, 1.0, 2.0), rel=1e-3)
    upright = sigmas_deg(Pose(0.0, -90.0).matrix(), np.diag(np.radians([1.0, 2.0, 3.0]) ** 2), Pose(0.0, -90.0))
    assert upright == pytest.approx((3.0, 1.0, 2.0), rel=1e-3)
