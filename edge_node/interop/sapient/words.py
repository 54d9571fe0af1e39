"""The standard's words for kinds of objects and for what they do: declared at registration, told in reports."""

from __future__ import annotations

from edge_node.messages import FactName, TargetLabel

AIR_VEHICLE = "Air Vehicle"
SUB_CLASSES: dict[TargetLabel, str] = {
    "multirotor": "UAV Rotary Wing",
    "fixed_wing": "UAV Fixed Wing",
    "helicopter": "Manned Rotary Wing",
    "aeroplane": "Manned Fixed Wing",
    "balloon": "Balloon",
}
"""Of air vehicles."""
OTHER_CLASSES: dict[TargetLabel, str] = {"bird": "Animal", "vehicle": "Land Vehicle"}
BEHAVIOURS: dict[FactName, str] = {
    "hovers": "Hovering",
    "climbs": "Climbing",
    "descends": "Descending",
    "loiters": "Loitering",
    "approaches": "Approaching",
    "swarms": "Swarming",
    "drifts": "Drifting",
    "fast": "Fast",
}
