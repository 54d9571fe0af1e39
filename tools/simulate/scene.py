"""A scene as written in TOML: frozen structs, strict about every key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from drivers import microphone_arrays
from tools.simulate.outdoors import Eye, Ground, Sky, Traffic

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Mac = Annotated[str, Meta(pattern=r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$")]
Channel = Annotated[int, Meta(ge=1, le=177)]
Aircraft = Literal["small_quad", "mid_quad", "hexa", "racing_quad", "fixed_wing", "helicopter"]
Transport = Literal["wifi_beacon", "wifi_nan", "ble_legacy", "ble_extended", "french_beacon", "dji_beacon"]


class SceneError(Exception):
    """A scene cannot be used; the text names the key."""


class NodePose(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the node stands: the ground's altitude and its own height on the mast."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    ground_wgs84_m: float
    mast_m: NotNegative = 0.0


class Hover(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="hover"):
    """Stay at one place, metres east and north of the node and above the ground."""

    east_m: float
    north_m: float
    height_m: float


class Circle(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="circle"):
    """Go round a place, from `start_deg` clockwise from north as seen from its middle."""

    east_m: float
    north_m: float
    height_m: float
    radius_m: Positive
    speed_mps: Positive
    start_deg: float = 0.0
    clockwise: bool = True


class Point(Struct, frozen=True, forbid_unknown_fields=True):
    """One corner of a path and the speed towards the next one."""

    east_m: float
    north_m: float
    height_m: float
    speed_mps: Positive = 10.0


class Waypoints(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="waypoints"):
    """Straight legs from corner to corner; then hover at the last, or go on to the first and round again."""

    points: Annotated[tuple[Point, ...], Meta(min_length=2)]
    loop: bool = False


Flight = Hover | Circle | Waypoints


class Operator(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the pilot stands, on the ground."""

    east_m: float
    north_m: float
    id: Annotated[str, Meta(max_length=20)] | None = None
    location: Literal["take_off", "live", "fixed"] = "take_off"


class RemoteId(Struct, frozen=True, forbid_unknown_fields=True):
    """How a drone says who and where it is: ASTM F3411-22a over Wi-Fi and Bluetooth, France's and DJI's own beacons.

    Its data is new every `update_s`; every `full_every`-th update goes out as a full pack, those between as Location alone.
    Its Bluetooth has an address of its own and advertises every `ble_interval_s`.
    """

    mac: Mac
    transports: Annotated[tuple[Transport, ...], Meta(min_length=1)] = ("wifi_beacon",)
    channel: Channel = 6
    ssid: Annotated[str, Meta(max_length=32)] = ""
    serial: Annotated[str, Meta(max_length=20)] | None = None
    caa_registration: Annotated[str, Meta(max_length=20)] | None = None
    ua_type: Annotated[int, Meta(ge=0, le=15)] = 2
    self_id: Annotated[str, Meta(max_length=23)] | None = None
    protocol: Literal[0, 1, 2] = 2
    beacon_interval_tu: Annotated[int, Meta(ge=20, le=1000)] = 200
    update_s: Positive = 1.0
    full_every: Annotated[int, Meta(ge=1, le=60)] = 1
    eirp_dbm: float = 18.0
    ble_interval_s: Annotated[float, Meta(ge=0.05, le=3)] = 0.25
    ble_eirp_dbm: float = 8.0
    horizontal_accuracy: Annotated[int, Meta(ge=0, le=12)] = 11
    vertical_accuracy: Annotated[int, Meta(ge=0, le=6)] = 5
    speed_accuracy: Annotated[int, Meta(ge=0, le=4)] = 3
    eu_category: Literal["open", "specific", "certified"] | None = "open"
    eu_class: Annotated[int, Meta(ge=0, le=7)] = 0


class DroneSound(Struct, frozen=True, forbid_unknown_fields=True):
    """What a drone sounds like: a kind of aircraft, but for what is said otherwise."""

    aircraft: Aircraft = "mid_quad"
    rotors: Annotated[int, Meta(ge=1, le=16)] | None = None
    blades: Annotated[int, Meta(ge=1, le=12)] | None = None
    blade_pass_hz: Annotated[float, Meta(ge=5, le=3000)] | None = None
    level_db_spl_1m: Annotated[float, Meta(ge=0, le=150)] | None = None


class RadioLink(Struct, frozen=True, forbid_unknown_fields=True):
    """A radio link of a drone, by its name in tools.simulate.iq.catalogue; EIRP of its part and the pilot's, None for usual ones."""

    name: Annotated[str, Meta(min_length=1)]
    eirp_dbm: float | None = None
    ground_eirp_dbm: float | None = None


