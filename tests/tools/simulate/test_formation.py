"""A drone with copies is many in rows, each with an address and a serial of its own."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from tools.simulate.scene import load

SWARM = load(Path(__file__).parents[3] / "tools/simulate/scenes/swarm.toml")


def test_fifty_are_apart_and_each_says_who_it_is() -> None:
    drones = SWARM.drone
    places = {(drone.path.points[0].east_m, drone.path.points[0].north_m) for drone in drones}
    assert len(drones) == len(places) == len({drone.name for drone in drones}) == 50
    assert sorted({east for east, _ in places}) == [-40.0 + 8 * k for k in range(10)]
    assert sorted({north for _, north in places}) == [130.0 + 8 * k for k in range(5)]
    assert [drone.remote_id.serial for drone in drones] == [f"TST0CSWRM0000{1000 + k}" for k in range(1, 51)]
    assert all(len(drone.remote_id.serial) == len(drone.remote_id.ssid) - 4 for drone in drones)


def test_addresses_are_of_one_maker_and_do_not_run() -> None:
    macs = sorted(int(drone.remote_id.mac.replace(":", ""), 16) for drone in SWARM.drone)
    assert len(set(macs)) == 50
    assert {mac >> 24 for mac in macs} == {0x029A10}
    assert min(b - a for a, b in pairwise(macs)) > 16
