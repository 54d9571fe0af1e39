"""One object, fused over time and sensors."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from edge_node.messages.detections import (
    BearingReference,
    LinkKind,
    SightLabel,
    SoundLabel,
    Suspicion,
    TargetId,
    TargetLabel,
    Transport,
    UasId,
)

Cooperation = Literal["authorised", "unknown", "in_restricted_zone", "non_cooperative"]
TrackState = Literal["tentative", "confirmed", "lost"]
EventKind = Literal["new", "confirmed", "identified", "merged", "lost"]
FactName = Literal["hovers", "climbs", "descends", "loiters", "approaches", "swarms", "drifts", "fast"]
FactUnit = Literal["s", "m", "m/s", "tracks"]


class Kinematics(Struct, frozen=True, kw_only=True, gc=False):
    """A smoothed position and velocity: WGS-84, and m/s east, north, up.

    `covariance` is 6x6, row by row, of (east m, north m, up m, east m/s, north m/s, up m/s) about that position.
    """

    latitude_deg: float
    longitude_deg: float
    altitude_wgs84_m: float | None
    velocity_east_mps: float
    velocity_north_mps: float
    velocity_up_mps: float
    covariance: tuple[float, ...]


class Bearing(Struct, frozen=True, kw_only=True, gc=False):
    """A direction from the node without range: degrees clockwise from true north and up from the horizon.

    The sigmas are random errors; `sigma_pose_deg` is how well the sensor's mounting, and the heading of a vehicle that carries it, are
    known: one error of all its bearings. By `reference` "vehicle" nobody knows the heading, and both angles are the vehicle's own.
    """

    azimuth_deg: float
    elevation_deg: float | None
    azimuth_rate_dps: float | None = None
    elevation_rate_dps: float | None = None
    sigma_azimuth_deg: float
    sigma_elevation_deg: float | None = None
    sigma_pose_deg: float | None = None
    reference: BearingReference = "true_north"


class Sound(Struct, frozen=True, kw_only=True, gc=False):
    """What was heard of an object last: evidence, never a claim; `probability` and levels as in AcousticDetection."""

    label: SoundLabel
    probability: float
    blade_pass_hz: float | None = None
    level_db: float
    level_reference: Literal["spl", "full_scale"] = "full_scale"
    snr_db: float


class Sight(Struct, frozen=True, kw_only=True):
    """What was seen of an object last: evidence, never a claim; all as in CameraDetection.

    `label_probability` is that of its label, None for "unknown".
    """

    label: SightLabel
    probability: float
    label_probability: float | None = None
    probabilities: dict[str, float] = {}
    snr: float
    size_deg: float | None = None
    range_m: float | None = None
    sigma_range_m: float | None = None
    temperature_k: float | None = None
    predicted: bool = False


class Emission(Struct, frozen=True, kw_only=True, gc=False):
    """A radio link as it was heard last: evidence, never a claim; `link` to `level_dbfs` and the others as in LinkDetection.

    `center_hz` is the middle of all its `channels` that were heard, `span_hz` how far the outer ones lie apart, `grid` whose list they are
    on. `alarm` false: it was taken for a drone's, and no longer is. `level_rate_db_s` is of the newest 20 seconds.
    """

    link: LinkKind
    alarm: bool = True
    probability: float
    center_hz: float | None = None
    bandwidth_hz: float
    channels: int = 0
    span_hz: float | None = None
    grid: str | None = None
    snr_db: float
    level_dbfs: float
    level_rate_db_s: float | None = None
    packet_rate_hz: float | None = None
    carrier_offset_hz: float | None = None


class Target(Struct, frozen=True, kw_only=True):
    """What another sensor said of an object last, as in PositionDetection and BearingDetection; `probability` is that of a drone.

    `label` is the likeliest where that is likelier than all others together, else "unknown"; `ids` are claims, and no Remote ID.
    """

    label: TargetLabel
    probability: float | None = None
    label_probability: float | None = None
    probabilities: dict[str, float] = {}
    cooperative: bool = False
    on_ground: bool | None = None
    ids: tuple[TargetId, ...] = ()
    category: str | None = None
    altitude_baro_m: float | None = None
    rcs_dbsm: float | None = None
    snr_db: float | None = None


class Fact(Struct, frozen=True, gc=False):
    """One thing that an object does, told only where the errors of what is measured could not make it.

    `value` is the seconds that it hovers or until it is nearest, the metres within which it loiters, its m/s, or how many tracks move as
    one; `reason` is in words, with the numbers; `about` names the protected point or the other tracks of a swarm.
    """

    name: FactName
    value: float | None = None
    unit: FactUnit | None = None
    reason: str = ""
    about: str | None = None


class Identity(Struct, frozen=True, kw_only=True):
    """Who the object claims to be, newest claim of each kind; a claim is never a proof."""

    ids: tuple[UasId, ...] = ()
    ua_type: str | None = None
    status: str | None = None
    height_m: float | None = None
    height_reference: Literal["take_off", "ground"] | None = None
    operator_id: str | None = None
    operator_latitude_deg: float | None = None
    operator_longitude_deg: float | None = None
    operator_altitude_wgs84_m: float | None = None
    operator_location: Literal["take_off", "live", "fixed"] | None = None
    self_id: str | None = None
    transmitters: tuple[str, ...] = ()


class Hearing(Struct, frozen=True, kw_only=True):
    """How one transport was last heard, and how often."""

    transport: Transport
    count: int
    last_mono_ns: int
    rssi_dbm: int | None = None
    center_hz: int | None = None


class Track(Struct, frozen=True, kw_only=True):
    """One object over time; `number` is its own for as long as the hub runs, `t_mono_ns` is when its state holds.

    `existence` is the probability that there is an object at all. `label` is what it is most likely by all sensors together, and
    `probabilities` are by TargetLabel, where what they lack of 1 is "unknown". `claim_probability` is that the object is where its identity
    claims to be, None where nothing can tell.
    """

    number: int
    state: TrackState
    t_mono_ns: int
    first_seen_mono_ns: int
    last_seen_mono_ns: int
    kinematics: Kinematics | None = None
    bearing: Bearing | None = None
    identity: Identity | None = None
    heard: tuple[Hearing, ...] = ()
    sensors: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()
    cooperation: Cooperation | None = None
    cooperation_reason: str | None = None
    sound: Sound | None = None
    sight: Sight | None = None
    emission: Emission | None = None
    target: Target | None = None
    existence: float | None = None
    label: TargetLabel | None = None
    label_probability: float | None = None
    probabilities: dict[str, float] = {}
    claim_probability: float | None = None
    behaviour: tuple[Fact, ...] = ()


class TrackEvent(Struct, frozen=True, kw_only=True):
    """Something happened to a track; `other` is the number that a merged track goes on under."""

    kind: EventKind
    track: Track
    other: int | None = None