class Drone(Struct, frozen=True, forbid_unknown_fields=True):
    """One aircraft, in the air from `from_s` until `until_s` of the scene; `gust_m` is how far the wind moves it (1 sigma).

    `span_m` is from motor to motor across.
    """

    name: Annotated[str, Meta(min_length=1)]
    path: Flight
    operator: Operator
    remote_id: RemoteId | None = None
    sound: DroneSound | None = None
    link: tuple[RadioLink, ...] = ()
    from_s: NotNegative = 0.0
    until_s: Positive | None = None
    gust_m: NotNegative = 0.3
    span_m: Annotated[float, Meta(ge=0.05, le=20)] = 0.45


class Emitter(Struct, frozen=True, forbid_unknown_fields=True):
    """A transmitter that is no drone's, by its name in tools.simulate.iq.catalogue."""

    name: Annotated[str, Meta(min_length=1)]
    link: Annotated[str, Meta(min_length=1)]
    east_m: float
    north_m: float
    height_m: NotNegative = 2.0
    eirp_dbm: float | None = None
    from_s: NotNegative = 0.0
    until_s: Positive | None = None


class Radio(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """One cheap Wi-Fi module on the ground that sends frames of its maker's making, 2.4 GHz only."""

    name: Annotated[str, Meta(min_length=1)]
    east_m: float
    north_m: float
    channel: Annotated[int, Meta(ge=1, le=13)] = 6
    eirp_dbm: float = 18.0
    from_s: NotNegative = 0.0
    until_s: Positive | None = None


class Swarm(Radio, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="swarm"):
    """Many invented aircraft within `spread_m`, each sound in itself: one sequence counter for all, random TSF, one loudness."""

    count: Annotated[int, Meta(ge=1, le=20_000)]
    rate_hz: Positive = 2.0
    spread_m: Positive = 1_000.0


class Replay(Radio, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="replay"):
    """The Wi-Fi frames of a drone, recorded and sent again `delay_s` later, byte for byte."""

    of: str
    delay_s: Positive = 30.0


class Teleport(Radio, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="teleport"):
    """One invented aircraft that claims a slow flight and another place within `spread_m` every `every_s`."""

    every_s: Positive = 5.0
    rate_hz: Positive = 5.0
    spread_m: Positive = 5_000.0


Spoofer = Swarm | Replay | Teleport


class Microphones(Struct, frozen=True, forbid_unknown_fields=True):
    """The node's microphone array (hw/arrays) on its mast and how it is mounted, as the node's own configuration has it."""

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


class Weather(Struct, frozen=True, forbid_unknown_fields=True):
    """The air, the wind at the microphones, the noise of the place from all sides, and the ground (Pa s/m2; grass 2e5, asphalt 2e7)."""

    temperature_c: Annotated[float, Meta(ge=-40, le=60)] = 15.0
    humidity_percent: Annotated[float, Meta(ge=1, le=100)] = 60.0
    wind_mps: Annotated[float, Meta(ge=0, le=40)] = 2.0
    ambience_db_spl: float = 42.0
    ground_flow_resistivity: Positive | None = 2e5


class Scene(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole scene."""

    name: str
    node: NodePose
    drone: tuple[Drone, ...] = ()
    spoofer: tuple[Spoofer, ...] = ()
    emitter: tuple[Emitter, ...] = ()
    microphones: Microphones | None = None
    camera: Eye | None = None
    receiver: Receiver | None = None
    sky: Sky = Sky()
    ground: Ground = Ground()
    traffic: Traffic = Traffic()
    weather: Weather = Weather()


def load(path: Path) -> Scene:
    """Read a scene; raises SceneError for no file, bad TOML, an unknown key, a value out of bounds, a name or address twice."""
    try:
        scene = msgspec.toml.decode(path.read_bytes(), type=Scene)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SceneError(f"{path}: {error}") from error
    heard = {drone.name: drone.remote_id for drone in scene.drone if drone.remote_id}
    for what, values in (
        ("name", [drone.name for drone in scene.drone]),
        ("mac", [rid.mac for rid in heard.values()]),
        ("name", [spoofer.name for spoofer in scene.spoofer]),
    ):
        if len(set(values)) < len(values):
            raise SceneError(f"{path}: two of one scene have the same {what}")
    for spoofer in scene.spoofer:
        if isinstance(spoofer, Replay) and spoofer.of not in heard:
            raise SceneError(f"{path}: {spoofer.name} replays {spoofer.of!r}, which is no drone with Remote ID")
    if scene.microphones and scene.microphones.array not in microphone_arrays.known():
        raise SceneError(f"{path}: there is no array {scene.microphones.array!r}; {', '.join(microphone_arrays.known())} are there")
    return scene
