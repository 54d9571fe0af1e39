"""One object as far as the tracker knows it, and what a track says of it."""

from __future__ import annotations

from collections import deque
from typing import Any, Literal

from edge_node.config import TrackingTable
from edge_node.fusion.claims.evidence import Verdict
from edge_node.fusion.embodied import Embodied
from edge_node.fusion.emitting import Emitting
from edge_node.fusion.identity import Claims
from edge_node.fusion.kind.kinds import Kinds
from edge_node.fusion.measurement import claimed, measured
from edge_node.fusion.motion import Motion
from edge_node.fusion.pointing import Key, Numbered, Pointing
from edge_node.fusion.sighting import Sighting
from edge_node.fusion.sounding import Sounding
from edge_node.fusion.targets import Targeted, pace_of, told_target
from edge_node.fusion.told_bearing import as_of, rated
from edge_node.messages import (
    AcousticDetection,
    CameraDetection,
    Detection,
    Fact,
    Hearing,
    LinkDetection,
    PositionDetection,
    RemoteIdDetection,
    Suspicion,
    TargetDetection,
    Track,
    TrackState,
    Transport,
)

AnyPointing = Sounding | Sighting | Emitting | Targeted
Located = Literal["nowhere", "repeated", "late", "taken", "jumped"]

# One frame that two receivers hear reaches the tracker twice within this time.
SAME_FRAME_NS = 50_000_000
FLAG_KEPT_NS = 10_000_000_000
MOST_FLAGS = 16
MOST_SENSORS = 16
MOST_POINTINGS = 16
CLAIMED = "claimed"
# Over several transports one Location is said again after the next: as many are remembered.
REMEMBERED_LOCATIONS = 4


