"""Tracks, operators and the node itself as events of Cursor on Target."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from edge_node.interop import readings
from edge_node.interop.cot.event import Event, element, remarks, stale_ns
from edge_node.interop.moment import Moment, Names, Station
from edge_node.interop.shapes import RAY_M
from edge_node.messages import Coverage, TargetLabel, Track, Verdict

TYPES: dict[TargetLabel | None, str] = {
    "multirotor": "A-M-H-Q",
    "fixed_wing": "A-M-F-Q",
    "helicopter": "A-C-H",
    "aeroplane": "A-C-F",
    "balloon": "A-C-L",
    "vehicle": "G-E-V",
}
"""MIL-STD-2525 by TAK's spelling; a bird, and what nobody knows, is plain air."""
NODE_TYPE, OPERATOR_TYPE, BEARING_TYPE = "a-f-G-E-S", "a-u-G", "u-rb-a"
FUSED, PASSED, FROM_GNSS, ENTERED = "m-f", "m-p", "m-g", "h-e"
RED, AMBER, GREEN = -65536, -23296, -16744448
"""Alpha, red, green, blue as one signed number of 32 bits."""
METRES, DEGREES, TRUE_NORTH = 1, 0, 0
"""As ATAK counts its units of range (1 metric), of angle (0 degrees) and its norths (0 true, 1 magnetic, 2 grid)."""
LEAST_FOV_DEG = 1.0


class Speaker(Struct, frozen=True, kw_only=True):
    """Who speaks, when, and how often: `rate_hz` of each thing that is said; a line without range is drawn `ray_m` long."""

    station: Station
    names: Names
    now_ns: int
    rate_hz: float
    ray_m: float = RAY_M


def events(moment: Moment, speaker: Speaker, *, operator: bool = True) -> list[Event]:
    """A marker where there is a place, else a line from the node where there is a direction, else nothing; and the operator's marker.

    A lost track is stale at once. `operator` False says nothing of a person.
    """
    what = _of_track(moment, speaker)
    return [one for one in (what, _operator(moment, speaker) if operator else None) if one is not None]


def uid(names: Names, number: int) -> str:
    """Of a track, its own in the whole world."""
    return f"edge-node.{readings.text(names.node8, 8)}.{names.epoch:x}.{number}"


def _of_track(moment: Moment, speaker: Speaker) -> Event | None:
    track, at = moment.track, readings.position(moment.track.kinematics)
    moving = readings.velocity(track.kinematics)
    if at is None:
        return _bearing(moment, speaker)
    return Event(
        uid=uid(speaker.names, track.number),
        type=type_of(track),
        how=FUSED,
        time_ns=speaker.now_ns,
        start_ns=moment.t_utc_ns,
        stale_ns=_stale(moment, speaker.rate_hz),
        position=at,
        callsign=_callsign(track),
        speed_mps=None if moving is None else round(moving.speed_mps, 2),
        course_deg=None if moving is None else round(moving.course_deg, 1),
        detail=_words(track),
    )


def _bearing(moment: Moment, speaker: Speaker) -> Event | None:
    here, direction = readings.station_place(moment.station or speaker.station), readings.direction(moment.track.bearing)
    if here is None or direction is None:
        return None
    parts = (
        element("range", value=speaker.ray_m),
        element("bearing", value=round(direction.azimuth_deg, 2)),
        "" if direction.elevation_deg is None else element("inclination", value=round(direction.elevation_deg, 2)),
        element("rangeUnits", value=METRES),
        element("bearingUnits", value=DEGREES),
        element("northRef", value=TRUE_NORTH),
        element("strokeColor", value=RED if moment.track.state == "confirmed" else AMBER),
        element("strokeWeight", value=3),
        _words(moment.track, f"bearing +-{direction.sigma_azimuth_deg:.1f} deg, range unknown: the length of the line says nothing"),
    )
    return Event(
        uid=f"{uid(speaker.names, moment.track.number)}.bearing",
        type=BEARING_TYPE,
        how=FUSED,
        time_ns=speaker.now_ns,
        start_ns=moment.t_utc_ns,
        stale_ns=_stale(moment, speaker.rate_hz),
        position=here,
        callsign=_callsign(moment.track),
        detail="".join(parts),
    )


