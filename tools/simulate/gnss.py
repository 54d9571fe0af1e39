"""The node's own GNSS receiver: NMEA 0183 of its place, and of a vehicle's heading and tilt, on a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from threading import Event, Thread

from tools.simulate import faults
from tools.simulate.trip import Going, Trip
from tools.simulate.world import Wander, World

GEOID_SEPARATION_M = 45.0
SIGMA_M = 1.2
SATELLITES = 11
LATE_S = 0.15
SIGMA_HEADING_DEG, SIGMA_TILT_DEG, ATTITUDES_A_SECOND, KNOTS = 0.4, 0.3, 10, 3600 / 1852


def sentence(body: str) -> bytes:
    """A body with its dollar, checksum and line end (NMEA 0183)."""
    return f"${body}*{reduce(xor, body.encode(), 0):02X}\r\n".encode()


class Receiver:
    """What a receiver on the node's mast says; its errors are seeded and as large as it claims."""

    def __init__(self, world: World, trip: Trip | None = None, begun_utc_s: float = 0.0) -> None:
        """The scene began at `begun_utc_s`; `trip` where the scene itself tells of none."""
        self._world, self._trip, self._begun_s = world, trip or world.trip, begun_utc_s
        seed = f"{world.own}{world.seed}/gnss"
        self._turns = [Wander(f"{seed}/{axis}", sigma, 5, 60) for axis, sigma in _AXES]
        self._errors = [Wander(f"{seed}/{axis}", SIGMA_M, 20, 600) for axis in "enu"]

    def epoch(self, utc_s: int) -> bytes:
        """The sentences of one whole second: GGA, RMC, GSA, GST."""
        now, t_s = datetime.fromtimestamp(utc_s, UTC), utc_s - self._begun_s
        if faults.at(self._world.faults, "gnss_lost", t_s):
            return _blind(now)
        latitude, longitude, altitude = self._place(utc_s)
        if faults.at(self._world.faults, "gnss_zero", t_s):
            latitude = longitude = 0.0
        going = self._going(utc_s)
        motion = f"{going.speed_mps * KNOTS:.2f},{going.heading_deg:.2f}" if going else "0.01,"
        place = f"{_degrees(latitude, 2, 'NS')},{_degrees(longitude, 3, 'EW')}"
        msl_m = altitude - GEOID_SEPARATION_M
        bodies = (
            f"GNGGA,{now:%H%M%S}.00,{place},1,{SATELLITES},0.90,{msl_m:.1f},M,{GEOID_SEPARATION_M:.1f},M,,",
            f"GNRMC,{now:%H%M%S}.00,A,{place},{motion},{now:%d%m%y},,,A",
            "GNGSA,A,3,02,05,07,09,13,15,20,24,27,29,30,,1.60,0.90,1.30",
            f"GNGST,{now:%H%M%S}.00,2.1,,,,{SIGMA_M:.1f},{SIGMA_M:.1f},{SIGMA_M:.1f}",
        )
        return b"".join(map(sentence, bodies))

    def _going(self, utc_s: float) -> Going | None:
        return self._trip.at(max(utc_s - self._begun_s, 0.0)) if self._trip else None

    def _place(self, utc_s: int) -> tuple[float, float, float]:
        east, north, up = (error.at(utc_s) for error in self._errors)
        if going := self._going(utc_s):
            east, north = east + going.east_m, north + going.north_m
        return self._world.ground.to_geodetic(east, north, self._world.scene.node.mast_m + up)

    def attitude(self, utc_s: float) -> bytes:
        """Heading and tilt of two antennas on the vehicle (HDT, PASHR), as they are at that time; empty of a node on a mast."""
        going, errors = self._going(utc_s), [error.at(utc_s) for error in self._turns]
        if going is None or faults.at(self._world.faults, "gnss_lost", utc_s - self._begun_s):
            return b""
        heading_deg = (going.heading_deg + errors[0]) % 360
        now = datetime.fromtimestamp(utc_s, UTC)
        tilt = f"{going.roll_deg + errors[1]:+.2f},{going.pitch_deg + errors[2]:+.2f},+0.00"
        sigmas = f"{SIGMA_TILT_DEG:.3f},{SIGMA_TILT_DEG:.3f},{SIGMA_HEADING_DEG:.3f}"
        bodies = (f"GNHDT,{heading_deg:.2f},T", f"PASHR,{now:%H%M%S}.{now.microsecond // 1000:03d},{heading_deg:.2f},T,{tilt},{sigmas},1,0")
        return b"".join(map(sentence, bodies))


_AXES = (("heading", SIGMA_HEADING_DEG), ("roll", SIGMA_TILT_DEG), ("pitch", SIGMA_TILT_DEG))


def _blind(now: datetime) -> bytes:
    """What a receiver says that sees no sky: the time of its clock and no place."""
    bodies = (
        f"GNGGA,{now:%H%M%S}.00,,,,,0,00,99.99,,,,,,",
        f"GNRMC,{now:%H%M%S}.00,V,,,,,,,{now:%d%m%y},,,N",
        "GNGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99",
    )
    return b"".join(map(sentence, bodies))


def _degrees(value: float, digits: int, halves: str) -> str:
    """NMEA's degrees and minutes in one number, and the hemisphere."""
    minutes = round(abs(value) * 60, 5)
    return f"{int(minutes // 60):0{digits}d}{minutes % 60:08.5f},{halves[value < 0]}"


@contextmanager
def receiver(world: World, trip: Trip | None = None, begun_utc_s: float = 0.0) -> Iterator[str]:
    """A serial port that speaks as the node's receiver while the context lasts; gives its name. A trip began at `begun_utc_s`."""
    near, far = pty.openpty()
    tty.setraw(far)
    os.set_blocking(near, False)
    stop = Event()
    thread = Thread(target=_speak, args=(near, Receiver(world, trip, begun_utc_s), stop), daemon=True)
    thread.start()
    try:
        yield os.ttyname(far)
    finally:
        stop.set()
        thread.join()
        os.close(near)
        os.close(far)


def _speak(port: int, told: Receiver, stop: Event) -> None:
    """One epoch soon after each second of the system's clock began, from the one that runs; lost when nobody reads."""
    tick = time.time_ns() // 1_000_000_000 * ATTITUDES_A_SECOND
    while not stop.wait(max(0.0, tick / ATTITUDES_A_SECOND + LATE_S - time.time())):
        utc_s, part = divmod(tick, ATTITUDES_A_SECOND)
        with suppress(BlockingIOError):
            os.write(port, (told.epoch(utc_s) if part == 0 else b"") + told.attitude(tick / ATTITUDES_A_SECOND))
        tick += 1
