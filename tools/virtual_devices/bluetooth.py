"""A Bluetooth controller on a serial port (H4) that hears what a scene advertises."""

from __future__ import annotations

from tools.simulate import remote_id
from tools.virtual_devices.clocked import Clocked
from tools.virtual_devices.controller import Controller, reports
from tools.virtual_devices.device import Begun, Device, Said, Setting, table
from tools.virtual_devices.port import Port

NAME = "bluetooth"


class Bluetooth(Device):
    """It answers its host from the start, and reports what is advertised once it is told to scan."""

    def __init__(self, setting: Setting) -> None:
        self._setting, self._stalled = setting, False
        self._controller = Controller()
        self._port = Port(setting.folder / NAME, self._answer)
        self._player: Clocked | None = None
        self.said = Said(NAME, "ble_hci", "remote_id", table(NAME, "ble_hci", {"port": self._port.path}))

    def begin(self, begun: Begun) -> None:
        frames = remote_id.BLE.frames(self._setting.world, 0.0, self._setting.seconds, begun.utc_ns)
        self._player = Clocked(NAME, frames, begun, self._hear)

    def _answer(self, told: bytes) -> bytes:
        return b"" if self._stalled else self._controller.answer(told)

    def _hear(self, _t_s: float, record: bytes) -> None:
        if self._controller.scanning and not self._stalled:
            self._port.say(reports(record))

    def unplug(self) -> None:
        self._port.unplug()
        self._controller = Controller()

    def replug(self) -> None:
        self._port.replug()

    def stall(self, *, stalled: bool) -> None:
        self._stalled = stalled

    def close(self) -> None:
        if self._player:
            self._player.close()
        self._port.close()
