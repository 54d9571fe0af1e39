"""The messages of the live plane, field by field: what docs/wire-format.md is made from."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from edge_node.publish.evidence_schema import Emission, Sight, Sound, Target
from edge_node.publish.judgement_schema import Judgement
from edge_node.publish.scaling import packed, scaled

MAJOR, MINOR = 1, 8
U32 = 2**32 - 1

TRACK_STATES = (None, "tentative", "confirmed", "lost")
COOPERATIONS = (None, "authorised", "unknown", "in_restricted_zone", "non_cooperative")
ID_TYPES = (None, "none", "serial_number", "caa_registration", "utm_uuid", "specific_session", "reserved")
UA_TYPES = (
    None,
    "aeroplane",
    "helicopter_or_multirotor",
    "gyroplane",
    "hybrid_lift",
    "ornithopter",
    "glider",
    "kite",
    "free_balloon",
    "captive_balloon",
    "airship",
    "free_fall_parachute",
    "rocket",
    "tethered_powered_aircraft",
    "ground_obstacle",
    "other",
)
UA_STATUSES = (None, "ground", "airborne", "emergency", "remote_id_system_failure")
HEIGHT_REFERENCES = (None, "take_off", "ground")
OPERATOR_LOCATIONS = (None, "take_off", "live", "fixed")
TRANSPORTS = (
    *("wifi_beacon", "wifi_probe_response", "wifi_nan", "ble_legacy", "ble_extended", "french_beacon", "dji_beacon", "mavlink"),
    "dji_droneid",  # since 1.4
)
CLOCK_SOURCES = (None, "unknown", "system", "gnss", "recording")
PLACE_SOURCES = (None, "fixed", "gnss")
VERDICTS = (None, "green", "amber", "red")
BEARING_REFERENCES = ("true_north", "vehicle")
SENSOR_STATES = (None, "starting", "running", "absent", "stalled", "crashed", "off", "stopping")

GRADES = (None, "ok", "warn", "fail")
SENSES = (None, "sight", "sound", "remote_id", "other", "radio")

Text = Annotated[str, Meta(max_length=64)]
Sentence = Annotated[str, Meta(max_length=256)]
Note = Annotated[str, Meta(max_length=96)]


class Kinematics(Struct, array_like=True, frozen=True, gc=False):
    """Where the object is and how it moves, smoothed, with 1-sigma uncertainties."""

    latitude: Annotated[int, scaled("deg", 1e7, -900_000_000, 900_000_000, "WGS-84")]
    longitude: Annotated[int, scaled("deg", 1e7, -1_800_000_000, 1_800_000_000, "WGS-84")]
    altitude_wgs84: Annotated[int, scaled("m", 10, -5_000, 500_000, "above the ellipsoid; nil: unknown")] | None = None
    velocity_east: Annotated[int, scaled("mps", 10, -10_000, 10_000, "nil: unknown")] | None = None
    velocity_north: Annotated[int, scaled("mps", 10, -10_000, 10_000, "nil: unknown")] | None = None
    velocity_up: Annotated[int, scaled("mps", 10, -10_000, 10_000, "nil: unknown")] | None = None
    sigma_major: (
        Annotated[int, scaled("m", 10, 0, 1_000_000, "error ellipse of the place, longer half axis; nil: unknown", up=True)] | None
    ) = None
    sigma_minor: Annotated[int, scaled("m", 10, 0, 1_000_000, "shorter half axis; nil: unknown", up=True)] | None = None
    major_axis: (
        Annotated[
            int,
            scaled("deg", 0.5, 0, 89, "direction of the longer half axis, clockwise from true north, modulo 180; nil: unknown", turn=90),
        ]
        | None
    ) = None
    sigma_altitude: Annotated[int, scaled("m", 10, 0, 1_000_000, "nil: unknown", up=True)] | None = None
    sigma_velocity: (
        Annotated[int, scaled("mps", 10, 0, 10_000, "of the horizontal velocity, along its worse axis; nil: unknown", up=True)] | None
    ) = None


class Bearing(Struct, array_like=True, frozen=True, gc=False):
    """A direction from the node, without range; by `reference` "vehicle" both angles are about a vehicle whose heading nobody knows."""

    azimuth: Annotated[int, scaled("deg", 100, 0, 35_999, "clockwise from true north", turn=36_000)]
    sigma_azimuth: Annotated[int, scaled("deg", 100, 0, 18_000, "nil: unknown", up=True)] | None = None
    elevation: Annotated[int, scaled("deg", 100, -9_000, 9_000, "up from the horizon; nil: unknown")] | None = None
    sigma_elevation: Annotated[int, scaled("deg", 100, 0, 18_000, "nil: unknown", up=True)] | None = None
    azimuth_rate: Annotated[int, scaled("dps", 100, -36_000, 36_000, "nil: unknown")] | None = None
    elevation_rate: Annotated[int, scaled("dps", 100, -36_000, 36_000, "nil: unknown")] | None = None
    sigma_pose: (
        Annotated[
            int,
            scaled(
                "deg",
                100,
                0,
                18_000,
                "of mounting and vehicle's heading: one error of all its bearings, not within the sigmas above; nil: not said (since 1.3)",
                up=True,
            ),
        ]
        | None
    ) = None
    reference: (
        Annotated[
            int,
            packed(
                "what the angles count from: north and horizon, or a vehicle's front and level; nil: the first (since 1.6)",
                reference=(2, BEARING_REFERENCES),
            ),
        ]
        | None
    ) = None


class OtherId(Struct, array_like=True, frozen=True, gc=False):
    """One more identity that the aircraft claims."""

    kind: Annotated[int, packed("kind of id", id_type=(3, ID_TYPES))]
    id: Annotated[str, Meta(max_length=64, description="nil: not text")] | None = None
    id_bytes: Annotated[bytes, Meta(max_length=64, description="an id that is not text; nil: it is text")] | None = None


class Identity(Struct, array_like=True, frozen=True):
    """Who the object claims to be: claims, not proofs (ASTM F3411, EN 4709-002)."""

    kinds: Annotated[int, packed("kind of id; kind of aircraft", id_type=(3, ID_TYPES), ua_type=(4, UA_TYPES))]
    id: Annotated[str, Meta(max_length=64, description="nil: none claimed, or not text")] | None = None
    said: Annotated[
        int,
        packed(
            "flight status; what `height` is above; which place of the operator is meant",
            status=(3, UA_STATUSES),
            height_reference=(2, HEIGHT_REFERENCES),
            operator_location=(2, OPERATOR_LOCATIONS),
        ),
    ] = 0
    height: Annotated[int, scaled("m", 10, -20_000, 100_000, "above take-off or ground; nil: unknown")] | None = None
    operator_id: Annotated[str, Meta(max_length=64, description="nil: not said")] | None = None
    operator_latitude_offset: (
        Annotated[
            int, scaled("deg", 1e5, -18_000_000, 18_000_000, "operator minus aircraft; from 0 when the track has no place; nil: not said")
        ]
        | None
    ) = None
    operator_longitude_offset: (
        Annotated[int, scaled("deg", 1e5, -18_000_000, 18_000_000, "operator minus aircraft, the shorter way round; as above")] | None
    ) = None
    operator_altitude_wgs84: Annotated[int, scaled("m", 10, -5_000, 500_000, "nil: not said")] | None = None
    id_bytes: Annotated[bytes, Meta(max_length=64, description="an id that is not text; nil: none")] | None = None
    other_ids: Annotated[tuple[OtherId, ...], Meta(max_length=8, description="further ids; nil: none")] | None = None
    transmitter: Annotated[str, Meta(max_length=64, description="address, said while there is no id; nil: not said")] | None = None


class TrackRecord(Struct, array_like=True, frozen=True):
    """One object, as it was `age` before the batch was sent."""

    number: Annotated[int, Meta(ge=0, le=U32, description="the object's own for as long as `epoch` stays the same")]
    state: Annotated[
        int,
        packed(
            "state of the track; whether it is known and may be there (since 1.1)", state=(2, TRACK_STATES), cooperation=(3, COOPERATIONS)
        ),
    ]
    age: Annotated[int, scaled("s", 100, -8_640_000, 8_640_000, "`t_utc_ms` minus the time at which the state holds")]
    unheard: Annotated[int, scaled("s", 100, -8_640_000, 8_640_000, "time at which the state holds minus the time when last heard or seen")]
    transports: Annotated[int, Meta(ge=0, le=U32, description="bit n set: heard by transport n, below")] = 0
    rssi: Annotated[int, scaled("dbm", -1, -100, 200, "of the frame heard last; nil: unknown")] | None = None
    sensors: Annotated[int, Meta(ge=0, le=U32, description="bit n set: sensor n of the batch's `sensors` had part in it")] = 0
    flags: Annotated[int, Meta(ge=0, le=U32, description="bit n set: flag n of the batch's `flags` is raised")] = 0
    identity: (
        Annotated[Identity, Meta(description="nil: nothing claimed; else `rid_claimed` is a fact, and what it holds a claim")] | None
    ) = None
    kinematics: Annotated[Kinematics, Meta(description="nil: place unknown")] | None = None
    bearing: Annotated[Bearing, Meta(description="nil: no bearing")] | None = None
    suspicion: (
        Annotated[int, scaled("percent", 1, 1, 100, "how much speaks against what it claims; nil: nothing does (since 1.1)", up=True)]
        | None
    ) = None
    cooperation_reason: (
        Annotated[
            str,
            Meta(max_length=128, description="in words, when `cooperation` changes and every 10 s; nil: not said this time (since 1.1)"),
        ]
        | None
    ) = None
    sound: Annotated[Sound, Meta(description="nil: not heard as a sound (since 1.2)")] | None = None
    sight: Annotated[Sight, Meta(description="nil: not seen by a camera (since 1.3)")] | None = None
    emission: Annotated[Emission, Meta(description="nil: no radio link is heard (since 1.5)")] | None = None
    target: Annotated[Target, Meta(description="nil: no other sensor says anything of it (since 1.6)")] | None = None
    judgement: Annotated[Judgement, Meta(description="nil: the node makes nothing of it yet (since 1.7)")] | None = None


class Head(Struct, array_like=True, frozen=True, gc=False):
    """How every payload begins."""

    major: Annotated[int, Meta(ge=0, le=U32, description="a reader refuses a major that it does not know")]
    minor: Annotated[int, Meta(ge=0, le=U32, description="a newer minor only appends; a reader ignores what it does not know")]
    epoch: Annotated[int, Meta(ge=0, le=U32, description="random, made when the node's hub starts")]
    seq: Annotated[int, Meta(ge=0, le=U32, description="counts the messages of this topic within the epoch, from 0")]
    t_utc_ms: Annotated[int, Meta(ge=0, le=2**53, description="time of sending, ms since 1970")]
    clock_sigma: Annotated[int, scaled("s", 1000, 0, 65_535, "of the node's clock against UTC; nil: nobody vouches for it", up=True)] | None


class Batch(Head, array_like=True, frozen=True):
    """Topic t/: tracks that are due, each newer than all said of it before."""

    sensors: Annotated[tuple[Text, ...], Meta(max_length=32, description="names that the records' `sensors` point to")] = ()
    flags: Annotated[tuple[Text, ...], Meta(max_length=32, description="names that the records' `flags` point to")] = ()
    tracks: Annotated[tuple[TrackRecord, ...], Meta(max_length=1000, description="one record for each object")] = ()


class PlaceRecord(Struct, array_like=True, frozen=True, gc=False):
    """Where the node is."""

    latitude: Annotated[int, scaled("deg", 1e7, -900_000_000, 900_000_000, "WGS-84")]
    longitude: Annotated[int, scaled("deg", 1e7, -1_800_000_000, 1_800_000_000, "WGS-84")]
    source: Annotated[int, packed("where this is known from", source=(2, PLACE_SOURCES))]
    altitude_wgs84: Annotated[int, scaled("m", 10, -5_000, 500_000, "above the ellipsoid; nil: unknown")] | None = None
    sigma: Annotated[int, scaled("m", 10, 0, 1_000_000, "horizontal; nil: unknown", up=True)] | None = None


class SensorRecord(Struct, array_like=True, frozen=True):
    """How one process of the node is."""

    name: Annotated[str, Meta(max_length=64, description="as in node.toml")]
    state: Annotated[int, packed("state of the process", state=(4, SENSOR_STATES))]
    sentence: Annotated[str, Meta(max_length=256, description="in words")]
    data_age: Annotated[int, scaled("s", 1000, 0, U32, "since the last block of data; nil: never")] | None = None
    lost: Annotated[int, Meta(ge=0, le=2**53, description="blocks lost since it started; nil: not said")] | None = None
    restarts: Annotated[int, Meta(ge=0, le=U32, description="since the node started; nil: not said")] | None = None


class FindingRecord(Struct, array_like=True, frozen=True):
    """One thing that is not well; docs/health.md lists the names (since 1.8)."""

    about: Annotated[str, Meta(max_length=64, description="a sensor's name, or power, temperature, storage, time, link, configuration")]
    name: Annotated[str, Meta(max_length=64, description="what it is, for programs; names never change")]
    grade: Annotated[int, packed("works worse, or not at all", grade=(2, GRADES))]
    words: Annotated[str, Meta(max_length=200, description="what is wrong, with its figure")]
    touch: Annotated[str, Meta(max_length=120, description="what to do; nil: nothing")] | None = None


class CoverageRecord(Struct, array_like=True, frozen=True):
    """What one sensor would sense now: a small drone nearer than `reach` in its sector is told of within `latency` (since 1.8)."""

    sensor: Annotated[int, Meta(ge=0, le=63, description="place in `sensors`")]
    what: Annotated[int, packed("by what; what `azimuth` counts from", sense=(3, SENSES), reference=(2, BEARING_REFERENCES))]
    reach: Annotated[int, scaled("m", 0.1, 0, 10_000, "0: nothing is sensed, and `notes` say why")]
    probability: Annotated[int, scaled("percent", 1, 0, 100, "of being told of")]
    latency: Annotated[int, scaled("s", 10, 0, 600, "until it is told of", up=True)]
    azimuth: Annotated[int, scaled("deg", 1, 0, 359, "middle of the sector; nil: all around", turn=360)] | None = None
    width: Annotated[int, scaled("deg", 1, 0, 360, "of the sector; nil: all around")] | None = None
    lowest_elevation: Annotated[int, scaled("deg", 1, -90, 90, "nil: straight down")] | None = None
    highest_elevation: Annotated[int, scaled("deg", 1, -90, 90, "nil: straight up")] | None = None
    notes: Annotated[tuple[Note, ...], Meta(max_length=3, description="what makes it worse; nil: nothing")] | None = None


class StatusRecord(Head, array_like=True, frozen=True):
    """Topic s/: how the node is."""

    name: Annotated[str, Meta(max_length=64, description="the node's own name")]
    place: Annotated[PlaceRecord, Meta(description="nil: unknown")] | None
    version: Annotated[str, Meta(max_length=64, description="of edge_node")]
    verdict: Annotated[int, packed("verdict", verdict=(2, VERDICTS))]
    sentence: Annotated[str, Meta(max_length=256, description="the reason for the verdict")]
    sensors: Annotated[tuple[SensorRecord, ...], Meta(max_length=64, description="one for each sensor, and last the hub")]
    counters: Annotated[dict[Text, int], Meta(max_length=64, description="what was sent, dropped and refused since the hub started")]
    clock: Annotated[int, packed("what the node's clock is set by", clock_source=(3, CLOCK_SOURCES))]
    findings: (
        Annotated[tuple[FindingRecord, ...], Meta(max_length=16, description="what is not well, worst first; nil: all is (since 1.8)")]
        | None
    ) = None
    coverage: (
        Annotated[
            tuple[CoverageRecord, ...],
            Meta(max_length=64, description="one for each sensor that senses drones, working or not; nil: there is none (since 1.8)"),
        ]
        | None
    ) = None
