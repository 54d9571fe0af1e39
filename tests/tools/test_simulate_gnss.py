"""The simulated receiver, read by the real driver."""

from __future__ import annotations

import time
from pathlib import Path

from drivers.gnss import Gnss
from drivers.nmea import Nmea
from edge_node.geometry import distance_m
from tools.simulate import gnss
from tools.simulate.world import World

DEMO = Path(__file__).parents[2] / "tools/simulate/scenes/demo.toml"
UTC_S = 1_773_483_072


def test_epochs_say_the_nodes_place_as_well_as_they_claim() -> None:
    world = World.load(DEMO, 7)
    node, nmea, receiver = world.scene.node, Nmea(), gnss.Receiver(world)
    fixes = [fix for second in range(200) for fix in nmea.feed(receiver.epoch(UTC_S + second), second)] + nmea.quiet()
    assert (len(fixes), nmea.bad) == (200, 0)
    for second, fix in enumerate(fixes):
        assert fix.t_utc_ns == (UTC_S + second) * 10**9
        assert fix.latitude_deg is not None
        assert fix.longitude_deg is not None
        assert fix.altitude_wgs84_m is not None
        assert fix.sigma_horizontal_m == gnss.SIGMA_M
        assert distance_m(fix.latitude_deg, fix.longitude_deg, node.latitude_deg, node.longitude_deg) < 5 * gnss.SIGMA_M
        assert abs(fix.altitude_wgs84_m - world.node_altitude_wgs84_m) < 5 * gnss.SIGMA_M


def test_driver_has_a_fix_of_now_from_the_port() -> None:
    with gnss.receiver(World.load(DEMO, 7)) as port, Gnss(port=port) as driver:
        until_s = time.monotonic() + 5
        fix = next(block for block in driver.blocks() if block is not None or time.monotonic() > until_s)
        assert fix is not None
        assert fix.has_fix
        assert fix.t_utc_ns is not None
        assert abs(fix.t_utc_ns - time.time_ns()) < 3 * 10**9
        assert driver.words().startswith("fix by 11 satellites, 1.2 m")
