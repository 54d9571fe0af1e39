from __future__ import annotations

from math import hypot, radians
from random import Random

import numpy as np
import pytest
from msgspec.structs import replace

from edge_node.messages import Sight, Track
from tests.edge_node.publish.scene import bearing_track
from tests.tools.c2.seeing import SITE, Enu, Seer, going
from tools.c2.picture import Event
from tools.c2.reports import UNSAID_UP_M, Report, report

AT: Enu = (100.0, 50.0, 10.0)
KEY = ("west", 1, 1)
FLIGHT = going((100.0, 350.0, 90.0), (6.0, -2.0, 1.0))


def said(track: Track, **changes: object) -> Event:
    seer = Seer("west", AT)
    (told,) = seer.event([track], 0.0)["tracks"]
    return told | changes


def told(track: Event, age_s: float = 0.0) -> Report | None:
    return report(KEY, track | {"age_s": age_s}, Seer("west", AT).status()["place"], 100.0, 0.1)


def seen(sigma_deg: float = 0.0, sigma_pose_deg: float | None = None) -> Event:
    seer = Seer("west", AT, sigma_deg=sigma_deg)
    seer.sigma_pose_deg = sigma_pose_deg
    return said(seer.bearing(1, FLIGHT, 0.0))


def test_a_bearing_points_from_its_node_to_its_object() -> None:
    one = told(seen(), age_s=0.4)
    assert one is not None
    assert one.t_s == pytest.approx(99.6)
    assert one.origin(SITE) == pytest.approx(AT, abs=0.02)
    assert one.towards(SITE) == pytest.approx(np.array([0.0, 300.0, 80.0]) / hypot(300.0, 80.0), abs=2e-4)


def test_a_mounting_that_is_known_badly_widens_where_bearings_cross_and_is_told_apart_elsewhere() -> None:
    one = told(seen(0.3, 3.0))
    assert one is not None
    across = one.sight(100.0)
    assert across.sigma_azimuth_deg == pytest.approx(hypot(one.bearing["sigma_azimuth_deg"], 3.0))  # type: ignore[index]  # it has one
    assert across.sigma_elevation_deg == pytest.approx(hypot(0.3, 3.0), abs=0.01)
    assert one.sigma == pytest.approx([radians(0.3)] * 2, rel=0.04)
    assert one.sigma_pose == pytest.approx(radians(3.0))


def test_what_is_lost_hidden_or_of_tomorrow_is_no_report() -> None:
    sight = Sight(label="drone", probability=0.9, snr=8.0, predicted=True)
    assert told(seen()) is not None
    assert told(seen() | {"state": "lost"}) is None
    assert told(seen(), age_s=-60.0) is None
    assert told(said(replace(bearing_track(1, Random(1)), sight=sight))) is None
    assert told(said(replace(bearing_track(1, Random(1)), bearing=None))) is None
    assert report(KEY, seen(), None, 100.0, 0.1) is None, "a bearing from nowhere"


def test_a_position_has_the_errors_that_the_wire_tells() -> None:
    track = said(Seer("west", AT).position(1, FLIGHT, 0.0, "A1", 0.0))
    kinematics = track["kinematics"] | {"sigma_major_m": 20.0, "sigma_minor_m": 5.0, "major_axis_deg": 90.0, "sigma_altitude_m": 7.0}
    one = told(track | {"kinematics": kinematics})
    assert one is not None
    assert one.ids == {"serial_number A1"}
    mean, cov = one.state(SITE)
    assert mean == pytest.approx([100.0, 350.0, 90.0, 6.0, -2.0, 1.0], abs=0.1)
    assert np.sqrt(np.diag(cov)) == pytest.approx([20.0, 5.0, 7.0, 1.0, 1.0, 1.0])
    flat = told(track | {"kinematics": kinematics | {"altitude_wgs84_m": None, "sigma_altitude_m": None, "velocity_east_mps": None}})
    assert flat is not None
    mean, cov = flat.state(SITE)
    assert cov[2, 2] == UNSAID_UP_M**2
    assert cov[3, 3] == 25.0
