"""Category 205, radio direction finder reports (EUROCONTROL-SPEC-0149-32, edition 1.0): radio links of which the bearing is known."""

from __future__ import annotations

from edge_node.interop import readings
from edge_node.interop.asterix import fields
from edge_node.interop.moment import Moment, Station
from edge_node.messages import Track

CATEGORY = 205
SOURCE, KIND, TIME, REPORT, CHANNEL, PLACE, BEARING, QUALITY, NUMBER, SENSOR, ELEVATION = 1, 3, 4, 5, 6, 7, 9, 11, 17, 18, 21
"""Field reference numbers of I205/010, 000, 030, 040, 090, 050, 070, 100, 160, 170 and 200."""
SYSTEM_BEARING, DETECTION_END = 2, 4
CENTIDEGREES = 36_000
CHANNEL_DIGITS = 7


def record(moment: Moment, station: Station, sac: int, sic: int, *, now_ns: int, report: int, sensor: int = 1) -> bytes | None:
    """One bearing of a radio link from the node; None where it is not by radio, or has no direction or the node no place.

    `report` counts the reports (its last 8 bits are told). Quality (I205/100) is the bearing's 1-sigma error in whole degrees.
    """
    here, direction = readings.station_place(moment.station or station), readings.direction(moment.track.bearing)
    if here is None or direction is None or not is_by_radio(moment.track):
        return None
    items = {
        SOURCE: bytes((sac & 0xFF, sic & 0xFF)),
        KIND: bytes((DETECTION_END if moment.track.state == "lost" else SYSTEM_BEARING,)),
        TIME: fields.time_of_day(now_ns),
        REPORT: bytes((report & 0xFF,)),
        PLACE: fields.place(here.latitude_deg, here.longitude_deg),
        BEARING: (round(direction.azimuth_deg * 100) % CENTIDEGREES).to_bytes(2, "big"),
        QUALITY: fields.no_better(direction.sigma_azimuth_deg, 1.0, 1),
        NUMBER: fields.short_number(moment.track.number),
        SENSOR: bytes((sensor & 0xFF,)),
    }
    if (channel := _channel(moment.track)) is not None:
        items[CHANNEL] = channel
    if direction.elevation_deg is not None:
        items[ELEVATION] = fields.signed(direction.elevation_deg, 0.01, 2)
    return fields.record(items)


def is_by_radio(track: Track) -> bool:
    """Whether its bearing is a direction finder's: a link is heard, and neither microphone nor camera has part in it."""
    return track.emission is not None and track.sound is None and track.sight is None


def _channel(track: Track) -> bytes | None:
    """I205/090: the middle of the link's channels in MHz, seven characters of digits and a point."""
    center_hz = readings.within(track.emission.center_hz, 1.0, 9e11) if track.emission else None
    return None if center_hz is None else f"{center_hz / 1e6:.6f}"[:CHANNEL_DIGITS].encode()
