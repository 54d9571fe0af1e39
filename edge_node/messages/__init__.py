"""What crosses the node's own bus: frozen structs in msgpack. The wire to C2 is publish.wire, not this."""

from __future__ import annotations

from edge_node.messages.detections import (
    AcousticDetection,
    BearingReference,
    CameraDetection,
    Detection,
    IdType,
    LinkDetection,
    LinkKind,
    RemoteIdDetection,
    SightLabel,
    SoundLabel,
    Suspicion,
    Transport,
    UasId,
)
from edge_node.messages.reports import AttitudeFix, NodeStatus, PositionFix, SensorReport, SensorState, SensorStatus, Verdict
from edge_node.messages.tracks import (
    Bearing,
    Cooperation,
    Emission,
    EventKind,
    Hearing,
    Identity,
    Kinematics,
    Sight,
    Sound,
    Track,
    TrackEvent,
    TrackState,
)

__all__ = [
    "AcousticDetection",
    "AttitudeFix",
    "Bearing",
    "BearingReference",
    "BusMessage",
    "CameraDetection",
    "Cooperation",
    "Detection",
    "Emission",
    "EventKind",
    "Hearing",
    "IdType",
    "Identity",
    "Kinematics",
    "LinkDetection",
    "LinkKind",
    "NodeStatus",
    "PositionFix",
    "RemoteIdDetection",
    "SensorReport",
    "SensorState",
    "SensorStatus",
    "Sight",
    "SightLabel",
    "Sound",
    "SoundLabel",
    "Suspicion",
    "Track",
    "TrackEvent",
    "TrackState",
    "Transport",
    "UasId",
    "Verdict",
]

BusMessage = RemoteIdDetection | AcousticDetection | CameraDetection | LinkDetection | PositionFix | AttitudeFix | SensorReport
