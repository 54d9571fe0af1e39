"""What sensors number themselves, and plots that they do not number: detections in, trails out."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from edge_node.fusion import emitting, sighting, sounding, targets
from edge_node.fusion.embodied import Standpoint
from edge_node.fusion.measurement import claimed
from edge_node.fusion.pointing import Key, Numbered, is_bare, key_of
from edge_node.fusion.roster import Roster
from edge_node.fusion.trail import Trail
from edge_node.messages import (
    AcousticDetection,
    CameraDetection,
    EventKind,
    LinkDetection,
    PositionDetection,
    RemoteIdDetection,
    TargetDetection,
    TrackEvent,
)

if TYPE_CHECKING:
    from edge_node.fusion.measuring import Measuring

MOST_NEW_A_SCAN = 40
SPARED_NS = 1_000_000_000
"""Newcomers of sensors that see many at once would push each other out all the time, and none of them be believed."""
WINDOW_NS = 3_000_000_000
"""What is older than this, when something newer is known, comes too late; sound of 1 km away is 3 s old."""


Keyed = tuple[Numbered, Key | None]
"""What a sensor said, and under which number; None of a bare plot."""


class Sensed:
    """Finds the trail that a sensor's number, or the place, is of."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._place: Standpoint | None = None
        self._loaded: Measuring | None = None

    def stand(self, place: Standpoint) -> None:
        """Say where the node is."""
        self._place = place
        if self._loaded:
            self._loaded.stand(place)

    def claim(self, trail: Trail, said: RemoteIdDetection) -> None:
        """Hold a position that is claimed anew against what is measured of a trail."""
        place = claimed(said)
        if self._loaded and place:
            self._loaded.claim(trail, place, said.t_mono_ns)

    def agreement(self, trail: Trail) -> float | None:
        """How much likelier, in natural logarithm, a trail's body is where it claims to be than elsewhere; None where nothing tells."""
        return self._loaded.agreement(trail) if self._loaded else None

    def look(self, t_mono_ns: int) -> list[TrackEvent]:
        """What shows itself only in time."""
        return self._loaded.look(t_mono_ns) if self._loaded else []

    def refresh(self) -> None:
        """Know all at once what tracks will be told with."""
        if self._loaded:
            self._loaded.refresh(self._roster.table)

    @property
    def _measuring(self) -> Measuring:
        """Loaded when something is measured first: a node of Remote ID alone has no use for arrays."""
        if self._loaded is None:
            self._loaded = import_module("edge_node.fusion.measuring").Measuring(self._roster)
            if self._place:
                self._loaded.stand(self._place)
        return self._loaded

    def take(self, said: Sequence[Numbered]) -> list[TrackEvent]:
        """What happens by what one sensor said at one moment."""
        keyed = self._in_turn([(one, None if is_bare(one) else key_of(one)) for one in said])
        usable = [(one, key) for one, key in keyed if self._is_usable(one, key)]
        events: list[TrackEvent] = []
        for one, key in usable:
            if key is not None:
                self._renew(one, key, events)
        links = bool(usable) and isinstance(usable[0][0], LinkDetection)
        rows: Sequence[int | None] = [None] * len(usable) if links or not usable else self._measuring.take(usable)
        for (one, key), row in zip(usable, rows, strict=True):
            events += self._note(one, key, row)
        return events

    def hurry(self, lag_s: float) -> None:
        """So old is what comes in now."""
        if self._loaded:
            self._loaded.hurry(lag_s)

    def words(self) -> str:
        """Name what is left out where there is more than can be taken in."""
        return self._loaded.words() if self._loaded else ""

    def _in_turn(self, said: list[Keyed]) -> list[Keyed]:
        """Those whose sources were not heard just before, and of sources that are new so many at once."""
        if self._loaded is None:
            return said
        unknown = [key for _, key in said if key is not None and key not in self._roster.numbered]
        turned_away, had = set(unknown[MOST_NEW_A_SCAN:]), self._loaded.has_had_its_turn
        due = [(one, key) for one, key in said if key is None or not (key in turned_away or had(key, one.t_mono_ns))]
        self._roster.counters.thinned += len(said) - len(due)
        return due

    def _is_usable(self, said: Numbered, key: Key | None) -> bool:
        if not _is_whole(said) or (key is None and not self._measuring.takes(said)):
            self._roster.counters.malformed += 1
            return False
        trail = None if key is None else self._roster.of(key)
        before = trail.pointings.get(key) if trail and key else None
        if trail and before and (said.t_mono_ns < before.t_mono_ns or said.t_mono_ns < trail.last_seen_ns - WINDOW_NS):
            self._roster.counters.late += 1
            return False
        return True

    def _renew(self, said: Numbered, key: Key, events: list[TrackEvent]) -> None:
        """A number may have come to mean another object, or an object another number."""
        if isinstance(said, LinkDetection) and said.alarm:
            events += self._recognise(said, key)
        trail = self._roster.of(key)
        if trail and not _is_of(said, key, trail):
            if self._loaded:
                self._loaded.drop(key)
            del self._roster.numbered[key]

    def _recognise(self, said: LinkDetection, key: Key) -> list[TrackEvent]:
        """A receiver that began anew numbers all anew: a transmitter that is surely known goes on as the track that it was."""
        known = self._roster.of(key)
        if known and not _is_of(said, key, known):
            known = None
        if known and said.t_mono_ns - known.first_seen_ns > emitting.SETTLED_NS:
            return []
        for trail in self._roster.table:
            for pointing in trail.pointings.values():
                if trail is not known and isinstance(pointing, emitting.Emitting) and pointing.is_again(said):
                    events = [self._roster.merge(trail, known)] if known else []
                    self._renumber(trail, pointing, said)
                    return events
        return []

    def _renumber(self, trail: Trail, pointing: emitting.Emitting, said: LinkDetection) -> None:
        if self._roster.numbered.get(pointing.key) == trail.number:
            del self._roster.numbered[pointing.key]
        trail.release(pointing.key)
        pointing.renumber(said)
        trail.pointings[pointing.key] = pointing
        self._roster.numbered[pointing.key] = trail.number

    def _note(self, said: Numbered, key: Key | None, row: int | None) -> list[TrackEvent]:
        if row is not None and not self._measuring.has(row):  # it made room for another of the same scan
            row = None
        events: list[TrackEvent] = []
        trail = self._whose(key, row)
        news: list[EventKind] = [] if trail else ["new"]
        if trail is None and (row is not None or key is not None):
            trail = self._begun(said, row, events)
        if trail is None:
            return events
        if key is not None:
            self._number(key, trail)
        if row is not None:
            self._measuring.bind(trail, row)
        elif isinstance(said, PositionDetection):
            self._move(trail, said)
        if trail.point(said, key or key_of(said)) and self._roster.believe(trail):
            news.append("confirmed")
        return events + [TrackEvent(kind=kind, track=trail.track()) for kind in news]

    def _whose(self, key: Key | None, row: int | None) -> Trail | None:
        """The trail of which the row is the body or, where it is nobody's yet, of what the sensor numbers so."""
        trail = None if row is None else self._measuring.trail_of(row)
        known = None if trail or key is None else self._roster.of(key)
        return known if known and (row is None or known.body is None) else trail

    def _number(self, key: Key, trail: Trail) -> None:
        """What a sensor numbers so is of this trail now."""
        known = self._roster.of(key)
        if known is not trail:
            if known:
                known.release(key)
            self._roster.numbered[key] = trail.number

    def _begun(self, said: Numbered, row: int | None, events: list[TrackEvent]) -> Trail | None:
        trail = None
        if _begins(said):
            trail = self._roster.born(said.t_mono_ns, events, SPARED_NS)
        else:
            self._roster.counters.passed_over += 1
        if trail is None and row is not None:
            self._measuring.free(row)
        return trail

    def _move(self, trail: Trail, said: PositionDetection) -> None:
        if trail.move(said) == "jumped":
            self._roster.counters.jumps += 1
            trail.flag("position_jump", said.t_mono_ns)


def _is_whole(said: Numbered) -> bool:
    match said:
        case AcousticDetection():
            return sounding.is_usable(said)
        case CameraDetection():
            return sighting.is_usable(said)
        case LinkDetection():
            return emitting.is_usable(said)
        case TargetDetection():
            return targets.is_usable(said)


def _begins(said: Numbered) -> bool:
    """Whether a trail may begin with it."""
    match said:
        case CameraDetection():
            return sighting.begins(said)
        case LinkDetection():
            return said.alarm
        case _:
            return True


def _is_of(said: Numbered, key: Key, trail: Trail) -> bool:
    """Whether what is said under a trail's number is of that trail's object still."""
    before = trail.pointings.get(key)
    return before is not None and (trail.state != "lost" or before.comes_back) and not before.is_another(said)
