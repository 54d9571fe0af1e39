"""Sectors of a node on a vehicle: turned with it, narrower by what nobody knows, and none where its front is unknown."""

from __future__ import annotations

from random import Random

import pytest
from msgspec.structs import replace

from edge_node.messages import Coverage
from edge_node.pose.angles import turn_deg
from edge_node.pose.pose import Stand
from edge_node.pose.turned_sector import turned_sector
from edge_node.pose.vehicle import DRIVING, Vehicle
from tests.edge_node.pose.trips import fix, north, ns
from tools.simulate.trip import Trip

EYE = Coverage(
    t_mono_ns=ns(0.0),
    sensor="eye",
    sense="sight",
    azimuth_deg=30.0,
    width_deg=60.0,
    lowest_elevation_deg=5.0,
    highest_elevation_deg=35.0,
    reach_m=100.0,
    probability=0.9,
    latency_s=3.0,
)
EAR = Coverage(
    t_mono_ns=ns(0.0),
    sensor="ear",
    sense="sound",
    lowest_elevation_deg=-10.0,
    highest_elevation_deg=90.0,
    reach_m=50.0,
    probability=0.85,
    latency_s=4.0,
)
WIFI = Coverage(t_mono_ns=ns(0.0), sensor="wifi", sense="remote_id", reach_m=800.0, probability=0.85, latency_s=3.0)
LEVEL = Stand(100.0, 0.5, 0.0, "true", 0.0, 0.0, 0.2)


def test_a_sector_turns_with_the_vehicle() -> None:
    told = turned_sector(EYE, LEVEL)
    assert told is not None
    assert told.azimuth_deg == pytest.approx(130.0)
    assert (told.lowest_elevation_deg, told.highest_elevation_deg) == pytest.approx((5.4, 34.6))
    assert 57.0 < told.width_deg < 58.5
    assert told.reference == "true_north"


@pytest.mark.parametrize(
    "stand", [replace(LEVEL, sigma_heading_deg=4.0), replace(LEVEL, turn_rate_dps=15.0), replace(LEVEL, sigma_tilt_deg=None)]
)
def test_what_nobody_knows_narrows_it(stand: Stand) -> None:
    known, less = turned_sector(EYE, LEVEL), turned_sector(EYE, stand)
    assert known is not None
    assert less is not None
    assert less.width_deg < known.width_deg - 5.0


def test_a_nose_that_is_up_raises_what_looks_ahead_and_lowers_what_looks_back() -> None:
    up = replace(LEVEL, pitch_deg=8.0)
    ahead, back = turned_sector(replace(EYE, azimuth_deg=0.0), up), turned_sector(replace(EYE, azimuth_deg=180.0), up)
    assert ahead is not None
    assert back is not None
    middles = [(one.lowest_elevation_deg + one.highest_elevation_deg) / 2 for one in (ahead, back)]
    assert middles == pytest.approx([28.0, 12.0], abs=0.5)


def test_nothing_is_left_of_a_sector_that_is_known_too_badly() -> None:
    assert turned_sector(EYE, replace(LEVEL, sigma_heading_deg=20.0)) is None
    assert turned_sector(EYE, None) is None


def test_who_senses_all_around_needs_no_front() -> None:
    told = turned_sector(EAR, None)
    assert told is not None
    assert (told.width_deg, told.lowest_elevation_deg, told.highest_elevation_deg) == (360.0, -4.0, 90.0)


def test_the_vehicle_turns_its_sensors_and_not_the_others() -> None:
    vehicle, going = Vehicle(), Trip().at(0.0)
    assert vehicle.told(EYE) is None
    assert vehicle.told(WIFI) is WIFI
    vehicle.told(north(going, 0.0, Random(1)))
    told = vehicle.told(EYE)
    assert isinstance(told, Coverage)
    assert abs(turn_deg(told.azimuth_deg, going.heading_deg + 30.0)) < 3.0
    radar = replace(EYE, sense="other")
    assert vehicle.told(radar) is radar
    assert vehicle.told(replace(radar, reference="vehicle")) == replace(told, sense="other")


def test_who_drives_hears_nothing_far_away() -> None:
    vehicle = Vehicle()
    vehicle.told(fix(Trip().at(0.0), 0.0, Random(1)))
    told = vehicle.told(EAR)
    assert isinstance(told, Coverage)
    assert (told.reach_m, told.notes) == (0.0, (DRIVING,))
