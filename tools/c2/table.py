"""The picture as a table in a terminal."""

from __future__ import annotations

from math import atan2, degrees, hypot
from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from tools.c2.history import sensed
from tools.c2.picture import Picture

SILENT_AFTER_S = 10.0
LONGEST_SERIAL = 20
MOST_REASONS = 5
COOPERATIONS = {"authorised": "yes", "unknown": "unknown", "in_restricted_zone": "in zone", "non_cooperative": "silent"}


def draw(picture: Picture, now_s: float) -> Group:
    """Nodes, tracks, why some of them are restricted, and the last things that went wrong."""
    return Group(_nodes(picture, now_s), _tracks(picture, now_s), *_reasons(picture), *(_plain(note) for note in picture.notes))


def _nodes(picture: Picture, now_s: float) -> Table:
    table = _table("node", "key", "link", "clock", "missing", "verdict")
    for node8, node in sorted(picture.nodes.items()):
        silent_s = now_s - node["heard_s"]
        link = "heard" if silent_s < SILENT_AFTER_S else f"silent for {silent_s:.0f} s"
        verdict = f"{node.get('verdict') or '?'}: {node['sentence']}" if "sentence" in node else ""
        table.add_row(_plain(node["node"]), node8, link, _clock(node), str(node.get("missing", 0)), _plain(verdict))
    return table


def _table(*columns: str) -> Table:
    """As narrow as a technician's terminal."""
    return Table(*columns, box=None, padding=(0, 1, 0, 0), header_style="bold")


def _clock(node: dict[str, Any]) -> str:
    sigma_s = node.get("clock_sigma_s")
    return "not vouched for" if sigma_s is None else f"±{sigma_s * 1000:.0f} ms"


def _tracks(picture: Picture, now_s: float) -> Table:
    table = _table("no", "state", "id", "latitude", "longitude", "alt m", "m/s", "crs", "dBm", "age", "known", "doubt", "flags", "node")
    table.columns[2].min_width = LONGEST_SERIAL
    for (_, _, number), track in sorted(picture.tracks.items()):
        where = _motion(track["kinematics"] or {}) if track["kinematics"] or not track["bearing"] else _direction(track["bearing"])
        age_s = track["age_s"] + now_s - track["heard_s"]
        believed = [COOPERATIONS.get(track["cooperation"], ""), _doubt(track["suspicion_percent"])]
        heard = [_number(track["rssi_dbm"], 0), f"{age_s:.1f}", *believed, _plain(" ".join(track["flags"])), _plain(track["node"])]
        table.add_row(str(number), track["state"] or "?", _plain(_name(track)), *where, *heard)
    return table


def _doubt(percent: float | None) -> str:
    return f"{percent:.0f} %" if percent else ""


def _reasons(picture: Picture) -> list[str]:
    """The reason for each of the first tracks that are in a restricted zone."""
    restricted = [
        (number, track) for (_, _, number), track in sorted(picture.tracks.items()) if track["cooperation"] == "in_restricted_zone"
    ]
    return [f"{number}: {_plain(track['cooperation_reason'] or 'in a restricted zone')}" for number, track in restricted[:MOST_REASONS]]


def _name(track: dict[str, Any]) -> str:
    """Who it claims to be, or else what it sounds or looks like."""
    if track["identity"] is not None:
        return track["identity"]["ids"][0]["value"] if track["identity"]["ids"] else track["identity"]["transmitter"] or ""
    return sensed(track)


def _motion(state: dict[str, Any]) -> list[str]:
    east, north = state.get("velocity_east_mps"), state.get("velocity_north_mps")
    speed = course = None
    if east is not None and north is not None:
        speed, course = hypot(east, north), degrees(atan2(east, north)) % 360
    place = [_number(state.get("latitude_deg"), 5), _number(state.get("longitude_deg"), 5), _number(state.get("altitude_wgs84_m"), 0)]
    return [*place, _number(speed, 1), _number(course, 0)]


def _direction(bearing: dict[str, Any]) -> list[str]:
    about = "" if bearing["reference"] == "true_north" else " of its front"
    return [f"towards {bearing['azimuth_deg']:.1f}{about}", _number(bearing["elevation_deg"], 1), "", "", ""]


def _plain(text: str) -> str:
    """What a node says is hostile until shown otherwise: no markup, no control codes."""
    return escape("".join(sign if sign.isprintable() else "?" for sign in text))


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
