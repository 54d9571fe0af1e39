"""The simulated receiver, read by the real driver."""

from __future__ import annotations

import time
from math import atan2, degrees, hypot
from pathlib import Path

import pytest
from msgspec.structs import replace

from drivers.blocks import Attitude, GnssFix
from drivers.gnss import Gnss
from drivers.heading import Mounted
from drivers.nmea import Nmea
from edge_node.geometry import LocalFrame, distance_m
from edge_node.pose.angles import turn_deg
from tools.simulate import gnss
from tools.simulate.faults import Fault
from tools.simulate.trip import Trip
from tools.simulate.world import World

DEMO = Path(__file__).parents[2] / "tools/simulate/scenes/demo.toml"
UTC_S = 1_773_483_072


def test_epochs_say_the_nodes_place_as_well_as_they_claim() -> None:
    world = World.load(DEMO, 7)
    node, nmea, receiver = world.scene.node, Nmea(), gnss.Receiver(world)
    said = [one for second in range(200) for one in nmea.feed(receiver.epoch(UTC_S + second), second)]
    fixes = [one for one in said if isinstance(one, GnssFix)] + nmea.quiet()
    assert (len(fixes), nmea.bad) == (200, 0)
    for second, fix in enumerate(fixes):
        assert fix.t_utc_ns == (UTC_S + second) * 10**9
        assert fix.latitude_deg is not None
        assert fix.longitude_deg is not None
        assert fix.altitude_wgs84_m is not None
        assert fix.sigma_horizontal_m == gnss.SIGMA_M
        assert distance_m(fix.latitude_deg, fix.longitude_deg, node.latitude_deg, node.longitude_deg) < 5 * gnss.SIGMA_M
        assert abs(fix.altitude_wgs84_m - world.node_altitude_wgs84_m) < 5 * gnss.SIGMA_M


def test_a_trip_closes_and_goes_where_it_points() -> None:
    trip = Trip()
    before, after = trip.at(3.0), trip.at(3.0 + 4 * trip.side_s)
    assert (after.east_m, after.north_m, after.heading_deg) == pytest.approx((before.east_m, before.north_m, before.heading_deg), abs=0.01)
    for number in range(200):
        one, next_one = trip.at(number / 4), trip.at(number / 4 + 0.01)
        moved_deg = degrees(atan2(next_one.east_m - one.east_m, next_one.north_m - one.north_m))
        assert abs(turn_deg(one.heading_deg, moved_deg)) < 1.5
        assert hypot(next_one.east_m - one.east_m, next_one.north_m - one.north_m) == pytest.approx(0.08, abs=0.02)


def test_a_vehicle_s_receiver_says_how_it_goes_and_stands() -> None:
    world, trip, nmea = World.load(DEMO, 7), Trip(), Nmea(Mounted(late_s=0.0))
    receiver = gnss.Receiver(world, trip, UTC_S)
    node = world.scene.node
    frame = LocalFrame(node.latitude_deg, node.longitude_deg)
    for tenth in range(300):
        utc_s, part = UTC_S + tenth / 10, tenth % 10
        said = nmea.feed((receiver.epoch(UTC_S + tenth // 10) if part == 0 else b"") + receiver.attitude(utc_s), tenth)
        going = trip.at(tenth / 10)
        attitude = next(one for one in said if isinstance(one, Attitude) and one.pitch_deg is not None)
        assert attitude.heading_deg is not None
        assert attitude.sigma_heading_deg == gnss.SIGMA_HEADING_DEG
        assert abs(turn_deg(going.heading_deg, attitude.heading_deg)) < 4 * gnss.SIGMA_HEADING_DEG
        for fix in (one for one in said if isinstance(one, GnssFix)):
            was = trip.at(tenth // 10 - 1)
            assert fix.speed_mps == pytest.approx(was.speed_mps, abs=0.01)
            east_m, north_m, _ = frame.to_enu(fix.latitude_deg or 0.0, fix.longitude_deg or 0.0, 0.0)
            assert hypot(east_m - was.east_m, north_m - was.north_m) < 5 * gnss.SIGMA_M
    assert nmea.bad == 0


def test_driver_has_a_fix_of_now_from_the_port() -> None:
    with gnss.receiver(World.load(DEMO, 7)) as port, Gnss(port=port) as driver:
        until_s = time.monotonic() + 5
        fix = next(block for block in driver.blocks() if block is not None or time.monotonic() > until_s)
        assert isinstance(fix, GnssFix)
        assert fix.has_fix
        assert fix.t_utc_ns is not None
        assert abs(fix.t_utc_ns - time.time_ns()) < 3 * 10**9
        assert driver.words().startswith("fix by 11 satellites, 1.2 m")


def test_a_blind_receiver_is_read_as_one_and_a_lying_one_is_believed() -> None:
    faults = (Fault("gnss_lost", from_s=2.0, lasts_s=3.0), Fault("gnss_zero", from_s=7.0, lasts_s=2.0))
    world = World(replace(World.load(DEMO, 7).scene, fault=faults), 7)
    nmea, receiver = Nmea(), gnss.Receiver(world, begun_utc_s=UTC_S)
    said = [one for second in range(12) for one in nmea.feed(receiver.epoch(UTC_S + second), second)] + nmea.quiet()
    fixes = {one.t_utc_ns // 10**9 - UTC_S: one for one in said if isinstance(one, GnssFix) and one.t_utc_ns}
    placed = {second for second, fix in fixes.items() if fix.latitude_deg is not None}
    assert placed == {0, 1, 5, 6, 7, 8, 9, 10, 11}
    assert {second for second in placed if fixes[second].latitude_deg == fixes[second].longitude_deg == 0.0} == {7, 8}
