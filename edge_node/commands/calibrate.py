"""`edge-node calibrate`: how cameras and arrays really stand, from a minute of a drone with Remote ID."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from math import hypot
from pathlib import Path

import msgspec

from edge_node.commands import sensor_lines
from edge_node.commands.flight import FlightError, flight, recording
from edge_node.config import Config, SensorTable
from edge_node.config_file import ConfigError, load
from edge_node.field.align.alignment import Alignment, align
from edge_node.field.align.bearings import Pose
from edge_node.field.align.path import AlignError, Stand, chosen, path_of
from edge_node.field.align.path import Path as Way
from edge_node.messages import BusMessage, PositionFix, RemoteIdDetection
from edge_node.sensor_options import OPTIONS
from edge_node.timebase import Clock, Timebase, system_timebase

ANGLES = ("azimuth_deg", "tilt_deg", "roll_deg")
LEAST_POSE_DEG = 0.1
GNSS_SIGMA_M, GNSS_UP = 1.5, 1.7
"""What a receiver is better than never, and how much worse it is in height than along the ground."""


def calibrate(arguments: argparse.Namespace) -> int:
    """Say of each bearing sensor how it stands; exit code 1 where the flight does not tell where one of them looks."""
    try:
        config = load(arguments.config, c2=False)
        messages = _messages(arguments, config)
        way = way_of(messages, config, arguments.id, live=arguments.recording is None)
        poses = poses_of(config)
        found = align(messages, way, poses, _temperatures_c(config))
    except ConfigError as error:
        return _trouble(error, os.EX_CONFIG)
    except (AlignError, FlightError, OSError) as error:
        return _trouble(error, os.EX_DATAERR)
    if arguments.json:
        sys.stdout.writelines(f"{msgspec.json.encode(one).decode()}\n" for one in found)
    else:
        sys.stdout.writelines(f"{line}\n" for line in report(way, found))
    told = _told(arguments, config, found)
    return told or int(not found or not all(one.usable for one in found))


def poses_of(config: Config) -> dict[str, Pose]:
    """How each sensor with bearings stands, as it is configured; those whose driver knows no azimuth are left out."""
    sensors = [sensor for sensor in config.sensor if _points(sensor)]
    return {sensor.name: Pose(*(float(sensor.options.get(key) or 0.0) for key in ANGLES)) for sensor in sensors}


def way_of(messages: Sequence[BusMessage], config: Config, wanted: str | None, *, live: bool) -> Way:
    """The drone's way about the node; raises AlignError."""
    fixes = [one for one in messages if isinstance(one, PositionFix) and one.has_fix]
    name, said = chosen([one for one in messages if isinstance(one, RemoteIdDetection)], wanted)
    return path_of(name, said, stand_of(config, fixes), _timebase(fixes, said[-1].t_mono_ns, live=live))


