"""An event as TAK protobuf, version 1 (takmessage.proto, cotevent.proto, detail.proto of the TAK Product Center)."""

from __future__ import annotations

from edge_node.interop import readings
from edge_node.interop.cot.event import UNKNOWN_M, Event
from edge_node.interop.protobuf import double, message, string, uint, varint

MAGIC, VERSION = 0xBF, 1


def to_stream(event: Event) -> bytes:
    """For TCP: magic, length, message."""
    body = to_message(event)
    return bytes([MAGIC]) + varint(len(body)) + body


def to_mesh(event: Event) -> bytes:
    """For one UDP datagram: magic, version, magic, message."""
    return bytes([MAGIC, VERSION, MAGIC]) + to_message(event)


def to_message(event: Event) -> bytes:
    """A TakMessage without a header; elements that have a field of their own are there, the others stay XML."""
    at = event.position
    said = (
        string(1, event.type),
        string(5, readings.text(event.uid, 200)),
        *(uint(field, _ms(t_ns)) for field, t_ns in ((6, event.time_ns), (7, event.start_ns), (8, event.stale_ns))),
        string(9, event.how),
        double(10, at.latitude_deg),
        double(11, at.longitude_deg),
        *(double(field, _known(value)) for field, value in ((12, at.altitude_wgs84_m), (13, at.sigma_major_m), (14, at.sigma_altitude_m))),
        message(15, _detail(event)),
    )
    return message(2, b"".join(said))


def _detail(event: Event) -> bytes:
    contact = string(2, readings.text(event.callsign, 200))
    track = None if event.course_deg is None else double(1, event.speed_mps or 0.0) + double(2, event.course_deg)
    return string(1, event.detail) + message(2, contact) + message(7, track)


def _ms(t_ns: int) -> int:
    return min(max(t_ns, 0), readings.LAST_NS) // 1_000_000


def _known(metres: float | None) -> float:
    return UNKNOWN_M if metres is None else metres
