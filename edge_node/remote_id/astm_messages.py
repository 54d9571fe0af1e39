"""The messages of ASTM F3411-22a / EN 4709-002 as frozen structs: units applied, unknown None, codes and texts as sent."""

from __future__ import annotations

from msgspec import Struct

UTC_EPOCH_S = 1_546_300_800  # 2019-01-01T00:00:00Z, from which every absolute time of the standard counts


class BasicId(Struct, frozen=True, gc=False):
    """Type 0: one identity and the kind of aircraft; `id` is the 20 bytes as sent, NUL padding and all."""

    protocol: int
    id_type: int
    ua_type: int
    id: bytes


class Location(Struct, frozen=True, gc=False):
    """Type 1: where the aircraft says it is; `timestamp_s` counts from the last full UTC hour, `flags` name impossible values."""

    protocol: int
    status: int
    direction_deg: float | None
    speed_mps: float | None
    vertical_speed_mps: float | None
    latitude_deg: float | None
    longitude_deg: float | None
    altitude_baro_m: float | None
    altitude_wgs84_m: float | None
    height_m: float | None
    height_above_ground: bool
    horizontal_accuracy_m: float | None
    vertical_accuracy_m: float | None
    baro_accuracy_m: float | None
    speed_accuracy_mps: float | None
    timestamp_s: float | None
    timestamp_accuracy_s: float | None
    flags: tuple[str, ...]


class AuthPage(Struct, frozen=True, gc=False):
    """Type 2: one page of authentication data; the last three fields, time in Unix seconds, are said by page 0 alone."""

    protocol: int
    auth_type: int
    page: int
    data: bytes
    last_page: int | None = None
    length: int | None = None
    utc_s: int | None = None


class SelfId(Struct, frozen=True, gc=False):
    """Type 3: a description in words; `text` is the 23 bytes as sent."""

    protocol: int
    description_type: int
    text: bytes


class System(Struct, frozen=True, gc=False):
    """Type 4: the operator's place, the area of a swarm, the class of the aircraft; `utc_s` in Unix seconds."""

    protocol: int
    operator_location: int
    classification: int
    operator_latitude_deg: float | None
    operator_longitude_deg: float | None
    area_count: int
    area_radius_m: int
    area_ceiling_m: float | None
    area_floor_m: float | None
    category_eu: int
    class_eu: int
    operator_altitude_wgs84_m: float | None
    utc_s: int | None
    flags: tuple[str, ...]


class OperatorId(Struct, frozen=True, gc=False):
    """Type 5: the operator's registration; `id` is the 20 bytes as sent, which may hold the secret part of an EU number."""

    protocol: int
    id_type: int
    id: bytes


Message = BasicId | Location | AuthPage | SelfId | System | OperatorId


class Pack(Struct, frozen=True, gc=False):
    """What one message pack holds: the good messages, how many were declared, how many of those are lost, and why."""

    messages: tuple[Message, ...]
    declared: int
    bad: int
    faults: tuple[str, ...]
