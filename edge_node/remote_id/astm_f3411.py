"""Bytes to messages: ASTM F3411-22a section 5.4, EN 4709-002 section 5.3; any bytes may come, nothing is raised."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from edge_node.remote_id.astm_messages import UTC_EPOCH_S, AuthPage, BasicId, Location, Message, OperatorId, Pack, SelfId, System

MESSAGE_BYTES = 25
MOST_MESSAGES = 9

_PACK = 0xF
_MANY = (0x0, 0x2)  # an aircraft may have several Basic IDs and authentication pages, but one of everything else
_PACK_HEADER_BYTES = 3

_ID = Struct("<BB20s")
_TEXT = Struct("<BB23s")
_LOCATION = Struct("<BBBBbiiHHHBBHB")
_SYSTEM = Struct("<BBiiHBHHBHI")
_AUTH_FIRST = Struct("<BBBBI17s")

HORIZONTAL_ACCURACY_M = (None, 18520.0, 7408.0, 3704.0, 1852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0, 1.0, None, None, None)
VERTICAL_ACCURACY_M = (None, 150.0, 45.0, 25.0, 10.0, 3.0, 1.0, *[None] * 9)
SPEED_ACCURACY_MPS = (None, 10.0, 3.0, 1.0, 0.3, *[None] * 11)
TIMESTAMP_ACCURACY_S = (None, *[code / 10 for code in range(1, 16)])

# Indexed by the two low bits of a Location's second byte (east/west, multiplier) and the coded byte.
_DIRECTION_DEG = tuple(tuple(float(code + west) if code + west <= 360 else None for code in range(256)) for west in (0, 0, 180, 180))
_SPEED = (tuple(code * 0.25 for code in range(256)), tuple(code * 0.75 + 63.75 if code != 255 else None for code in range(256))) * 2
_DIRECTION_UNKNOWN = 361 - 180
_VERTICAL_SPEED_UNKNOWN = 126
_HOUR_TENTHS, _TIMESTAMP_UNKNOWN = 36_000, 0xFFFF
_LATITUDE_MOST, _LONGITUDE_MOST = 900_000_000, 1_800_000_000


def decode_message(data: bytes, offset: int = 0) -> Message | None:
    """The 25-byte message at `offset`; None when it is cut short or of no kind that the standard knows."""
    if not 0 <= offset <= len(data) - MESSAGE_BYTES:
        return None
    decode = _DECODERS.get(data[offset] >> 4)
    return decode(data, offset) if decode else None


def decode_pack(payload: bytes) -> Pack:
    """The messages of a pack, or of one bare message, with what is wrong with it; an empty pack (count 0) is sound.

    Of two messages that cannot both hold, the later one stands, as for a receiver that hears them one by one.
    """
    if payload and payload[0] >> 4 != _PACK:
        return _gather(payload, 0, 1, [])
    if len(payload) < _PACK_HEADER_BYTES:
        return Pack((), 0, 0, ("pack_short",))
    _, size, declared = payload[:_PACK_HEADER_BYTES]
    faults = ["pack_overfull"] if declared > MOST_MESSAGES else []
    if size != MESSAGE_BYTES:
        faults.append("pack_message_size")
        if len(payload) != _PACK_HEADER_BYTES + declared * MESSAGE_BYTES:  # nothing says where a message would begin
            return Pack((), declared, declared, tuple(faults))
    return _gather(payload, _PACK_HEADER_BYTES, declared, faults)


def _gather(payload: bytes, start: int, declared: int, faults: list[str]) -> Pack:
    """Read what is there of the declared messages; faults are named once each."""
    whole = min(declared, MOST_MESSAGES, (len(payload) - start) // MESSAGE_BYTES)
    kept: dict[int, Message] = {}
    read = 0
    for offset in range(start, start + whole * MESSAGE_BYTES, MESSAGE_BYTES):
        message = decode_message(payload, offset)
        if message is not None:
            kind = payload[offset] >> 4
            kept[offset if kind in _MANY else -kind] = message
            read += 1
    if whole < declared:
        faults.append("pack_short")
    if read < whole:
        faults.append("pack_bad_message")
    if len(kept) < read:
        faults.append("pack_duplicate")
    return Pack(tuple(kept.values()), declared, declared - len(kept), tuple(faults))


def _basic_id(data: bytes, offset: int) -> BasicId:
    head, types, uas_id = _ID.unpack_from(data, offset)
    return BasicId(head & 0xF, types >> 4, types & 0xF, uas_id)


def _location(data: bytes, offset: int) -> Location:
    head, bits, direction, speed, climb, lat, lon, baro, geo, height, place_acc, other_acc, tenths, time_acc = _LOCATION.unpack_from(
        data, offset
    )
    latitude_deg, longitude_deg, flags = position(lat, lon, "")
    direction_deg = _DIRECTION_DEG[bits & 3][direction]
    if direction_deg is None and direction != _DIRECTION_UNKNOWN:
        flags += ("direction_out_of_range",)
    if _HOUR_TENTHS < tenths < _TIMESTAMP_UNKNOWN:
        flags += ("timestamp_out_of_range",)
    return Location(
        head & 0xF,
        bits >> 4,
        direction_deg,
        _SPEED[bits & 3][speed],
        climb * 0.5 if climb != _VERTICAL_SPEED_UNKNOWN else None,
        latitude_deg,
        longitude_deg,
        baro * 0.5 - 1000.0 if baro else None,
        geo * 0.5 - 1000.0 if geo else None,
        height * 0.5 - 1000.0 if height else None,
        bits & 4 != 0,
        HORIZONTAL_ACCURACY_M[place_acc & 0xF],
        VERTICAL_ACCURACY_M[place_acc >> 4],
        VERTICAL_ACCURACY_M[other_acc >> 4],
        SPEED_ACCURACY_MPS[other_acc & 0xF],
        tenths / 10 if tenths <= _HOUR_TENTHS else None,
        TIMESTAMP_ACCURACY_S[time_acc & 0xF],
        flags,
    )


def position(latitude: int, longitude: int, whose: str) -> tuple[float | None, float | None, tuple[str, ...]]:
    """Degrees of two coded coordinates: unknown when both are 0, and None with a flag where no such place exists."""
    if not (latitude or longitude):
        return None, None, ()
    latitude_deg: float | None = latitude / 1e7
    longitude_deg: float | None = longitude / 1e7
    flags: tuple[str, ...] = ()
    if not -_LATITUDE_MOST <= latitude <= _LATITUDE_MOST:
        latitude_deg, flags = None, (f"{whose}latitude_out_of_range",)
    if not -_LONGITUDE_MOST <= longitude <= _LONGITUDE_MOST:
        longitude_deg, flags = None, (*flags, f"{whose}longitude_out_of_range")
    return latitude_deg, longitude_deg, flags


def _auth_page(data: bytes, offset: int) -> AuthPage | None:
    """One page; None for a page 0 that promises more pages, or more bytes, than there can be."""
    head, bits = data[offset], data[offset + 1]
    if bits & 0xF:
        return AuthPage(head & 0xF, bits >> 4, bits & 0xF, data[offset + 2 : offset + MESSAGE_BYTES])
    _, _, last_page, length, since_epoch_s, signature = _AUTH_FIRST.unpack_from(data, offset)
    if last_page > 15 or length > 17 + 23 * last_page:
        return None
    return AuthPage(head & 0xF, bits >> 4, 0, signature, last_page, length, since_epoch_s + UTC_EPOCH_S)


def _self_id(data: bytes, offset: int) -> SelfId:
    head, kind, text = _TEXT.unpack_from(data, offset)
    return SelfId(head & 0xF, kind, text)


def _system(data: bytes, offset: int) -> System:
    head, bits, lat, lon, count, radius, ceiling, floor, eu, altitude, since_epoch_s = _SYSTEM.unpack_from(data, offset)
    latitude_deg, longitude_deg, flags = position(lat, lon, "operator_")
    timeless = since_epoch_s == 0 and head & 0xF < 2  # the field came with F3411-22a
    return System(
        head & 0xF,
        bits & 3,
        bits >> 2 & 7,
        latitude_deg,
        longitude_deg,
        count,
        radius * 10,
        ceiling * 0.5 - 1000.0 if ceiling else None,
        floor * 0.5 - 1000.0 if floor else None,
        eu >> 4,
        eu & 0xF,
        altitude * 0.5 - 1000.0 if altitude else None,
        None if timeless else since_epoch_s + UTC_EPOCH_S,
        flags,
    )


def _operator_id(data: bytes, offset: int) -> OperatorId:
    head, kind, operator_id = _ID.unpack_from(data, offset)
    return OperatorId(head & 0xF, kind, operator_id)


_DECODERS: dict[int, Callable[[bytes, int], Message | None]] = {
    0x0: _basic_id,
    0x1: _location,
    0x2: _auth_page,
    0x3: _self_id,
    0x4: _system,
    0x5: _operator_id,
}
