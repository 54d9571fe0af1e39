"""Remote ID of a simulated world: each drone's beacons as the node's antenna hears them."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator
from math import atan2, ceil, degrees, floor, hypot, log10
from pathlib import Path
from random import Random
from threading import Event

from msgspec import Struct

from tools.simulate import astm_encoder as astm
from tools.simulate import pcap
from tools.simulate.beacon import LINKTYPE_RADIOTAP, TU_S, beacon, center_hz, radiotap
from tools.simulate.scene import Drone, RemoteId
from tools.simulate.world import DroneTruth, Wander, World, in_air

# 95 % bounds of the standard's accuracy codes (F3411-22a tables 5 to 7); a normal axis has 1 sigma at 1/1.96 of its
# bound and a round one in the plane at 1/2.45; 0.8 leaves the claim room to be true.
HORIZONTAL_M = (18_520.0, 18_520.0, 7_408.0, 3_704.0, 1_852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0, 1.0)
VERTICAL_M = (150.0, 150.0, 45.0, 25.0, 10.0, 3.0, 1.0)
SPEED_MPS = (10.0, 10.0, 3.0, 1.0, 0.3)
PLANE_SIGMA, AXIS_SIGMA = 0.8 / 2.45, 0.8 / 1.96

EU_CATEGORY = {None: 0, "open": 1, "specific": 2, "certified": 3}
OPERATOR_LOCATION = {"take_off": 0, "live": 1, "fixed": 2}
DATA_LAG_S = 0.15
SENSITIVITY_DBM = -92
SLOW_FADING_DB, FAST_FADING_DB = 2.0, 1.0
MOST_CONTENTION_S = 0.003
Frame = tuple[float, bytes]


class Played(Struct, frozen=True):
    """How a play went: frames read by somebody, frames that nobody read, and how many readers came."""

    written: int
    unread: int
    readers: int


class Transmitter:
    """One drone's Wi-Fi: its own sequence counter, its own TSF with a crystal's error, and a receiver that fixes its place."""

    def __init__(self, world: World, drone: Drone, rid: RemoteId, utc_start_ns: int) -> None:
        self._world, self._drone, self._rid, self._utc_start_ns = world, drone, rid, utc_start_ns
        self._seed = f"{world.seed}/{rid.mac}"
        self._mac = bytes.fromhex(rid.mac.replace(":", ""))
        random = Random(self._seed)
        self._first_sequence = random.randrange(4096)
        self._first_counter = random.randrange(256)
        self._ticks = 1 + random.uniform(-10e-6, 10e-6)
        self._beacons_before = random.randrange(200, 6_000)
        self._phase_s = random.uniform(0, rid.beacon_interval_tu * TU_S)
        self._baro_offset_m = -45 + random.uniform(-20, 20)
        self._fading = Wander(f"{self._seed}/fading", SLOW_FADING_DB, 1.0, 20.0)
        horizontal, vertical = HORIZONTAL_M[rid.horizontal_accuracy] * PLANE_SIGMA, VERTICAL_M[rid.vertical_accuracy] * AXIS_SIGMA
        self._place_errors = [
            Wander(f"{self._seed}/{axis}", m, 20, 600) for axis, m in zip("enu", (horizontal, horizontal, vertical), strict=True)
        ]

    def frames(self, t_from_s: float, t_to_s: float) -> Iterator[Frame]:
        """Beacons that reach the node in [from, to), in time order, whatever was asked before."""
        every_s = self._rid.beacon_interval_tu * TU_S / self._ticks
        start_s = self._drone.from_s + self._phase_s
        for k in range(max(0, ceil((t_from_s - MOST_CONTENTION_S - start_s) / every_s)), max(0, ceil((t_to_s - start_s) / every_s))):
            random = Random(f"{self._seed}/{k}")
            t_s = start_s + k * every_s + random.uniform(0, MOST_CONTENTION_S)
            if t_from_s <= t_s < t_to_s and in_air(self._drone, t_s):
                rssi_dbm = self._rssi_dbm(t_s, random)
                if rssi_dbm >= SENSITIVITY_DBM:
                    yield t_s, radiotap(self._rid.channel, rssi_dbm) + self._beacon(k, t_s, start_s)

    def _beacon(self, k: int, t_s: float, start_s: float) -> bytes:
        rid, update = self._rid, floor((t_s - self._drone.from_s) / self._rid.update_s)
        tsf_us = self._beacons_before * rid.beacon_interval_tu * 1024 + round((t_s - start_s) * self._ticks * 1e6)
        return beacon(
            mac=self._mac,
            sequence=self._first_sequence + k,
            tsf_us=tsf_us,
            interval_tu=rid.beacon_interval_tu,
            channel=rid.channel,
            ssid=rid.ssid,
            counter=self._first_counter + update,
            odid_pack=astm.pack(rid.protocol, self._messages(update)),
        )

    def _rssi_dbm(self, t_s: float, random: Random) -> int:
        """Free-space loss between isotropic antennas (ITU-R P.525) and fading, slow and fast."""
        range_km = max(self._world.truth_of(self._drone, t_s).range_m, 1.0) / 1e3
        loss_db = 20 * log10(range_km) + 20 * log10(center_hz(self._rid.channel) / 1e6) + 32.45
        return max(-127, round(self._rid.eirp_dbm - loss_db + self._fading.at(t_s) + random.gauss(0, FAST_FADING_DB)))

    def _messages(self, update: int) -> list[bytes]:
        """The pack of one update: all that the drone has to say, or its Location alone."""
        t_s = self._drone.from_s + update * self._rid.update_s - DATA_LAG_S
        truth, protocol, rid = self._world.truth_of(self._drone, t_s), self._rid.protocol, self._rid
        location = astm.location(protocol, self._location(truth, update))
        if update % rid.full_every:
            return [location]
        ids = ((1, rid.serial), (2, rid.caa_registration))
        messages = [astm.basic_id(protocol, kind, rid.ua_type, value.encode()) for kind, value in ids if value]
        messages.append(location)
        if rid.self_id:
            messages.append(astm.self_id(protocol, 0, rid.self_id))
        messages.append(astm.system(protocol, self._system(truth)))
        if self._drone.operator.id:
            messages.append(astm.operator_id(protocol, self._drone.operator.id))
        return messages

    def _location(self, truth: DroneTruth, update: int) -> astm.Location:
        """What the drone's own receiver makes of the truth, within the accuracy that it claims."""
        rid, random = self._rid, Random(f"{self._seed}/update/{update}")
        east, north, up = (error.at(truth.t_s) for error in self._place_errors)
        mast_m = self._world.scene.node.mast_m
        latitude, longitude, altitude = self._world.ground.to_geodetic(truth.east_m + east, truth.north_m + north, truth.up_m + mast_m + up)
        sigma_mps = SPEED_MPS[rid.speed_accuracy] * PLANE_SIGMA
        v_east, v_north = random.gauss(truth.velocity_east_mps, sigma_mps), random.gauss(truth.velocity_north_mps, sigma_mps)
        return astm.Location(
            status=2 if truth.height_m > 1 else 1,
            direction_deg=degrees(atan2(v_east, v_north)) % 360,
            speed_mps=hypot(v_east, v_north),
            vertical_speed_mps=random.gauss(truth.velocity_up_mps, sigma_mps / 2),
            latitude_deg=latitude,
            longitude_deg=longitude,
            altitude_baro_m=truth.altitude_wgs84_m + self._baro_offset_m,
            altitude_wgs84_m=altitude,
            height_m=truth.height_m,
            horizontal_accuracy=rid.horizontal_accuracy,
            vertical_accuracy=rid.vertical_accuracy,
            baro_accuracy=rid.vertical_accuracy,
            speed_accuracy=rid.speed_accuracy,
            timestamp_s=(self._utc_start_ns + round(truth.t_s * 1e9)) % 3_600_000_000_000 / 1e9,
            timestamp_accuracy_s=0.2,
        )

    def _system(self, truth: DroneTruth) -> astm.System:
        return astm.System(
            operator_location=OPERATOR_LOCATION[self._drone.operator.location],
            latitude_deg=truth.operator_latitude_deg,
            longitude_deg=truth.operator_longitude_deg,
            altitude_wgs84_m=truth.operator_altitude_wgs84_m,
            eu_category=EU_CATEGORY[self._rid.eu_category],
            eu_class=self._rid.eu_class,
            utc_s=self._utc_start_ns / 1e9 + truth.t_s,
        )


