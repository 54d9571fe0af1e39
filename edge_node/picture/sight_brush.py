"""What a camera's detections look like on its picture: boxes, trails and labels."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import cv2
import numpy as np

from drivers.blocks import Frame
from edge_node.messages import CameraDetection, SightLabel
from edge_node.picture.lettering import LINE_PX, Coloured, width_px, write
from edge_node.picture.tone import ToneMap

LEAST_WIDTH = 640
MOST_TRAILS = 64
TRAIL_PICTURES = 90
GONE_AFTER_PICTURES = 30
LEAST_BOX_PX = 6
COLOURS: dict[SightLabel, tuple[int, int, int]] = {
    "drone": (60, 60, 255),
    "bird": (80, 220, 80),
    "aeroplane": (255, 170, 60),
    "helicopter": (255, 80, 220),
    "balloon": (60, 220, 255),
    "insect": (160, 160, 90),
    "unknown": (220, 220, 220),
}
"""Blue, green, red."""


class _Trail:
    def __init__(self) -> None:
        self.points: deque[tuple[int, int]] = deque(maxlen=TRAIL_PICTURES)
        self.label: SightLabel = "unknown"
        self.unseen = 0


class Brush:
    """Pictures of one camera after each other; bounded."""

    def __init__(self) -> None:
        self._tone = ToneMap()
        self._trails: dict[int, _Trail] = {}

    def paint(self, frame: Frame, said: Sequence[CameraDetection], t_s: float) -> Coloured:
        """The picture, (rows, columns, 3), at least `LEAST_WIDTH` wide and of even sides, with what was detected in it."""
        grey = self._tone.grey(frame.picture)
        scale = max(-(-LEAST_WIDTH // max(grey.shape[1], 1)), 1)
        large = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_NEAREST)
        canvas = np.ascontiguousarray(
            cv2.cvtColor(large[: large.shape[0] // 2 * 2, : large.shape[1] // 2 * 2], cv2.COLOR_GRAY2BGR), np.uint8
        )
        self._follow(said, scale)
        for trail in self._trails.values():
            cv2.polylines(canvas, [np.array(trail.points, np.int32)], False, COLOURS[trail.label], 1, cv2.LINE_AA)
        for one in said:
            _draw_box(canvas, one, scale)
        state = "  shutter" if frame.shutter else "  repeated" if frame.repeated else ""
        write(canvas, f"{t_s:.2f} s  {frame.sequence}{state}", (4, canvas.shape[0] - 6), COLOURS["unknown"])
        return canvas

    def _follow(self, said: Sequence[CameraDetection], scale: int) -> None:
        for trail in self._trails.values():
            trail.unseen += 1
        for one in said:
            if one.track in self._trails or len(self._trails) < MOST_TRAILS:
                trail = self._trails.setdefault(one.track, _Trail())
                left, top, right, bottom = corners(one.box, scale)
                trail.points.append(((left + right) // 2, (top + bottom) // 2))
                trail.label, trail.unseen = one.label, 0
        self._trails = {number: trail for number, trail in self._trails.items() if trail.unseen < GONE_AFTER_PICTURES}


def corners(box: tuple[float, float, float, float], scale: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom on a picture that is so many times larger, whatever a detector said."""
    x, y, width, height = np.clip(np.nan_to_num(box), -30_000 / scale, 30_000 / scale)
    return round(scale * x), round(scale * y), round(scale * (x + width)), round(scale * (y + height))


def label_of(said: CameraDetection) -> str:
    """Like "3 drone 93%  az 123.4 el 31.2  ~310 m", in letters that OpenCV's fonts have."""
    likely = said.probabilities.get(said.label, said.probability)
    sure = "" if said.label == "unknown" else f" {100 * likely:.0f}%"
    where = "" if said.azimuth_deg is None or said.elevation_deg is None else f"  az {said.azimuth_deg:.1f} el {said.elevation_deg:.1f}"
    far = "" if said.range_m is None else f"  ~{said.range_m:.0f} m"
    return f"{said.track} {said.label if said.label != 'unknown' else '?'}{sure}{where}{far}"


def _draw_box(canvas: Coloured, said: CameraDetection, scale: int) -> None:
    """Around the object, with a gap that leaves it to be seen; thin where it is only predicted."""
    left, top, right, bottom = corners(said.box, scale)
    gap = max(LEAST_BOX_PX - (right - left) // 2, LEAST_BOX_PX - (bottom - top) // 2, 2)
    left, top, right, bottom = left - gap, top - gap, right + gap, bottom + gap
    colour = COLOURS[said.label]
    shade = tuple(part // 2 for part in colour) if said.predicted else colour
    cv2.rectangle(canvas, (left, top), (right, bottom), shade, 1)
    text = label_of(said)
    x = min(max(left, 2), max(canvas.shape[1] - width_px(text) - 2, 2))
    write(canvas, text, (x, top - 4 if top > LINE_PX + 4 else bottom + LINE_PX), shade)
