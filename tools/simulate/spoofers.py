"""What one cheap Wi-Fi module can do to a listener: frames of its own making, from one place, with one sequence counter."""

from __future__ import annotations

from collections.abc import Iterator
from math import atan2, ceil, cos, degrees, floor, hypot, radians, sin
from random import Random
from typing import Any

from msgspec import Struct

from tools.simulate import astm_encoder as astm
from tools.simulate.beacon import TU_S, beacon, center_hz, odid, radiotap
from tools.simulate.free_space import Frame, Path
from tools.simulate.scene import Ghost, Radio, Replay, Spoofer, Swarm, Teleport
from tools.simulate.transmitters import SENSITIVITY_DBM, WifiTransmitter
from tools.simulate.world import World, on_path

RADIOTAP_BYTES = 16
MOST_JITTER_S = 0.001
SLOW_MPS = 4.0
INTERVAL_TU = 100


class Flight(Struct, frozen=True):
    """What is claimed of one invented aircraft at one moment: metres east, north and above the ground, course and speed."""

    east_m: float
    north_m: float
    height_m: float
    course_deg: float
    speed_mps: float


class _Sender:
    """A module on the ground: its own loudness at the node, whatever it claims."""

    def __init__(self, world: World, spoofer: Radio, utc_start_ns: int) -> None:
        self._world, self._radio, self._utc_start_ns = world, spoofer, utc_start_ns
        self._seed = f"{world.seed}/spoofer/{spoofer.name}"
        self._path = Path(world.own + self._seed, spoofer.eirp_dbm)
        self._center_hz = center_hz(spoofer.channel)

    def _on_air(self, t_s: float) -> bool:
        return self._radio.from_s <= t_s and (self._radio.until_s is None or t_s < self._radio.until_s)

    def _range_m(self, t_s: float) -> float:
        going = self._world.stands(t_s)
        gone_east, gone_north = (going.east_m, going.north_m) if going else (0.0, 0.0)
        return hypot(self._radio.east_m - gone_east, self._radio.north_m - gone_north, self._world.scene.node.mast_m)

    def _heard(self, t_s: float, frame: bytes, random: Random) -> Iterator[Frame]:
        rssi_dbm = self._path.rssi_dbm(t_s, self._range_m(t_s), self._center_hz, random)
        if rssi_dbm >= SENSITIVITY_DBM and self._on_air(t_s):
            yield t_s, radiotap(self._radio.channel, rssi_dbm) + frame

    def _odid_pack(self, serial: str, flight: Flight, t_s: float, operator_m: tuple[float, float]) -> bytes:
        latitude, longitude, altitude = self._world.ground.to_geodetic(flight.east_m, flight.north_m, flight.height_m)
        operator = self._world.ground.to_geodetic(*operator_m, 0.0)
        utc_ns = self._utc_start_ns + round(t_s * 1e9)
        location = astm.Location(
            direction_deg=flight.course_deg,
            speed_mps=flight.speed_mps,
            vertical_speed_mps=0.0,
            latitude_deg=latitude,
            longitude_deg=longitude,
            altitude_wgs84_m=altitude,
            height_m=flight.height_m,
            horizontal_accuracy=11,
            vertical_accuracy=5,
            speed_accuracy=3,
            timestamp_s=utc_ns % 3_600_000_000_000 / 1e9,
        )
        system = astm.System(
            latitude_deg=operator[0], longitude_deg=operator[1], altitude_wgs84_m=operator[2], eu_category=1, utc_s=utc_ns / 1e9
        )
        return astm.pack(2, [astm.basic_id(2, 1, 2, serial.encode()), astm.location(2, location), astm.system(2, system)])

    def _numbers(self, rate_hz: float, t_from_s: float, t_to_s: float) -> range:
        """The frames of a steady rate that may fall into [from, to)."""
        first = max(0, floor((t_from_s - self._radio.from_s - MOST_JITTER_S) * rate_hz))
        return range(first, max(first, ceil((t_to_s - self._radio.from_s) * rate_hz) + 1))


class SwarmSender(_Sender):
    """Invented aircraft in turn, each on a straight flight that holds together; only the radio gives them away."""

    def __init__(self, world: World, spoofer: Swarm, utc_start_ns: int) -> None:
        super().__init__(world, spoofer, utc_start_ns)
        self._spoofer = spoofer
        random = Random(self._seed)
        self._first_sequence = random.randrange(4096)
        self._macs = [bytes((0x02, *random.randbytes(5))) for _ in range(spoofer.count)]

    def frames(self, t_from_s: float, t_to_s: float) -> Iterator[Frame]:
        """What reaches the node in [from, to), in time order."""
        rate_hz = self._spoofer.rate_hz * self._spoofer.count
        for number in self._numbers(rate_hz, t_from_s, t_to_s):
            random = Random(f"{self._seed}/{number}")
            t_s = self._spoofer.from_s + number / rate_hz + random.uniform(0, min(MOST_JITTER_S, 0.5 / rate_hz))
            if t_from_s <= t_s < t_to_s:
                yield from self._heard(t_s, self._beacon(number, t_s, random), random)

    def _beacon(self, number: int, t_s: float, random: Random) -> bytes:
        turn, which = divmod(number, self._spoofer.count)
        serial = f"TST0E{which:014d}"
        return beacon(
            mac=self._macs[which],
            sequence=self._first_sequence + number,
            tsf_us=random.getrandbits(64),
            interval_tu=INTERVAL_TU,
            channel=self._spoofer.channel,
            ssid=f"RID-{serial}",
            vendor=odid(turn, self._odid_pack(serial, self._flight(which, t_s), t_s, self._operator(which))),
        )

    def _flight(self, which: int, t_s: float) -> Flight:
        random, spread_m = Random(f"{self._seed}/flight/{which}"), self._spoofer.spread_m
        east, north = random.uniform(-spread_m, spread_m), random.uniform(-spread_m, spread_m)
        course, speed = random.uniform(0, 360), random.uniform(3, 12)
        gone_m = speed * (t_s - self._spoofer.from_s)
        return Flight(east + gone_m * sin(radians(course)), north + gone_m * cos(radians(course)), random.uniform(30, 110), course, speed)

    def _operator(self, which: int) -> tuple[float, float]:
        random, spread_m = Random(f"{self._seed}/operator/{which}"), self._spoofer.spread_m
        return random.uniform(-spread_m, spread_m), random.uniform(-spread_m, spread_m)


