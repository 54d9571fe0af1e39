"""All trails by every name that they go by, and how one is born, believed, joined to another and forgotten."""

from __future__ import annotations

from msgspec import Struct, field

from edge_node.config import TrackingTable
from edge_node.fusion.identity import Directory
from edge_node.fusion.pointing import Key
from edge_node.fusion.table import TrailTable
from edge_node.fusion.trail import Trail
from edge_node.messages import TrackEvent, TrackState


class TrackerCounters(Struct):
    """What came of all detections since the start; `unhandled` are kinds that no handler takes, `passed_over` is not worth a track.

    `thinned` came sooner after the last of its source than is worth the work; `doubtful` could as well be another object's.
    """

    detections: dict[str, int] = field(default_factory=dict)
    unhandled: dict[str, int] = field(default_factory=dict)
    anonymous: int = 0
    malformed: int = 0
    repeated: int = 0
    late: int = 0
    jumps: int = 0
    merged: int = 0
    parted: int = 0
    passed_over: int = 0
    evicted: int = 0
    refused: int = 0
    thinned: int = 0
    doubtful: int = 0


class Roster:
    """Trails, at most so many; `numbered` is whose each sensor's own number is, `directory` whose each claimed id."""

    def __init__(self, settings: TrackingTable) -> None:
        self.settings, self.counters = settings, TrackerCounters()
        self.table, self.directory = TrailTable(settings.max_tracks), Directory()
        self.numbered: dict[Key, int] = {}
        self._number = 0

    def of(self, key: Key) -> Trail | None:
        """The trail of what a sensor numbers so."""
        return self.table.get(self.numbered.get(key))

    def born(self, t_mono_ns: int, events: list[TrackEvent], spared_ns: int = 0) -> Trail | None:
        """A new trail, if need be in the place of one that matters least; None where there is no such that was not heard just before."""
        if self.table.full():
            victim = self.table.victim(t_mono_ns - spared_ns)
            if victim is None:
                self.counters.refused += 1
                return None
            self.counters.evicted += 1
            if victim.state != "lost":
                self.lose(victim)
                events.append(TrackEvent(kind="lost", track=victim.track()))
            self.forget(victim)
        self._number += 1
        trail = Trail(self._number, t_mono_ns, self.settings)
        self.table.add(trail)
        return trail

    def believe(self, trail: Trail) -> bool:
        """Set the state that a trail just heard deserves; whether it became confirmed."""
        before = trail.state
        state: TrackState = "confirmed" if trail.believed or trail.convinces() else "tentative"
        self.table.set_state(trail, state)
        return state == "confirmed" != before

    def lose(self, trail: Trail) -> None:
        """It is silent; its body stays for as long as it may be found again."""
        self.table.set_state(trail, "lost")

    def disembody(self, trail: Trail) -> None:
        """Where it is, nobody knows from now on."""
        if trail.body:
            trail.body.leave()
            trail.body = None
            trail.touch()

    def merge(self, trail: Trail, younger: Trail) -> TrackEvent:
        """Two that are found to be one go on as the first."""
        self.counters.merged += 1
        event = TrackEvent(kind="merged", track=younger.track(), other=trail.number)
        claimed = [(key, heard) for key, heard in younger.claims.counts() if self.directory.owner(key) == younger.number]
        shared = [uas_id for uas_id in younger.claims.ids if self.directory.owner(uas_id) not in (None, younger.number)]
        numbered = [key for key in younger.pointings if self.numbered.get(key) == younger.number]
        body, younger.body = younger.body, None
        self.forget(younger)
        self.table.absorb(trail, younger)
        if body:
            trail.body = trail.body.united(body) if trail.body else body
            trail.body.rename(trail.number)
        for key, heard in claimed:
            self.directory.assign(trail.number, trail.claims, key, heard)
        for uas_id in shared:
            self.directory.share(trail.number, trail.claims, uas_id)
        for source in numbered:
            self.numbered[source] = trail.number
        return event

    def unite(self, one: Trail, other: Trail, events: list[TrackEvent]) -> Trail:
        """Two that are found to be one go on as the elder of them."""
        elder, younger = sorted((one, other), key=lambda trail: trail.number)
        events.append(self.merge(elder, younger))
        return elder

    def part_claims(self, trail: Trail, events: list[TrackEvent]) -> None:
        """What claims to be an object, and is not there, goes on as a trail of its own, if there is room for it."""
        parted = self.born(trail.last_seen_ns, events)
        if parted is None:
            return
        self.counters.parted += 1
        claimed = [(key, heard) for key, heard in trail.claims.counts() if self.directory.owner(key) == trail.number]
        self.directory.release(trail.number, (key for key, _ in claimed))
        trail.give_claims(parted)
        for key, heard in claimed:
            self.directory.assign(parted.number, parted.claims, key, heard)
        self.believe(parted)
        events.append(TrackEvent(kind="new", track=parted.track(), other=trail.number))

    def part_source(self, key: Key, events: list[TrackEvent]) -> None:
        """What a sensor numbers so goes on as a trail of its own, if there is room for it."""
        trail = self.of(key)
        if trail is None or (parted := self.born(trail.last_seen_ns, events)) is None:
            return
        self.counters.parted += 1
        parted.pointings[key] = trail.pointings[key]
        trail.release(key)
        self.numbered[key] = parted.number
        events.append(TrackEvent(kind="new", track=parted.track(), other=trail.number))

    def forget(self, trail: Trail) -> None:
        """Let all its names go."""
        self.table.remove(trail)
        self.directory.release(trail.number, (key for key, _ in trail.claims.counts()))
        self.disembody(trail)
        for number in trail.pointings:
            if self.numbered.get(number) == trail.number:
                del self.numbered[number]
