"""Flights that stand, go straight and turn, and what sensors at one place measure of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edge_node.fusion.filter.models import Array
from edge_node.fusion.filter.sensing import SOUND_MPS, UNKNOWN, Bearings, Positions, across

HZ = 10
CHANGES_S, ANSWERS_S = 3.0, 0.8
"""How often a pilot changes his mind, and how soon the aircraft follows."""


class Flights(NamedTuple):
    """`place` and `velocity` (steps, n, 3) at HZ."""

    place: Array
    velocity: Array


def flights(rng: np.random.Generator, n: int, seconds: float) -> Flights:
    """Of n multirotors within some hundred metres."""
    place = np.stack([rng.uniform(-300, 300, n), rng.uniform(100, 500, n), rng.uniform(20, 100, n)], axis=-1)
    usual, heading, manner = rng.uniform(3, 15, n), rng.uniform(0, 2 * np.pi, n), rng.integers(0, 4, n)
    speed, places, velocities = usual.copy(), [], []
    for _ in range(round(seconds * HZ)):
        manner = np.where(rng.random(n) < 1 / (CHANGES_S * HZ), rng.integers(0, 4, n), manner)
        turn = np.where(manner == 2, 0.5, np.where(manner == 3, -0.5, 0.0)) * rng.uniform(0.6, 1.2, n)
        heading = heading + turn / HZ
        speed = speed + (np.where(manner == 0, 0.3, usual) - speed) / (HZ * ANSWERS_S)
        velocity = np.stack([speed * np.sin(heading), speed * np.cos(heading), 0.5 * np.sin(heading)], axis=-1)
        place = place + velocity / HZ
        places.append(place)
        velocities.append(velocity)
    return Flights(np.array(places), np.array(velocities))


class Sensors:
    """Of one place, each turned by an error of its own: `mounting` (n, 4) radians, of a camera and of microphones."""

    def __init__(self, flown: Flights, rng: np.random.Generator, sigma: float, mounting: Array) -> None:
        self.flown, self.rng, self.sigma, self.mounting = flown, rng, sigma, mounting

    def seen(self, step: int) -> Bearings:
        """By a camera."""
        return self._bearings(self.flown.place[step], step, 0)

    def heard(self, step: int) -> Bearings:
        """By microphones, which hear where an object was."""
        place = self.flown.place
        late = np.round(np.linalg.norm(place[step], axis=1) / SOUND_MPS * HZ).astype(int)
        return self._bearings(place[np.maximum(step - late, 0), np.arange(place.shape[1])], step, 2)

    def claimed(self, step: int, sigma_m: float, late_steps: int = 0) -> Positions:
        """A place as of some steps ago, and no velocity."""
        n, then = self.flown.place.shape[1], max(step - late_steps, 0)
        sigma = np.tile([sigma_m] * 3 + [UNKNOWN] * 3, (n, 1))
        state = np.concatenate([self.flown.place[then] + self.rng.normal(0, sigma_m, (n, 3)), np.zeros((n, 3))], axis=1)
        return Positions(state, sigma, np.full(n, then / HZ), np.full(n, -1))

    def _bearings(self, place: Array, step: int, column: int) -> Bearings:
        n = len(place)
        towards = place / np.linalg.norm(place, axis=1, keepdims=True)
        off = self.rng.normal(0, self.sigma, (n, 2)) + self.mounting[:, column : column + 2]
        towards = towards + np.einsum("nd,nda->na", off, across(towards))
        towards /= np.linalg.norm(towards, axis=1, keepdims=True)
        sounds = np.full(n, float(column > 0))
        return Bearings(towards, np.full((n, 2), self.sigma), np.full(n, step / HZ), sounds, np.full(n, column), np.zeros((n, 3)))
