"""What crosses the node's own bus: frozen structs in msgpack. The wire to C2 is publish.wire, not this."""

from __future__ import annotations

from edge_node.messages.detections import (
    AcousticDetection,
    BearingDetection,
    BearingReference,
    CameraDetection,
    Detection,
    IdType,
    LinkDetection,
    LinkKind,
    PositionDetection,
    RemoteIdDetection,
    SightLabel,
    SoundLabel,
    Suspicion,
    TargetDetection,
    TargetId,
    TargetIdKind,
    TargetLabel,
    Transport,
    UasId,
)
from edge_node.messages.findings import Finding, Grade
from edge_node.messages.reports import (
    AttitudeFix,
    Coverage,
    NodeStatus,
    PositionFix,
    Sense,
    SensorReport,
    SensorState,
    SensorStatus,
    Verdict,
)
from edge_node.messages.tracks import (
    Bearing,
    Cooperation,
    Emission,
    EventKind,
    Fact,
    FactName,
    FactUnit,
    Hearing,
    Identity,
    Kinematics,
    Sight,
    Sound,
    Target,
    Track,
    TrackEvent,
    TrackState,
)

__all__ = [
    "AcousticDetection",
    "AttitudeFix",
    "Bearing",
    "BearingDetection",
    "BearingReference",
    "BusMessage",
    "CameraDetection",
    "Cooperation",
    "Coverage",
    "Detection",
    "Emission",
    "EventKind",
    "Fact",
    "FactName",
    "FactUnit",
    "Finding",
    "Grade",
    "Hearing",
    "IdType",
    "Identity",
    "Kinematics",
    "LinkDetection",
    "LinkKind",
    "NodeStatus",
    "PositionDetection",
    "PositionFix",
    "RemoteIdDetection",
    "Sense",
    "SensorReport",
    "SensorState",
    "SensorStatus",
    "Sight",
    "SightLabel",
    "Sound",
    "SoundLabel",
    "Suspicion",
    "Target",
    "TargetDetection",
    "TargetId",
    "TargetIdKind",
    "TargetLabel",
    "Track",
    "TrackEvent",
    "TrackState",
    "Transport",
    "UasId",
    "Verdict",
]

BusMessage = (
    RemoteIdDetection
    | AcousticDetection
    | CameraDetection
    | LinkDetection
    | PositionDetection
    | BearingDetection
    | PositionFix
    | AttitudeFix
    | Coverage
    | SensorReport
)
