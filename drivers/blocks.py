"""What a driver hands over: frozen blocks, stamped with monotonic time and counted."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Medium = Literal["wifi", "ble", "ble_report", "mavlink"]
FixSource = Literal["nmea", "gpsd"]


class RadioFrame(Struct, frozen=True, gc=False):
    """One frame off the air without its capture header.

    `data` is, by `medium`: "wifi" an 802.11 frame without FCS; "ble" a link-layer advertising PDU as a sniffer hears it;
    "ble_report" the advertiser's address (6 bytes as on the air) and the whole AD data that a host controller reports, with
    `extended` for extended advertising; "mavlink" one whole MAVLink frame from a receiver that has decoded the air itself.
    `sequence` counts the source's frames from 0, `lost` those dropped just before this one. A frame whose check
    sequence failed is handed over with `intact` False. What the capture did not say is None.
    """

    t_mono_ns: int
    sequence: int
    lost: int
    medium: Medium
    data: bytes
    rssi_dbm: int | None = None
    center_hz: int | None = None
    intact: bool = True
    coded_phy: bool = False
    extended: bool = False


class GnssFix(Struct, frozen=True, gc=False):
    """What a receiver says of the node's own place and time; `has_fix` False means that it has none and all else is None.

    `t_utc_ns` is the receiver's time of validity; `pulse_mono_ns` is when its last second began, by a PPS edge.
    """

    t_mono_ns: int
    sequence: int
    lost: int
    source: FixSource
    has_fix: bool
    t_utc_ns: int | None = None
    pulse_mono_ns: int | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_wgs84_m: float | None = None
    altitude_msl_m: float | None = None
    sigma_horizontal_m: float | None = None
    sigma_vertical_m: float | None = None
    speed_mps: float | None = None
    course_deg: float | None = None
    satellites: int | None = None
    hdop: float | None = None
    quality: str | None = None


Block = RadioFrame | GnssFix
