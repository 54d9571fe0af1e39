"""An aircraft as the tracker hears it."""

from __future__ import annotations

from typing import Any

from edge_node.config import TrackingTable
from edge_node.fusion.tracker import Tracker
from edge_node.messages import Detection, RemoteIdDetection, TrackEvent, UasId

SECOND = 1_000_000_000
HOME = (48.0, 11.0)
DEGREE_M = 111_200.0


def serial(value: str) -> UasId:
    """A serial number."""
    return UasId("serial_number", value)


def registration(value: str) -> UasId:
    """A registration."""
    return UasId("caa_registration", value)


def said(t_s: float, *ids: UasId, transmitter: str = "60:60:1f:00:00:01", **fields: Any) -> RemoteIdDetection:
    """One frame at a time in seconds."""
    stated: dict[str, Any] = {"transport": "wifi_beacon", "counter": round(t_s * 1000) % 256, "sensor": "wifi"}
    return RemoteIdDetection(t_mono_ns=round(t_s * SECOND), transmitter=transmitter, ids=ids, **(stated | fields))


def northward(t_s: float, *ids: UasId, speed_mps: float = 10.0, **fields: Any) -> RemoteIdDetection:
    """A frame of an aircraft that flies north from home at 100 m."""
    place = {"latitude_deg": HOME[0] + t_s * speed_mps / DEGREE_M, "longitude_deg": HOME[1], "altitude_wgs84_m": 100.0}
    claim = {"speed_mps": speed_mps, "direction_deg": 0.0, "vertical_speed_mps": 0.0, "horizontal_accuracy_m": 3.0, "timestamp_s": t_s}
    return said(t_s, *ids, **(place | claim | fields))


def hear(tracker: Tracker, *detections: Detection) -> list[TrackEvent]:
    """All that happens by these."""
    return [event for detection in detections for event in tracker.update(detection)]


def kinds(events: list[TrackEvent]) -> list[str]:
    """What kinds of events these are."""
    return [event.kind for event in events]


def tracker(**settings: Any) -> Tracker:
    """A tracker with these settings."""
    return Tracker(TrackingTable(**settings))
