"""Transmitters on the ground as a scene's TOML has them: those that are no drone's, and those that lie."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from tools.simulate.aircraft import Serial
from tools.simulate.bounds import Name, NotNegative, Positive
from tools.simulate.paths import Flight


class Emitter(Struct, frozen=True, forbid_unknown_fields=True):
    """A transmitter that is no drone's, by its name in tools.simulate.iq.catalogue."""

    name: Name
    link: Name
    east_m: float
    north_m: float
    height_m: NotNegative = 2.0
    eirp_dbm: float | None = None
    from_s: NotNegative = 0.0
    until_s: Positive | None = None


class Radio(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """One cheap Wi-Fi module on the ground that sends frames of its maker's making, 2.4 GHz only."""

    name: Name
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


class Ghost(Radio, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="ghost"):
    """One invented aircraft that claims to fly `path`, where nothing flies: sound in itself, but for where its radio is."""

    path: Flight
    serial: Serial
    rate_hz: Positive = 5.0


Spoofer = Swarm | Replay | Teleport | Ghost
