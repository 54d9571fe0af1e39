"""The list of known aircraft that an operator keeps: who may fly when and where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct, field

from edge_node.remote_id.areas import MOST_RADIUS_M, Area, circle, polygon
from edge_node.sensor_options import Degrees90, Degrees180

Moment = Annotated[datetime, Meta(tz=True, description="a time with its offset from UTC, like 2026-11-20T06:00:00Z")]
Word = Annotated[str, Meta(min_length=1, max_length=64, description="text of 1 to 64 characters")]
PublicOperatorId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^(?![A-Z]{3}[0-9a-z]{13}-[0-9a-z]{3}$)",
        description="an operator's number without its three secret characters",
    ),
]


class CircleTable(Struct, frozen=True, forbid_unknown_fields=True):
    """All places within so many metres."""

    latitude_deg: Degrees90
    longitude_deg: Degrees180
    radius_m: Annotated[float, Meta(gt=0, le=MOST_RADIUS_M, description="metres above 0 and up to 1000000")]


class AreaTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[area.NAME]: a circle, or a polygon of latitude and longitude; and how high, as the aircraft claims it."""

    circle: CircleTable | None = None
    polygon: Annotated[tuple[tuple[Degrees90, Degrees180], ...], Meta(min_length=3, max_length=1000)] | None = None
    highest_height_m: float | None = None
    highest_wgs84_m: float | None = None


class AircraftTable(Struct, frozen=True, forbid_unknown_fields=True):
    """[[aircraft]]: who may fly when and where; what is not said is not limited."""

    serials: tuple[Word, ...] = ()
    operator_ids: tuple[PublicOperatorId, ...] = ()
    from_: Moment | None = field(default=None, name="from")
    until: Moment | None = None
    areas: tuple[Word, ...] = ()
    note: str = ""


class Entry(NamedTuple):
    """One [[aircraft]] with its areas, by their names."""

    aircraft: AircraftTable
    areas: dict[str, tuple[AreaTable, Area]]


def entries(aircraft: Iterable[AircraftTable], areas: dict[str, AreaTable]) -> tuple[Entry, ...]:
    """The entries of a list; raises ValueError for one that names nobody, or an area that is none."""
    drawn = {name: (table, _drawn(name, table)) for name, table in areas.items()}
    for number, one in enumerate(aircraft := tuple(aircraft), start=1):
        if not one.serials and not one.operator_ids:
            raise ValueError(f"aircraft {number} names neither serials nor operator_ids")
        if strange := [name for name in one.areas if name not in drawn]:
            raise ValueError(f"aircraft {number}: there is no [area.{strange[0]}]")
    return tuple(Entry(one, {name: drawn[name] for name in one.areas}) for one in aircraft)


def _drawn(name: str, table: AreaTable) -> Area:
    if (table.circle is None) == (table.polygon is None):
        raise ValueError(f"area {name} needs either a circle or a polygon")
    if table.circle:
        return circle(table.circle.latitude_deg, table.circle.longitude_deg, table.circle.radius_m)
    return polygon([table.polygon or ()])
