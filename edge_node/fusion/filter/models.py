"""How objects may go on: transition and process noise of each model, over any time (Bar-Shalom, Li, Kirubarajan 2001, chapters 6 and 11).

A state is (east, north, up, velocity east, north, up) in metres and metres a second.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Array = NDArray[np.float64]

AXES = 3
STATE = 2 * AXES
FASTEST_TURN_S = 1e-3
"""Radians that a model turns in a step, below which it goes straight on."""


class Model(Struct, frozen=True):
    """White acceleration of a spectral density (m2/s3), speed that dies away with a time constant (s), a steady turn (rad/s, clockwise).

    `share` is how much of the time it holds, among others.
    """

    density: float
    climb_density: float
    slows_s: float | None = None
    turn_rad_s: float = 0.0
    share: float = 1.0


HOVERS = Model(0.5, 0.3, slows_s=1.0, share=0.2)
STRAIGHT = Model(0.5, 0.3, share=0.5)
TURNS_RIGHT, TURNS_LEFT = Model(4.0, 0.5, turn_rad_s=0.5, share=0.15), Model(4.0, 0.5, turn_rad_s=-0.5, share=0.15)
WANDERS = Model(20.0, 2.0, slows_s=10.0)
"""What a multirotor does: it stands, flies straight, or turns at 0.5 rad/s, which at 10 m/s are 5 m/s2. Where only bearings are known,
speeds that stay of the order of 10 m/s are what tells near from far."""

STAYS = 0.95
"""Nobody changes his mind within a tenth of a second as probably as this; a multirotor's pilot does about every three seconds."""
STEP_S = 0.1


class Models:
    """Several models side by side."""

    def __init__(self, *models: Model) -> None:
        self._density = np.array([[model.density, model.density, model.climb_density] for model in models])
        self._slows = np.array([np.inf if model.slows_s is None else model.slows_s for model in models])
        self._turn = np.array([model.turn_rad_s for model in models])
        self._share = np.array([model.share for model in models]) / sum(model.share for model in models)

    def __len__(self) -> int:
        return len(self._turn)

    def steps(self, elapsed_s: Array) -> tuple[Array, Array]:
        """Transitions and process noise (n, m, 6, 6) over `elapsed_s` (n, m), below 0 for the way back; m is 1 or as many as the models.

        Where there is one model alone, m may be anything.
        """
        t = np.broadcast_to(elapsed_s, (len(elapsed_s), max(elapsed_s.shape[1], len(self))))
        far, keeps = self._reach(t)
        move, noise = np.zeros((*t.shape, STATE, STATE)), np.zeros((*t.shape, STATE, STATE))
        after, both = np.abs(t)[..., None] * self._density, np.arange(AXES)
        move[..., both, both] = 1.0
        move[..., both, AXES + both], move[..., AXES + both, AXES + both] = far[..., None], keeps[..., None]
        noise[..., both, both], noise[..., AXES + both, AXES + both] = after * (t * t / 3)[..., None], after
        noise[..., both, AXES + both] = noise[..., AXES + both, both] = after * (t / 2)[..., None]
        if self._turn.any():
            _turn(move, self._turn * t, t)
        return move, noise

    def changes(self, elapsed_s: Array) -> Array:
        """Probabilities (n, from, to) that one model gives way to another meanwhile."""
        stays = STAYS ** (np.abs(elapsed_s) / STEP_S)
        return np.asarray(stays[:, None, None] * np.eye(len(self)) + (1 - stays)[:, None, None] * self._share)

    def _reach(self, t: Array) -> tuple[Array, Array]:
        """How far a unit of speed carries, and what is left of it; on the way back speed is what it is."""
        slows = np.isfinite(self._slows) & (t > 0)
        slows_s = np.where(np.isfinite(self._slows), self._slows, 1.0)
        keeps = np.where(slows, np.exp(-np.maximum(t, 0.0) / slows_s), 1.0)
        return np.where(slows, slows_s * (1 - keeps), t), keeps


def _turn(move: Array, angle: Array, t: Array) -> None:
    """A coordinated turn of velocity east and north, clockwise as azimuths count, by those models that turn."""
    turning = np.flatnonzero(angle.any(axis=0))
    angle, t = angle[:, turning], t[:, turning]
    small = np.abs(angle) < FASTEST_TURN_S
    safe = np.where(small, 1.0, angle)
    along = np.where(small, t, t * np.sin(safe) / safe)
    aside = np.where(small, 0.0, t * (1 - np.cos(safe)) / safe)
    east, north, speed_east, speed_north = 0, 1, 3, 4
    move[:, turning, east, speed_east] = move[:, turning, north, speed_north] = along
    move[:, turning, east, speed_north], move[:, turning, north, speed_east] = aside, -aside
    move[:, turning, speed_east, speed_east] = move[:, turning, speed_north, speed_north] = np.cos(angle)
    move[:, turning, speed_east, speed_north], move[:, turning, speed_north, speed_east] = np.sin(angle), -np.sin(angle)
