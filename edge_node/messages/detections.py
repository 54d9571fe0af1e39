"""What one sensor made of one block."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Transport = Literal[
    "wifi_beacon", "wifi_probe_response", "wifi_nan", "ble_legacy", "ble_extended", "french_beacon", "dji_beacon", "mavlink", "dji_droneid"
]
IdType = Literal["none", "serial_number", "caa_registration", "utm_uuid", "specific_session", "reserved"]
SoundLabel = Literal["multirotor", "fixed_wing", "helicopter", "machine", "none"]
LinkKind = Literal[
    "elrs_900",
    "elrs_2400",
    "crossfire",
    "frsky_r9",
    "sik",
    "dji_ocusync",
    "analog_video",
    "lora",
    "fsk",
    "lorawan",
    "wmbus",
    "radiosonde",
    "wifi",
    "lte",
    "ble",
    "adsb",
    "dvb_t",
    "unknown",
]
BearingReference = Literal["true_north", "vehicle"]
"""What azimuths count clockwise from, and elevations up from: north and the horizon, or a vehicle's front and its own level."""
SightLabel = Literal["drone", "bird", "aeroplane", "helicopter", "balloon", "insect", "unknown"]
TargetLabel = Literal["multirotor", "fixed_wing", "helicopter", "aeroplane", "bird", "balloon", "vehicle", "unknown"]
"""A fixed_wing is a drone, an aeroplane has people aboard."""
TargetIdKind = Literal["icao_address", "other_address", "callsign", "registration", "serial_number", "other"]
"""An other_address is one of 24 bits that no state gave (anonymous, or made by a ground station): DO-260B's address qualifier."""


class UasId(Struct, frozen=True, gc=False):
    """One identity that an aircraft claims; ids that are not text are lower-case hex."""

    type: IdType
    value: str


