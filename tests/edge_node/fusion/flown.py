"""Flights as the tracker would tell them: measured with noise, smoothed by the real filter, a track a look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import cos, hypot, pi, sin
from random import Random

from edge_node.config import ProtectTable
from edge_node.fusion.behaviours.behaviour import Behaviour
from edge_node.fusion.measurement import Measurement
from edge_node.fusion.motion import Motion
from edge_node.geometry import LocalFrame
from edge_node.messages import Fact, Track

Place = tuple[float, float, float]
Path = Callable[[float], Place]
"""East, north and up metres about HOME at a time in seconds."""
HOME = LocalFrame(56.95, 24.1)
BEGUN_S = 1_000.0
LOOK_S = 0.5


class Noise:
    """How well a flight is measured: so often, with these 1-sigma errors, velocity too where that is said."""

    def __init__(self, every_s: float = 1.0, sigma_m: float = 3.0, sigma_mps: float | None = 0.5) -> None:
        self.every_s, self.sigma_m, self.sigma_mps = every_s, sigma_m, sigma_mps


def flown(path: Path, seconds: float, noise: Noise, chance: Random, number: int = 1, **said: object) -> Iterator[tuple[float, Track]]:
    """A track at each look; the filter has what was measured until then."""
    motion: Motion | None = None
    due_s = 0.0
    t_s = 0.0
    while t_s < seconds:
        while due_s <= t_s:
            measured = _measured(path, due_s, noise, chance)
            if motion is None:
                motion = Motion(measured, _ns(due_s), 1.0)
            else:
                motion.update(measured, _ns(due_s))
            due_s += noise.every_s
        assert motion is not None
        told = {"first_seen_mono_ns": _ns(0.0), "last_seen_mono_ns": motion.t_mono_ns, "kinematics": motion.kinematics(), **said}
        yield t_s, Track(number=number, state="confirmed", t_mono_ns=motion.t_mono_ns, **told)  # type: ignore[arg-type]  # fields by name
        t_s += LOOK_S


def behaviour(
    paths: Mapping[int, Path], seconds: float, noise: Noise, seed: int, protect: tuple[ProtectTable, ...] = (), **said: object
) -> Iterator[tuple[float, dict[int, tuple[Fact, ...]]]]:
    """What is told of these flights, look by look."""
    chance, watch = Random(seed), Behaviour(protect)
    flights = [flown(path, seconds, noise, Random(chance.random()), number, **said) for number, path in paths.items()]
    for looks in zip(*flights, strict=True):
        t_s = looks[0][0]
        yield t_s, watch.look(_ns(t_s), [track for _, track in looks])


def _ns(t_s: float) -> int:
    return round((BEGUN_S + t_s) * 1e9)


def _measured(path: Path, t_s: float, noise: Noise, chance: Random) -> Measurement:
    (east, north, up), (before, after) = path(t_s), (path(t_s - 0.05), path(t_s + 0.05))
    latitude, longitude, altitude = HOME.to_geodetic(*(one + chance.gauss(0, noise.sigma_m) for one in (east, north, up)))
    sigma = noise.sigma_mps
    speeds = [(late - early) / 0.1 + chance.gauss(0, sigma or 0.0) for early, late in zip(before, after, strict=True)]
    return Measurement(
        latitude,
        longitude,
        altitude,
        noise.sigma_m,
        noise.sigma_m,
        (speeds[0], speeds[1]) if sigma else None,
        speeds[2] if sigma else None,
        sigma or 0.0,
        sigma or 0.0,
    )


def still(east: float = 0.0, north: float = 0.0, up: float = 60.0) -> Path:
    return straight(0.0, start=(east, north, up))


def buffeted(chance: Random, east: float = 0.0, north: float = 0.0, up: float = 60.0) -> Path:
    """Hovering in wind: to and fro by a metre or so."""
    waves = [(chance.uniform(0.05, 0.6), chance.uniform(3, 11), chance.uniform(0, 6)) for _ in range(9)]
    return lambda t_s: (
        east + sum(size * sin(2 * pi * t_s / period + at) for size, period, at in waves[:3]),
        north + sum(size * sin(2 * pi * t_s / period + at) for size, period, at in waves[3:6]),
        up + sum(0.5 * size * sin(2 * pi * t_s / period + at) for size, period, at in waves[6:]),
    )


def straight(speed_mps: float, course_rad: float = 0.0, climb_mps: float = 0.0, start: Place = (0.0, 0.0, 60.0)) -> Path:
    """Clockwise from north."""
    east_mps, north_mps = speed_mps * sin(course_rad), speed_mps * cos(course_rad)
    return lambda t_s: (start[0] + east_mps * t_s, start[1] + north_mps * t_s, start[2] + climb_mps * t_s)


def circle(radius_m: float, speed_mps: float) -> Path:
    return lambda t_s: (radius_m * sin(speed_mps * t_s / radius_m), radius_m * cos(speed_mps * t_s / radius_m), 80.0)


def mission(chance: Random, seconds: float, speed_mps: tuple[float, float] = (5.0, 15.0), reach_m: float = 1_500.0) -> Path:
    """From corner to corner at one height, each leg at its own speed."""
    corners, times = [(chance.uniform(-reach_m, reach_m), chance.uniform(-reach_m, reach_m))], [0.0]
    while times[-1] < seconds + 1:
        corners.append((chance.uniform(-reach_m, reach_m), chance.uniform(-reach_m, reach_m)))
        length_m = hypot(corners[-1][0] - corners[-2][0], corners[-1][1] - corners[-2][1])
        times.append(times[-1] + length_m / chance.uniform(*speed_mps))

    def path(t_s: float) -> Place:
        leg = next((place for place in range(1, len(times)) if times[place] >= t_s), len(times) - 1)
        part = (t_s - times[leg - 1]) / (times[leg] - times[leg - 1])
        (x, y), (p, q) = corners[leg - 1], corners[leg]
        return x + part * (p - x), y + part * (q - y), 60.0

    return path
