"""Tracks as DetectionReports and Alerts: all of one scan with one time, a bearing without range as what it is."""

from __future__ import annotations

from collections.abc import Iterable

from edge_node.geometry import LocalFrame
from edge_node.interop import readings
from edge_node.interop.moment import Moment, Names
from edge_node.interop.readings import Position, Velocity
from edge_node.interop.sapient.codec import Said
from edge_node.interop.sapient.envelope import envelope
from edge_node.interop.sapient.ids import node_id, object_id, report_id
from edge_node.interop.sapient.node import DEGREES_M, PLATFORM, TRUE_NORTH, location
from edge_node.interop.sapient.words import AIR_VEHICLE, BEHAVIOURS, OTHER_CLASSES, SUB_CLASSES
from edge_node.messages import Bearing, Emission, Kinematics, Track
from edge_node.suspicion import together

ZONE, CLAIM, LINK = "restricted_zone", "claim", "link"
MOST_AHEAD_S = 3.0
"""A place is told for the time of the scan; one that is older than this stays where it was."""


def scan(moments: Iterable[Moment], names: Names, t_utc_ns: int, *, operator: bool = True, destination: str | None = None) -> list[bytes]:
    """One message for each track that has a place or a bearing, all with this one time; let at least 80 ms pass between two scans.

    `operator` False says nothing of a person.
    """
    bodies = (detection_report(one, names, t_utc_ns, operator=operator) for one in moments)
    return [envelope(names, t_utc_ns, "detection_report", body, destination) for body in bodies if body is not None]


def detection_report(moment: Moment, names: Names, t_utc_ns: int, *, operator: bool = True) -> Said | None:
    """One track at the time of the scan; None where neither its place nor its bearing is known."""
    track = moment.track
    where = _where(moment, t_utc_ns)
    if where is None:
        return None
    heard = _signal(track.emission) if track.emission else None
    return {
        "report_id": report_id(names, "detection", t_utc_ns, track.number),
        "object_id": object_id(names, track.number),
        "state": track.state,
        **where,
        "detection_confidence": _chance(track.existence),
        "object_info": _info(track, operator),
        "classification": _classification(track),
        "behaviour": [{"type": BEHAVIOURS[fact.name]} for fact in track.behaviour],
        "signal": [] if heard is None else [heard],
        "enu_velocity": _velocity(track.kinematics),
        "id": readings.claimed_id(track.identity) or None,
    }


def _where(moment: Moment, t_utc_ns: int) -> Said | None:
    track = moment.track
    at, moving = readings.position(track.kinematics), readings.velocity(track.kinematics)
    if at is not None:
        return {"location": location(_ahead(at, moving, (t_utc_ns - moment.t_utc_ns) / 1e9))}
    bearing = _range_bearing(track.bearing) if track.bearing else None
    return None if bearing is None else {"range_bearing": bearing}


def _ahead(at: Position, moving: Velocity | None, after_s: float) -> Position:
    if moving is None or not 0 < after_s <= MOST_AHEAD_S or abs(at.latitude_deg) > 89:
        return at
    frame = LocalFrame(at.latitude_deg, at.longitude_deg, at.altitude_wgs84_m or 0.0)
    latitude_deg, longitude_deg, altitude_m = frame.to_geodetic(*(axis * after_s for axis in moving))
    known_m = None if at.altitude_wgs84_m is None else altitude_m
    return at._replace(latitude_deg=latitude_deg, longitude_deg=longitude_deg, altitude_wgs84_m=known_m)


def _range_bearing(bearing: Bearing) -> Said | None:
    """From true north, or from the front of a vehicle whose heading nobody knows; no range."""
    if (seen := readings.direction(bearing, any_reference=True)) is None:
        return None
    return {
        "elevation": seen.elevation_deg,
        "azimuth": seen.azimuth_deg,
        "elevation_error": seen.sigma_elevation_deg,
        "azimuth_error": seen.sigma_azimuth_deg,
        "coordinate_system": DEGREES_M,
        "datum": TRUE_NORTH if bearing.reference == "true_north" else PLATFORM,
    }


def _classification(track: Track) -> list[Said]:
    """Air Vehicle with what kinds of it are likely, then animals and vehicles; nothing where nothing is said."""
    chances = {label: chance for label, said in track.probabilities.items() if (chance := _chance(said))}
    if not chances and (drone := readings.drone_probability(track)):
        return [{"type": AIR_VEHICLE, "confidence": drone}]
    flying = [{"type": name, "confidence": chances[label], "level": 1} for label, name in SUB_CLASSES.items() if label in chances]
    in_air = min(sum(chances[label] for label in SUB_CLASSES if label in chances), 1.0)
    said: list[Said] = [{"type": AIR_VEHICLE, "confidence": in_air, "sub_class": flying}] if flying else []
    return said + [{"type": name, "confidence": chances[label]} for label, name in OTHER_CLASSES.items() if label in chances]


