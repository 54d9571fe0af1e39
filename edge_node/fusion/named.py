"""Remote ID in, trails out: aircraft say who they are, and every name is an attacker's to choose."""

from __future__ import annotations

from collections.abc import Sequence

from edge_node.fusion.identity import usable_ids, usable_transmitter
from edge_node.fusion.rivals import are_apart, is_elsewhere
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
        rival = bool(trail and transmitter and is_elsewhere(trail, said))
        if trail and rival:
            self._part(trail, said)
            trail = None
        news: list[EventKind] = []
        if trail is None:
            trail = roster.born(said.t_mono_ns, events)
            news.append("new")
        if trail is None:
            return events
        if self._claim(trail, said, ids, transmitter, rival):
            news.append("identified")
        self._locate(trail, said)
        if trail.hear(said) and roster.believe(trail):
            news.append("confirmed")
        return events + [TrackEvent(kind=kind, track=trail.track()) for kind in news]

    def _whose(self, ids: Sequence[UasId], transmitter: str | None) -> tuple[Trail | None, list[TrackEvent]]:
        """The trail that these ids name or, where none is named, whose transmitter it is; trails found to be one become one."""
        table, directory = self._roster.table, self._roster.directory
        heard = None if transmitter is None else table.get(directory.owner(transmitter))
        if heard and any(self._are_rivals(heard, uas_id) for uas_id in ids):
            return heard, []
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

    def _are_rivals(self, trail: Trail, uas_id: UasId) -> bool:
        """Whether an id is another trail's, and both go by it or are elsewhere at once."""
        owner = self._roster.table.get(self._roster.directory.owner(uas_id))
        return owner not in (None, trail) and (uas_id in trail.claims.ids or are_apart(trail, owner))

    def _part(self, trail: Trail, said: RemoteIdDetection) -> None:
        """A transmitter that says a trail's id from elsewhere is not of it."""
        if self._roster.directory.owner(said.transmitter) == trail.number:
            self._roster.directory.release(trail.number, [said.transmitter])
            trail.claims.transmitters.pop(said.transmitter, None)

    def _claim(self, trail: Trail, said: RemoteIdDetection, ids: Sequence[UasId], transmitter: str | None, rival: bool) -> bool:
        """Give a trail what it claims, but no id of a trail that is surely another; whether these are its first ids.

        What a `rival` says from elsewhere both go by: nobody knows whose it is.
        """
        directory, unnamed = self._roster.directory, not trail.claims.ids
        for uas_id in ids:
            owner = self._roster.table.get(directory.owner(uas_id))
            if owner in (None, trail):
                directory.assign(trail.number, trail.claims, uas_id)
            elif owner and (rival or self._are_rivals(trail, uas_id)):
                directory.share(trail.number, trail.claims, uas_id)
                for one in (trail, owner):
                    one.flag("id_in_two_places", said.t_mono_ns)
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
