"""Detections of any kind in, tracks out: which object a detection is of, and when an object is believed, lost and forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from edge_node.config import TrackingTable
from edge_node.fusion import emitting, sighting, sounding, targets
from edge_node.fusion.identity import Directory, usable_ids, usable_transmitter
from edge_node.fusion.pointing import Key, Numbered, key_of
from edge_node.fusion.table import Standing, TrailTable
from edge_node.fusion.trail import Trail
from edge_node.messages import (
    AcousticDetection,
    BearingDetection,
    CameraDetection,
    Detection,
    EventKind,
    LinkDetection,
    PositionDetection,
    RemoteIdDetection,
    TargetDetection,
    Track,
    TrackEvent,
    TrackState,
    UasId,
)


class TrackerCounters(Struct):
    """What came of all detections since the start; `unhandled` are kinds that no handler takes, `passed_over` is not worth a track."""

    detections: dict[str, int] = field(default_factory=dict)
    unhandled: dict[str, int] = field(default_factory=dict)
    anonymous: int = 0
    malformed: int = 0
    repeated: int = 0
    late: int = 0
    jumps: int = 0
    merged: int = 0
    passed_over: int = 0
    evicted: int = 0
    refused: int = 0


class Tracker:
    """Pure: time comes with the detections and with `advance`, and nothing that is detected raises."""

    def __init__(self, settings: TrackingTable) -> None:
        self.counters = TrackerCounters()
        self._settings = settings
        self._table = TrailTable(settings.max_tracks)
        self._directory = Directory()
        self._number = 0
        self._numbered: dict[Key, int] = {}
        self._handlers: dict[type[Detection], Callable[[Any], list[TrackEvent]]] = {
            RemoteIdDetection: self._remote_id,
            AcousticDetection: self._acoustic,
            CameraDetection: self._camera,
            LinkDetection: self._link,
            PositionDetection: self._target,
            BearingDetection: self._target,
        }

    def update(self, detection: Detection) -> list[TrackEvent]:
        """Take in one detection; what happened by it."""
        handler = self._handlers.get(type(detection))
        tally = self.counters.detections if handler else self.counters.unhandled
        kind = str(type(detection).__struct_config__.tag)
        tally[kind] = tally.get(kind, 0) + 1
        return handler(detection) if handler else []

    def advance(self, t_mono_ns: int) -> list[TrackEvent]:
        """Let time pass: what has been silent for too long is lost, then forgotten."""
        settings = self._settings
        events = []
        for standing, after_s in ((Standing.TENTATIVE, settings.tentative_lost_after_s), (Standing.CONFIRMED, settings.lost_after_s)):
            for trail in self._table.silent(standing, t_mono_ns, after_s):
                self._table.set_state(trail, "lost")
                events.append(TrackEvent(kind="lost", track=trail.track()))
        for standing in (Standing.LOST_RUMOUR, Standing.LOST):
            for trail in self._table.silent(standing, t_mono_ns, settings.forget_after_s):
                self._forget(trail)
        return events

    def tracks(self) -> list[Track]:
        """Every track that is not forgotten, each as of its own last update."""
        return [trail.track() for trail in self._table]

    def _remote_id(self, said: RemoteIdDetection) -> list[TrackEvent]:
        ids, transmitter = usable_ids(said), usable_transmitter(said)
        if not ids and transmitter is None:
            self.counters.anonymous += 1
            return []
        trail, events = self._whose(ids, transmitter)
        news: list[EventKind] = []
        if trail is None:
            trail = self._born(said.t_mono_ns, events)
            news.append("new")
        if trail is None:
            self.counters.refused += 1
            return events
        if self._claim(trail, said, ids, transmitter):
            news.append("identified")
        self._locate(trail, said)
        if trail.hear(said) and self._believe(trail):
            news.append("confirmed")
        return events + [TrackEvent(kind=kind, track=trail.track()) for kind in news]

    def _acoustic(self, said: AcousticDetection) -> list[TrackEvent]:
        if not sounding.is_usable(said):
            self.counters.malformed += 1
            return []
        return self._take(said, True, lambda trail: trail.listen(said))

    def _camera(self, said: CameraDetection) -> list[TrackEvent]:
        if not sighting.is_usable(said):
            self.counters.malformed += 1
            return []
        return self._take(said, sighting.begins(said), lambda trail: trail.watch(said))

    def _link(self, said: LinkDetection) -> list[TrackEvent]:
        if not emitting.is_usable(said):
            self.counters.malformed += 1
            return []
        events = self._recognise(said) if said.alarm else []
        return events + self._take(said, said.alarm, lambda trail: trail.receive(said))

    def _target(self, said: TargetDetection) -> list[TrackEvent]:
        if not targets.is_usable(said):
            self.counters.malformed += 1
            return []
        return self._take(said, True, lambda trail: self._note(trail, said))

    def _note(self, trail: Trail, said: TargetDetection) -> bool:
        if isinstance(said, PositionDetection) and trail.move(said) == "jumped":
            self.counters.jumps += 1
            trail.flag("position_jump", said.t_mono_ns)
        return trail.note(said)

    def _recognise(self, said: LinkDetection) -> list[TrackEvent]:
        """A receiver that began anew numbers all anew: a transmitter that is surely known goes on as the track that it was."""
        key, events = key_of(said), []
        known = self._table.get(self._numbered.get(key))
        if known and not self._is_of(said, known):
            known = None
        if known and said.t_mono_ns - known.first_seen_ns > emitting.SETTLED_NS:
            return []
        for trail in self._table:
            if trail is not known and isinstance(trail.pointing, emitting.Emitting) and trail.pointing.is_again(said):
                if known:
                    events.append(self._merge(trail, known)[1])
                self._renumber(trail, trail.pointing, said)
                return events
        return []

    def _renumber(self, trail: Trail, pointing: emitting.Emitting, said: LinkDetection) -> None:
        if self._numbered.get(pointing.key) == trail.number:
            del self._numbered[pointing.key]
        pointing.renumber(said)
        self._numbered[pointing.key] = trail.number

    def _take(self, said: Numbered, begins: bool, note: Callable[[Trail], bool]) -> list[TrackEvent]:
        """What is heard or seen has no name but its sensor's number, and that may come to mean another object."""
        trail = self._table.get(self._numbered.get(key_of(said)))
        if trail and said.t_mono_ns < trail.last_seen_ns:
            self.counters.late += 1
            return []
        events: list[TrackEvent] = []
        news: list[EventKind] = []
        if trail is None or not self._is_of(said, trail):
            if not begins:
                self.counters.passed_over += 1
                return []
            trail = self._born(said.t_mono_ns, events)
            news.append("new")
        if trail is None:
            self.counters.refused += 1
            return events
        self._numbered[key_of(said)] = trail.number
        if note(trail) and self._believe(trail):
            news.append("confirmed")
        return events + [TrackEvent(kind=kind, track=trail.track()) for kind in news]

    @staticmethod
    def _is_of(said: Numbered, trail: Trail) -> bool:
        """Whether what is said under a trail's number is of that trail's object still."""
        before = trail.pointing
        return before is not None and (trail.state != "lost" or before.comes_back) and not before.is_another(said)

    def _whose(self, ids: Sequence[UasId], transmitter: str | None) -> tuple[Trail | None, list[TrackEvent]]:
        """The trail that these ids name or, where none is named, whose transmitter it is; trails found to be one become one."""
        heard = None if transmitter is None else self._table.get(self._directory.owner(transmitter))
        named = {trail.number: trail for uas_id in ids if (trail := self._table.get(self._directory.owner(uas_id)))}
        if not named:
            return (heard if heard and heard.claims.agree(ids) else None), []
        if heard:
            named.setdefault(heard.number, heard)
        trail, *others = named.values()
        events = []
        for other in others:
            if trail.claims.agree(other.claims.ids):
                trail, event = self._merge(*sorted((trail, other), key=lambda one: one.number))
                events.append(event)
        return trail, events

    def _born(self, t_mono_ns: int, events: list[TrackEvent]) -> Trail | None:
        """A new trail, if need be in the place of one that matters least; None where there is no such."""
        if self._table.full():
            victim = self._table.victim()
            if victim is None:
                return None
            self.counters.evicted += 1
            if victim.state != "lost":
                self._table.set_state(victim, "lost")
                events.append(TrackEvent(kind="lost", track=victim.track()))
            self._forget(victim)
        self._number += 1
        trail = Trail(self._number, t_mono_ns, self._settings)
        self._table.add(trail)
        return trail

    def _claim(self, trail: Trail, said: RemoteIdDetection, ids: Sequence[UasId], transmitter: str | None) -> bool:
        """Give a trail what it claims, but no id of a trail that is surely another; whether these are its first ids."""
        unnamed = not trail.claims.ids
        for uas_id in ids:
            if self._directory.owner(uas_id) in (None, trail.number):
                self._directory.assign(trail.number, trail.claims, uas_id)
            else:
                trail.flag("id_conflict", said.t_mono_ns)
        if transmitter is not None:
            self._directory.assign(trail.number, trail.claims, transmitter)
        trail.claims.hear(said)
        return unnamed and bool(trail.claims.ids)

    def _locate(self, trail: Trail, said: RemoteIdDetection) -> None:
        located = trail.locate(said)
        self.counters.repeated += located == "repeated"
        self.counters.late += located == "late"
        if located == "jumped":
            self.counters.jumps += 1
            trail.flag("position_jump", said.t_mono_ns)

    def _believe(self, trail: Trail) -> bool:
        """Set the state that a trail just heard deserves; whether it became confirmed."""
        before = trail.state
        state: TrackState = "confirmed" if trail.believed or trail.convinces() else "tentative"
        self._table.set_state(trail, state)
        return state == "confirmed" != before

    def _merge(self, trail: Trail, younger: Trail) -> tuple[Trail, TrackEvent]:
        self.counters.merged += 1
        event = TrackEvent(kind="merged", track=younger.track(), other=trail.number)
        keys = [(key, heard) for key, heard in younger.claims.counts() if self._directory.owner(key) == younger.number]
        self._forget(younger)
        trail.absorb(younger)
        for key, heard in keys:
            self._directory.assign(trail.number, trail.claims, key, heard)
        return trail, event

    def _forget(self, trail: Trail) -> None:
        self._table.remove(trail)
        self._directory.release(trail.number, (key for key, _ in trail.claims.counts()))
        if trail.pointing and self._numbered.get(trail.pointing.key) == trail.number:
            del self._numbered[trail.pointing.key]
