"""UAS geographical zones: where, when and up to what height flying is restricted, and in which of them something may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import floor
from typing import Literal

from msgspec import Struct

from edge_node.remote_id.areas import Area, Bounds, Layer, Reference, Span

Restriction = Literal["prohibited", "authorisation_required", "conditional"]
STRICTEST_FIRST: tuple[Restriction, ...] = ("prohibited", "authorisation_required", "conditional")

DAY_S = 86_400
EVERY_DAY = frozenset(range(7))
CELL_DEG = 0.1
MOST_CELLS = 400


class Daily(Struct, frozen=True):
    """A time of some weekdays (0 is Monday) by a clock `offset_s` ahead of UTC; one that does not end later ends the day after."""

    days: frozenset[int] = EVERY_DAY
    from_s: int = 0
    until_s: int = 0
    offset_s: int = 0

    def holds(self, t_utc_s: float) -> bool:
        """Whether it is such a time."""
        day, time_s = divmod(t_utc_s + self.offset_s, DAY_S)
        today, yesterday = (int(day) + 3) % 7 in self.days, (int(day) + 2) % 7 in self.days
        if self.from_s < self.until_s:
            return today and self.from_s <= time_s < self.until_s
        return (today and time_s >= self.from_s) or (yesterday and time_s < self.until_s)


class Period(Struct, frozen=True):
    """From one time to another, seconds since 1970, and within that at these times of the day; None and () are no limit."""

    from_utc_s: float | None = None
    until_utc_s: float | None = None
    daily: tuple[Daily, ...] = ()

    def holds(self, t_utc_s: float) -> bool:
        """Whether a time lies in it."""
        begun = self.from_utc_s is None or t_utc_s >= self.from_utc_s
        ended = self.until_utc_s is not None and t_utc_s >= self.until_utc_s
        return begun and not ended and (not self.daily or any(one.holds(t_utc_s) for one in self.daily))


class Volume(Struct, frozen=True):
    """One part of a zone."""

    area: Area
    layer: Layer = Layer()


class Zone(Struct, frozen=True):
    """One zone; `periods` None is always, and `clear` False is a zone whose limits of time or height were not all understood."""

    identifier: str
    name: str
    restriction: Restriction
    volumes: tuple[Volume, ...]
    periods: tuple[Period, ...] | None = None
    clear: bool = True


class Inside(Struct, frozen=True):
    """Something is in a zone; `doubt` says in words why it perhaps is not."""

    zone: Zone
    doubt: str = ""


class ZoneMap:
    """Many zones, in cells of a tenth of a degree; those that cover a country lie aside."""

    def __init__(self, zones: Iterable[Zone]) -> None:
        self.count = 0
        self._cells: dict[tuple[int, int], list[tuple[Zone, Volume]]] = {}
        self._wide: list[tuple[Zone, Volume]] = []
        for zone in zones:
            self.count += 1
            for volume in zone.volumes:
                self._add(zone, volume)

    def _add(self, zone: Zone, volume: Volume) -> None:
        rows, columns = _cells(volume.area.bounds)
        if len(rows) * len(columns) > MOST_CELLS:
            self._wide.append((zone, volume))
            return
        for row, column in product(rows, columns):
            self._cells.setdefault((row, column % round(360 / CELL_DEG)), []).append((zone, volume))

    def inside(self, latitude_deg: float, longitude_deg: float, heights: dict[Reference, Span], t_utc_s: float | None) -> list[Inside]:
        """The zones that a place at these heights and this time is in, or may be in as far as can be told; the surest, strictest first."""
        found: dict[int, Inside] = {}
        for zone, volume in self._over(latitude_deg, longitude_deg):
            if volume.layer.may_hold(heights) and _applies(zone, t_utc_s):
                one = Inside(zone, _doubt(zone, volume.layer.surely_holds(heights), t_utc_s))
                if id(zone) not in found or not one.doubt:
                    found[id(zone)] = one
        return sorted(found.values(), key=lambda one: (bool(one.doubt), STRICTEST_FIRST.index(one.zone.restriction)))

    def _over(self, latitude_deg: float, longitude_deg: float) -> Iterator[tuple[Zone, Volume]]:
        cell = floor(latitude_deg / CELL_DEG), floor(longitude_deg / CELL_DEG) % round(360 / CELL_DEG)
        for zone, volume in (*self._cells.get(cell, ()), *self._wide):
            if volume.area.bounds.hold(latitude_deg, longitude_deg) and volume.area.holds(latitude_deg, longitude_deg):
                yield zone, volume


def _cells(bounds: Bounds) -> tuple[Sequence[int], Sequence[int]]:
    """Rows and columns of the cells that a box touches."""
    rows = range(floor(bounds.south / CELL_DEG), floor(bounds.north / CELL_DEG) + 1)
    return rows, range(floor(bounds.west / CELL_DEG), floor(bounds.east / CELL_DEG) + 1)


def _applies(zone: Zone, t_utc_s: float | None) -> bool:
    return zone.periods is None or t_utc_s is None or any(period.holds(t_utc_s) for period in zone.periods)


def _doubt(zone: Zone, at_this_height: bool, t_utc_s: float | None) -> str:
    if not zone.clear:
        return "not all its limits are understood"
    if zone.periods is not None and t_utc_s is None:
        return "perhaps not now: nobody vouches for the clock"
    return "" if at_this_height else "perhaps above or below it"
