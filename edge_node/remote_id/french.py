"""French electronic signalling (arrete of 27 December 2019, annex): what a beacon's fields claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from struct import Struct
from typing import Any

from edge_node.messages import UasId
from edge_node.remote_id.claims import Claims, printable

_DEGREES, _METRES, _COURSE, _SPEED = Struct(">i"), Struct(">h"), Struct(">H"), Struct(">B")
_FRENCH_ID_BYTES, _SERIAL_BYTES = 30, 20
_LATITUDE_MOST, _LONGITUDE_MOST = 90.0, 180.0


def decode(data: bytes) -> tuple[Claims, tuple[str, ...]]:
    """The fields of one element as the fields of a RemoteIdDetection, and what is wrong with them; unknown fields are passed over."""
    said: Claims = {"ids": (), "flags": ()}
    faults: dict[str, None] = {}
    for kind, value in _fields(data):
        if value is None:
            faults["field_cut"] = None
        elif kind in _FIELDS and not _FIELDS[kind](value, said):
            faults["field_size"] = None
    _check(said, "latitude_deg", "longitude_deg", "")
    _check(said, "take_off_latitude_deg", "take_off_longitude_deg", "take_off_")
    if said.get("direction_deg") is not None and said["direction_deg"] > 360:
        said["direction_deg"] = None
        said["flags"] += ("direction_out_of_range",)
    if "height_m" in said:
        said["height_reference"] = "take_off"
    return said, tuple(faults)


def _fields(data: bytes) -> Iterator[tuple[int, bytes | None]]:
    """Type and value of every field; None for one that runs over the end."""
    at = 0
    while at + 2 <= len(data):
        after = at + 2 + data[at + 1]
        yield data[at], data[at + 2 : after] if after <= len(data) else None
        at = after


def _number(name: str, form: Struct, scale: float = 1.0) -> Callable[[bytes, Claims], bool]:
    """What reads one number into a field; it says False where the size is wrong."""

    def read(value: bytes, said: Claims) -> bool:
        if len(value) != form.size:
            return False
        said[name] = round(form.unpack(value)[0] * scale, 5)
        return True

    return read


def _id(kind: Any, most: int) -> Callable[[bytes, Claims], bool]:
    def read(value: bytes, said: Claims) -> bool:
        text = printable(value[:most]).strip()
        if text:
            said["ids"] = tuple(dict.fromkeys((*said["ids"], UasId(kind, text))))
        return len(value) <= most

    return read


def _check(said: Claims, latitude: str, longitude: str, whose: str) -> None:
    """No place without both, none at 0 0, which is a receiver without a fix, and none off the Earth."""
    lat, lon = said.get(latitude), said.get(longitude)
    if lat is None or lon is None or not (lat or lon):
        said[latitude] = said[longitude] = None
        return
    if abs(lat) > _LATITUDE_MOST:
        said[latitude] = None
        said["flags"] += (f"{whose}latitude_out_of_range",)
    if abs(lon) > _LONGITUDE_MOST:
        said[longitude] = None
        said["flags"] += (f"{whose}longitude_out_of_range",)


# A French identifier names maker, model and serial number as registered with the authority; it has no CTA-2063-A form.
_FIELDS: dict[int, Callable[[bytes, Claims], bool]] = {
    2: _id("caa_registration", _FRENCH_ID_BYTES),
    3: _id("serial_number", _SERIAL_BYTES),
    4: _number("latitude_deg", _DEGREES, 1e-5),
    5: _number("longitude_deg", _DEGREES, 1e-5),
    6: _number("altitude_msl_m", _METRES),
    7: _number("height_m", _METRES),
    8: _number("take_off_latitude_deg", _DEGREES, 1e-5),
    9: _number("take_off_longitude_deg", _DEGREES, 1e-5),
    10: _number("speed_mps", _SPEED),
    11: _number("direction_deg", _COURSE),
}
