"""Invented and repeated Remote ID as detections, one generator a kind: what public spoofers put on the air, and what better ones might."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from math import cos, radians, sin
from random import Random

from msgspec.structs import replace

from edge_node.messages import RemoteIdDetection, UasId
from tools.simulate.claims import (
    HERE,
    PATHS,
    UTC_START_S,
    Aircraft,
    Detections,
    Habits,
    Path,
    Receiver,
    circle,
    fast,
    hover,
    in_order,
    place,
)

SECONDS = 60.0
NOISE_DB = 1.0
EPOCH_US = round(UTC_START_S * 1e6)


def _wifi(random: Random, **changes: object) -> Habits:
    """A transmitter that does all right; what is false is changed."""
    plain = Habits(
        transport="wifi_beacon",
        interval_s=0.1024,
        update_s=0.2,
        lag_s=0.3,
        horizontal_m=3.0,
        vertical_m=3.0,
        whole_speeds=False,
        silent_climb=False,
        full_every=1,
        counts=True,
        timer=True,
        eirp_dbm=random.uniform(14, 20),
    )
    return replace(plain, **changes)


def _heard(random: Random) -> Receiver:
    return Receiver(loss=random.choice((0.0, 0.2, 0.4)))


def _level(random: Random) -> Callable[[], int]:
    """One transmitter that stays where it is."""
    mean = random.uniform(-75, -45)
    return lambda: round(random.gauss(mean, NOISE_DB))


def _one(random: Random, path: Callable[[Random], Path], **changes: object) -> list[RemoteIdDetection]:
    """A flight that is well made, to spoil."""
    flown = Aircraft(random, path(random), _wifi(random, **changes))
    return list(flown.frames(SECONDS, Receiver()))


def swarm_of_one_radio(seed: int) -> Detections:
    """Many well-made flights through one module: own addresses and places; the module's counter, timer and strength."""
    random = Random(f"swarm/{seed}")
    level, heard = _level(random), _heard(random)
    flights = [_one(random, random.choice(PATHS), interval_s=0.2 * random.uniform(0.99, 1.01)) for _ in range(random.randint(4, 16))]
    number = random.randrange(4096)
    for said in in_order(map(iter, flights)):
        number = (number + 1) % 4096
        if heard.hears(0.0, random):
            yield replace(said, sequence_number=number, rssi_dbm=level(), tsf_us=random.getrandbits(64))


def swarm_of_a_computer(seed: int) -> Detections:
    """A program that steps every aircraft's own counter in one loop, and tells Unix time as TSF."""
    random = Random(f"computer/{seed}")
    level, heard = _level(random), _heard(random)
    flights = [_one(random, random.choice(PATHS)) for _ in range(random.randint(4, 16))]
    for turn, row in enumerate(zip(*flights, strict=False)):
        t_ns = row[0].t_mono_ns
        for which, said in enumerate(row):
            if heard.hears(0.0, random):
                tsf_us = EPOCH_US + (row[0].t_mono_ns - 10**12) // 1000
                yield replace(
                    said,
                    t_mono_ns=t_ns + which * 2_500_000,
                    sequence_number=turn % 4096,
                    rssi_dbm=level(),
                    tsf_us=tsf_us,
                    ssid=f"RID-{said.ids[0].value}",
                )


def static_swarm(seed: int) -> Detections:
    """DJI-like: hovering at random speeds and places, one frame again and again, the operator anywhere on Earth."""
    random = Random(f"static/{seed}")
    level, heard = _level(random), _heard(random)
    aircraft = []
    for which in range(random.randint(3, 15)):
        latitude, longitude = place(random.uniform(-4000, 4000), random.uniform(-4000, 4000))
        aircraft.append(
            RemoteIdDetection(
                t_mono_ns=0,
                transport="dji_beacon",
                transmitter="60:60:1f:" + ":".join(f"{byte:02x}" for byte in random.randbytes(3)),
                ids=(UasId("serial_number", f"DJISPOOF{which:08}"),),
                latitude_deg=latitude,
                longitude_deg=longitude,
                speed_mps=random.uniform(0, 60),
                direction_deg=random.uniform(0, 360),
                operator_latitude_deg=random.uniform(-85, 85),
                operator_longitude_deg=random.uniform(-179, 179),
                counter=77,
                sensor="wifi",
            )
        )
    number, t_s = random.randrange(4096), 0.0
    for said in cycle(said for said in aircraft for _ in range(random.randint(5, 20))):
        t_s += 0.1024
        number = (number + 1) % 4096
        if t_s > SECONDS:
            return
        if heard.hears(0.0, random):
            yield replace(said, t_mono_ns=round((1000 + t_s) * 1e9), sequence_number=number, rssi_dbm=level(), tsf_us=0)