class Trail:
    """Everything bounded that was heard of one object; `believed` once it was confirmed, for good."""

    __slots__ = (
        *("number", "state", "believed", "first_seen_ns", "last_seen_ns", "claims", "motion", "pointings", "body"),
        *("kinds", "verdict", "facts", "claimed_ns", "placed_by"),
        *("_heard", "_sensors", "_flags", "_suspicions", "_hits", "_frame", "_locations", "_settings", "_track"),
    )

    def __init__(self, number: int, t_mono_ns: int, settings: TrackingTable) -> None:
        self.number = number
        self.state: TrackState = "tentative"
        self.believed = False
        self.first_seen_ns = self.last_seen_ns = t_mono_ns
        self.claims = Claims()
        self.motion: Motion | None = None
        self.placed_by = ""
        self.pointings: dict[Key, AnyPointing] = {}
        self.body: Embodied | None = None
        self.kinds = Kinds()
        self.verdict = Verdict()
        self.facts: tuple[Fact, ...] = ()
        self.claimed_ns: tuple[int, int] | None = None
        self._heard: dict[Transport, Hearing] = {}
        self._sensors: dict[str, None] = {}
        self._flags: dict[str, int] = {}
        self._suspicions: dict[str, tuple[int, Suspicion]] = {}
        self._hits: deque[int] = deque(maxlen=settings.confirm_hits)
        self._frame: tuple[Any, ...] = ()
        self._locations: deque[tuple[Any, ...]] = deque(maxlen=REMEMBERED_LOCATIONS)
        self._settings = settings
        self._track: Track | None = None

    def hear(self, said: RemoteIdDetection) -> bool:
        """Note that a frame was heard, when and how; whether none newer was heard before."""
        t_ns = said.t_mono_ns
        before = self._heard.get(said.transport)
        self._heard[said.transport] = _heard_again(before, said)
        self.claimed_ns = (self.claimed_ns or (t_ns, t_ns))[0], t_ns
        self.kinds.note(CLAIMED, said)
        for suspicion in said.suspicions:
            self._suspect(suspicion, t_ns)
        if not said.damaged:
            for name in said.flags:
                self.flag(name, t_ns)
        return self._hit(said, (said.transport, said.transmitter, said.counter))

    def point(self, said: Numbered, key: Key) -> bool:
        """Note what a sensor says of it; whether that is evidence of it, and no sensor said anything newer before."""
        pointing = self.pointings.get(key)
        if pointing is None:
            self._make_room()
            self.pointings[key] = _pointing(said)
        elif said.t_mono_ns >= pointing.t_mono_ns:
            pointing.update(said)  # type: ignore[arg-type]  # a key names the kind of what is said
        self._track = None
        self.kinds.note(key, said)
        if isinstance(said, LinkDetection):
            self.first_seen_ns = min(self.first_seen_ns, said.first_mono_ns)
        is_evidence = said.alarm if isinstance(said, LinkDetection) else not (isinstance(said, CameraDetection) and said.predicted)
        return is_evidence and self._hit(said, key)

    def release(self, key: Key) -> None:
        """A source is of another trail now."""
        self._track = None
        self.pointings.pop(key, None)
        self.kinds.drop(key)

    def judge(self, verdict: Verdict) -> None:
        """What became of its claims beside the evidence."""
        if verdict != self.verdict:
            self.verdict, self._track = verdict, None

    def tell(self, facts: tuple[Fact, ...]) -> None:
        """What it does."""
        if facts != self.facts:
            self.facts, self._track = facts, None

    @property
    def doubts(self) -> tuple[Suspicion, ...]:
        """What is suspected of its claims by themselves."""
        return tuple(suspicion for _, suspicion in self._suspicions.values())

    @property
    def transports(self) -> frozenset[Transport]:
        """By which its claims were heard."""
        return frozenset(self._heard)

    @property
    def plotters(self) -> list[str]:
        """Sensors that plot it without a number."""
        return [key[1] for key, one in self.pointings.items() if isinstance(one, Targeted)]

    def touch(self) -> None:
        """What is measured of it has changed."""
        self._track = None

    def move(self, said: PositionDetection) -> Located:
        """Move to where another sensor has it, unless that is older than what is known."""
        measurement = measured(said)
        if measurement is None:
            return "nowhere"
        self._track = None
        if self.motion is None:
            self.motion = Motion(measurement, said.t_mono_ns, self._settings.acceleration_mps2, pace_of(told_target(said)))
            return "taken"
        if said.t_mono_ns < self.motion.t_mono_ns:
            return "late"
        return "taken" if self.motion.update(measurement, said.t_mono_ns) else "jumped"

    def locate(self, said: RemoteIdDetection) -> Located:
        """Move to where it says it is, unless that was said before or is older than what is known."""
        location = (
            *(said.latitude_deg, said.longitude_deg, said.altitude_wgs84_m, said.timestamp_s),
            *(said.speed_mps, said.direction_deg, said.vertical_speed_mps),
        )
        if location in self._locations:
            return "repeated"
        measurement = claimed(said)
        if measurement is None:
            return "nowhere"
        self._locations.append(location)
        self._track, self.placed_by = None, said.transmitter
        if self.motion is None:
            self.motion = Motion(measurement, said.t_mono_ns, self._settings.acceleration_mps2)
            return "taken"
        if said.t_mono_ns < self.motion.t_mono_ns:
            return "late"
        return "taken" if self.motion.update(measurement, said.t_mono_ns) else "jumped"

    def flag(self, name: str, t_ns: int) -> None:
        """Raise a flag, or hold it up for longer."""
        if name in self._flags or len(self._flags) < MOST_FLAGS:
            self._flags[name] = t_ns
            self._track = None

    def convinces(self) -> bool:
        """Whether enough frames were heard within the time set for it."""
        full = len(self._hits) == self._settings.confirm_hits and (self.body is None or self.body.is_sure)
        return full and max(self._hits) - min(self._hits) <= self._settings.confirm_window_s * 1e9

    def absorb(self, other: Trail) -> None:
        """Take over what a trail of the same object knows; of two motions the fresher one goes on alone."""
        self._track = None
        self.believed |= other.believed
        if self.state == "lost" != other.state:
            self.state = "tentative"  # what is heard of it next says more
        if other.motion and (self.motion is None or other.motion.t_mono_ns > self.motion.t_mono_ns):
            self.motion, self.placed_by = other.motion, other.placed_by
        self.claims.absorb(other.claims)
        self.pointings |= other.pointings
        self.kinds.absorb(other.kinds)
        if other.claimed_ns:
            mine = self.claimed_ns or other.claimed_ns
            self.claimed_ns = min(mine[0], other.claimed_ns[0]), max(mine[1], other.claimed_ns[1])
        self._heard |= {transport: _both(heard, self._heard.get(transport)) for transport, heard in other._heard.items()}
        self._sensors |= other._sensors
        self._flags |= other._flags
        for t_ns, suspicion in other._suspicions.values():
            self._suspect(suspicion, t_ns)
        self._hits.extend(other._hits)
        self._locations.extend(other._locations)
        self.first_seen_ns = min(self.first_seen_ns, other.first_seen_ns)
        self.last_seen_ns = max(self.last_seen_ns, other.last_seen_ns)

    def give_claims(self, other: Trail) -> None:
        """Hand all that is claimed to a trail that is new."""
        other.claims, self.claims = self.claims, Claims()
        other.motion, other.placed_by, self.motion = self.motion, self.placed_by, None
        other._heard, self._heard = self._heard, {}
        other.claimed_ns, self.claimed_ns = self.claimed_ns, None
        self.kinds.drop(CLAIMED)
        other._locations, self._locations = self._locations, other._locations
        other._flags, other._suspicions, self._suspicions = dict(self._flags), self._suspicions, {}
        other._hits.extend(self._hits)
        other.believed, other.first_seen_ns, other.last_seen_ns = self.believed, self.first_seen_ns, self.last_seen_ns
        self._track = other._track = None

    def set_state(self, state: TrackState) -> None:
        """Change the state; who was confirmed stays believed."""
        self.state, self._track = state, None
        self.believed |= state == "confirmed"

    def track(self) -> Track:
        """What is known, as of the last update; made again only after a change."""
        if self._track is None:
            self._track = self._told()
        return self._track

    def _told(self) -> Track:
        since_ns = self.last_seen_ns - FLAG_KEPT_NS
        self._flags = {name: t_ns for name, t_ns in self._flags.items() if t_ns >= since_ns}
        self._suspicions = {name: held for name, held in self._suspicions.items() if held[0] >= since_ns}
        body = self.body.known() if self.body and (self.body.fuses or not self.pointings) else None
        sound, sight, emission, target = (self._newest(kind) for kind in (Sounding, Sighting, Emitting, Targeted))
        pointing = max(filter(None, (sound, sight, target)), key=lambda one: (one.bearing is not None, one.t_mono_ns), default=None)
        kinematics = body.kinematics if body else None
        placed = (body if kinematics else self.motion or body) or pointing or emission
        label, label_probability, probabilities = self.kinds.told()
        suspicions = (*self.doubts, *self.verdict.suspicions)
        t_mono_ns, pointed = placed.t_mono_ns if placed else self.last_seen_ns, body or pointing
        return Track(
            number=self.number,
            state=self.state,
            t_mono_ns=t_mono_ns,
            first_seen_mono_ns=self.first_seen_ns,
            last_seen_mono_ns=self.last_seen_ns,
            kinematics=kinematics or (self.motion.kinematics() if self.motion else None),
            bearing=as_of(rated(body, pointing.bearing if pointing else None), t_mono_ns - pointed.t_mono_ns if pointed else 0),
            identity=self.claims.identity() if self._heard else None,
            heard=tuple(self._heard.values()),
            sensors=tuple(self._sensors),
            flags=(*self._flags, *(one.name for one in self.verdict.suspicions)),
            suspicions=tuple(sorted(suspicions, key=lambda one: -one.score)),
            sound=sound.sound if sound else None,
            sight=sight.sight if sight else None,
            emission=emission.emission if emission else None,
            target=target.target if target else None,
            existence=body.existence if body else None,
            label=label,
            label_probability=label_probability,
            probabilities=probabilities,
            claim_probability=self.verdict.claim_probability,
            behaviour=self.facts,
        )

    def _newest(self, kind: type[Pointing]) -> Pointing | None:
        """The newest that sensors of one kind said."""
        return max((one for one in self.pointings.values() if isinstance(one, kind)), key=lambda one: one.t_mono_ns, default=None)

    def _make_room(self) -> None:
        if len(self.pointings) >= MOST_POINTINGS:
            del self.pointings[min(self.pointings, key=lambda key: self.pointings[key].t_mono_ns)]

    def _suspect(self, suspicion: Suspicion, t_ns: int) -> None:
        """Keep the newest suspicion of each name, and its name as a flag."""
        held = self._suspicions.get(suspicion.name)
        if held is None and len(self._suspicions) >= MOST_FLAGS:
            return
        if held is None or t_ns >= held[0]:
            self._suspicions[suspicion.name] = t_ns, suspicion
            self.flag(suspicion.name, t_ns)

    def _hit(self, said: Detection, frame: tuple[Any, ...]) -> bool:
        """Count a detection by this sensor, once where another receiver had the same frame; whether none newer came before."""
        t_ns = said.t_mono_ns
        self._track = None
        if said.sensor and len(self._sensors) < MOST_SENSORS:
            self._sensors[said.sensor] = None
        if frame != self._frame or abs(t_ns - self._hits[-1]) >= SAME_FRAME_NS:
            self._frame = frame
            self._hits.append(t_ns)
        newest = t_ns >= self.last_seen_ns
        if newest:
            self.last_seen_ns = t_ns
        return newest


def _pointing(said: Numbered) -> AnyPointing:
    match said:
        case AcousticDetection():
            return Sounding(said)
        case CameraDetection():
            return Sighting(said)
        case LinkDetection():
            return Emitting(said)
        case TargetDetection():
            return Targeted(said)


def _heard_again(before: Hearing | None, said: RemoteIdDetection) -> Hearing:
    now = Hearing(transport=said.transport, count=1, last_mono_ns=said.t_mono_ns, rssi_dbm=said.rssi_dbm, center_hz=said.center_hz)
    return _both(now, before)


def _both(one: Hearing, other: Hearing | None) -> Hearing:
    """Two hearings of one transport as one: the later's strength and channel, and the sum of counts."""
    if other is None:
        return one
    later = max(one, other, key=lambda heard: heard.last_mono_ns)
    return Hearing(
        transport=later.transport,
        count=one.count + other.count,
        last_mono_ns=later.last_mono_ns,
        rssi_dbm=later.rssi_dbm,
        center_hz=later.center_hz,
    )
