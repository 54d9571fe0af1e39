"""A DJI drone that tells who and where it is: DroneID of OcuSync 2, a frame every 640 ms, eight on a channel and then on the next."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from edge_node.radio.droneid.waveform import RATE_HZ
from tools.simulate.iq.droneid import Telemetry, block, frame, telemetry
from tools.simulate.iq.played import Made, Played

Said = Callable[[float], Telemetry]
"""What the drone says of itself at a time of its own clock."""
EVERY_S, AIR_S = 0.64, 9_880 / RATE_HZ
BANDWIDTH_HZ = 9.015e6
STAYS = 8
CHANNELS_HZ = (2_444.5e6, 2_414.5e6, 2_459.5e6, 2_399.5e6, 2_429.5e6)


def parked(_t_s: float) -> Telemetry:
    """Always the same."""
    return Telemetry()


def drone_id(seed: int = 1, said: Said = parked) -> Played:
    """The transmitter; its messages are counted."""

    def samples(k: int) -> NDArray[np.complexfloating]:
        told = replace(said(link.first_s + k * EVERY_S), sequence=k + 1)
        return frame(block(telemetry(told)))

    centers_hz = [center_hz for center_hz in CHANNELS_HZ for _ in range(STAYS)]
    link = Played("dji_droneid", "dji_ocusync", Made(samples, RATE_HZ, AIR_S, EVERY_S, centers_hz, BANDWIDTH_HZ), seed)
    return link
