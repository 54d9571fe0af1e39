"""Whether a replay finds the tracks that were told live: the same identity, at the same times, at the same places."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from msgspec import Struct

from edge_node.geometry import distance_m
from edge_node.messages import Track
from edge_node.node.histories import Histories, History

NEAR_NS = 1_000_000_000
"""Two states further apart in time are not of one another."""
LEAST_SHARE = 0.5
"""Of a track's states that must be found again, near in time and alike, for two to be one track where neither says who it is."""


class Alike(Struct, frozen=True):
    """One track of live and the same of a replay, and how far apart they are at most; None where there is nothing to tell.

    Times are those of what was sensed: a hub that was late told it late, and a replay does not.
    """

    live: int
    again: int
    identity: bool
    first_seen_s: float
    confirmed_s: float | None = None
    place_m: float | None = None
    azimuth_deg: float | None = None


class Likeness(Struct, frozen=True):
    """Of all tracks that live believed: those that were found again, those that were not, and those that only the replay has."""

    found: tuple[Alike, ...]
    missing: tuple[int, ...]
    added: tuple[int, ...]

    def words(self) -> str:
        """Like "3 of 3 tracks found again, identities alike; at most 0.000 s, 0.00 m and 0.00 deg apart"."""
        of = len(self.found) + len(self.missing)
        said = [f"{len(self.found)} of {of} tracks that were told live are found again"]
        if self.found:
            apart_s = max(max(one.first_seen_s, one.confirmed_s or 0.0) for one in self.found)
            said.append("identities alike" if all(one.identity for one in self.found) else "not all identities alike")
            said.append(f"at most {apart_s:.3f} s, {_most(one.place_m for one in self.found)} m")
            said[-1] += f" and {_most(one.azimuth_deg for one in self.found)}° apart"
        if self.missing:
            said.append(f"not found: {', '.join(map(str, self.missing))}")
        if self.added:
            said.append(f"{len(self.added)} that live did not tell")
        return ", ".join(said)


def compare(live: Histories, again: Histories, from_mono_ns: int) -> Likeness:
    """Each confirmed track of live with that of the replay, which began at that time, which is most like it."""
    told, found = _believed(live), _believed(again)
    alike: list[Alike] = []
    missing: list[int] = []
    for one in told:
        same = max(found, key=lambda other: _closeness(one, other), default=None)
        if same is None or _closeness(one, same) <= 0:
            missing.append(one.number)
            continue
        found.remove(same)
        alike.append(_apart(one, same, from_mono_ns))
    return Likeness(tuple(alike), tuple(missing), tuple(one.number for one in found))


def _believed(of: Histories) -> list[History]:
    """Those that were confirmed and not handed on to another."""
    return [one for one in of.of.values() if one.states and one.was_confirmed and one.when("merged") is None]


def _names(track: Track) -> frozenset[str]:
    claimed, said = track.identity, track.target
    ids = (f"{one.type} {one.value}" for one in claimed.ids) if claimed else ()
    return frozenset((*ids, *(claimed.transmitters if claimed else ()), *(f"{one.kind} {one.value}" for one in (said.ids if said else ()))))


def _closeness(one: History, other: History) -> float:
    """How surely both are one track, 0 for surely not."""
    mine, others = _names(one.last), _names(other.last)
    if mine or others:
        return len(mine & others)
    if _kind(one.last) != _kind(other.last):
        return 0.0
    pairs = list(_pairs(one, other))
    share = len(pairs) / len(one.states)
    apart = [gap for gap in (_azimuth_apart(*pair) for pair in pairs) if gap is not None]
    return 0.0 if share < LEAST_SHARE else share / (1.0 + (sum(apart) / len(apart) if apart else 0.0))


def _kind(track: Track) -> tuple[bool, ...]:
    return tuple(said is not None for said in (track.sound or track.sight, track.emission, track.target))


def _pairs(one: History, other: History) -> Iterator[tuple[Track, Track]]:
    """States of one with that of the other that holds at the same time, else nearest in time."""
    at, last = 0, len(other.states) - 1
    for state in one.states:
        while at < last and _off(other.states[at + 1], state) <= _off(other.states[at], state):
            at += 1
        if _off(other.states[at], state) <= NEAR_NS:
            yield state, other.states[at]


def _off(one: Track, other: Track) -> int:
    return abs(one.t_mono_ns - other.t_mono_ns)


def _apart(one: History, other: History, from_mono_ns: int) -> Alike:
    same = [(mine, its) for mine, its in _pairs(one, other) if mine.t_mono_ns == its.t_mono_ns]
    places = [gap for gap in (_place_apart(*pair) for pair in same) if gap is not None]
    azimuths = [gap for gap in (_azimuth_apart(*pair) for pair in same) if gap is not None]
    mine, its = one.first("confirmed"), other.first("confirmed")
    return Alike(
        live=one.number,
        again=other.number,
        identity=_ids(one.last) == _ids(other.last),
        first_seen_s=abs(max(one.states[0].first_seen_mono_ns, from_mono_ns) - other.states[0].first_seen_mono_ns) / 1e9,
        confirmed_s=None if mine is None or its is None else abs(mine.sensed_mono_ns - its.sensed_mono_ns) / 1e9,
        place_m=max(places, default=None),
        azimuth_deg=max(azimuths, default=None),
    )


def _ids(track: Track) -> frozenset[str]:
    return frozenset(one.value for one in track.identity.ids) if track.identity else frozenset()


def _place_apart(one: Track, other: Track) -> float | None:
    here, there = one.kinematics, other.kinematics
    if here is None or there is None:
        return None if here is there else inf
    return distance_m(here.latitude_deg, here.longitude_deg, there.latitude_deg, there.longitude_deg)


def _azimuth_apart(one: Track, other: Track) -> float | None:
    here, there = one.bearing, other.bearing
    if here is None or there is None:
        return None
    return abs((here.azimuth_deg - there.azimuth_deg + 180) % 360 - 180)


def _most(values: Iterator[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{max(known):.2f}" if known else "no"
