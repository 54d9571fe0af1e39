"""What the reference library says of a message, put in this project's words.

Documented differences, and there is no other:
- what the library leaves as a special number (direction 361, speed 255, vertical speed 63, altitude -1000, timestamp 65535, both
  coordinates 0, an accuracy code without meaning, a System timestamp of 0 before protocol 2) is None;
- what cannot be (a latitude beyond 90, a longitude beyond 180, a direction beyond 360, a timestamp beyond the hour) is None;
- of two authentication pages of one number the library keeps the later one, here both are kept;
- horizontal accuracy code 2 is 4 NM = 7408 m, where the library has 7808 m.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from edge_node.remote_id.astm_messages import UTC_EPOCH_S, AuthPage, BasicId, Location, Message, OperatorId, SelfId, System

Fields = dict[str, Any]
NAMES = {"basic_id": BasicId, "location": Location, "auth": AuthPage, "self_id": SelfId, "system": System, "operator_id": OperatorId}
SINGLE = {"Location": Location, "SelfID": SelfId, "System": System, "OperatorID": OperatorId}


def vectors(shared_data: Path, kind: str) -> Iterator[Fields]:
    """The reference vectors of one kind."""
    with (shared_data / "remote_id" / "odid_vectors.jsonl").open() as lines:
        yield from (vector for vector in map(json.loads, lines) if vector["kind"] == kind)


def disagreements(message: Message, reference: Fields) -> Fields:
    """Field -> (ours, the reference's) where they differ."""
    theirs = _EXPECTED[type(message)](reference, message.protocol)
    ours = _comparable(message)
    return {name: (ours[name], theirs[name]) for name in theirs if ours[name] != theirs[name]}


def unlike(messages: tuple[Message, ...], uas: Fields, *, basic_ids: bool = True) -> list[object]:
    """What of a pack differs from the library's object of the whole aircraft, down to a kind of message that only one has."""
    kept = {type(message): message for message in messages if isinstance(message, tuple(SINGLE.values()))}
    pairs = [(kept.pop(kind, None), uas[name]) for name, kind in SINGLE.items() if name in uas]
    by_number = {message.page: message for message in messages if isinstance(message, AuthPage)}
    pages = [page for _, page in sorted(by_number.items())]
    ids = [message for message in messages if isinstance(message, BasicId)]
    pairs += zip_longest(pages, uas.get("Auth", []))
    pairs += zip_longest(ids, uas["BasicID"]) if basic_ids else []
    different = [(ours, theirs) for ours, theirs in pairs if ours is None or theirs is None or disagreements(ours, theirs)]
    return [*different, *kept.values()]


def _comparable(message: Message) -> Fields:
    """Raw bytes as hex, and their text as the library has it: up to the first NUL, one character a byte."""
    said = asdict(message)
    raw = {name: value for name, value in said.items() if isinstance(value, bytes)}
    texts = {f"{name}_text": value.partition(b"\0")[0].decode("latin-1") for name, value in raw.items()}
    return said | {name: value.hex() for name, value in raw.items()} | texts


def _place(latitude: float, longitude: float) -> tuple[float | None, float | None]:
    if latitude == 0 and longitude == 0:
        return None, None
    return latitude if abs(latitude) <= 90 else None, longitude if abs(longitude) <= 180 else None


def _unless(unknown: float, value: float) -> float | None:
    return None if value == unknown else value


def _basic_id(said: Fields, _: int) -> Fields:
    expected = {"ua_type": said["UAType"], "id_type": said["IDType"], "id": said["UASID_hex"]}
    return expected | {"id_text": said["UASID"]} if "UASID" in said else expected


def _location(said: Fields, _: int) -> Fields:
    latitude, longitude = _place(said["Latitude"], said["Longitude"])
    return {
        "status": said["Status"],
        "direction_deg": said["Direction"] if said["Direction"] <= 360 else None,
        "speed_mps": _unless(255, said["SpeedHorizontal"]),
        "vertical_speed_mps": _unless(63, said["SpeedVertical"]),
        "latitude_deg": latitude,
        "longitude_deg": longitude,
        "altitude_baro_m": _unless(-1000, said["AltitudeBaro"]),
        "altitude_wgs84_m": _unless(-1000, said["AltitudeGeo"]),
        "height_m": _unless(-1000, said["Height"]),
        "height_above_ground": said["HeightType"] == 1,
        "horizontal_accuracy_m": _accuracy(said, "HorizAccuracy", "_m", 12),
        "vertical_accuracy_m": _accuracy(said, "VertAccuracy", "_m", 6),
        "baro_accuracy_m": _accuracy(said, "BaroAccuracy", "_m", 6),
        "speed_accuracy_mps": _accuracy(said, "SpeedAccuracy", "_mps", 4),
        "timestamp_s": said["TimeStamp"] if said["TimeStamp"] <= 3600 else None,
        "timestamp_accuracy_s": _accuracy(said, "TSAccuracy", "_s", 15),
    }


def _accuracy(said: Fields, name: str, unit: str, last: int) -> float | None:
    if not 1 <= said[name] <= last:
        return None
    return 7408 if (name, said[name]) == ("HorizAccuracy", 2) else said[name + unit]


def _auth_page(said: Fields, _: int) -> Fields:
    stamp = said.get("Timestamp")
    return {
        "auth_type": said["AuthType"],
        "page": said["DataPage"],
        "data": said["AuthData_hex"],
        "last_page": said.get("LastPageIndex"),
        "length": said.get("Length"),
        "utc_s": None if stamp is None else stamp + UTC_EPOCH_S,
    }


def _self_id(said: Fields, _: int) -> Fields:
    return {"description_type": said["DescType"], "text_text": said["Desc"]}


def _system(said: Fields, protocol: int) -> Fields:
    latitude, longitude = _place(said["OperatorLatitude"], said["OperatorLongitude"])
    return {
        "operator_location": said["OperatorLocationType"],
        "classification": said["ClassificationType"],
        "operator_latitude_deg": latitude,
        "operator_longitude_deg": longitude,
        "area_count": said["AreaCount"],
        "area_radius_m": said["AreaRadius"],
        "area_ceiling_m": _unless(-1000, said["AreaCeiling"]),
        "area_floor_m": _unless(-1000, said["AreaFloor"]),
        "category_eu": said["CategoryEU"],
        "class_eu": said["ClassEU"],
        "operator_altitude_wgs84_m": _unless(-1000, said["OperatorAltitudeGeo"]),
        "utc_s": None if protocol < 2 and said["Timestamp"] == 0 else said["Timestamp"] + UTC_EPOCH_S,
    }


def _operator_id(said: Fields, _: int) -> Fields:
    return {"id_type": said["OperatorIdType"], "id_text": said["OperatorId"]}


_EXPECTED = {
    BasicId: _basic_id,
    Location: _location,
    AuthPage: _auth_page,
    SelfId: _self_id,
    System: _system,
    OperatorId: _operator_id,
}
