"""The incident as seen from the node: azimuth from north over east to north again, elevation up from the horizon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edge_node.geometry import LocalFrame, bearing_deg
from edge_node.incident import svg
from edge_node.incident.map import SIGMAS_95
from edge_node.incident.told import Here, Story
from edge_node.interop import readings
from edge_node.messages import Track

WIDE_PX, TALL_PX, LEFT_PX, BELOW_PX, TOP_PX = 460, 300, 34, 26, 10
LOWEST_DEG, HIGHEST_DEG = -10.0, 90.0
QUARTERS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW", "N")
Angles = tuple[float, float | None]
Point = tuple[float, float]


def draw(here: Here | None, moving: bool, stories: Sequence[Story]) -> str:
    """SVG: what was measured is whole, where a claim would be seen is dashed; a direction without elevation is a mark on the horizon."""
    frame = (
        None if here is None or here.rough or moving else LocalFrame(here.latitude_deg, here.longitude_deg, here.altitude_wgs84_m or 0.0)
    )
    tracks = [part for number, story in enumerate(stories) for part in _track(frame, story, svg.colour_of(number))]
    return svg.drawing(WIDE_PX, TALL_PX, [*_axes(), *tracks], "Sky view: azimuth and elevation from the node")


def _track(frame: LocalFrame | None, story: Story, colour: str) -> Iterator[str]:
    claims = [_seen(frame, one.latitude_deg, one.longitude_deg, one.altitude_wgs84_m) for one in story.claims] if frame else []
    for part in _whole([_at(one) for one in claims]):
        yield svg.path(part, stroke=colour, stroke_width=1, stroke_dasharray="3 3")
    measured = [one for state in story.states if (one := _measured(state.track)) is not None]
    for part in _whole([_at(one) for one in measured]):
        yield svg.path(part, stroke=colour, stroke_width=1.6)
    yield from _error(story.last, colour)
    if measured or claims:
        x, y = _at((measured or claims)[-1])
        yield svg.element("circle", cx=x, cy=y, r=3, fill=colour if measured else "none", stroke=colour)
        yield svg.words(x + 5, y - 4, str(story.last.number), font_size=12, font_weight="bold", fill=colour)


def _measured(track: Track) -> Angles | None:
    one = readings.direction(track.bearing)
    return None if one is None else (one.azimuth_deg, one.elevation_deg)


def _seen(frame: LocalFrame, latitude_deg: float, longitude_deg: float, altitude_wgs84_m: float | None) -> Angles:
    """Where a place would be seen; without its altitude on the horizon."""
    azimuth_deg, elevation_deg = bearing_deg(frame, latitude_deg, longitude_deg, altitude_wgs84_m or 0.0)
    return azimuth_deg, None if altitude_wgs84_m is None else elevation_deg


def _error(track: Track, colour: str) -> Iterator[str]:
    """95 % of the last direction."""
    one = readings.direction(track.bearing)
    if one is None:
        return
    x, y = _at((one.azimuth_deg, one.elevation_deg))
    rx = max(SIGMAS_95 * one.sigma_azimuth_deg * _PX_DEG, 1.0)
    ry = max(SIGMAS_95 * (one.sigma_elevation_deg or 0.0) * _PX_UP, 1.0)
    yield svg.element("ellipse", cx=x, cy=y, rx=min(rx, WIDE_PX / 2), ry=min(ry, TALL_PX), fill=colour, fill_opacity="0.15", stroke="none")


_PX_DEG = (WIDE_PX - LEFT_PX - 14) / 360.0
_PX_UP = (TALL_PX - BELOW_PX - TOP_PX) / (HIGHEST_DEG - LOWEST_DEG)


def _at(seen: Angles) -> Point:
    azimuth_deg, elevation_deg = seen
    up_deg = min(max(elevation_deg or 0.0, LOWEST_DEG), HIGHEST_DEG)
    return LEFT_PX + azimuth_deg * _PX_DEG, TOP_PX + (HIGHEST_DEG - up_deg) * _PX_UP


def _whole(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Lines that do not run across the picture where something passes north."""
    part: list[Point] = []
    for point in points:
        if part and abs(point[0] - part[-1][0]) > (WIDE_PX - LEFT_PX) / 2:
            yield part
            part = []
        part.append(point)
    yield part


def _axes() -> Iterator[str]:
    left, right = LEFT_PX, LEFT_PX + 360 * _PX_DEG
    yield svg.element("rect", x=left, y=TOP_PX, width=right - left, height=TALL_PX - BELOW_PX - TOP_PX, fill="#fafaf8", stroke="#999")
    for number, name in enumerate(QUARTERS):
        x, _ = _at((number * 45.0, 0.0))
        yield svg.element("path", d=f"M{x:.1f} {TOP_PX}V{TALL_PX - BELOW_PX}", stroke="#ddd", stroke_width=0.6)
        yield svg.words(x, TALL_PX - 12, name, font_size=11, text_anchor="middle", fill="#111")
        yield svg.words(x, TALL_PX - 2, f"{number * 45}°", font_size=8, text_anchor="middle", fill="#555")
    for up in (0, 30, 60, 90):
        _, y = _at((0.0, float(up)))
        yield svg.element("path", d=f"M{left} {y:.1f}H{right:.1f}", stroke="#111" if up == 0 else "#ddd", stroke_width=0.7)
        yield svg.words(left - 4, y + 4, f"{up}°", font_size=10, text_anchor="end", fill="#111")
