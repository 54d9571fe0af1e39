"""What WarDragon kits publish and DragonSync reads: JSON of Remote ID (port 4224), of the kit (4225) and of video links (4226), by ZeroMQ.

DragonSync takes what is missing for 0, and draws a drone without a place at 0, 0: so only what has a place is said. It has no bearings.
"""

from __future__ import annotations

from typing import Any

import msgspec

from edge_node.interop import readings
from edge_node.interop.moment import Moment, Names, Station
from edge_node.interop.readings import Position
from edge_node.messages import Identity, LinkKind, TargetLabel, Track
from edge_node.remote_id.claims import UA_TYPES

SERIAL = "Serial Number (ANSI/CTA-2063-A)"
SEEN_TYPES: dict[TargetLabel, int] = {"multirotor": 2, "helicopter": 2, "fixed_wing": 1, "aeroplane": 1, "balloon": 8}
STATUSES = {"ground": "Ground", "airborne": "Airborne", "emergency": "Emergency", "remote_id_system_failure": "Remote ID System Failure"}
HEIGHTS = {"take_off": "Above Takeoff", "ground": "AGL"}
CONFIRMED, ENERGY = "confirm", "energy"
"""Sources that DragonSync shows, and that it drops unless it is told to show all."""
SIGNAL_TYPES: dict[LinkKind, tuple[str, str]] = {"analog_video": ("fpv", CONFIRMED), "sik": ("gfsk_fhss", "sik_confirm")}
Json = dict[str, Any]


def detection(moment: Moment, names: Names, *, operator: bool = True) -> bytes | None:
    """One aircraft, for port 4224; None without a place. What claims no serial number is named by the node and its track's number.

    `operator` False says nothing of a person.
    """
    track, at = moment.track, readings.position(moment.track.kinematics)
    if at is None:
        return None
    said: list[Json] = [{"Basic ID": _basic_id(track, names)}, {"Location/Vector Message": _location(moment, at)}]
    claimed = track.identity
    if claimed and operator:
        said += _operator(claimed)
    return msgspec.json.encode(said)


def _basic_id(track: Track, names: Names) -> Json:
    """A registration alone is no id to DragonSync, which keeps drones by their serial number."""
    ids = track.identity.ids if track.identity else ()
    serial = next((text for one in ids if one.type == "serial_number" and (text := readings.text(one.value, 64))), "")
    newest = max(track.heard, key=lambda one: one.last_mono_ns, default=None)
    said: Json = {
        "id_type": SERIAL,
        "id": serial or f"edge-node-{readings.text(names.node8, 8)}-{names.epoch:x}-{track.number}",
        "ua_type": _ua_type(track),
    }
    if track.identity and (address := readings.text(next(iter(track.identity.transmitters), ""), 32)):
        said["MAC"] = address
    if newest is not None:
        said["transport"] = newest.transport
        said |= {"RSSI": newest.rssi_dbm} if newest.rssi_dbm is not None and abs(newest.rssi_dbm) < 200 else {}
        said |= {"frequency_mhz": newest.center_hz / 1e6} if newest.center_hz is not None and 0 < newest.center_hz < 1e12 else {}
    return said


def _ua_type(track: Track) -> int:
    claimed = track.identity.ua_type if track.identity else None
    if claimed is not None and claimed in UA_TYPES:
        return UA_TYPES.index(claimed)
    return SEEN_TYPES.get(track.label or "unknown", 0)


