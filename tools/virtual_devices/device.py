"""What every virtual device is: a name, a [[sensor]] table, and a plug that can be pulled."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from tools.simulate.world import World

Ailment = Literal["", "covered", "one_silent", "no_fix", "at_zero"]
"""What is wrong with the signal of a device that works: microphones or a camera that get nothing, the first microphone alone, a receiver
without sky, and one that says 0, 0. What a device does not know does not ail it."""


class Begun(Struct, frozen=True):
    """When the scene begins: seconds of the monotonic clock, and UTC in ns."""

    mono_s: float
    utc_ns: int


class Said(Struct, frozen=True):
    """What a node must be told of a device; `note` says why it is not the device that it should be."""

    name: str
    driver: str
    sense: str
    table: str
    environment: dict[str, str] = field(default_factory=dict)
    note: str = ""


class Setting(Struct, frozen=True):
    """What a device is made of. `plain`: without root and without a sound card, what any user may have."""

    world: World
    folder: Path
    seconds: float
    plain: bool = False


class Device(ABC):
    """Open from when it is made until `close`; the scene plays from `begin` on, whether anybody listens or not."""

    said: Said
    ailment: Ailment = ""

    @abstractmethod
    def begin(self, begun: Begun) -> None:
        """Play the scene, which begins then; called once."""

    @abstractmethod
    def unplug(self) -> None:
        """Vanish, as when the plug is pulled."""

    @abstractmethod
    def replug(self) -> None:
        """Be there again, under the same name; the scene went on meanwhile."""

    @abstractmethod
    def stall(self, *, stalled: bool) -> None:
        """Stay open and say nothing more; or go on."""

    @abstractmethod
    def close(self) -> None:
        """End for good; may be called twice."""


def table(name: str, driver: str, options: Mapping[str, Any]) -> str:
    """A [[sensor]] table; options that are None are left out."""
    rows = [f"{key} = {toml(value)}" for key, value in {"name": name, "driver": driver, **options}.items() if value is not None]
    return "\n".join(("", "[[sensor]]", *rows, ""))


def toml(value: Any) -> str:
    """A value in TOML: strings, booleans and numbers are written as in JSON."""
    return msgspec.json.encode(os.fspath(value) if isinstance(value, Path) else value).decode()
