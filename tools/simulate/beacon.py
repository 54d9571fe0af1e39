"""802.11 beacons with a Remote ID element, as a monitor interface hands them over (radiotap in front, no FCS)."""

from __future__ import annotations

from struct import pack

LINKTYPE_RADIOTAP = 127
TU_S = 1024e-6
ASD_STAN_ODID = b"\xfa\x0b\xbc\x0d"
BROADCAST = b"\xff" * 6


def center_hz(channel: int) -> int:
    """Of a 2.4 or 5 GHz channel (IEEE 802.11-2020, annex E)."""
    if channel == 14:
        return 2_484_000_000
    return (2_407 if channel < 14 else 5_000) * 1_000_000 + channel * 5_000_000


def radiotap(channel: int, rssi_dbm: int) -> bytes:
    """Flags, rate, channel, signal, antenna (radiotap.org); 16 bytes."""
    low_band = channel <= 14
    present = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 11
    rate_500kbps, flags = (2, 0x00A0) if low_band else (12, 0x0140)
    return pack("<BBHIBBHHbB", 0, 0, 16, present, 0, rate_500kbps, center_hz(channel) // 1_000_000, flags, rssi_dbm, 0)


def element(number: int, content: bytes) -> bytes:
    """One information element of at most 255 bytes."""
    return bytes((number, len(content))) + content


def odid(counter: int, odid_pack: bytes) -> bytes:
    """The content of a vendor element with a message pack (F3411-22a section 5.4.9)."""
    return ASD_STAN_ODID + bytes((counter & 0xFF,)) + odid_pack


def beacon(*, mac: bytes, sequence: int, tsf_us: int, interval_tu: int, channel: int, ssid: str, vendor: bytes) -> bytes:
    """A beacon (IEEE 802.11-2020 section 9.3.3.2) with one vendor element of this content."""
    header = pack("<HH6s6s6sH", 0x0080, 0, BROADCAST, mac, mac, (sequence & 0xFFF) << 4)
    fixed = pack("<QHH", tsf_us & 0xFFFFFFFFFFFFFFFF, interval_tu, 0x0001)
    low_band = channel <= 14
    rates = b"\x82\x84\x8b\x96" if low_band else b"\x8c\x12\x98\x24\xb0\x48\x60\x6c"
    elements = [element(0, ssid.encode()), element(1, rates)]
    if low_band:
        elements.append(element(3, bytes((channel,))))
    elements.append(element(221, vendor))
    return header + fixed + b"".join(elements)
