"""The devices of one node of a scene, each heavy one in a process of its own: from the world to what the node's drivers open."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from tools.simulate.scene import SceneError
from tools.simulate.world import World
from tools.virtual_devices.catalog import LIGHT, names
from tools.virtual_devices.device import Ailment, Begun, Said
from tools.virtual_devices.maker import Answer, Command, Does, Order

END_WITHIN_S = 10.0
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Maker:
    """One process that plays devices."""

    def __init__(self, order: Order) -> None:
        command = [sys.executable, "-m", "tools.virtual_devices.maker", msgspec.json.encode(order).decode()]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | ONE_THREAD)
        self._order = order
        self.made: tuple[Said, ...] = ()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def wait(self) -> None:
        """Until its devices are there; raises SceneError where they cannot be."""
        line = self._process.stdout.readline() if self._process.stdout else b""
        answer = msgspec.json.decode(line, type=Answer) if line else Answer(error="its process ended")
        if answer.error:
            raise SceneError(f"{' and '.join(self._order.devices)} cannot be simulated: {answer.error}")
        self.made = answer.made

    def tell(self, command: Command) -> bool:
        """Have it do something; whether it still can."""
        if self._process.stdin is None or self._process.poll() is not None:
            return False
        try:
            self._process.stdin.write(msgspec.json.encode(command) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return False
        return True

    def close(self) -> None:
        """End it."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


class VirtualDevices:
    """All devices of one node: `tables` for its node.toml, `environment` to start it with, `notes` on what is not as it should be."""

    def __init__(self, makers: Sequence[Maker]) -> None:
        self._makers = {said.name: maker for maker in makers for said in maker.made}
        self.made = {said.name: said for maker in makers for said in maker.made}

    @property
    def tables(self) -> str:
        """The [[sensor]] tables."""
        return "".join(said.table for said in self.made.values())

    @property
    def environment(self) -> dict[str, str]:
        """What the node's processes need to find the devices."""
        return {key: value for said in self.made.values() for key, value in said.environment.items()}

    @property
    def notes(self) -> list[str]:
        """In words."""
        return [said.note for said in self.made.values() if said.note]

    def begin(self, begun: Begun) -> None:
        """Let the scene begin then, for all of them."""
        for maker in {id(maker): maker for maker in self._makers.values()}.values():
            maker.tell(Command("begin", begun=begun))

    def do(self, what: Does, name: str, ailment: Ailment = "") -> str:
        """Unplug, replug, stall or let go on, or have its signal ail; why that cannot be done, else an empty text."""
        if name not in self._makers:
            return f"the node has no {name}; it has {', '.join(self._makers)}"
        return "" if self._makers[name].tell(Command(what, name, ailment=ailment)) else f"the process that plays {name} has ended"


@contextmanager
def virtual_devices(scene: Path, world: World, folder: Path, seconds: float, *, plain: bool = False) -> Iterator[VirtualDevices]:
    """Plug in the devices of the node from which `world`, that of the file `scene`, is seen; `plain` as in Setting. Raises SceneError."""
    devices = names(world.scene)
    groups = [LIGHT, *((name,) for name in devices if name not in LIGHT)]
    with ExitStack() as open_:
        makers = []
        for group in groups:
            order = Order(str(scene), world.seed, world.scene.node.name, str(folder.absolute()), seconds, group, plain)
            makers.append(Maker(order))
            open_.callback(makers[-1].close)
        for maker in makers:
            maker.wait()
        yield VirtualDevices(makers)
