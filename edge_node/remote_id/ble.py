"""Bluetooth LE advertising: link-layer PDUs and controllers' reports to Remote ID service data (Bluetooth Core 5.4, vol. 6 part B 2.3)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from edge_node.messages import Transport
from edge_node.remote_id.payload import MOST_PAYLOADS, Payload

SERVICE_DATA = b"\x16\xfa\xff\x0d"  # AD type, UUID 0xFFFA, ASTM's application code

_ADDRESS_BYTES = 6
_PDU_HEADER_BYTES = 2
_LEGACY = (0x0, 0x2, 0x4, 0x6)  # ADV_IND, ADV_NONCONN_IND, SCAN_RSP, ADV_SCAN_IND: an address, then AD structures
_EXTENDED = 0x7
# The fields of an extended header in their order: a bit of its flags, and bytes.
_ADV_A, _ADI, _AUX_PTR = 0x01, 0x08, 0x10
_FIELDS = ((_ADV_A, 6), (0x02, 6), (0x04, 1), (_ADI, 2), (_AUX_PTR, 3), (0x20, 18), (0x40, 1))
_OFFSET_UNITS_US = (30, 300)


class Extended(Struct, frozen=True, gc=False):
    """One PDU of extended advertising; `adi` is its advertiser's set and data id, `next_us` is how soon its data go on elsewhere."""

    transmitter: str
    adi: int | None
    next_us: int | None
    data: bytes
    cut: bool


def payloads_of_pdu(pdu: bytes) -> Sequence[Payload]:
    """The Remote ID that one advertising PDU holds by itself; mostly none."""
    if SERVICE_DATA not in pdu:
        return ()
    kind = pdu[0] & 0xF
    if kind == _EXTENDED:
        extended = read_extended(pdu)
        return () if extended is None else service_data("ble_extended", extended.transmitter, extended.data, extended.cut)
    if kind not in _LEGACY:
        return ()
    begin, end = _PDU_HEADER_BYTES + _ADDRESS_BYTES, _PDU_HEADER_BYTES + pdu[1]
    return service_data("ble_legacy", address(pdu[_PDU_HEADER_BYTES:begin]), pdu[begin:end], end > len(pdu))


def payloads_of_report(data: bytes, extended: bool) -> Sequence[Payload]:
    """The Remote ID of what a host controller reports: an address as on the air, then AD structures."""
    if SERVICE_DATA not in data:
        return ()
    return service_data("ble_extended" if extended else "ble_legacy", address(data[:_ADDRESS_BYTES]), data[_ADDRESS_BYTES:], cut=False)


def may_go_on(pdu: bytes) -> bool:
    """Whether an extended PDU points to another one."""
    return len(pdu) > _PDU_HEADER_BYTES + 1 and pdu[_PDU_HEADER_BYTES + 1] & _AUX_PTR != 0


def is_extended(pdu: bytes) -> bool:
    """Whether this is a PDU of extended advertising."""
    return len(pdu) > _PDU_HEADER_BYTES and pdu[0] & 0xF == _EXTENDED


def read_extended(pdu: bytes) -> Extended | None:
    """Read ADV_EXT_IND, AUX_ADV_IND or AUX_CHAIN_IND, which look alike; None when its header contradicts itself."""
    end = _PDU_HEADER_BYTES + pdu[1]
    begin = _PDU_HEADER_BYTES + 1 + (pdu[2] & 0x3F)
    if begin > min(end, len(pdu)):
        return None
    fields = _fields(pdu, _PDU_HEADER_BYTES + 1, begin)
    if fields is None:
        return None
    adi, pointer = fields.get(_ADI), fields.get(_AUX_PTR)
    return Extended(
        address(fields.get(_ADV_A, b"")),
        None if adi is None else int.from_bytes(adi, "little"),
        None if pointer is None else _offset_us(pointer),
        pdu[begin:end],
        end > len(pdu),
    )


def _fields(pdu: bytes, at: int, end: int) -> dict[int, bytes] | None:
    """The fields that an extended header's flags name; what follows them up to `end` is ACAD; None when they do not fit in."""
    if at == end:
        return {}
    flags, fields = pdu[at], {}
    at += 1
    for bit, size in _FIELDS:
        if flags & bit:
            fields[bit] = pdu[at : at + size]
            at += size
    return fields if at <= end else None


def _offset_us(pointer: bytes) -> int | None:
    """How long after this packet's begin the next one's comes; None for 0, which says that none does."""
    offset = int.from_bytes(pointer[1:3], "little") & 0x1FFF
    return offset * _OFFSET_UNITS_US[pointer[0] >> 7] or None


def address(raw: bytes) -> str:
    """As people write it: the last byte on the air first; "" when it is not whole."""
    return raw[::-1].hex(":") if len(raw) == _ADDRESS_BYTES else ""


def service_data(transport: Transport, transmitter: str, data: bytes, cut: bool) -> list[Payload]:
    """Walk AD structures; `cut` says that the data are known to be short, and a structure beyond their end is the last."""
    found: list[Payload] = []
    at, end = 0, len(data)
    while at + 1 < end and data[at] and len(found) < MOST_PAYLOADS:
        after = at + 1 + data[at]
        begin = at + 1 + len(SERVICE_DATA)
        if begin <= after and data[at + 1 : begin] == SERVICE_DATA:
            load = data[begin:after]
            found.append(Payload(transport, transmitter, load[0] if load else None, load[1:], (cut and after >= end) or after > end))
        at = after
    return found
