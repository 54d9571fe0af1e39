"""The incident from above: east and north of the node, with scale and north, and no map beneath."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, hypot, radians, sin

from edge_node.geometry import LocalFrame
from edge_node.incident import svg
from edge_node.incident.told import Here, Story
from edge_node.interop import readings

SIDE_PX, MARGIN_PX = 460, 26
LEAST_SPAN_M, MOST_M = 200.0, 20_000.0
"""What is further from the node is named, and not drawn: it would make all else a dot."""
CHI_95 = 2.4477
"""Half axes of the ellipse that holds 95 % of two Gaussian axes, in sigmas."""
SIGMAS_95 = 1.96
ROUND = (1.0, 2.0, 5.0)
Point = tuple[float, float]


class _Chart:
    """Metres about the node to pixels, north up."""

    def __init__(self, here: Here, places: Sequence[Point]) -> None:
        self._frame = LocalFrame(here.latitude_deg, here.longitude_deg, here.altitude_wgs84_m or 0.0)
        metres = [(0.0, 0.0), *(point for place in places if (point := self.metres(*place)) is not None)]
        easts, norths = zip(*metres, strict=True)
        self.span_m = max(max(easts) - min(easts), max(norths) - min(norths), LEAST_SPAN_M) * 1.1
        self._middle = (max(easts) + min(easts)) / 2, (max(norths) + min(norths)) / 2
        self.px_m = (SIDE_PX - 2 * MARGIN_PX) / self.span_m

    def metres(self, latitude_deg: float, longitude_deg: float) -> Point | None:
        """East and north of the node; None where that is too far."""
        east_m, north_m, _ = self._frame.to_enu(latitude_deg, longitude_deg, self._frame.altitude_wgs84_m)
        return (east_m, north_m) if hypot(east_m, north_m) <= MOST_M else None

    def at(self, metres: Point) -> Point:
        """On the drawing."""
        east_m, north_m = metres[0] - self._middle[0], metres[1] - self._middle[1]
        return SIDE_PX / 2 + east_m * self.px_m, SIDE_PX / 2 - north_m * self.px_m

    def place(self, latitude_deg: float, longitude_deg: float) -> Point | None:
        """On the drawing; None where that is too far."""
        metres = self.metres(latitude_deg, longitude_deg)
        return None if metres is None else self.at(metres)


def draw(here: Here, stories: Sequence[Story]) -> str:
    """SVG: ways that are known (whole), claimed (dashed), and directions of which no range is known (sectors).

    Where the node's place is rough, neither it nor directions from it are drawn.
    """
    chart = _Chart(here, [place for story in stories for place in _places(story)])
    from_here = not here.rough
    tracks = [part for number, story in enumerate(stories) for part in _track(chart, story, svg.colour_of(number), from_here=from_here)]
    return svg.drawing(
        SIDE_PX, SIDE_PX, [_frame(), *tracks, *([_node(chart)] if from_here else []), *_scale(chart), _north()], "Map: north is up"
    )


def far_away(here: Here, stories: Sequence[Story]) -> list[int]:
    """Tracks that claim, or are, further away than the map reaches."""
    chart = _Chart(here, ())
    return [story.last.number for story in stories if any(chart.metres(*place) is None for place in _places(story))]


def _places(story: Story) -> Iterator[Point]:
    for state in story.states:
        if at := readings.position(state.track.kinematics):
            yield at.latitude_deg, at.longitude_deg
    yield from ((one.latitude_deg, one.longitude_deg) for one in story.claims)
    if at := readings.operator_place(story.last.identity):
        yield at.latitude_deg, at.longitude_deg


def _track(chart: _Chart, story: Story, colour: str, *, from_here: bool) -> Iterator[str]:
    claimed = [(one.latitude_deg, one.longitude_deg) for one in story.claims] or _said(story)
    claims = [point for place in claimed if (point := chart.place(*place)) is not None]
    yield svg.path(claims, stroke=colour, stroke_width=1, stroke_dasharray="3 3")
    known = [at for state in story.states if state.track.existence is not None and (at := readings.position(state.track.kinematics))]
    points = [point for at in known if (point := chart.place(at.latitude_deg, at.longitude_deg)) is not None]
    yield svg.path(points, stroke=colour, stroke_width=1.8)
    if points:
        yield from _ellipse(chart, points[-1], known[-1], colour)
        yield _named(points[-1], story, colour)
    elif claims:
        yield _named(claims[-1], story, colour)
    elif from_here:
        yield from _sector(chart, story, colour)
    if (operator := readings.operator_place(story.last.identity)) and (point := chart.place(operator.latitude_deg, operator.longitude_deg)):
        yield svg.element("rect", x=point[0] - 4, y=point[1] - 4, width=8, height=8, fill="none", stroke=colour, stroke_width=1.5)
        yield svg.words(point[0] + 7, point[1] + 4, f"op. {story.last.number}", font_size=9, fill=colour)


def _said(story: Story) -> list[Point]:
    """Places of a track while no sensor had measured a body of it."""
    states = (state.track.kinematics for state in story.states if state.track.existence is None)
    return [(at.latitude_deg, at.longitude_deg) for at in map(readings.position, states) if at]


def _named(point: Point, story: Story, colour: str) -> str:
    dot = svg.element("circle", cx=point[0], cy=point[1], r=3, fill=colour)
    return dot + svg.words(point[0] + 6, point[1] - 5, str(story.last.number), font_size=12, font_weight="bold", fill=colour)


def _ellipse(chart: _Chart, point: Point, at: readings.Position, colour: str) -> Iterator[str]:
    """Where it was last with 95 %."""
    if at.sigma_major_m is None or at.sigma_minor_m is None:
        return
    turn = (at.major_axis_deg or 0.0) - 90.0
    yield svg.element(
        "ellipse",
        cx=point[0],
        cy=point[1],
        rx=at.sigma_major_m * CHI_95 * chart.px_m,
        ry=at.sigma_minor_m * CHI_95 * chart.px_m,
        transform=f"rotate({turn:.1f} {point[0]:.1f} {point[1]:.1f})",
        fill=colour,
        fill_opacity="0.12",
        stroke=colour,
        stroke_width=0.7,
    )


def _sector(chart: _Chart, story: Story, colour: str) -> Iterator[str]:
    """The last direction with 95 %, as far as the drawing reaches: its length says nothing."""
    known = [one for state in story.states if (one := readings.direction(state.track.bearing))]
    if not known:
        return
    last = known[-1]
    half_deg = min(SIGMAS_95 * last.sigma_azimuth_deg, 90.0)
    edges = [chart.at(_away(last.azimuth_deg + turn_deg, chart.span_m)) for turn_deg in (-half_deg, half_deg)]
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (chart.at((0.0, 0.0)), *edges))
    yield svg.element("polygon", points=corners, fill=colour, fill_opacity="0.15", stroke=colour, stroke_width=0.5, clip_path="url(#map)")
    x, y = chart.at(_away(last.azimuth_deg, chart.span_m * 0.3))
    yield svg.words(x, y, str(story.last.number), font_size=12, font_weight="bold", fill=colour)


def _away(azimuth_deg: float, range_m: float) -> Point:
    return range_m * sin(radians(azimuth_deg)), range_m * cos(radians(azimuth_deg))


def _frame() -> str:
    square = svg.element("rect", x=0, y=0, width=SIDE_PX, height=SIDE_PX)
    clip = svg.element("defs", svg.element("clipPath", square, id="map"))
    return clip + svg.element("rect", x=0.5, y=0.5, width=SIDE_PX - 1, height=SIDE_PX - 1, fill="#fafaf8", stroke="#999")


def _node(chart: _Chart) -> str:
    x, y = chart.at((0.0, 0.0))
    mark = svg.element("path", d=f"M{x:.1f} {y - 6:.1f}l5 10h-10z", fill="#111")
    return mark + svg.words(x + 8, y + 5, "node", font_size=10, fill="#111")


def _scale(chart: _Chart) -> Iterator[str]:
    """A bar of round length."""
    length_m = round_below(chart.span_m / 3)
    left, y = MARGIN_PX, SIDE_PX - 14
    right = left + length_m * chart.px_m
    yield svg.element("path", d=f"M{left} {y - 4}v4H{right:.1f}v-4", fill="none", stroke="#111", stroke_width=1.2)
    yield svg.words(right + 6, y, f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m", font_size=11, fill="#111")


def _north() -> str:
    x, y = SIDE_PX - MARGIN_PX, 40
    arrow = svg.element("path", d=f"M{x} {y}V{y - 24}m-5 8l5 -8l5 8", fill="none", stroke="#111", stroke_width=1.5)
    return arrow + svg.words(x - 4, y + 12, "N", font_size=12, font_weight="bold", fill="#111")


def round_below(value: float) -> float:
    """The largest of 1, 2 and 5 with any power of ten that is not more."""
    power = 10.0 ** (len(str(int(max(value, 1.0)))) - 1)
    return max(one * power for one in ROUND if one * power <= max(value, 1.0))
