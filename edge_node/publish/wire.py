"""The wire to C2: tracks and the node's status as msgpack arrays of scaled integers; docs/wire-format.md is its specification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct

from edge_node import __version__
from edge_node.messages import NodeStatus, SensorReport, SensorStatus, Track
from edge_node.publish import evidence_schema, health, readings, schema
from edge_node.publish.judgements import judgement, judgement_said
from edge_node.publish.readings import Said, cut
from edge_node.publish.scaling import from_wire, mask_of, names_in, to_wire, without_tail
from edge_node.publish.schema import MAJOR, MINOR
from edge_node.suspicion import together
from edge_node.timebase import Timebase

S = TypeVar("S", bound=Struct)
MOST_BYTES = 60_000
"""In one payload: C2 cuts off who sends more than 64 KiB."""


class WireError(ValueError):
    """A payload is not one of ours, or of another major version; the text says which."""


class Place(Struct, frozen=True, kw_only=True):
    """Where the node itself is, and who says so."""

    source: str
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None = None
    sigma_m: float | None = None


_FOLDED = ("id_type", "id", "id_bytes", "other_ids", "operator_latitude_offset_deg", "operator_longitude_offset_deg")


class _Version(Struct, array_like=True):
    major: int
    minor: int


def topic(kind: str, node8: str) -> bytes:
    """The topic of a node's tracks ("t") or status ("s")."""
    return f"{kind}/{node8}".encode()


def encode_tracks(tracks: Sequence[Track], clock: Timebase, epoch: int, seq: int, now_mono_ns: int) -> bytes:
    """One batch; what is out of range saturates or becomes nil, and nothing raises."""
    head = _head(clock, epoch, seq, now_mono_ns)
    sensors = named(name for track in tracks for name in track.sensors)
    flags = named(flag for track in tracks for flag in track.flags)
    sent_mono_ns = head["t_utc_ms"] * 1_000_000 - clock.offset_ns
    records = tuple(filter(None, (track_record(track, sent_mono_ns, sensors, flags) for track in tracks)))
    return payload_of(to_wire(schema.Batch, head | {"sensors": sensors, "flags": flags, "tracks": records}))


def payload_of(message: Struct | None) -> bytes:
    """A message's bytes, without the nil at the ends of its arrays."""
    return msgspec.msgpack.encode(without_tail(msgspec.to_builtins(message, builtin_types=(bytes,))))


def _head(clock: Timebase, epoch: int, seq: int, now_mono_ns: int) -> Said:
    t_utc_ms = max(round(clock.utc_ns(now_mono_ns) / 1e6), 0)
    return {"major": MAJOR, "minor": MINOR, "epoch": epoch, "seq": seq, "t_utc_ms": t_utc_ms, "clock_sigma_s": clock.sigma_s}


def named(names: Iterable[str]) -> tuple[str, ...]:
    """A table of names that records can point to."""
    return tuple(dict.fromkeys(map(cut, names)))[:32]


def track_record(track: Track, sent_mono_ns: int, sensors: Sequence[str], flags: Sequence[str]) -> schema.TrackRecord | None:
    """One track as it goes into a message that is sent then; None where it cannot be told at all."""
    place = to_wire(schema.Kinematics, readings.kinematics(track.kinematics)) if track.kinematics else None
    last = readings.newest(track.heard)
    said: Said = {
        "number": track.number & schema.U32,
        "state": track.state,
        "cooperation": track.cooperation,
        "age_s": (sent_mono_ns - track.t_mono_ns) / 1e9,
        "unheard_s": (track.t_mono_ns - track.last_seen_mono_ns) / 1e9,
        "transports": mask_of([one.transport for one in track.heard], schema.TRANSPORTS),
        "rssi_dbm": last.rssi_dbm if last else None,
        "sensors": mask_of(list(map(cut, track.sensors)), sensors),
        "flags": mask_of(list(map(cut, track.flags)), flags),
        "identity": to_wire(schema.Identity, readings.identity(track.identity, place)) if track.identity else None,
        "kinematics": place,
        "bearing": to_wire(schema.Bearing, msgspec.structs.asdict(track.bearing)) if track.bearing else None,
        "suspicion_percent": together(track.suspicions) * 100 if track.suspicions else None,
        "cooperation_reason": cut(track.cooperation_reason, 128) if track.cooperation_reason else None,
        "sound": to_wire(evidence_schema.Sound, readings.sound(track.sound)) if track.sound else None,
        "sight": to_wire(evidence_schema.Sight, readings.sight(track.sight)) if track.sight else None,
        "emission": _emission(track),
        "target": to_wire(evidence_schema.Target, readings.target(track.target)) if track.target else None,
        "judgement": judgement(track),
    }
    return to_wire(schema.TrackRecord, said)


def _emission(track: Track) -> evidence_schema.Emission | None:
    heard_for_s = (track.t_mono_ns - track.first_seen_mono_ns) / 1e9
    return to_wire(evidence_schema.Emission, readings.emission(track.emission, heard_for_s)) if track.emission else None


