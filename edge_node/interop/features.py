"""What a map shows of a recording: the node, ways, bearings, sectors and operators, each with its properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from msgspec import Struct

from edge_node.interop import readings, shapes
from edge_node.interop.moment import Moment, Station
from edge_node.interop.readings import Direction, Position
from edge_node.interop.shapes import Point

Kind = Literal["node", "track", "bearings", "sector", "operator"]
MOST_RAYS = 100
"""Of one track: more are a solid fan."""


class Feature(Struct, frozen=True, kw_only=True):
    """One thing on the map: points, lines or closed rings (all three may be empty: a track without a place).

    Altitudes are WGS-84, and are in all points of a thing or in none.
    """

    kind: Kind
    name: str
    begin_ns: int | None = None
    end_ns: int | None = None
    points: tuple[Point, ...] = ()
    lines: tuple[tuple[Point, ...], ...] = ()
    rings: tuple[tuple[Point, ...], ...] = ()
    properties: dict[str, Any] = {}


def features(station: Station, moments: Iterable[Moment], ray_m: float = shapes.RAY_M) -> list[Feature]:
    """All things of a recording, the node first; a bearing without range is a line of `ray_m`, which says nothing of a range."""
    tracks: dict[int, list[Moment]] = {}
    for one in sorted(moments, key=lambda moment: moment.t_utc_ns):
        tracks.setdefault(one.track.number, []).append(one)
    said = [_node(station)]
    for states in tracks.values():
        said += _of_track(station, states, ray_m)
    return said


def _node(station: Station) -> Feature:
    here = readings.station_place(station)
    properties = {"sigma_horizontal_m": here.sigma_major_m} if here else {}
    return Feature(kind="node", name=readings.text(station.name) or "node", points=(_point(here),) if here else (), properties=properties)


def _of_track(station: Station, states: Sequence[Moment], ray_m: float) -> Iterator[Feature]:
    placed = [(one, at) for one in states if (at := readings.position(one.track.kinematics)) is not None]
    seen = [one for one in states if readings.position(one.track.kinematics) is None]
    rays = [(one, *ray) for one in seen if (ray := _ray(station, one)) is not None]
    if placed or not rays:
        yield _way(states, placed)
    if rays:
        yield _bearings(states, rays[:: -max(-(-len(rays) // MOST_RAYS), 1)][::-1], ray_m)
        yield _sector(states, rays[-1], ray_m)
    yield from _operator(states)


def _ray(station: Station, moment: Moment) -> tuple[Position, Direction] | None:
    here = readings.station_place(moment.station or station)
    direction = readings.direction(moment.track.bearing)
    return None if here is None or direction is None else (here, direction)


def _way(states: Sequence[Moment], placed: Sequence[tuple[Moment, Position]]) -> Feature:
    """Where it went; a point where that is all, and nothing where nobody knows."""
    high = all(at.altitude_wgs84_m is not None for _, at in placed)
    points = [_point(at, high) for _, at in placed]
    properties = _properties(states) | {
        "times": [readings.iso(one.t_utc_ns) for one, _ in placed],
        "sigma_major_m": [_rounded(at.sigma_major_m) for _, at in placed],
        "sigma_minor_m": [_rounded(at.sigma_minor_m) for _, at in placed],
        "major_axis_deg": [_rounded(at.major_axis_deg) for _, at in placed],
        "sigma_altitude_m": [_rounded(at.sigma_altitude_m) for _, at in placed],
    }
    lines = tuple(map(tuple, shapes.cut_line(points)))
    return _feature("track", states, points=() if lines else tuple(points[:1]), lines=lines, properties=properties)


def _bearings(states: Sequence[Moment], rays: Sequence[tuple[Moment, Position, Direction]], ray_m: float) -> Feature:
    lines = [tuple(part) for _, here, direction in rays for part in shapes.cut_line(shapes.ray(here, direction, ray_m))]
    properties = _properties(states) | {
        "times": [readings.iso(one.t_utc_ns) for one, _, _ in rays],
        "azimuth_deg": [_rounded(direction.azimuth_deg) for _, _, direction in rays],
        "sigma_azimuth_deg": [_rounded(direction.sigma_azimuth_deg) for _, _, direction in rays],
        "elevation_deg": [_rounded(direction.elevation_deg) for _, _, direction in rays],
        "range": "unknown: the length of these lines says nothing",
    }
    return _feature("bearings", states, lines=tuple(lines), properties=properties)


def _sector(states: Sequence[Moment], newest: tuple[Moment, Position, Direction], ray_m: float) -> Feature:
    _, here, direction = newest
    rings = shapes.cut_ring(shapes.sector(here, direction, ray_m))
    properties = {
        "number": states[-1].track.number,
        "azimuth_deg": _rounded(direction.azimuth_deg),
        "sigma_azimuth_deg": _rounded(direction.sigma_azimuth_deg),
        "half_width_sigmas": shapes.SECTOR_SIGMAS,
        "range": "unknown: the length of this sector says nothing",
    }
    return _feature("sector", states, rings=tuple(map(tuple, rings)), properties=properties)


def _operator(states: Sequence[Moment]) -> Iterator[Feature]:
    """Where the operator claimed to be last."""
    for one in reversed(states):
        at, who = readings.operator_place(one.track.identity), one.track.identity
        if at is not None and who is not None:
            properties = {
                "number": one.track.number,
                "operator_id": readings.text(who.operator_id, 64) or None,
                "location": who.operator_location,
            }
            name = f"operator of track {one.track.number}, as claimed"
            yield Feature(
                kind="operator", name=name, begin_ns=one.t_utc_ns, end_ns=one.t_utc_ns, points=(_point(at),), properties=properties
            )
            return


def _feature(kind: Kind, states: Sequence[Moment], properties: dict[str, Any], **geometry: Any) -> Feature:
    return Feature(
        kind=kind,
        name=readings.title(states[-1].track),
        begin_ns=states[0].t_utc_ns,
        end_ns=states[-1].t_utc_ns,
        properties=properties,
        **geometry,
    )


def _properties(states: Sequence[Moment]) -> dict[str, Any]:
    """What the newest state says of what it is."""
    track = states[-1].track
    return {
        "number": track.number,
        "state": track.state,
        "label": track.label,
        "drone_probability": _rounded(readings.drone_probability(track)),
        "link": track.emission.link if track.emission else None,
        "claimed_id": readings.claimed_id(track.identity) or None,
        "cooperation": track.cooperation,
        "suspicions": [readings.text(one.name) for one in track.suspicions],
        "flags": [readings.text(one) for one in track.flags],
        "behaviour": [one.name for one in track.behaviour],
        "sensors": [readings.text(one) for one in track.sensors],
    }


def _point(at: Position, high: bool = True) -> Point:
    """To a centimetre."""
    flat = (round(at.longitude_deg, shapes.DIGITS), round(at.latitude_deg, shapes.DIGITS))
    return flat if at.altitude_wgs84_m is None or not high else (*flat, round(at.altitude_wgs84_m, 2))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
