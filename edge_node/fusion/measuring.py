"""Between trails and bodies: what of a detection is a measurement, and whose it is. It loads numpy, so it is loaded when needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress, groupby
from math import hypot, sqrt

from msgspec.structs import replace

from edge_node.fusion.bodies.bodies import LEAST_APART_S, Bodies
from edge_node.fusion.bodies.claiming import Claiming
from edge_node.fusion.bodies.dealing import Dealing
from edge_node.fusion.bodies.joining import Joining
from edge_node.fusion.bodies.measured import Claim, Located, Pointed, Said
from edge_node.fusion.bodies.placed import Placed, tell
from edge_node.fusion.embodied import Standpoint
from edge_node.fusion.measurement import Measurement, measured
from edge_node.fusion.motion import Motion
from edge_node.fusion.pointing import Key, Numbered, told_bearing
from edge_node.fusion.roster import Roster
from edge_node.fusion.trail import Trail
from edge_node.messages import AcousticDetection, BearingDetection, CameraDetection, LinkDetection, PositionDetection, TrackEvent

WORST_DEG = 60.0
"""A bearing that is worse says nothing of where."""
HURRIES = 0.3
HINTS_M = 1.0, 20_000.0
CLAIMED_WITHIN_NS = 5_000_000_000


class Measuring:
    """Bodies of trails, and what is claimed beside them."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._bodies = Bodies(roster.settings.max_tracks)
        self._dealing, self._joining, self._claiming = Dealing(self._bodies), Joining(self._bodies), Claiming(self._bodies)

    def stand(self, place: Standpoint) -> None:
        """Note where the node is."""
        self._bodies.stand(place)

    def takes(self, said: Numbered) -> bool:
        """Whether a plot, which is usable, measures where something is."""
        if isinstance(said, PositionDetection):
            return not said.cooperative and self._bodies.ground.frame is not None
        return isinstance(said, BearingDetection) and said.reference == "true_north" and said.sigma_azimuth_deg <= WORST_DEG

    def take(self, said: Sequence[tuple[Numbered, Key | None]]) -> list[int | None]:
        """The row of the body of each of what one sensor said at one moment; None for what measures nothing, or waits."""
        rows: list[int | None] = [None] * len(said)
        told = [(place, one) for place, (heard, key) in enumerate(said) if (one := self._said(heard, key)) is not None]
        for _, alike in groupby(told, key=lambda one: (type(one[1]), one[1].sensor)):
            group = list(alike)
            for (place, _), row in zip(group, self._dealing.take([one for _, one in group]), strict=True):
                rows[place] = row
        self._roster.counters.doubtful = self._dealing.doubtful
        return rows

    def has_had_its_turn(self, key: Key, t_mono_ns: int) -> bool:
        """Whether a source was heard so shortly before that more of it says little."""
        return self._bodies.has_had_its_turn(key, t_mono_ns / 1e9)

    def hurry(self, lag_s: float) -> None:
        """So old is what comes in now; that of one sensor alone, which thinks for long, is no reason to hurry."""
        before_s = self._bodies.lag_s
        self._bodies.lag_s = lag_s if lag_s < before_s else before_s + HURRIES * (lag_s - before_s)

    def words(self) -> str:
        """Name what is left out where there is more than can be taken in."""
        apart_s = self._bodies.least_apart_s
        return "" if apart_s <= LEAST_APART_S else f"many sources: each is taken in every {apart_s:.2f} s"

    def has(self, row: int) -> bool:
        """Whether a row is a body's still."""
        return row in self._bodies

    def trail_of(self, row: int) -> Trail | None:
        """Whose body a row is."""
        return self._roster.table.get(self._bodies[row].number)

    def bind(self, trail: Trail, row: int) -> None:
        """Make a row the body of a trail."""
        self._bodies[row].number = trail.number
        if trail.body is None:
            trail.body = Placed(self._bodies, row)
        trail.touch()

    def drop(self, key: Key) -> None:
        """A sensor's number means another object from now on."""
        self._bodies.drop(key)

    def free(self, row: int) -> None:
        """Nobody wants a body."""
        self._bodies.free(row)

    def refresh(self, trails: Iterable[Trail]) -> None:
        """Know at once what all of these will be told with."""
        tell([one.body for one in trails if isinstance(one.body, Placed) and one.body.is_stale])

    def claim(self, trail: Trail, place: Measurement, t_mono_ns: int) -> None:
        """Let what is claimed correct the body that the trail has, where it fits."""
        if isinstance(trail.body, Placed) and self._bodies.ground.frame is not None:
            self._dealing.claim(trail.body.row, _claimed(trail, place, t_mono_ns), _claim_key(trail))
            trail.touch()

    def look(self, t_mono_ns: int) -> list[TrackEvent]:
        """What shows itself in time: bodies that are gone, that are one, and claims that are of one or no longer are."""
        t_s = t_mono_ns / 1e9
        events = self._lose(t_s)
        self._dealing.crossings.settle(t_s)
        for row, other in self._joining.joins(t_s):
            trail, younger = self.trail_of(row), self.trail_of(other)
            if trail and younger:
                self._roster.unite(trail, younger, events)
        if self._bodies.ground.frame is not None and len(self._bodies):
            events += self._compare(t_mono_ns)
        return events

    def agreement(self, trail: Trail) -> float | None:
        """How much likelier, in natural logarithm, a trail's body is where it claims to be than elsewhere; None where nothing tells."""
        if not isinstance(trail.body, Placed):
            return None
        fit = self._bodies.affinities.of(_claim_key(trail)).get(trail.body.row)
        return fit.total() if fit else None

    def _said(self, said: Numbered, key: Key | None) -> Said | None:
        """As a measurement; None for what is none."""
        if isinstance(said, PositionDetection):
            place = None if said.cooperative or self._bodies.ground.frame is None else measured(said)
            return Located(said.sensor, key, said.t_mono_ns / 1e9, place) if place else None
        bearing = None if isinstance(said, LinkDetection) else told_bearing(said)
        if bearing is None or bearing.reference != "true_north" or bearing.sigma_azimuth_deg > WORST_DEG:
            return None
        if not isinstance(said, CameraDetection):
            return Pointed(said.sensor, key, said.t_mono_ns / 1e9, bearing, hears=isinstance(said, AcousticDetection))
        if said.predicted:
            return None
        range_m, sigma_m = said.range_m or 0.0, said.sigma_range_m or 0.0
        hints = HINTS_M[0] <= range_m <= HINTS_M[1] and 0 < sigma_m <= range_m
        pointed = Pointed(said.sensor, key, said.t_mono_ns / 1e9, bearing)
        return replace(pointed, range_m=range_m, sigma_range_m=sigma_m) if hints else pointed

    def _lose(self, t_s: float) -> list[TrackEvent]:
        """Trails of what is silent are lost, unless they say themselves where they are; what is gone is nobody's body any more."""
        events: list[TrackEvent] = []
        for row, body in self._bodies:
            trail = self.trail_of(row)
            if trail and trail.state != "lost" and body.is_lost(t_s, self._bodies.scanned) and trail.last_seen_ns / 1e9 <= body.hit_s:
                self._roster.lose(trail)
                events.append(TrackEvent(kind="lost", track=trail.track()))
            if body.is_gone(t_s):
                if trail:
                    self._roster.disembody(trail)
                else:
                    self._bodies.free(row)
        return events

    def _compare(self, t_mono_ns: int) -> list[TrackEvent]:
        """Claims beside bodies: one that fits a body for long is of it, and one that no longer fits its own is not."""
        events: list[TrackEvent] = []
        claiming = [
            (trail, trail.motion) for trail in self._roster.table if trail.motion and t_mono_ns - trail.motion.t_mono_ns < CLAIMED_WITHIN_NS
        ]
        claims = [_claim(trail, motion) for trail, motion in claiming]
        self._dealing.compare([claim.said for claim in claims])
        found = self._claiming.look(claims, t_mono_ns / 1e9)
        for k, (trail, _) in enumerate(claiming):
            if isinstance(trail.body, Placed) and (k in found.parts or self._joining.parts(_claim_key(trail), trail.body.row)):
                self._part(trail, events)
                claims[k] = claims[k]._replace(row=None)
        # What parted may have taken the room of another trail, and of its body.
        here = [self._roster.table.get(trail.number) is trail for trail, _ in claiming]
        for k, row in found.merges.items():
            trail, owner = claiming[k][0], self.trail_of(row) if self.has(row) else None
            if here[k] and owner and owner.motion is None:
                self._roster.unite(trail, owner, events)
                claims[k] = claims[k]._replace(row=row)
        self._dealing.know(list(compress(claims, here)))
        return events

    def _part(self, trail: Trail, events: list[TrackEvent]) -> None:
        if isinstance(trail.body, Placed):
            self._bodies[trail.body.row].claimed_s = None
        self._bodies.affinities.forget_source(_claim_key(trail))
        self._bodies.affinities.forget_source(_beside_key(trail))
        self._roster.part_claims(trail, events)


