"""What is heard of an object, checked: the bearing and the sound that its track shows."""

from __future__ import annotations

from math import isfinite

from edge_node.fusion.pointing import Pointing, as_probability, finite
from edge_node.messages import AcousticDetection, Sound


def is_usable(said: AcousticDetection) -> bool:
    """Whether every number that must be there is one."""
    return isfinite(said.probability) and isfinite(said.level_db) and isfinite(said.snr_db)


class Sounding(Pointing):
    """The newest that one array heard under one number."""

    __slots__ = ("sound",)

    def __init__(self, said: AcousticDetection) -> None:
        super().__init__(said)
        self.sound = heard_sound(said)

    def update(self, said: AcousticDetection) -> None:
        """Take in what is said, which is not before `t_mono_ns`."""
        self.point(said)
        self.sound = heard_sound(said)


def heard_sound(said: AcousticDetection) -> Sound:
    """What it sounds like."""
    return Sound(
        label=said.label,
        probability=as_probability(said.probability),
        blade_pass_hz=finite(said.blade_pass_hz),
        level_db=said.level_db,
        level_reference=said.level_reference,
        snr_db=said.snr_db,
    )
