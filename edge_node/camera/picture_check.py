"""A first look at a camera within seconds: is it stuck, blank, dark, too bright, flat, or behind its own shutter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from drivers.blocks import Camera, Frame
from edge_node.camera.levels import LEAST_NOISE, noise_of
from edge_node.camera.outlook import DARK_LEVEL, FLAT_SIGMAS
from edge_node.messages import Finding, Grade

SPARSE = 4
WHITE, WHITE_SHARE = 254, 0.25
"""Of a picture of 8 bits; a sun with its glare fills less."""
SHUTTER_SHARE = 0.5
"""A thermal camera corrects itself for half a second every few minutes."""
FEWEST = 2


class PictureCheck:
    """Takes frames of one camera."""

    def __init__(self) -> None:
        self.pictures = self._fresh = self._shut = self._blank = 0
        self._middle = self._spread = self._noise = self._white = 0.0
        self._size, self._depth = (0, 0), 8
        self._camera: Camera | None = None

    def take(self, frame: Frame) -> None:
        """Look at one picture."""
        self.pictures += 1
        self._shut += frame.shutter
        if frame.repeated or frame.shutter or frame.picture.ndim != 2 or min(frame.picture.shape) < SPARSE * SPARSE:
            return
        self._fresh += 1
        few = frame.picture[::SPARSE, ::SPARSE]
        low, middle, high = (float(value) for value in np.percentile(few, (5, 50, 95)))
        self._blank += bool(few.min() == few.max() and frame.picture.min() == frame.picture.max())
        self._depth = 8 * frame.picture.dtype.itemsize
        self._middle, self._spread, self._noise = middle, high - low, max(noise_of(frame.picture.astype(np.float32)), LEAST_NOISE)
        self._white = float(np.mean(few >= WHITE)) if self._depth == 8 else 0.0
        self._size, self._camera = (frame.picture.shape[1], frame.picture.shape[0]), frame.camera

    def words(self) -> str:
        """Such as "160x120, 16 bits"."""
        return f"{self._size[0]}x{self._size[1]}, {self._depth} bits" if self._fresh else f"{self.pictures} pictures, none of them new"

    def findings(self, about: str) -> tuple[Finding, ...]:
        """What is wrong with it; nothing before there were two pictures."""
        return tuple(self._wrong(about)) if self.pictures >= FEWEST else ()

    def _wrong(self, about: str) -> Iterator[Finding]:
        if self._shut > SHUTTER_SHARE * self.pictures:
            touch = "wait a minute; if it stays, power it off and on: its shutter sticks"
            yield _found(about, "camera_shutter", "warn", f"its shutter was closed in {self._shut} of {self.pictures} pictures", touch)
        elif self._fresh <= 1:
            touch = "unplug it for 5 s; a camera that does so again wants a better cable or a powered hub"
            yield _found(about, "camera_stuck", "fail", f"it gives the very same picture again and again ({self.pictures} times)", touch)
        if not self._fresh:
            return
        if self._blank == self._fresh:
            yield _found(about, "camera_blank", "fail", "its pictures are of one single value", "take its cap off; else its sensor is dead")
            return
        yield from self._exposed(about)
        if self._camera is not None and (self._camera.azimuth_deg is None or self._camera.focal_px is None):
            what = "where it points" if self._camera.azimuth_deg is None else "how wide it sees"
            touch = "say azimuth_deg, tilt_deg and horizontal_fov_deg, or fly a drone with Remote ID before it: edge-node calibrate"
            yield _found(about, "camera_unaligned", "warn", f"nobody knows {what}, so it tells no bearings", touch)

    def _exposed(self, about: str) -> Iterator[Finding]:
        if self._white > WHITE_SHARE:
            touch = "turn it out of the sun, or lower its exposure (v4l2-ctl -l)"
            yield _found(about, "camera_saturated", "warn", f"{self._white:.0%} of its picture is white", touch)
        visible = self._camera is None or self._camera.band == "visible"
        if visible and self._depth == 8 and self._middle < DARK_LEVEL:
            yield _found(
                about,
                "camera_dark",
                "warn",
                f"its picture is dark ({self._middle:.0f} of 255)",
                "by day: take its cap off, wipe the window",
            )
        if self._spread < FLAT_SIGMAS * self._noise:
            yield _found(
                about, "camera_flat", "warn", "there is nothing in its picture", "fog, frost or a cover is before it: wipe the window"
            )


def _found(about: str, name: str, grade: Grade, words: str, touch: str) -> Finding:
    return Finding(about=about, name=name, grade=grade, words=words, touch=touch)
