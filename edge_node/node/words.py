"""Tracks in one line, for log and replay."""

from __future__ import annotations

from edge_node.messages import Track, TrackEvent


def describe(track: Track) -> str:
    """Who claims to be where, and how that was heard."""
    who = " ".join(uas_id.value for uas_id in track.identity.ids) if track.identity else ""
    where = track.kinematics
    place = f"{where.latitude_deg:.6f} {where.longitude_deg:.6f}" if where else "no position"
    heard = ", ".join(f"{hearing.count} x {hearing.transport}" for hearing in track.heard)
    return "  ".join(filter(None, (who or "no id", place, heard, " ".join(track.flags))))


def happened(event: TrackEvent) -> str:
    """What happened to which track."""
    onto = f" into track {event.other}" if event.other is not None else ""
    return f"track {event.track.number} {event.kind}{onto}: {describe(event.track)}"
