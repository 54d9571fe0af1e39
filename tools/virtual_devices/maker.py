"""A process that plays some of a scene's devices: python -m tools.virtual_devices.maker ORDER, commands as JSON lines on its input.

It says a line of JSON of what it made, or why it cannot; it ends when its input does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from tools.simulate.scene import SceneError
from tools.simulate.world import World
from tools.virtual_devices import catalog
from tools.virtual_devices.device import Ailment, Begun, Device, Said, Setting

Does = Literal["begin", "unplug", "replug", "stall", "go_on", "ail"]


class Order(Struct, frozen=True):
    """What to play: a scene's file and seed, which node's devices, in what folder, for how long."""

    scene: str
    seed: int
    node: str
    folder: str
    seconds: float
    devices: tuple[str, ...]
    plain: bool = False


class Command(Struct, frozen=True):
    """What to do, with which device."""

    do: Does
    name: str = ""
    begun: Begun | None = None
    ailment: Ailment = ""


class Answer(Struct, frozen=True):
    """What was made, or why nothing was."""

    made: tuple[Said, ...] = ()
    error: str = ""


def obey(devices: dict[str, Device], command: Command) -> None:
    """Carry out one command; one for a device that is not here is none."""
    if command.do == "begin":
        for device in devices.values():
            device.begin(command.begun or Begun(0.0, 0))
        return
    for device in (device for name, device in devices.items() if name == command.name):
        if command.do == "unplug":
            device.unplug()
        elif command.do == "replug":
            device.replug()
        elif command.do == "ail":
            device.ailment = command.ailment
        else:
            device.stall(stalled=command.do == "stall")


def _commands() -> Iterator[Command]:
    decoder = msgspec.json.Decoder(Command)
    for line in sys.stdin.buffer:
        yield decoder.decode(line)


def _say(answer: Answer) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()


def main() -> int:
    """Make, say what was made, and do as told."""
    order = msgspec.json.decode(sys.argv[1], type=Order)
    with ExitStack() as open_:
        devices: dict[str, Device] = {}
        try:
            setting = Setting(world_of(order), Path(order.folder), order.seconds, order.plain)
            for name in order.devices:
                devices[name] = catalog.make(name, setting)
                open_.callback(devices[name].close)
        except (SceneError, OSError) as error:
            _say(Answer(error=str(error)))
            return 1
        _say(Answer(made=tuple(device.said for device in devices.values())))
        for command in _commands():
            obey(devices, command)
    return 0


def world_of(order: Order) -> World:
    """The world as that node stands in it; raises SceneError."""
    return World.load(Path(order.scene), order.seed).of_post(order.node)


if __name__ == "__main__":
    sys.exit(main())
