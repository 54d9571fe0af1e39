"""Remote ID as detections, without the bytes: genuine flights in all their untidiness, for judging the judges."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from math import atan2, cos, degrees, floor, hypot, log10, pi, radians, sin
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from edge_node.messages import RemoteIdDetection, UasId
from tools.simulate.world import Wander

HERE = (50.8503, 4.3517, 60.0)
UTC_START_S = 1_767_225_600 + 1_234
METRES_A_DEGREE = 111_195.0
TU_S = 1024e-6
SENSITIVITY_DBM, CHANNEL_MHZ = -95, 2_437.0
HOP_CYCLE_S, HOP_DWELL_S = 7.0, 0.25

State = tuple[float, float, float, float, float, float]
"""East, north, height in metres, and their speeds in m/s."""
Path = Callable[[float], State]
Detections = Iterator[RemoteIdDetection]


class Habits(Struct, frozen=True):
    """How one transmitter says what it says."""

    transport: str
    interval_s: float
    update_s: float
    lag_s: float
    horizontal_m: float | None
    vertical_m: float | None
    whole_speeds: bool
    silent_climb: bool
    full_every: int
    counts: bool
    timer: bool
    eirp_dbm: float


class Receiver(Struct, frozen=True):
    """How much of it arrives: a share lost by chance, and all that is sent while the receiver is on another channel."""

    loss: float = 0.0
    hops: bool = False
    late_s: float = 0.0

    def hears(self, t_s: float, random: Random) -> bool:
        """Whether a frame of this time arrives."""
        return random.random() >= self.loss and not (self.hops and t_s % HOP_CYCLE_S > HOP_DWELL_S)

    def stamp_ns(self, t_s: float, random: Random) -> int:
        """When the node thinks that it came."""
        return round((1_000 + t_s + random.expovariate(1 / 0.001) + (self.late_s if random.random() < 0.02 else 0.0)) * 1e9)


def receiver(random: Random) -> Receiver:
    """A good one, a bad one, one that hops."""
    return Receiver(loss=random.choice((0.0, 0.1, 0.3, 0.5, 0.7)), hops=random.random() < 0.25, late_s=random.choice((0.0, 0.0, 0.15)))


def hover(random: Random) -> Path:
    """Stay, as wind lets one."""
    east, north, height = random.uniform(-800, 800), random.uniform(-800, 800), random.uniform(5, 118)
    sway = [Wander(f"{random.random()}", 0.4, 4.0, 30.0) for _ in range(3)]

    def at(t_s: float) -> State:
        (east_m, north_m, up_m), (v_east, v_north, v_up) = [axis.at(t_s) for axis in sway], [axis.rate(t_s) for axis in sway]
        return east + east_m, north + north_m, height + up_m, v_east, v_north, v_up

    return at


def circle(random: Random) -> Path:
    """Round a place, no tighter than 12 m/s2."""
    east, north, height = random.uniform(-800, 800), random.uniform(-800, 800), random.uniform(10, 118)
    speed = random.uniform(2, 18)
    radius = random.uniform(max(8.0, speed * speed / 12), 150)
    rate, phase = random.choice((-1, 1)) * speed / radius, random.uniform(0, 2 * pi)

    def at(t_s: float) -> State:
        angle = phase + rate * t_s
        return (
            *(east + radius * cos(angle), north + radius * sin(angle), height),
            *(-radius * rate * sin(angle), radius * rate * cos(angle), 0.0),
        )

    return at


def fast(random: Random) -> Path:
    """Straight on, past the node."""
    course, speed, height = random.uniform(0, 2 * pi), random.uniform(12, 35), random.uniform(20, 118)
    off, start = random.uniform(-300, 300), -speed * random.uniform(10, 50)

    def at(t_s: float) -> State:
        along = start + speed * t_s
        return (
            *(along * sin(course) + off * cos(course), along * cos(course) - off * sin(course), height),
            *(speed * sin(course), speed * cos(course), 0.0),
        )

    return at


def legs(random: Random) -> Path:
    """There and back with stops, as a pilot who films."""
    east, north, course = random.uniform(-400, 400), random.uniform(-400, 400), random.uniform(0, 2 * pi)
    reach, period_s, height = random.uniform(20, 120), random.uniform(25, 60), random.uniform(20, 110)

    def at(t_s: float) -> State:
        rate = 2 * pi / period_s
        along, speed = reach * sin(rate * t_s), reach * rate * cos(rate * t_s)
        return east + along * sin(course), north + along * cos(course), height, speed * sin(course), speed * cos(course), 0.0

    return at


def climb(random: Random) -> Path:
    """Up and down on the spot."""
    east, north, rate = random.uniform(-500, 500), random.uniform(-500, 500), random.uniform(1, 5)
    top_s = 100 / rate

    def at(t_s: float) -> State:
        turn, way_s = divmod(t_s, top_s)
        up = turn % 2 == 0
        return east, north, 5 + rate * (way_s if up else top_s - way_s), 0.0, 0.0, rate if up else -rate

    return at


PATHS = (hover, circle, fast, legs, climb)


def habits(random: Random) -> Habits:
    """As real transmitters have them, and some worse."""
    wifi = random.random() < 0.7
    transport = random.choice(("wifi_beacon", "wifi_nan")) if wifi else random.choice(("ble_legacy", "ble_extended"))
    return Habits(
        transport=transport,
        interval_s=random.choice((100, 160, 200)) * TU_S if wifi else random.choice((0.2, 0.35, 1.0)),
        update_s=random.choice((0.1, 0.2, 0.5, 1.0)),
        lag_s=random.uniform(0.05, 1.8),
        horizontal_m=random.choice((1.0, 3.0, 10.0, 30.0, None)),
        vertical_m=random.choice((1.0, 3.0, 10.0, None)),
        whole_speeds=random.random() < 0.3,
        silent_climb=random.random() < 0.2,
        full_every=random.choice((1, 1, 3)),
        counts=random.random() < 0.8,
        timer=random.random() < 0.8,
        eirp_dbm=random.uniform(10, 24),
    )


class Aircraft:
    """One genuine aircraft: its own radio, its own receiver for its place, and a restart now and then."""

    def __init__(self, random: Random, path: Path, ways: Habits, *, name: str | None = None, first_number: int | None = None) -> None:
        self.path, self.ways, self._random = path, ways, random
        self.address = ":".join(f"{byte:02x}" for byte in (random.randrange(256) & 0xFC | 2, *random.randbytes(5)))
        self.serial = name or f"1596F{random.randrange(10**15):015}"
        self.number = random.randrange(4096) if first_number is None else first_number
        self.counter = random.randrange(256)
        self._booted_s = -random.uniform(20, 600)
        self._ticks = 1 + random.uniform(-30e-6, 30e-6)
        self._phase_s = random.uniform(0, ways.interval_s)
        self._restart_s = random.uniform(10, 50) if random.random() < 0.1 else 1e9
        horizontal, vertical = (ways.horizontal_m or 8.0) / 2.45, (ways.vertical_m or 8.0) / 1.96
        self._errors = [Wander(f"{random.random()}", sigma, 15, 300) for sigma in (horizontal, horizontal, vertical)]
        self._white = horizontal * 0.3
        self._fading = Wander(f"{random.random()}", 3.0, 1.0, 20.0)
        self._home = path(0.0)

    def frames(self, seconds: float, heard: Receiver) -> Detections:
        """What the node hears of it, in time order."""
        ways, t_s, update, random = self.ways, self._phase_s, -1, self._random
        said: RemoteIdDetection | None = None
        while t_s < seconds:
            t_s += ways.interval_s * self._ticks + random.uniform(0, 0.002)
            if t_s > self._restart_s:
                t_s, self._restart_s, self.number, self.counter = t_s + random.uniform(3, 8), 1e9, 1, 0
                self._booted_s = t_s - 0.5
            self.number = (self.number + 1) % 4096
            newest = floor(t_s / ways.update_s)
            if newest != update or said is None:
                update, said = newest, self._location(newest * ways.update_s)
                self.counter = (self.counter + 1) % 256
            rssi_dbm = self.rssi_dbm(t_s)
            if heard.hears(t_s, random) and rssi_dbm >= SENSITIVITY_DBM:
                yield self._frame(said, t_s, rssi_dbm, heard)

    def rssi_dbm(self, t_s: float) -> int:
        """Free-space loss and both fadings."""
        east, north, up, *_ = self.path(t_s)
        loss_db = 20 * log10(max(hypot(east, north, up), 3.0) / 1e3) + 20 * log10(CHANNEL_MHZ) + 32.45
        return round(self.ways.eirp_dbm - loss_db + self._fading.at(t_s) + self._random.gauss(0, 1.5))

    def _location(self, t_s: float) -> RemoteIdDetection:
        ways, random = self.ways, self._random
        fix_s = t_s - ways.lag_s
        east, north, height, v_east, v_north, v_up = self.path(fix_s)
        east, north, height = (
            place + error.at(fix_s) + random.gauss(0, self._white) for place, error in zip((east, north, height), self._errors, strict=True)
        )
        speed = hypot(v_east, v_north) + random.gauss(0, 0.2)
        latitude, longitude = place(east, north)
        return RemoteIdDetection(
            t_mono_ns=0,
            transport="wifi_beacon",
            transmitter=self.address,
            latitude_deg=latitude,
            longitude_deg=longitude,
            altitude_wgs84_m=round((HERE[2] + height) * 2) / 2,
            height_m=round(height * 2) / 2,
            direction_deg=float(round(degrees(atan2(v_east, v_north)) % 360) % 360),
            speed_mps=float(int(max(speed, 0))) if ways.whole_speeds else round(max(speed, 0) * 4) / 4,
            vertical_speed_mps=0.0 if ways.silent_climb else round(v_up * 2) / 2,
            horizontal_accuracy_m=ways.horizontal_m,
            vertical_accuracy_m=ways.vertical_m,
            timestamp_s=round((UTC_START_S + fix_s) % 3600, 1),
        )

    def _frame(self, said: RemoteIdDetection, t_s: float, rssi_dbm: int, heard: Receiver) -> RemoteIdDetection:
        ways, wifi = self.ways, self.ways.transport.startswith("wifi")
        full = self.number % ways.full_every == 0
        operator = place(self._home[0], self._home[1])
        return replace(
            said,
            t_mono_ns=heard.stamp_ns(t_s, self._random),
            transport=ways.transport,
            sensor="wifi" if wifi else "ble",
            rssi_dbm=rssi_dbm,
            center_hz=round(CHANNEL_MHZ * 1e6) if wifi else None,
            counter=self.counter,
            ids=(UasId("serial_number", self.serial),) if full else (),
            operator_latitude_deg=operator[0] if full else None,
            operator_longitude_deg=operator[1] if full else None,
            sequence_number=(self.number if ways.counts else 0) if wifi else None,
            tsf_us=(round((t_s - self._booted_s) * self._ticks * 1e6) if ways.timer else 0) if ways.transport == "wifi_beacon" else None,
        )


def place(east_m: float, north_m: float) -> tuple[float, float]:
    """Latitude and longitude of metres from the node, as coarse as the air carries them."""
    return round(HERE[0] + north_m / METRES_A_DEGREE, 7), round(HERE[1] + east_m / METRES_A_DEGREE / cos(radians(HERE[0])), 7)


def utc_ns(said: RemoteIdDetection) -> int:
    """UTC of a detection's monotonic time."""
    return said.t_mono_ns - 1_000_000_000_000 + round(UTC_START_S * 1e9)


def in_order(sources: Iterable[Detections]) -> Detections:
    """Several transmitters as one node hears them."""
    return heapq.merge(*sources, key=lambda said: said.t_mono_ns)


def genuine(seed: int, seconds: float = 60.0, aircraft: int = 1, *, fleet: bool = False) -> Detections:
    """So many genuine aircraft; those of a fleet were switched on within a minute."""
    random = Random(f"genuine/{seed}")
    heard, flying = receiver(random), []
    for _ in range(aircraft):
        own = Random(random.random())
        first = own.randrange(600) if fleet else None
        flying.append(Aircraft(own, own.choice(PATHS)(own), habits(own), first_number=first).frames(seconds, heard))
    return in_order(flying)
