"""The node itself: what it is and can (Registration), how it is and what it covers (StatusReport)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from edge_node import __version__
from edge_node.interop import readings
from edge_node.interop.moment import Names, Station
from edge_node.interop.readings import Position
from edge_node.interop.sapient.codec import Said
from edge_node.interop.sapient.ids import report_id
from edge_node.interop.sapient.words import AIR_VEHICLE, BEHAVIOURS, OTHER_CLASSES, SUB_CLASSES
from edge_node.messages import Coverage, Finding, NodeStatus, Sense, Verdict

ICD_VERSION = "BSI Flex 335 v2.0"
MODE = "Default"
NODE_TYPES: dict[Sense, str] = {"sight": "CAMERA", "sound": "ACOUSTIC", "radio": "PASSIVE_RF", "remote_id": "PASSIVE_RF", "other": "OTHER"}
SUB_TYPES: dict[Sense, str] = {
    "sight": "Drone detection by sight",
    "sound": "Microphone array",
    "radio": "Drone link detection",
    "remote_id": "Remote ID receiver",
    "other": "Other sensor",
}
SYSTEMS: dict[Verdict, str] = {"green": "SYSTEM_OK", "amber": "SYSTEM_WARNING", "red": "SYSTEM_ERROR"}
MOST_CLOCK_ERROR_S = 0.08
"""Beyond it the node warns: a fusion node refuses what comes from the future by 0.1 s."""
MOST_STATUSES = 20
DEGREES_M, LAT_LONG = "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_M", "LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M"
ELLIPSOID, TRUE_NORTH, PLATFORM = "LOCATION_DATUM_WGS84_E", "RANGE_BEARING_DATUM_TRUE", "RANGE_BEARING_DATUM_PLATFORM"
_PLACE: Said = {"location_units": LAT_LONG, "location_datum": ELLIPSOID}
_BEARING: Said = {"range_bearing_units": DEGREES_M, "range_bearing_datum": TRUE_NORTH}
_COMMANDS = {"LOOK_AT": "degrees", "DETECTION_REPORT_RATE": "Low, Medium, High"}


def registration(station: Station, senses: Sequence[Sense], *, status_every_s: float = 5.0, latency_s: float = 1.0) -> Said:
    """What the node is: a definition for each kind of sensor, how it reports, and which tasks it takes."""
    name = readings.text(station.name, 64) or "node"
    return {
        "node_definition": [_definition(kind, senses) for kind in dict.fromkeys(NODE_TYPES[sense] for sense in senses)]
        or [_definition("OTHER", ())],
        "icd_version": ICD_VERSION,
        "name": name,
        "short_name": name[:16],
        "capabilities": [{"category": "Detection", "type": SUB_TYPES[sense]} for sense in senses]
        or [{"category": "Detection", "type": "None"}],
        "status_definition": {
            "status_interval": _seconds(status_every_s),
            "location_definition": _PLACE,
            "coverage_definition": _BEARING,
            "field_of_view_definition": _BEARING,
        },
        "mode_definition": [_mode(latency_s)],
        "config_data": [{"manufacturer": "edge_node", "model": "passive sensor node", "software_version": __version__}],
    }


def _definition(kind: str, senses: Sequence[Sense]) -> Said:
    return {"node_type": f"NODE_TYPE_{kind}", "node_sub_type": [SUB_TYPES[sense] for sense in senses if NODE_TYPES[sense] == kind]}


def _mode(latency_s: float) -> Said:
    return {
        "mode_name": MODE,
        "mode_type": "MODE_TYPE_PERMANENT",
        "mode_description": "All sensors, all the time",
        "settle_time": _seconds(1.0),
        "maximum_latency": _seconds(latency_s),
        "scan_type": "SCAN_TYPE_FIXED",
        "tracking_type": "TRACKING_TYPE_TRACK",
        "detection_definition": [_detections(_PLACE), _detections(_BEARING)],
        "task": {
            "concurrent_tasks": 1,
            "region_definition": {"region_type": ["REGION_TYPE_AREA_OF_INTEREST"], "region_area": [_BEARING, _PLACE]},
            "command": [
                {"type": f"COMMAND_TYPE_{command}", "units": units, "completion_time": _seconds(1.0)}
                for command, units in _COMMANDS.items()
            ],
        },
    }


def _detections(location: Said) -> Said:
    flying = [{"type": one, "units": "probability", "level": 1} for one in SUB_CLASSES.values()]
    return {
        "location_type": location,
        "detection_report": [
            {"category": "DETECTION_REPORT_CATEGORY_TRACK", "type": "confidence", "units": "probability", "on_change": False}
        ],
        "detection_class_definition": [
            {
                "confidence_definition": "CONFIDENCE_DEFINITION_MULTI_CLASS",
                "class_definition": [
                    {"type": AIR_VEHICLE, "units": "probability", "sub_class": flying},
                    *({"type": one, "units": "probability"} for one in OTHER_CLASSES.values()),
                ],
            }
        ],
        "behaviour_definition": [{"type": one} for one in BEHAVIOURS.values()],
        "velocity_type": {
            "enu_velocity_units": {"east_north_rate_units": "SPEED_UNITS_MS", "up_rate_units": "SPEED_UNITS_MS"},
            "location_datum": ELLIPSOID,
        },
        "geometric_error": {"type": "Standard deviation", "units": "metres, degrees", "variation_type": "Per report"},
    }


def _seconds(value: float) -> Said:
    return {"units": "TIME_UNITS_SECONDS", "value": value}


def status_report(
    station: Station,
    names: Names,
    status: NodeStatus,
    *,
    t_utc_ns: int,
    clock_sigma_s: float | None,
    new: bool = True,
    leaving: bool = False,
) -> Said:
    """How the node is; `new` says that it changed (the first one must be), `leaving` is its last word."""
    here, late = readings.station_place(station), _clock_trouble(clock_sigma_s)
    cones = [cone for one in status.coverage if (cone := _cone(one)) is not None]
    system = "SYSTEM_WARNING" if late and status.verdict == "green" else SYSTEMS[status.verdict]
    return {
        "report_id": report_id(names, "status", t_utc_ns),
        "system": "SYSTEM_GOODBYE" if leaving else system,
        "info": "INFO_NEW" if new else "INFO_UNCHANGED",
        "mode": MODE,
        "power": _power(status.findings),
        "node_location": None if here is None else location(here),
        "field_of_view": {"range_bearing": max(cones, key=lambda cone: float(cone["horizontal_extent"]))} if cones else None,
        "coverage": [{"range_bearing": cone} for cone in cones],
        "status": [*late, *map(_finding, status.findings)][:MOST_STATUSES],
    }


def _power(findings: Sequence[Finding]) -> Said | None:
    """Whether the supply is well, where somebody looked; of a battery and its level no node knows."""
    grades = {one.grade for one in findings if one.about == "power"}
    return {"status": "POWERSTATUS_FAULT" if "fail" in grades else "POWERSTATUS_OK"} if grades else None


def _clock_trouble(sigma_s: float | None) -> list[Said]:
    error_s = readings.within(sigma_s, 0.0, 1e6)
    if error_s is not None and error_s <= MOST_CLOCK_ERROR_S:
        return []
    words = "nobody vouches for the clock" if error_s is None else f"clock error {error_s * 1e3:.0f} ms"
    return [_status("WARNING", "OTHER", words)]


def _finding(one: Finding) -> Said:
    level: Literal["ERROR", "WARNING", "INFORMATION"] = (
        "ERROR" if one.grade == "fail" else "WARNING" if one.grade == "warn" else "INFORMATION"
    )
    return _status(level, "OTHER" if one.about in ("time", "position", "link") else "INTERNAL_FAULT", f"{one.about}: {one.words}")


def _status(level: str, kind: str, words: str) -> Said:
    return {"status_level": f"STATUS_LEVEL_{level}_STATUS", "status_type": f"STATUS_TYPE_{kind}", "status_value": readings.text(words, 200)}


def location(at: Position) -> Said:
    """Its x is the longitude, y the latitude, both in degrees; errors are 1 sigma, in metres."""
    return {
        "x": at.longitude_deg,
        "y": at.latitude_deg,
        "z": at.altitude_wgs84_m,
        "x_error": at.sigma_major_m,
        "y_error": at.sigma_major_m,
        "z_error": at.sigma_altitude_m,
        "coordinate_system": LAT_LONG,
        "datum": ELLIPSOID,
    }


def _cone(one: Coverage) -> Said | None:
    """A sector about its middle, None where it covers nothing or makes no sense."""
    reach_m, width_deg = readings.within(one.reach_m, 0.0, 1e6), readings.within(one.width_deg, 0.0, 360.0)
    low, high = readings.within(one.lowest_elevation_deg, -90, 90), readings.within(one.highest_elevation_deg, -90, 90)
    azimuth_deg = readings.within(one.azimuth_deg, -1e6, 1e6)
    if not reach_m or not width_deg or low is None or high is None or high < low or azimuth_deg is None:
        return None
    return {
        "elevation": (low + high) / 2,
        "azimuth": readings.wrapped(azimuth_deg),
        "range": reach_m,
        "horizontal_extent": width_deg,
        "vertical_extent": high - low,
        "coordinate_system": DEGREES_M,
        "datum": TRUE_NORTH if one.reference == "true_north" else PLATFORM,
    }
