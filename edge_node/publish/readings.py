"""A track in the words and SI units of the wire, before it becomes small numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees, hypot, isfinite, log10, sqrt
from typing import Any

import msgspec

from edge_node.messages import Emission, Hearing, Identity, Kinematics, Sight, Sound, Target, TargetId, Track, UasId
from edge_node.publish import evidence_schema, schema
from edge_node.publish.scaling import to_wire

Said = dict[str, Any]
TEXT_IDS = ("serial_number", "caa_registration")
BEST_FIRST = ("serial_number", "caa_registration", "utm_uuid", "specific_session")


def cut(text: str, most: int = 64) -> str:
    """Text that is valid UTF-8 and no longer than so many bytes."""
    return text.encode(errors="replace")[:most].decode(errors="ignore")


def kinematics(state: Kinematics) -> Said:
    """Place and velocity, with the covariance told as an error ellipse and three sigmas."""
    return msgspec.structs.asdict(state) | _uncertainty(state.covariance)


def sound(heard: Sound) -> Said:
    """What was heard; a probability as percent."""
    return msgspec.structs.asdict(heard) | {"probability_percent": heard.probability * 100}


def sight(seen: Sight) -> Said:
    """What was seen; probabilities as percent, contrast as decibels."""
    likely = seen.label_probability
    return msgspec.structs.asdict(seen) | {
        "seen": "extrapolated" if seen.predicted else "now",
        "probability_percent": seen.probability * 100,
        "label_probability_percent": None if likely is None else likely * 100,
        "snr_db": 20 * log10(seen.snr) if seen.snr > 0 else None,
    }


def emission(heard: Emission, heard_for_s: float) -> Said:
    """What is heard by radio; a probability as percent, no channel as nothing to say."""
    return msgspec.structs.asdict(heard) | {
        "alarm": "raised" if heard.alarm else "withdrawn",
        "probability_percent": heard.probability * 100,
        "channels": min(heard.channels, 255) if heard.channels > 0 else None,
        "level_rate_dbps": heard.level_rate_db_s,
        "grid": cut(heard.grid, 16) if heard.grid else None,
        "heard_for_s": heard_for_s,
    }


def target(said: Target) -> Said:
    """What another sensor says; probabilities as percent, names cut to what the wire takes."""
    drone, likely, on_ground = said.probability, said.label_probability, said.on_ground
    return msgspec.structs.asdict(said) | {
        "surveillance": "cooperative" if said.cooperative else "non_cooperative",
        "where": None if on_ground is None else "on_ground" if on_ground else "airborne",
        "probability_percent": None if drone is None else drone * 100,
        "label_probability_percent": None if likely is None else likely * 100,
        "ids": tuple(filter(None, map(_name, said.ids[:4]))) or None,
        "category": cut(said.category, 16) if said.category else None,
    }


def _name(one: TargetId) -> evidence_schema.TargetId | None:
    return to_wire(evidence_schema.TargetId, {"target_id": one.kind, "id": cut(one.value)})


def _uncertainty(covariance: tuple[float, ...]) -> Said:
    if len(covariance) != 36 or not all(map(isfinite, covariance)):
        return {}
    east, north, cross = covariance[0], covariance[7], (covariance[1] + covariance[6]) / 2
    major, minor, axis_deg = ellipse(east, north, cross)
    velocity, _, _ = ellipse(covariance[21], covariance[28], (covariance[22] + covariance[27]) / 2)
    altitude = sqrt(max(covariance[14], 0.0))
    return {
        "sigma_major_m": major,
        "sigma_minor_m": minor,
        "major_axis_deg": axis_deg,
        "sigma_altitude_m": altitude,
        "sigma_velocity_mps": velocity,
    }


def ellipse(east: float, north: float, cross: float) -> tuple[float, float, float]:
    """Half axes (1-sigma) of a horizontal covariance and the direction of the longer one, degrees clockwise from north, 0 to 180."""
    middle, spread = (east + north) / 2, hypot((east - north) / 2, cross)
    axis_deg = degrees(atan2(2 * cross, north - east)) / 2 % 180
    return sqrt(max(middle + spread, 0.0)), sqrt(max(middle - spread, 0.0)), axis_deg


def without_operator(track: Track) -> Track:
    """A track that says nothing of a person: neither number nor place of its operator."""
    if track.identity is None:
        return track
    nobody = dict.fromkeys(name for name in Identity.__struct_fields__ if name.startswith("operator_"))
    return msgspec.structs.replace(track, identity=msgspec.structs.replace(track.identity, **nobody))


def identity(claim: Identity, place: schema.Kinematics | None) -> Said:
    """Claims by the names of the wire; the operator's place is told from the aircraft's where there is one."""
    ids = sorted(claim.ids, key=lambda one: BEST_FIRST.index(one.type) if one.type in BEST_FIRST else len(BEST_FIRST))
    others = tuple(filter(None, (to_wire(schema.OtherId, _id(one)) for one in ids[1:9])))
    return {
        **msgspec.structs.asdict(claim),
        **(_id(ids[0]) if ids else {}),
        "operator_id": cut(claim.operator_id) if claim.operator_id is not None else None,
        "operator_latitude_offset_deg": _offset(claim.operator_latitude_deg, place.latitude if place else 0),
        "operator_longitude_offset_deg": _offset(claim.operator_longitude_deg, place.longitude if place else 0),
        "other_ids": others or None,
        "transmitter": cut(claim.transmitters[0]) if claim.transmitters and not ids else None,
    }


def _id(one: UasId) -> Said:
    raw = _raw(one)
    return {"id_type": one.type, "id": None if raw else cut(one.value), "id_bytes": raw}


def _raw(one: UasId) -> bytes | None:
    if one.type in TEXT_IDS:
        return None
    try:
        raw = bytes.fromhex(one.value)[:64]
    except ValueError:
        return None
    return raw if raw and raw.hex() == one.value else None


def _offset(degrees_said: float | None, from_steps: int) -> float | None:
    return None if degrees_said is None else (degrees_said - from_steps / 1e7 + 180) % 360 - 180


def newest(heard: Sequence[Hearing]) -> Hearing | None:
    """The hearing that a track's signal strength is told from."""
    return max(heard, key=lambda one: one.last_mono_ns, default=None)