def new_address_every_frame(seed: int) -> Detections:
    """One aircraft an address, one address a frame; the module's counter goes on."""
    random = Random(f"addresses/{seed}")
    level, heard = _level(random), _heard(random)
    number = random.randrange(4096)
    for said in _one(random, random.choice(PATHS)):
        number = (number + 1) % 4096
        if heard.hears(0.0, random):
            latitude, longitude = place(random.uniform(-2000, 2000), random.uniform(-2000, 2000))
            yield replace(
                said,
                transmitter="02:" + ":".join(f"{byte:02x}" for byte in random.randbytes(5)),
                ids=(UasId("serial_number", f"1596F{random.randrange(10**15):015}"),),
                latitude_deg=latitude,
                longitude_deg=longitude,
                sequence_number=number,
                rssi_dbm=level(),
                tsf_us=0,
            )


def bluetooth_swarm(seed: int) -> Detections:
    """Well-made flights far apart through one Bluetooth module: nothing but strength gives it away."""
    random = Random(f"bluetooth/{seed}")
    level, heard = _level(random), _heard(random)
    ways = {"transport": "ble_legacy", "interval_s": 0.35, "timer": False}
    flights = [_one(random, random.choice((hover, circle)), **ways) for _ in range(random.randint(6, 16))]
    yield from (
        replace(said, rssi_dbm=level(), sequence_number=None, tsf_us=None, sensor="ble")
        for said in in_order(map(iter, flights))
        if heard.hears(0.0, random)
    )


def replay(seed: int) -> Detections:
    """A real flight, recorded some minutes ago, over and over in pieces of 20 s, by a card with its own counter."""
    random = Random(f"replay/{seed}")
    level, heard, late_s = _level(random), _heard(random), random.uniform(120, 1500)
    piece = [said for said in _one(random, random.choice(PATHS)) if said.t_mono_ns < (1000 + 20) * 10**9]
    for lap in range(3):
        for said in piece:
            if heard.hears(0.0, random):
                stamp_s = ((said.timestamp_s or 0.0) - late_s) % 3600
                yield replace(said, t_mono_ns=said.t_mono_ns + lap * 20 * 10**9, timestamp_s=round(stamp_s, 1), rssi_dbm=level())


def one_frame_moved(seed: int) -> Detections:
    """One frame of a real flight, of which a program moves the place and nothing else, every few seconds."""
    random = Random(f"moved/{seed}")
    level, every_s = _level(random), random.uniform(1, 4)
    said = _one(random, hover)[0]
    east = north = 0.0
    for step in range(int(SECONDS / every_s)):
        east, north = east + random.uniform(-400, 400), north + random.uniform(-400, 400)
        latitude, longitude = place(east, north)
        t_ns = round((1000 + step * every_s) * 1e9)
        yield replace(said, t_mono_ns=t_ns, latitude_deg=latitude, longitude_deg=longitude, rssi_dbm=level(), sequence_number=0, tsf_us=0)


def keyboard(seed: int) -> Detections:
    """A program moved by keys: live time, speed always 0, steps of 11 m, a frame every 3 s, half a dozen keys in between."""
    random = Random(f"keyboard/{seed}")
    level, said, east, north = _level(random), _one(random, hover)[0], 0.0, 0.0
    for step in range(int(SECONDS / 3)):
        east += 11 * random.randint(0, 8)
        latitude, longitude = place(east, north)
        t_s = step * 3.0
        stamp_s = float(int((UTC_START_S + t_s) % 3600))
        yield replace(
            said,
            t_mono_ns=round((1000 + t_s) * 1e9),
            latitude_deg=latitude,
            longitude_deg=longitude,
            speed_mps=0.0,
            timestamp_s=stamp_s,
            horizontal_accuracy_m=None,
            rssi_dbm=level(),
            sequence_number=0,
            tsf_us=0,
        )


def frozen_clock(seed: int) -> Detections:
    """Flies well; its time never changes."""
    random = Random(f"frozen/{seed}")
    stands, heard = random.choice((0.0, 1234.5)), _heard(random)
    yield from (replace(said, timestamp_s=stands) for said in _one(random, random.choice((circle, fast))) if heard.hears(0.0, random))


def future_clock(seed: int) -> Detections:
    """Flies well; its time is ahead."""
    random = Random(f"future/{seed}")
    ahead_s, heard = random.uniform(40, 1500), _heard(random)
    for said in _one(random, random.choice(PATHS)):
        if heard.hears(0.0, random):
            yield replace(said, timestamp_s=round(((said.timestamp_s or 0.0) + ahead_s) % 3600, 1))


def any_course(seed: int) -> Detections:
    """Flies somewhere, claims a course by chance."""
    random = Random(f"course/{seed}")
    heard, course = _heard(random), 0.0
    for said in _one(random, fast, interval_s=0.2):
        course = random.uniform(0, 360)
        if (said.speed_mps or 0) >= 4 and heard.hears(0.0, random):
            yield replace(said, direction_deg=course)


