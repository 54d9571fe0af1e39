"""GeoJSON (RFC 7946): heights above the ellipsoid, what has no place has no geometry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from edge_node.interop import readings, shapes
from edge_node.interop.features import Feature, features
from edge_node.interop.moment import Moment, Station

Json = dict[str, Any]


def document(station: Station, moments: Iterable[Moment], ray_m: float = shapes.RAY_M) -> bytes:
    """A FeatureCollection of one recording."""
    said = [_feature(one) for one in features(station, moments, ray_m)]
    return msgspec.json.encode({"type": "FeatureCollection", "features": said})


def _feature(one: Feature) -> Json:
    times = {"begin": one.begin_ns, "end": one.end_ns}
    when = {name: readings.iso(t_ns) for name, t_ns in times.items() if t_ns is not None}
    properties = {"kind": one.kind, "name": one.name, **when, **one.properties}
    return {"type": "Feature", "geometry": _geometry(one), "properties": properties}


def _geometry(one: Feature) -> Json | None:
    """One point, line or area, or several of them."""
    if one.rings:
        areas = [[ring] for ring in one.rings]
        return _one_or_more("Polygon", areas)
    if one.lines:
        return _one_or_more("LineString", list(one.lines))
    return _one_or_more("Point", list(one.points)) if one.points else None


def _one_or_more(kind: str, parts: list[Any]) -> Json:
    if len(parts) == 1:
        return {"type": kind, "coordinates": parts[0]}
    return {"type": f"Multi{kind}", "coordinates": parts}
