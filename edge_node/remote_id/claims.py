"""Messages to what an aircraft claims: the fields of a RemoteIdDetection, fit for logs and C2."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from edge_node.messages import IdType, UasId
from edge_node.remote_id.astm_messages import AuthPage, BasicId, Location, Message, OperatorId, SelfId, System

Claims = dict[str, Any]

_ID_TYPES: tuple[IdType, ...] = ("none", "serial_number", "caa_registration", "utm_uuid", "specific_session")
_TEXT_ID_TYPES = (1, 2)
UA_TYPES = (
    None,
    "aeroplane",
    "helicopter_or_multirotor",
    "gyroplane",
    "hybrid_lift",
    "ornithopter",
    "glider",
    "kite",
    "free_balloon",
    "captive_balloon",
    "airship",
    "free_fall_parachute",
    "rocket",
    "tethered_powered_aircraft",
    "ground_obstacle",
    "other",
)
"""In the order of ASTM F3411-22a."""
_STATUSES = (None, "ground", "airborne", "emergency", "remote_id_system_failure", *[None] * 11)
_OPERATOR_LOCATIONS = ("take_off", "live", "fixed", None)
_DESCRIPTION_TYPES = ("text", "emergency", "extended_status")
_AUTH_TYPES = (
    None,
    "uas_id_signature",
    "operator_id_signature",
    "message_set_signature",
    "network_remote_id",
    "specific_method",
    *["reserved"] * 4,
    *["private"] * 6,
)
_ESCAPES = {code: f"\\x{code:02x}" for code in range(256) if not 0x20 <= code < 0x7F}
_CTA_2063A = re.compile(r"[0-9A-HJ-NP-Z]{4}[1-9A-F][0-9A-HJ-NP-Z]{1,15}")
# EN 4709-002: country, 12 characters and a check character are public; "-" and three more are the operator's secret.
_EU_OPERATOR = re.compile(r"[A-Za-z]{3}[0-9A-Za-z]{13}(?=-)|[A-Z]{3}[0-9a-z]{13}(?=.)", re.DOTALL)


def claims(messages: Iterable[Message]) -> Claims:
    """The fields that these messages fill, `ids` and `flags` among them; of two that say the same field the later stands."""
    said: Claims = {"ids": (), "flags": ()}
    for message in messages:
        _CLAIM[type(message)](message, said)
    return said


def printable(raw: bytes) -> str:
    r"""The text up to the first NUL; what is not printable ASCII as \xNN."""
    text = raw.partition(b"\0")[0].decode("latin-1")
    return text if text.isascii() and text.isprintable() else text.translate(_ESCAPES)


def utc_text(utc_s: int) -> str:
    """Such as 2026-01-31T12:00:00Z."""
    return datetime.fromtimestamp(utc_s, UTC).isoformat()[:19] + "Z"


def cta_2063a(serial: str) -> bool:
    """Whether a serial number has the form of ANSI/CTA-2063-A: a maker's four characters, a length, and as many more; no O, no I."""
    return _CTA_2063A.fullmatch(serial) is not None and int(serial[4], 16) == len(serial) - 5


def _basic_id(message: BasicId, said: Claims) -> None:
    said["ua_type"] = said.get("ua_type") or UA_TYPES[message.ua_type]
    value = _id_value(message)
    if value:
        kind = _ID_TYPES[message.id_type] if message.id_type < len(_ID_TYPES) else "reserved"
        said["ids"] = tuple(dict.fromkeys((*said["ids"], UasId(kind, value))))


def _id_value(message: BasicId) -> str:
    """Empty for an empty id; one that is not text is all its 20 bytes in hex, for nothing says where its padding begins."""
    if message.id_type in _TEXT_ID_TYPES:
        return printable(message.id)
    return message.id.hex() if message.id.strip(b"\0") else ""


def _location(message: Location, said: Claims) -> None:
    said.update(
        status=_STATUSES[message.status],
        latitude_deg=message.latitude_deg,
        longitude_deg=message.longitude_deg,
        altitude_wgs84_m=message.altitude_wgs84_m,
        altitude_baro_m=message.altitude_baro_m,
        height_m=message.height_m,
        height_reference=None if message.height_m is None else "ground" if message.height_above_ground else "take_off",
        direction_deg=message.direction_deg,
        speed_mps=message.speed_mps,
        vertical_speed_mps=message.vertical_speed_mps,
        horizontal_accuracy_m=message.horizontal_accuracy_m,
        vertical_accuracy_m=message.vertical_accuracy_m,
        speed_accuracy_mps=message.speed_accuracy_mps,
        timestamp_s=message.timestamp_s,
        timestamp_accuracy_s=message.timestamp_accuracy_s,
    )
    said["flags"] += message.flags


def _auth_page(message: AuthPage, said: Claims) -> None:
    kind = _AUTH_TYPES[message.auth_type]
    said.update(authentication="present" if kind else "none", authentication_type=kind)


def _self_id(message: SelfId, said: Claims) -> None:
    kind = message.description_type
    said.update(
        self_id=printable(message.text) or None,
        description_type=_DESCRIPTION_TYPES[kind] if kind < len(_DESCRIPTION_TYPES) else None,
    )


def _system(message: System, said: Claims) -> None:
    said.update(
        operator_latitude_deg=message.operator_latitude_deg,
        operator_longitude_deg=message.operator_longitude_deg,
        operator_altitude_wgs84_m=message.operator_altitude_wgs84_m,
        operator_location=None if message.operator_latitude_deg is None else _OPERATOR_LOCATIONS[message.operator_location],
        system_time_utc=None if message.utc_s is None else utc_text(message.utc_s),
    )
    said["flags"] += message.flags


def _operator_id(message: OperatorId, said: Claims) -> None:
    """Nobody beyond this line learns the secret part of an EU operator number."""
    text = printable(message.id)
    public = _EU_OPERATOR.match(text)
    if public and public.end() < len(text):
        said["flags"] += ("operator_id_secret_stripped",)
        text = public[0]
    said["operator_id"] = text or None


_CLAIM: dict[type[Message], Callable[[Any, Claims], None]] = {
    BasicId: _basic_id,
    Location: _location,
    AuthPage: _auth_page,
    SelfId: _self_id,
    System: _system,
    OperatorId: _operator_id,
}
