"""CSV (RFC 4180): one row for each state of each track, for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from math import isfinite

from edge_node.interop import readings
from edge_node.interop.moment import Moment, Station

Cell = str | float | int | None
FORMULAS = ("=", "+", "-", "@")
COLUMNS = (
    "time_utc",
    "number",
    "state",
    "label",
    "drone_probability",
    "latitude_deg",
    "longitude_deg",
    "altitude_wgs84_m",
    "sigma_major_m",
    "sigma_minor_m",
    "major_axis_deg",
    "sigma_altitude_m",
    "velocity_east_mps",
    "velocity_north_mps",
    "velocity_up_mps",
    "azimuth_deg",
    "sigma_azimuth_deg",
    "elevation_deg",
    "sigma_elevation_deg",
    "node_latitude_deg",
    "node_longitude_deg",
    "claimed_id",
    "operator_id",
    "operator_latitude_deg",
    "operator_longitude_deg",
    "link",
    "center_hz",
    "level_dbfs",
    "cooperation",
    "flags",
    "sensors",
)


def document(station: Station, moments: Iterable[Moment]) -> str:
    """A header and a row for each state, in the order of time; what is unknown is empty. No text is taken for a formula."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for one in sorted(moments, key=lambda moment: moment.t_utc_ns):
        writer.writerow([_cell(value) for value in _row(station, one)])
    return file.getvalue()


def _row(station: Station, moment: Moment) -> list[Cell]:
    track = moment.track
    here = readings.station_place(moment.station or station)
    drone = readings.drone_probability(track)
    return [
        readings.iso(moment.t_utc_ns),
        track.number,
        track.state,
        track.label,
        None if drone is None else round(drone, 3),
        *(readings.position(track.kinematics) or [None] * 7),
        *(readings.velocity(track.kinematics) or [None] * 3),
        *(readings.direction(track.bearing) or [None] * 4),
        *((here.latitude_deg, here.longitude_deg) if here else (None, None)),
        readings.claimed_id(track.identity),
        *_operator(moment),
        *_link(moment),
        track.cooperation,
        " ".join(readings.text(one) for one in track.flags),
        " ".join(readings.text(one) for one in track.sensors),
    ]


def _operator(moment: Moment) -> list[Cell]:
    claimed = moment.track.identity
    at = readings.operator_place(claimed)
    return [readings.text(claimed.operator_id, 64) if claimed else None, *((at.latitude_deg, at.longitude_deg) if at else (None, None))]


def _link(moment: Moment) -> list[Cell]:
    heard = moment.track.emission
    return [heard.link, heard.center_hz, heard.level_dbfs] if heard else [None] * 3


def _cell(value: Cell) -> Cell:
    """Text that a spreadsheet would run begins with an apostrophe; numbers are finite."""
    if isinstance(value, float):
        return round(value, 7) if isfinite(value) else None
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value
