"""The file of European trials: COURAGEOUS (CWA 18150:2024), JSON of format 0.4.1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

import msgspec

from edge_node.interop import readings
from edge_node.interop.geoid import altitude_msl_m
from edge_node.interop.moment import Moment, Sensed, Station, Untellable
from edge_node.interop.readings import Direction, Position
from edge_node.messages import (
    AcousticDetection,
    Bearing,
    BearingDetection,
    CameraDetection,
    Detection,
    LinkDetection,
    PositionDetection,
    RemoteIdDetection,
    Track,
)

VERSION = "0.4.1"
MOST_NUMBER = 2**64 - 1
VENDOR, SYSTEM = "edge-node", "passive sensor node"
Json = dict[str, Any]
Records = dict[int, list[Json]]


def document(
    station: Station, moments: Iterable[Moment], sensed: Iterable[Sensed] = (), *, vendor: str = VENDOR, system: str = SYSTEM
) -> bytes:
    """A whole file; raises Untellable where the node's own place or altitude is not known, which the format demands.

    Tracks are what has a place or a direction; what has neither (a radio link, a lone microphone), each operator that is told, and what
    single sensors detected are detections. All are in the order of time.
    """
    home = _station(station)
    if home is None:
        raise Untellable("COURAGEOUS demands the node's place and altitude: set latitude_deg, longitude_deg and altitude_wgs84_m in [node]")
    numbers, states = count(), sorted(moments, key=lambda one: one.t_utc_ns)
    placed, unplaced = _by_track(states, numbers)
    titles = {one.track.number: readings.title(one.track) for one in states}
    homes = {one.track.number: place for one in states if (place := _take_off(one.track)) is not None}
    lone = [_set(number, titles[number], records, homes.get(number)) for number, records in unplaced.items()]
    told: Json = {
        "version": VERSION,
        "vendor_name": readings.text(vendor),
        "system_name": readings.text(system),
        "static_cuas_location": home,
        "tracks": [_set(number, titles[number], records, homes.get(number)) for number, records in placed.items()],
        "detection": [*lone, *_operators(states, numbers), *_by_sensor(sensed, numbers)],
    }
    return msgspec.json.encode(told)


def _by_track(states: Iterable[Moment], numbers: Iterator[int]) -> tuple[Records, Records]:
    """Records by the tracks' numbers: those that have a location, and those that have none."""
    placed: Records = {}
    unplaced: Records = {}
    for one in states:
        record = _record_of_track(one, numbers)
        (placed if "location" in record else unplaced).setdefault(one.track.number, []).append(record)
    return placed, unplaced


def _set(number: int | None, name: str, records: list[Json], home: Json | None = None) -> Json:
    said: Json = {"name": name, "records": records}
    if number is not None:
        said["uas_id"] = min(max(number, 0), MOST_NUMBER)
    if home is not None:
        said["uav_home_location"] = home
    return said


def _record_of_track(moment: Moment, numbers: Iterator[int]) -> Json:
    track = moment.track
    direction = readings.direction(track.bearing) if _is_placed(moment.station) else None
    location = _location(readings.position(track.kinematics), direction)
    record = _record(moment.t_utc_ns, numbers, _classification(track), location, moment.station)
    record["alarm"] = {
        "active": track.state == "confirmed" and readings.is_drone(track),
        "certainty": readings.drone_probability(track) or 0.0,
    }
    moving = readings.velocity(track.kinematics)
    if moving is not None and location is not None:
        record["velocity"] = {"east": moving.east_mps, "north": moving.north_mps, "up": moving.up_mps}
    if what := _identification(track):
        record["identification"] = what
    return record


def _record(t_utc_ns: int, numbers: Iterator[int], classification: str, location: Json | None, station: Station | None) -> Json:
    record: Json = {
        "record_number": next(numbers),
        "time": min(max(t_utc_ns, 0), readings.LAST_NS) // 1_000_000,
        "classification": classification,
    }
    if location is not None:
        record["location"] = location
    here = _station(station) if station else None
    if here is not None:
        record["cuas_location"] = here
    return record


def _classification(track: Track) -> str:
    if readings.is_drone(track):
        return "UAV"
    return "Other" if track.label not in (None, "unknown") else "Unknown"


def _identification(track: Track) -> str:
    """What it is and who it claims to be, in words."""
    claim = readings.claimed_id(track.identity)
    kinds = (track.label, track.emission.link if track.emission else None)
    words = [kind.replace("_", " ") for kind in kinds if kind and kind != "unknown"] + ([f"claims {claim}"] if claim else [])
    return ", ".join(words)