def frames(world: World, t_from_s: float, t_to_s: float, utc_start_ns: int) -> Iterator[Frame]:
    """All beacons that the node hears in [from, to) of the scene, (t_s, radiotap + 802.11), in time order."""
    transmitters = [Transmitter(world, drone, drone.remote_id, utc_start_ns) for drone in world.scene.drone if drone.remote_id]
    return heapq.merge(*(transmitter.frames(t_from_s, t_to_s) for transmitter in transmitters))


def write_pcap(world: World, path: Path, t_from_s: float, t_to_s: float, utc_start_ns: int) -> int:
    """Write a capture of link type 127; returns how many frames it holds."""
    count = 0
    with path.open("wb") as file:
        file.write(pcap.header(LINKTYPE_RADIOTAP))
        for t_s, data in frames(world, t_from_s, t_to_s, utc_start_ns):
            file.write(pcap.record(utc_start_ns + round(t_s * 1e9), data))
            count += 1
    return count


def play(world: World, pipe: Path, seconds: float, stop: Event | None = None) -> Played:
    """Write the scene's first seconds into a named pipe as they pass, from now; ends at once when `stop` is set."""
    stop = stop or Event()
    start_ns, utc_start_ns = time.monotonic_ns(), time.time_ns()
    out = pcap.PcapPipe(pipe, LINKTYPE_RADIOTAP)
    try:
        for t_s, data in frames(world, 0.0, seconds, utc_start_ns):
            if stop.wait(max(0.0, t_s - (time.monotonic_ns() - start_ns) / 1e9)):
                break
            out.write(utc_start_ns + round(t_s * 1e9), data)
        else:
            stop.wait(max(0.0, seconds - (time.monotonic_ns() - start_ns) / 1e9))
    finally:
        out.close()
    return Played(written=out.written, unread=out.unread, readers=out.readers)
