"""Where a node is and how it and its sensors are."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from edge_node.messages.detections import BearingReference
from edge_node.messages.findings import Finding

Sense = Literal["sight", "sound", "remote_id", "other", "radio"]
SensorState = Literal["starting", "running", "absent", "stalled", "crashed", "off", "stopping"]
Verdict = Literal["green", "amber", "red"]


class PositionFix(Struct, frozen=True, kw_only=True, tag_field="kind", tag="position_fix"):
    """Where the node itself is and what time its receiver says; has_fix False when the receiver knows neither.

    So too where it says what cannot be: `trouble` is then why it is not believed.
    """

    t_mono_ns: int
    sensor: str = ""
    has_fix: bool
    t_utc_ns: int | None = None
    pulse_mono_ns: int | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_wgs84_m: float | None = None
    sigma_horizontal_m: float | None = None
    quality: str | None = None
    speed_mps: float | None = None
    course_deg: float | None = None
    trouble: str | None = None


class AttitudeFix(Struct, frozen=True, kw_only=True, tag_field="kind", tag="attitude_fix"):
    """How the vehicle that carries the node stands, as one device has it; all as in drivers.blocks.Attitude."""

    t_mono_ns: int
    sensor: str = ""
    heading_deg: float | None = None
    heading_kind: Literal["true", "gyro"] | None = None
    sigma_heading_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    sigma_tilt_deg: float | None = None
    sigma_t_s: float = 0.0
    trouble: str | None = None


class Coverage(Struct, frozen=True, kw_only=True, tag_field="kind", tag="coverage"):
    """What one sensor would sense now: about once a second while it works, so that silence of a sensor is not taken for an empty sky.

    A small multirotor (a DJI Mini: 0.25 m, 72 dB at 1 m, Remote ID) that enters the sector nearer than `reach_m` is told of within
    `latency_s` with `probability`. The sector is about `azimuth_deg`, its edges are known for sure; `reach_m` 0 senses nothing now, and
    `notes` say why. With "remote_id" `probability` holds also how many of those that say it say it in a way that this receiver takes.
    """

    t_mono_ns: int
    sensor: str = ""
    sense: Sense
    azimuth_deg: float = 0.0
    width_deg: float = 360.0
    lowest_elevation_deg: float = -90.0
    highest_elevation_deg: float = 90.0
    reach_m: float
    probability: float
    latency_s: float
    reference: BearingReference = "true_north"
    notes: tuple[str, ...] = ()


class SensorReport(Struct, frozen=True, kw_only=True, tag_field="kind", tag="sensor_report"):
    """Once a second from each worker: what it counted since it started."""

    t_mono_ns: int
    sensor: str
    blocks: int
    detections: int
    lost: int
    unsent: int
    last_block_mono_ns: int | None = None
    words: str = ""


class SensorStatus(Struct, frozen=True, kw_only=True):
    """How one process of the node is; `since_mono_ns` is when its state began."""

    name: str
    driver: str
    state: SensorState
    sentence: str
    since_mono_ns: int
    restarts: int
    pid: int | None


class NodeStatus(Struct, frozen=True, kw_only=True):
    """How the whole node is, in a colour and a sentence; `configuration` names what it runs by, another one by another name.

    `findings` are what is not well, the worst first; `coverage` is what each sensor that senses drones covers now, never without one of
    them: reach 0 and the reason for one that does not work.
    """

    name: str
    verdict: Verdict
    sentence: str
    sensors: tuple[SensorStatus, ...]
    hub: SensorStatus
    t_mono_ns: int
    configuration: str = ""
    findings: tuple[Finding, ...] = ()
    coverage: tuple[Coverage, ...] = ()