def _operator(moment: Moment, speaker: Speaker) -> Event | None:
    claimed, number = moment.track.identity, moment.track.number
    at = readings.operator_place(claimed)
    if claimed is None or at is None:
        return None
    who = readings.text(claimed.operator_id, 64)
    link = element("link", uid=uid(speaker.names, number), type=type_of(moment.track), relation="p-p")
    return Event(
        uid=f"{uid(speaker.names, number)}.operator",
        type=OPERATOR_TYPE,
        how=PASSED,
        time_ns=speaker.now_ns,
        start_ns=moment.t_utc_ns,
        stale_ns=_stale(moment, speaker.rate_hz),
        position=at,
        callsign=f"operator of {number}",
        detail=link + remarks(who, f"{(claimed.operator_location or 'place').replace('_', ' ')}, as the aircraft claims"),
    )


def _stale(moment: Moment, rate_hz: float) -> int:
    return moment.t_utc_ns if moment.track.state == "lost" else stale_ns(moment.t_utc_ns, rate_hz)


def type_of(track: Track) -> str:
    """Neutral where authorised, suspect in a restricted zone, else unknown; a broadcast alone makes nobody a friend."""
    affiliation = {"authorised": "n", "in_restricted_zone": "s"}.get(track.cooperation or "", "u")
    return f"a-{affiliation}-{TYPES.get(track.label, 'A')}"


def _callsign(track: Track) -> str:
    claim = readings.claimed_id(track.identity)
    return f"{track.number} {claim}" if claim else f"{track.number} {(track.label or 'unknown').replace('_', ' ')}"


def _words(track: Track, *more: str) -> str:
    chance = readings.drone_probability(track)
    claim = readings.claimed_id(track.identity)
    return remarks(
        f"{track.state} {(track.label or 'object').replace('_', ' ')}",
        "" if chance is None else f"drone {chance:.0%}",
        f"claims {claim}" if claim else "",
        *more,
        f"{track.emission.link.replace('_', ' ')} link" if track.emission else "",
        (track.cooperation or "").replace("_", " "),
        *(f"suspicion {readings.text(one.name)}" for one in track.suspicions[:5]),
        *(f"{readings.text(one.name)} {readings.text(one.reason, 80)}".strip() for one in track.behaviour[:3]),
    )


def node_event(
    speaker: Speaker,
    *,
    verdict: Verdict,
    sentence: str = "",
    coverage: Sequence[Coverage] = (),
    unplaced: Sequence[Track] = (),
) -> Event | None:
    """The node's own marker with its widest field of view, its health, and tracks that no map shows; None where its place is unknown."""
    at = readings.station_place(speaker.station)
    if at is None:
        return None
    heard = ", ".join(readings.title(track) for track in unplaced[:5])
    detail = (
        element("status", readiness="false" if verdict == "red" else "true"),
        element("color", argb={"green": GREEN, "amber": AMBER}.get(verdict, RED)),
        _sensor(coverage),
        remarks(f"{verdict}: {readings.text(sentence, 256)}", f"without a place: {heard}" if heard else ""),
    )
    return Event(
        uid=f"edge-node.{readings.text(speaker.names.node8, 8)}",
        type=NODE_TYPE,
        how=ENTERED if at.sigma_major_m is None else FROM_GNSS,
        time_ns=speaker.now_ns,
        start_ns=speaker.now_ns,
        stale_ns=stale_ns(speaker.now_ns, speaker.rate_hz),
        position=at,
        callsign=readings.text(speaker.station.name) or "node",
        detail="".join(detail),
    )


def _sensor(coverage: Sequence[Coverage]) -> str:
    """The field of view that covers most ground; the first where several do."""
    seen = [one for one in coverage if one.reference == "true_north" and _area(one) > 0]
    widest = max(seen, key=_area, default=None)
    if widest is None:
        return ""
    return element(
        "sensor",
        azimuth=round(readings.wrapped(widest.azimuth_deg), 1),
        fov=round(max(widest.width_deg, LEAST_FOV_DEG), 1),
        range=round(widest.reach_m),
        type="r-a",
        model=widest.sense.replace("_", " "),
    )


def _area(one: Coverage) -> float:
    width_deg, reach_m = readings.within(one.width_deg, 0, 360), readings.within(one.reach_m, 0, 1e6)
    return 0.0 if width_deg is None or reach_m is None or readings.within(one.azimuth_deg, -1e6, 1e6) is None else width_deg * reach_m**2