def _claim_key(trail: Trail) -> Key:
    return "claim", "", trail.number


def _claimed(trail: Trail, place: Measurement, t_mono_ns: int) -> Located:
    """A claim as of when it was true, as well as anybody knows that."""
    late_m = place.sigma_age_s * hypot(*(place.velocity_mps or (0.0, 0.0)))
    blurred = replace(place, sigma_horizontal_m=hypot(place.sigma_horizontal_m, late_m))
    return Located("", _claim_key(trail), t_mono_ns / 1e9 - place.age_s, blurred)


def _beside_key(trail: Trail) -> Key:
    """Of how well a claim fits bodies by itself, whatever the body that it has was corrected by it."""
    return "beside", "", trail.number


def _claim(trail: Trail, motion: Motion) -> Claim:
    return Claim(_stated(trail, motion), trail.body.row if isinstance(trail.body, Placed) else None)


def _stated(trail: Trail, motion: Motion) -> Located:
    """Where the filter of a trail's own claims has it."""
    at = motion.kinematics()
    place = Measurement(
        at.latitude_deg,
        at.longitude_deg,
        at.altitude_wgs84_m,
        sqrt(max(at.covariance[0], at.covariance[7])),
        sqrt(at.covariance[14]),
        velocity_mps=(at.velocity_east_mps, at.velocity_north_mps),
        climb_mps=at.velocity_up_mps,
        sigma_velocity_mps=sqrt(at.covariance[21]),
        sigma_climb_mps=sqrt(at.covariance[35]),
    )
    return Located("", _beside_key(trail), motion.t_mono_ns / 1e9, place)
