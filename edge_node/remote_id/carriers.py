"""Frames to Remote ID payloads: which bytes of which frame carry them (ASTM F3411-22a section 5.4.6, IEEE 802.11-2020 section 9.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from drivers.blocks import RadioFrame
from edge_node.messages import Transport

MOST_ELEMENTS = 4

_ASTM = b"\xfa\x0b\xbc\x0d"
_PARROT = b"\x90\x3a\xe6\x0d"
_VENDOR_SPECIFIC = 221
_FIRST_ELEMENT = 24 + 12
_HT_CONTROL_BIT, _HT_CONTROL_BYTES = 0x80, 4


class Payload(Struct, frozen=True, gc=False):
    """One carrier's load: `data` begins at the pack or message; `cut` says that the frame ended before its element did."""

    transport: Transport
    transmitter: str
    counter: int | None
    data: bytes
    cut: bool


def payloads(frame: RadioFrame) -> Sequence[Payload]:
    """Every Remote ID payload of one frame, at most four; mostly none."""
    data = frame.data
    carrier = _WIFI.get(data[0]) if data and frame.medium == "wifi" else None
    return carrier(data) if carrier else ()


def _vendor_elements(transport: Transport, data: bytes) -> Sequence[Payload]:
    """Walk the information elements of a beacon or probe response; one whose length runs over the end is the last."""
    # One byte is found several times faster than four, and is rarely there.
    if not (0xFA in data and _ASTM in data) and not (0x90 in data and _PARROT in data):
        return ()
    found: list[Payload] = []
    end = len(data)
    at = _FIRST_ELEMENT + (_HT_CONTROL_BYTES if data[1] & _HT_CONTROL_BIT else 0)
    while at + 6 <= end and len(found) < MOST_ELEMENTS:
        after = at + 2 + data[at + 1]
        if data[at] == _VENDOR_SPECIFIC and after >= at + 6 and data[at + 2 : at + 6] in (_ASTM, _PARROT):
            load = data[at + 6 : after]
            found.append(Payload(transport, data[10:16].hex(":"), load[0] if load else None, load[1:], after > end))
        at = after
    return found


# By the first byte of frame control: management frames of one subtype each.
_WIFI: dict[int, Callable[[bytes], Sequence[Payload]]] = {
    0x80: partial(_vendor_elements, "wifi_beacon"),
    0x50: partial(_vendor_elements, "wifi_probe_response"),
}