def _signal(heard: Emission) -> Said | None:
    """Frequencies in Hz, edges where a width is known; the amplitude is in dB of the receiver's full scale."""
    center_hz, level = readings.within(heard.center_hz, 1.0, 1e12), readings.within(heard.level_dbfs, -400, 400)
    if center_hz is None or level is None:
        return None
    half_hz = max(readings.within(one, 0.0, 2 * center_hz) or 0.0 for one in (heard.span_hz, heard.bandwidth_hz)) / 2
    edges = {"start_frequency": center_hz - half_hz, "stop_frequency": center_hz + half_hz} if half_hz > 0 else {}
    return {"amplitude": level, "centre_frequency": center_hz, **edges}


def _info(track: Track, operator: bool) -> list[Said]:
    claimed, at = track.identity, readings.operator_place(track.identity)
    said = {
        "rid_claimed": "yes" if claimed else "",
        "cooperation": track.cooperation or "",
        "link": track.emission.link if track.emission else "",
        "sensors": readings.text(", ".join(track.sensors), 200),
    }
    if claimed is not None and operator:
        said["operator_id"] = readings.text(claimed.operator_id, 64)
        said["operator_position"] = f"{at.latitude_deg:.6f}, {at.longitude_deg:.6f}" if at else ""
    rows: list[Said] = [{"type": kind, "value": value} for kind, value in said.items() if value]
    return rows + [{"type": "suspicion", "value": name} for one in track.suspicions[:5] if (name := readings.text(one.name))]


def _velocity(state: Kinematics | None) -> Said | None:
    moving = readings.velocity(state)
    if state is None or moving is None:
        return None
    spread = [state.covariance[place] for place in (21, 28, 35)] if len(state.covariance) == 36 else []
    names = ("east_rate_error", "north_rate_error", "up_rate_error")
    errors = {name: readings.sigma(one, readings.MOST_SPEED_MPS) for name, one in zip(names, spread, strict=False)}
    return {"east_rate": moving.east_mps, "north_rate": moving.north_mps, "up_rate": moving.up_mps, **errors}


def _chance(said: float | None) -> float | None:
    return readings.within(said, 0, 1)


def alerts(moment: Moment, names: Names, t_utc_ns: int) -> dict[str, Said]:
    """What a person should know of a track now, by reason: it is in a restricted zone, its claims are doubted, or it is a drone's
    radio link of which neither place nor direction is known, for which there is no detection report.

    Say each once when it comes, and again with `cleared` when it goes.
    """
    track = moment.track
    said: dict[str, Said] = {}
    if track.cooperation == "in_restricted_zone":
        words = readings.text(track.cooperation_reason, 200) or "in a restricted zone"
        said[ZONE] = _alert(moment, names, t_utc_ns, ZONE, words) | {
            "alert_type": "ALERT_TYPE_CRITICAL",
            "priority": "DISCRETE_PRIORITY_HIGH",
        }
    if track.suspicions:
        doubt = "; ".join(f"{readings.text(one.name)}: {readings.text(one.evidence, 80)}" for one in track.suspicions[:5])
        chance = _chance(together(track.suspicions))
        said[CLAIM] = _alert(moment, names, t_utc_ns, CLAIM, f"claims are doubted: {doubt}") | {"confidence": chance}
    if (heard := track.emission) is not None and heard.alarm and track.state == "confirmed" and _where(moment, t_utc_ns) is None:
        said[LINK] = _alert(moment, names, t_utc_ns, LINK, "heard; direction and place unknown") | {
            "alert_type": "ALERT_TYPE_INFORMATION",
            "confidence": _chance(heard.probability),
            "associated_detection": [],
        }
    return said


def cleared(alert: Said) -> Said:
    """An alert whose reason is gone."""
    return alert | {"status": "ALERT_STATUS_CLEAR"}


def _alert(moment: Moment, names: Names, t_utc_ns: int, reason: str, words: str) -> Said:
    """Its id is the track's own for this reason, so that it can be cleared."""
    number = moment.track.number
    return {
        "alert_id": report_id(names, reason, names.started_utc_ns, number),
        "alert_type": "ALERT_TYPE_WARNING",
        "status": "ALERT_STATUS_ACTIVE",
        "description": f"{readings.title(moment.track)}: {words}",
        **(_where(moment, t_utc_ns) or {}),
        "priority": "DISCRETE_PRIORITY_MEDIUM",
        "associated_detection": [{"timestamp": t_utc_ns, "node_id": node_id(names), "object_id": object_id(names, number)}],
    }
