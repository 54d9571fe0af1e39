"""An event as XML, the protocol of version 0."""

from __future__ import annotations

from edge_node.interop import readings
from edge_node.interop.cot.event import UNKNOWN_M, Event, element


def to_xml(event: Event) -> bytes:
    """One whole document in one line, UTF-8; a stream of them needs nothing between."""
    times = {name: readings.iso(t_ns) for name, t_ns in (("time", event.time_ns), ("start", event.start_ns), ("stale", event.stale_ns))}
    head = element("event", version="2.0", uid=event.uid, type=event.type, how=event.how, **times)[:-2]
    track = "" if event.course_deg is None else element("track", course=event.course_deg, speed=event.speed_mps)
    contact = element("contact", callsign=event.callsign)
    body = f"{head}>{_point(event)}<detail>{contact}{track}{event.detail}</detail></event>"
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{body}'.encode()


def _point(event: Event) -> str:
    at = event.position
    return element(
        "point",
        lat=at.latitude_deg,
        lon=at.longitude_deg,
        hae=_known(at.altitude_wgs84_m),
        ce=_known(at.sigma_major_m),
        le=_known(at.sigma_altitude_m),
    )


def _known(metres: float | None) -> float:
    return UNKNOWN_M if metres is None else round(metres, 2)
