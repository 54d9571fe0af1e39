"""What the list of known aircraft and the zones say of a track: a fact with its reason, never a verdict."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from edge_node.messages import Cooperation, Sight, SightLabel, Target, TargetLabel, Track
from edge_node.remote_id.areas import heights
from edge_node.remote_id.known_aircraft import AircraftTable, Entry
from edge_node.remote_id.zones import Inside, ZoneMap
from edge_node.suspicion import together

Key = tuple[str, str]
"""What an entry is found by: ("id", ...) or ("operator", ...)."""

# From here on, what is suspected of a track outweighs its being listed.
STRONG = 0.5
# What is seen and says nothing itself: whether it would have to.
SEEN: dict[SightLabel, str] = {
    "drone": "a drone, and no Remote ID is tied to what a camera sees",
    "bird": "a bird: it is not asked who it is",
    "aeroplane": "an aeroplane: manned aircraft answer to air traffic control, not to this list",
    "helicopter": "a helicopter: manned aircraft answer to air traffic control, not to this list",
    "balloon": "a balloon: it has no Remote ID",
    "insect": "an insect: it is not asked who it is",
    "unknown": "something, and nobody can say what it is",
}
TOLD: dict[TargetLabel, str] = {
    "multirotor": "a multirotor, and no Remote ID is tied to it",
    "fixed_wing": "a fixed-wing drone, and no Remote ID is tied to it",
    "helicopter": SEEN["helicopter"],
    "aeroplane": SEEN["aeroplane"],
    "bird": SEEN["bird"],
    "balloon": SEEN["balloon"],
    "vehicle": "a vehicle: it is not asked who it is",
    "unknown": SEEN["unknown"],
}
LISTED_IDS = ("serial_number", "caa_registration")


class Found(NamedTuple):
    """Whether an entry authorises a track, in words; `placed` where it says in which areas."""

    authorises: bool
    words: str
    placed: bool = False


class Authorisation:
    """Judges tracks by a list of known aircraft and by zones; either may be missing, None."""

    def __init__(self, listed: Iterable[Entry] | None, zones: ZoneMap | None) -> None:
        self._has_list, self._zones = listed is not None, zones
        self._by_key: dict[Key, list[Entry]] = {}
        for entry in listed or ():
            keys = [("id", serial) for serial in entry.aircraft.serials] or [("operator", one) for one in entry.aircraft.operator_ids]
            for key in keys:
                self._by_key.setdefault(key, []).append(entry)

    def assess(self, track: Track, t_utc_ns: int | None) -> tuple[Cooperation | None, str | None]:
        """What a track is and why; None for one that says nothing itself, of which only a sight and a target have words.

        Without a clock that somebody vouches for, t_utc_ns is None.
        """
        if track.identity is None:
            return None, _seen(track.sight) if track.sight else _told_as(track.target) if track.target else None
        found, inside = self._found(track, t_utc_ns), self._inside(track, t_utc_ns)
        if inside and not (found.authorises and found.placed):
            return "in_restricted_zone", f"{_zone(inside)}; {found.words}"
        nowhere = "says no place" if self._zones and track.kinematics is None else ""
        words = "; ".join(filter(None, (found.words, _zone(inside) if inside else nowhere)))
        return ("authorised" if found.authorises else "unknown"), words

    def _found(self, track: Track, t_utc_ns: int | None) -> Found:
        """The entry that authorises this track, or else what speaks against the first that lists it."""
        if not self._has_list:
            return Found(False, "no list of known aircraft is in use")
        candidates = [(what, entry) for what, key in _keys(track) for entry in self._by_key.get(key, ()) if _agrees(entry, track)]
        found = [_weighed(what, entry, track, t_utc_ns) for what, entry in candidates]
        named = next((what for what, _ in _keys(track)), "")
        nobody = Found(False, f"{named} is not listed" if named else "says no id")
        return max(found, key=lambda one: (one.authorises, one.placed), default=nobody)

    def _inside(self, track: Track, t_utc_ns: int | None) -> list[Inside]:
        if self._zones is None or track.kinematics is None:
            return []
        t_utc_s = None if t_utc_ns is None else t_utc_ns / 1e9
        return self._zones.inside(track.kinematics.latitude_deg, track.kinematics.longitude_deg, heights(track), t_utc_s)


def _seen(sight: Sight) -> str:
    return f"seen as {SEEN[sight.label]}"


def _told_as(target: Target) -> str:
    return f"{'says itself' if target.cooperative else 'reported'} to be {TOLD[target.label]}"


def _keys(track: Track) -> list[tuple[str, Key]]:
    """What a track may be listed by, in words that hold no operator's number."""
    if track.identity is None:
        return []
    keys: list[tuple[str, Key]] = [
        (f"serial {one.value[:24]}" if one.type == "serial_number" else f"registration {one.value[:24]}", ("id", one.value))
        for one in track.identity.ids
        if one.type in LISTED_IDS
    ]
    return keys + ([("its operator", ("operator", track.identity.operator_id))] if track.identity.operator_id else [])


