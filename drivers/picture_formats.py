"""What a capture hands over, as one grey picture: (rows, columns) of uint8 or uint16, whatever the pixel format and OpenCV's version."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.grabbed import Picture, Raw


class WrongPicture(Exception):
    """What came is no picture of this format and size; the text says what it is."""


def grey(raw: Raw, pixel_format: str, width: int, height: int, *, stacked_counts: bool = False) -> Picture:
    """The picture in what a device gave without conversion; raises WrongPicture.

    Where a device gives other sizes than asked, `width` and `height` are those that it gives. With `stacked_counts` these are of the whole
    YUYV frame, whose lower half holds the picture as little-endian 16-bit counts. OpenCV 4.11 gives 16-bit pictures as one row of bytes
    (its issue 27166); that is put right here.
    """
    if stacked_counts:
        return _counts(raw, width, height)
    match pixel_format:
        case "Y16":
            return _y16(raw, width, height)
        case "YUYV":
            return _shaped(raw, width, height, 2)[:, :, 0]
        case "I420" | "NV12":
            return _shaped(raw, width, height * 3 // 2, 1)[:height, :, 0]
        case "MJPG":
            return _jpeg(raw, width, height)
        case _:
            return _shaped(raw, width, height, 1)[:, :, 0]


def is_flat(raw: Raw, width: int, height: int) -> bool:
    """Whether it is OpenCV 4.11's row of bytes instead of a 16-bit picture."""
    return raw.dtype == np.uint8 and raw.size == 2 * width * height and raw.shape != (height, width, 2)


def _y16(raw: Raw, width: int, height: int) -> NDArray[np.uint16]:
    if raw.dtype == np.uint16 and raw.size == width * height:
        return raw.reshape(height, width).astype(np.uint16, copy=False)
    if raw.dtype == np.uint8 and raw.size == 2 * width * height:
        return np.ascontiguousarray(raw).reshape(-1).view("<u2").reshape(height, width).astype(np.uint16, copy=False)
    raise WrongPicture(_told(raw, f"16-bit pictures of {width}x{height}"))


def _counts(raw: Raw, width: int, height: int) -> NDArray[np.uint16]:
    if raw.dtype != np.uint8 or raw.size != 2 * width * height:
        raise WrongPicture(_told(raw, f"YUYV of {width}x{height}"))
    lower = np.ascontiguousarray(raw).reshape(height, 2 * width)[height // 2 :]
    return lower.view("<u2").astype(np.uint16)


def _shaped(raw: Raw, width: int, height: int, channels: int) -> NDArray[np.uint8]:
    if raw.dtype != np.uint8 or raw.size != width * height * channels:
        raise WrongPicture(_told(raw, f"8-bit pictures of {width}x{height}"))
    return np.asarray(raw.reshape(height, width, channels), np.uint8)


def _jpeg(raw: Raw, width: int, height: int) -> NDArray[np.uint8]:
    found = cv2.imdecode(raw.reshape(-1), cv2.IMREAD_GRAYSCALE) if raw.dtype == np.uint8 else None
    if found is None:
        raise WrongPicture("a damaged JPEG")
    if found.shape != (height, width):
        raise WrongPicture(f"a JPEG of {found.shape[1]}x{found.shape[0]}, not {width}x{height}")
    return np.asarray(found, np.uint8)


def _told(raw: Raw, wanted: str) -> str:
    shape = "x".join(str(length) for length in raw.shape[::-1])
    return f"{shape} {raw.dtype}, not {wanted}"
