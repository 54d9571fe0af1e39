"""How multirotors really flew in a scene: east, north, up metres about the node, by seed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEP_S = 0.05
"""Between the samples of a path: a straight line between them is off by less than 2 mm."""
LEG_S = 4.0, 10.0
SPEEDS_MPS, CLIMBS_MPS = (4.0, 15.0), (-2.5, 2.5)
TURNS_RAD_S = 0.15, 0.5
LAG_S, MOST_MPS2 = 0.8, 5.0
"""A multirotor follows its pilot's wish for a velocity in about this time, and no faster than its thrust allows."""
HEIGHTS_M = 20.0, 120.0
WEAVE_M, WEAVE_S = 80.0, 40.0


class Flight(NamedTuple):
    """One object from `t_s[0]` to `t_s[-1]`: `place` and `velocity` (n, 3) every STEP_S."""

    t_s: Array
    place: Array
    velocity: Array

    def lives(self, t_s: float) -> bool:
        """Whether it is there."""
        return bool(self.t_s[0] <= t_s <= self.t_s[-1])

    def at(self, t_s: float) -> Array:
        """Place and velocity (6)."""
        both = (*self.place.T, *self.velocity.T)
        return np.array([np.interp(t_s, self.t_s, one) for one in both])

    def heard_at(self, t_s: float, sound_mps: float) -> float:
        """When it sent what is heard at the node at this time."""
        sent_s = t_s
        for _ in range(4):
            sent_s = t_s - float(np.linalg.norm(self.at(sent_s)[:3])) / sound_mps
        return sent_s


def wandering(rng: np.random.Generator, from_s: float, to_s: float, nearest_m: float, farthest_m: float) -> Flight:
    """Hovers, flies straight and turns by chance, mostly about as far from the node as is asked for."""
    times = np.arange(from_s, to_s + STEP_S / 2, STEP_S)
    state = np.concatenate([_anywhere(rng, nearest_m, farthest_m), np.zeros(3)])
    out, leg_ends_s, wish, turn_rad_s = np.empty((len(times), 6)), from_s, np.zeros(3), 0.0
    for k, t_s in enumerate(times):
        if t_s >= leg_ends_s:
            wish, turn_rad_s = _leg(rng, state[:3], _anywhere(rng, nearest_m, farthest_m))
            leg_ends_s = t_s + rng.uniform(*LEG_S)
            if k == 0:
                state[3:] = wish
        out[k] = state
        wish = _turned(wish, turn_rad_s * STEP_S)
        state = _flown(state, wish)
    return Flight(times, out[:, :3], out[:, 3:])


def crossing(rng: np.random.Generator, to_s: float, range_m: float, apart_m: float) -> tuple[Flight, Flight]:
    """Two that weave to and fro and meet three times in azimuth and in elevation as seen from the node, so far apart along its view."""
    azimuth, elevation, slant = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(6, 14)), np.radians(rng.uniform(10, 35))
    towards = np.array([np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)])
    rising = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0])
    along = np.cos(slant) * rising + np.sin(slant) * np.cross(rising, towards)
    times, middle_s = np.arange(0.0, to_s + STEP_S / 2, STEP_S), to_s / 2 + rng.uniform(-3, 3)
    phase = 2 * np.pi * (times - middle_s)[:, None] / WEAVE_S
    paths = []
    for side, far_m in ((1.0, range_m), (-1.0, range_m + apart_m)):
        wide_m = side * WEAVE_M * far_m / range_m
        place = far_m * towards + wide_m * np.sin(phase) * along
        paths.append(Flight(times, place, wide_m * (2 * np.pi / WEAVE_S) * np.cos(phase) * along))
    return paths[0], paths[1]


def straight(times: Array, middle_s: float, place: Array, velocity: Array) -> Flight:
    """One that is at a place at `middle_s` and keeps its velocity."""
    return Flight(times, place + (times - middle_s)[:, None] * velocity, np.tile(velocity, (len(times), 1)))


def _anywhere(rng: np.random.Generator, nearest_m: float, farthest_m: float) -> Array:
    azimuth, far_m = rng.uniform(0, 2 * np.pi), rng.uniform(nearest_m, farthest_m)
    return np.array([far_m * np.sin(azimuth), far_m * np.cos(azimuth), rng.uniform(*HEIGHTS_M)])


def _leg(rng: np.random.Generator, place: Array, goal: Array) -> tuple[Array, float]:
    """A wish for a velocity, and how fast it turns: nothing, straight to the goal, or a turn that begins that way."""
    kind = rng.choice(("hover", "straight", "turn"), p=(0.2, 0.5, 0.3))
    if kind == "hover":
        return np.zeros(3), 0.0
    way = goal - place
    wish = rng.uniform(*SPEEDS_MPS) * way / max(float(np.hypot(way[0], way[1])), 1.0)
    low, high = CLIMBS_MPS
    wish[2] = np.clip(wish[2], low if place[2] > HEIGHTS_M[0] else 0.0, high if place[2] < HEIGHTS_M[1] else 0.0)
    return wish, float(rng.choice((-1, 1)) * rng.uniform(*TURNS_RAD_S)) if kind == "turn" else 0.0


def _turned(wish: Array, angle: float) -> Array:
    sine, cosine = np.sin(angle), np.cos(angle)
    return np.array([cosine * wish[0] + sine * wish[1], cosine * wish[1] - sine * wish[0], wish[2]])


def _flown(state: Array, wish: Array) -> Array:
    pull = (wish - state[3:]) / LAG_S
    size = float(np.linalg.norm(pull))
    pull *= min(1.0, MOST_MPS2 / max(size, 1e-9))
    return np.concatenate([state[:3] + STEP_S * state[3:] + STEP_S**2 / 2 * pull, state[3:] + STEP_S * pull])