def _agrees(entry: Entry, track: Track) -> bool:
    operators = entry.aircraft.operator_ids
    return not operators or (track.identity is not None and track.identity.operator_id in operators)


def _weighed(what: str, entry: Entry, track: Track, t_utc_ns: int | None) -> Found:
    against = _doubted(track) or _not_now(entry.aircraft, t_utc_ns) or _not_here(entry, track)
    if against:
        return Found(False, f"{what} is listed, but {against}")
    until = f" until {_told(entry.aircraft.until)}" if entry.aircraft.until else ""
    where = next((name for name in entry.areas if not _outside(entry, name, track)), "")
    return Found(True, f"{what} is listed{until}{f'; inside area {where}' if where else ''}", bool(where))


def _doubted(track: Track) -> str:
    if together(track.suspicions) < STRONG:
        return ""
    worst = sorted(track.suspicions, key=lambda one: -one.score)
    return f"in doubt: {', '.join(one.name for one in worst[:3])}"


def _not_now(aircraft: AircraftTable, t_utc_ns: int | None) -> str:
    if aircraft.from_ is None and aircraft.until is None:
        return ""
    if t_utc_ns is None:
        return "its time cannot be checked: nobody vouches for the clock"
    now_s = t_utc_ns / 1e9
    if aircraft.from_ and now_s < aircraft.from_.timestamp():
        return f"only from {_told(aircraft.from_)}"
    return f"only until {_told(aircraft.until)}" if aircraft.until and now_s >= aircraft.until.timestamp() else ""


def _not_here(entry: Entry, track: Track) -> str:
    """Why none of the entry's areas holds the track; empty where one does or none is named."""
    reasons = [_outside(entry, name, track) for name in entry.areas]
    return reasons[0] if reasons and all(reasons) else ""


def _outside(entry: Entry, name: str, track: Track) -> str:
    """Why a track is not in this area for sure; empty where it is."""
    table, area = entry.areas[name]
    place = track.kinematics
    if place is None:
        return "it says no place"
    if not area.holds(place.latitude_deg, place.longitude_deg):
        return f"outside area {name}"
    height_m = track.identity.height_m if track.identity else None
    for highest_m, claimed_m in ((table.highest_height_m, height_m), (table.highest_wgs84_m, place.altitude_wgs84_m)):
        if highest_m is not None and (claimed_m is None or claimed_m > highest_m):
            return f"{'at no known height in' if claimed_m is None else 'too high in'} area {name}"
    return ""


def _zone(inside: list[Inside]) -> str:
    worst = inside[0]
    more = f" and {len(inside) - 1} more" if len(inside) > 1 else ""
    return f"in zone {worst.zone.name} ({worst.zone.restriction.replace('_', ' ')}{f'; {worst.doubt}' if worst.doubt else ''}){more}"


def _told(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else ""
