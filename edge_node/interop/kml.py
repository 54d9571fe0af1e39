"""KML 2.2 (OGC 07-147r2): heights above mean sea level, times as spans, what has no place in words alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from edge_node.interop import readings, shapes
from edge_node.interop.features import Feature, Kind, features
from edge_node.interop.geoid import altitude_msl_m
from edge_node.interop.moment import Moment, Station
from edge_node.interop.shapes import Point

COLOURS: dict[Kind, str] = {"node": "ff00a000", "track": "ff0000ff", "bearings": "8000a5ff", "sector": "4000a5ff", "operator": "ffff5500"}
"""Alpha, blue, green, red in hex."""


def document(station: Station, moments: Iterable[Moment], ray_m: float = shapes.RAY_M) -> str:
    """One file of one recording."""
    marks = "".join(map(_placemark, features(station, moments, ray_m)))
    styles = "".join(_style(kind, colour) for kind, colour in COLOURS.items())
    name = escape(readings.text(station.name) or "node")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{name}</name>{styles}{marks}</Document></kml>\n"
    )


def _style(kind: Kind, colour: str) -> str:
    icon, line, area = (f"<{what}Style><color>{colour}</color>{width}</{what}Style>" for what, width in _PARTS)
    return f'<Style id="{kind}">{icon}{line}{area}</Style>'


_PARTS = (("Icon", ""), ("Line", "<width>2</width>"), ("Poly", ""))


def _placemark(one: Feature) -> str:
    times = "".join(
        f"<{name}>{readings.iso(t_ns)}</{name}>" for name, t_ns in (("begin", one.begin_ns), ("end", one.end_ns)) if t_ns is not None
    )
    when = f"<TimeSpan>{times}</TimeSpan>" if times else ""
    return f"<Placemark><name>{escape(one.name)}</name>{when}<styleUrl>#{one.kind}</styleUrl>{_data(one)}{_geometry(one)}</Placemark>"


def _data(one: Feature) -> str:
    rows = "".join(
        f'<Data name="{name}"><value>{escape(_words(value))}</value></Data>'
        for name, value in one.properties.items()
        if value is not None and value != []
    )
    return f"<ExtendedData>{rows}</ExtendedData>" if rows else ""


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _geometry(one: Feature) -> str:
    parts = list(_parts(one))
    return parts[0] if len(parts) == 1 else f"<MultiGeometry>{''.join(parts)}</MultiGeometry>" if parts else ""


def _parts(one: Feature) -> Iterator[str]:
    for point in one.points:
        yield f"<Point>{_coordinates([point])}</Point>"
    for line in one.lines:
        yield f"<LineString>{_along(line)}{_coordinates(line)}</LineString>"
    for ring in one.rings:
        yield f"<Polygon>{_along(ring)}<outerBoundaryIs><LinearRing>{_coordinates(ring)}</LinearRing></outerBoundaryIs></Polygon>"


def _along(points: Sequence[Point]) -> str:
    """What lies on the ground follows it, else a hill would hide the middle of a line."""
    return "" if len(points[0]) > 2 else "<tessellate>1</tessellate>"


def _coordinates(points: Iterable[Point]) -> str:
    """On the ground where there is no altitude."""
    said = list(points)
    mode = "<altitudeMode>absolute</altitudeMode>" if len(said[0]) > 2 else ""
    return f"{mode}<coordinates>{' '.join(map(_at, said))}</coordinates>"


def _at(point: Point) -> str:
    longitude_deg, latitude_deg, *high = point
    height = f",{altitude_msl_m(latitude_deg, longitude_deg, high[0]):.1f}" if high else ""
    return f"{longitude_deg:.7f},{latitude_deg:.7f}{height}"