def any_speed(seed: int) -> Detections:
    """Flies at one speed, claims another, twice to five times or a fifth to a half as much."""
    random = Random(f"speed/{seed}")
    heard, times = _heard(random), random.choice((random.uniform(0.1, 0.45), random.uniform(2.2, 5)))
    for said in _one(random, fast):
        if heard.hears(0.0, random):
            yield replace(said, speed_mps=round((said.speed_mps or 0) * times * 4) / 4)


def teleport(seed: int) -> Detections:
    """Appears elsewhere every ten seconds."""
    random = Random(f"teleport/{seed}")
    heard = _heard(random)
    off = (0.0, 0.0)
    last = -1
    for said in _one(random, random.choice((hover, circle))):
        turn = (said.t_mono_ns - 10**12) // 10**10
        if turn != last:
            last, off = turn, (random.uniform(-0.02, 0.02), random.uniform(-0.02, 0.02))
        if heard.hears(0.0, random):
            yield replace(said, latitude_deg=(said.latitude_deg or 0) + off[0], longitude_deg=(said.longitude_deg or 0) + off[1])


def flat_strength(seed: int) -> Detections:
    """A perfect flight past the node, from a module on a roof; needs the node's place."""
    random = Random(f"flat/{seed}")
    level, heard = _level(random), _heard(random)
    yield from (replace(said, rssi_dbm=level()) for said in _one(random, fast) if heard.hears(0.0, random))


def far_but_loud(seed: int) -> Detections:
    """A perfect hover, 8 to 20 km away, as loud as from a roof nearby; needs the node's place."""
    random = Random(f"loud/{seed}")
    level, heard, course = _level(random), _heard(random), random.uniform(0, 360)
    away_deg = random.uniform(8, 20) / 111.2
    for said in _one(random, hover):
        if heard.hears(0.0, random):
            latitude = (said.latitude_deg or 0) + away_deg * cos(radians(course))
            longitude = (said.longitude_deg or 0) + away_deg * sin(radians(course)) / cos(radians(HERE[0]))
            yield replace(
                said,
                latitude_deg=latitude,
                longitude_deg=longitude,
                rssi_dbm=level(),
                operator_latitude_deg=latitude,
                operator_longitude_deg=longitude,
            )


def clone(seed: int) -> Detections:
    """A genuine aircraft, and another one with its serial number and all else right, kilometres away."""
    random = Random(f"clone/{seed}")
    serial = f"1596F{random.randrange(10**15):015}"
    true = Aircraft(random, circle(random), _wifi(random), name=serial)
    false = Aircraft(random, hover(random), _wifi(random), name=serial)
    heard = _heard(random)
    away = random.uniform(0.02, 0.05)
    moved = (replace(said, latitude_deg=(said.latitude_deg or 0) + away) for said in false.frames(SECONDS, heard))
    return in_order((true.frames(SECONDS, heard), moved))


def many_names(seed: int) -> Detections:
    """One address for many aircraft, each where it is."""
    random = Random(f"names/{seed}")
    level, heard = _level(random), _heard(random)
    flights = [_one(random, hover, interval_s=1.0) for _ in range(random.randint(3, 12))]
    for said in in_order(map(iter, flights)):
        if heard.hears(0.0, random):
            yield replace(said, transmitter="90:3a:e6:5b:c8:a8", rssi_dbm=level(), sequence_number=0, tsf_us=0)


def far_operator(seed: int) -> Detections:
    """Flies well; its operator is hundreds of kilometres away."""
    random = Random(f"operator/{seed}")
    heard, away = _heard(random), random.uniform(0.3, 50)
    for said in _one(random, random.choice(PATHS)):
        if heard.hears(0.0, random):
            yield replace(said, operator_latitude_deg=max(-90.0, (said.operator_latitude_deg or 0) - away))


KINDS: dict[str, Callable[[int], Detections]] = {
    "swarm_of_one_radio": swarm_of_one_radio,
    "swarm_of_a_computer": swarm_of_a_computer,
    "static_swarm": static_swarm,
    "new_address_every_frame": new_address_every_frame,
    "bluetooth_swarm": bluetooth_swarm,
    "replay": replay,
    "one_frame_moved": one_frame_moved,
    "keyboard": keyboard,
    "frozen_clock": frozen_clock,
    "future_clock": future_clock,
    "any_course": any_course,
    "any_speed": any_speed,
    "teleport": teleport,
    "flat_strength": flat_strength,
    "far_but_loud": far_but_loud,
    "clone": clone,
    "many_names": many_names,
    "far_operator": far_operator,
}
"""Every kind, to its generator by seed."""
