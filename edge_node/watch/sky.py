"""The whole sky unrolled: azimuth across, elevation up, each track with the error of its direction, and where nothing senses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import cos, pi, sin, sqrt

from edge_node.messages import Coverage, Track
from edge_node.page.sky import Direction
from edge_node.watch.cells import Line, Look
from edge_node.watch.directions import turned

DOTS_ACROSS, DOTS_UP = 2, 4
"""In one sign of braille (Unicode U+2800)."""
BRAILLE = 0x2800
BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Of the dots of one sign, by column and by row from above."""
WITHIN_SIGMAS = 2.0
OUTLINE_POINTS = 96
LEAST_OUTLINE_DEG = 1.0
NORTH, FRONT = ((0, "N"), (90, "E"), (180, "S"), (270, "W")), ((0, "front"), (90, "right"), (180, "back"), (270, "left"))
HEIGHTS_DEG = (60, 30, 10)
"""Marked at the left edge. Drones fly low, so that the sky above is drawn flatter."""


class Panorama:
    """A canvas of dots and marks; `rows` and `columns` in cells. Azimuths from north at the left end to north at the right."""

    def __init__(self, columns: int, rows: int, *, braille: bool = True) -> None:
        self._columns, self._rows, self._braille = columns, rows, braille
        self._dots: dict[tuple[int, int], int] = {}
        self._marks: dict[tuple[int, int], tuple[str, Look]] = {}
        for height_deg in HEIGHTS_DEG:
            self._marks[self._cell(0.0, height_deg)[0], 0] = ("'", "dim")

    def see(self, name: str, where: Direction, look: Look, *, outlined: bool = True) -> None:
        """Mark one track: its name where it is, about that the outline within which it is 19 times of 20."""
        for azimuth_deg, elevation_deg in self._outline(where) if outlined else ():
            self._dot(azimuth_deg, elevation_deg)
        row, column = self._cell(where.azimuth_deg, 0.0 if where.elevation_deg is None else where.elevation_deg)
        self._write(row, min(column, self._columns - len(name)), name, look)

    def _write(self, row: int, column: int, name: str, look: Look) -> None:
        """Where a name is already, this one is told in the list alone."""
        places = [(row, column + step) for step in range(len(name))]
        if any(self._marks.get(place, (" ", ""))[0] not in " '" for place in places):
            name = "+" * len(name)
        self._marks |= {place: (sign, look) for place, sign in zip(places, name, strict=True)}

    def lines(self) -> Iterator[Line]:
        """From the zenith down."""
        for row in range(self._rows):
            yield tuple(self._sign(row, column) for column in range(self._columns))

    def _sign(self, row: int, column: int) -> tuple[str, Look]:
        if (row, column) in self._marks:
            return self._marks[row, column]
        dots = self._dots.get((row, column), 0)
        return (" ", "") if not dots else (chr(BRAILLE + dots) if self._braille else ".", "fair")

    def _outline(self, where: Direction) -> Iterator[tuple[float, float]]:
        across_deg = WITHIN_SIGMAS * where.sigma_azimuth_deg
        if where.elevation_deg is None or where.sigma_elevation_deg is None:
            yield from self._sides(where.azimuth_deg, across_deg)
            return
        up_deg = WITHIN_SIGMAS * where.sigma_elevation_deg
        if max(across_deg, up_deg) < LEAST_OUTLINE_DEG:
            return
        for step in range(OUTLINE_POINTS):
            turn = 2 * pi * step / OUTLINE_POINTS
            yield where.azimuth_deg + min(across_deg, 180.0) * cos(turn), where.elevation_deg + up_deg * sin(turn)

    def _sides(self, azimuth_deg: float, across_deg: float) -> Iterator[tuple[float, float]]:
        """At whatever elevation: two lines from the horizon up."""
        for up in range(self._rows * DOTS_UP):
            elevation_deg = 90.0 * (up / (self._rows * DOTS_UP)) ** 2
            yield from ((azimuth_deg + side, elevation_deg) for side in (-across_deg, across_deg) if across_deg < 180)

    def _dot(self, azimuth_deg: float, elevation_deg: float) -> None:
        if not -1 <= elevation_deg <= 90:
            return
        across, down = self._dot_place(azimuth_deg, elevation_deg)
        place = down // DOTS_UP, across // DOTS_ACROSS
        self._dots[place] = self._dots.get(place, 0) | BITS[across % DOTS_ACROSS][down % DOTS_UP]

    def _dot_place(self, azimuth_deg: float, elevation_deg: float) -> tuple[int, int]:
        across, high = self._columns * DOTS_ACROSS, self._rows * DOTS_UP
        up = sqrt(min(max(elevation_deg, 0.0), 90.0) / 90.0)
        return int(azimuth_deg % 360 / 360 * across) % across, min(int((1 - up) * high), high - 1)

    def _cell(self, azimuth_deg: float, elevation_deg: float) -> tuple[int, int]:
        across, down = self._dot_place(azimuth_deg, elevation_deg)
        return down // DOTS_UP, across // DOTS_ACROSS


def horizon(columns: int, coverage: Sequence[Coverage], *, front: bool, fresh: bool) -> Line:
    """A line of what is sensed in each direction: solid where a sensor would tell of a drone, hatched where none would."""
    names = {int(azimuth_deg / 360 * columns): name for azimuth_deg, name in (FRONT if front else NORTH)}
    spans: list[tuple[str, Look]] = []
    while len(spans) < columns:
        name = names.get(len(spans), "")
        if name and len(spans) + len(name) <= columns:
            spans += [(sign, "bold") for sign in name]
            continue
        seen = fresh and is_covered(coverage, (len(spans) + 0.5) / columns * 360, front=front)
        spans.append(("─", "good") if seen else ("░", "bad"))
    return tuple(spans)


def is_covered(coverage: Iterable[Coverage], azimuth_deg: float, *, front: bool) -> bool:
    """Whether some sensor would tell of a drone there; one that looks nobody knows where counts for nothing."""
    return any(
        one.reach_m > 0
        and one.probability > 0
        and (
            one.width_deg >= 360
            or ((one.reference == "vehicle") == front and abs(turned(azimuth_deg, one.azimuth_deg)) <= one.width_deg / 2)
        )
        for one in coverage
    )


def is_of_front(tracks: Iterable[Track]) -> bool:
    """Whether all directions count from a vehicle's front, for nobody knows its heading."""
    references = {track.bearing.reference for track in tracks if track.bearing}
    return references == {"vehicle"}
