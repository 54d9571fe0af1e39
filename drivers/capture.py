"""Captures of radio frames: the records of pcap and pcapng as RadioFrames, by their link type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from drivers import ble_phdr, nordic_ble, pcap, radiotap
from drivers.blocks import Medium, RadioFrame
from drivers.byte_stream import RecordingCut
from drivers.source import SourceMisconfigured

Heard = tuple[Medium, bytes, int | None, int | None, bool, bool]
"""The fields of a RadioFrame from `medium` on."""


def frames(chunks: Iterator[bytes | None], stamp: Callable[[int], int], sequence: int) -> Iterator[RadioFrame | None]:
    """Frames stamped by `stamp` of their UTC in ns, and None where the bytes pause; raises RecordingCut where they break off.

    A record that holds no frame counts as lost. The first chunk holds at least 4 bytes.
    """
    walk: pcap.Walk | None = None
    first, lost = sequence, 0
    try:
        for chunk in chunks:
            if chunk is None:
                yield None
                continue
            walk = walk or pcap.walk(chunk)
            for link_type, t_utc_ns, data, missing in walk.feed(chunk):
                heard = _link(link_type)(data, missing)
                if heard is None:
                    lost += 1
                    continue
                yield RadioFrame(stamp(t_utc_ns), sequence, lost, *heard)
                sequence += 1
                lost = 0
        if walk is not None:
            walk.finish()
    except RecordingCut as cut:
        raise RecordingCut(f"{cut} after {sequence - first} frames") from None


def _plain(data: bytes, _missing: int) -> Heard | None:
    return ("wifi", data, None, None, True, False) if data else None


def _with_radiotap(data: bytes, missing: int) -> Heard | None:
    header = radiotap.read(data)
    if header is None:
        return None
    header_bytes, fcs_bytes, bad_fcs, center_hz, rssi_dbm = header
    if missing > 0:
        fcs_bytes = max(0, fcs_bytes - missing)
    frame = data[header_bytes : len(data) - fcs_bytes]
    return ("wifi", frame, rssi_dbm, center_hz, not bad_fcs, False) if frame else None


def _with_nordic_ble(data: bytes, _missing: int) -> Heard | None:
    header = nordic_ble.read(data)
    return None if header is None else ("ble", *header)


def _with_ble_phdr(data: bytes, _missing: int) -> Heard | None:
    header = ble_phdr.read(data)
    return None if header is None else ("ble", *header)


LINKS: dict[int, tuple[str, Callable[[bytes, int], Heard | None]]] = {
    105: ("802.11", _plain),
    127: ("802.11 with radiotap", _with_radiotap),
    256: ("BLE link layer", _with_ble_phdr),
    272: ("BLE of nRF Sniffer", _with_nordic_ble),
}


def _link(link_type: int) -> Callable[[bytes, int], Heard | None]:
    if link_type not in LINKS:
        read = ", ".join(f"{number} ({name})" for number, (name, _) in LINKS.items())
        raise SourceMisconfigured(f"captures of link type {link_type} are not read here; these are: {read}")
    return LINKS[link_type][1]
