"""Flights as the judges of claims meet them: what is claimed, what camera and microphones make of it, and when they miss it.

The misses are of their own kind, not those of the judges' model: chances by the second, gaps of seconds, wind, and trees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from math import atan2, cos, degrees, hypot, pi, sin
from typing import Any

import numpy as np
from msgspec import Struct

from edge_node.fusion.claims.standing import Claimed, Seen, Standing
from edge_node.messages import Coverage

SECOND = 1_000_000_000
LOOK_S = 0.5
CAMERA, MICROPHONES, WIFI = "camera", "microphones", "wifi"
CAMERA_M, MICROPHONES_M = 180.0, 200.0
Place = tuple[float, float, float]


def sight(t_s: float, reach_m: float = CAMERA_M) -> Coverage:
    """A camera that looks north, 90 degrees wide."""
    sector = {"azimuth_deg": 0.0, "width_deg": 90.0, "lowest_elevation_deg": 2.0, "highest_elevation_deg": 60.0}
    return Coverage(t_mono_ns=ns(t_s), sensor=CAMERA, sense="sight", reach_m=reach_m, probability=0.9, latency_s=2.5, **sector)


def sound(t_s: float, reach_m: float = MICROPHONES_M) -> Coverage:
    """Microphones that hear all around."""
    sector = {"lowest_elevation_deg": -10.0, "highest_elevation_deg": 90.0}
    return Coverage(t_mono_ns=ns(t_s), sensor=MICROPHONES, sense="sound", reach_m=reach_m, probability=0.85, latency_s=4.0, **sector)


def radio(t_s: float, probability: float = 0.85) -> Coverage:
    """A receiver of Remote ID."""
    return Coverage(t_mono_ns=ns(t_s), sensor=WIFI, sense="remote_id", reach_m=800.0, probability=probability, latency_s=3.0)


def covered(t_s: float, *said: Coverage) -> dict[str, Coverage]:
    """These by name; all three without any."""
    return {one.sensor: one for one in said or (sight(t_s), sound(t_s), radio(t_s))}


def ns(t_s: float) -> int:
    return round(t_s * SECOND)


def claim_at(place: Place | None, t_s: float, first_s: float = 0.0, **more: Any) -> Claimed:
    """Heard just now."""
    east_m, north_m, up_m = place or (None, None, None)
    return Claimed(ns(first_s), ns(t_s), east_m, north_m, up_m, 5.0, 8.0, **more)


def body_at(place: Place, first_s: float, sensors: Mapping[str, float], *, drone: float = 0.95, bearings: bool = True) -> Seen:
    """As camera and microphones have it, without a range."""
    return Seen(
        first_mono_ns=ns(first_s),
        sensors={name: ns(t_s) for name, t_s in sensors.items()},
        drone_probability=drone,
        azimuth_deg=degrees(atan2(place[0], place[1])) % 360 if bearings else None,
        elevation_deg=degrees(atan2(place[2], hypot(*place[:2]))) if bearings else None,
        sigma_azimuth_deg=1.5,
        sigma_elevation_deg=2.5,
    )


def visit(t_s: float, seed: int) -> Place:
    """Comes from the north, flies about in view for two minutes, and goes: by seed nearer or farther, higher or lower."""
    near_m, side_m, up_m, turn_s = _path(seed)
    come_m = max(0.0, 8.0 * (30.0 - t_s)) + max(0.0, 8.0 * (t_s - 150.0))
    turn = 2 * pi * t_s / turn_s
    return side_m * sin(turn), near_m + 15.0 * cos(turn) + come_m, up_m


@cache
def _path(seed: int) -> tuple[float, float, float, float]:
    rng = np.random.default_rng(seed)
    return rng.uniform(50, 90), rng.uniform(25, 45), rng.uniform(25, 60), rng.uniform(25, 60)


class Sensed:
    """One sensor's luck with one drone: chances a second, gaps, a late start, and now and then a tree for the whole flight."""

    def __init__(
        self, rng: np.random.Generator, reach_m: float, late_s: tuple[float, float], *, chance: float, gaps_s: float, blind: float
    ):
        self._rng, self._reach_m, self._chance, self._gaps_s = rng, reach_m * rng.uniform(0.8, 1.1), chance, gaps_s
        self._late_s, self._blind = rng.uniform(*late_s), rng.random() < blind
        self._gap_until_s, self._second, self._this_second = -1.0, -1, False
        self._in_reach_s: float | None = None

    def measures(self, t_s: float, place: Place, working: bool) -> bool:
        """Whether it measures the drone at this look."""
        inside = hypot(*place) <= self._reach_m
        if int(t_s) != self._second:
            self._second, self._this_second = int(t_s), bool(self._rng.random() < self._chance)
        if not inside or not working:
            self._in_reach_s = None
            return False
        self._in_reach_s = t_s if self._in_reach_s is None else self._in_reach_s
        if t_s > self._gap_until_s and self._rng.random() < LOOK_S / self._gaps_s:
            self._gap_until_s = t_s + self._rng.exponential(4.0)
        return not self._blind and t_s - self._in_reach_s >= self._late_s and t_s > self._gap_until_s and self._this_second


