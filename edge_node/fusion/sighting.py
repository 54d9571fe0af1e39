"""What is seen of an object, checked: the bearing and the sight that its track shows."""

from __future__ import annotations

from itertools import islice
from math import isfinite
from typing import get_args

from edge_node.fusion.pointing import Pointing, above_0, as_probability
from edge_node.messages import CameraDetection, Sight, SightLabel

LABELS: frozenset[str] = frozenset(get_args(SightLabel))
NOT_WORTH_A_TRACK: frozenset[SightLabel] = frozenset({"insect"})
"""Close to the lens and everywhere in summer; what turns out to be one once it has a track keeps that and says so."""
MOST_ANGLE_DEG = 360.0


def is_usable(said: CameraDetection) -> bool:
    """Whether every number that must be there is one."""
    return isfinite(said.probability) and isfinite(said.snr) and all(map(isfinite, said.box))


def begins(said: CameraDetection) -> bool:
    """Whether a track may begin with it: it is there, and worth somebody's attention."""
    return not said.predicted and said.label not in NOT_WORTH_A_TRACK


class Sighting(Pointing):
    """The newest that one camera saw under one number."""

    __slots__ = ("sight",)

    def __init__(self, said: CameraDetection) -> None:
        super().__init__(said)
        self.sight = seen_sight(said)

    def update(self, said: CameraDetection) -> None:
        """Take in what is said, which is not before `t_mono_ns`."""
        self.point(said)
        self.sight = seen_sight(said)


def seen_sight(said: CameraDetection) -> Sight:
    """What it looks like; a range without its error, or an error without a range, is neither."""
    probabilities = {name: as_probability(p) for name, p in islice(said.probabilities.items(), len(LABELS)) if name in LABELS}
    range_m, sigma_m = above_0(said.range_m), above_0(said.sigma_range_m)
    size_deg = above_0(said.size_deg)
    return Sight(
        label=said.label,
        probability=as_probability(said.probability),
        label_probability=probabilities.get(said.label),
        probabilities=probabilities,
        snr=said.snr,
        size_deg=None if size_deg is None else min(size_deg, MOST_ANGLE_DEG),
        range_m=range_m if sigma_m else None,
        sigma_range_m=sigma_m if range_m else None,
        temperature_k=above_0(said.temperature_k),
        predicted=said.predicted,
    )