def _location(moment: Moment, at: Position) -> Json:
    track, moving = moment.track, readings.velocity(moment.track.kinematics)
    claimed = track.identity
    said: Json = {"latitude": at.latitude_deg, "longitude": at.longitude_deg, "timestamp": readings.iso(moment.t_utc_ns)}
    if at.altitude_wgs84_m is not None:
        said["geodetic_altitude"] = round(at.altitude_wgs84_m, 1)
    if moving is not None:
        said |= {"speed": round(moving.speed_mps, 2), "vert_speed": round(moving.up_mps, 2), "direction": round(moving.course_deg) % 360}
    if at.sigma_major_m is not None:
        said["horizontal_accuracy"] = f"{at.sigma_major_m:.1f} m"
    if at.sigma_altitude_m is not None:
        said["vertical_accuracy"] = f"{at.sigma_altitude_m:.1f} m"
    if claimed is not None:
        said |= {"op_status": STATUSES[claimed.status]} if claimed.status in STATUSES else {}
        height_m = readings.within(claimed.height_m, -readings.MOST_ALTITUDE_M, readings.MOST_ALTITUDE_M)
        if height_m is not None and claimed.height_reference is not None:
            said |= {"height_agl": round(height_m, 1), "height_type": HEIGHTS[claimed.height_reference]}
    return said


def _operator(claimed: Identity) -> list[Json]:
    """What the operator says in free words, where that is, and its number."""
    said: list[Json] = []
    if words := readings.text(claimed.self_id, 64):
        said.append({"Self-ID Message": {"text": words}})
    at = readings.operator_place(claimed)
    if at is not None:
        names = ("home_lat", "home_lon") if claimed.operator_location == "take_off" else ("latitude", "longitude")
        said.append({"System Message": dict(zip(names, (at.latitude_deg, at.longitude_deg), strict=True))})
    if who := readings.text(claimed.operator_id, 64):
        said.append({"Operator ID Message": {"operator_id_type": "Operator ID", "operator_id": who}})
    return said


def signal(moment: Moment, station: Station) -> bytes | None:
    """One radio link, for port 4226, told from the node's place; None where no link, no frequency or no place is known."""
    heard, here = moment.track.emission, readings.station_place(moment.station or station)
    center_hz = readings.within(heard.center_hz, 1.0, 1e12) if heard else None
    if heard is None or here is None or center_hz is None:
        return None
    kind, source = SIGNAL_TYPES.get(heard.link, (heard.link, CONFIRMED))
    info: Json = {
        "source": source if heard.alarm and moment.track.state == "confirmed" else ENERGY,
        "signal_type": kind,
        "center_hz": center_hz,
    }
    if readings.within(heard.bandwidth_hz, 0, 1e12) is not None:
        info["bandwidth_hz"] = heard.bandwidth_hz
    place: Json = {"latitude": here.latitude_deg, "longitude": here.longitude_deg}
    if here.altitude_wgs84_m is not None:
        place["geodetic_altitude"] = round(here.altitude_wgs84_m, 1)
    words = f"{heard.link.replace('_', ' ')} link"
    said = [
        {"Basic ID": {"id_type": SERIAL, "id": f"{kind}-alert-{center_hz / 1e6:.3f}MHz", "description": words}},
        {"Location/Vector Message": place},
        {"Self-ID Message": {"text": words}},
        {"Frequency Message": {"frequency": center_hz}},
        {"Signal Info": info},
    ]
    return msgspec.json.encode(said)


def status(station: Station, names: Names, now_ns: int, *, has_fix: bool = False, temperature_c: float | None = None) -> bytes | None:
    """The kit, for port 4225; None where its place is unknown, which DragonSync would draw at 0, 0."""
    here = readings.station_place(station)
    if here is None:
        return None
    place: Json = {
        "latitude": here.latitude_deg,
        "longitude": here.longitude_deg,
        "gps_fix": has_fix,
        "time_source": "gpsd" if has_fix else "static",
        "time_utc": readings.iso(now_ns),
    }
    if here.altitude_wgs84_m is not None:
        place["altitude"] = round(here.altitude_wgs84_m, 1)
    warm = readings.within(temperature_c, -273.15, 1000)
    said: Json = {
        "timestamp": round(now_ns / 1e9, 3),
        "serial_number": f"edge-node-{readings.text(names.node8, 8)}",
        "gps_data": place,
        "system_stats": {} if warm is None else {"temperature": warm},
    }
    return msgspec.json.encode(said)