class Moment(Struct, frozen=True):
    """What the judges get at one look."""

    t_s: float
    standings: list[Standing]
    coverages: dict[str, Coverage]


def genuine(seed: int, *, blind: tuple[float, float] = (0.0, 0.0), lasts_s: float = 180.0) -> Iterator[Moment]:
    """A drone that says where it is: claim and body are two tracks until they agreed for 3 s, and its body is lost after 4 s unseen."""
    rng = np.random.default_rng([seed, 7])
    eye = Sensed(rng, CAMERA_M, (0.5, 3.0), chance=0.95, gaps_s=30.0, blind=blind[0])
    ear = Sensed(rng, MICROPHONES_M, (1.0, 6.0), chance=0.9, gaps_s=40.0, blind=blind[1])
    last: dict[str, float] = {}
    heard_s, agreed, wind = 0.0, 0, Wind(rng)
    first_s: float | None = None
    for step in range(1, round(lasts_s / LOOK_S)):
        t_s = step * LOOK_S
        place = visit(t_s, seed)
        heard_s = t_s if rng.random() < 0.4 else heard_s
        blows, noted = wind.at(t_s)
        in_view = abs(degrees(atan2(place[0], place[1]))) < 45
        last |= {CAMERA: t_s} if eye.measures(t_s, place, in_view) else {}
        last |= {MICROPHONES: t_s} if ear.measures(t_s, place, not blows) else {}
        there = {name: seen_s for name, seen_s in last.items() if t_s - seen_s <= 4.0}
        first_s = (t_s if first_s is None else first_s) if there else None
        agreed = agreed + 1 if there else 0
        off = rng.normal(0, 3.0, 3)
        claim = claim_at((place[0] + off[0], place[1] + off[1], place[2] + off[2]), heard_s)
        body = body_at(place, first_s, there) if first_s is not None else None
        merged = agreed >= 3.0 / LOOK_S
        standings = [Standing(1, claim, body if merged else None, 0.5 * agreed if merged else None)]
        standings += [Standing(2, None, body)] if body and not merged else []
        yield Moment(t_s, standings, covered(t_s, sight(t_s), sound(t_s, 0.0 if noted else MICROPHONES_M), radio(t_s)))


def ghost(seed: int, lasts_s: float = 60.0, *, birds: bool = True) -> Iterator[Moment]:
    """The same flight claimed by a box on the ground, from when it is in view; a bird is in the picture now and then."""
    rng = np.random.default_rng([seed, 8])
    heard_s, bird_s = 35.0, 40.0 + rng.exponential(20.0)
    for step in range(round(35.0 / LOOK_S), round((35.0 + lasts_s) / LOOK_S)):
        t_s = step * LOOK_S
        heard_s = t_s if rng.random() < 0.4 else heard_s
        standings = [Standing(1, claim_at(visit(t_s, seed), heard_s, 35.0))]
        if birds and 0 <= t_s - bird_s < 5.0:
            place = (rng.uniform(-60, 60), 80.0, 30.0)
            standings.append(Standing(2, None, body_at(place, bird_s, {CAMERA: t_s}, drone=0.1)))
        yield Moment(t_s, standings, covered(t_s))


class Wind:
    """Blows now and then; it is noted a little late."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng, self._from_s, self._until_s = rng, float(rng.exponential(60.0)), 0.0
        self._until_s = self._from_s + rng.uniform(4.0, 15.0)

    def at(self, t_s: float) -> tuple[bool, bool]:
        """Whether it blows, and whether the microphones say so."""
        if t_s > self._until_s:
            self._from_s = t_s + float(self._rng.exponential(60.0))
            self._until_s = self._from_s + self._rng.uniform(4.0, 15.0)
        return t_s >= self._from_s, t_s >= self._from_s + 2.0
