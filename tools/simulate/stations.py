"""Nodes and their sensors as a scene's TOML has them: where they stand or drive, and what their configuration gets wrong."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from msgspec import Meta, Struct
from msgspec.structs import replace

from tools.simulate.bounds import Latitude, Longitude, NodeName, NotNegative, Positive
from tools.simulate.outdoors import Eye

Bearer = TypeVar("Bearer", "Microphones", Eye)
Sensor = Literal["microphones", "camera", "receiver"]


class Drive(Struct, frozen=True, forbid_unknown_fields=True):
    """A vehicle's way: four straights and four corners, again and again, from where the node is said to be."""

    speed_mps: Annotated[float, Meta(gt=0, le=60)] = 8.0
    heading_deg: float = 20.0
    straight_s: Positive = 8.0
    turn_deg: Annotated[float, Meta(ge=-180, le=180)] = 90.0
    turn_s: Positive = 5.0


class NodePose(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the node stands: the ground's altitude and its own height on the mast. With a trip it is on a vehicle that sets out there."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    ground_wgs84_m: float
    mast_m: NotNegative = 0.0
    name: NodeName = "node"
    trip: Drive | None = None


class Microphones(Struct, frozen=True, forbid_unknown_fields=True):
    """The node's microphone array (hw/arrays) on its mast and how it is mounted."""

    array: str = "uma_16"
    azimuth_deg: float = 0.0
    tilt_deg: float = 0.0
    roll_deg: float = 0.0
    rate_hz: Literal[16_000, 32_000, 48_000] = 48_000
    full_scale_db_spl: float = 110.0
    self_noise_db_spl: float = 30.0


class Receiver(Struct, frozen=True, forbid_unknown_fields=True):
    """The node's radio receiver on its mast: where it listens, and its noise in dB below full scale, by which its gain is set."""

    center_hz: Positive
    rate_hz: Positive = 2_400_000.0
    noise_dbfs: Annotated[float, Meta(ge=-120, le=0)] = -36.0


class Turned(Struct, frozen=True, forbid_unknown_fields=True):
    """How far the configuration is off from how a sensor is really mounted, in degrees."""

    azimuth_deg: float = 0.0
    tilt_deg: float = 0.0
    roll_deg: float = 0.0


class Errors(Struct, frozen=True, forbid_unknown_fields=True):
    """What a node's configuration and clock get wrong: mountings, and by how much its clock is ahead of UTC."""

    microphones: Turned = Turned()
    camera: Turned = Turned()
    clock_s: Annotated[float, Meta(ge=-3600, le=3600)] = 0.0


class Post(Struct, frozen=True, forbid_unknown_fields=True):
    """A further node, metres east and north of the first; it has the first one's sensors but for its own and those that it is `without`."""

    name: NodeName
    east_m: float
    north_m: float
    mast_m: NotNegative = 10.0
    microphones: Microphones | None = None
    camera: Eye | None = None
    receiver: Receiver | None = None
    without: tuple[Sensor, ...] = ()
    errors: Errors = Errors()


def as_told(sensor: Bearer, off: Turned) -> Bearer:
    """A sensor as the node's configuration has it: what is true and its error."""
    return replace(
        sensor,
        azimuth_deg=(sensor.azimuth_deg + off.azimuth_deg) % 360,
        tilt_deg=sensor.tilt_deg + off.tilt_deg,
        roll_deg=sensor.roll_deg + off.roll_deg,
    )
