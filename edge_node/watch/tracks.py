"""The list of tracks: a line each, sorted as somebody wants it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edge_node.messages import Track
from edge_node.node.figures_file import PlaceNow
from edge_node.node.words import DRONES, LINKS, SIGHTS, SOUNDS, TARGETS
from edge_node.page.sky import Direction
from edge_node.watch.cells import Line, Look
from edge_node.watch.directions import direction
from edge_node.watch.plain import long
from edge_node.watch.widths import fill

UNPLACED_M = 1e9
STATES = {"confirmed": "ok", "tentative": "?", "lost": "lost"}
MARKS = {"confirmed": " ", "tentative": "?", "lost": "x"}
"""Of states, where there is room for one sign."""
KNOWN = {"authorised": "authorised", "unknown": "", "in_restricted_zone": "IN ZONE", "non_cooperative": "says nothing"}
WIDE = 64
"""From so many columns on errors have room."""
Seen = tuple[Track, Direction | None]


def _concern(seen: Seen) -> tuple[float, ...]:
    track, where = seen
    drone = sum(track.probabilities.get(name, 0.0) for name in DRONES)
    gone = ("confirmed", "tentative", "lost").index(track.state)
    return gone, track.cooperation == "authorised", -round(drone, 1), (where and where.range_m) or UNPLACED_M, track.number


ORDERS: dict[str, Callable[[Seen], tuple[float, ...]]] = {
    "concern": _concern,
    "number": lambda seen: (seen[0].number,),
    "last heard": lambda seen: (-seen[0].last_seen_mono_ns, seen[0].number),
    "distance": lambda seen: ((seen[1] and seen[1].range_m) or UNPLACED_M, seen[0].number),
    "direction": lambda seen: (seen[1].azimuth_deg if seen[1] else UNPLACED_M, seen[0].number),
}
"""By its name; `concern` has what is confirmed, not authorised, a drone and near first."""


def sorted_by(order: str, tracks: Sequence[Track], place: PlaceNow | None) -> list[Seen]:
    """With where each is in the sky."""
    return sorted(((track, direction(track, place)) for track in tracks), key=ORDERS[order])


def heading(columns: int) -> str:
    """Above `line`."""
    return "  no    age from  up     m what" if columns < WIDE else "   no st      age  from       up      m    what"


def line(seen: Seen, columns: int, now_ns: int) -> Line:
    """Number, state, age, direction, distance, and what is known of it."""
    track, where = seen
    age = long((now_ns - track.last_seen_mono_ns) / 1e9)
    if columns < WIDE:
        begun = f"{track.number:4}{MARKS[track.state]} {age:>5} "
        told = f"{_azimuth(where):>4} {_elevation(where):>3} {_range(where):>5} "
    else:
        begun = f"{track.number:5} {STATES[track.state]:<4} {age:>6}  "
        error = f"±{where.sigma_azimuth_deg:.0f}" if where else ""
        told = f"{_azimuth(where):>4}{error:<5} {_elevation(where):>4} {_range(where):>6}    "
    left = columns - len(begun) - len(told)
    return ((begun, look(track)), (told, ""), (fill(what(track), max(left, 0)), look(track)))


def look(track: Track) -> Look:
    """Red is what nobody answers for."""
    if track.state == "lost":
        return "dim"
    if track.state == "tentative":
        return ""
    return "good" if track.cooperation == "authorised" else "bad"


def what(track: Track) -> str:
    """Who it says it is, what all sensors take it for, and what is wrong with it."""
    who = " ".join(uas_id.value for uas_id in track.identity.ids) if track.identity else ""
    facts = " ".join(fact.name for fact in track.behaviour)
    known = KNOWN[track.cooperation] if track.cooperation else ""
    return " ".join(filter(None, (_taken_for(track), who, known, facts, " ".join(track.flags), f"[{','.join(track.sensors)}]")))


def _taken_for(track: Track) -> str:
    drone = sum(track.probabilities.get(name, 0.0) for name in DRONES)
    if track.label not in (None, "unknown"):
        return _sure(TARGETS[track.label], track.label_probability)
    if drone > 0.5:
        return _sure("a drone", drone)
    if track.emission:
        return _sure(LINKS[track.emission.link], track.emission.probability)
    if track.sight:
        return _sure(SIGHTS[track.sight.label], track.sight.label_probability)
    return _sure(SOUNDS[track.sound.label], track.sound.probability) if track.sound else ""


def _sure(words: str, probability: float | None) -> str:
    short = words.removeprefix("a ").removeprefix("an ")
    return short if probability is None else f"{short} {100 * probability:.0f}%"


def _azimuth(where: Direction | None) -> str:
    return "-" if where is None else f"{round(where.azimuth_deg) % 360}°"


def _elevation(where: Direction | None) -> str:
    return "-" if where is None or where.elevation_deg is None else f"{where.elevation_deg:.0f}°"


def _range(where: Direction | None) -> str:
    return "-" if where is None or where.range_m is None else f"{where.range_m:.0f}" if where.range_m < 100_000 else "far"
