"""What a camera sees, as small JPEGs, two a second at most."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
from msgspec import Struct

from drivers.blocks import AnyBlock, Frame
from edge_node.picture.tone import ToneMap

WIDTH_PX = 320
EVERY_NS = 500_000_000
QUALITY = 70


class Thumbnail(Struct, frozen=True, kw_only=True, tag_field="kind", tag="thumbnail"):
    """One picture, base64 in JSON."""

    width_px: int
    height_px: int
    jpeg: bytes


class LiveFrame:
    """Pictures of any depth; one that is repeated or taken behind the shutter shows nothing new."""

    def __init__(self) -> None:
        self._tone = ToneMap()
        self._next_ns: int | None = None

    def take(self, block: AnyBlock) -> list[bytes]:
        """A thumbnail, when it is time for the next."""
        if not isinstance(block, Frame) or block.repeated or block.shutter:
            return []
        if self._next_ns is not None and 0 <= self._next_ns - block.t_mono_ns < EVERY_NS:
            return []
        self._next_ns = block.t_mono_ns + EVERY_NS
        grey = self._tone.grey(block.picture)
        high_px, wide_px = grey.shape[:2]
        if wide_px > WIDTH_PX:
            wide_px, high_px = WIDTH_PX, max(round(high_px * WIDTH_PX / wide_px), 1)
            grey = np.asarray(cv2.resize(grey, (wide_px, high_px), interpolation=cv2.INTER_AREA), np.uint8)
        _, jpeg = cv2.imencode(".jpg", grey, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))
        return [msgspec.json.encode(Thumbnail(width_px=wide_px, height_px=high_px, jpeg=jpeg.tobytes()))]
