"""The incident over time: a bar for each track, and below it what each sensor had, as far as it may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edge_node.incident import svg
from edge_node.incident.map import round_below
from edge_node.incident.told import Incident, Story
from edge_node.interop import readings
from edge_node.picture.strips import Band, Strip

WIDE_PX, LEFT_PX, RIGHT_PX = 940, 190, 28
LANE_PX, BAND_PX, TICKS_PX, GAP_PX = 16, 90, 24, 16
LONGEST_NAME = 30


class _Line:
    """Seconds to pixels."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(seconds, 1e-3)
        self.px_s = (WIDE_PX - LEFT_PX - RIGHT_PX) / self.seconds

    def x(self, t_s: float) -> float:
        """Where a time is; what lies outside is at the edge."""
        return LEFT_PX + min(max(t_s, 0.0), self.seconds) * self.px_s


def draw(told: Incident, stories: Sequence[Story]) -> str:
    """SVG; pale until a track was believed, a cross where it was lost."""
    line = _Line(told.seconds)
    bands = [(strip, band) for strip in told.strips for band in strip.bands]
    top = TICKS_PX + LANE_PX * max(len(stories), 1) + GAP_PX
    tall = top + (BAND_PX + GAP_PX) * len(bands) + 4
    parts = [*_ticks(told, line, tall)]
    for number, story in enumerate(stories):
        parts += _lane(line, story, TICKS_PX + LANE_PX * number, svg.colour_of(number))
    for number, (strip, band) in enumerate(bands):
        parts += _band(line, strip, band, top + (BAND_PX + GAP_PX) * number)
    return svg.drawing(WIDE_PX, tall, parts, "Time line of tracks and sensors")


def _ticks(told: Incident, line: _Line, tall: int) -> Iterator[str]:
    """In UTC, at round seconds after the begin."""
    step_s = max(round_below(told.seconds / 6), 1.0)
    for number in range(int(told.seconds / step_s) + 1):
        x = line.x(number * step_s)
        yield svg.element("path", d=f"M{x:.1f} {TICKS_PX - 6}V{tall}", stroke="#ddd", stroke_width=0.6)
        clock = readings.iso(told.utc_ns(number * step_s))[11:19]
        yield svg.words(x, TICKS_PX - 10, clock, font_size=9, text_anchor="middle", fill="#333")


def _lane(line: _Line, story: Story, y: int, colour: str) -> Iterator[str]:
    lane = story.lane
    yield svg.words(LEFT_PX - 8, y + 11, readings.text(lane.name, LONGEST_NAME), font_size=10, text_anchor="end", fill=colour)
    whole = svg.element("g", _bar(line, lane.begin_s, lane.end_s, y), fill=colour, fill_opacity=0.35)
    yield whole if lane.confirmed_s is None else whole + svg.element("g", _bar(line, lane.confirmed_s, lane.end_s, y), fill=colour)
    if lane.lost_s is not None:
        x = line.x(lane.lost_s)
        yield svg.element("path", d=f"M{x - 4:.1f} {y + 4}l8 8m0 -8l-8 8", stroke="#111", stroke_width=1.4)


def _bar(line: _Line, begin_s: float, end_s: float, y: int) -> str:
    x = line.x(begin_s)
    return svg.element("rect", x=x, y=y + 3, width=max(line.x(end_s) - x, 2.0), height=10)


def _band(line: _Line, strip: Strip, band: Band, y: int) -> Iterator[str]:
    x, right = line.x(band.begin_s), line.x(band.end_s)
    image = svg.png(band.picture)
    yield svg.words(LEFT_PX, y - 3, f"{strip.sensor}: {band.name}", font_size=9, fill="#333")
    yield svg.element("image", href=image, x=x, y=y, width=max(right - x, 1.0), height=BAND_PX, preserveAspectRatio="none")
    high, low = (f"{hz:.0f} Hz" if strip.sense == "sound" else f"{hz / 1e6:.3f} MHz" for hz in (band.high_hz, band.low_hz))
    yield svg.words(LEFT_PX - 8, y + 9, high, font_size=9, text_anchor="end", fill="#333")
    yield svg.words(LEFT_PX - 8, y + BAND_PX, low, font_size=9, text_anchor="end", fill="#333")
