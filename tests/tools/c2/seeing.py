"""Nodes of a small site that see, hear and are told of objects, as C2 hears it over the wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, radians
from random import Random

from msgspec.structs import replace

from edge_node.geometry import LocalFrame, bearing_deg
from edge_node.messages import Bearing, Identity, Kinematics, Sound, Track, UasId
from edge_node.publish import wire
from edge_node.timebase import Timebase
from tools.c2.following import Following
from tools.c2.picture import Event

Enu = tuple[float, float, float]
Flight = Callable[[float], Enu]
SITE = LocalFrame(56.95, 24.1, 20.0)
BEGAN_NS, EPOCH_OFFSET_NS = 1_000_000_000_000, 1_790_000_000_000_000_000
REPORT_S = 0.2
SOUND_MPS = 340.0


def going(start: Enu, velocity: Enu) -> Flight:
    """Straight on."""
    return lambda t_s: (start[0] + velocity[0] * t_s, start[1] + velocity[1] * t_s, start[2] + velocity[2] * t_s)


class Seer:
    """One node: what it says at a time, with errors of its own; `sigma_deg` of each bearing, `turned_deg` of all of them."""

    def __init__(self, name: str, at: Enu, *, sigma_deg: float = 1.0, turned_deg: float = 0.0, seed: int = 0) -> None:
        self.node8, self.at = name, at
        self.sigma_deg, self.turned_deg, self.elevations, self.sounds = sigma_deg, turned_deg, True, False
        self.sigma_pose_deg: float | None = None
        self.clock_sigma_s: float | None = 0.002
        self.clock_off_s = 0.0
        self._chance = Random(f"{name} {seed}")
        self._seq = 0

    def bearing(self, number: int, flight: Flight, t_s: float) -> Track:
        """A track that points to where an object is, or where it was when its sound left it."""
        latitude_deg, longitude_deg, altitude_m = SITE.to_geodetic(*self.at)
        place = flight(t_s)
        late_s = sum((a - b) ** 2 for a, b in zip(place, self.at, strict=True)) ** 0.5 / SOUND_MPS if self.sounds else 0.0
        here = LocalFrame(latitude_deg, longitude_deg, altitude_m)
        azimuth_deg, elevation_deg = bearing_deg(here, *SITE.to_geodetic(*flight(t_s - late_s)))
        across_deg = self.sigma_deg / cos(radians(elevation_deg))
        bearing = Bearing(
            azimuth_deg=(azimuth_deg + self.turned_deg + self._chance.gauss(0, across_deg)) % 360,
            sigma_azimuth_deg=across_deg,
            elevation_deg=elevation_deg + self._chance.gauss(0, self.sigma_deg) if self.elevations else None,
            sigma_elevation_deg=self.sigma_deg if self.elevations else None,
            sigma_pose_deg=self.sigma_pose_deg,
        )
        sound = Sound(label="multirotor", probability=0.9, level_db=-40.0, snr_db=9.0) if self.sounds else None
        return replace(_bare(number, t_s), bearing=bearing, sound=sound)

    def position(self, number: int, flight: Flight, t_s: float, name: str | None, sigma_m: float = 4.0) -> Track:
        """A track with a place and the velocity of the last second, which is a claim where it has a name."""
        now, before = flight(t_s), flight(t_s - 1.0)
        latitude_deg, longitude_deg, altitude_m = SITE.to_geodetic(*(one + self._chance.gauss(0, sigma_m) for one in now))
        east, north, up = (a - b for a, b in zip(now, before, strict=True))
        covariance = [0.0] * 36
        covariance[::7] = [sigma_m**2] * 3 + [1.0] * 3
        kinematics = Kinematics(
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            altitude_wgs84_m=altitude_m,
            velocity_east_mps=east,
            velocity_north_mps=north,
            velocity_up_mps=up,
            covariance=tuple(covariance),
        )
        identity = Identity(ids=(UasId("serial_number", name),)) if name else None
        return replace(_bare(number, t_s), kinematics=kinematics, identity=identity)

    def event(self, tracks: Sequence[Track], t_s: float) -> Event:
        """As the station hands it on."""
        self._seq += 1
        now_ns = BEGAN_NS + round(t_s * 1e9)
        clock = Timebase(EPOCH_OFFSET_NS + round(self.clock_off_s * 1e9), "gnss", self.clock_sigma_s)
        payload = wire.encode_tracks(tracks, clock, 1, self._seq, now_ns)
        return {"node": self.node8, "node8": self.node8} | wire.decode(b"t/", payload)

    def status(self) -> Event:
        """Where it stands."""
        latitude_deg, longitude_deg, altitude_m = SITE.to_geodetic(*self.at)
        place = {
            "latitude_deg": latitude_deg,
            "longitude_deg": longitude_deg,
            "altitude_wgs84_m": altitude_m,
            "sigma_m": 1.0,
        }
        return {"kind": "status", "node": self.node8, "node8": self.node8, "place": place}


def play(following: Following, from_s: float, to_s: float, say: Callable[[float], Sequence[tuple[Seer, Sequence[Track]]]]) -> None:
    """Let nodes say what `say` tells of a time, five times a second; C2's clock is at 100 s when it begins."""
    for step in range(round(from_s / REPORT_S), round(to_s / REPORT_S)):
        t_s = step * REPORT_S
        for seer, tracks in say(t_s):
            following.take(seer.status(), 100.0 + t_s)
            following.take(seer.event(tracks, t_s), 100.0 + t_s + 0.03)
        following.advance(100.0 + t_s + 0.05)
    following.advanced_s = 0.0
    following.advance(100.0 + to_s)


def _bare(number: int, t_s: float) -> Track:
    now_ns = BEGAN_NS + round(t_s * 1e9)
    return Track(number=number, state="confirmed", t_mono_ns=now_ns, first_seen_mono_ns=0, last_seen_mono_ns=now_ns)
