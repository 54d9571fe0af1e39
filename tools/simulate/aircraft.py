"""Drones as a scene's TOML has them: how they fly, sound, send, and what they say of themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from edge_node.messages import SoundLabel
from tools.simulate.bounds import Name, NotNegative, Positive
from tools.simulate.paths import Flight

DRONEID, LONGEST_DRONEID_SERIAL = "dji_droneid", 16
Mac = Annotated[str, Meta(pattern=r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$")]
Channel = Annotated[int, Meta(ge=1, le=177)]
Serial = Annotated[str, Meta(max_length=20)]
Aircraft = Literal["small_quad", "mid_quad", "hexa", "racing_quad", "fixed_wing", "helicopter"]
LABELS: dict[Aircraft, SoundLabel] = {
    "small_quad": "multirotor",
    "mid_quad": "multirotor",
    "hexa": "multirotor",
    "racing_quad": "multirotor",
    "fixed_wing": "fixed_wing",
    "helicopter": "helicopter",
}
Transport = Literal["wifi_beacon", "wifi_nan", "ble_legacy", "ble_extended", "french_beacon", "dji_beacon"]


class Operator(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the pilot stands, on the ground."""

    east_m: float
    north_m: float
    id: Serial | None = None
    location: Literal["take_off", "live", "fixed"] = "take_off"


class Claims(Struct, frozen=True, forbid_unknown_fields=True):
    """Lies of a drone's Remote ID: a place that is so far off its own, another serial than its own."""

    east_m: float = 0.0
    north_m: float = 0.0
    up_m: float = 0.0
    serial: Serial | None = None


class RemoteId(Struct, frozen=True, forbid_unknown_fields=True):
    """How a drone says who and where it is: ASTM F3411-22a over Wi-Fi and Bluetooth, France's and DJI's own beacons.

    Its data is new every `update_s`; every `full_every`-th update goes out as a full pack, those between as Location alone.
    Its Bluetooth has an address of its own and advertises every `ble_interval_s`. `claims` is where it lies.
    """

    mac: Mac
    transports: Annotated[tuple[Transport, ...], Meta(min_length=1)] = ("wifi_beacon",)
    channel: Channel = 6
    ssid: Annotated[str, Meta(max_length=32)] = ""
    serial: Serial | None = None
    caa_registration: Serial | None = None
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
    claims: Claims = Claims()

    @property
    def said_serial(self) -> str | None:
        """The serial that goes on the air."""
        return self.claims.serial or self.serial

    @property
    def french_id(self) -> str | None:
        """What its French beacon says in place of a serial: maker, model and the serial in 30 characters; None without such a beacon."""
        return f"TSTSIM{self.said_serial or '':0>24}" if "french_beacon" in self.transports else None

    @property
    def media(self) -> tuple[str, ...]:
        """On which of Wi-Fi and Bluetooth it speaks."""
        return tuple(sorted({"bluetooth" if transport.startswith("ble") else "wifi" for transport in self.transports}))


class DroneSound(Struct, frozen=True, forbid_unknown_fields=True):
    """What a drone sounds like: a kind of aircraft, but for what is said otherwise; `rpm` of its shafts or what its blades make of it."""

    aircraft: Aircraft = "mid_quad"
    rotors: Annotated[int, Meta(ge=1, le=16)] | None = None
    blades: Annotated[int, Meta(ge=1, le=12)] | None = None
    blade_pass_hz: Annotated[float, Meta(ge=5, le=3000)] | None = None
    rpm: Annotated[float, Meta(ge=100, le=60_000)] | None = None
    level_db_spl_1m: Annotated[float, Meta(ge=0, le=150)] | None = None


class RadioLink(Struct, frozen=True, forbid_unknown_fields=True):
    """A radio link of a drone, by its name in tools.simulate.iq.catalogue; EIRP of its part and the pilot's, None for usual ones."""

    name: Name
    eirp_dbm: float | None = None
    ground_eirp_dbm: float | None = None


class Copies(Struct, frozen=True, forbid_unknown_fields=True):
    """So many of a drone in rows and columns, the rows to the north and the columns to the east of the first."""

    count: Annotated[int, Meta(ge=2, le=999)]
    columns: Annotated[int, Meta(ge=1, le=999)] = 10
    spacing_m: Positive = 10.0


class Drone(Struct, frozen=True, forbid_unknown_fields=True):
    """One aircraft, in the air from `from_s` until `until_s` of the scene; `gust_m` is how far the wind moves it (1 sigma).

    `span_m` is from motor to motor across.
    """

    name: Name
    path: Flight
    operator: Operator
    remote_id: RemoteId | None = None
    sound: DroneSound | None = None
    link: tuple[RadioLink, ...] = ()
    from_s: NotNegative = 0.0
    until_s: Positive | None = None
    gust_m: NotNegative = 0.3
    span_m: Annotated[float, Meta(ge=0.05, le=20)] = 0.45
    copies: Copies | None = None

    @property
    def droneid_serial(self) -> str | None:
        """The serial in its DroneID, as far as there is room; None without such a link."""
        if all(link.name != DRONEID for link in self.link):
            return None
        return ((self.remote_id.serial if self.remote_id else None) or self.name)[:LONGEST_DRONEID_SERIAL]