class _SoleSender(_Sender):
    """One invented aircraft with an address, a counter and a TSF of its own."""

    def __init__(self, world: World, spoofer: Teleport | Ghost, utc_start_ns: int) -> None:
        super().__init__(world, spoofer, utc_start_ns)
        self._sole = spoofer
        self._random = Random(self._seed)
        self._first_sequence = self._random.randrange(4096)
        self._mac = bytes((0x02, *self._random.randbytes(5)))
        self._serial = ""

    def frames(self, t_from_s: float, t_to_s: float) -> Iterator[Frame]:
        """What reaches the node in [from, to), in time order."""
        for number in self._numbers(self._sole.rate_hz, t_from_s, t_to_s):
            random = Random(f"{self._seed}/{number}")
            t_s = self._sole.from_s + number / self._sole.rate_hz + random.uniform(0, MOST_JITTER_S)
            if t_from_s <= t_s < t_to_s:
                yield from self._heard(t_s, self._beacon(number, t_s), random)

    def _beacon(self, number: int, t_s: float) -> bytes:
        sole, stands = self._sole, (self._sole.east_m, self._sole.north_m)
        return beacon(
            mac=self._mac,
            sequence=self._first_sequence + number,
            tsf_us=round((t_s - sole.from_s) * 1e6),
            interval_tu=round(1 / sole.rate_hz / TU_S),
            channel=sole.channel,
            ssid=f"RID-{self._serial}",
            vendor=odid(number, self._odid_pack(self._serial, self._flight(t_s), t_s, stands)),
        )

    def _flight(self, t_s: float) -> Flight:
        raise NotImplementedError


class TeleportSender(_SoleSender):
    """Its claims jump."""

    def __init__(self, world: World, spoofer: Teleport, utc_start_ns: int) -> None:
        super().__init__(world, spoofer, utc_start_ns)
        self._spoofer = spoofer
        self._serial = f"TST0C{self._random.randrange(10**12):012d}"

    def _flight(self, t_s: float) -> Flight:
        hop, spread_m = int((t_s - self._spoofer.from_s) // self._spoofer.every_s), self._spoofer.spread_m
        random = Random(f"{self._seed}/hop/{hop}")
        return Flight(random.uniform(-spread_m, spread_m), random.uniform(-spread_m, spread_m), 60.0, random.uniform(0, 360), SLOW_MPS)


class GhostSender(_SoleSender):
    """It claims a path where nothing flies."""

    def __init__(self, world: World, spoofer: Ghost, utc_start_ns: int) -> None:
        super().__init__(world, spoofer, utc_start_ns)
        self._spoofer = spoofer
        self._serial = spoofer.serial

    def _flight(self, t_s: float) -> Flight:
        (east, north, height), (v_east, v_north, _) = on_path(self._spoofer.path, t_s - self._spoofer.from_s, self._world.wind)
        return Flight(east, north, height, degrees(atan2(v_east, v_north)) % 360, hypot(v_east, v_north))


class ReplaySender(_Sender):
    """A drone's own frames again, as they were."""

    def __init__(self, world: World, spoofer: Replay, utc_start_ns: int) -> None:
        super().__init__(world, spoofer, utc_start_ns)
        self._delay_s = spoofer.delay_s
        drone, rid = next((drone, drone.remote_id) for drone in world.scene.drone if drone.name == spoofer.of and drone.remote_id)
        self._recorded = WifiTransmitter(world, drone, rid, utc_start_ns) if "wifi" in rid.media else None

    def frames(self, t_from_s: float, t_to_s: float) -> Iterator[Frame]:
        """What reaches the node in [from, to), in time order."""
        recorded = self._recorded.frames(max(0.0, t_from_s - self._delay_s), t_to_s - self._delay_s) if self._recorded else ()
        for t_s, data in recorded:
            yield from self._heard(t_s + self._delay_s, data[RADIOTAP_BYTES:], Random(f"{self._seed}/{t_s}"))


SENDERS: dict[type[Any], type[Any]] = {Swarm: SwarmSender, Teleport: TeleportSender, Replay: ReplaySender, Ghost: GhostSender}


def frames(world: World, spoofer: Spoofer, utc_start_ns: int, t_from_s: float, t_to_s: float) -> Iterator[Frame]:
    """What one spoofer makes the node hear in [from, to) of the scene."""
    yield from SENDERS[type(spoofer)](world, spoofer, utc_start_ns).frames(t_from_s, t_to_s)
