"""What each built-in driver takes from its [[sensor]] table: every key, its default and its bounds stand here and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

Positive = Annotated[float, Meta(gt=0, description="a number above 0")]
Degrees90 = Annotated[float, Meta(ge=-90, le=90, description="degrees from -90 to 90")]
Degrees180 = Annotated[float, Meta(ge=-180, le=180, description="degrees from -180 to 180")]
ArrayName = Annotated[
    str,
    Meta(pattern=r"^([A-Za-z0-9_-]{1,64}|/.+\.toml)\Z", description="the name of a known array, or the absolute path of a .toml file"),
]
CameraName = Annotated[
    str,
    Meta(pattern=r"^([A-Za-z0-9_-]{1,64}|/.+\.toml)\Z", description="the name of a known camera, or the absolute path of a .toml file"),
]
SdrName = Annotated[
    str,
    Meta(pattern=r"^([A-Za-z0-9_-]{1,64}|/.+\.toml)\Z", description="the name of a known receiver, or the absolute path of a .toml file"),
]
GainDb = Annotated[float, Meta(ge=-50, le=150, description="a gain in dB from -50 to 150")]
DwellS = Annotated[float, Meta(ge=0.1, le=3_600, description="seconds from 0.1 to 3600")]
FieldOfView = Annotated[float, Meta(gt=0, le=170, description="degrees above 0 and at most 170")]
Corner = tuple[float, float]
Polygon = Annotated[tuple[Corner, ...], Meta(min_length=3, max_length=64, description="3 to 64 places of [x, y] in pixels")]
Masks = Annotated[tuple[Polygon, ...], Meta(max_length=64, description="up to 64 polygons, each of 3 to 64 places of [x, y] in pixels")]
SampleRate = Annotated[float, Meta(ge=1e3, le=200e6, description="a sample rate from 1e3 to 200e6 Hz")]
CenterHz = Annotated[float, Meta(gt=0, le=300e9, description="a frequency in Hz above 0 and at most 300e9")]
Temperature = Annotated[float, Meta(ge=-60, le=80, description="degrees Celsius from -60 to 80")]
Azimuth = Annotated[float, Meta(ge=-360, le=360, description="degrees from -360 to 360")]


class RecordingOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A recording played as if it were the device; a named pipe is read as it comes with pace "live".

    `array`, `calibration` and `temperature_c` are of sound: see MicArrayOptions; `camera` and what follows it are of pictures: see
    CameraOptions. The angles are of either. `format`, `rate_hz` and `center_hz` are of bare IQ whose name does not say them.
    """

    path: Path
    pace: Literal["recorded", "live"] = "recorded"
    loop: bool = False
    array: ArrayName | None = None
    calibration: Path | None = None
    azimuth_deg: Azimuth | None = None
    tilt_deg: Degrees180 = 0.0
    roll_deg: Degrees180 = 0.0
    temperature_c: Temperature | None = None
    camera: CameraName | None = None
    sigma_pose_deg: Positive = 1.0
    horizontal_fov_deg: FieldOfView | None = None
    masks: Masks = ()
    lowest_elevation_deg: Degrees90 | None = None
    format: Literal["cu8", "cs8", "cs16", "cf32"] | None = None
    rate_hz: SampleRate | None = None
    center_hz: CenterHz | None = None


class WifiMonitorOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A Wi-Fi interface in monitor mode; plan "none" leaves the channel alone."""

    interface: Annotated[str, Meta(pattern=r"^[^/\s]{1,15}$", description="the name of a network interface")]
    plan: Literal["default", "2.4ghz", "5ghz", "channel6", "none"] = "default"


class GnssOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A GNSS receiver or compass: a serial port that speaks NMEA 0183, or gpsd at host:port.

    Of a heading that it says: `heading_offset_deg` is added to it, `declination_deg` (east positive) makes a magnetic one true where
    the receiver does not say it, `sigma_heading_deg` is its error, and `heading_late_s` how old it is when it comes.
    """

    port: str | None = None
    baud: Literal[4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800] = 9600
    gpsd: Annotated[str, Meta(pattern=r"^.+:\d+$", description="host:port")] | None = None
    pps: Annotated[str, Meta(pattern=r"^pps\d+$", description="a PPS device like pps0")] | None = None
    silent_after_s: Positive = 3.5
    heading_offset_deg: Azimuth = 0.0
    declination_deg: Degrees180 | None = None
    sigma_heading_deg: Annotated[float, Meta(ge=0.05, le=90, description="degrees from 0.05 to 90")] | None = None
    heading_late_s: Annotated[float, Meta(ge=0, le=2, description="seconds from 0 to 2")] = 0.1


class ImuOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A BNO080, BNO085 or BNO086 in UART-RVC mode, x ahead and z up; `pitch_deg` and `roll_deg` are what it shows of a level vehicle."""

    port: str
    turns: Literal["anticlockwise", "clockwise"] = "anticlockwise"
    pitch_deg: Degrees90 = 0.0
    roll_deg: Degrees180 = 0.0
    silent_after_s: Positive = 3.0


class BleHciOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A Bluetooth controller on a serial port (H4): Bluetooth 4, 5 and 5 long range, as far as the controller can."""

    port: str
    baud: Literal[115200, 230400, 460800, 921600, 1000000, 2000000, 3000000] = 1000000
    rtscts: bool = False
    rearm_after_s: Annotated[float, Meta(ge=1, le=3600)] = 30.0


class BleSniffleOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A dongle with the Sniffle firmware: phy "coded" for Bluetooth 5 long range, "1m" for Bluetooth 4 and 5."""

    port: str
    baud: Literal[921600, 2000000] = 2000000
    phy: Literal["coded", "1m"] = "coded"
    rearm_after_s: Annotated[float, Meta(ge=1, le=3600)] = 10.0


class MavlinkRidOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A Remote ID receiver that speaks MAVLink on a serial port."""

    port: str
    baud: Literal[9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600] = 115200
    silent_after_s: Positive = 10.0


class MicArrayOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A microphone array: which, how it is found (without a word by its kind), how it stands, and how warm the air is.

    The array's y points to `azimuth_deg` (clockwise from true north), raised by `tilt_deg`; `roll_deg` turns about y, right side down.
    """

    array: ArrayName
    device: str | None = None
    serial: str | None = None
    port_path: Annotated[str, Meta(pattern=r"^\d+-\d+(\.\d+)*\Z", description="a USB port such as 1-1.2")] | None = None
    rate_hz: Annotated[int, Meta(ge=8_000, le=192_000)] | None = None
    calibration: Path | None = None
    azimuth_deg: Azimuth = 0.0
    tilt_deg: Degrees180 = 0.0
    roll_deg: Degrees180 = 0.0
    temperature_c: Temperature | None = None
    temperature_file: Path | None = None
    silent_after_s: Positive = 10.0


class CameraOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """A camera: which, how it is found (without a word by its kind), how it stands, and where it must not look.

    `device` is a node such as /dev/video0 (of a CSI camera its number), `url` goes like rtsp://user:password@camera/path or http://. Its
    axis points to `azimuth_deg` (clockwise from true north), raised by `tilt_deg`; `roll_deg` turns about it, right side down; all of
    this is right within `sigma_pose_deg`. Nothing is looked for within `masks` (polygons of pixels) and under `lowest_elevation_deg`,
    which is -2 where the azimuth is known.
    """

    camera: CameraName
    device: str | None = None
    serial: str | None = None
    port_path: Annotated[str, Meta(pattern=r"^\d+-\d+(\.\d+)*\Z", description="a USB port such as 1-1.2")] | None = None
    url: str | None = None  # checked by the driver, which does not repeat it: it may hold a password
    transport: Literal["tcp", "udp"] = "tcp"
    width: Annotated[int, Meta(ge=8, le=16_384)] | None = None
    height: Annotated[int, Meta(ge=8, le=16_384)] | None = None
    rate_hz: Annotated[float, Meta(gt=0, le=1_000)] | None = None
    azimuth_deg: Azimuth | None = None
    tilt_deg: Degrees180 = 0.0
    roll_deg: Degrees180 = 0.0
    sigma_pose_deg: Positive = 1.0
    horizontal_fov_deg: FieldOfView | None = None
    masks: Masks = ()
    lowest_elevation_deg: Degrees90 | None = None
    silent_after_s: Annotated[float, Meta(ge=1, le=60)] = 4.0
    frozen_after_s: Annotated[float, Meta(ge=1, le=3_600)] = 10.0


class PlanRow(Struct, frozen=True, forbid_unknown_fields=True):
    """One place of a frequency plan: what is not said is as for the whole sensor."""

    center_hz: CenterHz
    rate_hz: SampleRate | None = None
    dwell_s: DwellS = 1.0
    gain_db: GainDb | None = None


class ReceiverOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """Where any software radio listens: at `center_hz`, or about by `plan`, of which it stays for `park_s` where a drone is heard.

    `rate_hz` and `gain_db` (there is no gain control) are what its kind usually has; `ppm` is by how much its crystal is too fast.
    """

    center_hz: CenterHz | None = None
    rate_hz: SampleRate | None = None
    gain_db: GainDb | None = None
    plan: Annotated[tuple[PlanRow, ...], Meta(max_length=64)] = ()
    park_s: Annotated[float, Meta(ge=0, le=600, description="seconds from 0 to 600")] = 3.0
    ppm: Annotated[int, Meta(ge=-500, le=500, description="a whole number from -500 to 500")] = 0
    silent_after_s: Annotated[float, Meta(ge=0.5, le=60, description="seconds from 0.5 to 60")] = 2.0


class RtlSdrOptions(ReceiverOptions, frozen=True, forbid_unknown_fields=True):
    """An RTL-SDR dongle of this machine: that of `serial`, or the only one; `sdr` is its kind. `bias_tee` feeds an amplifier."""

    serial: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    sdr: SdrName = "rtl_sdr"
    bias_tee: bool = False


class RtlTcpOptions(ReceiverOptions, frozen=True, forbid_unknown_fields=True):
    """A dongle behind an rtl_tcp server."""

    host: Annotated[str, Meta(min_length=1, max_length=253, description="the name or address of a host")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535, description="a port from 1 to 65535")] = 1_234
    sdr: SdrName = "rtl_sdr"
    bias_tee: bool = False


class SoapySdrOptions(ReceiverOptions, frozen=True, forbid_unknown_fields=True):
    """Any receiver of SoapySDR: `device` is its string such as "driver=hackrf", or `sdr` its kind. `settings` are its module's own."""

    device: Annotated[str, Meta(min_length=1, max_length=1_000)] | None = None
    sdr: SdrName | None = None
    antenna: str | None = None
    settings: dict[str, str] = {}
    sample_format: Literal["CF32", "CS16", "CS8"] = "CF32"


OPTIONS: dict[str, type[Struct]] = {
    "recording": RecordingOptions,
    "wifi_monitor": WifiMonitorOptions,
    "ble_hci": BleHciOptions,
    "ble_sniffle": BleSniffleOptions,
    "mavlink_rid": MavlinkRidOptions,
    "gnss": GnssOptions,
    "imu": ImuOptions,
    "mic_array": MicArrayOptions,
    "camera": CameraOptions,
    "rtl_sdr": RtlSdrOptions,
    "rtl_tcp": RtlTcpOptions,
    "soapy_sdr": SoapySdrOptions,
}
