"""What every encoder takes: a message, when it held in UTC, and where the node was then."""

from __future__ import annotations

from msgspec import Struct

from edge_node.messages import Detection, Track


class Untellable(ValueError):
    """A format demands what is not known; the text says what, and where to say it."""


class Station(Struct, frozen=True, kw_only=True):
    """A node: its name, and where it is as far as that is known."""

    name: str
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_wgs84_m: float | None = None
    sigma_horizontal_m: float | None = None


class Names(Struct, frozen=True, kw_only=True):
    """What makes a track's number its own in the whole world: the node's name of 8 hex digits, and one run of its hub with its start."""

    node8: str
    epoch: int
    started_utc_ns: int


class Moment(Struct, frozen=True, kw_only=True):
    """One state of a track, in UTC; `station` is where the node was then, None where it was where it always is."""

    t_utc_ns: int
    track: Track
    station: Station | None = None


class Sensed(Struct, frozen=True, kw_only=True):
    """One detection of one sensor, in UTC; `station` as in Moment."""

    t_utc_ns: int
    detection: Detection
    station: Station | None = None
