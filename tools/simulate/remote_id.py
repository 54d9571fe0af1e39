"""Remote ID of a simulated world, as the node's Wi-Fi and Bluetooth receivers hear it: into files, or pipes as time passes."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from msgspec import Struct

from tools.simulate import flood, pcap, spoofers
from tools.simulate.beacon import LINKTYPE_RADIOTAP
from tools.simulate.free_space import Frame
from tools.simulate.nordic_ble import LINKTYPE_NORDIC_BLE
from tools.simulate.transmitters import BleTransmitter, WifiTransmitter
from tools.simulate.world import World


class Played(Struct, frozen=True):
    """How a play went: frames read by somebody, frames that nobody read, and how many readers came."""

    written: int
    unread: int
    readers: int


def frames(world: World, t_from_s: float, t_to_s: float, utc_start_ns: int) -> Iterator[Frame]:
    """All Wi-Fi that the node hears in [from, to) of the scene, (t_s, radiotap + 802.11), in time order."""
    senders = [
        WifiTransmitter(world, drone, drone.remote_id, utc_start_ns).frames(t_from_s, t_to_s)
        for drone in world.scene.drone
        if drone.remote_id and "wifi" in drone.remote_id.media
    ]
    senders += [flood.frames(world, fault, t_from_s, t_to_s) for fault in world.faults if fault.kind == "wifi_flood"]
    senders += [spoofers.frames(world, spoofer, utc_start_ns, t_from_s, t_to_s) for spoofer in world.scene.spoofer]
    return heapq.merge(*senders)


def ble_frames(world: World, t_from_s: float, t_to_s: float, utc_start_ns: int) -> Iterator[Frame]:
    """All Bluetooth that the node hears in [from, to) of the scene, (t_s, record of nRF Sniffer), in time order."""
    return heapq.merge(
        *(
            BleTransmitter(world, drone, drone.remote_id, utc_start_ns).frames(t_from_s, t_to_s)
            for drone in world.scene.drone
            if drone.remote_id and "bluetooth" in drone.remote_id.media
        )
    )


class Air(Struct, frozen=True):
    """What one kind of receiver hears of a world, and the link type of its captures."""

    link_type: int
    frames: Callable[[World, float, float, int], Iterator[Frame]]


WIFI = Air(LINKTYPE_RADIOTAP, frames)
BLE = Air(LINKTYPE_NORDIC_BLE, ble_frames)


def write_pcap(world: World, path: Path, t_from_s: float, t_to_s: float, utc_start_ns: int, *, air: Air = WIFI) -> int:
    """Write a capture; returns how many frames it holds."""
    count = 0
    with path.open("wb") as file:
        file.write(pcap.header(air.link_type))
        for t_s, data in air.frames(world, t_from_s, t_to_s, utc_start_ns):
            file.write(pcap.record(utc_start_ns + round(t_s * 1e9), data))
            count += 1
    return count


def play(world: World, pipe: Path, seconds: float, stop: Event | None = None, *, air: Air = WIFI) -> Played:
    """Write the scene's first seconds into a named pipe as they pass, from now; ends at once when `stop` is set."""
    stop = stop or Event()
    start_ns, utc_start_ns = time.monotonic_ns(), time.time_ns()
    out = pcap.PcapPipe(pipe, air.link_type)
    try:
        for t_s, data in air.frames(world, 0.0, seconds, utc_start_ns):
            if stop.wait(max(0.0, t_s - (time.monotonic_ns() - start_ns) / 1e9)):
                break
            out.write(utc_start_ns + round(t_s * 1e9), data)
        else:
            stop.wait(max(0.0, seconds - (time.monotonic_ns() - start_ns) / 1e9))
    finally:
        out.close()
    return Played(written=out.written, unread=out.unread, readers=out.readers)