def stand_of(config: Config, fixes: Sequence[PositionFix]) -> Stand:
    """Where the node is; raises AlignError where nobody says it."""
    node = config.node
    if node.latitude_deg is not None and node.longitude_deg is not None:
        return Stand(node.latitude_deg, node.longitude_deg, node.altitude_wgs84_m)
    placed = [one for one in fixes if one.latitude_deg is not None and one.longitude_deg is not None]
    if not placed:
        raise AlignError("the node does not know where it is: give it latitude_deg, longitude_deg and altitude_wgs84_m, or a GNSS receiver")
    middle = placed[len(placed) // 2]
    sigma_m = max(middle.sigma_horizontal_m or 0.0, GNSS_SIGMA_M)
    return Stand(middle.latitude_deg or 0.0, middle.longitude_deg or 0.0, middle.altitude_wgs84_m, sigma_m, GNSS_UP * sigma_m)


def report(way: Way, found: Sequence[Alignment]) -> Iterator[str]:
    """A line for each sensor, and beneath it what to fly instead."""
    late = "the fix's own time" if way.clock == "utc" else "Remote ID as it was heard, for nobody vouches for the clock"
    yield f"drone {way.name}, {len(way.t_s)} places; lateness is against {late}"
    for one in found:
        yield f"{one.sensor}: {_words(one)}"
        if one.flown:
            yield f"  flown {one.flown.words()}"
        yield from (f"  instead: {words}" for words in one.advice)
        yield from (f"  see to it: {words}" for words in one.notes)


def lines_of(one: Alignment, sensor: SensorTable) -> dict[str, float]:
    """What of it belongs into node.toml."""
    if not one.usable or one.now is None or one.sigma is None or not _takes(sensor, "azimuth_deg"):
        return {}
    values = {key: getattr(one.now, key) for key in ANGLES if key not in one.unseen}
    if _takes(sensor, "sigma_pose_deg") and one.sense == "sight":
        values["sigma_pose_deg"] = max(LEAST_POSE_DEG, hypot(one.sigma.azimuth_deg, one.sigma.tilt_deg) / 2**0.5)
    return values


def _messages(arguments: argparse.Namespace, config: Config) -> list[BusMessage]:
    if config.node.moving:
        raise AlignError("a node that moves cannot be aligned: its sensors count from the vehicle, and that turns")
    if arguments.recording is not None:
        return recording(arguments.recording)
    return flight(config.node, arguments.seconds, lambda messages: way_of(messages, config, arguments.id, live=True))


def _told(arguments: argparse.Namespace, config: Config, found: Sequence[Alignment]) -> int:
    """The lines for node.toml, or these written into it."""
    sensors = {sensor.name: sensor for sensor in config.sensor}
    changes = {one.sensor: lines for one in found if (lines := lines_of(one, sensors[one.sensor]))}
    if not changes:
        return os.EX_OK
    if not arguments.json:
        sys.stdout.writelines(_to_put(arguments.config, changes))
    return _written(arguments.config, changes) if arguments.write else os.EX_OK


def _to_put(config: Path, changes: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    for sensor, values in changes.items():
        yield f'\nfor [[sensor]] name = "{sensor}" in {config}:\n'
        yield from (f"{key} = {sensor_lines.number(value)}\n" for key, value in values.items())


def _written(config: Path, changes: Mapping[str, Mapping[str, float]]) -> int:
    try:
        backup = sensor_lines.write(config, changes)
    except (sensor_lines.EditError, OSError) as error:
        return _trouble(f"{config} is left as it was: {error}", os.EX_CANTCREAT)
    sys.stderr.write(f"{config} is changed, and was as in {backup}; 'sudo systemctl reload edge-node' takes it into use\n")
    return os.EX_OK


def _words(one: Alignment) -> str:
    """The estimate with its 1-sigmas, or why there is none."""
    if one.trouble or one.now is None or one.sigma is None:
        return f"not aligned: {one.trouble}"
    parts = [
        f"{key} is not seen (1 sigma {getattr(one.sigma, key):.1f})"
        if key in one.unseen
        else f"{key} {getattr(one.now, key):.1f} ± {getattr(one.sigma, key):.1f} (was {getattr(one.was, key):g})"
        for key in ANGLES
    ]
    late_s, sigma_s = one.late_s or 0.0, one.sigma_late_s or 0.0
    late = f"{abs(late_s):.2f} ± {sigma_s:.2f} s {'late' if late_s >= 0 else 'early'}"
    parts.append(f"lateness is not seen (1 sigma {sigma_s:.1f} s)" if "late_s" in one.unseen else late)
    return f"{', '.join(parts)}; {one.used} of {one.of} detections fit, within {one.rms_deg or 0.0:.2f} degrees"


def _points(sensor: SensorTable) -> bool:
    """Whether it may tell bearings that its own azimuth is in."""
    recorded = sensor.options.get("array") or sensor.options.get("camera") or sensor.options.get("horizontal_fov_deg")
    return sensor.driver in ("mic_array", "camera") or (sensor.driver == "recording" and bool(recorded)) or sensor.driver not in OPTIONS


def _takes(sensor: SensorTable, key: str) -> bool:
    """Whether its driver has such an option."""
    kind = OPTIONS.get(sensor.driver)
    return key in sensor.options if kind is None else key in kind.__struct_fields__


def _temperatures_c(config: Config) -> dict[str, float]:
    told = {sensor.name: sensor.options.get("temperature_c") for sensor in config.sensor}
    return {name: float(value) for name, value in told.items() if value is not None}


def _timebase(fixes: Sequence[PositionFix], t_mono_ns: int, *, live: bool) -> Timebase | None:
    """The node's clock in UTC; of a recording, which may be another day's, only what a GNSS receiver said in it."""
    clock = Clock(system_timebase if live else lambda: Timebase(0, "unknown", None))
    for fix in fixes:
        if fix.t_utc_ns is not None:
            clock.fix(fix.t_utc_ns, fix.t_mono_ns, fix.pulse_mono_ns)
    found = clock.look(t_mono_ns).timebase
    return found if found.sigma_s is not None else None


def _trouble(error: object, code: int) -> int:
    sys.stderr.write(f"edge-node: {error}\n")
    return code
