"""Which devices a scene's node has, and who plays them: rows of text, imported only in the process that makes them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from msgspec import Struct

from tools.simulate.scene import Scene
from tools.virtual_devices.device import Device, Setting


class Row(Struct, frozen=True):
    """A device's name, "module:class", the share of a core that it takes to make, and whether a scene has it."""

    name: str
    made_by: str
    cores: float
    there: Callable[[Scene], bool]


LIGHT = ("wifi", "bluetooth", "gnss")
"""These share one process; each of the others has its own."""
ROWS = (
    Row("wifi", "tools.virtual_devices.wifi:Wifi", 0.05, lambda _: True),
    Row("bluetooth", "tools.virtual_devices.bluetooth:Bluetooth", 0.03, lambda _: True),
    Row("gnss", "tools.virtual_devices.gnss:Gnss", 0.01, lambda _: True),
    Row("microphones", "tools.virtual_devices.microphones:MicrophoneArray", 0.25, lambda scene: scene.microphones is not None),
    Row("camera", "tools.virtual_devices.camera:Camera", 0.2, lambda scene: scene.camera is not None),
    Row("links", "tools.virtual_devices.receiver:Receiver", 0.15, lambda scene: scene.receiver is not None),
)


def names(scene: Scene) -> list[str]:
    """The devices of a scene's node."""
    return [row.name for row in ROWS if row.there(scene)]


def make(name: str, setting: Setting) -> Device:
    """Plug one in; raises SceneError, OSError."""
    row = next(row for row in ROWS if row.name == name)
    module, _, kind = row.made_by.partition(":")
    return cast("Callable[[Setting], Device]", getattr(import_module(module), kind))(setting)
