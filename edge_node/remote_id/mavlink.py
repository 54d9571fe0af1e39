"""MAVLink's OPEN_DRONE_ID messages to those of ASTM F3411 (MAVLink 2, common.xml, messages 12900 to 12919)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from struct import Struct

from edge_node.remote_id.astm_f3411 import (
    HORIZONTAL_ACCURACY_M,
    SPEED_ACCURACY_MPS,
    TIMESTAMP_ACCURACY_S,
    VERTICAL_ACCURACY_M,
    decode_pack,
    position,
)
from edge_node.remote_id.astm_messages import UTC_EPOCH_S, AuthPage, BasicId, Location, Message, OperatorId, Pack, SelfId, System
from edge_node.remote_id.payload import Payload

_MAGIC = 0xFD
_HEADER_BYTES = 10
_PROTOCOL = 2  # of F3411-22a, whose values these messages have
_MAC_BYTES = 6
_PACK_NUMBER, _MESSAGES, _MESSAGES_BYTES = 12915, 24, 225

# Each message's own fields, in the order of the wire: the widest first. "x" stands where target system, target component and
# the 20 bytes of id_or_mac are.
_BASIC_ID = Struct("<22xBB20s")
_LOCATION = Struct("<iiffffHHh22xBBBBBBB")
_AUTHENTICATION = Struct("<I22xBBBB23s")
_SELF_ID = Struct("<22xB23s")
_SYSTEM = Struct("<iifffIHH22xBBBB")
_OPERATOR_ID = Struct("<22xB20s")
_SYSTEM_UPDATE = Struct("<iifI2x")
# Of which message at which byte id_or_mac stands; a system update has none.
_ID_OR_MAC = {12900: 2, 12901: 32, 12902: 6, 12903: 2, 12904: 30, 12905: 2, 12915: 2}

_DIRECTION_UNKNOWN, _SPEED_UNKNOWN, _CLIMB_UNKNOWN, _ALTITUDE_UNKNOWN = 36_100, 25_500, 6_300, -1_000.0
_HOUR_S, _TIMESTAMP_UNKNOWN = 3_600.0, 65_535.0


def payloads(data: bytes) -> Sequence[Payload]:
    """One whole MAVLink 2 frame as one payload; none where it is no OPEN_DRONE_ID message of an aircraft."""
    number = _number(data)
    if number not in _DECODERS and number != _PACK_NUMBER:
        return ()
    return (Payload("mavlink", _transmitter(data, number), None, data, cut=False),)


def decode(data: bytes) -> Pack:
    """The messages of one frame that `payloads` found."""
    number = _number(data)
    return decode_pack(pack(data)) if number == _PACK_NUMBER else _DECODERS[number](_fields(data))


def pack(data: bytes) -> bytes:
    """The pack that a frame holds, as it went over the air; empty where it holds a message by itself."""
    if _number(data) != _PACK_NUMBER:
        return b""
    fields = _fields(data)
    size, count = fields[_MESSAGES - 2 : _MESSAGES]
    return bytes((0xF0 | _PROTOCOL, size, count)) + fields[_MESSAGES : _MESSAGES + min(size * count, _MESSAGES_BYTES)]


def _number(data: bytes) -> int:
    if len(data) < _HEADER_BYTES or data[0] != _MAGIC or len(data) < _HEADER_BYTES + data[1]:
        return 0
    return int.from_bytes(data[7:10], "little")


def _fields(data: bytes) -> bytes:
    """The payload with the zeros that MAVLink 2 does not send."""
    return data[_HEADER_BYTES : _HEADER_BYTES + data[1]].ljust(255, b"\0")


def _transmitter(data: bytes, number: int) -> str:
    """The aircraft's address or, where only its id is known, that; else the receiver's system id."""
    at = _ID_OR_MAC.get(number)
    heard_from = b"" if at is None else _fields(data)[at : at + 20].rstrip(b"\0")
    if not heard_from:
        return f"mavlink:{data[5]}"
    if len(heard_from) <= _MAC_BYTES:
        return heard_from.ljust(_MAC_BYTES, b"\0").hex(":")
    return f"mavlink:{data[5]}:{heard_from.hex()}"


def _alone(message: Message | None) -> Pack:
    return Pack(() if message is None else (message,), 1, int(message is None), () if message else ("pack_bad_message",))


def _basic_id(fields: bytes) -> Pack:
    id_type, ua_type, uas_id = _BASIC_ID.unpack_from(fields)
    return _alone(BasicId(_PROTOCOL, id_type, ua_type & 0xF, uas_id))


def _location(fields: bytes) -> Pack:
    lat, lon, baro, geo, height, seconds, direction, speed, climb, *codes = _LOCATION.unpack_from(fields)
    status, reference, horizontal, vertical, barometer, speed_accuracy, time_accuracy = codes
    latitude_deg, longitude_deg, flags = position(lat, lon, "")
    direction_deg = direction / 100 if direction <= 36_000 else None
    if direction_deg is None and direction != _DIRECTION_UNKNOWN:
        flags += ("direction_out_of_range",)
    timestamp_s = seconds if 0 <= seconds <= _HOUR_S else None
    if timestamp_s is None and seconds != _TIMESTAMP_UNKNOWN:
        flags += ("timestamp_out_of_range",)
    return _alone(
        Location(
            _PROTOCOL,
            status & 0xF,
            direction_deg,
            speed / 100 if speed != _SPEED_UNKNOWN else None,
            climb / 100 if climb != _CLIMB_UNKNOWN else None,
            latitude_deg,
            longitude_deg,
            _altitude(baro),
            _altitude(geo),
            _altitude(height),
            reference == 1,
            HORIZONTAL_ACCURACY_M[horizontal & 0xF],
            VERTICAL_ACCURACY_M[vertical & 0xF],
            VERTICAL_ACCURACY_M[barometer & 0xF],
            SPEED_ACCURACY_MPS[speed_accuracy & 0xF],
            timestamp_s,
            TIMESTAMP_ACCURACY_S[time_accuracy & 0xF],
            flags,
        )
    )


def _altitude(altitude_m: float) -> float | None:
    """What the standard can say, and no more: above -1000 m, which stands for unknown, and below 31 768 m."""
    return altitude_m if isfinite(altitude_m) and _ALTITUDE_UNKNOWN < altitude_m < 31_768 else None


def _authentication(fields: bytes) -> Pack:
    since_epoch_s, auth_type, page, last_page, length, data = _AUTHENTICATION.unpack_from(fields)
    if page:
        return _alone(AuthPage(_PROTOCOL, auth_type & 0xF, page, data) if page <= 15 else None)
    if last_page > 15 or length > 17 + 23 * last_page:
        return _alone(None)
    return _alone(AuthPage(_PROTOCOL, auth_type & 0xF, 0, data[:17], last_page, length, since_epoch_s + UTC_EPOCH_S))


def _self_id(fields: bytes) -> Pack:
    return _alone(SelfId(_PROTOCOL, *_SELF_ID.unpack_from(fields)))


def _system(fields: bytes) -> Pack:
    lat, lon, ceiling, floor, altitude, since_epoch_s, count, radius, place, classification, category, eu_class = _SYSTEM.unpack_from(
        fields
    )
    latitude_deg, longitude_deg, flags = position(lat, lon, "operator_")
    return _alone(
        System(
            _PROTOCOL,
            place & 3,
            classification & 7,
            latitude_deg,
            longitude_deg,
            count,
            radius,
            _altitude(ceiling),
            _altitude(floor),
            category & 0xF,
            eu_class & 0xF,
            _altitude(altitude),
            _utc_s(since_epoch_s),
            flags,
        )
    )


def _system_update(fields: bytes) -> Pack:
    """What of a System message may change in flight; the operator's place is a live one by nature."""
    lat, lon, altitude, since_epoch_s = _SYSTEM_UPDATE.unpack_from(fields)
    latitude_deg, longitude_deg, flags = position(lat, lon, "operator_")
    utc_s = _utc_s(since_epoch_s)
    return _alone(System(_PROTOCOL, 1, 0, latitude_deg, longitude_deg, 0, 0, None, None, 0, 0, _altitude(altitude), utc_s, flags))


def _utc_s(since_epoch_s: int) -> int | None:
    return since_epoch_s + UTC_EPOCH_S if since_epoch_s else None


def _operator_id(fields: bytes) -> Pack:
    return _alone(OperatorId(_PROTOCOL, *_OPERATOR_ID.unpack_from(fields)))


_DECODERS: dict[int, Callable[[bytes], Pack]] = {
    12900: _basic_id,
    12901: _location,
    12902: _authentication,
    12903: _self_id,
    12904: _system,
    12905: _operator_id,
    12919: _system_update,
}
