"""The node's own GNSS receiver on a serial port."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count

from msgspec.structs import replace

from tools.simulate.faults import Fault, OfSignals
from tools.simulate.gnss import ATTITUDES_A_SECOND, LATE_S, Receiver
from tools.simulate.world import World
from tools.virtual_devices.clocked import Clocked
from tools.virtual_devices.device import Begun, Device, Said, Setting, table
from tools.virtual_devices.port import Port

NAME = "gnss"
ILL: dict[str, OfSignals] = {"no_fix": "gnss_lost", "at_zero": "gnss_zero"}
NOT_YET_S = 1e6
"""Far enough ahead for a scene whose begin nobody has told yet."""


class Gnss(Device):
    """It has been on for long when the scene begins, and speaks soon after each second of UTC; a vehicle sets out with the scene."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._stalled = setting, False
        self._port = Port(setting.folder / NAME)
        self._begun_s = 0.0
        self._ill = {ailment: Receiver(_with(setting.world, Fault(kind))) for ailment, kind in ILL.items()}
        self.said = Said(NAME, "gnss", "gnss", table(NAME, "gnss", {"port": self._port.path}))
        now = Begun(time.monotonic(), time.time_ns())
        self._player = self._speaking(Receiver(setting.world, None, now.utc_ns / 1e9 + NOT_YET_S), now)

    def begin(self, begun: Begun) -> None:
        self._player.close()
        self._player = self._speaking(Receiver(self._setting.world, None, begun.utc_ns / 1e9), begun)

    def _speaking(self, receiver: Receiver, begun: Begun) -> Clocked:
        self._begun_s = begun.utc_ns / 1e9
        return Clocked(NAME, _sentences(receiver, begun), begun, self._say)

    def _say(self, t_s: float, data: bytes) -> None:
        if self.ailment in self._ill:
            data = self._ill[self.ailment].epoch(round(self._begun_s + t_s - LATE_S))
        if not self._stalled:
            self._port.say(data)

    def unplug(self) -> None:
        self._port.unplug()

    def replug(self) -> None:
        self._port.replug()

    def stall(self, *, stalled: bool) -> None:
        self._stalled = stalled

    def close(self) -> None:
        self._player.close()
        self._port.close()


def _with(world: World, fault: Fault) -> World:
    return World(replace(world.scene, fault=(fault,)), world.seed)


def _sentences(receiver: Receiver, begun: Begun) -> Iterator[tuple[float, bytes]]:
    """What is said from now on."""
    return sentences(receiver, begun.utc_ns, time.monotonic() - begun.mono_s)


def sentences(receiver: Receiver, begun_utc_ns: int, from_s: float) -> Iterator[tuple[float, bytes]]:
    """What is said without end, each at its time of the scene, from the tick of UTC at `from_s` on."""
    begun_s = begun_utc_ns / 1e9
    for tick in count(int((begun_s + from_s) * ATTITUDES_A_SECOND)):
        utc_s, part = divmod(tick, ATTITUDES_A_SECOND)
        data = (receiver.epoch(utc_s) if part == 0 else b"") + receiver.attitude(tick / ATTITUDES_A_SECOND)
        if data:
            yield tick / ATTITUDES_A_SECOND + LATE_S - begun_s, data
