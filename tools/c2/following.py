"""Objects over time and over nodes: begun where bearings cross or published positions agree, followed by all node tracks that fit.

Who an object is, is the set of its node tracks: its number stays while one of them goes on. A node track speaks of one object alone, but
while it is open which crossing is real, all of them are followed. Nothing is taken from one message: what agrees must do so for a while.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from edge_node.fusion.filter.intersection import Estimate
from edge_node.fusion.filter.models import AXES, Models
from edge_node.geometry import LocalFrame, to_ecef
from tools.c2.agreement import Agreements
from tools.c2.bodies import MOTIONS, Bodies, Saying
from tools.c2.clocks import Clocks
from tools.c2.crossing import Crossing, crossings, is_sound, rivals
from tools.c2.doubts import decided
from tools.c2.estimates import fused
from tools.c2.followed import Claim, Followed, Part
from tools.c2.fused import Fused
from tools.c2.knowing import known_of, measured, pointing, watch
from tools.c2.picture import Event, Key
from tools.c2.reports import Report, report
from tools.c2.triangulation import triangulate

THINKS_S = 0.4
THINNED_S = 0.45
"""Bearings of one track that are closer than this say little more than one of them: a sensor has smoothed them."""
HOLDS_S = 1.0
"""What crosses for so long begins to be followed."""
FRESH_S = 4.0
GONE_S, SOURCE_GONE_S = 6.0, 10.0
ASTRAY_S = 3.0
SAME_S = 0.02
UNSURE = 0.5
"""An object is dropped when its ellipse is larger than this share of its distance from the farthest node that sees it."""
MOST_REPORTS, MOST_OF_NODE = 4_000, 1_000
MOST_QUEUED = 20_000
FRAME_M = 30_000.0


class Following:
    """`take` each event of the station, `advance` with the time; `objects` and `crossings` are as of then."""

    def __init__(self, motions: Models = MOTIONS) -> None:
        self.objects: list[Fused] = []
        self.crossings: list[Crossing] = []
        self._clocks, self._bodies = Clocks(), Bodies(motions)
        self._places: dict[str, Event] = {}
        self._newest: dict[Key, Report] = {}
        self._heard_of: Counter[str] = Counter()
        self._queued: list[Report] = []
        self._followed: dict[int, Followed] = {}
        self._of: dict[Key, list[Followed]] = {}
        self._holding: dict[frozenset[Key], float] = {}
        self._frames: list[LocalFrame] = []
        self._agreements = Agreements(self._frame)
        self._next_number = 1
        self.advanced_s = -np.inf

    def take(self, event: Event, now_s: float) -> None:
        """One event, heard now."""
        if event["kind"] == "status" and event["place"]:
            self._places[event["node8"]] = event["place"]
        elif event["kind"] == "tracks":
            sent_s, sigma_s = self._clocks.sent_s(event, now_s)
            for track in event["tracks"]:
                key = event["node8"], event["epoch"], track["number"]
                self._hear(report(key, track, self._places.get(event["node8"]), sent_s, sigma_s), key)

    def advance(self, now_s: float, allowed: Collection[str] | None = None) -> None:
        """Take in what was heard, of nodes that are `allowed` (all when None), and now and then think again of what belongs together."""
        if now_s - self.advanced_s < THINKS_S:
            return
        self.advanced_s = now_s
        self._newest = {
            key: one for key, one in self._newest.items() if now_s - one.t_s < SOURCE_GONE_S and (allowed is None or key[0] in allowed)
        }
        self._heard_of = Counter(key[0] for key in self._newest)
        self._correct(now_s)
        self._forget(now_s)
        self._decide()
        watch(list(self._followed.values()), self._measured(now_s), self._newest, now_s)
        known = self._known(now_s)
        self._drop(known)
        self._agree(known, now_s)
        self._cross(now_s)
        self._show(now_s)

    def _hear(self, said: Report | None, key: Key) -> None:
        before = self._newest.get(key)
        if said is None or (before is not None and said.t_s <= before.t_s + SAME_S):
            return
        if before is None:
            if self._heard_of[said.node8] >= MOST_OF_NODE or len(self._newest) >= MOST_REPORTS:
                return
            self._heard_of[said.node8] += 1
        self._newest[key] = said
        if key in self._of and said.bearing is not None and len(self._queued) < MOST_QUEUED:
            self._queued.append(said)

    def _correct(self, now_s: float) -> None:
        """Each object by one bearing at a time, all objects at once."""
        said = sorted((one for one in self._queued if now_s - one.t_s < FRESH_S), key=lambda one: one.t_s)
        self._queued = []
        waiting: dict[int, list[Saying]] = {}
        for one in said:
            for followed in self._of.get(one.key, ()):
                source = followed.sources.get(one.key)
                if source is not None and followed.row is not None and one.key in self._newest and one.t_s - source.used_s >= THINNED_S:
                    last = waiting.setdefault(followed.number, [])
                    if not any(other.source is source and one.t_s - other.report.t_s < THINNED_S for other in last):
                        last.append(Saying(followed, source, one))
        while waiting:
            self._bodies.correct([queue.pop(0) for queue in waiting.values()])
            waiting = {number: queue for number, queue in waiting.items() if queue}

    def _forget(self, now_s: float) -> None:
        """Sources that are silent or have left their object for long, and objects of which nothing speaks any more."""
        for followed in list(self._followed.values()):
            followed.sources = {key: one for key, one in followed.sources.items() if self._stays(one, now_s)}
            followed.claims = {key: one for key, one in followed.claims.items() if self._stays(one, now_s)}
            if len(followed.keys) > 1:
                followed.shared_s = now_s
            followed.updated_s = max([followed.updated_s, *(self._newest[key].t_s for key in followed.claims)])
            alone = followed.row is None and (not followed.claims or now_s - followed.shared_s > GONE_S)
            if not followed.keys or now_s - followed.updated_s > GONE_S or alone:
                self._end(followed)
        self._index()

    def _stays(self, part: Part, now_s: float) -> bool:
        return part.key in self._newest and (part.astray_s is None or now_s - part.astray_s <= ASTRAY_S)

    def _decide(self) -> None:
        """Ghosts end when motion has told which crossings are real."""
        open_ = [one for one in self._followed.values() if one.ambiguous]
        certain, guessed = decided(open_)
        self._guessed = {one.number for one in guessed}
        for one in certain:
            one.ambiguous = False
            for other in open_:
                if other is not one and not other.keys.isdisjoint(one.keys):
                    self._end(other)
        self._index()

    def _measured(self, now_s: float) -> dict[int, Estimate]:
        return measured(self._bodies, list(self._followed.values()), now_s)

    def _known(self, now_s: float) -> dict[int, Estimate]:
        return known_of(list(self._followed.values()), self._measured(now_s), self._newest, now_s)

    def _drop(self, known: dict[int, Estimate]) -> None:
        """What nobody knows the place of any more."""
        for one in [one for one in self._followed.values() if one.number not in known]:
            self._end(one)
        for number, estimate in known.items():
            followed = self._followed[number]
            reports = [self._newest[key] for key in followed.sources]
            far_m = max((float(np.linalg.norm(estimate.mean[:AXES] - said.origin(followed.frame))) for said in reports), default=np.inf)
            if float(np.linalg.eigvalsh(estimate.cov[:2, :2])[-1]) > (UNSURE * far_m) ** 2:
                self._end(followed)
        self._index()

    def _agree(self, known: dict[int, Estimate], now_s: float) -> None:
        """Node tracks that speak of no object yet join one that they agree with, or begin one together."""
        claiming = {key for one in self._followed.values() for key in one.claims}
        free = [
            one
            for key, one in self._newest.items()
            if now_s - one.t_s < FRESH_S and (key not in self._of or (one.kinematics is not None and key not in claiming))
        ]
        alive = [(one, known[one.number]) for one in self._followed.values() if one.number in known]
        self._agreements.look(alive, free, self._newest, now_s)
        for followed, said in self._agreements.joined:
            self._join(followed, said)
        for group in self._agreements.begun:
            self._begin_by_positions(group, now_s)
        for followed, other in self._agreements.merged:
            followed.claims |= other.claims
            self._end(other)
        for followed, estimate in alive:
            if followed.number in self._followed:
                self._embody(followed, estimate, now_s)
        self._index()

    def _join(self, followed: Followed, said: Report) -> None:
        for key in [key for key in followed.keys if key[0] == said.node8 and key != said.key]:
            followed.sources.pop(key, None)
            followed.claims.pop(key, None)
        if said.kinematics is not None:
            followed.claims[said.key] = Claim(said.key)
        else:
            self._bodies.join(followed, said)

    def _embody(self, followed: Followed, known: Estimate, now_s: float) -> None:
        """What was known by positions alone is followed by its bearings as well, once two nodes point to it."""
        said = pointing(followed, self._newest, now_s)
        if followed.row is not None or len(said) < 2 or self._bodies.full:
            return
        at = followed.frame.to_geodetic(*map(float, known.mean[:AXES]))
        fix = triangulate([one.sight(now_s) for one in said], to_ecef(*at))
        if fix is not None and is_sound(fix):
            self._bodies.begin(followed, fix, said)

    def _begin_by_positions(self, group: Sequence[Report], now_s: float) -> None:
        followed = self._new(group[0], now_s)
        for said in group:
            self._join(followed, said)

    def _cross(self, now_s: float) -> None:
        """Where bearings cross that are of no object yet; what holds is followed."""
        free = [one.sight(now_s) for key, one in self._newest.items() if one.bearing and one.kinematics is None and key not in self._of]
        found = crossings(free)
        self.crossings = found
        doubtful = rivals(free, found) if any(one.ambiguous for one in found) else []
        begun = [one for one in found if not one.ambiguous] + doubtful
        holding = {_keys(one): self._holding.get(_keys(one), now_s) for one in begun}
        self._holding = holding
        ready = [one for one in begun if now_s - holding[_keys(one)] >= HOLDS_S and not self._bodies.full]
        for one in ready:
            if not self._bodies.full:
                self._begin(one, now_s)
        self._index()
        self.crossings = [one for one in found if not any(key in self._of for key in _keys(one))]

    def _begin(self, crossing: Crossing, now_s: float) -> None:
        reports = [self._newest[key] for key in _keys(crossing)]
        followed = self._new(reports[0], now_s)
        followed.ambiguous, followed.score = crossing.ambiguous, -crossing.fix.chi_square / 2
        self._bodies.begin(followed, crossing.fix, reports)

    def _new(self, near: Report, now_s: float) -> Followed:
        followed = Followed(self._next_number, self._frame(near), now_s)
        self._next_number += 1
        self._followed[followed.number] = followed
        return followed

    def _frame(self, near: Report) -> LocalFrame:
        """One for all that is near: straight axes are no worse for it."""
        at = near.place if near.bearing else near.kinematics
        latitude_deg, longitude_deg, altitude_m = at["latitude_deg"], at["longitude_deg"], at["altitude_wgs84_m"] or 0.0  # type: ignore[index]  # near is somewhere
        for frame in self._frames:
            if float(np.linalg.norm(frame.to_enu(latitude_deg, longitude_deg, altitude_m))) < FRAME_M:
                return frame
        in_use = {id(one.frame) for one in self._followed.values()}
        self._frames = [*(one for one in self._frames if id(one) in in_use), LocalFrame(latitude_deg, longitude_deg, altitude_m)]
        return self._frames[-1]

    def _end(self, followed: Followed) -> None:
        self._bodies.end(followed)
        self._followed.pop(followed.number, None)

    def _index(self) -> None:
        """Which objects each node track speaks of."""
        self._of = {}
        for followed in self._followed.values():
            for key in followed.keys:
                self._of.setdefault(key, []).append(followed)

    def _show(self, now_s: float) -> None:
        known = self._known(now_s)
        shown = [one for one in self._followed.values() if one.number in known and (not one.ambiguous or one.number in self._guessed)]
        self.objects = [fused(one, known[one.number], self._has_height(one), now_s) for one in shown]

    def _has_height(self, followed: Followed) -> bool:
        claimed = (self._newest[key].kinematics for key in followed.claims)
        return followed.known_height or any(one is not None and one["altitude_wgs84_m"] is not None for one in claimed)


def _keys(crossing: Crossing) -> frozenset[Key]:
    return frozenset(_key(sight.key) for sight in crossing.sights)


def _key(name: object) -> Key:
    if not isinstance(name, tuple):
        raise TypeError("a sight that is of no node track")
    return name
