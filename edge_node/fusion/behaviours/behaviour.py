"""What all objects do, as facts with reasons for whoever must decide: looked at about twice a second, from where they are and were."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import NamedTuple

from msgspec.structs import replace

from edge_node.config import ProtectTable
from edge_node.fusion.behaviours.approach import Protected, approaches
from edge_node.fusion.behaviours.deeds import Drift, climbs, fast, hovers, loiters, smooth
from edge_node.fusion.behaviours.swarm import swarms
from edge_node.fusion.behaviours.ways import Spot, Way, spot_of
from edge_node.geometry import LocalFrame
from edge_node.messages import Fact, FactName, TargetLabel, Track

MOST_FACTS = 8
STALE_S = 5.0
HELD_S: dict[FactName, float] = {"approaches": 3.0, "swarms": 4.0, "fast": 2.0, "climbs": 2.0, "descends": 2.0, "drifts": 4.0}
"""How long a fact must stand before it is told; those not named here look back over their time themselves."""
LINGERS_S = 2.5
"""What ceases to be so for less than this goes on: one look in between is a filter's mood."""
ORDER: tuple[FactName, ...] = ("approaches", "swarms", "fast", "loiters", "hovers", "climbs", "descends", "drifts")
MANNED: tuple[TargetLabel, ...] = ("aeroplane", "helicopter")
STEERED: tuple[TargetLabel, ...] = ("multirotor", "fixed_wing", "aeroplane", "helicopter", "bird", "vehicle")
OTHERS: tuple[TargetLabel, ...] = (*MANNED, "bird", "balloon", "vehicle")
SURELY = 0.9
AGREES_MPS = 1.5
"""What winds differ by between two places not far apart."""
REFRAME_M = 300_000.0
LOOKS = 3
"""A whole way is looked at again when it has grown; in so many looks all of them, so that no look takes long."""


class Wind(NamedTuple):
    """Measured near the node: where it blows to, m/s, and the 1-sigma of each."""

    east_mps: float
    north_mps: float
    sigma_mps: float


class _Seen:
    """What is remembered of one track: its way, and what was found when that last grew."""

    __slots__ = ("drift", "due", "slow", "way")

    def __init__(self, way: Way) -> None:
        self.way = way
        self.due = False
        self.slow: list[Fact] = []
        self.drift: Drift | None = None

    def grown(self) -> None:
        """Look at the whole way again."""
        self.due = False
        self.slow = [fact for fact in (loiters(self.way), hovers(self.way), climbs(self.way)) if fact]
        self.drift = smooth(self.way)


