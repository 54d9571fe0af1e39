"""A device's own frame and ENU, and azimuth and elevation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_node.mounting import Mounting, angles_deg, tangent_basis

ANGLES = st.floats(-180, 180)


def mounted(azimuth_deg: float = 0.0, tilt_deg: float = 0.0, roll_deg: float = 0.0) -> Mounting:
    return Mounting(azimuth_deg, tilt_deg, roll_deg)


@pytest.mark.parametrize(
    ("pose", "ahead", "right"),
    [
        ({}, (0, 0), (90, 0)),
        ({"azimuth_deg": 120}, (120, 0), (210, 0)),
        ({"azimuth_deg": 30, "tilt_deg": 45}, (30, 45), (120, 0)),
        ({"azimuth_deg": 30, "roll_deg": 20}, (30, 0), (120, -20)),
    ],
)
def test_where_ahead_and_right_point(pose: dict[str, float], ahead: tuple[float, float], right: tuple[float, float]) -> None:
    mounting = mounted(**pose)
    assert angles_deg(mounting.to_enu(np.array([0.0, 1.0, 0.0]))) == pytest.approx(ahead, abs=1e-9)
    assert angles_deg(mounting.to_enu(np.array([1.0, 0.0, 0.0]))) == pytest.approx(right, abs=1e-9)


@given(ANGLES, ANGLES, ANGLES, st.tuples(ANGLES, ANGLES, ANGLES))
def test_there_and_back(azimuth_deg: float, tilt_deg: float, roll_deg: float, place: tuple[float, float, float]) -> None:
    mounting = mounted(azimuth_deg, tilt_deg, roll_deg)
    there = mounting.to_enu(np.array(place))
    assert mounting.to_device(there) == pytest.approx(np.array(place), abs=1e-9)
    assert mounting.to_enu(mounting.up) == pytest.approx(np.array([0.0, 0.0, 1.0]), abs=1e-9)


@given(st.floats(0, 359), st.floats(-89, 89))
def test_the_tangent_basis_is_azimuth_and_elevation(azimuth_deg: float, elevation_deg: float) -> None:
    def direction(azimuth: float, elevation: float) -> np.ndarray:
        a, e = np.radians([azimuth, elevation])
        return np.array([np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)])

    here = direction(azimuth_deg, elevation_deg)
    along_azimuth, along_elevation = tangent_basis(here)
    assert (direction(azimuth_deg + 0.01, elevation_deg) - here) @ along_azimuth > 0
    assert (direction(azimuth_deg, elevation_deg + 0.01) - here) @ along_elevation > 0
    assert [along_azimuth @ here, along_elevation @ here, along_azimuth @ along_elevation] == pytest.approx([0, 0, 0], abs=1e-12)


def test_straight_up_has_a_basis_too() -> None:
    for up in (1.0, -1.0):
        basis = tangent_basis(np.array([0.0, 0.0, up]))
        assert basis @ basis.T == pytest.approx(np.eye(2))
