"""The picture as a table in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees, hypot
from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.table import Table

from tools.c2.covered import covered
from tools.c2.fused import Fused
from tools.c2.history import judged, sensed
from tools.c2.picture import Picture

SILENT_AFTER_S = 10.0
LONGEST_SERIAL = 20
MOST_REASONS = 5
TELLING = ("approaches", "swarms")
"""What is told with its reason below the table."""
COOPERATIONS = {"authorised": "yes", "unknown": "unknown", "in_restricted_zone": "in zone", "non_cooperative": "silent"}


def draw(picture: Picture, now_s: float, objects: Sequence[Fused] = ()) -> Group:
    """Nodes, tracks, what several nodes follow, why tracks are restricted or do what they do, and the last things that went wrong."""
    together = [_objects(picture, objects)] if objects else []
    below: list[Table | str] = [*together, *_reasons(picture), *(_plain(note) for note in picture.notes)]
    return Group(_nodes(picture, now_s), *_health(picture), _tracks(picture, now_s), *below)


def _nodes(picture: Picture, now_s: float) -> Table:
    table = _table("node", "key", "link", "clock", "missing", "verdict")
    for node8, node in sorted(picture.nodes.items()):
        silent_s = now_s - node["heard_s"]
        link = "heard" if silent_s < SILENT_AFTER_S else f"silent for {silent_s:.0f} s"
        verdict = f"{node.get('verdict') or '?'}: {node['sentence']}" if "sentence" in node else ""
        table.add_row(_plain(node["node"]), node8, link, _clock(node), str(node.get("missing", 0)), _plain(verdict))
    return table


def _health(picture: Picture) -> list[Table]:
    """What each sensor of each node would sense now, and what is not well there; nothing of nodes that do not say it."""
    table = _table("node", "sensor", "by", "towards", "elevation", "reach m", "%", "s", "why")
    for _, node in sorted(picture.nodes.items()):
        for one in node.get("coverage", ()):
            table.add_row(_plain(node["node"]), *map(_plain, covered(one)))
    wrong = _table("node", "about", "finding", "what is wrong", "what to touch")
    for _, node in sorted(picture.nodes.items()):
        for one in node.get("findings", ())[:MOST_REASONS]:
            words = (one["about"], f"{one['grade'] or '?'} {one['name']}", one["words"], one["touch"])
            wrong.add_row(_plain(node["node"]), *map(_plain, words))
    return [some for some in (table, wrong) if some.row_count]


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
        name = "\n".join(filter(None, (_plain(_name(track)), _plain(judged(track)))))
        table.add_row(str(number), track["state"] or "?", name, *where, *heard)
    return table


def _objects(picture: Picture, objects: Sequence[Fused]) -> Table:
    """Each with the nodes and their own numbers of it."""
    table = _table("object", "latitude", "longitude", "±m", "alt m", "±m", "m/s", "crs", "up", "age", "of")
    for one in objects:
        speed, course = hypot(one.velocity_east_mps, one.velocity_north_mps), degrees(atan2(one.velocity_east_mps, one.velocity_north_mps))
        places = [f"{one.latitude_deg:.5f}", f"{one.longitude_deg:.5f}", f"{2 * one.sigma_major_m:.0f}", _number(one.altitude_wgs84_m, 0)]
        height = _number(None if one.sigma_altitude_m is None else 2 * one.sigma_altitude_m, 0)
        motion = [f"{speed:.1f}", f"{course % 360:.0f}", _number(one.velocity_up_mps, 1), f"{one.age_s:.1f}"]
        of = ", ".join(f"{picture.nodes.get(node8, {}).get('node', node8)} {number}" for node8, _, number in one.keys)
        table.add_row(f"{one.number}{' ghost?' if one.ambiguous else ''}", *places, height, *motion, _plain(of))
    return table


def _doubt(percent: float | None) -> str:
    return f"{percent:.0f} %" if percent else ""


def _reasons(picture: Picture) -> list[str]:
    """The reasons for the first tracks that come near or swarm, and for the first that are in a restricted zone."""
    tracks = [(number, track) for (_, _, number), track in sorted(picture.tracks.items())]
    does = [
        f"{number}: {_plain(fact['name'])}: {_plain(fact['reason'])}"
        for number, track in tracks
        for fact in (track["judgement"] or {}).get("behaviour", ())
        if fact["name"] in TELLING and fact["reason"]
    ]
    restricted = [(number, track) for number, track in tracks if track["cooperation"] == "in_restricted_zone"]
    zones = [f"{number}: {_plain(track['cooperation_reason'] or 'in a restricted zone')}" for number, track in restricted[:MOST_REASONS]]
    return [*does[:MOST_REASONS], *zones]


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