def _location(position: Position | None, direction: Direction | None) -> Json | None:
    """The best that is known: a place with its height, a place, a ray, a bearing; never a place that was only guessed."""
    if position is not None:
        return _place(position)
    if direction is None:
        return None
    if direction.elevation_deg is None:
        return {"$type": "Bearing", "bearing": direction.azimuth_deg}
    return {"$type": "BearingElevation", "bearing": direction.azimuth_deg, "elevation": direction.elevation_deg}


def _place(position: Position) -> Json:
    high = _position_3d(position)
    if high is not None:
        return {"$type": "Position3d", **high}
    return {"$type": "Position2d", "lat": position.latitude_deg, "lon": position.longitude_deg}


def _position_3d(position: Position | None) -> Json | None:
    """Latitude, longitude and metres above mean sea level, None without an altitude."""
    if position is None or position.altitude_wgs84_m is None:
        return None
    latitude_deg, longitude_deg = position.latitude_deg, position.longitude_deg
    height_m = altitude_msl_m(latitude_deg, longitude_deg, position.altitude_wgs84_m)
    return {"lat": latitude_deg, "lon": longitude_deg, "height_amsl": round(height_m, 2)}


def _station(station: Station) -> Json | None:
    return _position_3d(readings.station_place(station))


def _is_placed(station: Station | None) -> bool:
    """Whether a reader knows from where a bearing was taken: what moved and tells no place of its own counts as where it always is."""
    return station is None or _station(station) is not None


def _take_off(track: Track) -> Json | None:
    claimed = track.identity
    return _position_3d(readings.operator_place(claimed)) if claimed and claimed.operator_location == "take_off" else None


def _operators(states: Iterable[Moment], numbers: Iterator[int]) -> Iterator[Json]:
    """One set for each track whose operator is told: where that is claimed to be, each time that it is another place."""
    sets: Records = {}
    last: dict[int, Position] = {}
    for one in states:
        number, at = one.track.number, readings.operator_place(one.track.identity)
        if at is not None and last.get(number) != at:
            sets.setdefault(number, []).append(_record(one.t_utc_ns, numbers, "GCS", _place(at), one.station))
            last[number] = at
    for number, records in sets.items():
        yield _set(number, f"operator of track {number}, as claimed", records)


def _by_sensor(sensed: Iterable[Sensed], numbers: Iterator[int]) -> Iterator[Json]:
    """One set for each object of each sensor, by the sensor's own number of it."""
    sets: dict[str, list[Json]] = {}
    for one in sorted(sensed, key=lambda moment: moment.t_utc_ns):
        said = one.detection
        location = _location_of(said, _is_placed(one.station))
        record = _record(one.t_utc_ns, numbers, _classification_of(said), location, one.station)
        sets.setdefault(_name(said), []).append(record)
    for name, records in sets.items():
        yield _set(None, name, records)


def _name(said: Detection) -> str:
    own = said.transmitter if isinstance(said, RemoteIdDetection) else getattr(said, "track", None)
    return readings.text(f"{said.sensor} {own}" if own is not None else said.sensor)


def _classification_of(said: Detection) -> str:
    if isinstance(said, RemoteIdDetection):
        return "UAV"
    if isinstance(said, LinkDetection):
        return "UAV" if said.alarm else "Other"
    if isinstance(said, AcousticDetection | CameraDetection):
        return "UAV" if said.probability > 0.5 else "Unknown"
    chances = getattr(said, "probabilities", {})
    return "UAV" if sum(chances.get(label, 0.0) for label in readings.DRONES) > 0.5 else "Unknown"


def _location_of(said: Detection, placed: bool) -> Json | None:
    """Where it is; a bearing only where the sensor is `placed`."""
    if isinstance(said, RemoteIdDetection | PositionDetection):
        at = readings.place(said.latitude_deg, said.longitude_deg)
        altitude_m = readings.within(said.altitude_wgs84_m, -readings.MOST_ALTITUDE_M, readings.MOST_ALTITUDE_M)
        return None if at is None else _place(Position(*at, altitude_m))
    if placed and isinstance(said, AcousticDetection | CameraDetection | BearingDetection) and said.azimuth_deg is not None:
        ray = Bearing(azimuth_deg=said.azimuth_deg, elevation_deg=said.elevation_deg, sigma_azimuth_deg=0.0, reference=said.reference)
        return _location(None, readings.direction(ray))
    return None
