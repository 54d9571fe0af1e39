"""What is told to C2 for good: something that happened, before it becomes bytes."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from edge_node.messages import SensorState, Track, Verdict

NotedKind = Literal[
    "new",
    "confirmed",
    "identified",
    "merged",
    "reclassified",
    "suspected",
    "lost",
    "health",
    "configuration",
    "audit",
    "command",
    "behaves",
]
CommandOutcome = Literal["done", "started", "rejected", "expired", "failed"]


class Spot(Struct, frozen=True, gc=False):
    """Where a track was at one time: a place, or a direction from the node."""

    t_mono_ns: int
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_wgs84_m: float | None = None
    azimuth_deg: float | None = None
    elevation_deg: float | None = None


class Noted(Struct, frozen=True, kw_only=True):
    """One event; `rumour` is one of a track that was never confirmed, the first to go where room is short."""

    event: NotedKind
    words: str | None = None
    about: str | None = None
    verdict: Verdict | None = None
    sensor_state: SensorState | None = None
    outcome: CommandOutcome | None = None
    track: Track | None = None
    other: int | None = None
    trail: tuple[Spot, ...] = ()
    rumour: bool = False
