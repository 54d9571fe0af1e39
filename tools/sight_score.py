"""How good judges are: which tracks are of something, which clips of a drone, how far probabilities can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import nan

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.camera.sight.knowledge import CLUTTER, LABELS
from tools.rotor_score import auc, calibration_error
from tools.sight_learn import Summaries
from tools.sight_tracks import Told

Floats = NDArray[np.float32]
DRONE, FLYING = LABELS.index("drone"), 4  # the first four labels are those that were recorded
A_SECOND = 30  # observations


class Asked(Struct, frozen=True):
    """Scores (n,) of tracks or clips, whether each is what was asked for (n,), and the clip (n,) each is of."""

    scores: Floats
    truth: NDArray[np.bool_]
    clips: NDArray[np.str_]

    def interval(self, measure: Callable[[Floats, NDArray[np.bool_]], float] = auc, draws: int = 300) -> tuple[float, float]:
        """5 and 95 % of a measure over clips drawn anew."""
        rng, names = np.random.default_rng(0), np.unique(self.clips)
        of = [np.flatnonzero(self.clips == name) for name in names]
        found: list[float] = []
        for _ in range(draws if len(names) else 0):
            rows = np.concatenate([of[k] for k in rng.integers(len(names), size=len(names))])
            if 0 < self.truth[rows].sum() < len(rows):
                found.append(measure(self.scores[rows], self.truth[rows]))
        low, high = np.quantile(found, (0.05, 0.95)) if found else (nan, nan)
        return float(low), float(high)

    @property
    def auc(self) -> float:
        """Area under the receiver's curve; not a number where all are one thing."""
        return auc(self.scores, self.truth) if 0 < self.truth.sum() < len(self.truth) else nan


def real_after(known: Summaries, names: NDArray[np.str_], real: Floats, count: int = 15) -> Asked:
    """Whether recorded tracks are of something, after so many observations."""
    rows = known.recorded & (known.counts == count)
    return Asked(real[rows], known.labels[rows] != CLUTTER, names[rows])


def drones_by_clip(known: Summaries, names: NDArray[np.str_], drone: Floats, others: Sequence[int] = (1, 2, 3)) -> Asked:
    """Whether clips are of a drone: the mean over their tracks of a second or more, by how long those are, of what each was in the end."""
    rows = known.recorded & (known.counts >= A_SECOND) & np.isin(known.labels, [DRONE, *others])
    last = [row for row in np.flatnonzero(rows) if known.counts[row] == known.counts[rows & (known.tracks == known.tracks[row])].max()]
    keys = sorted({(str(names[row]), int(known.labels[row])) for row in last})
    scores = []
    for name, label in keys:
        mine = [row for row in last if names[row] == name and known.labels[row] == label]
        scores.append(np.average(drone[mine], weights=known.counts[mine]))
    return Asked(np.array(scores), np.array([label == DRONE for _, label in keys]), np.array([name for name, _ in keys], dtype=np.str_))


def calibration_errors(known: Summaries, probabilities: Floats) -> tuple[float, float]:
    """Expected calibration errors of a drone and of an object at all, over recorded tracks at every time they are judged."""
    rows = known.recorded
    drone = calibration_error(probabilities[rows, DRONE], known.labels[rows] == DRONE)
    return drone, calibration_error(1 - probabilities[rows, CLUTTER], known.labels[rows] != CLUTTER)


def among_flying(probabilities: Floats) -> Floats:
    """How probable a drone is (n,) if it is one of the four things that were recorded."""
    return np.asarray(probabilities[:, DRONE] / np.maximum(probabilities[:, :FLYING].sum(axis=1), 1e-9))


def clip_names(known: Summaries, told: Sequence[Told]) -> NDArray[np.str_]:
    """The clip (n,) of each summary."""
    return np.array([one.clip for one in told])[known.tracks]
