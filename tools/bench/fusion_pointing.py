"""What a camera sees and what microphones hear of flights: real messages with honest sigmas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import asin, atan2, cos, degrees, hypot, radians, sin
from typing import NamedTuple, TypedDict

import numpy as np

from edge_node.messages import AcousticDetection, BearingDetection, CameraDetection, Detection
from tools.bench.fusion_sensors import NOBODY, Hidden, Said, Scan, at_ns, met, scan_of, times
from tools.bench.fusion_truth import Array, Flight

SOUND_MPS = 340.0
ROUND_DEG = 360.0


class Spread(TypedDict):
    """Sigmas of a bearing."""

    sigma_azimuth_deg: float
    sigma_elevation_deg: float


class Camera(NamedTuple):
    """Bearings in its field, with numbers of its own or without; what lies nearer to another than it resolves is seen as one."""

    azimuth_deg: float = 0.0
    field_deg: float = ROUND_DEG
    sigma_deg: float = 0.15
    rate_hz: float = 10.0
    detects: float = 0.95
    false_a_scan: float = 0.0
    resolves_deg: float = 0.3
    numbered: bool = False
    name: str = "camera"
    from_s: float = 0.0
    high_deg: float = 60.0

    def scans(self, flights: Sequence[Flight], to_s: float, rng: np.random.Generator, hidden: Hidden) -> Iterator[Scan]:
        """One picture after another."""
        numbers = Numbers()
        for frame, t_s in enumerate(times(self.rate_hz, to_s, self.from_s)):
            seen = {k: flights[k].at(t_s)[:3] for k in met(flights, t_s, hidden)}
            kept = [k for k in self._resolved(seen) if self._sees(seen[k]) and rng.random() < self.detects]
            told: list[Said] = [(k, self._say(seen[k], t_s, frame, numbers.of(k, t_s), rng)) for k in kept]
            told += [(NOBODY, self._say(self._anywhere(rng), t_s, frame, None, rng)) for _ in range(rng.poisson(self.false_a_scan))]
            yield scan_of(t_s, told, rng)

    def _resolved(self, seen: dict[int, Array]) -> list[int]:
        """The nearer one of two that are one to it."""
        nearest_first = sorted(seen, key=lambda k: float(np.linalg.norm(seen[k])))
        kept: list[int] = []
        for k in nearest_first:
            if all(apart_deg(seen[k], seen[other]) > self.resolves_deg for other in kept):
                kept.append(k)
        return kept

    def _sees(self, place: Array) -> bool:
        azimuth, elevation = direction_deg(place)
        return abs((azimuth - self.azimuth_deg + 180) % 360 - 180) <= self.field_deg / 2 and -5 < elevation < self.high_deg

    def _say(self, place: Array, t_s: float, frame: int, number: int | None, rng: np.random.Generator) -> Detection:
        azimuth, elevation = _measured_deg(place, self.sigma_deg, rng)
        spread = _spread_deg(elevation, self.sigma_deg)
        if not self.numbered or number is None:
            return BearingDetection(t_mono_ns=at_ns(t_s), sensor=self.name, azimuth_deg=azimuth, elevation_deg=elevation, **spread)
        return CameraDetection(
            t_mono_ns=at_ns(t_s),
            sensor=self.name,
            frame=frame,
            track=number,
            box=(0.0, 0.0, 4.0, 4.0),
            label="drone",
            probability=0.9,
            snr=8.0,
            azimuth_deg=azimuth,
            elevation_deg=elevation,
            **spread,
        )

    def _anywhere(self, rng: np.random.Generator) -> Array:
        azimuth = radians(self.azimuth_deg + rng.uniform(-0.5, 0.5) * self.field_deg)
        elevation = radians(rng.uniform(0, 30))
        return np.array([sin(azimuth) * cos(elevation), cos(azimuth) * cos(elevation), sin(elevation)])


class Microphones(NamedTuple):
    """Bearings of whom is heard, by numbers of its own: of where it was when it sent its sound."""

    sigma_deg: float = 3.0
    rate_hz: float = 2.0
    detects: float = 0.95
    reach_m: float = 600.0
    name: str = "microphones"
    from_s: float = 0.0

    def scans(self, flights: Sequence[Flight], to_s: float, rng: np.random.Generator, hidden: Hidden) -> Iterator[Scan]:
        """One block of sound after another."""
        numbers = Numbers()
        for t_s in times(self.rate_hz, to_s, self.from_s):
            told: list[Said] = []
            for k in met(flights, t_s, hidden):
                sent_s = flights[k].heard_at(t_s, SOUND_MPS)
                place = flights[k].at(sent_s)[:3]
                if flights[k].lives(sent_s) and np.linalg.norm(place) < self.reach_m and rng.random() < self.detects:
                    told.append((k, self._say(place, t_s, numbers.of(k, t_s), rng)))
            yield scan_of(t_s, told, rng)

    def _say(self, place: Array, t_s: float, number: int, rng: np.random.Generator) -> AcousticDetection:
        azimuth, elevation = _measured_deg(place, self.sigma_deg, rng)
        return AcousticDetection(
            t_mono_ns=at_ns(t_s),
            sensor=self.name,
            track=number,
            label="multirotor",
            probability=0.9,
            level_db=-30.0,
            snr_db=15.0,
            lag_s=0.0,
            azimuth_deg=azimuth,
            elevation_deg=elevation,
            **_spread_deg(elevation, self.sigma_deg),
        )


class Numbers:
    """A sensor's own numbers: what it missed for too long comes back under a new one."""

    KEEPS_S = 2.0

    def __init__(self) -> None:
        self._held: dict[int, tuple[int, float]] = {}
        self._last = 0

    def of(self, flight: int, t_s: float) -> int:
        """The number of a flight that is met now."""
        number, met_s = self._held.get(flight, (0, -np.inf))
        if t_s - met_s > self.KEEPS_S:
            self._last += 1
            number = self._last
        self._held[flight] = number, t_s
        return number


def direction_deg(place: Array) -> tuple[float, float]:
    """Azimuth and elevation."""
    east, north, up = map(float, place)
    return degrees(atan2(east, north)) % ROUND_DEG, degrees(atan2(up, hypot(east, north)))


def apart_deg(one: Array, other: Array) -> float:
    """The angle between two directions."""
    chord = np.linalg.norm(one / np.linalg.norm(one) - other / np.linalg.norm(other))
    return degrees(2 * asin(min(float(chord) / 2, 1.0)))


def _measured_deg(place: Array, sigma_deg: float, rng: np.random.Generator) -> tuple[float, float]:
    azimuth, elevation = direction_deg(place)
    aside, above = map(float, rng.normal(0, sigma_deg, 2))
    return (azimuth + aside / cos(radians(elevation))) % ROUND_DEG, float(np.clip(elevation + above, -90, 90))


def _spread_deg(elevation_deg: float, sigma_deg: float) -> Spread:
    """An angle of azimuth is wider than what it spans on the sphere."""
    return {"sigma_azimuth_deg": sigma_deg / cos(radians(min(elevation_deg, 80.0))), "sigma_elevation_deg": sigma_deg}
