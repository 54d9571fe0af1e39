"""The reliable plane in bytes: its messages both ways, and the events that they carry; docs/wire-format.md is the specification."""

from __future__ import annotations

from typing import Any

import msgspec

from edge_node.messages import Track
from edge_node.publish import reliable_schema as schema
from edge_node.publish.noted import Noted, Spot
from edge_node.publish.readings import Said, cut
from edge_node.publish.scaling import from_wire, to_wire
from edge_node.publish.schema import MAJOR, MINOR
from edge_node.publish.wire import WireError, named, payload_of, read, track_record, track_said
from edge_node.timebase import Timebase

MOST_WORDS = 256
Message = schema.Head
_KINDS = {kind: number for table in (schema.UP, schema.DOWN) for number, kind in table.items()}


def message(kind: type[schema.Head], **said: Any) -> bytes:
    """One message of the plane from values in SI units; raises TypeError for a field that must be said and is not."""
    built = to_wire(kind, {"major": MAJOR, "minor": MINOR, "kind": _KINDS[kind]} | said)
    if built is None:
        raise TypeError(f"{kind.__name__} lacks a field that may not be nil")
    return msgspec.msgpack.encode(built)


def read_up(payload: bytes) -> Message | None:
    """What a node said; None for a kind of a newer minor; raises WireError and nothing else."""
    return _read(payload, schema.UP)


def read_down(payload: bytes) -> Message | None:
    """What C2 said; None for a kind of a newer minor; raises WireError and nothing else."""
    return _read(payload, schema.DOWN)


def _read(payload: bytes, kinds: dict[int, type[schema.Head]]) -> Message | None:
    kind = kinds.get(read(payload, schema.Head).kind)
    return None if kind is None else read(payload, kind)


def clock_said(clock: Timebase, now_mono_ns: int) -> Said:
    """The node's time and what is known of its error, as messages tell it."""
    return {"t_utc_ms": max(round(clock.utc_ns(now_mono_ns) / 1e6), 0), "clock_sigma_s": clock.sigma_s}


def encode_event(noted: Noted, clock: Timebase, epoch: int, now_mono_ns: int) -> bytes:
    """One event as the payload of a row; `epoch` is that of the live plane."""
    said: Said = {"major": MAJOR, "minor": MINOR, **clock_said(clock, now_mono_ns), **msgspec.structs.asdict(noted)}
    said |= {
        "words": None if noted.words is None else cut(noted.words, MOST_WORDS),
        "about": None if noted.about is None else cut(noted.about),
        **_track(noted.track, epoch, now_mono_ns),
        **_trail(noted.trail, now_mono_ns),
    }
    return payload_of(to_wire(schema.EventRecord, said))


def _track(track: Track | None, epoch: int, now_mono_ns: int) -> Said:
    if track is None:
        return {"track": None, "sensors": (), "flags": ()}
    sensors, flags = named(track.sensors), named(track.flags)
    return {"epoch": epoch, "track": track_record(track, now_mono_ns, sensors, flags), "sensors": sensors, "flags": flags}


def _trail(trail: tuple[Spot, ...], now_mono_ns: int) -> Said:
    if not trail:
        return {"trail": None}
    first_ns = trail[0].t_mono_ns
    points = (to_wire(schema.TrailPoint, msgspec.structs.asdict(spot) | {"since_s": (spot.t_mono_ns - first_ns) / 1e9}) for spot in trail)
    return {"trail": tuple(filter(None, points)), "trail_from_s": (now_mono_ns - first_ns) / 1e9}


def decode_event(payload: bytes) -> Said:
    """An event in SI units, its track like one of the live plane; what was nil is None; raises WireError and nothing else."""
    record = read(payload, schema.EventRecord)
    said = from_wire(record)
    begun_ms = record.t_utc_ms - (said.pop("trail_from_s") or 0.0) * 1000
    sensors, flags = said.pop("sensors"), said.pop("flags")
    said["track"] = track_said(record.track, sensors, flags) if record.track else None
    said["trail"] = [_spot(point, begun_ms) for point in record.trail or ()]
    return said


def _spot(point: schema.TrailPoint, begun_ms: float) -> Said:
    said = from_wire(point)
    return {"t_utc_ms": round(begun_ms + said.pop("since_s") * 1000)} | said


__all__ = ["WireError", "clock_said", "decode_event", "encode_event", "message", "read_down", "read_up"]
