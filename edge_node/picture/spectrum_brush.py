"""What a receiver's band looks like: a waterfall with axes, and boxes, names and channels of links on it."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import cv2
import numpy as np
from msgspec import Struct

from edge_node.picture.lettering import LINE_PX, Coloured, width_px, write
from edge_node.picture.page import Thinned
from edge_node.picture.waterfall import Waterfall

LEFT, TOP, RIGHT, BELOW = 90, 34, 20, 44
WIDTH, HEIGHT = 1_600, 720
ALARMS = (70, 70, 255), (80, 160, 255), (200, 90, 255), (90, 230, 255)
HARMLESS = (120, 220, 120), (230, 200, 110), (190, 210, 60), (190, 190, 190)
"""Blue, green, red; they take turns."""
WORDS, FRAME = (235, 235, 235), (120, 120, 120)
MOST_NAMED = 24
QUIETEST, LOUDEST, LEAST_SPAN_DB, MOST_SPAN_DB = 10.0, 99.9, 10.0, 60.0
LEAST_BOX_PX, MARK_PX = 5, 8
STEPS = (1, 2, 2.5, 5, 10)


class Box(Struct, frozen=True):
    """Of one burst: seconds, and Hz on the air, None where nobody knows the receiver's centre."""

    begin_s: float
    end_s: float
    center_hz: float | None
    bandwidth_hz: float


class Boxed:
    """All that is drawn of one link."""

    def __init__(self, name: str, alarm: bool, t_s: float) -> None:
        self.name, self.alarm, self.detections, self.begin_s, self.end_s = name, alarm, 0, t_s, t_s
        self.channels_hz: tuple[float, ...] = ()
        self._bursts = Thinned()
        self._lasting: Box | None = None

    def take(self, box: Box, *, lasts: bool) -> None:
        """Note a burst, or anew all of what never stops."""
        self.detections += 1
        self.end_s = max(self.end_s, box.end_s)
        if lasts:
            self._lasting = box
        else:
            self._bursts.add(box.begin_s, box)

    @property
    def boxes(self) -> list[Box]:
        """In time order."""
        return [*([self._lasting] if self._lasting else []), *(box for _, box in self._bursts.points)]

    def words(self) -> str:
        """Like "3 analog video, 5800.000 MHz, 8.00 MHz wide, 0.0000 to 4.5000 s (9)"."""
        last = self.boxes[-1]
        where = "" if last.center_hz is None else f", {last.center_hz / 1e6:.3f} MHz"
        count = f" on {len(self.channels_hz)} channels" if len(self.channels_hz) > 1 else where
        return f"{self.name}{count}, {last.bandwidth_hz / 1e6:.2f} MHz wide, {self.begin_s:.4f} to {self.end_s:.4f} s ({self.detections})"


class Scale:
    """Seconds and Hz to places on the picture; what is beside it stays at its edge."""

    def __init__(self, seconds: float, rate_hz: float, center_hz: float | None) -> None:
        self.seconds, self.rate_hz, self.center_hz = seconds, rate_hz, center_hz

    def x(self, t_s: float) -> int:
        """Of a time."""
        return LEFT + round(WIDTH * _within(t_s / self.seconds))

    def y(self, hz: float) -> int:
        """Of a frequency on the air, or an offset where the centre is unknown."""
        return TOP + round(HEIGHT * (1 - _within((hz - (self.center_hz or 0.0)) / self.rate_hz + 0.5)))


def _within(share: float) -> float:
    return min(max(share, 0.0), 1.0) if isfinite(share) else 0.0


def coloured(waterfall: Waterfall) -> Coloured:
    """(HEIGHT, WIDTH, 3), the highest frequency first; levels by what was heard, not by what is missing."""
    level_db = waterfall.decibels()[::-1]
    heard = level_db[:, level_db.max(axis=0) > level_db.min()] if level_db.max() > level_db.min() else level_db
    quietest_db, loudest_db = map(float, np.percentile(heard, (QUIETEST, LOUDEST)))
    span_db = min(max(loudest_db - quietest_db, LEAST_SPAN_DB), MOST_SPAN_DB)
    grey = np.clip((level_db - (loudest_db - span_db)) * (255 / span_db), 0, 255).astype(np.uint8)
    ways = [cv2.INTER_NEAREST if have <= want else cv2.INTER_AREA for have, want in zip(grey.shape, (HEIGHT, WIDTH), strict=True)]
    tall = cv2.resize(grey, (grey.shape[1], HEIGHT), interpolation=ways[0])
    return np.asarray(cv2.applyColorMap(cv2.resize(tall, (WIDTH, HEIGHT), interpolation=ways[1]), cv2.COLORMAP_BONE), np.uint8)


