"""Values to messages: ASTM F3411-22a section 5.4; None is encoded as the standard's own "unknown"."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct as Layout

from msgspec import Struct

MESSAGE_BYTES = 25
EPOCH_2019_S = 1_546_300_800
LARGEST_U16, LARGEST_U32 = 0xFFFF, 0xFFFFFFFF

_ID = Layout("<BB20s3x")
_TEXT = Layout("<BB23s")
_LOCATION = Layout("<BBBBbiiHHHBBHBx")
_SYSTEM = Layout("<BBiiHBHHBHIx")


class Location(Struct, frozen=True, kw_only=True):
    """What a Location message says; accuracies are the standard's codes, `timestamp_s` counts from the full UTC hour."""

    status: int = 2
    height_above_ground: bool = False
    direction_deg: float | None = None
    speed_mps: float | None = None
    vertical_speed_mps: float | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_baro_m: float | None = None
    altitude_wgs84_m: float | None = None
    height_m: float | None = None
    horizontal_accuracy: int = 0
    vertical_accuracy: int = 0
    baro_accuracy: int = 0
    speed_accuracy: int = 0
    timestamp_s: float | None = None
    timestamp_accuracy_s: float | None = None


class System(Struct, frozen=True, kw_only=True):
    """What a System message says of the operator; category and class as coded for the EU, 0 undeclared."""

    operator_location: int = 0
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_wgs84_m: float | None = None
    eu_category: int = 0
    eu_class: int = 0
    utc_s: float | None = None


def basic_id(protocol: int, id_type: int, ua_type: int, value: bytes) -> bytes:
    """Message 0: one identity of at most 20 bytes."""
    return _ID.pack(0x00 | protocol, id_type << 4 | ua_type, value)


def location(protocol: int, said: Location) -> bytes:
    """Message 1."""
    west, direction = (1, 181) if said.direction_deg is None else divmod(round(said.direction_deg) % 360, 180)
    fast, speed = _speed(said.speed_mps)
    return _LOCATION.pack(
        0x10 | protocol,
        said.status << 4 | said.height_above_ground << 2 | west << 1 | fast,
        direction,
        speed,
        126 if said.vertical_speed_mps is None else _within(round(said.vertical_speed_mps / 0.5), -124, 124),
        *_place(said.latitude_deg, said.longitude_deg),
        _altitude(said.altitude_baro_m),
        _altitude(said.altitude_wgs84_m),
        _altitude(said.height_m),
        said.vertical_accuracy << 4 | said.horizontal_accuracy,
        said.baro_accuracy << 4 | said.speed_accuracy,
        LARGEST_U16 if said.timestamp_s is None else round(said.timestamp_s * 10) % 36_000,
        0 if said.timestamp_accuracy_s is None else _within(round(said.timestamp_accuracy_s * 10), 1, 15),
    )


def self_id(protocol: int, description_type: int, text: str) -> bytes:
    """Message 3: at most 23 characters."""
    return _TEXT.pack(0x30 | protocol, description_type, text.encode())


def system(protocol: int, said: System) -> bytes:
    """Message 4, of one aircraft without an area; only protocol 2 has a time in it."""
    in_eu = said.eu_category > 0
    utc_s = 0 if said.utc_s is None or protocol < 2 else _within(int(said.utc_s) - EPOCH_2019_S, 0, LARGEST_U32)
    return _SYSTEM.pack(
        0x40 | protocol,
        in_eu << 2 | said.operator_location,
        *_place(said.latitude_deg, said.longitude_deg),
        1,
        0,
        _altitude(None),
        _altitude(None),
        said.eu_category << 4 | (said.eu_class if in_eu else 0),
        _altitude(said.altitude_wgs84_m),
        utc_s,
    )


def operator_id(protocol: int, value: str) -> bytes:
    """Message 5: at most 20 characters."""
    return _ID.pack(0x50 | protocol, 0, value.encode())


def pack(protocol: int, messages: Sequence[bytes]) -> bytes:
    """Message F: one to nine messages of 25 bytes."""
    if not 1 <= len(messages) <= 9:
        raise ValueError(f"a pack holds 1 to 9 messages, not {len(messages)}")
    return bytes((0xF0 | protocol, MESSAGE_BYTES, len(messages))) + b"".join(messages)


def _speed(speed_mps: float | None) -> tuple[int, int]:
    """Multiplier bit and byte: steps of 0.25 m/s up to 63.75, then of 0.75 m/s up to 254.25."""
    if speed_mps is None:
        return 1, 255
    if round(speed_mps / 0.25) <= 255:
        return 0, round(speed_mps / 0.25)
    return 1, _within(round((speed_mps - 63.75) / 0.75), 0, 254)


def _place(latitude_deg: float | None, longitude_deg: float | None) -> tuple[int, int]:
    if latitude_deg is None or longitude_deg is None:
        return 0, 0
    return round(latitude_deg * 1e7), round(longitude_deg * 1e7)


def _altitude(metres: float | None) -> int:
    return 0 if metres is None else _within(round((metres + 1000) * 2), 1, LARGEST_U16)


def _within(value: int, least: int, most: int) -> int:
    return min(max(value, least), most)
