"""What may be wrong with a sensor or a node, as a bench must find it out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from edge_node.messages import BusMessage, CameraDetection
from edge_node.timebase import Timebase
from tests.tools.score.trials import CLOCK

ASKEW_DEG, LATE_S, LOST = 5.0, 2.0, 0.1


def askew(messages: Sequence[BusMessage], _rng: np.random.Generator) -> Sequence[BusMessage]:
    """The camera is turned by 5 degrees."""
    return [
        replace(one, azimuth_deg=(one.azimuth_deg + ASKEW_DEG) % 360)
        if isinstance(one, CameraDetection) and one.azimuth_deg is not None
        else one
        for one in messages
    ]


def lossy(messages: Sequence[BusMessage], rng: np.random.Generator) -> Sequence[BusMessage]:
    """Of what the camera says, one in ten is lost."""
    return [one for one in messages if not (isinstance(one, CameraDetection) and rng.random() < LOST)]


def mislabelled(messages: Sequence[BusMessage], _rng: np.random.Generator) -> Sequence[BusMessage]:
    """The camera takes drones for birds and birds for drones."""
    return [_flipped(one) if isinstance(one, CameraDetection) else one for one in messages]


def _flipped(one: CameraDetection) -> CameraDetection:
    swapped = one.probabilities | {"drone": one.probabilities["bird"], "bird": one.probabilities["drone"]}
    return replace(one, label="bird" if one.label == "drone" else "drone", probability=swapped["drone"], probabilities=swapped)


def late(messages: Sequence[BusMessage], _rng: np.random.Generator) -> Sequence[BusMessage]:
    """The camera's times are two seconds late."""
    return [replace(one, t_mono_ns=one.t_mono_ns + round(LATE_S * 1e9)) if isinstance(one, CameraDetection) else one for one in messages]


AHEAD = Timebase(CLOCK.offset_ns + round(LATE_S * 1e9), CLOCK.source, CLOCK.sigma_s)
"""A node whose clock is two seconds fast."""