def draw_axes(canvas: Coloured, scale: Scale) -> None:
    """Frame, time and frequency."""
    cv2.rectangle(canvas, (LEFT, TOP), (LEFT + WIDTH, TOP + HEIGHT), FRAME, 1)
    unit, name = (1.0, "s") if scale.seconds >= 1 else (1e-3, "ms")
    for t in _ticks(0.0, scale.seconds / unit, 10):
        cv2.line(canvas, (scale.x(t * unit), TOP + HEIGHT), (scale.x(t * unit), TOP + HEIGHT + 4), FRAME, 1)
        write(canvas, f"{t:g}", (scale.x(t * unit) - width_px(f"{t:g}") // 2, TOP + HEIGHT + 18), WORDS)
    write(canvas, f"{name} from the start", (LEFT + WIDTH // 2 - 50, TOP + HEIGHT + 34), WORDS)
    middle = (scale.center_hz or 0.0) / 1e6
    for mhz in _ticks(middle - scale.rate_hz / 2e6, middle + scale.rate_hz / 2e6, 8):
        cv2.line(canvas, (LEFT - 4, scale.y(mhz * 1e6)), (LEFT, scale.y(mhz * 1e6)), FRAME, 1)
        write(canvas, f"{mhz:.10g}", (LEFT - 8 - width_px(f"{mhz:.10g}"), scale.y(mhz * 1e6) + 4), WORDS)
    write(canvas, "MHz", (6, TOP - 12), WORDS)


def _ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers between two."""
    rough = max((high - low) / about, 1e-9)
    size = 10.0 ** np.floor(np.log10(rough))
    step = next(size * one for one in STEPS if size * one >= rough)
    return [round(float(k * step), 9) for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]


def colours_of(links: Sequence[Boxed]) -> list[tuple[int, int, int]]:
    """Warm ones of alarms."""
    numbers = {True: 0, False: 0}
    found = []
    for link in links:
        ring = ALARMS if link.alarm else HARMLESS
        found.append(ring[numbers[link.alarm] % len(ring)])
        numbers[link.alarm] += 1
    return found


def draw_link(canvas: Coloured, scale: Scale, link: Boxed, colour: tuple[int, int, int]) -> None:
    """Its boxes, its name at the first, and its channels at the right edge."""
    for number, box in enumerate(link.boxes):
        half = box.bandwidth_hz / 2 if box.center_hz is not None else scale.rate_hz / 2
        middle_hz = box.center_hz if box.center_hz is not None else scale.center_hz or 0.0
        left, right, top, bottom = scale.x(box.begin_s), scale.x(box.end_s), scale.y(middle_hz + half), scale.y(middle_hz - half)
        wide, tall = max(0, LEAST_BOX_PX - (right - left) // 2), max(0, LEAST_BOX_PX - (bottom - top) // 2)
        cv2.rectangle(canvas, (left - wide, top - tall), (right + wide, bottom + tall), colour, 1)
        if number == 0:
            x = min(left - wide, LEFT + WIDTH - width_px(link.name))
            below = min(bottom + tall + LINE_PX, TOP + HEIGHT - 4)
            write(canvas, link.name, (x, top - tall - 4 if top - tall > TOP + LINE_PX else below), colour)
    for channel_hz in link.channels_hz:
        y = scale.y(channel_hz)
        cv2.line(canvas, (LEFT + WIDTH, y), (LEFT + WIDTH + MARK_PX, y), colour, 2)


def list_links(canvas: Coloured, links: Sequence[Boxed], colours: Sequence[tuple[int, int, int]]) -> None:
    """Under the waterfall, in their order."""
    y = TOP + HEIGHT + BELOW + LINE_PX // 2
    for link, colour in zip(links[:MOST_NAMED], colours, strict=False):
        write(canvas, ("! " if link.alarm else "  ") + link.words().encode("ascii", "replace").decode(), (LEFT, y), colour)
        y += LINE_PX
    if len(links) > MOST_NAMED:
        write(canvas, f"and {len(links) - MOST_NAMED} more", (LEFT, y), WORDS)
