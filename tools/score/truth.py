"""What really flew, in metres about a node, and where the node itself was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from edge_node.geometry import LocalFrame
from tools.trial.outcome import Heard, NodeStood, TruthRow

Array = NDArray[np.float64]

DRONE = "drone"
NO_OBJECT = ("node", "post")
"""Kinds of truth rows that say where nodes are."""
SOUND_MPS = 340.0
STEP_S = 0.05
OUTLIVES_S = 0.3
"""A row of truth holds this long."""


class Flown(Struct, frozen=True):
    """One object: `place` (n, 3) at `t_s` (n), east, north, up metres about the node's place at the scene's begin.

    `media` are those on which it says who it is, empty where nobody knows.
    """

    name: str
    kind: str
    ids: frozenset[str]
    t_s: Array
    place: Array
    media: frozenset[str] = frozenset()

    @property
    def is_drone(self) -> bool:
        """Whether a node must tell of it."""
        return self.kind == DRONE

    def lives(self, t_s: Array) -> NDArray[np.bool_]:
        """Whether it is in the air at times."""
        return np.asarray((t_s >= self.t_s[0] - OUTLIVES_S) & (t_s <= self.t_s[-1] + OUTLIVES_S))

    def at(self, t_s: Array) -> Array:
        """Place (n, 3) at times."""
        return np.stack([np.interp(t_s, self.t_s, axis) for axis in self.place.T], axis=-1)


class Stand(Struct, frozen=True):
    """Where a node is over time (n, 3), about where it was at the scene's begin."""

    t_s: Array
    place: Array

    def at(self, t_s: Array) -> Array:
        """Place (n, 3) at times."""
        return np.stack([np.interp(t_s, self.t_s, axis) for axis in self.place.T], axis=-1)


class Truth(Struct, frozen=True):
    """All of it, about one node."""

    frame: LocalFrame
    stand: Stand
    flown: tuple[Flown, ...]

    def seen(self, flown: Flown, t_s: Array, sounds: NDArray[np.bool_] | bool = False) -> Array:
        """East, north, up (n, 3) of an object from the node at times; of what sounds, where it was when it sent what arrives then."""
        here, there = self.stand.at(t_s), flown.at(t_s)
        for _ in range(3 if np.any(sounds) else 0):
            sent_s = t_s - np.where(sounds, np.linalg.norm(there - here, axis=-1) / SOUND_MPS, 0.0)
            there = flown.at(sent_s)
        return there - here

    def drones(self) -> list[int]:
        """Indices of what a node must tell of."""
        return [k for k, one in enumerate(self.flown) if one.is_drone]


def about(node: NodeStood, rows: Sequence[TruthRow], heard: Iterable[Heard]) -> Truth:
    """Rows of truth in metres about a node; a vehicle's own way is from truth where that has it, else from what it says."""
    frame = LocalFrame(node.latitude_deg, node.longitude_deg, node.altitude_wgs84_m)
    by_name: dict[str, list[TruthRow]] = {}
    for row in rows:
        by_name.setdefault(row.name, []).append(row)
    flown = tuple(_flown(some, frame) for some in by_name.values() if some[0].kind not in NO_OBJECT)
    return Truth(frame, _stand(node, by_name.get(node.name, []), heard, frame), flown)


def _flown(rows: list[TruthRow], frame: LocalFrame) -> Flown:
    first = rows[0]
    return Flown(
        name=first.name,
        kind=first.kind,
        ids=frozenset(one for row in rows for one in row.ids),
        t_s=np.array([row.t_s for row in rows]),
        place=_enu(rows, frame),
        media=frozenset(first.media),
    )


def _enu(rows: Sequence[TruthRow], frame: LocalFrame) -> Array:
    return np.array([frame.to_enu(row.latitude_deg, row.longitude_deg, row.altitude_wgs84_m) for row in rows]).reshape(-1, 3)


def _stand(node: NodeStood, own: list[TruthRow], heard: Iterable[Heard], frame: LocalFrame) -> Stand:
    mine = [row for row in own if row.kind in NO_OBJECT]
    if mine:
        return Stand(np.array([row.t_s for row in mine]), _enu(mine, frame))
    said = [(one.t_s, place) for one in heard if node.moving and (place := _place(one.event, node.name))]
    if not said:
        return Stand(np.zeros(1), np.zeros((1, 3)))
    places = [frame.to_enu(one["latitude_deg"], one["longitude_deg"], one["altitude_wgs84_m"] or 0.0) for _, one in said]
    return Stand(np.array([t_s for t_s, _ in said]), np.array(places) * (1, 1, 0))


def _place(event: dict[str, Any], node: str) -> dict[str, Any] | None:
    return event.get("place") if event.get("kind") == "status" and event.get("node") == node else None


def direction_deg(place: Array) -> Array:
    """Azimuth and elevation (n, 2) of places (n, 3)."""
    east, north, up = place[..., 0], place[..., 1], place[..., 2]
    return np.stack([np.degrees(np.arctan2(east, north)) % 360, np.degrees(np.arctan2(up, np.hypot(east, north)))], axis=-1)


def turned_deg(angle: Array) -> Array:
    """An angle from -180 to 180."""
    return np.asarray((angle + 180) % 360 - 180)


def off_deg(told: Array, true: Array) -> Array:
    """Errors (n, 2) of directions: azimuth's along the horizon of what is told, as narrow as it is up there; elevation's as it is."""
    aside = turned_deg(told[..., 0] - true[..., 0]) * np.cos(np.radians(true[..., 1]))
    return np.stack([aside, told[..., 1] - true[..., 1]], axis=-1)
