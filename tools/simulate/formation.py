"""A drone that stands for many: rows and columns of the same one, each with an address and a serial of its own."""

from __future__ import annotations

from random import Random

from msgspec.structs import replace

from tools.simulate.aircraft import Drone, RemoteId
from tools.simulate.paths import shifted


def expanded(drones: tuple[Drone, ...]) -> tuple[Drone, ...]:
    """All of them one by one."""
    return tuple(one for drone in drones for one in _each(drone))


def _each(drone: Drone) -> tuple[Drone, ...]:
    copies = drone.copies
    if copies is None:
        return (drone,)
    return tuple(_copy(drone, k, *divmod(k, copies.columns), copies.spacing_m) for k in range(copies.count))


def _copy(drone: Drone, number: int, row: int, column: int, spacing_m: float) -> Drone:
    return replace(
        drone,
        name=f"{drone.name} {number + 1}",
        path=shifted(drone.path, -column * spacing_m, -row * spacing_m),
        remote_id=drone.remote_id and _numbered(drone.remote_id, number),
        copies=None,
    )


def _numbered(rid: RemoteId, number: int) -> RemoteId:
    """Each has an address somewhere in its maker's block; the last three characters of serial and network count on."""
    own = Random(f"{rid.mac}/{number}").randbytes(3)
    return replace(
        rid,
        mac=f"{rid.mac[:8]}:{own.hex(':')}",
        serial=rid.serial and f"{rid.serial[:-3]}{number + 1:03d}",
        ssid=rid.ssid and f"{rid.ssid[:-3]}{number + 1:03d}",
    )
