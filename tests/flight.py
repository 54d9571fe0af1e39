"""A real flight as frames with their radiotap headers, to be written to a device."""

from __future__ import annotations

from pathlib import Path

from drivers import pcap, radiotap

HEARD = {0x80, 0x50, 0xD0}


def frames(shared_data: Path) -> list[bytes]:
    """Every record of the Parrot's flight."""
    capture = (shared_data / "remote_id" / "parrot_anafi4_real.pcap").read_bytes()
    return [data for _, _, data, _ in pcap.walk(capture).feed(capture)]


def is_heard(data: bytes) -> bool:
    """Whether the kernel's filter lets it pass."""
    header = radiotap.read(data)
    return header is not None and data[header.header_bytes] in HEARD
