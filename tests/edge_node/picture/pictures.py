"""Frames and detections of a camera, made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.blocks import Camera, Frame
from edge_node.messages import CameraDetection

RATE_HZ = 25
BEARING = {"azimuth_deg": 359.9, "sigma_azimuth_deg": 0.1, "elevation_deg": 12.0, "sigma_elevation_deg": 0.1}
LEPTON = Camera(name="lepton_3_5", band="thermal", width=160, height=120)


def frame(number: int = 0, picture: NDArray[Any] | None = None, **fields: Any) -> Frame:
    """One picture of a camera of 25 Hz; counts of 16 bits where nothing else is said."""
    shown = np.random.default_rng(number).integers(29_000, 29_100, (120, 160), np.uint16) if picture is None else picture
    return Frame(number * 1_000_000_000 // RATE_HZ, number, 0, shown, LEPTON, **fields)


def seen(number: int = 0, track: int = 1, **fields: Any) -> CameraDetection:
    """One detection in picture `number`."""
    stated: dict[str, Any] = {"box": (40.0 + number, 30.0, 8.0, 6.0), "label": "drone", "probability": 0.9, "snr": 9.0}
    stated |= {"probabilities": {"drone": 0.9, "bird": 0.1}}
    return CameraDetection(t_mono_ns=number * 1_000_000_000 // RATE_HZ, frame=number, track=track, **(stated | fields))
