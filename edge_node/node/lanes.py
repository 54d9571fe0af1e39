"""Tracks as lanes of a time line."""

from __future__ import annotations

from edge_node.messages import Track
from edge_node.node.histories import Histories, History
from edge_node.picture.timeline import Lane

LONGEST_ID = 20


def lanes(of: Histories, from_mono_ns: int) -> list[Lane]:
    """In their order, those that were believed before the others; times from then on."""
    return [lane(one, from_mono_ns) for one in ordered(of)]


def ordered(of: Histories) -> list[History]:
    """Tracks that were not handed on to another, those that were believed first."""
    return sorted(
        (one for one in of.of.values() if one.states and one.when("merged") is None), key=lambda one: (not one.was_confirmed, one.number)
    )


def lane(one: History, from_mono_ns: int) -> Lane:
    """Of one track; one that was believed before the recording began is so from its begin."""
    begin_ns = max(one.states[0].first_seen_mono_ns, from_mono_ns)
    confirmed_ns, lost_ns = one.when("confirmed"), one.when("lost")
    if confirmed_ns is None and one.was_confirmed:
        confirmed_ns = begin_ns
    times = (None if t_ns is None else (t_ns - from_mono_ns) / 1e9 for t_ns in (confirmed_ns, lost_ns))
    return Lane(named(one.last), (begin_ns - from_mono_ns) / 1e9, (one.last.last_seen_mono_ns - from_mono_ns) / 1e9, *times)


def named(track: Track) -> str:
    """Its number and what it is or says it is."""
    said = track.label if track.label not in (None, "unknown") else track.emission.link if track.emission else None
    who = next((one.value[:LONGEST_ID] for one in track.identity.ids), None) if track.identity else None
    return " ".join(filter(None, (str(track.number), (said or "").replace("_", " "), who)))