class Detection(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What one sensor made of one block; t_mono_ns is when it was heard or seen, by the node's monotonic clock."""

    t_mono_ns: int
    sensor: str = ""


class Suspicion(Struct, frozen=True, gc=False):
    """One reason to doubt a claim: its name, how sure (0 to 1) and the evidence in words."""

    name: str
    score: float
    evidence: str


class RemoteIdDetection(Detection, frozen=True, kw_only=True, tag="remote_id"):
    """All that one frame with Remote ID said, as the aircraft claims it (ASTM F3411-22a, EN 4709-002); unsaid is None."""

    transport: Transport
    transmitter: str
    rssi_dbm: int | None = None
    center_hz: int | None = None
    counter: int | None = None
    ids: tuple[UasId, ...] = ()
    ua_type: str | None = None
    status: str | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_wgs84_m: float | None = None
    altitude_baro_m: float | None = None
    height_m: float | None = None
    height_reference: Literal["take_off", "ground"] | None = None
    direction_deg: float | None = None
    speed_mps: float | None = None
    vertical_speed_mps: float | None = None
    horizontal_accuracy_m: float | None = None
    vertical_accuracy_m: float | None = None
    speed_accuracy_mps: float | None = None
    timestamp_s: float | None = None
    timestamp_accuracy_s: float | None = None
    operator_latitude_deg: float | None = None
    operator_longitude_deg: float | None = None
    operator_altitude_wgs84_m: float | None = None
    operator_location: Literal["take_off", "live", "fixed"] | None = None
    operator_id: str | None = None
    self_id: str | None = None
    system_time_utc: str | None = None
    authentication: Literal["none", "present", "verified", "failed"] | None = None
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    damaged: bool = False
    description_type: Literal["text", "emergency", "extended_status"] | None = None
    take_off_latitude_deg: float | None = None
    take_off_longitude_deg: float | None = None
    purpose: str | None = None
    ssid: str | None = None
    sequence_number: int | None = None
    tsf_us: int | None = None
    beacon_interval_tu: int | None = None
    suspicions: tuple[Suspicion, ...] = ()
    altitude_msl_m: float | None = None
    authentication_type: str | None = None
    authentication_data: str | None = None
    authentication_time_utc: str | None = None
    authentication_until_utc: str | None = None
    message_type: str | None = None
    sequence: int | None = None
    crc24_ok: bool | None = None
    crc16_ok: bool | None = None
    session_hash: str | None = None
    model: str | None = None
    yaw_deg: float | None = None


class AcousticDetection(Detection, frozen=True, kw_only=True, tag="acoustic"):
    """A drone that is heard, about twice a second while it lasts; `t_mono_ns` is when its sound met the microphones.

    `track` is its own inside the sensor; `probability` that it is a drone. A single microphone has no bearing, a flat array may
    have no elevation: None. `correlation` is that of the errors of azimuth and elevation. What integrates over time lags by `lag_s`.
    `level_db` is dB SPL where the array was measured, else dB of full scale. `notes` say what makes it worse: wind, a dead microphone.
    `sigma_pose_deg` is an error of all its bearings, of how the array stands; `reference` is what they count from.
    """

    track: int
    label: SoundLabel
    probability: float
    azimuth_deg: float | None = None
    elevation_deg: float | None = None
    sigma_azimuth_deg: float | None = None
    sigma_elevation_deg: float | None = None
    correlation: float | None = None
    azimuth_rate_dps: float | None = None
    elevation_rate_dps: float | None = None
    blade_pass_hz: float | None = None
    blade_pass_rate_hz_s: float | None = None
    level_db: float
    level_reference: Literal["spl", "full_scale"] = "full_scale"
    snr_db: float
    lag_s: float
    notes: tuple[str, ...] = ()
    sigma_pose_deg: float | None = None
    reference: BearingReference = "true_north"


class CameraDetection(Detection, frozen=True, kw_only=True, tag="camera"):
    """An object that a camera sees, in every picture once it is believed; `t_mono_ns` is when the picture was exposed.

    `frame` counts the camera's pictures from 0, `track` is its own inside the sensor, `box` is x, y, width, height in pixels from the
    top left corner. `probability` is that of a drone, `probabilities` of every label but "unknown", which `label` is while none of
    them is sure. Bearings are None where lens or mounting are unknown; their sigmas are random errors alone, and `sigma_pose_deg` is
    the mounting's one error for all. `size_deg` is the angle of its larger side. `snr` is contrast over the spread of what surrounds it.
    `range_m` is a hint from its size, with its sigma, when the label is sure. `predicted` says that this picture showed nothing there and
    the place is extrapolated. `reference` is what its bearings count from.
    """

    frame: int
    track: int
    box: tuple[float, float, float, float]
    label: SightLabel
    probability: float
    probabilities: dict[str, float] = {}
    snr: float
    azimuth_deg: float | None = None
    elevation_deg: float | None = None
    sigma_azimuth_deg: float | None = None
    sigma_elevation_deg: float | None = None
    correlation: float | None = None
    azimuth_rate_dps: float | None = None
    elevation_rate_dps: float | None = None
    sigma_pose_deg: float | None = None
    size_deg: float | None = None
    range_m: float | None = None
    sigma_range_m: float | None = None
    temperature_k: float | None = None
    predicted: bool = False
    notes: tuple[str, ...] = ()
    reference: BearingReference = "true_north"


class LinkDetection(Detection, frozen=True, kw_only=True, tag="link"):
    """A radio link that is heard, about twice a second while it lasts; `t_mono_ns` is when its newest burst met the antenna.

    `track` is its own inside the sensor: one transmitter. `alarm` is true of a drone's link alone. `center_hz` is its middle,
    `channels_hz` where it was heard so far, at most 64 of them; `duration_s` is that of a burst, None of what never stops. `parameters`
    are its kind's own (spreading factor, symbol rate, line rate); `carrier_offset_hz` is its oscillator's error, by which it is known
    again. `first_mono_ns` is when it was heard first, `bursts` how often since.
    """

    track: int
    link: LinkKind
    alarm: bool
    probability: float
    center_hz: float | None
    bandwidth_hz: float
    snr_db: float
    level_dbfs: float
    level_rate_db_s: float | None = None
    duration_s: float | None = None
    packet_rate_hz: float | None = None
    channels_hz: tuple[float, ...] = ()
    carrier_offset_hz: float | None = None
    first_mono_ns: int
    bursts: int
    parameters: dict[str, float | str] = {}
    notes: tuple[str, ...] = ()


class TargetId(Struct, frozen=True, gc=False):
    """One name of a target, as it says itself or as its sensor knows it: a claim, whoever makes it."""

    kind: TargetIdKind
    value: str


class TargetDetection(Detection, frozen=True, kw_only=True):
    """What any sensor may say of an object: of the two kinds below, the one that fits. What a sensor does not know it leaves unsaid.

    `track` is the sensor's own number of it; without one it is known by an address or serial number in `ids`, and with neither it makes no
    track. `probabilities` are by TargetLabel; what they lack of 1 is "unknown". `cooperative` says that the object itself told (ADS-B, a
    transponder), else it was measured. `category` is the source's own word, such as DO-260B's emitter category "A7".
    """

    track: int | None = None
    ids: tuple[TargetId, ...] = ()
    probabilities: dict[str, float] = {}
    cooperative: bool = False
    category: str | None = None
    snr_db: float | None = None
    notes: tuple[str, ...] = ()


class PositionDetection(TargetDetection, frozen=True, kw_only=True, tag="position"):
    """An object whose place is known, from a radar, a LiDAR or a receiver of ADS-B: WGS-84, and 1-sigma errors along each axis.

    `sigma_horizontal_m` is that of east and of north. `altitude_baro_m` is pressure altitude (above 1013.25 hPa): no place, for nobody here
    knows the weather. `rcs_dbsm` is the radar cross-section.
    """

    latitude_deg: float
    longitude_deg: float
    sigma_horizontal_m: float
    altitude_wgs84_m: float | None = None
    sigma_vertical_m: float | None = None
    altitude_baro_m: float | None = None
    velocity_east_mps: float | None = None
    velocity_north_mps: float | None = None
    velocity_up_mps: float | None = None
    sigma_velocity_mps: float | None = None
    sigma_velocity_up_mps: float | None = None
    on_ground: bool | None = None
    rcs_dbsm: float | None = None


class BearingDetection(TargetDetection, frozen=True, kw_only=True, tag="bearing"):
    """An object whose direction alone is known, such as from a direction finder: degrees clockwise from `reference`, up from the horizon.

    A hub whose node moves turns no bearing of this kind. The sigmas are random errors; `sigma_pose_deg` is how well the mounting is known,
    one error of all that it says.
    """

    azimuth_deg: float
    sigma_azimuth_deg: float
    elevation_deg: float | None = None
    sigma_elevation_deg: float | None = None
    azimuth_rate_dps: float | None = None
    elevation_rate_dps: float | None = None
    sigma_pose_deg: float | None = None
    reference: BearingReference = "true_north"