def encode_status(
    status: NodeStatus,
    *,
    reports: Mapping[str, SensorReport],
    place: Place | None,
    counters: Mapping[str, int],
    clock: Timebase,
    epoch: int,
    seq: int,
    now_mono_ns: int,
) -> bytes:
    """The node's status; `reports` holds the last report of each sensor by its name."""
    rows = tuple(_sensor(one, reports.get(one.name), now_mono_ns) for one in (*status.sensors[:63], status.hub))
    said: Said = {
        "name": cut(status.name),
        "place": to_wire(schema.PlaceRecord, msgspec.structs.asdict(place)) if place else None,
        "version": __version__,
        "verdict": status.verdict,
        "sentence": cut(status.sentence, 256),
        "sensors": tuple(filter(None, rows)),
        "counters": {cut(name): number for name, number in list(counters.items())[:64]},
        "clock_source": clock.source,
        "findings": health.findings(status.findings),
        "coverage": health.coverage(status.coverage, [one.name for one in status.sensors[:63]]),
    }
    return payload_of(to_wire(schema.StatusRecord, _head(clock, epoch, seq, now_mono_ns) | said))


def _sensor(status: SensorStatus, report: SensorReport | None, now_mono_ns: int) -> schema.SensorRecord | None:
    last = report.last_block_mono_ns if report else None
    said: Said = {
        "name": cut(status.name),
        "state": status.state,
        "sentence": cut(status.sentence, 256),
        "data_age_s": None if last is None else (now_mono_ns - last) / 1e9,
        "lost": report.lost if report else None,
        "restarts": status.restarts,
    }
    return to_wire(schema.SensorRecord, said)


def decode(about: bytes, payload: bytes) -> Said:
    """Either message by its topic, in SI units, with "kind" "tracks" or "status"; raises WireError and nothing else."""
    if about[:2] == b"t/":
        return {"kind": "tracks"} | decode_tracks(payload)
    if about[:2] == b"s/":
        return {"kind": "status"} | decode_status(payload)
    raise WireError("a topic that is neither t/ nor s/")


def decode_tracks(payload: bytes) -> Said:
    """A batch in SI units, nested like the wire; what was nil is None."""
    batch = read(payload, schema.Batch)
    tracks = [track_said(record, batch.sensors, batch.flags) for record in batch.tracks]
    return {name: value for name, value in from_wire(batch).items() if name not in ("sensors", "flags")} | {"tracks": tracks}


def decode_status(payload: bytes) -> Said:
    """A status in SI units; what was nil is None."""
    status = read(payload, schema.StatusRecord)
    place = from_wire(status.place) if status.place else None
    said = {"place": place, "sensors": [from_wire(one) for one in status.sensors]}
    return from_wire(status) | said | {"findings": health.findings_said(status.findings), "coverage": health.coverage_said(status)}


def read(payload: bytes, kind: type[S]) -> S:
    """One of our structs; raises WireError and nothing else."""
    try:
        version = msgspec.msgpack.decode(payload, type=_Version)
        if version.major != MAJOR:
            raise WireError(f"wire version {version.major}.{version.minor}, and this reader knows {MAJOR}: C2 and node must be of one age")
        return msgspec.msgpack.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"not a message of wire version {MAJOR}: {str(error)[:200]}") from error


def track_said(record: schema.TrackRecord, sensors: Sequence[str], flags: Sequence[str]) -> Said:
    """A track in SI units, with the names that it points to."""
    said = from_wire(record)
    return said | {
        "transports": names_in(record.transports, schema.TRANSPORTS),
        "sensors": names_in(record.sensors, sensors),
        "flags": names_in(record.flags, flags),
        "rid_claimed": record.identity is not None,
        "identity": _identity(record.identity, record.kinematics) if record.identity else None,
        "kinematics": from_wire(record.kinematics) if record.kinematics else None,
        "bearing": from_wire(record.bearing) if record.bearing else None,
        "sound": from_wire(record.sound) if record.sound else None,
        "sight": from_wire(record.sight) if record.sight else None,
        "emission": from_wire(record.emission) if record.emission else None,
        "target": _target(record.target) if record.target else None,
        "judgement": judgement_said(record.judgement) if record.judgement else None,
    }


def _target(said: evidence_schema.Target) -> Said:
    return from_wire(said) | {"ids": [{"type": one["target_id"], "value": one["id"]} for one in map(from_wire, said.ids or ())]}


def _identity(claim: schema.Identity, place: schema.Kinematics | None) -> Said:
    said = from_wire(claim)
    ids = [_id(one) for one in (said, *map(from_wire, claim.other_ids or ())) if one["id"] is not None or one["id_bytes"]]
    north, east = said["operator_latitude_offset_deg"], said["operator_longitude_offset_deg"]
    latitude, longitude = (place.latitude / 1e7, place.longitude / 1e7) if place else (0.0, 0.0)
    said["operator_latitude_deg"] = None if north is None else round(min(max(latitude + north, -90.0), 90.0), 7)
    said["operator_longitude_deg"] = None if east is None else round((longitude + east + 180) % 360 - 180, 7)
    return {"ids": ids} | {name: value for name, value in said.items() if name not in _FOLDED}


def _id(said: Said) -> Said:
    return {"type": said["id_type"], "value": said["id"] if said["id"] is not None else said["id_bytes"].hex()}
