"""Remote ID in, trails out: aircraft say who they are, and every name is an attacker's to choose."""

from __future__ import annotations

from collections.abc import Sequence

from edge_node.fusion.identity import usable_ids, usable_transmitter
from edge_node.fusion.roster import Roster
from edge_node.fusion.sensed import Sensed
from edge_node.fusion.trail import Trail
from edge_node.messages import EventKind, RemoteIdDetection, TrackEvent, UasId


class Named:
    """Finds the trail that a frame's ids or transmitter name."""

    def __init__(self, roster: Roster, sensed: Sensed) -> None:
        self._roster, self._sensed = roster, sensed

    def take(self, said: RemoteIdDetection) -> list[TrackEvent]:
        """What happens by a frame."""
        roster = self._roster
        ids, transmitter = usable_ids(said), usable_transmitter(said)
        if not ids and transmitter is None:
            roster.counters.anonymous += 1
            return []
        trail, events = self._whose(ids, transmitter)
        news: list[EventKind] = []
        if trail is None:
            trail = roster.born(said.t_mono_ns, events)
            news.append("new")
        if trail is None:
            return events
        if self._claim(trail, said, ids, transmitter):
            news.append("identified")
        self._locate(trail, said)
        if trail.hear(said) and roster.believe(trail):
            news.append("confirmed")
        return events + [TrackEvent(kind=kind, track=trail.track()) for kind in news]

    def _whose(self, ids: Sequence[UasId], transmitter: str | None) -> tuple[Trail | None, list[TrackEvent]]:
        """The trail that these ids name or, where none is named, whose transmitter it is; trails found to be one become one."""
        table, directory = self._roster.table, self._roster.directory
        heard = None if transmitter is None else table.get(directory.owner(transmitter))
        named = {trail.number: trail for uas_id in ids if (trail := table.get(directory.owner(uas_id)))}
        if not named:
            return (heard if heard and heard.claims.agree(ids) else None), []
        if heard:
            named.setdefault(heard.number, heard)
        trail, *others = named.values()
        events: list[TrackEvent] = []
        for other in others:
            if trail.claims.agree(other.claims.ids):
                trail = self._roster.unite(trail, other, events)
        return trail, events

    def _claim(self, trail: Trail, said: RemoteIdDetection, ids: Sequence[UasId], transmitter: str | None) -> bool:
        """Give a trail what it claims, but no id of a trail that is surely another; whether these are its first ids."""
        directory, unnamed = self._roster.directory, not trail.claims.ids
        for uas_id in ids:
            if directory.owner(uas_id) in (None, trail.number):
                directory.assign(trail.number, trail.claims, uas_id)
            else:
                trail.flag("id_conflict", said.t_mono_ns)
        if transmitter is not None:
            directory.assign(trail.number, trail.claims, transmitter)
        trail.claims.hear(said)
        return unnamed and bool(trail.claims.ids)

    def _locate(self, trail: Trail, said: RemoteIdDetection) -> None:
        counters, located = self._roster.counters, trail.locate(said)
        counters.repeated += located == "repeated"
        counters.late += located == "late"
        if located == "taken":
            self._sensed.claim(trail, said)
        if located == "jumped":
            counters.jumps += 1
            trail.flag("position_jump", said.t_mono_ns)
