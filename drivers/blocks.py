"""What a driver hands over: frozen blocks, stamped with monotonic time and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Medium = Literal["wifi", "ble", "ble_report", "mavlink"]
FixSource = Literal["nmea", "gpsd"]
AttitudeSource = Literal["nmea", "gpsd", "imu"]
HeadingKind = Literal["true", "gyro"]


class AnyBlock(Protocol):
    """What every block has, those of other packages too: when, the how-manieth of its source, and how many were dropped just before it."""

    @property
    def t_mono_ns(self) -> int:
        """Monotonic time of its content."""

    @property
    def sequence(self) -> int:
        """Counted from 0 in what the source counts: frames, samples, pictures."""

    @property
    def lost(self) -> int:
        """In the same."""


class RadioFrame(Struct, frozen=True, gc=False):
    """One frame off the air without its capture header.

    `data` is, by `medium`: "wifi" an 802.11 frame without FCS; "ble" a link-layer advertising PDU as a sniffer hears it;
    "ble_report" the advertiser's address (6 bytes as on the air) and the whole AD data that a host controller reports, with
    `extended` for extended advertising; "mavlink" one whole MAVLink frame from a receiver that has decoded the air itself.
    `sequence` counts the source's frames from 0, `lost` those dropped just before this one. A frame whose check
    sequence failed is handed over with `intact` False. What the capture did not say is None.
    """

    t_mono_ns: int
    sequence: int
    lost: int
    medium: Medium
    data: bytes
    rssi_dbm: int | None = None
    center_hz: int | None = None
    intact: bool = True
    coded_phy: bool = False
    extended: bool = False


class GnssFix(Struct, frozen=True, gc=False):
    """What a receiver says of the node's own place and time; `has_fix` False means that it has none, and of place and time nothing is said.

    `t_utc_ns` is the receiver's time of validity; `pulse_mono_ns` is when its last second began, by a PPS edge; `cn0_dbhz` how strong the
    strongest satellites are, with or without a fix.
    """

    t_mono_ns: int
    sequence: int
    lost: int
    source: FixSource
    has_fix: bool
    t_utc_ns: int | None = None
    pulse_mono_ns: int | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_wgs84_m: float | None = None
    altitude_msl_m: float | None = None
    sigma_horizontal_m: float | None = None
    sigma_vertical_m: float | None = None
    speed_mps: float | None = None
    course_deg: float | None = None
    satellites: int | None = None
    hdop: float | None = None
    quality: str | None = None
    cn0_dbhz: float | None = None


class Attitude(Struct, frozen=True, gc=False):
    """How a vehicle stands: where its front points, how far its nose is up and its right side down, in degrees with 1-sigma errors.

    `heading_kind` "true" counts clockwise from true north; "gyro" counts from wherever the device began, and drifts. `t_mono_ns` is when
    it stood so, known within `sigma_t_s`. What the device does not know is None, and `trouble` says why there is no heading.
    """

    t_mono_ns: int
    sequence: int
    lost: int
    source: AttitudeSource
    heading_deg: float | None = None
    heading_kind: HeadingKind | None = None
    sigma_heading_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    sigma_tilt_deg: float | None = None
    sigma_t_s: float = 0.0
    trouble: str | None = None


class MicrophoneArray(Struct, frozen=True):
    """Where each channel's microphone is and how the array is mounted; one channel without a place for a single microphone.

    `positions_m` are in the array's own frame: x right, y ahead, z up. y points to `azimuth_deg` (clockwise from true north)
    and is raised by `tilt_deg` above the horizon; `roll_deg` then turns about y, right side down. `gains` multiply the channels'
    samples and `delays_s` say how late each is (both empty when not calibrated); `full_scale_db_spl` is the sound pressure level
    of a full-scale sine, None where nobody measured it.
    """

    name: str
    positions_m: tuple[tuple[float, float, float], ...]
    azimuth_deg: float = 0.0
    tilt_deg: float = 0.0
    roll_deg: float = 0.0
    gains: tuple[float, ...] = ()
    delays_s: tuple[float, ...] = ()
    full_scale_db_spl: float | None = None


class AudioBlock(Struct, frozen=True, gc=False):
    """Sound of all microphones: `samples` is float32 (frames, channels), full scale 1.0, channels in the array's order.

    `t_mono_ns` is when the first frame met the microphones; `sequence` counts frames from 0 with those lost, `lost` the frames
    dropped just before this block. `array` None means that nobody said where the microphones are. What the source did not
    measure is None.
    """

    t_mono_ns: int
    sequence: int
    lost: int
    sample_rate_hz: int
    samples: NDArray[np.float32]
    array: MicrophoneArray | None = None
    temperature_c: float | None = None


class Camera(Struct, frozen=True):
    """How a camera sees and how it is mounted; it travels with every frame, so a pan-tilt head may turn it from one to the next.

    Its own frame is x right, y along the optical axis, z up in the picture. y points to `azimuth_deg` (clockwise from true north)
    and is raised by `tilt_deg` above the horizon; `roll_deg` then turns about y, right side down; `azimuth_deg` None where nobody
    knows. `focal_px` (x, y) and `centre_px` are of a picture of `width` x `height` pixels, with pixel centres at whole numbers, and
    None where nobody knows the lens; `distortion` is k1 k2 p1 p2 k3 (Brown), or k1 k2 k3 k4 (Kannala and Brandt) with `fisheye`.
    A radiometric camera sees `kelvin_per_count` * count + `kelvin_at_zero`. `sigma_pose_deg` is how well the mounting is known: one
    error for all that it sees. Nothing is looked for within `masks`, polygons of (x, y) pixels, or under `lowest_elevation_deg`.
    """

    name: str
    band: Literal["thermal", "visible"]
    width: int
    height: int
    focal_px: tuple[float, float] | None = None
    centre_px: tuple[float, float] | None = None
    distortion: tuple[float, ...] = ()
    fisheye: bool = False
    azimuth_deg: float | None = None
    tilt_deg: float = 0.0
    roll_deg: float = 0.0
    sigma_pose_deg: float = 1.0
    kelvin_per_count: float | None = None
    kelvin_at_zero: float = 0.0
    masks: tuple[tuple[tuple[float, float], ...], ...] = ()
    lowest_elevation_deg: float | None = None


class Frame(Struct, frozen=True, gc=False):
    """One picture: `picture` is uint8 or uint16 (rows, columns), grey or counts, row 0 at the top.

    `t_mono_ns` is when it was exposed, by the device's own clock where it has one; `sequence` counts the source's pictures from 0 with
    those lost, `lost` those dropped just before this one. `repeated` says that it is the one before once more, `shutter` that the
    camera was correcting itself (FFC): neither shows anything new. `camera` None means that nobody said what took it.
    """

    t_mono_ns: int
    sequence: int
    lost: int
    picture: NDArray[np.uint8] | NDArray[np.uint16]
    camera: Camera | None = None
    repeated: bool = False
    shutter: bool = False


class IqBlock(Struct, frozen=True, gc=False):
    """A piece of spectrum: `samples` is complex64 (n,), full scale 1.0, about `center_hz`, which is None where nobody said it.

    `t_mono_ns` is when the first sample met the antenna; `sequence` counts samples from 0 with those lost, `lost` those dropped just before
    this block; what was left out while it settled is in `sequence` alone. `clipped` is the share of samples at full scale. `tuned_anew`
    says that the receiver stood elsewhere, or at another rate or gain, until this block: nothing goes on across it. What the device did
    not say is None.
    """

    t_mono_ns: int
    sequence: int
    lost: int
    sample_rate_hz: float
    center_hz: float | None
    samples: NDArray[np.complex64]
    gain_db: float | None = None
    clipped: float = 0.0
    tuned_anew: bool = False


Block = RadioFrame | GnssFix | Attitude | AudioBlock | Frame | IqBlock
