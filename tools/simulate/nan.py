"""Wi-Fi NAN (Neighbour Awareness Networking, version 3.1) as a drone sends Remote ID over it: service discovery and sync beacons."""

from __future__ import annotations

from struct import pack

from tools.simulate.beacon import BROADCAST, element

NAN_TU = 512
NAN_NETWORK = b"\x51\x6f\x9a\x01\x00\x00"
CLUSTER = b"\x50\x6f\x9a\x01"
WFA_NAN = b"\x50\x6f\x9a\x13"
SERVICE = b"\x88\x69\x19\x9d\x92\x09"
"""First 6 bytes of SHA-256 over "org.opendroneid.remoteid" (F3411-22a section 5.4.8)."""
MASTER_INDICATION, CLUSTER_ATTRIBUTE, SERVICE_ID_LIST, SERVICE_DESCRIPTOR, SERVICE_EXTENSION = 0, 1, 2, 3, 0x0E
PUBLISH_WITH_INFO = 0x10
MASTER_PREFERENCE, RANDOM_FACTOR = 0xFE, 0xEA


def attribute(kind: int, content: bytes) -> bytes:
    """One NAN attribute."""
    return pack("<BH", kind, len(content)) + content


def service_discovery(*, mac: bytes, cluster: bytes, sequence: int, counter: int, odid_pack: bytes) -> bytes:
    """A service discovery frame: a public action frame whose service info is counter and message pack."""
    header = pack("<HH6s6s6sH", 0x00D0, 0, NAN_NETWORK, mac, CLUSTER + cluster, (sequence & 0xFFF) << 4)
    info = bytes((counter & 0xFF,)) + odid_pack
    descriptor = SERVICE + bytes((1, 0, PUBLISH_WITH_INFO, len(info))) + info
    extension = attribute(SERVICE_EXTENSION, b"\x01\x00\x02" + bytes((counter & 0xFF,)))
    return header + b"\x04\x09" + WFA_NAN + attribute(SERVICE_DESCRIPTOR, descriptor) + extension


def sync_beacon(*, mac: bytes, cluster: bytes, sequence: int, tsf_us: int) -> bytes:
    """A sync beacon: it says that the service is there, and nothing of the aircraft."""
    header = pack("<HH6s6s6sH", 0x0080, 0, BROADCAST, mac, CLUSTER + cluster, (sequence & 0xFFF) << 4)
    fixed = pack("<QHH", tsf_us & 0xFFFFFFFFFFFFFFFF, NAN_TU, 0x0420)
    rank = mac + bytes((RANDOM_FACTOR, MASTER_PREFERENCE))
    attributes = (
        attribute(MASTER_INDICATION, bytes((MASTER_PREFERENCE, RANDOM_FACTOR))),
        attribute(CLUSTER_ATTRIBUTE, rank + bytes(5)),
        attribute(SERVICE_ID_LIST, SERVICE),
    )
    return header + fixed + element(221, WFA_NAN + b"".join(attributes))
