"""One node's trial, matched: what every figure is made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tools.score.matching import EVERY_S, GATE_DEG, GATE_M, NOBODY, Matched, apart_deg, apart_m
from tools.score.told import Told
from tools.score.truth import Truth, direction_deg

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Answer(NamedTuple):
    """What one track newly said while it was of one object: indices of its words, and that object and track."""

    flown: int
    track: int
    words: NDArray[np.intp]


class Case(Struct, frozen=True):
    """Truth, tracks, which is whose, and which object was in reach (moments, objects); `seconds` of the scene."""

    truth: Truth
    tracks: Sequence[Told]
    match: Matched
    reach: Flags
    seconds: float

    @property
    def t_s(self) -> Array:
        """The moments."""
        return self.match.t_s

    @property
    def drones(self) -> list[int]:
        """Objects that a node must tell of."""
        return self.truth.drones()

    def hit(self, flown: int) -> Flags:
        """Whether a confirmed track was on an object, moment by moment, while it was in reach."""
        return np.asarray((self.match.owner[:, flown] != NOBODY) & self.reach[:, flown])

    def answers(self) -> Iterator[Answer]:
        """All new confirmed words of tracks about drones: of whose track it is at the first moment after they came, if they fit."""
        drones = np.array(self.drones)
        for k, told in enumerate(self.tracks):
            moment = np.clip(np.ceil(told.heard_s / EVERY_S - 1e-9).astype(int) - 1, 0, len(self.t_s) - 1)
            whose = np.where(self.match.owner[moment] == k, 1, 0)
            good = told.confirmed & told.new & whose.any(axis=1)
            flown = whose.argmax(axis=1)
            for one in drones:
                words = np.flatnonzero(good & (flown == one))
                words = words[self._fits(told, words, int(one))]
                if len(words):
                    yield Answer(int(one), k, words)

    def _fits(self, told: Told, words: NDArray[np.intp], flown: int) -> Flags:
        """Whether words are within the gate: a track to which two transmitters speak by turns is not of one of them all the time."""
        t_s, truth = told.at_s[words], self.truth
        seen = truth.seen(truth.flown[flown], t_s, told.sounds[words])
        place = truth.seen(truth.flown[flown], t_s) + truth.stand.at(t_s)
        placed, pointed = np.isfinite(told.place[words, 0]), np.isfinite(told.direction_deg[words, 0])
        near = apart_m(told.place[words], place) < GATE_M
        ahead = apart_deg(told.direction_deg[words], direction_deg(seen)) < GATE_DEG
        return np.asarray(np.where(placed, near, pointed & ahead))


def spans(t_s: Array, on: Flags) -> list[tuple[float, float]]:
    """From when to when, of moments that are on."""
    edges = np.diff(np.concatenate([[0], on.astype(int), [0]]))
    return [(float(t_s[a]), float(t_s[b - 1])) for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)]
