"""Captures for benches, made anew each time: simulated aircraft, alone or amid access points as at a real site."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path
from struct import pack

from tools.simulate import pcap
from tools.simulate.beacon import BROADCAST, LINKTYPE_RADIOTAP, TU_S, element, radiotap
from tools.simulate.free_space import Frame
from tools.simulate.remote_id import frames
from tools.simulate.scene import Drone, Hover, NodePose, Operator, RemoteId, Scene
from tools.simulate.world import World

DRONES, ACCESS_POINTS = 10, 18
UTC_START_NS = 1_767_225_600_000_000_000
CHANNEL = 6


def busy_site(path: Path, seconds: float) -> Path:
    """About one frame in five holds Remote ID, as where a real flight was recorded."""
    return _write(path, heapq.merge(_aircraft(seconds), *(_access_point(number, seconds) for number in range(ACCESS_POINTS))))


def aircraft_only(path: Path, seconds: float) -> Path:
    """The hardest load: every frame is a full pack."""
    return _write(path, _aircraft(seconds))


def _write(path: Path, heard: Iterator[Frame]) -> Path:
    with path.open("wb") as file:
        file.write(pcap.header(LINKTYPE_RADIOTAP))
        file.writelines(pcap.record(UTC_START_NS + round(t_s * 1e9), data) for t_s, data in heard)
    return path


def _aircraft(seconds: float) -> Iterator[Frame]:
    drones = tuple(_drone(number) for number in range(DRONES))
    scene = Scene(name="bench", node=NodePose(latitude_deg=56.95, longitude_deg=24.1, ground_wgs84_m=10.0), drone=drones)
    return frames(World(scene, seed=1), 0.0, seconds, UTC_START_NS)


def _drone(number: int) -> Drone:
    return Drone(
        name=f"drone {number}",
        path=Hover(east_m=50.0 * number, north_m=100.0, height_m=50.0),
        operator=Operator(east_m=10.0 * number, north_m=0.0, id=f"FIN87astrdge{number:02}k8"),
        remote_id=RemoteId(mac=f"02:00:00:00:00:{number:02x}", channel=CHANNEL, serial=f"1596F{number:015}", self_id="bench"),
    )


def _access_point(number: int, seconds: float) -> Iterator[Frame]:
    """Beacons with the elements that an access point of today sends (IEEE 802.11-2020 table 9-32), 100 TU apart."""
    mac = bytes((2, 0, 0, 0, 1, number))
    elements = (
        element(0, f"network {number}".encode()),
        element(1, b"\x82\x84\x8b\x96\x0c\x12\x18\x24"),
        element(3, bytes((CHANNEL,))),
        element(5, b"\x00\x01\x00\x00"),
        element(7, b"FI \x01\x0d\x14"),
        element(42, b"\x00"),
        element(50, b"\x30\x48\x60\x6c"),
        element(48, bytes.fromhex("0100000fac040100000fac040100000fac020000")),
        element(45, bytes(26)),
        element(61, bytes((CHANNEL,)) + bytes(21)),
        element(127, bytes(8)),
        element(221, bytes.fromhex("0050f202010180000364000027a4000041435e0062322f00")),
        element(221, bytes.fromhex("0050f204104a000110104400010210470010") + bytes(32)),
    )
    body = b"".join(elements)
    for k in range(int(seconds / (100 * TU_S))):
        t_s = (number / ACCESS_POINTS + k) * 100 * TU_S
        header = pack("<HH6s6s6sHQHH", 0x0080, 0, BROADCAST, mac, mac, (k & 0xFFF) << 4, round(t_s * 1e6), 100, 0x0411)
        yield t_s, radiotap(CHANNEL, -60 - number) + header + body
