"""Neighbor Awareness Networking: the service information of service discovery frames (Wi-Fi Aware specification 4.0, section 9.5.4)."""

from __future__ import annotations

SERVICE_ID = b"\x88\x69\x19\x9d\x92\x09"  # of "org.opendroneid.remoteid"

_PUBLIC_ACTION = b"\x04\x09\x50\x6f\x9a\x13"
_SERVICE_DESCRIPTOR = 3
_ATTRIBUTE_HEADER_BYTES = 3
_CONTROL = 8  # after the service's id, an instance and a requestor
_MATCHING_FILTER, _RESPONSE_FILTER, _SERVICE_INFO, _BINDING_BITMAP = 0x04, 0x08, 0x10, 0x40


def service_infos(data: bytes, body: int, most: int) -> list[tuple[bytes, bool]]:
    """What the Remote ID service tells in each of its descriptors, and whether the frame ended before it did; at most `most`.

    The body of an action frame begins at `body`. Neither destination nor cluster id is asked for: real transmitters have several.
    """
    found: list[tuple[bytes, bool]] = []
    if data[body : body + len(_PUBLIC_ACTION)] != _PUBLIC_ACTION:
        return found
    at, end = body + len(_PUBLIC_ACTION), len(data)
    while at + _ATTRIBUTE_HEADER_BYTES <= end and len(found) < most:
        kind, begin = data[at], at + _ATTRIBUTE_HEADER_BYTES
        at = begin + int.from_bytes(data[at + 1 : begin], "little")
        if kind == _SERVICE_DESCRIPTOR:
            info = _service_info(data[begin:at])
            if info is not None:
                load, cut = info
                found.append((load, cut or at > end))
    return found


def _service_info(descriptor: bytes) -> tuple[bytes, bool] | None:
    """The last field of a descriptor, and whether it is shorter than it says; None when it is not there or not Remote ID's."""
    if not descriptor.startswith(SERVICE_ID) or len(descriptor) <= _CONTROL or not descriptor[_CONTROL] & _SERVICE_INFO:
        return None
    control, at = descriptor[_CONTROL], _CONTROL + 1
    if control & _BINDING_BITMAP:
        at += 2
    for bit in (_MATCHING_FILTER, _RESPONSE_FILTER):
        if control & bit:
            at += 1 + (descriptor[at] if at < len(descriptor) else 0)
    if at >= len(descriptor):
        return b"", True
    after = at + 1 + descriptor[at]
    return descriptor[at + 1 : after], after > len(descriptor)
