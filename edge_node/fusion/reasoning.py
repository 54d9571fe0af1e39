"""What shows itself in time and from all tracks together: their kinds, whether claims are true, whose links are, what is done."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, sqrt

from edge_node.config import ProtectTable
from edge_node.fusion.behaviours.behaviour import Behaviour
from edge_node.fusion.claims.covered import Coverages
from edge_node.fusion.claims.evidence import Evidence, Verdict
from edge_node.fusion.embodied import UNSAID_SIGMA_M, Standpoint
from edge_node.fusion.emitting import Emitting
from edge_node.fusion.linking import Linking
from edge_node.fusion.pointing import Key
from edge_node.fusion.roster import Roster
from edge_node.fusion.sensed import Sensed
from edge_node.fusion.stands import link_of, object_of, standing_of
from edge_node.fusion.trail import Trail
from edge_node.geometry import LocalFrame
from edge_node.messages import Coverage, TrackEvent

NOTHING = Verdict()


class Reasoning:
    """Looks at all trails, about twice a second."""

    def __init__(self, roster: Roster, sensed: Sensed, protect: Sequence[ProtectTable]) -> None:
        self._roster, self._sensed = roster, sensed
        self.coverages = Coverages()
        self._evidence, self._linking, self._behaviour = Evidence(), Linking(), Behaviour(protect)
        self._frame: LocalFrame | None = None
        self._sigma_m = UNSAID_SIGMA_M
        self._links: dict[Key, int] = {}
        self._given = 0

    def stand(self, place: Standpoint) -> None:
        """Say where the node is."""
        self._frame = LocalFrame(place.latitude_deg, place.longitude_deg, place.altitude_wgs84_m or 0.0)
        self._sigma_m = UNSAID_SIGMA_M if place.sigma_m is None else place.sigma_m

    def covers(self, said: Coverage) -> None:
        """Note what a sensor would sense now."""
        self.coverages.take(said)

    def look(self, t_mono_ns: int) -> list[TrackEvent]:
        """All of it."""
        alive = [trail for trail in self._roster.table if trail.state != "lost"]
        self._sensed.refresh()
        for trail in alive:
            self._move(trail)
        self._judge(alive, t_mono_ns)
        events = self._link(alive, t_mono_ns)
        placed = [trail.track() for trail in self._roster.table if trail.state == "confirmed" and _is_placed(trail)]
        facts = self._behaviour.look(t_mono_ns, placed)
        for trail in self._roster.table:
            trail.tell(facts.get(trail.number, ()))
        return events

    @staticmethod
    def _move(trail: Trail) -> None:
        """What is measured of its movement excludes kinds; what is claimed of it does not."""
        known = trail.body.known() if trail.body and trail.motion is None else None
        if known is None or known.kinematics is None:
            return
        at = known.kinematics
        sigma_mps = sqrt(max(at.covariance[21], at.covariance[28], at.covariance[35]))
        trail.kinds.move(known.t_mono_ns, hypot(at.velocity_east_mps, at.velocity_north_mps), at.velocity_up_mps, sigma_mps)

    def _judge(self, alive: Sequence[Trail], t_mono_ns: int) -> None:
        coverages = self.coverages.now(t_mono_ns)
        if not coverages:
            for trail in alive:
                trail.judge(NOTHING)
            return
        standings = [standing_of(trail, self._frame, self._sensed.agreement(trail), t_mono_ns) for trail in alive]
        judged = [one for one in standings if one.claim or one.body]
        verdicts = self._evidence.look(t_mono_ns, judged, coverages, self._sigma_m)
        for trail in alive:
            trail.judge(verdicts.get(trail.number, NOTHING))

    def _link(self, alive: Sequence[Trail], t_mono_ns: int) -> list[TrackEvent]:
        """Radio links go to whom they belong, and leave whom they do not."""
        found = {key: one for trail in alive for key, one in trail.pointings.items() if isinstance(one, Emitting) and one.emission.alarm}
        self._links = {key: self._links.get(key) or self._number() for key in found}
        if not found:
            return []
        objects = [one for trail in alive if (one := object_of(trail, self._frame))]
        attached = self._linking.look(t_mono_ns, [link_of(self._links[key], one) for key, one in found.items()], objects)
        events: list[TrackEvent] = []
        for key, number in self._links.items():
            mine, owner = self._roster.of(key), attached.get(number)
            belongs = self._roster.table.get(owner.object) if owner else None
            if mine and belongs and mine is not belongs and object_of(mine, self._frame) is None:
                self._roster.unite(mine, belongs, events)
            elif mine and mine is not belongs and object_of(mine, self._frame) is not None:
                self._roster.part_source(key, events)
        return events

    def _number(self) -> int:
        self._given += 1
        return self._given


def _is_placed(trail: Trail) -> bool:
    """Whether its track may have a place: what has none does nothing that shows."""
    return trail.motion is not None or (trail.body is not None and trail.body.known().kinematics is not None)
