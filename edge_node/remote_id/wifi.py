"""Remote ID in 802.11 management frames: vendor elements of beacons and probe responses (IEEE 802.11-2020 section 9.3.3), and NAN."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from struct import Struct
from typing import Any

from edge_node.messages import Transport
from edge_node.remote_id import nan
from edge_node.remote_id.payload import MOST_PAYLOADS, Payload

_ASD_STAN = b"\xfa\x0b\xbc\x0d"
_PARROT = b"\x90\x3a\xe6\x0d"
_ASTM = (_ASD_STAN, _PARROT)
_FRENCH = b"\x6a\x5c\x35\x01"
_DJI = (b"\x26\x37\x12\x58", b"\x60\x60\x1f\x58", b"\x48\x1c\xb9\x58", b"\x34\xd2\x62\x58")  # four OUIs, one type
_FIRST_OF_OUIS = frozenset(kind[0] for kind in (*_ASTM, _FRENCH, *_DJI))
_DJI_TYPE = b"\x58\x62\x13"
_SSID, _VENDOR_SPECIFIC = 0, 221
_MOST_SSID_BYTES = 32
_HEADER_BYTES, _FIXED = 24, Struct("<QH2x")
_HT_CONTROL_BIT, _HT_CONTROL_BYTES = 0x80, 4
_BEACON, _PROBE_RESPONSE, _ACTION = 0x80, 0x50, 0xD0  # the first byte of frame control
_ESCAPES = {code: f"\\x{code:02x}" for code in range(256) if not 0x20 <= code < 0x7F}


def payloads(data: bytes) -> Sequence[Payload]:
    """Every Remote ID payload of one 802.11 frame, at most four; mostly none."""
    carrier = _CARRIERS.get(data[0]) if data else None
    return carrier(data) if carrier else ()


def header(data: bytes) -> dict[str, Any]:
    """What a frame with Remote ID says beside it: its sequence number and, of a beacon or probe response, time, interval and SSID."""
    body = _body(data)
    end = body + _FIXED.size
    if data[0] == _ACTION or len(data) < end:
        return {"sequence_number": (data[22] | data[23] << 8) >> 4}
    tsf_us, interval_tu = _FIXED.unpack_from(data, body)
    return {
        "sequence_number": (data[22] | data[23] << 8) >> 4,
        "tsf_us": tsf_us,
        "beacon_interval_tu": interval_tu,
        "ssid": _ssid(data, end),
    }


def _body(data: bytes) -> int:
    return _HEADER_BYTES + (_HT_CONTROL_BYTES if data[1] & _HT_CONTROL_BIT else 0)


def _ssid(data: bytes, at: int) -> str | None:
    r"""The first SSID of the elements, what is not printable ASCII as \xNN; None when it is hidden or not there."""
    end = len(data)
    while at + 2 <= end:
        after = at + 2 + data[at + 1]
        if data[at] == _SSID:
            raw = data[at + 2 : min(after, at + 2 + _MOST_SSID_BYTES)].rstrip(b"\0").decode("latin-1")
            return (raw if raw.isascii() and raw.isprintable() else raw.translate(_ESCAPES)) or None
        at = after
    return None


def _vendor_elements(transport: Transport, data: bytes) -> Sequence[Payload]:
    """Walk the information elements of a beacon or probe response; one whose length runs over the end is the last."""
    # One byte is found several times faster than four, and is rarely there.
    if not (
        (0xFA in data and _ASD_STAN in data)
        or (0x58 in data and _DJI_TYPE in data)
        or (0x6A in data and _FRENCH in data)
        or (0x90 in data and _PARROT in data)
    ):
        return ()
    found: list[Payload] = []
    end = len(data)
    at = _body(data) + _FIXED.size
    while at + 6 <= end:
        after = at + 2 + data[at + 1]
        if data[at] == _VENDOR_SPECIFIC and after >= at + 6 and data[at + 2] in _FIRST_OF_OUIS:
            load = _load(transport, data, at + 2, after)
            if load is not None:
                found.append(load)
                if len(found) == MOST_PAYLOADS:
                    break
        at = after
    return found


def _load(transport: Transport, data: bytes, at: int, after: int) -> Payload | None:
    """The payload of the vendor element whose OUI stands at `at`; None when it is somebody else's."""
    kind = data[at : at + 4]
    if kind in _ASTM:
        load = data[at + 4 : after]
        return Payload(transport, data[10:16].hex(":"), load[0] if load else None, load[1:], after > len(data))
    if kind == _FRENCH:
        return Payload("french_beacon", data[10:16].hex(":"), None, data[at + 4 : after], after > len(data))
    if kind in _DJI and data[at + 3 : min(at + 6, after)] == _DJI_TYPE:
        return Payload("dji_beacon", data[10:16].hex(":"), None, data[at + 6 : after], after > len(data))
    return None


def _service_discovery(data: bytes) -> Sequence[Payload]:
    if nan.SERVICE_ID not in data:
        return ()
    transmitter = data[10:16].hex(":")
    infos = nan.service_infos(data, _body(data), MOST_PAYLOADS)
    return [Payload("wifi_nan", transmitter, load[0] if load else None, load[1:], cut) for load, cut in infos]


_CARRIERS: dict[int, Callable[[bytes], Sequence[Payload]]] = {
    _BEACON: partial(_vendor_elements, "wifi_beacon"),
    _PROBE_RESPONSE: partial(_vendor_elements, "wifi_probe_response"),
    _ACTION: _service_discovery,
}