class Behaviour:
    """Pure, and as bounded as the tracks that it is told; of those with a place alone, for a bearing tells no way."""

    def __init__(self, protect: Sequence[ProtectTable] = ()) -> None:
        self._points = [Protected(table) for table in protect]
        self._frame: LocalFrame | None = None
        self._seen: dict[int, _Seen] = {}
        self._claims_next = False
        self._stands: dict[tuple[int, FactName, str | None], tuple[float, float, Fact]] = {}

    def look(self, t_ns: int, tracks: Sequence[Track], wind: Wind | None = None) -> dict[int, tuple[Fact, ...]]:
        """Of all the tracks that there are now: what each of them does, by its number; those that do nothing of note are left out."""
        t_s = t_ns / 1e9
        live = {track.number: track for track in tracks if track.state == "confirmed" and abs(t_ns - track.t_mono_ns) <= STALE_S * 1e9}
        self._follow(live)
        found = {number: self._found(track, t_s) for number, track in live.items() if number in self._seen}
        self._drifting(live, found, wind)
        self._swarming(live, found)
        return self._told(t_s, found)

    def _follow(self, live: dict[int, Track]) -> None:
        """Let every way grow; those of tracks that are gone are forgotten."""
        seen = {}
        if not self._seen:
            self._frame = None
        for number, track in live.items():
            before, spot = self._seen.get(number), self._spot(track)
            if spot is None:
                continue
            if before is None:
                before = _Seen(Way(spot))
            elif spot.t_s > before.way.now.t_s:
                before.due |= before.way.add(spot)
            seen[number] = before
        self._seen = seen
        due = [one for one in seen.values() if one.due]
        for one in due[: -(-len(seen) // LOOKS)]:
            one.grown()

    def _spot(self, track: Track) -> Spot | None:
        """About an origin that the first track sets, and that moves on when all tracks are gone or this one is far away."""
        state = track.kinematics
        if state is None:
            return None
        if self._frame is None:
            self._frame = LocalFrame(_within(state.latitude_deg, 90.0), _within(state.longitude_deg, 180.0))
        spot = spot_of(state, track.t_mono_ns / 1e9, self._frame)
        return spot if spot and hypot(spot.east_m, spot.north_m) <= REFRAME_M else None

    def _found(self, track: Track, t_s: float) -> list[Fact]:
        """What it does by itself, now."""
        seen, manned = self._seen[track.number], _is(track, MANNED, 0.5)
        quick = None if manned else fast(seen.way)
        ago_s = max(t_s - seen.way.now.t_s, 0.0)
        near = approaches(self._points, track.kinematics, ago_s) if track.kinematics and not (manned or _grounded(track)) else []
        slow = [fact for fact in seen.slow if not (fact.name == "hovers" and (_grounded(track) or _is(track, ("vehicle",), 0.5)))]
        return [*near, *([quick] if quick else []), *slow]

    def _drifting(self, live: dict[int, Track], found: dict[int, list[Fact]], wind: Wind | None) -> None:
        """Who goes with the wind; where nobody knows that, who rises without end, and who goes as those do."""
        smoothly = {number: seen.drift for number, seen in self._seen.items() if seen.drift and not _is(live[number], STEERED, SURELY)}
        sure = {number: one for number, one in smoothly.items() if one.rises or _is(live[number], ("balloon",), 0.5)}
        for number, one in smoothly.items():
            reason = ""
            if wind:
                reason = "with the wind" if _agree(one, wind) else ""
            elif number in sure:
                reason = f"climbing {one.climb_mps:.1f} m/s"
            elif others := sum(_agree(one, other) for other in sure.values()):
                reason = f"as {others} others do"
            if reason:
                speed_mps = hypot(one.east_mps, one.north_mps)
                found[number].append(Fact("drifts", speed_mps, "m/s", f"{speed_mps:.1f} m/s without a manoeuvre for a minute, {reason}"))

    def _swarming(self, live: dict[int, Track], found: dict[int, list[Fact]]) -> None:
        """Bodies among bodies and claims among claims, in turns: a claim that goes beside its own body is no second object."""
        drifting = {number for number, facts in found.items() if any(fact.name == "drifts" for fact in facts)}
        for claimed in (False, True):
            ways = {
                number: seen.way
                for number, seen in self._seen.items()
                if number not in drifting
                and _only_claims(live[number]) == claimed
                and not _is(live[number], (*MANNED, "bird", "balloon", "vehicle"), 0.5)
            }
            for number, fact in swarms(ways).items():
                found[number].append(fact)

    def _told(self, t_s: float, found: dict[int, list[Fact]]) -> dict[int, tuple[Fact, ...]]:
        """Facts that stood for long enough, and those that were told a moment ago."""
        stands = self._stands
        for number, facts in found.items():
            for fact in facts:
                key = number, fact.name, fact.about if fact.name == "approaches" else None
                since_s = stands[key][0] if key in stands else t_s - (fact.value or 0.0 if fact.name == "hovers" else 0.0)
                stands[key] = since_s, t_s, replace(fact, value=t_s - since_s) if fact.name == "hovers" else fact
        self._stands = {key: one for key, one in stands.items() if key[0] in found and t_s - one[1] <= LINGERS_S}
        told: dict[int, list[Fact]] = {}
        for (number, name, _), (since_s, last_s, fact) in self._stands.items():
            if last_s - since_s >= HELD_S.get(name, 0.0):
                told.setdefault(number, []).append(fact)
        return {number: tuple(sorted(facts, key=lambda fact: ORDER.index(fact.name))[:MOST_FACTS]) for number, facts in told.items()}


def _within(value: float, most: float) -> float:
    return value if -most <= value <= most else 0.0


def _is(track: Track, labels: Sequence[TargetLabel], at_least: float) -> bool:
    """Whether it is one of these kinds, together at least so likely."""
    return sum(track.probabilities.get(name, 0.0) for name in labels) >= at_least


def _grounded(track: Track) -> bool:
    """Whether it is told to stand on the ground."""
    return bool((track.target and track.target.on_ground) or (track.identity and track.identity.status == "ground"))


def _only_claims(track: Track) -> bool:
    return track.identity is not None and track.bearing is None and not (track.sound or track.sight or track.target)


def _agree(one: Drift, other: Drift | Wind) -> bool:
    """Whether two go the same way, as far as wind does."""
    apart_mps = hypot(one.east_mps - other.east_mps, one.north_mps - other.north_mps)
    return apart_mps <= AGREES_MPS + 2 * hypot(one.sigma_mps, other.sigma_mps)
