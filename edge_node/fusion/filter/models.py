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
        turns = np.array([[complex(0.0, -model.turn_rad_s), 0.0] for model in models])
        slows = np.array([0.0 if model.slows_s is None else 1 / model.slows_s for model in models])
        self._ahead, self._back = _Way(turns - slows[:, None]), _Way(turns)
        self._share = np.array([model.share for model in models]) / sum(model.share for model in models)
        densities = np.array([[model.density, model.density, model.climb_density] for model in models])
        each = densities[:, :, None] * np.eye(AXES)
        none = np.zeros_like(each)
        self._speeds = np.block([[none, none], [none, each]])
        self._mixed = np.block([[none, each / 2], [each / 2, none]])
        self._places = np.block([[each / 3, none], [none, none]])

    def __len__(self) -> int:
        return len(self._share)

    def steps(self, elapsed_s: Array) -> tuple[Array, Array]:
        """Transitions and process noise (n, m, 6, 6) over `elapsed_s` (n, m); m is 1 or as many as the models.

        Where there is one model alone, m may be anything.
        """
        return self._ahead.over(elapsed_s), self._noise(elapsed_s)

    def back(self, lag_s: Array) -> tuple[Array, Array]:
        """The same for the way back by `lag_s` (n, m), on which speed is what it is."""
        return self._back.over(-lag_s), self._noise(-lag_s)

    def changes(self, elapsed_s: Array) -> Array:
        """Probabilities (n, from, to) that one model gives way to another meanwhile."""
        stays = (STAYS ** (np.abs(elapsed_s) / STEP_S))[:, None, None]
        return np.asarray(stays * np.eye(len(self)) + (1 - stays) * self._share)

    def _noise(self, t: Array) -> Array:
        t = t[..., None, None]
        return np.asarray(np.abs(t) * (self._speeds + t * (self._mixed + t * self._places)))


class _Way:
    """How a velocity goes on: level, as the complex number east + i north, and up, each by a rate of its own (1/s).

    With rate r a velocity v is exp(r t) v after a time t, and has carried by (exp(r t) - 1) / r v: it slows and turns at once.
    """

    def __init__(self, rates: NDArray[np.complex128]) -> None:
        self._rates, self._steady = rates, rates == 0
        self._divisors = np.where(self._steady, 1.0, rates)

    def over(self, t: Array) -> Array:
        """Transitions (n, m, 6, 6)."""
        t = t[..., None]
        grows = np.expm1(self._rates * t)
        reach = np.where(self._steady, t, grows / self._divisors)
        move = np.concatenate([reach, grows], axis=-1).view(np.float64) @ PARTS
        return np.asarray(move.reshape(*move.shape[:-1], STATE, STATE) + np.eye(STATE))


def _parts() -> Array:
    """What each part of two complex reaches and growths, level and up, does in a transition (8, 36)."""
    parts = np.zeros((2, 2, 2, STATE, STATE))
    for grows, row in enumerate((0, AXES)):
        parts[grows, 0, 0, row, AXES] = parts[grows, 0, 0, row + 1, AXES + 1] = 1.0
        parts[grows, 0, 1, row, AXES + 1], parts[grows, 0, 1, row + 1, AXES] = -1.0, 1.0
        parts[grows, 1, 0, row + 2, AXES + 2] = 1.0
    return parts.reshape(8, STATE * STATE)


PARTS = _parts()
