"""Bearings of a node on a vehicle: true while it turns, labelled while nobody knows its front, and without its own engine."""

from __future__ import annotations

from math import hypot
from random import Random

import pytest

from edge_node.messages import AcousticDetection, AttitudeFix, CameraDetection, RemoteIdDetection
from edge_node.pose.angles import turn_deg
from edge_node.pose.vehicle import DRIVING, Vehicle
from tests.edge_node.pose.trips import Source, drive, fix, gyro, heard, north, ns, seen, true_deg
from tools.simulate.trip import Trip

SOURCES: dict[str, dict[Source, float]] = {
    "two antennas, ten a second": {north: 10.0, fix: 1.0},
    "two antennas, one a second": {north: 1.0, fix: 1.0},
    "an IMU and the course": {gyro: 20.0, fix: 1.0},
    "both": {north: 5.0, gyro: 20.0, fix: 1.0},
    "the course alone": {fix: 5.0},
}


@pytest.mark.parametrize("sources", SOURCES.values(), ids=SOURCES)
def test_a_fixed_object_stays_where_it_is_while_the_vehicle_turns(sources: dict[Source, float]) -> None:
    trip, misses, worst_deg = Trip(), [], 0.0
    for seed in range(8):
        for t_s, told in drive(Vehicle(), trip, 2 * trip.side_s, sources, seed):
            if t_s < 5.0 or told.reference == "vehicle":
                continue
            azimuth_deg, elevation_deg = true_deg(trip.at(t_s))
            assert told.azimuth_deg is not None
            assert told.elevation_deg is not None
            off_deg, pose_deg = turn_deg(azimuth_deg, told.azimuth_deg), told.sigma_pose_deg or 0.0
            misses.append(abs(off_deg) / hypot(told.sigma_azimuth_deg or 0.0, pose_deg))
            misses.append(abs(told.elevation_deg - elevation_deg) / hypot(told.sigma_elevation_deg or 0.0, pose_deg))
            worst_deg = max(worst_deg, abs(off_deg))
    assert len(misses) > 1_000
    assert sum(miss <= 1 for miss in misses) > 0.68 * len(misses)
    assert sum(miss <= 3 for miss in misses) > 0.99 * len(misses)
    assert worst_deg < 25


def test_a_better_source_is_worth_it() -> None:
    def told_deg(sources: dict[Source, float]) -> float:
        trip = Trip()
        said = [told.sigma_pose_deg for t_s, told in drive(Vehicle(), trip, 2 * trip.side_s, sources, 1) if t_s > 5.0]
        return max(one for one in said if one is not None)

    assert told_deg(SOURCES["both"]) < 1.0
    assert told_deg(SOURCES["an IMU and the course"]) < 4.0


def test_without_a_pose_bearings_are_the_vehicle_s() -> None:
    vehicle, going = Vehicle(), Trip().at(0.0)
    said = seen(going, 0.0, Random(1))
    told = vehicle.told(said)
    assert isinstance(told, CameraDetection)
    assert (told.reference, told.azimuth_deg, told.sigma_pose_deg) == ("vehicle", said.azimuth_deg, None)
    assert vehicle.unturned == 1
    assert vehicle.words(ns(0)) == "no heading: bearings count from the vehicle's front"
    vehicle.told(north(going, 1.0, Random(1)))
    told = vehicle.told(seen(going, 1.02, Random(1)))
    assert isinstance(told, CameraDetection)
    assert told.reference == "true_north"
    told = vehicle.told(seen(going, 9.0, Random(1)))
    assert isinstance(told, CameraDetection)
    assert told.reference == "vehicle"


def test_what_has_no_bearing_of_its_own_stays_as_it_is() -> None:
    said = RemoteIdDetection(t_mono_ns=1, transport="ble_legacy", transmitter="x")
    assert Vehicle().told(said) is said


def test_a_flat_array_on_a_leaning_vehicle_is_less_sure() -> None:
    def sigma_deg(roll_deg: float) -> float:
        vehicle = Vehicle()
        stand = north(Trip().at(0.0), 0.0, Random(1))
        vehicle.told(
            AttitudeFix(
                t_mono_ns=stand.t_mono_ns,
                heading_deg=90.0,
                heading_kind="true",
                sigma_heading_deg=0.5,
                pitch_deg=0.0,
                roll_deg=roll_deg,
                sigma_tilt_deg=0.3,
            )
        )
        told = vehicle.told(heard(0.05, 45.0, None))
        assert isinstance(told, AcousticDetection)
        assert told.azimuth_deg == pytest.approx(135.0, abs=4.0)
        assert told.elevation_deg is None
        return told.sigma_azimuth_deg or 0.0

    assert sigma_deg(0.0) == pytest.approx(2.0, abs=0.2)
    assert sigma_deg(10.0) > 5.0


def own_and_other(elevation_deg: float, follows: bool) -> list[AcousticDetection | None]:
    """A sound told twice a second while the vehicle drives round a corner: fixed to the vehicle, or to the ground."""
    vehicle, trip, chance, told = Vehicle(), Trip(), Random(4), []
    for number in range(int(2 * trip.side_s * 10)):
        t_s = number / 10
        going = trip.at(t_s)
        vehicle.told(north(going, t_s, chance))
        vehicle.told(fix(going, t_s - 0.1, chance))
        if number % 5 == 0:
            azimuth_deg = 170.0 if follows else true_deg(going)[0] - going.heading_deg
            said = vehicle.told(heard(t_s, azimuth_deg + chance.gauss(0, 1.5), elevation_deg))
            told.append(said if isinstance(said, AcousticDetection) else None)
    assert vehicle.passed_over == sum(one is None for one in told)
    assert ("the vehicle's own" in vehicle.words(ns(2 * trip.side_s))) == (told[-1] is None)
    return told


def test_the_vehicle_s_own_engine_is_passed_over_once_it_has_turned() -> None:
    told = own_and_other(2.0, follows=True)
    assert all(told[:17])
    assert not any(told[24:])


def test_what_stands_outside_is_not_the_engine() -> None:
    assert all(own_and_other(2.0, follows=False))


def test_what_follows_the_vehicle_from_above_is_not_its_engine() -> None:
    assert all(own_and_other(45.0, follows=True))


def test_sounds_are_marked_and_less_sure_while_the_vehicle_drives() -> None:
    told = [one for one in own_and_other(2.0, follows=False) if one]
    assert all(DRIVING in one.notes and (one.sigma_azimuth_deg or 0.0) > 2.3 for one in told[1:])
