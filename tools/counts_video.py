"""Writing 16-bit counts as video: FFV1 (RFC 9043) of gray16le in Matroska, without loss, as drivers.video and ffmpeg read it."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray


class CountsVideo:
    """One file of pictures (height, width), uint16 or, with `bits` 8, uint8; raises OSError where it cannot be written.

    Pictures stand `1 / rate_hz` apart in the file, whenever they were taken.
    """

    def __init__(self, path: Path, width: int, height: int, rate_hz: float, *, bits: int = 16) -> None:
        self.frames = 0
        self._kind = np.uint16 if bits == 16 else np.uint8
        self._shape = (height, width)
        depth = cv2.CV_16U if bits == 16 else cv2.CV_8U
        options = [cv2.VIDEOWRITER_PROP_DEPTH, depth, cv2.VIDEOWRITER_PROP_IS_COLOR, 0]
        fourcc = cv2.VideoWriter.fourcc(*"FFV1")
        self._writer = cv2.VideoWriter(str(path.with_suffix(".mkv")), cv2.CAP_FFMPEG, fourcc, rate_hz, (width, height), options)
        if path.suffix != ".mkv" or not self._writer.isOpened():
            raise OSError(f"{path} cannot be written: its name must end with .mkv, in a folder that can be written to")

    def write(self, picture: NDArray[np.generic]) -> None:
        """Add one picture; raises ValueError for another type or shape."""
        if picture.dtype != self._kind or picture.shape != self._shape:
            raise ValueError(f"pictures of this video are {self._kind.__name__} {self._shape}, not {picture.dtype} {picture.shape}")
        self._writer.write(np.ascontiguousarray(picture))
        self.frames += 1

    def close(self) -> None:
        """Write the index; without it the file is cut, and can be read all the same."""
        self._writer.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
