"""What OpenCV's FFMPEG decodes, as grey pictures with as little conversion as it allows."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from drivers.grabbed import Picture, Raw

PLANES_FIRST = {"I420", "IYUV", "YV12", "Y42B", "422P", "444P", "NV12", "NV21", "Y800", "GREY"}
"""FFMPEG's pixel formats of which OpenCV hands over the first plane, which is the grey picture, when it shall not convert."""

GREY_16 = "Y1\x00\x10"

LOG_ERRORS = 2
_logging: Any = getattr(cv2.utils, "logging", cv2)  # of OpenCV 5; 4 has it at the top
_logging.setLogLevel(LOG_ERRORS)  # some versions warn of every picture that is not to be converted


def stop_converting(capture: cv2.VideoCapture) -> bool:
    """Ask for grey instead of colour where OpenCV can give it without work, and 16 bits where there are some; returns whether it does."""
    tag = int(capture.get(cv2.CAP_PROP_CODEC_PIXEL_FORMAT))
    name = "".join(chr(tag >> shift & 0xFF) for shift in (0, 8, 16, 24))
    return (name in PLANES_FIRST or name == GREY_16) and bool(capture.set(cv2.CAP_PROP_CONVERT_RGB, 0))


def as_grey(raw: Raw) -> Picture:
    """A picture as FFMPEG gave it, grey or colour, as grey."""
    if raw.ndim == 3 and raw.shape[2] == 1:
        return raw[:, :, 0]
    return np.asarray(cv2.cvtColor(raw, cv2.COLOR_BGR2GRAY), np.uint8) if raw.ndim == 3 else raw
