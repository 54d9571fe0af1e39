"""What an incident page is made of: facts, already as its reader may know them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from edge_node.incident.redaction import Role
from edge_node.messages import Finding, Track
from edge_node.picture.strips import Strip
from edge_node.picture.timeline import Lane
from edge_node.timebase import Timebase


class State(Struct, frozen=True):
    """A track at one time, in seconds after the begin."""

    t_s: float
    track: Track


class Claim(Struct, frozen=True):
    """Where an aircraft said that it was."""

    t_s: float
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None = None


class Story(Struct, frozen=True):
    """One track: its lane, its states in time order (at least one), and what its aircraft claimed."""

    lane: Lane
    states: tuple[State, ...]
    claims: tuple[Claim, ...] = ()
    believed: bool = True

    @property
    def last(self) -> Track:
        """As it was at the end."""
        return self.states[-1].track


class Here(Struct, frozen=True):
    """Where the node was, and by whose word; `rough` where this is the nearest place of a grid, from which nobody looks."""

    source: str
    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None = None
    sigma_m: float | None = None
    rough: bool = False


class SensorSaid(Struct, frozen=True):
    """A sensor: its name, its driver, and whether its blocks were kept."""

    name: str
    driver: str
    kept: bool


class Hashed(Struct, frozen=True):
    """A file of the recording, its size and its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


class Incident(Struct, frozen=True, kw_only=True):
    """All of a page; `source` says whether tracks are as they were told live, `clock` makes UTC of monotonic time."""

    title: str
    node: str
    version: str
    role: Role
    source: str
    why: tuple[str, ...]
    begin_mono_ns: int
    seconds: float
    clock: Timebase
    here: Here | None
    moving: bool
    verdict: str | None
    sentence: str
    findings: tuple[Finding, ...]
    sensors: tuple[SensorSaid, ...]
    stories: Sequence[Story]
    strips: Sequence[Strip]
    files: tuple[Hashed, ...]
    cut: str | None = None

    def utc_ns(self, t_s: float) -> int:
        """When that many seconds after the begin were."""
        return self.clock.utc_ns(self.begin_mono_ns + round(t_s * 1e9))
